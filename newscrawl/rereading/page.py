"""What a worker does with an archived page: it reads the bytes where they lie, and then the page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from newscrawl.archive.digests import agrees
from newscrawl.archive.location import Location
from newscrawl.archive.reader import StoredExchange, read_capture
from newscrawl.archive.store import Store
from newscrawl.exceptions import ArchiveError
from newscrawl.items import Capture, Furniture, Page
from newscrawl.sources.source import Source
from newscrawl.workers.reading import Reading, read_page

if TYPE_CHECKING:
    # Workers load neither what checks settings nor SQL.
    from newscrawl.configuration import Configuration
    from newscrawl.storage.rereading import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPage:
    """Where a page's bytes are, and what else it takes to read it. It is handed to a worker in place of the bytes."""

    folder: Path
    store: str | None
    """URL of the store to which closed WARCs move."""
    url: str
    fetched_at: datetime
    capture: Capture
    original: Capture | None
    """Of a revisit: the answer that it repeats."""
    payload_digest: str
    """`sha256:` and the hex digest of the page's bytes."""

    @classmethod
    def of(cls, revision: Revision, configuration: Configuration) -> Self:
        """The page of a stored revision."""
        return cls(
            folder=configuration.archive_folder,
            store=configuration.archive_store,
            url=revision.url,
            fetched_at=revision.fetched_at,
            capture=revision.capture,
            original=revision.original,
            payload_digest=revision.payload_digest,
        )


def read_archived(page: ArchivedPage, source: Source | None, furniture: Furniture | None) -> Reading:
    """The article of an archived page.

    Raises ArchiveError when its bytes cannot be had or are not those that were read before, and what `extract` raises.
    """
    exchange = read_capture(_location(page.folder, page.store), page.capture, lambda _: page.original)
    body = exchange.decoded().body
    held = "sha256:" + hashlib.sha256(body).hexdigest()
    if held != page.payload_digest:
        raise ArchiveError(
            f"it was read from bytes of {page.payload_digest}, but {page.capture.warc} at byte {page.capture.offset} "
            f"holds {held}; `scrapy verify` says more"
        )
    fetched = Page(
        url=page.url,
        body=body,
        headers=_headers(exchange),
        fetched_at=page.fetched_at,
        status=exchange.status or 200,
        capture=page.capture,
    )
    return read_page(fetched, source, furniture)


def read_exchange(exchange: StoredExchange, source: Source | None, furniture: Furniture | None) -> Reading:
    """The article of an archived answer that is at hand, such as one of another's WARC, as far as its bytes are whole.

    Raises ArchiveError when its framing or coding breaks off, or its body is not of the digest that its record states,
    and what `extract` raises.
    """
    if agrees(exchange.payload_digest, exchange.body) is False:
        raise ArchiveError(f"its payload is not of the digest that its record states, {exchange.payload_digest}")
    decoded = exchange.decoded()
    if not decoded.whole:
        raise ArchiveError("its body breaks off")
    page = Page(
        url=exchange.url,
        body=decoded.body,
        headers=_headers(exchange),
        fetched_at=exchange.date,
        status=exchange.status or 200,
        capture=exchange.capture,
    )
    return read_page(page, source, furniture)


def _headers(exchange: StoredExchange) -> dict[str, str]:
    """By name, repeated ones joined, as a crawl hands them to extraction."""
    headers: dict[str, str] = {}
    for name, value in exchange.headers:
        key = name.title()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


@lru_cache(maxsize=1)
def _location(folder: Path, store: str | None) -> Location:
    return Location(folder, Store(store) if store else None)
