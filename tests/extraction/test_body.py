"""Blocks: typed, in order, the article's own and nothing else."""

from __future__ import annotations

from newscrawl.extraction import Furniture, extract
from newscrawl.items import Page
from newscrawl.text.fold import fold_key
from tests.extraction.newspaper import HEADLINE, LEAD, SECOND, THIRD, URL, paragraphs, read, whole_page


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


def test_sign_off_behind_the_last_paragraph_is_not_body() -> None:
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD, "--(بترا)", "انتهای پیام/ 17302")))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_page_without_article_has_no_body_of_menus() -> None:
    clock = "<div class='top'><span>الثلاثاء 31 أغسطس 2021</span> <span>09:14 صـ</span></div>"
    rates = "<table><tr><td>دولار أمريكي</td><td>15.65</td></tr><tr><td>يورو</td><td>18.41</td></tr></table>"
    assert read(whole_page(f"<div class='player'></div>{rates}", above=clock)).blocks == []
