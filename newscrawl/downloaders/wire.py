"""Takes down requests and answers as they go over the wire.

Scrapy's public hooks give headers sorted into a table, without the reason phrase. So the bytes are taken where Twisted
and Scrapy have them in hand: the request's as they are written to the connection, the answer's head line by line as
the parser splits it, the body in the one buffer into which Scrapy gathers it for the response. rehearsal.py tries at
each start whether they still do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Response
from twisted.internet.error import ConnectionClosed
from twisted.internet.interfaces import IConsumer, IHandshakeListener, ISSLTransport
from twisted.python.failure import Failure
from twisted.web._newclient import DONE, HEADER, STATUS
from twisted.web._newclient import Request as WireRequest
from twisted.web._newclient import Response as WireResponse
from twisted.web.client import HTTPConnectionPool
from zope.interface import implementer

from newscrawl.archive.exchange import Exchange, Truncation
from newscrawl.downloaders.bounded_http import BoundedFactory, BoundedParser, BoundedProtocol, Refusal

_PROXY_CREDENTIALS = re.compile(rb"^proxy-authorization:.*\r\n", re.IGNORECASE | re.MULTILINE)


class Recording:
    """What is written down of one request of Scrapy's: an attempt for each time that Twisted sent it."""

    def __init__(
        self,
        request: Request,
        clock: Callable[[], datetime],
        hand_on: Callable[[Request, Exchange | None, str | None], None],
    ) -> None:
        self._request = request
        self._clock = clock
        self._hand_on = hand_on
        self._attempt: _Attempt | None = None

    def begin(self, connection: RecordingProtocol) -> _Attempt:
        """The request is about to be sent on a connection."""
        if self._attempt is not None and self._attempt.was_sent():
            # The pool sends a request anew when the kept connection on which it was sent turns out to be closed.
            self._hand_on(self._request, self._exchange(self._attempt, "disconnect"), None)
        self._attempt = _Attempt(connection, self._clock())
        return self._attempt

    def end(self, response: Response | None, error: BaseException | None) -> None:
        """Scrapy got this response, or this error; what was never sent is no exchange."""
        attempt, self._attempt = self._attempt, None
        if attempt is None:
            if response is not None:
                self._hand_on(self._request, None, "it passed by the recording connection")
        elif response is not None or attempt.was_sent():
            exchange = self._exchange(attempt, _cut_by(error, attempt))
            self._hand_on(self._request, exchange, None if response is None else _fault(exchange, response))
            attempt.body.release()

    def _exchange(self, attempt: _Attempt, truncated: Truncation | None) -> Exchange:
        request = b"".join(attempt.sent)
        proxied = "proxy" in self._request.meta
        if proxied:
            # RFC 9110, 11.7.2: meant for the proxy alone. The archive is for others to read.
            head, blank, body = request.partition(b"\r\n\r\n")
            request = _PROXY_CREDENTIALS.sub(b"", head + b"\r\n") + blank[2:] + body
        return Exchange(
            url=urldefrag(self._request.url)[0],
            request=request,
            head=b"".join(attempt.head),
            body=attempt.body.getvalue(),
            started_at=attempt.started_at,
            ip_address=None if proxied else attempt.ip_address,
            truncated=truncated,
        )


recording_of_task: ContextVar[Recording | None] = ContextVar("recording_of_task", default=None)
"""What records the request that the running task sends. The pool is asked for a connection before the task first waits,
and knows nothing else of who asks."""


class _Body(BytesIO):
    """The answer's body. Whoever asks for its value is given the same bytes: there is one copy."""

    def truncate(self, size: int | None = None) -> int:
        # Scrapy empties the buffer of a body that is too large a moment before it is recorded.
        return self.tell()

    def release(self) -> None:
        """Let go of what was gathered: errors hold on to the buffer until they are collected."""
        self.seek(0)
        super().truncate(0)


class _Attempt:
    """One request on one connection."""

    __slots__ = ("_connection", "body", "head", "ip_address", "lost", "sent", "started_at", "whole")

    def __init__(self, connection: RecordingProtocol, started_at: datetime) -> None:
        self._connection = connection
        self.started_at = started_at
        transport: Any = connection.transport
        self.ip_address: str = transport.getPeer().host
        self.sent: list[bytes] = []
        self.head: list[bytes] = []
        self.body = _Body()
        self.lost: Failure | None = None
        """With what the answer ended."""
        self.whole = False

    def was_sent(self) -> bool:
        """Whether the request left the machine: before a handshake ends, what is written waits for it."""
        encrypted = ISSLTransport.providedBy(self._connection.transport)
        return bool(self.sent) and (self._connection.handshaken or not encrypted or any(self.head))


class RecordingPool(HTTPConnectionPool):
    """Scrapy's pool of connections, each handed out with the recording of who asks for it."""

    def getConnection(self, key: Any, endpoint: Any) -> Any:  # noqa: N802
        recording = recording_of_task.get()
        connection = super().getConnection(key, endpoint)
        return connection if recording is None else connection.addCallback(_Recorded, recording)


class _Recorded:
    """A connection, or Twisted's wrapper that tries a second one, for one request."""

    def __init__(self, connection: Any, recording: Recording) -> None:
        self._connection = connection
        self._recording = recording

    def request(self, request: Any) -> Any:
        # As Scrapy does with the parser: Twisted names the classes in the middle of its methods.
        request.__class__ = _Request
        request.recording = self._recording
        return self._connection.request(request)


@implementer(IHandshakeListener)
class RecordingProtocol(BoundedProtocol):
    """A connection."""

    handshaken = False

    def handshakeCompleted(self) -> None:  # noqa: N802
        """TLS stands."""
        self.handshaken = True

    def request(self, request: Any) -> Any:
        if not isinstance(request, _Request):
            return super().request(request)
        request.attempt = request.recording.begin(self)
        answer = super().request(request)
        parser: Any = self._parser
        parser.__class__ = _Parser
        parser.attempt = request.attempt
        return answer


class RecordingFactory(BoundedFactory):
    """Makes the connections."""

    protocol = RecordingProtocol


class _Request(WireRequest):
    recording: Recording
    attempt: _Attempt

    def writeTo(self, transport: Any) -> Any:  # noqa: N802
        return super().writeTo(_Tee(transport, self.attempt.sent))  # type: ignore[no-untyped-call]


@implementer(IConsumer)
class _Tee:
    """Writes to a connection and to a list."""

    def __init__(self, transport: Any, sent: list[bytes]) -> None:
        self.registerProducer = transport.registerProducer
        self.unregisterProducer = transport.unregisterProducer
        self._transport = transport
        self._sent = sent

    def write(self, data: bytes) -> None:
        self._sent.append(data)
        self._transport.write(data)

    def writeSequence(self, pieces: Sequence[bytes]) -> None:  # noqa: N802
        self._sent.extend(pieces)
        self._transport.writeSequence(pieces)


class _Parser(BoundedParser):
    attempt: _Attempt

    def connectionMade(self) -> None:  # noqa: N802
        # Twisted begins anew so after an interim answer.
        super().connectionMade()  # type: ignore[no-untyped-call]
        self.attempt.head.clear()

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        self.attempt.head += (line, self.delimiter)
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        self.attempt.head.append(line)
        super().lineLengthExceeded(line)

    def statusReceived(self, status: bytes) -> None:  # noqa: N802
        super().statusReceived(status)
        self.response.__class__ = _Response
        self.response.attempt = self.attempt

    def connectionLost(self, reason: Failure | None = None) -> None:  # noqa: N802
        self.attempt.lost = reason
        if self.state in (STATUS, HEADER):
            # An answer that ends within its head ends within a line.
            self.attempt.head.append(self.clearLineBuffer())  # type: ignore[no-untyped-call]
        super().connectionLost(reason)
        self.attempt.whole = self.state == DONE


class _Response(WireResponse):
    attempt: _Attempt

    def deliverBody(self, protocol: Any) -> None:  # noqa: N802
        # What Scrapy gathers the body in, so that a second copy is not needed.
        protocol._bodybuf = self.attempt.body
        super().deliverBody(protocol)  # type: ignore[no-untyped-call]


def _cut_by(error: BaseException | None, attempt: _Attempt) -> Truncation | None:
    # What announces more than DOWNLOAD_MAXSIZE is refused by its head, though its body may have come with it.
    refused = isinstance(error, DownloadCancelledError) and not attempt.body.tell()
    if attempt.whole and not refused:
        return None
    if isinstance(error, DownloadTimeoutError):
        return "time"
    # Only what exceeds DOWNLOAD_MAXSIZE is cancelled by the handler itself.
    if isinstance(error, DownloadCancelledError):
        return "length"
    lost = None if attempt.lost is None else attempt.lost.value
    if isinstance(lost, Refusal):
        return lost.exceeds
    return "disconnect" if isinstance(lost, ConnectionClosed) else "unspecified"


def _fault(exchange: Exchange, response: Response) -> str | None:
    if not exchange.request:
        return "its request was written elsewhere"
    if not exchange.head.endswith((b"\n\r\n", b"\n\n")):
        return "its head has no end"
    return None if exchange.body == response.body else "its body is not that of Scrapy's response"
