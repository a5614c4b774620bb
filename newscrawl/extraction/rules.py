"""What a rule of the source's file reads from a page, above all other evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from lxml import etree, html

from newscrawl.extraction.tree import Line, drop, text_of
from newscrawl.items import Block, BlockType, Page
from newscrawl.sources.selectors import compiled
from newscrawl.sources.source import Rule, Source
from newscrawl.text.clean import clean

T = TypeVar("T")

_FIELDS = (
    "headline", "byline", "authors", "published_at", "modified_at", "description", "section", "keywords", "main_image",
    "outlet",
)  # fmt: skip
_TYPES: dict[str, BlockType] = {"blockquote": "quote", "li": "list_item"}


@dataclass
class Ruled:
    """What a rule points to on one page; empty where no rule holds."""

    rule: Rule = field(default_factory=Rule)
    texts: dict[str, list[str]] = field(default_factory=dict)
    """By field: the texts found, none of them empty."""
    kept: list[etree._Element] = field(default_factory=list)
    """The containers of the article."""
    body: list[etree._Element] = field(default_factory=list)
    """The elements whose lines are the body."""
    misses: list[str] = field(default_factory=list)
    """What the rule points to and the page does not have."""

    def first(self, name: str) -> str | None:
        """The field's first text."""
        return next(iter(self.texts.get(name, ())), None)

    def miss(self, name: str, why: str) -> None:
        """Note that a field is read as without the rule."""
        self.misses.append(f"{name}: {why}")


def read_rule(tree: html.HtmlElement, source: Source | None, page: Page) -> Ruled:
    """What the source's rule for the day of the fetch points to. What it drops is gone from the tree."""
    rule = source.rule_on(page.fetched_at) if source and source.rules else None
    if rule is None:
        return Ruled()
    ruled = Ruled(rule)
    for name in _FIELDS:
        selectors: tuple[str, ...] = getattr(rule, name)
        texts = _first_found(tree, selectors, _texts, ruled.misses)
        if texts:
            ruled.texts[name] = texts
        elif selectors:
            ruled.miss(name, _nothing(selectors))
    # Dropped first: what is cut from the article's container must not stand in it.
    for selector in rule.drop:
        drop(_elements(tree, selector, ruled.misses))
    for name, found in (("keep", ruled.kept), ("body", ruled.body)):
        selectors = getattr(rule, name)
        found += _first_found(tree, selectors, _elements, ruled.misses)
        if selectors and not found:
            ruled.miss(name, _nothing(selectors))
    return ruled


def lines_in(elements: Collection[etree._Element], lines: Sequence[Line]) -> list[int]:
    """The numbers of the lines that stand in one of the elements."""
    if not elements:
        return []
    inside: dict[etree._Element, bool] = dict.fromkeys(elements, True)
    return [number for number, line in enumerate(lines) if _is_inside(line.block, inside)]


def keep_only(tree: html.HtmlElement, elements: Sequence[etree._Element]) -> None:
    """Remove from the page's body all that stands in none of the elements."""
    kept = set(elements)
    around = {outer for element in elements for outer in element.iterancestors()}
    body = tree.find("body")
    places = [tree if body is None else body]
    while places:
        place = places.pop()
        place.text = None
        for child in list(place):
            child.tail = None
            if child in around and child not in kept:
                places.append(child)
            elif child not in kept:
                place.remove(child)


def blocks_of(lines: Sequence[Line]) -> list[Block]:
    """What was not cut of the lines, a block each."""
    texts = ((line, clean("".join([piece.text for piece in line.pieces]))) for line in lines)
    return [Block(_type(line), text) for line, text in texts if text]


def _first_found(
    tree: html.HtmlElement,
    selectors: Sequence[str],
    find: Callable[[html.HtmlElement, str, list[str]], list[T]],
    misses: list[str],
) -> list[T]:
    return next((found for selector in selectors if (found := find(tree, selector, misses))), [])


def _elements(tree: html.HtmlElement, selector: str, misses: list[str]) -> list[etree._Element]:
    """The elements found, those left out that stand in another of them."""
    elements = [one for one in _found(tree, selector, misses) if isinstance(one, etree._Element)]
    chosen = set(elements)
    return [one for one in elements if chosen.isdisjoint(one.iterancestors()) and one.getparent() is not None]


def _texts(tree: html.HtmlElement, selector: str, misses: list[str]) -> list[str]:
    return [text for one in _found(tree, selector, misses) if (text := _said(one))]


def _found(tree: html.HtmlElement, selector: str, misses: list[str]) -> list[object]:
    """What a selector finds; nothing, and a miss, where it fails on this page, as a bad regular expression in an XPath
    does once it is asked of an element."""
    try:
        found = compiled(selector)(tree)
    except (etree.XPathError, re.error) as error:
        misses.append(f"{selector!r} cannot be asked of this page ({error})")
        return []
    return list(found) if isinstance(found, list) else [found]


def _said(found: object) -> str:
    """An element's text, of `meta` its content, of an image its address; an attribute, or what an XPath computes."""
    if not isinstance(found, etree._Element):
        return clean(str(found))
    attribute = {"meta": "content", "img": "src", "link": "href"}.get(str(found.tag))
    return clean(found.get(attribute) or "") if attribute else text_of(found)


def _is_inside(element: etree._Element, known: dict[etree._Element, bool]) -> bool:
    """Whether an element is or stands in one that is known to be inside; `known` keeps the answers."""
    above: list[etree._Element] = []
    place: etree._Element | None = element
    while place is not None and place not in known:
        above.append(place)
        place = place.getparent()
    answer = place is not None and known[place]
    known.update(dict.fromkeys(above, answer))
    return answer


def _type(line: Line) -> BlockType:
    if line.is_heading:
        return "heading"
    around = (line.block, *line.block.iterancestors())
    return next((_TYPES[element.tag] for element in around if element.tag in _TYPES), "paragraph")


def _nothing(selectors: Sequence[str]) -> str:
    return f"{' and '.join(map(repr, selectors))} found nothing"
