"""Asking no host that rests, and learning from each answer how the host is."""

from __future__ import annotations

from typing import Self
from weakref import WeakSet

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    NotConfigured,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from newscrawl.extensions.hosts import REFUSALS, Hosts

_FAILURES = (CannotResolveHostError, DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError)
_REFUSED_TIMES = "refused_times"


class HostsMiddleware:
    """Stands next to the network: what is answered from the archive is no word of the host.

    A refused request is made again, after its host's pause, as often as RETRY_TIMES says.
    """

    def __init__(self, crawler: Crawler, hosts: Hosts) -> None:
        self._crawler = crawler
        self._hosts = hosts
        settings = crawler.settings
        self._retries = settings.getint("RETRY_TIMES") if settings.getbool("RETRY_ENABLED") else 0
        self._asked: WeakSet[Request] = WeakSet()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        hosts = crawler.get_extension(Hosts)
        if hosts is None:
            raise NotConfigured
        return cls(crawler, hosts)

    async def process_request(self, request: Request) -> None:
        """Raises HostRests."""
        await self._hosts.admit(request)
        self._asked.add(request)

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        """The answer; of a refusal the request anew, while the host may be asked."""
        if request not in self._asked:
            return response
        self._asked.discard(request)
        if response.status in REFUSALS:
            await self._hosts.refused(request, response)
            return self._again(request) or response
        if response.status >= 500:
            reason = f"http {response.status}"
            await self._hosts.failed(request, HttpError(response, reason), reason)
            self._leave(request)
        else:
            await self._hosts.answered(request)
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Take a failure to answer for what it is; what else ends a request says nothing of its host."""
        if request in self._asked and isinstance(exception, _FAILURES):
            await self._hosts.failed(request, exception, f"{type(exception).__name__} {exception}".strip())
            self._leave(request)
        self._asked.discard(request)
        self._hosts.end_trial(request)

    def _again(self, request: Request) -> Request | None:
        times = request.meta.get(_REFUSED_TIMES, 0)
        if self._hosts.rests(request) or times >= self._retries:
            return None
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value("hosts/refused_and_asked_again")
        again = request.replace(dont_filter=True)
        again.meta[_REFUSED_TIMES] = times + 1
        return again

    def _leave(self, request: Request) -> None:
        if self._hosts.rests(request):
            request.meta["dont_retry"] = True
