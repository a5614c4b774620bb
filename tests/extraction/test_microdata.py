"""Properties of the page's own article among those of other items."""

from __future__ import annotations

from newscrawl.extraction.microdata import article_properties
from newscrawl.extraction.tree import parse, text_of

TITLE = "The bridge is open to lorries"


def authors(body: str, *titles: str) -> list[str]:
    tree = parse(f"<html><body>{body}</body></html>")
    assert tree is not None
    return [text_of(element) for element in article_properties(tree, titles).get("author", ())]


def item(kind: str, headline: str, author: str, inner: str = "") -> str:
    return (
        f'<div itemscope itemtype="https://schema.org/{kind}"><h3 itemprop="headline">{headline}</h3>'
        f'<i itemprop="author">{author}</i>{inner}</div>'
    )


def test_a_teaser_s_author_is_not_the_article_s() -> None:
    teasers = item("NewsArticle", "Shops stay open at night", "Bob Stone")
    assert authors(teasers + item("NewsArticle", TITLE, "Ann Lee") + teasers, TITLE) == ["Ann Lee"]
    assert authors(f"<h1>{TITLE}</h1>" + teasers, TITLE) == []


def test_items_inside_the_article_speak_of_themselves() -> None:
    inner = item("Comment", "Well done", "Carl Reader") + item("ScholarlyArticle", "On pillars", "Dora Wells")
    assert authors(item("BlogPosting", TITLE, "Ann Lee", inner), TITLE) == ["Ann Lee"]


def test_properties_outside_of_items_and_of_the_page_count() -> None:
    assert authors('<i itemprop="author">Ann Lee</i>', TITLE) == ["Ann Lee"]
    page = '<div itemscope itemtype="https://schema.org/WebPage"><i itemprop="author">Ann Lee</i></div>'
    assert authors(page, TITLE) == ["Ann Lee"]


def test_the_only_article_counts_where_nothing_else_names_the_story() -> None:
    assert authors(item("Article", TITLE, "Ann Lee")) == ["Ann Lee"]
