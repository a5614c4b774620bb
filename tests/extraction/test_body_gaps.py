"""What trafilatura leaves out is put back in its place."""

from __future__ import annotations

from tests.extraction.newspaper import LEAD, SECOND, THIRD, paragraphs, read, whole_page

STANDFIRST = "Three parks along the river have opened this year, and the council now plans two more."


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
