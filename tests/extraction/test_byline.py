"""Authors: parsed from a line, told from organisations, and parted from the lead they are glued to."""

from __future__ import annotations

import pytest

from newscrawl.extraction.byline.text import parse_authors
from newscrawl.items import Article
from tests.extraction.newspaper import HEADLINE, LEAD, SECOND, THIRD, paragraphs, read, source, whole_page


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


@pytest.mark.parametrize("agency", ["رويترز", "وكالات", "Reuters", "AFP"])
@pytest.mark.parametrize(
    "above",
    [
        '<div class="meta"><span class="author">{}</span> <time>2024-05-12</time></div>',
        '<div class="meta"><time>2024-05-12</time> <span class="author">{}</span></div>',
        '<p class="author">{}</p>',
    ],
)
def test_an_agency_beside_a_date_is_the_byline_and_no_author(agency: str, above: str) -> None:
    article = read(whole_page(paragraphs(LEAD, SECOND), above=above.format(agency)))
    assert (article.authors, article.byline) == ([], agency)


def test_a_section_beside_a_date_is_no_byline() -> None:
    above = '<div class="meta"><span class="author-date">2024-05-12</span> <a href="/news">أخبار</a></div>'
    article = read(whole_page(paragraphs(LEAD, SECOND), above=above))
    assert (article.authors, article.byline) == ([], None)


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


def test_parse_authors_of_structured_evidence() -> None:
    assert parse_authors("HansG", pseudonyms=True) == ["HansG"]
    assert parse_authors("HansG") == []
    assert parse_authors("Ann Lee, AFP", organisations=True) == ["Ann Lee", "AFP"]
    assert parse_authors("Ann Lee, AFP") == ["Ann Lee"]
    assert parse_authors("Harbour Staff", ["River Voice"], organisations=True) == ["Harbour Staff"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Posted by Ann Lee", ["Ann Lee"]),
        ("Veröffentlicht von Anna Weiss", ["Anna Weiss"]),
        ("Autorin/Autor Karl Braun", ["Karl Braun"]),
        ("Text & Fotos: Karl Braun", ["Karl Braun"]),
        ("Publicado por Ana Gil", ["Ana Gil"]),
        ("Ann Lee in Berlin", ["Ann Lee"]),
        ("By Ann Lee with Bob Stone", ["Ann Lee", "Bob Stone"]),
        ("Edit with Live CSS", []),
        ("Ann Lee and Bob Stone for the Harbour Ledger", ["Ann Lee", "Bob Stone"]),
        ("신현주 기자", ["신현주"]),
        ("Juan Gil C.", ["Juan Gil C."]),
        ("Ann Lee1", ["Ann Lee"]),
        ("Ann Lee - https://builder.example", []),
        ("Read more", []),
        ("River Voice, Frankfurt a. M., Germany", []),
        ("القاهرة - كريم ناصر", ["كريم ناصر"]),
        ("أبو ظبي - صوت النهر", []),
        ("oprac. Jan Kowalczyk", ["Jan Kowalczyk"]),
        ("Penulis: Dewi Lestari", ["Dewi Lestari"]),
        ("Γράφει η Μαρία Παπαδάκη", ["Μαρία Παπαδάκη"]),
        ("作者：周敏", ["周敏"]),
        ("記者 田中健一", ["田中健一"]),
        ("김서연 기자 | 다른기사 보기", ["김서연"]),
        ("Por Ana Souza, Davi Lima, River Voice Minas — Belo Horizonte", ["Ana Souza", "Davi Lima"]),
        ("Ann Lee — Bob Stone", ["Ann Lee", "Bob Stone"]),
        ("River Voice — Ann Lee", ["Ann Lee"]),
    ],
)
def test_parse_authors_of_more_shapes(line: str, names: list[str]) -> None:
    assert parse_authors(line, ["River Voice", "صوت النهر"]) == names


def test_a_short_outlet_does_not_part_the_names_that_hold_its_letters() -> None:
    assert parse_authors("Sabrina Brand", ["BR"]) == ["Sabrina Brand"]


def _page(head: str = "", over: str = "", under: str = "", url: str = "https://riverblog.example/story/17") -> Article:
    """An English article with something over and under its text."""
    prose = "".join(f"<p>{text} {text}</p>" for text in _ENTRY)
    title = "A bridge over the river"
    return read(
        f"<html lang=en><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{over}{prose}{under}"
        "</article></body></html>",
        url=url,
    )


def _ld(author: str, publisher: str = '{"@type": "Organization", "name": "River Voice"}') -> str:
    return (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A bridge over the river", '
        f'"author": {author}, "publisher": {publisher}}}</script>'
    )


def test_credited_agencies_and_desks_are_authors_and_the_outlet_is_none() -> None:
    person, agency = '{"@type": "Person", "name": "Ann Lee"}', '{"@type": "Organization", "name": "AFP"}'
    assert _page(_ld(f"[{person}, {agency}]")).authors == ["Ann Lee", "AFP"]
    assert _page(_ld('{"@type": "Person", "name": "dpa"}')).authors == ["dpa"]
    assert _page(_ld('{"@type": "Person", "name": "Voice Newsroom"}')).authors == ["Voice Newsroom"]
    assert _page(_ld('{"@type": "Person", "name": "River Voice"}')).authors == []
    assert _page(_ld('{"@type": "Organization", "name": "River Voice"}')).authors == []
    assert _page(_ld('{"@type": "Organization", "name": "River Shop"}')).authors == []


@pytest.mark.parametrize(
    "author", ["وكالات", "فريق التحرير", "صوت النهر - القاهرة", "القاهرة", "متابعات", "رويترز", "admin"]
)
def test_no_person_on_an_arabic_page_is_no_author(author: str) -> None:
    head = _ld(f'{{"@type": "Person", "name": "{author}"}}', '{"@type": "Organization", "name": "صوت النهر"}')
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD), head=head.replace("A bridge over the river", HEADLINE)))
    assert article.authors == []


def test_a_person_s_own_site_names_its_author() -> None:
    ann = '{"@type": "Person", "name": "Ann Lee"}'
    head = '<meta property="og:site_name" content="Ann Lee">' + _ld(ann, ann)
    assert _page(head, url="https://annlee.example/17").authors == ["Ann Lee"]


@pytest.mark.parametrize(
    ("over", "authors"),
    [
        ('<p>by <span class="author vcard"><a class="url fn" href="/author/7">HansG</a></span></p>', ["HansG"]),
        ('<p>3 May 2024 · by <a rel="author" href="/u/7">Konrad</a> · 3 comments</p>', ["Konrad"]),
        ("<p>Posted by Konrad 12.05.2024</p>", ["Konrad"]),
        ("<p>Posted on May 12, 2024 by Ann Lee</p>", ["Ann Lee"]),
        ('<p><span class="label">Author</span><a href="/u/7">Ann Lee</a></p>', ["Ann Lee"]),
        ("<p>By Ann Lee</p>", ["Ann Lee"]),
        ("<h4>By Ann Lee | 12/10/2024</h4>", ["Ann Lee"]),
        ("<p>Ann Lee | 12.05.2024 10:15</p>", ["Ann Lee"]),
        ("<p>Ann Lee, Bob Stone | 12.05.2024 10:15</p>", ["Ann Lee", "Bob Stone"]),
        ("<p><span>oprac. Jan Kowalczyk</span> <span>12.05.2024 10:15</span></p>", ["Jan Kowalczyk"]),
        ("<p><span>2024-05-12</span> <span>作者：周敏</span> <span>责任编辑：李昊</span></p>", ["周敏"]),
        (
            '<address class="byline"><span>Ann</span> <span>Lee</span></address>',
            ["Ann Lee"],
        ),
        ('<p class="byline"><a href="/a">Ann Lee</a> <a href="/b">Bob Stone</a></p>', ["Ann Lee", "Bob Stone"]),
    ],
)
def test_bylines_that_the_page_s_own_elements_tell(over: str, authors: list[str]) -> None:
    assert _page(over=over).authors == authors


@pytest.mark.parametrize(
    "over",
    [
        '<p class="byline">Edit with Live CSS</p>',
        '<p class="author">Report an error</p>',
        '<p class="meta-prep-author">Posted on</p>',
        '<ul class="author-links"><li><a href="https://x.example">Twitter Facebook</a></li></ul>',
        "<p>Recipes from the river | 12.05.2024</p>",
        '<div class="comments"><p class="comment-author vcard"><cite class="fn">Carl Reader</cite></p></div>',
    ],
)
def test_what_stands_where_a_byline_stands_and_is_none(over: str) -> None:
    article = _page(over=over)
    assert (article.authors, article.byline) == ([], None)


def test_a_section_s_name_beside_a_date_is_no_author() -> None:
    menu = "<nav><a href='/w'>World Athletics</a></nav>"
    article = read(
        f"<html><head><title>A bridge over the river</title></head><body>{menu}<h1>A bridge over the river</h1>"
        f"<p>World Athletics | 12.05.2024</p><p>{_ENTRY[0]}</p><p>{_ENTRY[1]}</p></body></html>"
    )
    assert article.authors == []


@pytest.mark.parametrize(
    ("under", "authors"),
    [
        ("<p>Author: Ann Lee</p>", ["Ann Lee"]),
        ("<p>Text: Karl Braun</p><p>Foto: Anna Weiss</p>", ["Karl Braun"]),
        ("<p>Submitted by konrad on 24 July 2024 - 18:55</p>", ["konrad"]),
        ("<p>Author: Ann Lee</p><p>Author: Bob Stone</p>", []),
        ("<p>By the river, all was quiet.</p>", []),
        ("<div class='comment'><p>Author: Carl Reader</p></div>", []),
    ],
)
def test_a_label_under_the_text_names_the_author_if_it_is_the_only_one(under: str, authors: list[str]) -> None:
    assert _page(under=under).authors == authors


def test_a_name_over_the_lead_where_the_page_gives_the_outlet_as_author() -> None:
    line = "<p><strong>Ann Lee/Bob Stone</strong></p>"
    assert _page(_ld('{"@type": "Person", "name": "River Voice"}'), line).authors == ["Ann Lee", "Bob Stone"]
    assert _page(_ld('{"@type": "Person", "name": "Carl Weiss"}'), line).authors == ["Carl Weiss"]


def test_what_is_left_of_a_byline_is_no_body() -> None:
    over = '<div>Af <span class="byline">Ann Lee</span>, <a href="mailto:ann@news.example">ann@news.example</a></div>'
    article = _page(over=over)
    assert article.authors == ["Ann Lee"]
    assert [block.text for block in article.blocks] == [f"{text} {text}" for text in _ENTRY]


def test_a_login_name_yields_to_the_name_that_is_shown() -> None:
    head = _ld('{"@type": "Person", "name": "annlee7"}')
    assert _page(head, '<p class="byline">By Ann Lee</p>').authors == ["Ann Lee"]
    assert _page(head).authors == ["annlee7"]


@pytest.mark.parametrize(
    "text", ["تقرير: ارتفاع منسوب النهر", "حوار: حديقة النهر", "تقرير: ملفات المياه", "Report: River Park"]
)
def test_a_noun_before_a_colon_that_speaks_of_the_story_is_no_byline(text: str) -> None:
    article = read(whole_page(paragraphs(text, LEAD, SECOND, THIRD)))
    assert article.authors == []


def test_author_of_another_article_s_microdata_is_not_believed() -> None:
    teaser = (
        '<div itemscope itemtype="https://schema.org/NewsArticle"><b itemprop="headline">Shops stay open at night</b>'
        '<i itemprop="author">Carl Weiss</i></div>'
    )
    assert _page(under=teaser).authors == []


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("القاهرة - كريم ناصر", ["كريم ناصر"]),
        ("القاهرة، دمشق – سلمى حداد وكريم ناصر", ["سلمى حداد", "كريم ناصر"]),
        ("كريم ناصر (بيروت)", ["كريم ناصر"]),
        ("(أبوظبي - صوت النهر)", []),
        ("بيروت - وكالات", []),
    ],
)
def test_a_line_of_places_and_names_at_the_headline_is_the_byline(line: str, authors: list[str]) -> None:
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD), above=f"<p>{line}</p><p>12/05/2024</p>"), source())
    assert article.authors == authors
    assert line not in [block.text for block in article.blocks]


@pytest.mark.parametrize(
    "line", ["القاهرة - حديقة النهر", "القاهرة", "بيروت تستعيد ضفاف نهرها", "دمشق - أول حديقة بعد عامين من العمل"]
)
def test_a_place_before_words_of_the_story_is_no_byline(line: str) -> None:
    article = read(whole_page(paragraphs(line, LEAD, SECOND, THIRD), above="<p>12/05/2024</p>"), source())
    assert article.authors == []


def test_arabic_content_systems_say_by_in_a_word_of_their_own() -> None:
    article = read(whole_page(paragraphs(LEAD, SECOND), above="<p>بواسطة سلمى حداد</p><p>12/05/2024</p>"))
    assert article.authors == ["سلمى حداد"]


@pytest.mark.parametrize(
    ("above", "raw", "authors"),
    [
        (
            '<div>إعداد: <a rel="author" href="/a/1">رنا الحسيني</a>، <a rel="author" href="/a/2">باسل قنديل</a></div>',
            "إعداد: رنا الحسيني، باسل قنديل",
            ["رنا الحسيني", "باسل قنديل"],
        ),
        ("<p class=by>Nell Garside <a href=https://x.example/@nell>@nell</a></p>", "Nell Garside", ["Nell Garside"]),
        (
            "<p>A standfirst of some sixty letters that tells in short what the story below it tells in full</p>"
            "<p>By Ann Lee and Bob Stone</p>",
            "By Ann Lee and Bob Stone",
            ["Ann Lee", "Bob Stone"],
        ),
    ],
)
def test_byline_at_the_headline(above: str, raw: str, authors: list[str]) -> None:
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD), above=above))
    assert (article.byline, article.authors) == (raw, authors)
    assert not any(raw in block.text for block in article.blocks)


def test_the_printed_line_goes_before_the_names_alone() -> None:
    head = '<meta name="author" content="Ann Lee"><meta property="article:published_time" content="2024-05-16">'
    above = "<div><span>By</span> <a rel=author href=/authors/ann>Ann Lee</a></div>"
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD), head=head, above=above))
    assert (article.byline, article.authors) == ("By Ann Lee", ["Ann Lee"])


def test_hebrew_names_joined_by_one_letter() -> None:
    assert parse_authors("אורי שחם ודנה קורן") == ["אורי שחם", "דנה קורן"]


@pytest.mark.parametrize("line", ["(القاهرة - صوت النهر)", "صوت النهر", "Haber Merkezi", "وكالات"])
def test_a_line_of_outlets_and_desks_is_no_body(line: str) -> None:
    above = f"<p class=source>{line}</p>"
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD), above=above), source())
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.timeout(10)
def test_a_byline_with_very_many_spaces_is_read_in_time() -> None:
    above = f"<div class=byline>By{chr(0xA0) * 200_000}Ann Lee</div>"
    assert read(whole_page(paragraphs(LEAD, SECOND, THIRD), above=above)).authors == ["Ann Lee"]


DATE = "12 مايو 2024"


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        # a name that reads like a preposition
        ("كتب - محمد علي", ["محمد علي"]),
        ("كتب- علي فوزي ومحمد ناصر", ["علي فوزي", "محمد ناصر"]),
        ("كتب: على فوزى", ["على فوزى"]),
        ("بقلم/ علي فوزي", ["علي فوزي"]),
        ("تقرير: علي فوزي", ["علي فوزي"]),
        # who took the pictures is no author
        ("كتب : كريم ناصر - تصوير: حسن جمال", ["كريم ناصر"]),
        ("Text: Anna Weiss, Fotos: Karl Braun", ["Anna Weiss"]),
        # more words that announce
        ("إعداد وتحرير: كريم ناصر", ["كريم ناصر"]),
        ("أجرت الحوار: سلمى حداد", ["سلمى حداد"]),
        ("Автор: Ольга Петрова", ["Ольга Петрова"]),
        ("נכתב על ידי: יעל כהן", ["יעל כהן"]),
        ("लेखक: राहुल शर्मा", ["राहुल शर्मा"]),
        # places, outlets, addresses and agencies beside the name
        ("القاهرة: كريم ناصر", ["كريم ناصر"]),
        ("كريم ناصر ـ القاهرة", ["كريم ناصر"]),
        ("رام الله - كريم ناصر - القدس دوت كوم", ["كريم ناصر"]),
        ("كريم ناصر - صوت النهر", ["كريم ناصر"]),
        ("سلمى حداد salma@news.example", ["سلمى حداد"]),
        ("سلمى حداد @salma", ["سلمى حداد"]),
        ("بواسطة كريم ناصر في 12 مايو 2024", ["كريم ناصر"]),
        ("By Ann Lee in London and Bob Stone in Cairo", ["Ann Lee", "Bob Stone"]),
        ("By Ann Lee Staff Writer", ["Ann Lee"]),
        ("Par Claire Dubois avec AFP", ["Claire Dubois"]),
        ("Par Claire Dubois Publié le 12 mai 2024", ["Claire Dubois"]),
        # no person
        ("رام الله - خاص", []),
        ("أبوظبي - صوت النهر", []),
    ],
)
def test_a_byline_of_many_shapes_beside_a_date(line: str, authors: list[str]) -> None:
    head = '<meta property="og:site_name" content="صوت النهر">'
    above = f"<div><div>{line}</div><div>{DATE}</div></div>"
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD), head=head, above=above))
    assert article.authors == authors
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize("line", ["على ضفة النهر", "تفاصيل على صفحتنا", "حديقة عامة - صوت النهر"])
def test_words_beside_a_date_that_name_nobody(line: str) -> None:
    head = '<meta property="og:site_name" content="صوت النهر">'
    above = f"<div><div>{line}</div><div>{DATE}</div></div>"
    assert read(whole_page(paragraphs(LEAD, SECOND, THIRD), head=head, above=above)).authors == []
