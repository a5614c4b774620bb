"""Hands every exchange of a crawl on as it went over the wire: signal `exchange_recorded`.

What could not be recorded exactly, or not be handed on, is an error in the log, and counted.
"""

from __future__ import annotations

import logging

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.archive.exchange import Exchange
from newscrawl.configuration import Configuration
from newscrawl.downloaders.bounded_http import BoundedHTTPDownloadHandler
from newscrawl.downloaders.wire import Recording, RecordingFactory, RecordingPool, recording_of_task
from newscrawl.signals import exchange_recorded

logger = logging.getLogger(__name__)

RECORDED = "exchanges/recorded"
"""Statistic: exchanges that were handed on and taken."""
NOT_RECORDED = "exchanges/not_recorded"
"""Statistic: exchanges that were not; each has its line in the log."""


class RecordingHTTPDownloadHandler(BoundedHTTPDownloadHandler):
    """Sends `exchange_recorded` for each request that was sent, before its answer or error goes on."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._clock = Configuration.read(crawler.settings).clock
        # Scrapy makes the pool, with what its settings say.
        self._pool.__class__ = RecordingPool
        self._pool._factory = RecordingFactory

    async def download_request(self, request: Request) -> Response:
        """The answer, as Scrapy's own."""
        recording = Recording(request, self._clock, self._hand_on)
        recording_of_task.set(recording)
        try:
            response = await super().download_request(request)
        except BaseException as error:
            recording.end(None, error)
            raise
        recording.end(response, None)
        return response

    def _hand_on(self, request: Request, exchange: Exchange | None, fault: str | None) -> None:
        assert self._crawler.stats is not None
        if fault is None:
            results = self._crawler.signals.send_catch_log(exchange_recorded, request=request, exchange=exchange)
            if any(isinstance(result, Failure) for _, result in results):
                fault = "a handler of exchange_recorded failed; its error stands above"
            elif results:
                self._crawler.stats.inc_value(RECORDED)
        if fault is not None:
            self._crawler.stats.inc_value(NOT_RECORDED)
            logger.error("The exchange with %s was not recorded: %s", request.url, fault)
