"""Stopping within a stated time: what has not begun is left at once, what is under way gets NEWSCRAWL_STOP_TIMEOUT."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler

from newscrawl.configuration import Configuration
from newscrawl.downloaders.stoppable import downloader_of
from newscrawl.extensions.run_log import require_run_log, run_log_of

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_LOOKS = 0.1


class Stopping:
    """Bounds the end of a run that a signal or a broken database ends; what is given up is due again."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._seconds = Configuration.read(crawler.settings).stop_timeout
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        require_run_log(crawler)
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        return extension

    def spider_opened(self) -> None:
        """Begin to look whether the run is to end."""
        self._task = asyncio.get_running_loop().create_task(self._watch())

    def spider_closed(self) -> None:
        """The run has ended in time."""
        if self._task is not None:
            self._task.cancel()

    async def _watch(self) -> None:
        run_log = run_log_of(self._crawler)
        spider: Any = self._crawler.spider
        # Scrapy tells nobody that it begins to close.
        while self._crawler.crawling and run_log.broken is None:
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        downloader = downloader_of(self._crawler)
        downloader.end_waiting()
        if run_log.broken is None:
            await asyncio.sleep(self._seconds)
            logger.warning(
                "%g s after it was asked to end, the run leaves %d URL(s) under way; they are due again",
                self._seconds,
                len(run_log.in_flight),
            )
        downloader.end_all()
        spider.workers.close()
