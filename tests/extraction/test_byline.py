"""Authors: parsed from a line, told from organisations, and parted from the lead they are glued to."""

from __future__ import annotations

import pytest

from newscrawl.extraction.byline import parse_authors
from tests.extraction.newspaper import LEAD, SECOND, THIRD, paragraphs, read, source, whole_page


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("كتبت – سلمى حداد", ["سلمى حداد"]),
        ("كتب: كريم ناصر وليلى منصور", ["كريم ناصر", "ليلى منصور"]),
        ("بقلم سلمى حداد، كريم ناصر", ["سلمى حداد", "كريم ناصر"]),
        ("حوار: كريم ناصر", ["كريم ناصر"]),
        ("كريم ناصر صوت النهر", ["كريم ناصر"]),
        ("By Ann Lee and Bob Stone", ["Ann Lee", "Bob Stone"]),
        ("Von Anna Weiss und Karl Braun", ["Anna Weiss", "Karl Braun"]),
        ("Par Jeanne Petit et Luc Morel", ["Jeanne Petit", "Luc Morel"]),
        ("Por Ana Gil", ["Ana Gil"]),
        ("نویسنده: نگار رستگار", ["نگار رستگار"]),
        ("By Harbour staff", []),
        ("صوت النهر", []),
        ("وكالة الأنباء", []),
        ("admin", []),
        ("desk@news.example", []),
        ("12 May 2024", []),
    ],
)
def test_parse_authors(line: str, names: list[str]) -> None:
    assert parse_authors(line, ["صوت النهر"]) == names


def test_inline_elements_in_the_lead_s_text_run() -> None:
    lead = f"<p><span class=author>سلمى حداد</span> <span>صوت النهر</span>{LEAD}</p>"
    article = read(whole_page(lead + paragraphs(SECOND, THIRD)))
    assert (article.authors, article.outlet) == (["سلمى حداد"], "صوت النهر")
    assert article.blocks[0].text == LEAD


def test_plain_text_with_an_author_known_from_metadata() -> None:
    head = '<meta name="author" content="سلمى حداد">'
    article = read(whole_page(paragraphs(f"سلمى حداد صوت النهر {LEAD}", SECOND, THIRD), head=head), source())
    assert article.authors == ["سلمى حداد"]
    assert article.blocks[0].text == LEAD


def test_outlet_glued_to_the_lead_parts_an_unmarked_name() -> None:
    article = read(whole_page(paragraphs(f"سلمى حداد صوت النهر{LEAD}", SECOND, THIRD)), source())
    assert article.authors == ["سلمى حداد"]
    assert article.blocks[0].text == LEAD


def test_a_sentence_that_speaks_of_the_outlet_stays_whole() -> None:
    lead = f"رحب مراسل صوت النهر بالحضور قائلا إن {LEAD}"
    article = read(whole_page(paragraphs(lead, SECOND, THIRD)), source())
    assert article.authors == []
    assert article.blocks[0].text == lead


def test_bold_beginning_is_no_byline() -> None:
    article = read(whole_page(f"<p><strong>القاهرة</strong> {LEAD}</p>" + paragraphs(SECOND, THIRD)))
    assert article.authors == []
    assert article.blocks[0].text == f"القاهرة {LEAD}"


def test_line_of_its_own_is_kept_raw_and_is_not_body() -> None:
    article = read(whole_page(paragraphs("كتب: كريم ناصر", LEAD, SECOND, THIRD)))
    assert (article.byline, article.authors) == ("كتب: كريم ناصر", ["كريم ناصر"])
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_json_ld_persons_by_name_parts_and_by_reference() -> None:
    head = """<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "x",
      "author": [{"@id": "#p"}, {"@type": "Person", "givenName": "Ann", "familyName": "Lee"}]},
      {"@type": "Person", "@id": "#p", "name": "كريم ناصر"}]}</script>"""
    assert read(whole_page(paragraphs(LEAD, SECOND), head=head)).authors == ["كريم ناصر", "Ann Lee"]


def test_organisation_is_no_author_but_its_line_is_kept() -> None:
    html = whole_page(paragraphs(LEAD, SECOND), above="<p>By River Voice staff</p>", lang="en")
    article = read(html)
    assert (article.authors, article.byline) == ([], "By River Voice staff")
