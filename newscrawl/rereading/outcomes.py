"""Pages to the workers, as many as keep them busy, and what came of each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any, TypeVar

from newscrawl.configuration import Configuration
from newscrawl.exceptions import NewscrawlError
from newscrawl.workers.pool import Workers
from newscrawl.workers.reading import Reading

K = TypeVar("K")

# As many again wait as are read, so that no worker stands still between two pages.
_PLACES_A_WORKER = 2


async def outcomes(
    configuration: Configuration, read: Callable[..., Reading], asked: Iterable[tuple[K, tuple[Any, ...]]]
) -> AsyncGenerator[tuple[K, Reading | BaseException], None]:
    """For each that is asked for, its reading by `read(*arguments)` in a worker, or the error that it came to; in the
    order in which they end."""
    workers = Workers(configuration.workers, configuration.page_timeout)
    places = configuration.workers * _PLACES_A_WORKER
    under_way: dict[asyncio.Task[tuple[Reading, float]], K] = {}
    try:
        for key, arguments in asked:
            under_way[asyncio.create_task(workers.call(read, *arguments))] = key
            if len(under_way) == places:
                for task in await _ended(under_way):
                    yield under_way.pop(task), _outcome(task)
        while under_way:
            for task in await _ended(under_way):
                yield under_way.pop(task), _outcome(task)
    finally:
        for task in under_way:
            task.cancel()
        workers.close()


def reason_of(error: BaseException) -> str:
    """Why a page was not read."""
    # What is no error of ours is a library's at this page: it costs the page, and is told like the others.
    return str(error) if isinstance(error, NewscrawlError) else f"{type(error).__name__}: {error}"


async def _ended(under_way: Iterable[asyncio.Task[tuple[Reading, float]]]) -> set[asyncio.Task[tuple[Reading, float]]]:
    done, _ = await asyncio.wait(list(under_way), return_when=asyncio.FIRST_COMPLETED)
    return done


def _outcome(task: asyncio.Task[tuple[Reading, float]]) -> Reading | BaseException:
    return task.exception() or task.result()[0]
