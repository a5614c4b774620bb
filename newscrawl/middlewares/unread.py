"""Answering requests from the archive where an earlier run fetched a page and ended before it was read."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from newscrawl.extensions.archive import Archive
from newscrawl.middlewares.stored import answer_to
from newscrawl.storage.frontier import Lease


class UnreadMiddleware:
    """Answers a candidate that a run left undone from what that run archived of it, redirects included."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        archive = crawler.get_extension(Archive)
        if archive is None:
            raise NotConfigured
        return cls(archive)

    async def process_request(self, request: Request) -> Response | None:
        """The archived response, its content coding still on; None for what is to be fetched."""
        lease: Lease | None = request.meta.get("lease")
        if lease is None or lease.undone_since is None:
            return None
        stored = await self._archive.left_unread(request, lease.undone_since)
        return None if stored is None else answer_to(request, stored, as_sent=True)
