"""Outlets that stand where an author stands, and that a lead begins with."""

from __future__ import annotations

import json

import pytest

from newscrawl.extraction.byline.names import is_person
from tests.extraction.newspaper import HEADLINE, LEAD, SECOND, THIRD, paragraphs, read, source, whole_page

DATE = "<p>12/05/2024</p>"
STORY = [LEAD, SECOND, THIRD]
SITE = '<meta property="og:site_name" content="{}">'
PUBLISHER = (
    '<script type="application/ld+json">'
    + json.dumps({"@type": "NewsArticle", "headline": HEADLINE, "publisher": {"@type": "Organization", "name": "NAME"}})
    + "</script>"
)


@pytest.mark.parametrize("outlet", ["نجد الحرة", "الرأي العام", "الضفة", "نهر بريس", "نهربريس اليومية"])
def test_an_author_who_is_the_outlet_is_nobody(outlet: str) -> None:
    for head in (SITE.format(outlet), PUBLISHER.replace("NAME", outlet), f"<title>{HEADLINE} | {outlet}</title>"):
        for above in (f'<p class="author">{outlet}</p>', f"<p>بقلم: {outlet}</p>"):
            html = whole_page(paragraphs(*STORY), above=above + DATE).replace("<title>", f"{head}<title>", 1)
            article = read(html)
            assert article.authors == [], (head, above)
            assert [block.text for block in article.blocks] == STORY
        meta = f'{head}<meta name="author" content="{outlet}">'
        html = whole_page(paragraphs(*STORY)).replace("<title>", f"{meta}<title>", 1)
        assert read(html).authors == []


@pytest.mark.parametrize("name", ["نهر بريس", "كشبريس الشمال", "ريف ميديا", "Rivernews Ost", "Küstenpress Nord"])
def test_words_and_ends_of_outlets_names(name: str) -> None:
    assert not is_person(name)


def test_a_name_in_the_title_of_a_known_outlet_s_page_is_an_author() -> None:
    html = whole_page(paragraphs(*STORY), head=SITE.format("صوت النهر"), above=f"<p>بقلم: كريم ناصر</p>{DATE}")
    assert read(html.replace("- صوت النهر</title>", "| كريم ناصر</title>")).authors == ["كريم ناصر"]


@pytest.mark.parametrize(
    ("line", "close"),
    [
        ("الرياض – نجد", ": "),
        ("حفر الباطن - نجد", ": "),
        ("الرياض (نجد)", " - "),
        ("(الرياض - نجد)", ": "),
        ("جازان، نجد", ": "),
        ("الرياض/ نجد", ":"),
    ],
)
def test_place_and_outlet_before_the_lead_are_the_byline(line: str, close: str) -> None:
    dateline, style = f"{line}{close}{LEAD}", f"<b>{line}</b>{close}{LEAD}"
    for lead, text in ((dateline, dateline if close[-1] == " " else LEAD), (style, LEAD)):
        article = read(whole_page(paragraphs(lead, SECOND, THIRD), head=SITE.format("نجد"), above=DATE))
        assert (article.byline, article.authors, article.outlet) == (line, [], "نجد")
        # A dateline of the lead's own sentence stays; what an element or no space sets apart goes.
        assert [block.text for block in article.blocks] == [text, SECOND, THIRD]
    html = whole_page(paragraphs(style, SECOND, THIRD), above=f"<p>كتب: كريم ناصر</p>{DATE}")
    article = read(html, source(outlet="نجد"))
    assert (article.byline, article.authors) == ("كتب: كريم ناصر", ["كريم ناصر"])
    assert [block.text for block in article.blocks] == STORY


@pytest.mark.parametrize(
    "lead",
    [
        f"في الرياض - نجد: {LEAD}",
        f"قالت صحيفة محلية من نجد: {LEAD}",
        f"الرياض - جدة: {LEAD}",
        f"الرياض - نجد وجوارها تستعد لموسم المطر، و{LEAD}",
    ],
)
def test_a_lead_that_only_speaks_of_the_outlet_s_name_stays_whole(lead: str) -> None:
    html = whole_page(paragraphs(lead, SECOND, THIRD), head=SITE.format("نجد"), above=DATE)
    assert read(html).blocks[0].text == lead
