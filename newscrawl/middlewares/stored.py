"""Archived answers as Scrapy's responses."""

from __future__ import annotations

from collections.abc import Iterable

from scrapy import Request
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from newscrawl.archive.decoding import MOST_BYTES, uncoded
from newscrawl.archive.heads import Head
from newscrawl.archive.reader import StoredExchange
from newscrawl.exceptions import ArchiveError
from newscrawl.middlewares.compression import READ_AT_MOST

_FRAMING = ("content-encoding", "content-length", "transfer-encoding")
_LENGTHS = ("content-length", "x-crawler-content-length")


def response_to(request: Request, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> Response:
    """A response of the type that its headers, its URL or its body tell."""
    named = Headers()
    for name, value in headers:
        named.appendlist(name, value)
    kind = responsetypes.from_args(headers=named, url=request.url, body=body)
    return kind(url=request.url, status=status, headers=named, body=body, request=request)


def answer_to(request: Request, stored: StoredExchange, *, as_sent: bool, most_bytes: int = 0) -> Response:
    """The response as the server gave it; raises what the downloader raises for one that is not whole, or is none.

    What a crawl of ours archived keeps its content coding, which the middleware undoes that undoes it in a crawl. Of
    others' answers it is undone here, where the bytes bear it out. `most_bytes` bounds a body (0: no bound).
    """
    beginning = _enough(request, stored)
    if stored.truncated is not None and not beginning:
        raise _broken_off(stored)
    if stored.status is None:
        raise DownloadFailedError("the archived answer has no status")
    if 0 < most_bytes < len(stored.body):
        raise DownloadCancelledError(f"{len(stored.body)} bytes are archived")
    headers, body = stored.headers, stored.body
    if not as_sent and uncoded(stored.answer) is None:
        try:
            decoded = stored.decoded(most_bytes or MOST_BYTES)
        except ArchiveError as error:
            raise DownloadCancelledError(str(error)) from error
        if not decoded.whole and not beginning:
            raise ResponseDataLossError
        body = decoded.body
        headers = [(name, value) for name, value in headers if name.lower() not in _FRAMING]
    bytewise = ((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers)
    response = response_to(request, stored.status, bytewise, body)
    return response.replace(flags=["download_stopped"]) if beginning else response


def _enough(request: Request, stored: StoredExchange) -> bool:
    """Whether what there is of an answer that is not whole is all that is asked for."""
    at_most: int | None = request.meta.get(READ_AT_MOST)
    return stored.truncated is not None and at_most is not None and len(stored.body) >= at_most


def _broken_off(stored: StoredExchange) -> Exception:
    if stored.truncated == "time":
        return DownloadTimeoutError()
    if not stored.body and not _announces_body(stored.answer):
        return DownloadFailedError("the archived answer ends with its head")
    return DownloadCancelledError() if stored.truncated == "length" else ResponseDataLossError()


def _announces_body(answer: Head) -> bool:
    """Whether the head came to say how long its body is, in a way that is understood."""
    coding = answer.first("x-crawler-transfer-encoding")
    if coding is not None:
        return coding.lower() == "chunked"
    return any(answer.first(name) is not None for name in _LENGTHS)
