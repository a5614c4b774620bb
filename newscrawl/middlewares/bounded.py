"""Fetching files of which the beginning is enough, however much their servers send."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    StopDownload,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.web._newclient import RequestNotSent, RequestTransmissionFailed

from newscrawl.middlewares.compression import READ_AT_MOST

NOT_FETCHED = (
    IgnoreRequest, CannotResolveHostError, DownloadCancelledError, DownloadConnectionRefusedError, DownloadFailedError,
    DownloadTimeoutError, ResponseDataLossError, UnsupportedURLSchemeError, TunnelError, ConnectError,
    ConnectionClosed, RequestNotSent, RequestTransmissionFailed, OSError,
)  # fmt: skip
"""By what a request ends that brings no answer: the network, the host, or a middleware that refuses it. Whatever else
is raised is a fault."""


class BoundedDownloads:
    """Downloads beside the scheduler, each ended when READ_AT_MOST bytes of its body have come."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._read: WeakKeyDictionary[Request, int] = WeakKeyDictionary()
        self._under_way = 0

    async def fetch(self, request: Request) -> Response:
        """The answer to a request with READ_AT_MOST in its meta. Raises what the downloader raises."""
        assert self._crawler.engine is not None
        # The signal is sent for each piece of every page, and is dear: it is taken only where it is needed.
        if not self._under_way:
            self._crawler.signals.connect(self.bytes_received, signal=signals.bytes_received)
        self._under_way += 1
        try:
            return await self._crawler.engine.download_async(request)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._crawler.signals.disconnect(self.bytes_received, signal=signals.bytes_received)

    def bytes_received(self, data: bytes, request: Request) -> None:
        """End the download of which enough has come."""
        at_most = request.meta.get(READ_AT_MOST)
        if at_most is not None:
            self._read[request] = self._read.get(request, 0) + len(data)
            if self._read[request] >= at_most:
                raise StopDownload(fail=False)
