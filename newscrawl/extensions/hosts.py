"""What the run knows of its hosts: which one is paused, which rests, which is being tried."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from newscrawl.configuration import Configuration
from newscrawl.downloaders.stoppable import Stopped, downloader_of
from newscrawl.extensions.run_log import require_run_log, run_log_of
from newscrawl.manners.hosts import Host, Patience
from newscrawl.manners.retry_after import retry_after
from newscrawl.storage import hosts
from newscrawl.storage.hosts import Rest
from newscrawl.urls import host_of

logger = logging.getLogger(__name__)

REFUSALS = (429, 503)
"""Statuses by which a host says that it will not answer now."""
REFUSED = "refused_by_host"
"""Key of a request's meta: its host refused it, and not its page."""

_BY_HAND = frozenset(("urls", "homepage"))
_LAST = "last_failure"
_LONGEST_REASON = 200


class HostRests(IgnoreRequest):
    """The host is asked for nothing more in this run. Its cause: what became of the request before, if it was sent."""


def never_asked(error: BaseException | None) -> bool:
    """Whether a request ended without having been sent at all, since its host rests."""
    return isinstance(error, HostRests) and error.__cause__ is None


class Hosts:
    """Holds back requests to hosts that refuse, and ends those to hosts that rest.

    NotConfigured when the crawl is answered from stored responses: what refused then is not to be waited for now.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._configuration = Configuration.read(crawler.settings)
        longest = crawler.settings.getfloat("AUTOTHROTTLE_MAX_DELAY")
        self._patience = Patience(self._configuration.patience, self._configuration.rest_after_failures, longest)
        self._hosts: dict[str, Host] = {}
        self._trials: dict[str, tuple[Request, asyncio.Event]] = {}
        self._to_hear: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        require_run_log(crawler)
        if Configuration.read(crawler.settings).replay is not None:
            raise NotConfigured
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.response_downloaded, signal=signals.response_downloaded)
        return extension

    async def spider_opened(self) -> None:
        """Take up which hosts rest, and tell the downloader whom to ask to wait."""
        self._run_log = run_log_of(self._crawler)
        self._take_up(await self._run_log.transaction(hosts.every))
        downloader = downloader_of(self._crawler)
        downloader.pause_of = lambda slot: self._of(slot).paused_until - time.monotonic()
        downloader.is_failing = lambda slot: self._of(slot).in_trouble or _host_of_slot(slot) in self._to_hear
        downloader.delay_of = lambda slot: self._of(slot).delay

    def response_downloaded(self, request: Request, response: Response) -> None:
        """Have the host's next request wait until a refusal is taken in: Scrapy begins it right after this."""
        if response.status in REFUSALS:
            self._to_hear.add(host_of(request.url))

    async def admit(self, request: Request) -> None:
        """Let the request pass when its host may be asked. Raises HostRests, and Stopped when the run ends first."""
        name = host_of(request.url)
        while (trial := self._trials.get(name)) is not None:
            await trial[1].wait()
            if not self._crawler.crawling:
                raise Stopped("not begun")
        host = self._of(name)
        if host.resting:
            raise HostRests(f"{name} rests") from request.meta.get(_LAST)
        if host.on_trial:
            self._trials[name] = request, asyncio.Event()

    async def answered(self, request: Request) -> None:
        """The host gave an answer that is neither refusal nor failure."""
        name = host_of(request.url)
        host, was_away = self._of(name), self._of(name).on_trial
        host.answered()
        if was_away:
            logger.info("%s answers again", name)
            await self._run_log.transaction(hosts.bring_back, name)
        self.end_trial(request)

    async def refused(self, request: Request, response: Response) -> None:
        """The host refused; it is paused, or rests."""
        name = host_of(request.url)
        host = self._of(name)
        stated, date = (_header(response, field) for field in ("Retry-After", "Date"))
        asked = retry_after(stated, date, self._run_log.clock())
        self._to_hear.discard(name)
        request.meta[_LAST] = HttpError(response, f"http {response.status}")
        # A lone 503 that asks for no time may be the page's own fault.
        if response.status != 503 or asked is not None or host.refusals or host.on_trial:
            request.meta[REFUSED] = True
        if not host.resting and not host.refused(time.monotonic(), asked):
            await self._rest(name, f"http {response.status}", asked)
        self.end_trial(request)

    async def failed(self, request: Request, error: Exception, reason: str) -> None:
        """The host did not answer, or with an error of its own; it rests when that was once too often."""
        name = host_of(request.url)
        host = self._of(name)
        request.meta[_LAST] = error
        if not host.resting and not host.failed(time.monotonic()):
            await self._rest(name, reason)
        self.end_trial(request)

    async def forbids_all(self, request: Request, reason: str) -> None:
        """The host's robots.txt cannot be had, so that nothing of it may be asked for: it rests."""
        name = host_of(request.url)
        if not self._of(name).resting:
            await self._rest(name, f"robots.txt unreachable: {reason}")

    def end_trial(self, request: Request) -> None:
        """Let pass what waits for the outcome of the request, if it was its host's trial."""
        name = host_of(request.url)
        trial = self._trials.get(name)
        if trial is not None and trial[0] is request:
            del self._trials[name]
            trial[1].set()

    def rests(self, request: Request) -> bool:
        """Whether the request's host rests."""
        return self._of(host_of(request.url)).resting

    def _of(self, slot: str) -> Host:
        name = _host_of_slot(slot)
        if name not in self._hosts:
            self._hosts[name] = Host(self._patience)
        return self._hosts[name]

    def _take_up(self, rests: Iterable[Rest]) -> None:
        spider: Any = self._crawler.spider
        now = self._run_log.clock()
        for rest in rests:
            # What is asked for by hand, a page or a look at an outlet, is a trial that need not wait.
            resting = rest.until > now and _BY_HAND.isdisjoint(spider.arguments)
            self._hosts[rest.host] = Host(self._patience, rests=rest.rests, resting=resting)
            if resting:
                self._run_log.resting[rest.host] = rest.until
                logger.info("%s rests until %s (%s)", rest.host, _moment(rest.until), rest.reason)

    async def _rest(self, name: str, reason: str, asked: float | None = None) -> None:
        host, now = self._of(name), self._run_log.clock()
        until = now + host.rest(asked)
        self._run_log.resting[name] = until
        rest = Rest(name, host.rests, now, until, reason[:_LONGEST_REASON])
        logger.warning("%s rests until %s (%s): nothing more of it is asked", name, _moment(until), rest.reason)
        downloader_of(self._crawler).end_waiting(
            lambda request: host_of(request.url) == name, lambda request: _rests(name, request.meta.get(_LAST))
        )
        await self._run_log.transaction(hosts.put_to_rest, rest)


def _host_of_slot(slot: str) -> str:
    return slot.removeprefix("www.")


def _rests(name: str, last: Exception | None) -> HostRests:
    error = HostRests(f"{name} rests")
    error.__cause__ = last
    return error


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return None if value is None else value.decode("latin-1")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
