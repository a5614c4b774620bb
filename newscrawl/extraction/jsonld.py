"""JSON-LD as pages really carry it: lists, graphs, nested nodes, broken syntax."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import json_repair
from lxml import etree

from newscrawl.text.clean import clean_or_none
from newscrawl.urls import is_http, url_key

Node = dict[str, Any]

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


def article_node(nodes: list[Node], url: str) -> Node:
    """The node of the page's article: of an article type, the one that claims this page's URL, else the first with a
    headline; an empty node without one."""
    articles = [node for node in nodes if any(kind in _ARTICLE_TYPES for kind in types_of(node))]
    headed = [node for node in articles if texts(node.get("headline") or node.get("name"))]
    own = [node for node in headed if _claims(node, url)]
    return next(iter(own or headed or articles), {})


def types_of(node: Node) -> list[str]:
    """The types of a node without their vocabulary's prefix."""
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return [re.split(r"[/:#]", kind)[-1] for kind in kinds if isinstance(kind, str)]


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
            item = item.get("url") or item.get("contentUrl") or item.get("@id")
        if isinstance(item, list):
            item = next(iter(item), None)
        if isinstance(item, str):
            yield item


def _parsed(text: str) -> Any:
    for _ in range(2):
        text = _WRAPPING.sub("", text)
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    if len(text) > _MOST_BROKEN_CHARACTERS:
        return None
    try:
        return json_repair.loads(text, skip_json_loads=True)
    except (ValueError, RecursionError, IndexError, TypeError):
        return None


def _is_same_page(claim: str, url: str) -> bool:
    return is_http(claim) and is_http(url) and url_key(claim) == url_key(url)


def _claims(node: Node, url: str) -> bool:
    claims = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
    for claim in claims:
        if isinstance(claim, dict):
            claim = claim.get("@id") or claim.get("url")
        if isinstance(claim, str) and (claim == url or _is_same_page(claim, url)):
            return True
    return False
