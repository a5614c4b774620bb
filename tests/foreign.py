"""Parts that a user may put beside ours, which fail or drop: none may leave a visit open or a crawl hanging."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from scrapy import Request
from scrapy.exceptions import DropItem
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.items import Article
from newscrawl.manners.tdmrep import PATH
from newscrawl.spiders.news import NewsSpider
from newscrawl.storage import frontier

frontier.LEASE_TIME = timedelta(seconds=8)


class FailingPipeline:
    """Raises for one page, drops another."""

    def process_item(self, item: Any) -> Any:
        if item.url.endswith("/pipeline-fails"):
            raise RuntimeError("pipeline")
        if item.url.endswith("/pipeline-drops"):
            raise DropItem("not wanted")
        return item


class LatePipeline:
    """Raises, and drops, after the article is stored."""

    def process_item(self, item: Any) -> Any:
        if item.url.endswith("/late-fails"):
            raise RuntimeError("late")
        if item.url.endswith("/late-drops"):
            raise DropItem("too late")
        return item


class FailingDownloaderMiddleware:
    """Raises for a host's tdmrep.json."""

    def process_request(self, request: Request) -> None:
        if request.url.endswith(PATH):
            raise RuntimeError("middleware")


class SwallowingMiddleware:
    """Lets the article of one page go nowhere."""

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Every other result."""
        async for one in result:
            if not response.url.endswith("/swallowed"):
                yield one


class FailingSpider(NewsSpider):
    """A spider of a source's own whose callbacks raise."""

    name = "failing"

    async def start(self) -> AsyncIterator[Any]:
        """Raises at the end when it is told to by the environment."""
        async for request in super().start():
            yield request
        if "TEST_START_FAILS" in os.environ:
            raise RuntimeError("start")

    async def parse_page(self, response: Response) -> AsyncIterator[Article]:
        """Raises at once for one page, after its article for another."""
        if response.url.endswith("/callback-fails"):
            raise RuntimeError("callback")
        async for article in super().parse_page(response):
            yield article
        if response.url.endswith("/callback-fails-late"):
            raise RuntimeError("callback")

    async def page_failed(self, failure: Failure) -> None:
        """Raises for one page."""
        if failure.request.url.endswith("/errback-fails"):  # type: ignore[attr-defined]
            raise RuntimeError("errback")
        await super().page_failed(failure)
