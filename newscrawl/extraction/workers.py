"""Worker processes that read pages and discovery documents, each call under a time limit.

lxml crashes in threads of one process, and a hostile page may hang or kill its reader; so reading is done
in processes that can be ended. They know neither Scrapy nor SQL, and hold no lock or connection.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from newscrawl.exceptions import ExtractionError, ExtractionTimeout

P = ParamSpec("P")
T = TypeVar("T")

# A worker is replaced after so many calls, so that what libraries leak or cache stays bounded.
_CALLS_A_WORKER = 2000
_PRELOADED = ["newscrawl.extraction", "newscrawl.discovery.feeds", "newscrawl.discovery.sitemaps"]


class Workers:
    """A pool of `size` processes; a call that takes more than `timeout` seconds is ended with its process."""

    def __init__(self, size: int, timeout: float) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_PRELOADED)
        self._timeout = timeout
        self._pool = ProcessPool(
            max_workers=size, max_tasks=_CALLS_A_WORKER, context=context, initializer=_end_with_parent
        )

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`function(*args, **kwargs)` in a worker; function, arguments and result must be picklable.

        What the function raises is raised here. Raises ExtractionTimeout when the time limit passed,
        ExtractionError when the worker died twice.
        """
        for last_try in (False, True):
            future = self._pool.schedule(function, args=args, kwargs=kwargs, timeout=self._timeout)
            try:
                return await asyncio.wrap_future(future)
            except FutureTimeout as error:
                raise ExtractionTimeout(f"reading took more than {self._timeout:g} s") from error
            except ProcessExpired as error:
                # A worker may die of another's fault (memory pressure, a signal to the group): once more.
                if last_try:
                    raise ExtractionError(f"the worker that read it died twice ({error})") from error
        raise AssertionError("unreachable")

    def close(self) -> None:
        """End the workers; calls under way are given up."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _end_with_parent() -> None:
    """Make this worker end when the process that reads its results has died."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end-with-parent").start()
