"""Whose turn it is with the workers: no source may keep the others from being read.

First come, first served would let one source with pages that are dear to read fill every worker.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# As many again wait in the pool as are read, so that no worker stands still between two pages.
_PLACES_A_WORKER = 2
_DEAR_SECONDS = 1.0
_AROUND_SECONDS = 60.0


class Turns:
    """Lets callers in, some for each of `workers`; of the sources that wait, one after the other.

    A source whose last page took more than a second leaves one worker free for the others while any are around.
    """

    def __init__(self, workers: int) -> None:
        self._free = workers * _PLACES_A_WORKER
        self._places_of_dear = max(1, workers - 1)
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._inside: Counter[str] = Counter()
        self._dear: set[str] = set()
        self._seen: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, source: str) -> AsyncIterator[None]:
        """Wait for a turn of the source, and hold it."""
        await self._enter(source)
        began = time.monotonic()
        try:
            yield
        finally:
            if time.monotonic() - began > _DEAR_SECONDS:
                self._dear.add(source)
            else:
                self._dear.discard(source)
            self._leave(source)

    async def _enter(self, source: str) -> None:
        self._seen[source] = time.monotonic()
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(source, deque()).append(turn)
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._leave(source)
            raise

    def _leave(self, source: str) -> None:
        self._inside[source] -= 1
        self._free += 1
        self._admit()

    def _admit(self) -> None:
        while self._free:
            source = next(filter(self._may_enter, self._waiting), None)
            if source is None:
                return
            queue = self._waiting.pop(source)
            turn = queue.popleft()
            if queue:
                self._waiting[source] = queue
            if not turn.cancelled():
                self._free -= 1
                self._inside[source] += 1
                turn.set_result(None)

    def _may_enter(self, source: str) -> bool:
        if source not in self._dear or self._inside[source] < self._places_of_dear:
            return True
        lately = time.monotonic() - _AROUND_SECONDS
        return not any(seen > lately for other, seen in self._seen.items() if other != source)
