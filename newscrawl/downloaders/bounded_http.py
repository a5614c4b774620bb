"""HTTP/1.1 as strangers speak it: heads of bounded size, and bodies that are bounded together and known to be whole.

Scrapy bounds each answer's body; its head it reads for as long as the server sends one, which costs memory and, since
short lines are dear to parse, the whole crawl's processor. A body without stated length counts as whole however its
connection ends, a reset included.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from time import monotonic, thread_time
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from newscrawl.exceptions import ConfigurationError

try:
    from scrapy.core.downloader.handlers.http11 import (
        HTTP11DownloadHandler,
        _LenientHTTP11ClientFactory,
        _LenientHTTP11ClientProtocol,
        _LenientHTTPClientParser,
    )
    from twisted.web._newclient import BODY, DONE, HEADER, STATUS, ParseError, ResponseFailed
    from twisted.web.http import _ChunkedTransferDecoder, _DataLoss, _IdentityTransferDecoder
    from twisted.web.http_headers import InvalidHeaderName
except ImportError as error:
    raise ConfigurationError(
        f"this Scrapy or Twisted is built otherwise inside ({error}); install the versions that requirements.txt names"
    ) from error

MAX_HEAD = 256 * 1024
"""Bytes of status line and headers, those of interim answers (1xx) counted; Chromium's bound."""
MAX_LINES = 2000
"""Lines of the same. Each costs Twisted some ten microseconds, and real answers have below a hundred."""
MAX_SECONDS = 0.5
"""Processor time to take in one answer: 16 MB take some hundredths of it, chunks of a few bytes many times as much."""
MAX_UNDER_WAY = 48 * 1024 * 1024
"""Bytes of all bodies under way together. What exceeds it costs the large among them: many servers may each stay
within DOWNLOAD_MAXSIZE and fill the memory together."""

_MEASURED = 8
"""Of so many pieces the last is measured and stands for all: asking the system for the time costs as much as a piece,
and most answers come in fewer."""
_SLOW = 0.01
"""Seconds by the clock after which each further piece is measured too; a busy machine may be to blame for them."""
_LARGE = 1024 * 1024
_TOO_LARGE = f"its headers are larger than {MAX_HEAD:,} bytes"


seconds_of_last: dict[str, float] = {}
"""Processor time that the last answer of a host took, where it was long enough to be measured."""


class BoundedHTTPDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler of http and https with the parser below."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedFactory


class Refusal(ParseError):
    """An answer that is not read to its end, and what it exceeds: the size or the time that it may take."""

    def __init__(self, why: str, exceeds: Literal["length", "time"]) -> None:
        super().__init__(why, b"")  # type: ignore[no-untyped-call]
        self.exceeds = exceeds


class BoundedParser(_LenientHTTPClientParser):
    """Reads one answer."""

    under_way: ClassVar[int] = 0
    MAX_LENGTH = MAX_HEAD
    _head_bytes = 0
    _head_lines = 0
    _body_bytes = 0
    _pieces = 0
    _slow = False
    _seconds = 0.0
    _chunks: list[bytes] | None = None
    _hand_on: Callable[[bytes], None]

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self.state in (STATUS, HEADER):
            self._head_bytes += len(data)
            # The piece in which the head ends may hold a part of the body, which is no longer than that.
            if self._head_bytes > MAX_HEAD + len(data):
                raise Refusal(_TOO_LARGE, "length")
        self._pieces += 1
        stands_for = 1 if self._slow else _MEASURED
        if self._pieces % stands_for:
            began = monotonic()
            super().dataReceived(data)  # type: ignore[no-untyped-call]
            self._slow = monotonic() - began > _SLOW
            return
        began = thread_time()
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        self._seconds += stands_for * (thread_time() - began)
        if self._seconds > MAX_SECONDS and self.state != DONE:
            raise Refusal("it takes too long to take in", "time")

    def switchToBodyMode(self, decoder: Any) -> None:  # noqa: N802
        if isinstance(decoder, _ChunkedTransferDecoder):
            # All chunks of a piece are handed on as one: Scrapy takes ten times as long over each as reading it takes.
            chunks: list[bytes] = []
            self._chunks, self._hand_on, finish = chunks, decoder.dataCallback, decoder.finishCallback

            def hand_on_and_finish(rest: bytes) -> None:
                self._hand_on_chunks()
                finish(rest)

            decoder.dataCallback, decoder.finishCallback = chunks.append, hand_on_and_finish
        super().switchToBodyMode(decoder)  # type: ignore[no-untyped-call]

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802
        self._body_bytes += len(data)
        BoundedParser.under_way += len(data)
        if BoundedParser.under_way > MAX_UNDER_WAY and self._body_bytes > _LARGE:
            raise Refusal("too many large answers came at once", "length")
        try:
            super().rawDataReceived(data)  # type: ignore[no-untyped-call]
        finally:
            # What came before a broken chunk came whole.
            self._hand_on_chunks()

    def _hand_on_chunks(self) -> None:
        if self._chunks:
            whole = b"".join(self._chunks)
            self._chunks.clear()
            self._hand_on(whole)

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        self._head_lines += 1
        if self._head_lines > MAX_LINES:
            raise Refusal(f"its headers have more than {MAX_LINES:,} lines", "length")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        raise Refusal(_TOO_LARGE, "length")

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802
        # A garbled name costs that header and not the page, like a line without colon.
        with suppress(InvalidHeaderName):
            super().headerReceived(name, value)  # type: ignore[no-untyped-call]

    def statusReceived(self, status: bytes) -> None:  # noqa: N802
        super().statusReceived(status)  # type: ignore[no-untyped-call]
        # RFC 9110, 15: a status code has three digits.
        if not 100 <= self.response.code <= 999:
            raise ParseError("its status code has not three digits", status)  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure | None = None) -> None:  # noqa: N802
        # Twisted calls this at the end of each answer, also where the connection is kept.
        BoundedParser.under_way -= self._body_bytes
        self._body_bytes = 0
        self._note_seconds()
        decoder: Any = self.bodyDecoder
        unannounced = isinstance(decoder, _IdentityTransferDecoder) and decoder.contentLength is None
        if self.state == BODY and unannounced and reason is not None and not isinstance(reason.value, ConnectionDone):
            self.response._bodyDataFinished(_lost(reason, self.response))
        else:
            super().connectionLost(reason)

    def _note_seconds(self) -> None:
        host = urlsplit(f"//{self.request.headers.getRawHeaders('host', [''])[0]}").hostname or ""
        if self._seconds:
            seconds_of_last[host] = self._seconds
        else:
            seconds_of_last.pop(host, None)


def _lost(reason: Failure, response: Any) -> Failure:
    # As Twisted tells it where the length was announced.
    cut = Failure(_DataLoss())  # type: ignore[no-untyped-call]
    return Failure(ResponseFailed([reason, cut], response))  # type: ignore[no-untyped-call]


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """A connection whose answers a bounded parser reads."""

    def request(self, request: Any) -> Any:
        answer = super().request(request)
        # Twisted names the class of its parser in the middle of this method; Scrapy replaces it in the same way.
        assert self._parser is not None
        self._parser.__class__ = BoundedParser
        return answer


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Makes the connections."""

    protocol = BoundedProtocol

    def buildProtocol(self, addr: Any) -> BoundedProtocol:  # noqa: N802
        return self.protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
