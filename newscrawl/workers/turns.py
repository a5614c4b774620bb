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
# What each byte of a source's first page is expected to take; of most pages it takes some times less.
_SECONDS_A_BYTE = 1e-6


@dataclass(slots=True, eq=False)
class _Account:
    """What is known of a source that is here, or was lately."""

    seen: float
    used: float = 0.0
    """Seconds of a worker; what is inside counts as long as is expected of it."""
    expected: float | None = None
    """Seconds that its next page may take, by those that were read; None until one was."""
    seconds_a_byte: float = _SECONDS_A_BYTE
    """The same for a byte: a page that is many times as large as the others may take as many times as long."""
    inside: int = 0
    waiting: deque[Turn] = field(default_factory=deque)


@dataclass(slots=True, eq=False)
class Turn:
    """A page that waits to be let in or is inside."""

    account: _Account
    size: int
    """Bytes of the page."""
    admitted: asyncio.Future[None]
    began: float | None = None
    """When a worker took it up."""
    charged: float = 0.0
    """Seconds that were expected of it when it was let in."""
    seconds: float | None = None
    """Processor time that it took, where its reader tells; else what passed since it began counts."""

    @property
    def expected(self) -> float:
        """Seconds that it may take."""
        return max(self.account.expected or 0.0, self.size * self.account.seconds_a_byte)


class Turns:
    """Lets callers in, some for each of `workers`; of the sources that wait, the one that has used least time.

    Nobody saves up time while away: who comes anew begins where the others are. Sources whose pages are much
    dearer than those of others leave one worker free for the others that are around; and as long as no page of a
    source was read, it has one inside.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._places_of_dear = max(1, workers - 1)
        self._inside: list[Turn] = []
        self._accounts: dict[str, _Account] = {}
        self._waiting: dict[str, _Account] = {}
        self._stand = 0.0
        """What the source that was let in last had used before."""

    @asynccontextmanager
    async def turn(self, source: str, size: int) -> AsyncIterator[Turn]:
        """Wait for a turn of the source with a page of so many bytes, and hold it."""
        turn = await self._enter(source, size)
        try:
            yield turn
        finally:
            self._leave(turn)

    async def _enter(self, source: str, size: int) -> Turn:
        account = self._account(source)
        turn = Turn(account, size, asyncio.get_running_loop().create_future())
        account.waiting.append(turn)
        self._waiting.setdefault(source, account)
        self._admit()
        try:
            await turn.admitted
        except asyncio.CancelledError:
            if not turn.admitted.cancelled():
                self._leave(turn)
            raise
        return turn

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

    def _leave(self, turn: Turn) -> None:
        now = time.monotonic()
        account = turn.account
        account.seen = now
        account.inside -= 1
        account.used -= turn.charged
        self._inside.remove(turn)
        if turn.began is not None:
            # The clock runs on while others have the processor: by it a cheap page may seem dear.
            seconds = now - turn.began if turn.seconds is None else turn.seconds
            account.used += seconds
            # A cheap page among dear ones is not believed at once.
            account.expected = max(seconds, (account.expected or 0.0) / 2)
            account.seconds_a_byte = max(seconds / max(turn.size, 1), account.seconds_a_byte / 2)
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
            if not turn.admitted.cancelled():
                self._stand = max(self._stand, account.used)
                turn.charged = turn.expected
                account.used += turn.charged
                account.inside += 1
                self._inside.append(turn)
                turn.admitted.set_result(None)
        # The pool takes pages up in the order in which they came.
        for turn in self._inside[: self._workers]:
            if turn.began is None:
                turn.began = time.monotonic()

    def _may_enter(self, account: _Account) -> bool:
        is_held_back = account.expected is None and account.inside > 0
        if not is_held_back and self._is_dear(account.waiting[0].expected):
            dear_inside = sum(self._is_dear(turn.expected) for turn in self._inside)
            is_held_back = dear_inside >= self._places_of_dear
        return not is_held_back or not self._others_are_around(account)

    def _others_are_around(self, account: _Account) -> bool:
        now = time.monotonic()
        return any(
            one is not account and self._is_around(one, now) and not self._is_dear(one.expected or 0.0)
            for one in self._accounts.values()
        )

    def _is_dear(self, seconds: float) -> bool:
        if seconds <= _DEAR_SECONDS:
            return False
        # Not by seconds alone: on a slow machine every page takes long.
        known = sorted(one.expected for one in self._accounts.values() if one.expected is not None)
        return not known or seconds > _DEAR_TIMES * known[len(known) // 4]

    @staticmethod
    def _is_around(account: _Account, now: float) -> bool:
        return bool(account.inside or account.waiting) or account.seen > now - _AROUND_SECONDS
