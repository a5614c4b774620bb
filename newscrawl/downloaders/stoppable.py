"""Scrapy's downloader, which can be told to end what it is doing: a run that is asked to stop must not wait for all."""

from __future__ import annotations

from typing import Any

from scrapy import Request, Spider
from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.internet.defer import Deferred


class Stopped(IgnoreRequest):
    """The run was told to stop before the request was answered."""


class StoppableDownloader(Downloader):
    """Each request's errback is called with Stopped when the downloader is told to end it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._awaited: set[Deferred[Response | Request]] = set()

    def fetch(self, request: Request, spider: Spider | None = None) -> Deferred[Response | Request]:
        """The answer to a request, as Scrapy's own."""
        answer: Deferred[Response | Request] = Deferred()
        self._awaited.add(answer)
        super().fetch(request).addBoth(self._deliver, answer)
        return answer

    def end_waiting(self) -> int:
        """End the requests that wait for their turn with their host; says how many."""
        ended = 0
        for slot in self.slots.values():
            while slot.queue:
                _, answer = slot.queue.popleft()
                answer.errback(Stopped("not begun"))
                ended += 1
        return ended

    def end_all(self) -> int:
        """End every request; says how many."""
        awaited = list(self._awaited)
        self._awaited.clear()
        for answer in awaited:
            answer.errback(Stopped("not ended in time"))
        return len(awaited)

    def _deliver(self, result: Any, answer: Deferred[Response | Request]) -> None:
        if answer in self._awaited:
            self._awaited.remove(answer)
            answer.callback(result)
