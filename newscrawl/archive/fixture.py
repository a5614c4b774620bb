"""From an archived answer to a fixture case: the answer of `response.json`, and its payload."""

from __future__ import annotations

from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from newscrawl.archive.decoding import uncoded
from newscrawl.archive.reader import StoredExchange
from newscrawl.exceptions import ArchiveError

# They tell of the transfer, which is undone; a cookie is one visitor's.
_LEFT_OUT = frozenset({"content-encoding", "transfer-encoding", "content-length", "set-cookie"})
_RENAMED = "x-crawler-"
_FILES = {
    "text/html": "page.html",
    "application/xhtml+xml": "page.html",
    "application/rss+xml": "feed.xml",
    "application/atom+xml": "feed.xml",
    "application/feed+json": "feed.json",
    "application/json": "document.json",
    "application/xml": "document.xml",
    "text/xml": "document.xml",
    "text/plain": "document.txt",
}


def fixture_case(exchange: StoredExchange) -> tuple[dict[str, Any], bytes]:
    """The object of `response.json`, and the payload as it was before its content codings, charset untouched.

    The headers are those archived without what tells of the transfer, and without cookies. Where the answer has no date
    that can be read, its capture's is put in, for a fixture's fetch is dated by it; a redirect's target is absolute.
    Raises ArchiveError for an answer without status, or whose codings cannot be undone.
    """
    if exchange.status is None:
        raise ArchiveError(f"the answer of {exchange.url} states no status, so that no fixture can answer with it")
    unknown = uncoded(exchange.answer)
    if unknown:
        raise ArchiveError(f"the answer of {exchange.url} has the content coding {unknown}, which cannot be undone")
    payload = exchange.decoded().body
    headers = [(name, value) for name, value in exchange.headers if _tells_of_the_page(name)]
    if 300 <= exchange.status < 400:
        headers = [
            ("Location", urljoin(exchange.url, value)) if name.lower() == "location" else (name, value)
            for name, value in headers
        ]
    if exchange.date is not None and not _is_dated(headers):
        headers = [(name, value) for name, value in headers if name.lower() != "date"]
        headers.append(("Date", format_datetime(exchange.date, usegmt=True)))
    # The form's readers look for it by this name.
    headers = [("Date" if name.lower() == "date" else name, value) for name, value in headers]
    kind = (exchange.answer.first("content-type") or "text/html").partition(";")[0].strip().lower()
    answer = {
        "url": exchange.url,
        "status": exchange.status,
        "headers": [list(header) for header in headers],
        "body": _FILES.get(kind, "document.bin") if payload else None,
    }
    return answer, payload


def _tells_of_the_page(name: str) -> bool:
    return name.lower() not in _LEFT_OUT and not name.lower().startswith(_RENAMED)


def _is_dated(headers: list[tuple[str, str]]) -> bool:
    dates = [value for name, value in headers if name.lower() == "date"]
    try:
        # Without an offset ("-0000") it is no instant.
        return bool(dates) and all(parsedate_to_datetime(value).tzinfo is not None for value in dates)
    except ValueError:
        return False
