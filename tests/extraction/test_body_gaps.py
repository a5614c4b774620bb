"""What trafilatura leaves out is put back in its place."""

from __future__ import annotations

import pytest

from tests.extraction.newspaper import LEAD, SECOND, THIRD, paragraphs, read, whole_page

STANDFIRST = "Three parks along the river have opened this year, and the council now plans two more."
SHORT = ("مساحتها ستة آلاف متر وكلفتها مليونا دينار", "المحافظ: العمل استغرق عامين كاملين")


def test_article_in_several_containers_is_whole_and_in_order() -> None:
    chunks = '<div class="ad">Advertisement</div>'.join(
        f'<div class="grid"><div class="chunk text-part">{paragraphs(text)}</div></div>'
        for text in (LEAD, SECOND, THIRD)
    )
    article = read(whole_page(chunks))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_posts_of_a_live_blog_keep_their_headings_and_order() -> None:
    posts = "".join(
        f'<div class="post"><h3>Minute {minute}</h3><div class="post-text"><p>{text}</p></div></div>'
        for minute, text in ((90, THIRD), (45, SECOND), (1, LEAD))
    )
    article = read(whole_page(posts))
    assert [block.text for block in article.blocks] == ["Minute 90", THIRD, "Minute 45", SECOND, "Minute 1", LEAD]


def test_teasers_in_a_footer_are_not_the_rest_of_the_article_though_they_are_built_like_it() -> None:
    footer = f'<footer><article><div class="text"><p>{STANDFIRST}</p></div></article></footer>'
    html = whole_page(paragraphs(LEAD, SECOND, THIRD)).replace("</article>", f"{footer}</article>")
    assert [block.text for block in read(html).blocks] == [LEAD, SECOND, THIRD]


def test_standfirst_that_the_page_gives_as_its_description_leads_the_body() -> None:
    head = f'<meta name="description" content="{STANDFIRST}">'
    above = f"<header><p>{STANDFIRST}</p></header>"
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD), head=head, above=above))
    assert [block.text for block in article.blocks] == [STANDFIRST, LEAD, SECOND, THIRD]


def test_second_article_below_is_not_taken_for_the_rest_of_the_first() -> None:
    other = "<h1>Bridge closed for a week</h1>" + paragraphs(
        "The old bridge is closed to all traffic until Sunday night."
    )
    article = read(whole_page(f'<div class="chunk">{paragraphs(LEAD, SECOND)}</div><div class="chunk">{other}</div>'))
    assert "bridge is closed" not in (article.body or "").lower() or len(article.blocks) > 2


def test_bare_text_between_blocks_of_a_container_is_kept() -> None:
    article = read(whole_page(f"<div class='story'>{LEAD}<h2>عنوان فرعي للخبر</h2>{SECOND}<br><br>{THIRD}</div>"))
    assert [block.text for block in article.blocks] == [LEAD, "عنوان فرعي للخبر", SECOND, THIRD]


def introduced(above: str) -> str:
    """A page whose theme names the container of the body, with this between headline and body."""
    page = whole_page(paragraphs(LEAD, SECOND, THIRD), above=above)
    return page.replace('<div class="text">', '<div class="entry-content">')


INTRODUCED = {
    "paragraph": '<p class="summary">{0}</p><p class="article-sub-title">{1}</p>',
    "lines of a box": '<div class="article__standfirst">{0}<br>{1}</div>',
    "paragraphs of a box": '<div class="lead"><p>{0}</p><p>{1}</p></div>',
    "headings": '<h2 class="entry-sub-title">{0}</h2><h3 class="s-tagline">{1}</h3>',
    "name in one word": '<div class="SubTitle">{0}</div><div class="keyPoints">{1}</div>',
    "properties": '<h2 itemprop="alternativeHeadline">{0}</h2><p itemprop="description">{1}</p>',
    "fields": '<div class="field--name-field-sub-title"><div>{0}</div></div><div class="field-name-summary">{1}</div>',
}


@pytest.mark.parametrize("shape", INTRODUCED.values(), ids=INTRODUCED)
def test_short_standfirst_that_its_name_tells_leads_the_body(shape: str) -> None:
    above = shape.format(*SHORT) + "<div><span>سامي الكيلاني</span> <time>12 مايو 2024</time></div>"
    article = read(introduced(above))
    assert [block.text for block in article.blocks] == [*SHORT, LEAD, SECOND, THIRD]


def test_points_above_the_body_are_items_of_a_list() -> None:
    above = '<ul class="article-highlights">' + "".join(f"<li>{text}</li>" for text in SHORT) + "</ul>"
    article = read(introduced(above))
    assert [(block.type, block.text) for block in article.blocks[:2]] == [("list_item", text) for text in SHORT]


@pytest.mark.parametrize(
    "above",
    [
        '<div class="subtitle">محليات المدينة</div>',
        '<p class="summary"><a href="/live">تابعوا البث المباشر لحفل الافتتاح من هنا</a></p>',
        '<div class="intro">اقرأ أيضاً على صوت النهر</div>',
        "<div>كتب سامي الكيلاني من أمام الحديقة الجديدة</div>",
    ],
)
def test_label_or_link_below_the_headline_is_no_standfirst(above: str) -> None:
    article = read(introduced(above))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_name_of_a_box_that_holds_the_headline_names_no_standfirst() -> None:
    html = introduced(f"<div>{SHORT[0]}</div></div>").replace("<h1>", '<div class="headline-and-lead"><h1>')
    assert [block.text for block in read(html).blocks] == [LEAD, SECOND, THIRD]
