"""Blocks: typed, in order, the article's own and nothing else."""

from __future__ import annotations

import time

import pytest

from newscrawl.extraction import Furniture, extract
from newscrawl.extraction.tree import parse
from newscrawl.items import Page
from newscrawl.text.fold import fold_key
from tests.extraction.newspaper import HEADLINE, LEAD, RELATED, SECOND, THIRD, URL, paragraphs, read, whole_page


def test_headings_quotes_and_list_items_keep_type_and_order() -> None:
    body = (
        f"<p>{LEAD}</p><h2>عن الحديقة</h2><p>{SECOND}</p><blockquote>{THIRD}</blockquote>"
        f"<ul><li>ملعب للأطفال الصغار</li><li>مكتبة عامة</li></ul><p>{SECOND} أيضا.</p>"
    )
    article = read(whole_page(body))
    assert [(block.type, block.text) for block in article.blocks] == [
        ("paragraph", LEAD),
        ("heading", "عن الحديقة"),
        ("paragraph", SECOND),
        ("quote", THIRD),
        ("list_item", "ملعب للأطفال الصغار"),
        ("list_item", "مكتبة عامة"),
        ("paragraph", f"{SECOND} أيضا."),
    ]
    assert article.body == "\n".join(block.text for block in article.blocks)


def test_headline_is_not_the_first_block() -> None:
    article = read(whole_page(f"<h2>{HEADLINE}</h2>" + paragraphs(HEADLINE, LEAD, SECOND, THIRD)))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_zero_width_non_joiners_are_kept() -> None:
    text = "کتابخانه‌های شهر می‌خواهند ساعت‌های کار خود را در تابستان بیشتر کنند و کتاب‌های تازه بخرند و به خانه‌ها ببرند."
    article = read(whole_page(paragraphs(text, text.replace("شهر", "روستا")), headline="خبر کتابخانه‌ها", lang="fa"))
    assert article.blocks[0].text == text
    assert article.headline == "خبر کتابخانه‌ها"


def test_caption_and_printed_date_are_not_body() -> None:
    picture = '<div class="pic"><img src="/i.jpg" alt=""><div>صورة من الافتتاح</div></div>'
    article = read(whole_page(picture + paragraphs("الأحد 19 مايو 2024 05:30 م", LEAD, SECOND, THIRD)))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_text_is_nfc_without_control_characters() -> None:
    article = read(whole_page(paragraphs("Cafe\u0301\u200b\u0007 " + LEAD, SECOND)))
    assert article.blocks[0].text == "Café " + LEAD


def test_furniture_of_the_source_is_left_out_and_named() -> None:
    html = whole_page(paragraphs(LEAD, "تابعوا نشراتنا على مدار الساعة في كل المنصات", SECOND, THIRD))
    furniture = Furniture(version="3", lines=frozenset([fold_key("تابعوا نشراتنا على مدار الساعة في كل المنصات")]))
    article = extract(Page(url=URL, body=html.encode()), furniture=furniture)
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]
    assert (article.extractor or "").endswith(" furniture/3")


@pytest.mark.parametrize("sign_off", ["--(بترا)", "انتهای پیام/ 17302", "انتهى", "(HT)"])
def test_sign_off_behind_the_last_paragraph_is_not_body(sign_off: str) -> None:
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD, sign_off)))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize(
    ("tail", "last"),
    [
        ("<ul><li>1895</li><li>1929</li><li>1963</li></ul>", ["1895", "1929", "1963"]),
        ("<p>للاستفسار يتصل المواطنون بالرقم المجاني:</p><p>16528</p>", ["16528"]),
        ("<ul><li>الأولى (أ)</li><li>(HT)</li></ul>", ["(HT)"]),
        ("<p>(HT)</p><p>(HT)</p>", ["(HT)"]),
    ],
)
def test_end_of_the_text_that_only_looks_like_a_sign_off_is_kept(tail: str, last: list[str]) -> None:
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD) + tail))
    assert [block.text for block in article.blocks][-len(last) :] == last


def _short(headline: str, body: str, lang: str = "ar") -> str:
    return (
        f'<html lang="{lang}"><head><title>{headline}</title></head><body><header><nav><a href="/">الرئيسية</a>'
        f'<a href="/sport">رياضة</a></nav></header><main><article><h1>{headline}</h1><div class="entry-content">{body}'
        "</div></article></main><footer><p>جميع الحقوق محفوظة لصحيفة صوت النهر.</p></footer></body></html>"
    )


_BRIEF = "افتتح محافظ المدينة صباح اليوم الجسر الجديد على نهر المدينة بعد عامين من العمل المتواصل."
_BRIEF_END = "ويربط الجسر بين ضفتي النهر وتعبره السيارات والمشاة مجانا طوال أيام الأسبوع كما قال المحافظ."


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (paragraphs(_BRIEF), [_BRIEF]),
        (paragraphs(_BRIEF, _BRIEF_END), [_BRIEF, _BRIEF_END]),
        (paragraphs(_BRIEF, "وهو الثالث في المدينة.", _BRIEF_END), [_BRIEF, "وهو الثالث في المدينة.", _BRIEF_END]),
        (f"{_BRIEF}<br><br>{_BRIEF_END}", [_BRIEF, _BRIEF_END]),
        (f"<p>{_BRIEF}</p><h2>عن الجسر</h2><p>{_BRIEF_END}</p>", [_BRIEF, "عن الجسر", _BRIEF_END]),
    ],
)
def test_brief_keeps_its_paragraphs_and_leaves_its_headline_out(body: str, expected: list[str]) -> None:
    article = read(_short("افتتاح الجسر الجديد على نهر المدينة", body))
    assert [block.text for block in article.blocks] == expected


def test_brief_keeps_zero_width_non_joiners() -> None:
    first = "کتابخانه‌های شهر می‌خواهند ساعت‌های کار خود را در تابستان بیشتر کنند و کتاب‌های تازه بخرند."
    second = "مدیران کتابخانه‌ها می‌گویند این برنامه از ماه آینده آغاز می‌شود و تا پاییز ادامه دارد."
    article = read(_short("خبر کتابخانه‌ها", paragraphs(first, second), "fa"))
    assert [block.text for block in article.blocks] == [first, second]


@pytest.mark.parametrize("texts", [("The bridge is open.",), ("The bridge is open.", "Cars may cross it.")])
def test_body_of_one_or_two_short_sentences_is_read(texts: tuple[str, ...]) -> None:
    article = read(_short("New bridge", paragraphs(*texts), "en"))
    assert [block.text for block in article.blocks] == list(texts)


def test_body_that_only_json_ld_holds_is_read() -> None:
    data = (
        f'<script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{_BRIEF} {_BRIEF_END}"}}</script>'
    )
    assert read(_short("افتتاح الجسر الجديد", data)).body == f"{_BRIEF} {_BRIEF_END}"


@pytest.mark.parametrize(
    "html",
    [
        _short("افتتاح الجسر الجديد على نهر المدينة", ""),
        "<html><title>News</title><body><div id=root></div><noscript>Please enable JavaScript to read this page, it "
        "cannot be shown without it, whatever browser you have.</noscript></body></html>",
        "<html><title>Deep</title><body><ul><li>Home<li>Sport<li>World news</ul><h1>Deep water</h1>" + "<div>" * 3000,
        "<html><title>Deep</title><body><select><option>One<option>Two</select><h1>Deep water</h1>" + "<div>" * 30_000,
        "<html><h1>Links</h1><p>" + "".join(f"<a href='/{n}'>A headline of some length here</a> " for n in range(40)),
        "<html><h1>Links</h1><main>"
        + "".join(f"<p><a href='/{n}'>Headline {n} of some length</a></p>" for n in range(40)),
    ],
    ids=["no text", "noscript", "nested", "nested deeper", "links in one line", "links in lines"],
)
def test_menu_headline_and_notices_are_no_body(html: str) -> None:
    assert read(html).blocks == []


@pytest.mark.parametrize(
    "ballast",
    [
        "<script>" + 'x = "<p>";' * 600_000 + "</script>",
        '<script type="application/ld+json">{"a": "' + "x" * 5_000_000 + '"}</script>',
        "<style>" + "a{b:c}" * 600_000 + "</style>",
        "<!--" + "x <p> " * 600_000 + "-->",
        '<img alt="" src="data:image/png;base64,' + "A" * 4_000_000 + '">',
    ],
    ids=["script", "JSON-LD", "style", "comment", "attribute"],
)
def test_ballast_before_the_article_does_not_cost_the_body(ballast: str) -> None:
    article = read(whole_page(ballast + paragraphs(LEAD, SECOND, THIRD)))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize("opening", ["<script>", "<!--", "<style>", '<a b="', "<script a"])
def test_what_is_opened_many_times_and_never_closed_costs_little_time(opening: str) -> None:
    begun = time.process_time()
    parse(opening * (4_000_000 // len(opening)))
    assert time.process_time() - begun < 5


def test_page_without_article_has_no_body_of_menus() -> None:
    clock = "<div class='top'><span>الثلاثاء 31 أغسطس 2021</span> <span>09:14 صـ</span></div>"
    rates = "<table><tr><td>دولار أمريكي</td><td>15.65</td></tr><tr><td>يورو</td><td>18.41</td></tr></table>"
    assert read(whole_page(f"<div class='player'></div>{rates}", above=clock)).blocks == []


def test_space_that_stands_in_an_element_of_its_own_is_kept() -> None:
    text = LEAD.replace(" صباح ", "<span>&nbsp;</span>صباح<b> </b>", 1)
    article = read(whole_page(f"<p>{text}</p><h3>اقرأ أيضاً</h3><p><a href='/r/1'>{RELATED[0]}</a></p><p>{SECOND}</p>"))
    assert [block.text for block in article.blocks] == [LEAD, SECOND]


def test_comments_that_are_longer_than_the_article_are_no_body() -> None:
    comments = "".join(f'<div class="comment-text"><p>{THIRD} {number}</p></div>' for number in range(20))
    article = read(whole_page(paragraphs(LEAD, SECOND) + f'<div id="comments">{comments}</div>'))
    assert [block.text for block in article.blocks] == [LEAD, SECOND]


def test_article_that_stands_mostly_outside_the_box_named_for_it_is_found_by_looking_further() -> None:
    first = f'<div class="article-content"><p>{LEAD} {SECOND} {THIRD}</p><p>{SECOND} {SECOND}</p></div>'
    rest = [f"{THIRD} {SECOND} {number}." for number in range(12)]
    html = f"<html><body><h1>{HEADLINE}</h1><div>{first}{paragraphs(*rest)}</div></body></html>"
    assert {block.text for block in read(html).blocks} >= set(rest)


@pytest.mark.parametrize("anchor", ['<a name="why"></a>', '<a id="why" href="#why" title="Link"></a>'])
def test_anchor_makes_no_menu_of_a_part_of_the_article(anchor: str) -> None:
    part = f'<div class="part">{anchor}<h3>لماذا تأخر افتتاح الحديقة؟</h3><p>{THIRD}</p></div>'
    article = read(whole_page(paragraphs(LEAD, SECOND) + part))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, "لماذا تأخر افتتاح الحديقة؟", THIRD]
