"""Asking each host whose pages are fetched for its reservations of text and data mining."""

from __future__ import annotations

import asyncio
import logging
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.configuration import Configuration
from newscrawl.downloaders.stoppable import Stopped
from newscrawl.extensions.hosts import HostRests
from newscrawl.extensions.opt_outs import OptOuts
from newscrawl.manners.tdmrep import PATH, Rule, parse
from newscrawl.middlewares.bounded import NOT_FETCHED, BoundedDownloads
from newscrawl.middlewares.compression import READ_AT_MOST
from newscrawl.middlewares.host_files import HostFiles, validators
from newscrawl.middlewares.replay import NotInReplay
from newscrawl.middlewares.robots import RobotsForbid
from newscrawl.storage.host_files import HostFile

logger = logging.getLogger(__name__)

MAX_BYTES = 512 * 1024
"""As of a robots.txt. A list that is longer is cut, and so malformed."""

_PRIORITY = 1000


class TdmrepMiddleware:
    """Has the extension OptOuts know what a host's tdmrep.json says before a page of it is asked for.

    Stands after robots.txt, which may forbid the file, as it may forbid the pages for which it would be asked. A host
    without it, or that fails to give it, states nothing by it, and its pages are fetched. NotConfigured with
    NEWSCRAWL_TDMREP=0.
    """

    def __init__(self, crawler: Crawler, opt_outs: OptOuts) -> None:
        assert crawler.stats is not None
        self._stats = crawler.stats
        self._opt_outs = opt_outs
        self._read: dict[str, asyncio.Task[None]] = {}
        self._downloads = BoundedDownloads(crawler)
        self._earlier = HostFiles.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        opt_outs = crawler.get_extension(OptOuts)
        if opt_outs is None or not Configuration.read(crawler.settings).tdmrep:
            raise NotConfigured
        return cls(crawler, opt_outs)

    async def process_request(self, request: Request) -> None:
        """Let a page wait until the file of its host is read."""
        parts = urlparse_cached(request)
        if "lease" not in request.meta or parts.scheme not in ("http", "https"):
            return
        if parts.netloc not in self._read:
            self._read[parts.netloc] = asyncio.ensure_future(self._of(parts.netloc, f"{parts.scheme}://{parts.netloc}"))
        # Shielded, since others wait for the same file.
        await asyncio.shield(self._read[parts.netloc])

    async def _of(self, netloc: str, home: str) -> None:
        url = home + PATH
        kept = await self._earlier.kept(url) if self._earlier is not None else None
        if self._earlier is not None and kept is not None and self._earlier.is_fresh(kept):
            content = kept.content
        else:
            content = await self._fetch(url, kept)
        self._opt_outs.reserves(netloc, _rules(url, content))

    async def _fetch(self, url: str, kept: HostFile | None) -> bytes:
        """The file as the host has it now; what it last said where it fails to give it."""
        request = Request(
            url,
            headers=validators(kept),
            priority=_PRIORITY,
            meta={"download_maxsize": 0, READ_AT_MOST: MAX_BYTES, "discovery": "tdmrep", "dont_retry": True},
            callback=NO_CALLBACK,
        )
        before = kept.content if kept is not None else b""
        try:
            response = await self._downloads.fetch(request)
        except (NotInReplay, RobotsForbid, HostRests, Stopped, CloseSpider):
            # Said where it came about.
            return before
        except NOT_FETCHED as error:
            # Never in the page's way: what ails the host, the page will meet itself.
            logger.info("%s cannot be had (%s)", url, error)
            return before
        except Exception:
            logger.exception("%s could not be asked for, by a fault; the pages of its host are fetched without it", url)
            return before
        self._stats.inc_value(f"tdmrep/response_status_count/{response.status}")
        if self._earlier is None:
            return _content_of(response)
        # A host that is in trouble is not asked again for a day either.
        if kept is not None and (response.status in (304, 429) or response.status >= 500):
            return (await self._earlier.renew(kept, response)).content
        return (await self._earlier.keep(url, response, _content_of(response))).content


def _content_of(response: Response) -> bytes:
    return response.body[:MAX_BYTES] if 200 <= response.status < 300 else b""


def _rules(url: str, content: bytes) -> tuple[Rule, ...]:
    try:
        return parse(content)
    except ValueError as error:
        logger.warning("%s states nothing that counts: %s", url, error)
        return ()
