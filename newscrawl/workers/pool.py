"""Worker processes that read pages and discovery documents, each call under a time limit.

lxml crashes in threads of one process, and a hostile page may hang or kill its reader; so reading is done
in processes that can be ended. They know neither Scrapy nor SQL, and hold no lock or connection.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from newscrawl import logs
from newscrawl.exceptions import ExtractionError, ExtractionStopped, ExtractionTimeout

P = ParamSpec("P")
T = TypeVar("T")

# A worker is replaced after so many calls, so that what libraries leak or cache stays bounded.
_CALLS_A_WORKER = 2000
# Seconds beyond the time limit in which a call must have ended, the start of a pool's first worker counted.
_GRACE = 15.0
_PRELOADED = ["newscrawl.extraction", "newscrawl.discovery.reading", "newscrawl.duplicates"]


class _PoolEnded(Exception):
    """The pool was ended before the call; nothing is said of the call."""


class Workers:
    """A pool of `size` processes; a call that takes more than `timeout` seconds is ended with its process."""

    def __init__(self, size: int, timeout: float) -> None:
        self._size = size
        self._timeout = timeout
        self._closed = False
        self._waiting: set[asyncio.Future[Any]] = set()
        self._pool = _new_pool(size)
        self._last_end = time.monotonic()

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[T, float]:
        """`function(*args, **kwargs)` in a worker, and the seconds of processor time that it took there; function,
        arguments and result must be picklable.

        What the function raises is raised here. Raises ExtractionTimeout when the time limit passed,
        ExtractionError when the worker died twice, ExtractionStopped when the pool was closed.
        """
        deaths = ended_pools = 0
        while not self._closed:
            pool = self._living_pool()
            try:
                future = self._scheduled(pool, function, args, kwargs)
                return await self._result(pool, future)
            except FutureTimeout as error:
                raise ExtractionTimeout(f"reading took more than {self._timeout:g} s") from error
            except _PoolEnded as error:
                # Another call's worker brought the pool down; two deaths of that one bring down two pools.
                ended_pools += 1
                if ended_pools > 2:
                    raise ExtractionError("three pools of workers ended before one read it") from error
            except (ProcessExpired, BrokenProcessPool) as error:
                # A worker may die of another's fault (memory pressure, a signal to the group): once more.
                deaths += 1
                if deaths > 1 and not self._closed:
                    raise ExtractionError(f"the worker that read it died twice ({error})") from error
        raise ExtractionStopped("the run ended before it was read")

    def close(self) -> None:
        """End the workers; calls under way are given up."""
        if not self._closed:
            self._closed = True
            _end(self._pool)
            # The futures of an ended pool never come to an end of their own.
            for waiting in list(self._waiting):
                waiting.cancel()

    def _scheduled(
        self, pool: ProcessPool, function: Callable[P, T], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Future[tuple[T, float]]:
        """The call's future. Raises _PoolEnded when the pool takes no call."""
        try:
            future: Future[tuple[T, float]] = pool.schedule(
                _measured, args=(function, args, kwargs), timeout=self._timeout
            )
        except Exception as error:
            # Nothing of the call has been looked at yet: it is the pool that failed. Of two threads that find the fork
            # server dead, the one that starts a worker here meets the other's half-done work, as a TypeError.
            if pool is self._pool:
                self._replace_pool()
            raise _PoolEnded from error
        return future

    def _living_pool(self) -> ProcessPool:
        # A worker that dies between two calls, or the server that forks them, breaks pebble's pool for good.
        if not self._pool.active:
            self._replace_pool()
        return self._pool

    async def _result(self, pool: ProcessPool, future: Future[T]) -> T:
        """The call's result. Raises _PoolEnded when the pool was ended, or no worker answers any more."""
        waiting = asyncio.wrap_future(future)
        self._waiting.add(waiting)
        waiting.add_done_callback(self._waiting.discard)
        patience = self._timeout + _GRACE
        try:
            while not (await asyncio.wait({waiting}, timeout=patience))[0]:
                # Every call ends within its time limit; if none does, a worker was killed while it held the
                # lock by which the pool's workers take turns, and the others wait for it for ever.
                if pool is self._pool and time.monotonic() - self._last_end > patience:
                    self._replace_pool()
                if pool is not self._pool:
                    waiting.cancel()
        except asyncio.CancelledError:
            waiting.cancel()
            raise
        self._last_end = time.monotonic()
        if waiting.cancelled():
            raise _PoolEnded
        return waiting.result()

    def _replace_pool(self) -> None:
        _end(self._pool)
        self._pool = _new_pool(self._size)
        self._last_end = time.monotonic()


def _measured(function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[T, float]:
    began = time.process_time()
    result = function(*args, **kwargs)
    return result, time.process_time() - began


def _new_pool(size: int) -> ProcessPool:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    # It loads them while the crawl asks for its first pages.
    forkserver.ensure_running()
    return ProcessPool(max_workers=size, max_tasks=_CALLS_A_WORKER, context=context, initializer=_begin)


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _begin() -> None:
    logs.set_up_worker()
    _end_with_parent()


def _end_with_parent() -> None:
    """Make this worker end when the process that reads its results has died."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end-with-parent").start()
