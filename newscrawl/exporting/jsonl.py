"""Articles as JSON objects, one a line: the feed's fields, and links with what they name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, BinaryIO

from newscrawl.items import FEED_FIELDS, Article, plain

BODY_FIELDS = ("body", "blocks")
"""The fields that an export without body leaves out."""


def fields(*, with_body: bool) -> list[str]:
    """The fields of a record, in order."""
    return [name for name in FEED_FIELDS if with_body or name not in BODY_FIELDS]


def record(article: Article, names: Iterable[str]) -> dict[str, Any]:
    """These fields of an article in the types of JSON."""
    return {name: plain(getattr(article, name)) for name in names}


def write(file: BinaryIO, articles: Iterable[Article], *, with_body: bool) -> int:
    """Write a line for each article, and say how many there were."""
    names, lines = fields(with_body=with_body), 0
    for article in articles:
        file.write(json.dumps(record(article, names), ensure_ascii=False).encode() + b"\n")
        lines += 1
    return lines
