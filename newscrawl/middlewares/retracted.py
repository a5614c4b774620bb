"""Refusing pages that were taken down, also where a redirect leads to one."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured

from newscrawl.extensions.run_log import RunLog
from newscrawl.storage.frontier import Lease
from newscrawl.urls import url_key


class Retracted(IgnoreRequest):
    """A retraction covers the URL."""


class RetractedMiddleware:
    """Ends the request for a page that a retraction covers, before anything is asked of its server."""

    def __init__(self, run_log: RunLog) -> None:
        self._run_log = run_log

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        run_log = crawler.get_extension(RunLog)
        if run_log is None:
            raise NotConfigured
        return cls(run_log)

    async def process_request(self, request: Request) -> None:
        """Raises Retracted; after a redirect for what the database says now, else for what it said at the lease."""
        lease: Lease | None = request.meta.get("lease")
        if lease is None:
            return
        redirected = "redirect_urls" in request.meta
        if await self._run_log.is_retracted(url_key(request.url)) if redirected else lease.retracted:
            raise Retracted(request.url)
