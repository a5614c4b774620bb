"""robots.txt and its like: from the database while fresh, and asked for with their validators afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Self

from scrapy.crawler import Crawler
from scrapy.http import Response

from newscrawl.configuration import Configuration
from newscrawl.extensions.run_log import RunLog
from newscrawl.manners.freshness import fresh_for
from newscrawl.storage import host_files
from newscrawl.storage.host_files import HostFile

_LONGEST_VALIDATOR = 1000


class HostFiles:
    """What earlier runs know of such files, and where this one leaves what it learns."""

    def __init__(self, run_log: RunLog) -> None:
        self._run_log = run_log

    @classmethod
    def of(cls, crawler: Crawler) -> Self | None:
        """None for a crawl without run log, and for one that is answered from stored responses."""
        run_log = crawler.get_extension(RunLog)
        if run_log is None or Configuration.read(crawler.settings).replay is not None:
            return None
        return cls(run_log)

    async def kept(self, url: str) -> HostFile | None:
        """What is kept of a file, fresh or not."""
        return await self._run_log.transaction(host_files.kept, url)

    def is_fresh(self, kept: HostFile) -> bool:
        """Whether it needs not be asked for again."""
        return kept.fetched_at <= self._run_log.clock() < kept.fresh_until

    async def renew(self, kept: HostFile, response: Response) -> HostFile:
        """Keep what the host says has not changed."""
        return await self._keep(replace(kept, etag=_header(response, "ETag") or kept.etag), response)

    async def keep(self, url: str, response: Response, content: bytes) -> HostFile:
        """Keep an answer, of which so much counts."""
        # A redirect's target has validators of its own, which the host that redirected would not know.
        own = response.status == 200 and response.url == url
        new = HostFile(
            url=url,
            fetched_at=self._run_log.clock(),
            fresh_until=self._run_log.clock(),
            status=response.status,
            content=content,
            etag=_header(response, "ETag") if own else None,
            last_modified=_header(response, "Last-Modified") if own else None,
        )
        return await self._keep(new, response)

    async def _keep(self, kept: HostFile, response: Response) -> HostFile:
        now = self._run_log.clock()
        seconds = fresh_for(_header(response, "Cache-Control"), _header(response, "Age"))
        kept = replace(kept, fetched_at=now, fresh_until=now + timedelta(seconds=seconds))
        await self._run_log.transaction(host_files.keep, kept)
        return kept


def validators(kept: HostFile | None) -> dict[str, str]:
    """The headers that ask for a file only if it has changed."""
    if kept is None:
        return {}
    named = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
    return {name: value for name, value in named.items() if value is not None}


def _header(response: Response, name: str) -> str | None:
    values = response.headers.getlist(name)
    joined = b", ".join(values).decode("latin-1").replace("\x00", "")
    return joined if 0 < len(joined) <= _LONGEST_VALIDATOR else None
