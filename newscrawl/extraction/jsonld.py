"""JSON-LD as pages really carry it: lists, graphs, nested nodes, broken syntax."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import json_repair
from lxml import etree

from newscrawl.extraction.headline import likeness
from newscrawl.text.clean import clean_or_none
from newscrawl.urls import is_http, url_key

Node = dict[str, Any]
Value = Any

# schema.org's types of articles, most telling first.
_ARTICLE_TYPES = (
    "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "BackgroundNewsArticle",
    "ReviewNewsArticle", "AskPublicNewsArticle", "LiveBlogPosting", "Article", "BlogPosting", "Report",
    "ScholarlyArticle", "SocialMediaPosting", "AdvertiserContentArticle", "SatiricalArticle", "TechArticle",
)  # fmt: skip
# Properties whose values are other pages, never the page itself.
_ELSEWHERE = frozenset(
    (
        "itemListElement",
        "isPartOf",
        "hasPart",
        "mentions",
        "citation",
        "relatedLink",
        "isBasedOn",
        "comment",
        "potentialAction",
    )
)
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$"
)
_TAGS = re.compile(r"<[^<>]*>")
_MOST_BROKEN_CHARACTERS = 200_000
_MOST_NODES = 2_000
_UNLIKE = 0.5


def read_nodes(tree: etree._Element) -> list[Node]:
    """Every typed node of the page's JSON-LD in order, nested ones after their parents, at most 2,000.

    Nodes that stand for other pages (items of lists, parts, citations) are left out. What is not JSON is repaired
    where json_repair can, else skipped. References by `@id` are not followed here, so that cycles do no harm.
    """
    nodes: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        stack = [_parsed(script.text or "")]
        while stack and len(nodes) < _MOST_NODES:
            value = stack.pop()
            if isinstance(value, list):
                stack.extend(reversed(value))
            elif isinstance(value, dict):
                if "@type" in value:
                    nodes.append(value)
                children = [child for name, child in value.items() if name not in _ELSEWHERE]
                stack.extend(child for child in reversed(children) if isinstance(child, (dict, list)))
    return nodes


def article_node(nodes: list[Node], urls: Sequence[str], titles: Sequence[str]) -> Node:
    """The node of the page's article: of an article type, with a headline, and one that claims one of the page's URLs,
    else the one whose headline is most like the page's titles; an empty node without one.

    A node that claims another URL and bears a headline unlike any title of the page is another article's.
    """
    articles = [node for node in nodes if any(kind in _ARTICLE_TYPES for kind in types_of(node))]
    headed = [node for node in articles if texts(node.get("headline") or node.get("name"))]
    best: Node = {}
    best_likeness = -1.0
    for node in headed:
        claims = _claimed_urls(node)
        if any(_is_same_page(claim, url) for claim in claims for url in urls):
            return node
        alike = likeness(first_text(node.get("headline") or node.get("name")) or "", titles) if titles else 1.0
        if alike > best_likeness and not (claims and alike < _UNLIKE):
            best, best_likeness = node, alike
    return best or (next(iter(articles), {}) if not headed else {})


def types_of(node: Node) -> list[str]:
    """The types of a node without their vocabulary's prefix."""
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return [re.split(r"[/:#]", kind)[-1] for kind in kinds if isinstance(kind, str)]


def is_person(value: Value) -> bool:
    """Whether a value stands for a person, by its type or, where it is a mere reference, by the `@id` that content
    systems give persons (`#/schema/person/…`)."""
    return isinstance(value, dict) and (
        "Person" in types_of(value) or "/person/" in str(value.get("@id") or "").lower()
    )


def texts(value: Any) -> list[str]:
    """The texts of a property: its strings, the `@value` or `name` of its nodes; markup and entities resolved."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        text = item
        if isinstance(item, dict):
            text = item.get("@value") or item.get("name")
        if isinstance(text, list):
            text = next((part for part in text if isinstance(part, str)), None)
        if isinstance(text, str) and (cleaned := clean_or_none(_TAGS.sub(" ", html.unescape(html.unescape(text))))):
            found.append(cleaned)
    return found


def first_text(value: Any) -> str | None:
    """The first text of a property."""
    return next(iter(texts(value)), None)


def resolved(value: Any, nodes: list[Node]) -> list[Any]:
    """The values of a property as a list; a value that is only a reference is replaced by the node of that `@id`."""
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        if isinstance(item, dict) and set(item) <= {"@id", "@type"} and "@id" in item:
            item = next((node for node in nodes if node.get("@id") == item["@id"] and len(node) > 2), item)
        if item is not None:
            found.append(item)
    return found


def image_urls(value: Any) -> Iterator[str]:
    """The URLs of an image property: strings, ImageObjects, or lists of them."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            item = item.get("url") or item.get("contentUrl")
        if isinstance(item, list):
            item = next(iter(item), None)
        if isinstance(item, str):
            yield item


def _parsed(text: str) -> Any:
    for is_wrapped in (False, True, True):
        if is_wrapped:
            text = _WRAPPING.sub("", text)
        with suppress(ValueError, RecursionError):
            return json.loads(text, strict=False)
    if len(text) > _MOST_BROKEN_CHARACTERS:
        return None
    try:
        return json_repair.loads(text, skip_json_loads=True)
    except (ValueError, RecursionError, IndexError, TypeError):
        return None


def _is_same_page(claim: str, url: str) -> bool:
    return claim == url or (is_http(claim) and is_http(url) and url_key(claim) == url_key(url))


def _claimed_urls(node: Node) -> list[str]:
    """The absolute URLs of the page that a node says it stands for; an `@id` that is no page's URL says nothing."""
    claims = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
    values = [(claim.get("@id") or claim.get("url")) if isinstance(claim, dict) else claim for claim in claims]
    return [value for value in values if isinstance(value, str) and is_http(value)]
