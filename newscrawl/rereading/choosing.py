"""Which answers of a WARC are pages that are to be read."""

from __future__ import annotations

from newscrawl.archive.reader import StoredExchange
from newscrawl.sources.source import Source
from newscrawl.storage.rereading import Chosen
from newscrawl.urls import is_http, url_key

_PAGE_TYPES = ("text/html", "application/xhtml+xml")


def is_chosen(chosen: Chosen, exchange: StoredExchange, source: Source | None) -> bool:
    """Whether the answer, of a host of that source, is of those that were asked for."""
    date = exchange.date
    if chosen.source_id is not None and (source is None or source.source_id != chosen.source_id):
        return False
    if chosen.url_key is not None and not (is_http(exchange.url) and url_key(exchange.url) == chosen.url_key):
        return False
    if chosen.since is not None and (date is None or date < chosen.since):
        return False
    return chosen.until is None or (date is not None and date < chosen.until)


def no_page(exchange: StoredExchange, *, repeated: bool = False) -> str | None:
    """Why an answer cannot be an article's page; None when it may be one. As a crawl has it.

    `repeated`: an answer that repeats another's payload may be one too.
    """
    if not is_http(exchange.url):
        return "no page: not an http(s) URL"
    if exchange.profile is not None and not repeated:
        return "no page here: repeats another answer"
    if exchange.status != 200:
        return f"no page: status {exchange.status or 'unknown'}"
    stated = exchange.answer.first("content-type") or "text/html"
    media_type = stated.partition(";")[0].strip().lower()
    if media_type not in _PAGE_TYPES:
        return f"no page: content type {media_type[:40]}"
    return f"truncated: {exchange.truncated}" if exchange.truncated else None
