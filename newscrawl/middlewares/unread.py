"""Answering requests from the archive where an earlier run fetched a page and ended before it was read."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from newscrawl.extensions.archive import Archive
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
        if stored is None:
            return None
        headers = Headers()
        for name, value in stored.headers:
            headers.appendlist(name.encode("latin-1"), value.encode("latin-1"))
        response_type = responsetypes.from_args(headers=headers, url=request.url, body=stored.body)
        return response_type(
            url=request.url, status=stored.status or 0, headers=headers, body=stored.body, request=request
        )
