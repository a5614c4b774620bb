"""Whose turn it is with the workers: no source may keep the others from being read.

First come, first served would let one source with pages that are dear to read fill every worker. So of the sources
that wait that one comes next which has used least of the workers' time (start-time fair queueing, Goyal, Vin and
Cheng 1996); and since a page that has begun cannot be put off, dear pages never fill every worker.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

# As many again wait in the pool as are read, so that no worker stands still between two pages.
_PLACES_A_WORKER = 2
# Dear is what takes longer than this, and so many times as long as with a quarter of the sources.
_DEAR_SECONDS = 0.5
_DEAR_TIMES = 8
_AROUND_SECONDS = 60.0


@dataclass(slots=True, eq=False)
class _Account:
    """What is known of a source that is here, or was lately."""

    seen: float
    used: float = 0.0
    """Seconds of a worker; what is inside counts as long as is expected of it."""
    expected: float | None = None
    """Seconds that its next page may take; None until one was read."""
    inside: int = 0
    waiting: deque[asyncio.Future[_Page]] = field(default_factory=deque)


@dataclass(slots=True, eq=False)
class _Page:
    """A page that was let in; `began` when a worker took it up."""

    account: _Account
    charged: float
    began: float | None = None


class Turns:
    """Lets callers in, some for each of `workers`; of the sources that wait, the one that has used least time.

    Nobody saves up time while away: who comes anew begins where the others are. Sources whose pages are much
    dearer than those of others leave one worker free for the others that are around; and as long as no page of a
    source was read, it has one inside.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._places_of_dear = max(1, workers - 1)
        self._inside: list[_Page] = []
        self._accounts: dict[str, _Account] = {}
        self._waiting: dict[str, _Account] = {}
        self._stand = 0.0
        """What the source that was let in last had used before."""

    @asynccontextmanager
    async def turn(self, source: str) -> AsyncIterator[None]:
        """Wait for a turn of the source, and hold it."""
        page = await self._enter(source)
        try:
            yield
        finally:
            self._leave(page)

    async def _enter(self, source: str) -> _Page:
        account = self._account(source)
        turn: asyncio.Future[_Page] = asyncio.get_running_loop().create_future()
        account.waiting.append(turn)
        self._waiting.setdefault(source, account)
        self._admit()
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._leave(turn.result())
            raise

    def _account(self, source: str) -> _Account:
        now = time.monotonic()
        account = self._accounts.get(source)
        if account is None:
            for idle in [name for name, one in self._accounts.items() if not self._is_around(one, now)]:
                del self._accounts[idle]
            account = self._accounts[source] = _Account(now)
        if not account.inside and not account.waiting:
            account.used = max(account.used, self._stand)
        account.seen = now
        return account

    def _leave(self, page: _Page) -> None:
        now = time.monotonic()
        account = page.account
        account.seen = now
        account.inside -= 1
        account.used -= page.charged
        self._inside.remove(page)
        if page.began is not None:
            seconds = now - page.began
            account.used += seconds
            # A cheap page among dear ones is not believed at once.
            account.expected = max(seconds, (account.expected or 0.0) / 2)
        self._admit()

    def _admit(self) -> None:
        while len(self._inside) < self._workers * _PLACES_A_WORKER:
            able = [source for source, account in self._waiting.items() if self._may_enter(account)]
            if not able:
                break
            source = min(able, key=lambda source: self._waiting[source].used)
            account = self._waiting.pop(source)
            turn = account.waiting.popleft()
            if account.waiting:
                self._waiting[source] = account
            if not turn.cancelled():
                self._stand = max(self._stand, account.used)
                page = _Page(account, charged=account.expected or 0.0)
                account.used += page.charged
                account.inside += 1
                self._inside.append(page)
                turn.set_result(page)
        # The pool takes pages up in the order in which they came.
        for page in self._inside[: self._workers]:
            if page.began is None:
                page.began = time.monotonic()

    def _may_enter(self, account: _Account) -> bool:
        if account.expected is None:
            held_back = account.inside > 0
        else:
            dear_inside = sum(map(self._is_dear, (page.account for page in self._inside)))
            held_back = dear_inside >= self._places_of_dear and self._is_dear(account)
        return not held_back or not self._others_are_around(account)

    def _others_are_around(self, account: _Account) -> bool:
        now = time.monotonic()
        return any(
            one is not account and self._is_around(one, now) and not self._is_dear(one)
            for one in self._accounts.values()
        )

    def _is_dear(self, account: _Account) -> bool:
        if account.expected is None or account.expected <= _DEAR_SECONDS:
            return False
        # Not by the clock alone: on a busy machine every page takes long.
        known = sorted(one.expected for one in self._accounts.values() if one.expected is not None)
        return account.expected > _DEAR_TIMES * known[len(known) // 4]

    @staticmethod
    def _is_around(account: _Account, now: float) -> bool:
        return bool(account.inside or account.waiting) or account.seen > now - _AROUND_SECONDS
