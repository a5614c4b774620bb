"""Scrapy's downloader, which can be told to end what it is doing, and in which no host stands in the others' way.

Scrapy counts what only waits for its host's turn against CONCURRENT_REQUESTS, and stops every request while one
host's pages wait to be read.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from scrapy import Request, Spider
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.asyncio import call_later
from twisted.internet.defer import Deferred

from newscrawl.downloaders.bounded_http import seconds_of_last
from newscrawl.downloaders.rehearsal import rehearse

UNREAD_OF_HOST = 4 * 1024 * 1024
"""Bytes of answers of one host that may wait to be read; while they are more, it is asked for nothing."""
UNREAD = 16 * 1024 * 1024
"""The same of all hosts; while they are more, only a host of which none waits is asked for something."""

FRUITLESS = 8
"""Requests of one host that may come to nothing in a row (no answer, a broken one, a redirect) before it is asked
less often, at last once in LONGEST_DELAY seconds. Nothing has to be read of them, so nothing else would slow them."""
LONGEST_DELAY = 1.0
DEAR_SECONDS = 0.05
"""Processor time to take in an answer beyond which its host waits DEAR_FACTOR times as long, so that it gets no more
than that part of the main process."""
DEAR_FACTOR = 20

_FIRST_DELAY = 1 / 16
_SECONDS_BETWEEN_LOOKS = 0.1
_A_MOMENT = 0.02


class Stopped(IgnoreRequest):
    """The run was told to stop before the request was answered."""


def downloader_of(crawler: Crawler) -> StoppableDownloader:
    """The downloader of a crawl, from its engine's start on."""
    assert crawler.engine is not None
    downloader = crawler.engine.downloader
    assert isinstance(downloader, StoppableDownloader)
    return downloader


class StoppableDownloader(Downloader):
    """Each request's errback is called with Stopped when the downloader is told to end it.

    CONCURRENT_REQUESTS bounds what is asked at once; what waits for its turn with its host does not count.
    """

    def __init__(self, crawler: Crawler) -> None:
        rehearse()
        super().__init__(crawler)
        self.must_wait: Callable[[], bool] = lambda: False
        """Asked before each request is begun: whether what was answered must first be dealt with."""
        self.pause_of: Callable[[str], float] = lambda slot: 0.0
        """Seconds for which nothing may be begun with a slot, beside its delay."""
        self.delay_of: Callable[[str], float] = lambda slot: 0.0
        """Least seconds between two requests of a slot, beside its own delay."""
        self.is_failing: Callable[[str], bool] = lambda slot: False
        """Whether what becomes of a request may end those that wait for their turn with its slot."""
        self._under_way: set[asyncio.Task[Any]] = set()
        self._awaited: set[Deferred[Response | Request]] = set()
        self._of_host: Counter[str] = Counter()
        self._places_taken = 0
        self._unread: dict[Request, tuple[str, int]] = {}
        self._unread_of_host: Counter[str] = Counter()
        self._fruitless: Counter[str] = Counter()

    def fetch(self, request: Request, spider: Spider | None = None) -> Deferred[Response | Request]:
        """The answer to a request, as Scrapy's own."""
        answer: Deferred[Response | Request] = Deferred()
        self._awaited.add(answer)
        host = self.get_slot_key(request)
        self._of_host[host] += 1
        self._places_taken += self._of_host[host] <= self.domain_concurrency
        super().fetch(request).addBoth(self._deliver, answer, request, host)
        return answer

    def needs_backout(self) -> bool:
        """Whether as much is asked at once as may be."""
        return 0 < self.total_concurrency <= self._places_taken

    def note_read(self, request: Request) -> None:
        """The answer to the request was read: it holds up nothing any more, even if its callback goes on."""
        host, size = self._unread.pop(request, ("", 0))
        self._unread_of_host[host] -= size
        if not self._unread_of_host[host]:
            del self._unread_of_host[host]

    def end_waiting(
        self,
        of: Callable[[Request], bool] = lambda request: True,
        error: Callable[[Request], Exception] = lambda request: Stopped("not begun"),
    ) -> int:
        """End the requests that wait for their turn with their host, those alone that are `of`; says how many."""
        ended = 0
        for slot in self.slots.values():
            for request, answer in [waiting for waiting in slot.queue if of(waiting[0])]:
                slot.queue.remove((request, answer))
                answer.errback(error(request))
                ended += 1
        return ended

    def end_all(self) -> int:
        """End every request; says how many."""
        self.end_waiting()
        for task in self._under_way:
            task.cancel()
        awaited = list(self._awaited)
        self._awaited.clear()
        for answer in awaited:
            answer.errback(Stopped("not ended in time"))
        return len(awaited)

    def _deliver(self, result: Any, answer: Deferred[Response | Request], request: Request, host: str) -> None:
        self._places_taken -= self._of_host[host] <= self.domain_concurrency
        self._of_host[host] -= 1
        if not self._of_host[host]:
            del self._of_host[host]
        if isinstance(result, Response):
            self._fruitless.pop(host, None)
        elif self.DOWNLOAD_SLOT in request.meta:
            self._fruitless[host] += 1
        if answer in self._awaited:
            self._awaited.remove(answer)
            answer.callback(result)
        if isinstance(result, Response) and request in self._being_read():
            self._unread[request] = host, len(result.body)
            self._unread_of_host[host] += len(result.body)

    def _process_queue(self, slot: Slot) -> None:
        if not slot.queue or slot.latercall is not None:
            return
        if self.is_failing(slot.queue[0][0].meta[self.DOWNLOAD_SLOT]):
            # Scrapy begins with the next before anyone learns what became of the last.
            slot.latercall = call_later(_A_MOMENT, self._latercall, slot)
            return
        self._begin(slot)

    def _latercall(self, slot: Slot) -> None:
        slot.latercall = None
        self._begin(slot)

    def _begin(self, slot: Slot) -> None:
        if not slot.queue:
            return
        host = slot.queue[0][0].meta[self.DOWNLOAD_SLOT]
        if self.must_wait() or self._must_be_read_first(host):
            slot.latercall = call_later(_SECONDS_BETWEEN_LOOKS, self._latercall, slot)
            return
        pause = self.pause_of(host)
        if pause > 0:
            slot.latercall = call_later(pause, self._latercall, slot)
            return
        delay = slot.delay
        slot.delay = max(delay, self.delay_of(host), self._delay_of_fruitless(host), _delay_of_dear(host))
        try:
            super()._process_queue(slot)
        finally:
            slot.delay = delay

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        # Scrapy counts a request when its task begins, and so would begin at once with all that wait for their turn.
        slot.transferring.add(request)
        return self._wait_until_stopped(slot, request, queue_dfd)

    async def _wait_until_stopped(self, slot: Slot, request: Request, queue_dfd: Deferred[Response]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            await super()._wait_for_download(slot, request, queue_dfd)
        except asyncio.CancelledError:
            queue_dfd.errback(Stopped("not ended in time"))
            raise
        finally:
            self._under_way.remove(task)

    def _delay_of_fruitless(self, host: str) -> float:
        beyond = self._fruitless[host] - FRUITLESS
        return min(LONGEST_DELAY, _FIRST_DELAY * 2.0 ** min(beyond, 10)) if beyond >= 0 else 0.0

    def _must_be_read_first(self, host: str) -> bool:
        if not self._is_too_much(host):
            return False
        being_read = self._being_read()
        for request in [request for request in self._unread if request not in being_read]:
            self.note_read(request)
        return self._is_too_much(host)

    def _is_too_much(self, host: str) -> bool:
        of_host = self._unread_of_host[host]
        return of_host > UNREAD_OF_HOST or (of_host > 0 and self._unread_of_host.total() > UNREAD)

    def _being_read(self) -> set[Request]:
        # Scrapy tells nobody when a callback has ended, so those are looked for that have told nothing.
        assert self.crawler.engine is not None
        reading = self.crawler.engine.scraper.slot
        return reading.active if reading is not None else set()


def _delay_of_dear(host: str) -> float:
    seconds = seconds_of_last.get(host, 0.0)
    return DEAR_FACTOR * seconds if seconds > DEAR_SECONDS else 0.0
