"""Honouring Crawl-delay and Request-rate of robots.txt and the delay of a source's file, as Scrapy does not."""

from __future__ import annotations

import logging
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.extensions.run_log import require_run_log
from newscrawl.sources.registry import owner

logger = logging.getLogger(__name__)


class CrawlDelay:
    """Keeps the delay of a host's download slot at or above what the host or its source asks for, without jitter."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._delays: dict[str, float] = {}
        self._most: float = crawler.settings.getfloat("AUTOTHROTTLE_MAX_DELAY")
        self._user_agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        require_run_log(crawler)
        extension = cls(crawler)
        crawler.signals.connect(extension.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(extension.request_reached_downloader, signal=signals.request_reached_downloader)
        # After AutoThrottle, which is connected before and sets the delay at each response.
        crawler.signals.connect(extension.response_downloaded, signal=signals.response_downloaded)
        return extension

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Take the host's Crawl-delay and Request-rate before its first page is asked for.

        AUTOTHROTTLE_MAX_DELAY is the longest that is kept.
        """
        host = urlparse_cached(request).hostname or ""
        asked = max(robotparser.crawl_delay(self._user_agent) or 0.0, _delay_by_rate(robotparser, self._user_agent))
        if asked:
            # A host that names a year would hold the run for as long.
            delay = min(asked, self._most)
            logger.info("%s asks for %g s between requests, and is given %g s", host, asked, delay)
            self._delays[host] = max(delay, self._source_delay(request.url))
        self._apply(request)

    def request_reached_downloader(self, request: Request) -> None:
        """Set the delay of a slot that is new, or was forgotten for its idleness."""
        self._apply(request)

    def response_downloaded(self, request: Request) -> None:
        """Restore the delay that AutoThrottle may have lowered."""
        self._apply(request)

    def _apply(self, request: Request) -> None:
        host = urlparse_cached(request).hostname or ""
        if host not in self._delays:
            self._delays[host] = self._source_delay(request.url)
        delay = self._delays[host]
        assert self._crawler.engine is not None
        slot = self._crawler.engine.downloader.slots.get(host)
        if slot is not None and slot.delay < delay:
            slot.delay = delay
        if slot is not None and delay:
            slot.jitter = 0.0

    def _source_delay(self, url: str) -> float:
        spider: Any = self._crawler.spider
        source = owner(spider.registry, url)
        return (source.manners.delay or 0.0) if source else 0.0


def _delay_by_rate(robotparser: RobotParser, user_agent: str) -> float:
    """Seconds between requests by the Request-rate line, at whatever time of day; 0 where there is none.

    Scrapy's interface does not know it, its default parser (Protego) does.
    """
    rate = getattr(getattr(robotparser, "rp", None), "request_rate", lambda agent: None)(user_agent)
    return rate.seconds / rate.requests if rate is not None and rate.requests > 0 else 0.0
