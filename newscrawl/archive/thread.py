"""The thread that archives what a crawl exchanges, while the crawl goes on."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from threading import Condition, Lock, Thread
from typing import Any

from newscrawl.archive.exchange import Exchange, Original
from newscrawl.archive.files import Names
from newscrawl.archive.writer import ArchiveWriter
from newscrawl.exceptions import ArchiveError, StoreError
from newscrawl.items import Archived

logger = logging.getLogger(__name__)

_SECONDS = 0.05
"""The first exchange of a group waits so long for others, with which it shares one lookup; nobody waits for it."""
_REMEMBERED = 10_000
"""Payloads written last that are known without lookup: more than can be under way to wherever `known` looks."""

Known = Callable[[Collection[str]], Mapping[str, Original]]
"""By payload digest, the answer of an earlier time that holds the payload; called in the archive's thread."""


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    exchange: Exchange
    done: asyncio.Future[Archived | None]

    @property
    def size(self) -> int:
        return len(self.exchange.request) + len(self.exchange.head) + len(self.exchange.body)


class ArchiveThread:
    """Writes exchanges in the order in which they are given.

    `give` and `close` are for the event loop, `sync` is for any other thread. After the first failure everything fails
    with its error; what was written before is whole.
    """

    def __init__(
        self,
        writer: ArchiveWriter,
        known: Known,
        *,
        written: Callable[[list[Archived], list[Names]], None],
        failed: Callable[[Exception], None],
        answered: Known = lambda _: {},
    ) -> None:
        """`answered` is like `known`, by WARC-Record-ID; of a revisit, the answer that it repeats.

        `written` and `failed` are called in the event loop.

        `written` is given each group that was written, before those who wait for one of it go on, and the files that
        became full meanwhile, all of whose answers it has been given by then. `failed` is given the error that ended
        all writing, at the first group that it concerns and at later ones.
        """
        self._writer = writer
        self._known = known
        self._answered = answered
        self._written = written
        self._failed = failed
        self._recent: OrderedDict[str, Original] = OrderedDict()
        self._state = Condition()
        self._jobs: list[_Job] = []
        self._given = 0
        self._done = 0
        self._bytes = 0
        self._in_haste = False
        self._closing: asyncio.Future[None] | None = None
        self._error: Exception | None = None
        self._writing = Lock()
        self._unsynced = False
        # A daemon: a run that is told to end at once does not wait for a slow disk.
        Thread(target=self._work, name="archive", daemon=True).start()

    @property
    def waiting(self) -> int:
        """Bytes of what was given and is not yet written."""
        return self._bytes

    def give(self, exchange: Exchange) -> asyncio.Future[Archived | None]:
        """Take an exchange up. The future has its place once it is written, None when no answer came; else the error.

        Raises ArchiveError after `close`.
        """
        job = _Job(exchange, asyncio.get_running_loop().create_future())
        with self._state:
            if self._closing is not None:
                raise ArchiveError(f"the exchange with {exchange.url} ended after the archive was closed")
            self._jobs.append(job)
            self._given += 1
            self._bytes += job.size
            self._state.notify_all()
        return job.done

    def sync(self) -> None:
        """Return when all that was given before would survive a power cut. Raises the error of a failure."""
        with self._state:
            given = self._given
            self._in_haste = bool(self._jobs)
            self._state.notify_all()
            self._state.wait_for(lambda: self._error or self._done >= given)
        with self._writing:
            if self._error is None and self._unsynced:
                try:
                    self._writer.sync()
                    self._unsynced = False
                except ArchiveError as error:
                    self._error = error
        if self._error is not None:
            raise self._error

    def close(self) -> asyncio.Future[None]:
        """Write what was given and close the writer; the future has the error of a failure."""
        with self._state:
            if self._closing is None:
                self._closing = asyncio.get_running_loop().create_future()
            self._state.notify_all()
        return self._closing

    def _work(self) -> None:
        while jobs := self._next():
            results = self._results(jobs)
            jobs[0].done.get_loop().call_soon_threadsafe(self._tell, jobs, results, self._filled(), self._error)
            with self._state:
                self._done += len(jobs)
                self._bytes -= sum(job.size for job in jobs)
                self._state.notify_all()
        try:
            with self._writing:
                self._writer.close()
        except Exception as error:
            self._error = self._error or error
        assert self._closing is not None
        self._closing.get_loop().call_soon_threadsafe(_settle, self._closing, self._error)

    def _next(self) -> list[_Job]:
        """What waits; nothing at the end."""
        with self._state:
            self._state.wait_for(lambda: self._jobs or self._closing is not None)
            self._state.wait_for(lambda: self._in_haste or self._closing is not None, _SECONDS)
            jobs, self._jobs, self._in_haste = self._jobs, [], False
            return jobs

    def _results(self, jobs: list[_Job]) -> list[Archived | Exception | None]:
        """What became of each; nothing of a group that failed counts, for recovery finds what is whole of it."""
        try:
            if self._error is None:
                return self._write([job.exchange for job in jobs])
        except (ArchiveError, StoreError) as error:
            self._error = error
        except Exception as error:
            logger.exception("The archive's thread failed")
            self._error = ArchiveError(f"nothing can be archived any more: {error!r}; report it, and start again")
        return [self._error] * len(jobs)

    def _write(self, exchanges: list[Exchange]) -> list[Archived | Exception | None]:
        # What is empty or not whole is never a revisit.
        digests = [one.payload_digest if one.body and one.truncated is None else None for one in exchanges]
        asked = {one for one in digests if one is not None and one not in self._recent}
        known = self._known(asked) if asked else {}
        repeated = {one.repeats for one in exchanges if one.repeats is not None}
        answered = self._answered(repeated) if repeated else {}
        results: list[Archived | Exception | None] = []
        for exchange, payload_digest in zip(exchanges, digests, strict=True):
            original = answered.get(exchange.repeats or "")
            if payload_digest is not None:
                original = self._recent.get(payload_digest) or known.get(payload_digest)
            try:
                with self._writing:
                    self._unsynced = True
                    capture = self._writer.write(exchange, original)
            except ValueError as error:
                logger.error("The exchange with %s cannot be archived: %s", exchange.url, error)
                results.append(error)
                continue
            if capture is None:
                results.append(None)
                continue
            refers_to = original.record_id if original else None
            results.append(
                Archived(capture=capture, url=exchange.url, captured_at=exchange.started_at, refers_to=refers_to)
            )
            if payload_digest is not None:
                self._remember(payload_digest, original or _as_original(exchange, payload_digest, capture.record_id))
        return results

    def _remember(self, payload_digest: str, original: Original) -> None:
        self._recent[payload_digest] = original
        self._recent.move_to_end(payload_digest)
        if len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)

    def _filled(self) -> list[Names]:
        filled, self._writer.filled = self._writer.filled, []
        return filled

    def _tell(
        self,
        jobs: list[_Job],
        results: list[Archived | Exception | None],
        filled: list[Names],
        error: Exception | None,
    ) -> None:
        written = [result for result in results if isinstance(result, Archived)]
        if written or filled:
            self._written(written, filled)
        for job, result in zip(jobs, results, strict=True):
            _settle(job.done, result)
        if error is not None:
            self._failed(error)


def _as_original(exchange: Exchange, payload_digest: str, record_id: str) -> Original:
    return Original(url=exchange.url, date=exchange.started_at, payload_digest=payload_digest, record_id=record_id)


def _settle(future: asyncio.Future[Any], result: Archived | Exception | None) -> None:
    if future.done():
        return
    if isinstance(result, Exception):
        future.set_exception(result)
        # Nobody need wait for it.
        future.exception()
    else:
        future.set_result(result)
