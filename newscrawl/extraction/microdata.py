"""Microdata: the properties of the page's article among all the items that a page marks up."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from newscrawl.extraction.headline import likeness
from newscrawl.extraction.tree import text_of

Properties = dict[str, list[etree._Element]]

# The elements that have the attribute; a test of each element takes twice as long.
_ITEM_PROPERTIES = etree.XPath("//@itemprop/..")
# Types that stand for the page or its article; properties of all others speak of something else.
_PAGE_TYPES = ("webpage", "itempage", "creativework", "recipe", "website", "thing", "mediaobject", "newsitem")
_UNLIKE = 0.5


def article_properties(tree: etree._Element, titles: Sequence[str]) -> Properties:
    """The elements by lower-case itemprop that belong to the page's article, or to no item, or to the page itself.

    Of several articles the page's own is the one whose headline is most like the page's `titles`; one that is unlike
    all of them (a teaser) is none of this page.
    """
    found: dict[etree._Element | None, Properties] = {}
    for element in _ITEM_PROPERTIES(tree):
        properties = found.setdefault(_item_of(element), {})
        for name in element.get("itemprop", "").lower().split():
            properties.setdefault(name, []).append(element)
    articles = {item: likes for item in found if item is not None and (likes := _likeness(item, found[item], titles))}
    own = max(articles, key=lambda item: articles[item], default=None)
    merged: Properties = {}
    for item, properties in found.items():
        if item is None or item is own or _is_page(item):
            for name, elements in properties.items():
                merged.setdefault(name, []).extend(elements)
    return merged


def item_name(element: etree._Element) -> str:
    """The name of an item, else its text or content."""
    for inner in element.iterdescendants():
        if inner.get("itemprop") == "name":
            return text_of(inner) or inner.get("content") or ""
    return text_of(element) or element.get("content") or ""


def _likeness(item: etree._Element, properties: Properties, titles: Sequence[str]) -> float:
    """How like an article's headline is to the page's titles; 0 for what is no article, or another page's."""
    if not _is_article(item):
        return 0.0
    headline = next(iter((*properties.get("headline", ()), *properties.get("name", ()))), None)
    text = headline.get("content") or text_of(headline) if headline is not None else ""
    if not text or not titles:
        return _UNLIKE
    alike = likeness(text, titles)
    return alike if alike >= _UNLIKE else 0.0


def _item_of(element: etree._Element) -> etree._Element | None:
    """The item that a property belongs to; None for one that stands in no item."""
    return next((outer for outer in element.iterancestors() if outer.get("itemscope") is not None), None)


def _type_of(item: etree._Element) -> str:
    return (item.get("itemtype") or "").rstrip("/").rpartition("/")[2].lower()


def _is_article(item: etree._Element) -> bool:
    return _type_of(item).endswith(("article", "posting", "report"))


def _is_page(item: etree._Element) -> bool:
    return _type_of(item) in _PAGE_TYPES or not _type_of(item)
