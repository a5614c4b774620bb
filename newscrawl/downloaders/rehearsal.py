"""Tries at a crawl's start whether exchanges are recorded as they go over the wire.

Recording relies on insides of Scrapy and Twisted that a new version may change without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers import http11
from scrapy.http import Response
from scrapy.signalmanager import SignalManager
from twisted.internet.address import IPv4Address
from twisted.internet.defer import succeed
from twisted.internet.main import CONNECTION_LOST
from twisted.python.failure import Failure
from twisted.web.client import BrowserLikePolicyForHTTPS

from newscrawl.archive.exchange import Exchange
from newscrawl.downloaders.wire import Recording, RecordingFactory, RecordingPool, recording_of_task
from newscrawl.exceptions import ConfigurationError

_URL = "http://rehearsal.invalid/page"
_INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
_HEAD = b"HTTP/1.1 200 Quite  Well\r\nX-b: 2\r\nx-B:1\r\n folded\r\nTransfer-Encoding: chunked\r\n\r\n"
_BODY = b"body"
_CHUNKS = b"3;x=y\r\nbod\r\n1\r\ny\r\n"
_END = b"0\r\nTrailer: x\r\n\r\n"


def rehearse() -> None:
    """Have a whole exchange and a broken one recorded in memory by the parts that the crawl uses.

    Raises ConfigurationError unless both are recorded byte for byte.
    """
    try:
        exact = _record(_INTERIM + _HEAD, _CHUNKS, _END) and _record(_INTERIM + _HEAD, _CHUNKS)
        what = "another thing was recorded than was sent"
    # Whatever has changed inside: its own error says less than ours.
    except Exception as error:
        exact, what = False, repr(error)
    if not exact:
        raise ConfigurationError(
            f"with Scrapy {version('scrapy')} and Twisted {version('twisted')} exchanges cannot be recorded as they go "
            f"over the wire ({what}); install the versions that requirements.txt names"
        )


def _record(*pieces: bytes) -> bool:
    """Whether an answer of these pieces is recorded as it was sent, and Scrapy gets it; the end may be missing."""
    wire = _Wire()
    connection: Any = RecordingFactory(lambda _: None, "").buildProtocol(None)  # type: ignore[no-untyped-call]
    connection.makeConnection(wire)
    request = Request(_URL, headers={"X-Asked": "1"})
    recorded: list[tuple[Request, Exchange | None, str | None]] = []
    recording = Recording(request, lambda: datetime.now(UTC), lambda *what: recorded.append(what))
    answers = _ask(request, recording, connection)
    for piece in pieces:
        connection.dataReceived(piece)
    cut = _END not in pieces
    if cut:
        connection.connectionLost(Failure(CONNECTION_LOST))  # type: ignore[no-untyped-call]
    answer = answers[0]
    if isinstance(answer, Response):
        recording.end(answer, None)
    else:
        recording.end(None, answer.value)
    (asked, exchange, fault), *more = recorded
    return (
        exchange is not None
        and (asked, fault, more) == (request, None, [])
        and isinstance(answer, Response) != cut
        and (exchange.url, exchange.head, exchange.body) == (_URL, _HEAD, _BODY)
        and exchange.request == b"".join(wire.written)
        and exchange.request.startswith(b"GET /page HTTP/1.1\r\n")
        and exchange.truncated == ("disconnect" if cut else None)
    )


def _ask(request: Request, recording: Recording, connection: Any) -> list[Any]:
    """Where the response or failure will be."""
    answers: list[Any] = []
    policy: Any = BrowserLikePolicyForHTTPS()  # type: ignore[no-untyped-call]
    crawler: Any = SimpleNamespace(signals=SignalManager(), spider=None)
    before = recording_of_task.set(recording)
    try:
        agent = http11._ScrapyAgent(
            contextFactory=policy,
            pool=_Pool(connection),
            crawler=crawler,
        )
        agent.download_request(request).addBoth(answers.append)
    finally:
        recording_of_task.reset(before)
    return answers


class _Pool(RecordingPool):
    def __init__(self, connection: Any) -> None:
        super().__init__(None)  # type: ignore[no-untyped-call]
        self._connection = connection

    def _newConnection(self, key: Any, endpoint: Any) -> Any:  # noqa: N802
        return succeed(self._connection)


class _Wire:
    """A connection to nobody."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def writeSequence(self, pieces: Sequence[bytes]) -> None:  # noqa: N802
        self.written.extend(pieces)

    def getPeer(self) -> IPv4Address:  # noqa: N802
        return IPv4Address("TCP", "127.0.0.1", 80)

    def _nothing(self, *_: object) -> None:
        """There is nobody to read from."""

    registerProducer = unregisterProducer = pauseProducing = resumeProducing = stopProducing = _nothing  # noqa: N815
    loseConnection = abortConnection = _nothing  # noqa: N815
