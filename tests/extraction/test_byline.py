"""Authors: parsed from a line, told from organisations, and parted from the lead they are glued to."""

from __future__ import annotations

import pytest

from newscrawl.extraction.byline import parse_authors
from newscrawl.items import Article
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


_ENTRY = (
    "The engineers checked each pillar of the bridge twice before the first lorry was let over it on a cold morning.",
    "People of both banks came with flags and lamps, and the shops along the river stayed open until after midnight.",
    "The council wants to count the traffic for a full year and then to decide whether a second bridge is needed.",
)


def _read_entry(*texts: str, tag: str = "p", author: str | None = None, first: bool = False) -> Article:
    """An article whose texts stand before the prose, else behind its first paragraph."""
    told = "".join(f"<{tag}>{text}</{tag}>" for text in texts)
    prose = [f"<p>{text}</p>" for text in _ENTRY]
    body = "".join([told, *prose] if first else [prose[0], told, *prose[1:]])
    head = (
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {{"@type": "Person", '
        f'"name": "{author}"}}}}</script>'
        if author
        else ""
    )
    return read(
        f"<html><head><title>A bridge over the river</title>{head}</head><body><h1>A bridge over the river</h1>"
        f'<div class="entry">{body}</div></body></html>'
    )


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("tag", ["p", "h2"])
@pytest.mark.parametrize(
    "text",
    [
        "كتب محمد صلاح اسمه في التاريخ.",
        "كتب محمد صلاح اسمه في التاريخ",
        "متابعة المشروع مستمرة",
        "تصوير الأقمار يكشف الحرائق",
        "ترجمة الأقوال إلى أفعال",
        "ترجمة كتاب قديم",
        "حوار طويل مع الحكومة",
        "تحرير الرهائن",
        "از امروز پل باز است.",
        "گزارش میدانی از پل تازه",
        "כתב אישום נגד הקבלן",
        "By Friday Night",
        "Von Berlin nach Paris",
        "Par temps clair, on voit la mer.",
        "Por una vez, nadie protestó.",
        "Di notte tutto tace.",
    ],
)
def test_a_first_word_alone_makes_no_byline(text: str, tag: str, first: bool) -> None:
    article = _read_entry(text, tag=tag, first=first)
    assert (article.authors, article.byline) == ([], None)
    assert text in [block.text for block in article.blocks]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    ("author", "text"),
    [
        (
            "Ruth Okello",
            "Ruth Okello, who built the bridge, said on Monday that the river would never again cut the town in two"
            " halves.",
        ),
        ("Ruth Okello", "Ruth Okello, who built the bridge, wept"),
        ("Ruth Okello", "Ruth Okello resigned today"),
        ("Ruth Okello", "Ruth Okello: the river will never again cut the town in two halves, and nobody will wait."),
        ("إيمان فهيم", "إيمان فهيم كتبت من القاهرة أن الجسر الجديد سيفتح أمام السيارات في الأسبوع المقبل."),
        ("إيمان فهيم", "كتب الوزير رسالة إلى موظفيه"),
        ("محمد صلاح", "كتب محمد صلاح اسمه في تاريخ المدينة التي ولد فيها قبل ثلاثين عاما على ضفة النهر"),
    ],
)
def test_a_paragraph_that_says_more_than_the_author_stays_whole(author: str, text: str, first: bool) -> None:
    article = _read_entry(text, author=author, first=first)
    assert article.authors == [author]
    assert text in [block.text for block in article.blocks]
    assert article.byline == author


@pytest.mark.parametrize(
    ("texts", "authors", "first"),
    [
        (("تصوير: كريم ناصر",), ["كريم ناصر"], False),
        (("بقلم: سلمى حداد، كريم ناصر",), ["سلمى حداد", "كريم ناصر"], True),
        (("كتبت سلمى حداد", "12/05/2024"), ["سلمى حداد"], True),
        (("By Ann Lee and Bob Stone", "12 May 2024"), ["Ann Lee", "Bob Stone"], True),
        (("12.05.2024", "Von Anna Weiss"), ["Anna Weiss"], True),
        (('<span class="byline">By Ann Lee</span>',), ["Ann Lee"], True),
        (("By Ann Lee, River Voice staff",), ["Ann Lee"], True),
    ],
)
def test_a_byline_is_told_by_colon_class_or_date(texts: tuple[str, ...], authors: list[str], first: bool) -> None:
    article = _read_entry(*texts, first=first)
    assert article.authors == authors
    assert not any(author in (article.body or "") for author in authors)


def test_a_prefix_before_a_known_name_is_no_body() -> None:
    article = _read_entry("By Ruth Okello", author="Ruth Okello", first=True)
    assert (article.byline, article.authors) == ("By Ruth Okello", ["Ruth Okello"])
    assert [block.text for block in article.blocks] == list(_ENTRY)
