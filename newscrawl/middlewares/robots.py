"""robots.txt as RFC 9309 has it: what cannot be had forbids everything, and of a huge one the beginning counts.

Scrapy takes an answer of failure, and none at all, for permission.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from newscrawl.downloaders.stoppable import Stopped
from newscrawl.extensions.hosts import HostRests, Hosts, never_asked
from newscrawl.middlewares.bounded import BoundedDownloads
from newscrawl.middlewares.compression import READ_AT_MOST
from newscrawl.middlewares.host_files import HostFiles, validators
from newscrawl.middlewares.private_addresses import PrivateAddressError
from newscrawl.middlewares.replay import NotInReplay
from newscrawl.storage.host_files import HostFile

logger = logging.getLogger(__name__)

MAX_BYTES = 512 * 1024
"""Of a robots.txt so much is read; RFC 9309, 2.5 demands 500 KiB."""


class RobotsForbid(IgnoreRequest):
    """The host's robots.txt forbids the page."""


class RobotsUnreachable(IgnoreRequest):
    """The host's robots.txt cannot be had, for now; until it can, everything is forbidden (RFC 9309, 2.3.1.4)."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a host allows: by its parser, else nothing for the reason of `refusal`, else everything."""

    parser: RobotParser | None = None
    refusal: BaseException | None = None


class RobotsMiddleware(RobotsTxtMiddleware):
    """Asks each host for its robots.txt once a run, before the first request to it, unless what was kept is fresh."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, asyncio.Task[_Rules]] = {}
        self._downloads = BoundedDownloads(crawler)
        self._hosts = crawler.get_extension(Hosts)
        self._earlier = HostFiles.of(crawler)

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Raises RobotsForbid, RobotsUnreachable, or the PrivateAddressError, Stopped or HostRests that its robots.txt
        met.
        """
        parts = urlparse_cached(request)
        if request.meta.get("dont_obey_robotstxt") or parts.scheme not in ("http", "https"):
            return
        if parts.netloc not in self._rules:
            self._rules[parts.netloc] = asyncio.ensure_future(self._of(request))
        # Shielded, since others wait for the same robots.txt.
        rules = await asyncio.shield(self._rules[parts.netloc])
        if isinstance(rules.refusal, (PrivateAddressError, Stopped, HostRests)):
            raise type(rules.refusal)(str(rules.refusal))
        if rules.refusal is not None:
            raise RobotsUnreachable(str(rules.refusal)) from rules.refusal
        if rules.parser is not None and not rules.parser.allowed(request.url, self._agent(request)):
            self._stats.inc_value("robotstxt/forbidden")
            logger.debug("Forbidden by robots.txt: %s", request)
            raise RobotsForbid(f"robots.txt forbids {request.url}")

    async def _of(self, request: Request) -> _Rules:
        parts = urlparse_cached(request)
        url = f"{parts.scheme}://{parts.netloc}/robots.txt"
        kept = await self._earlier.kept(url) if self._earlier is not None else None
        if self._earlier is None or kept is None or not self._earlier.is_fresh(kept):
            return await self._fetch(request, url, kept)
        self._stats.inc_value("robotstxt/kept")
        return await self._parsed(kept.content, request)

    async def _fetch(self, request: Request, url: str, kept: HostFile | None) -> _Rules:
        robots = Request(
            url,
            headers=validators(kept),
            priority=self.DOWNLOAD_PRIORITY,
            # Unbounded for Scrapy, which would give up what is too large.
            meta={"dont_obey_robotstxt": True, "download_maxsize": 0, READ_AT_MOST: MAX_BYTES, "discovery": "robots"},
            callback=NO_CALLBACK,
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self._downloads.fetch(robots)
        except (PrivateAddressError, Stopped) as error:
            return _Rules(refusal=error)
        except HostRests as error:
            return _Rules(refusal=error) if never_asked(error) else await self._unreachable(robots, error.__cause__)
        except NotInReplay:
            return _Rules()
        except IgnoreRequest as error:
            # RFC 9309, 2.3.1.2: after five redirects robots.txt may be taken for unavailable, which allows everything.
            return _Rules() if "max redirections" in str(error) else await self._unreachable(robots, error)
        except Exception as error:
            return await self._unreachable(robots, error)
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        # RFC 9309, 2.3.1.3: 4xx is "unavailable", which allows everything. 429 says that the server is there and busy.
        if response.status >= 500 or response.status == 429:
            return await self._unreachable(robots, HttpError(response, f"http {response.status}"))
        rules = _rules_of(response)
        if self._earlier is not None and kept is not None and response.status == 304:
            rules = (await self._earlier.renew(kept, response)).content
        elif self._earlier is not None:
            await self._earlier.keep(url, response, rules)
        return await self._parsed(rules, request)

    async def _parsed(self, rules: bytes, request: Request) -> _Rules:
        parser = build_from_crawler(self._parserimpl, self.crawler, rules)
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=parser, request=request
        )
        return _Rules(parser)

    async def _unreachable(self, robots: Request, error: BaseException | None) -> _Rules:
        self._stats.inc_value("robotstxt/unreachable")
        logger.warning("%s cannot be had (%s): its host is left alone in this run", robots.url, error)
        if self._hosts is not None:
            await self._hosts.forbids_all(robots, str(error))
        return _Rules(refusal=error)

    def _agent(self, request: Request) -> str | bytes:
        agent = self._robotstxt_useragent or request.headers.get("User-Agent", self._default_useragent)
        assert agent is not None
        return agent


def _rules_of(response: Response) -> bytes:
    """What counts of a robots.txt: nothing of an answer but success, the whole lines of one that is too large."""
    if not 200 <= response.status < 300:
        return b""
    body = response.body
    cut = len(body) >= MAX_BYTES or "download_stopped" in response.flags
    return body[:MAX_BYTES].rpartition(b"\n")[0] if cut else body
