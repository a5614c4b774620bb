from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from newscrawl.workers import turns as module
from newscrawl.workers.turns import Turns


@dataclass(slots=True)
class Pool:
    """Workers whose time is counted and not spent; they take pages up in the order in which these were let in."""

    turns: Turns
    workers: int
    now: float = 1000.0
    order: list[str] = field(default_factory=list)
    """The sources of the pages that were taken up."""
    most: int = 0
    _inside: list[tuple[str, float, asyncio.Future[None]]] = field(default_factory=list)
    _ends: dict[asyncio.Future[None], float] = field(default_factory=dict)

    def monotonic(self) -> float:
        return self.now

    async def read(self, source: str, seconds: float, size: int = 0, processor: float | None = None) -> None:
        async with self.turns.turn(source, size) as turn:
            done = asyncio.get_running_loop().create_future()
            self._inside.append((source, seconds, done))
            self.most = max(self.most, len(self._inside))
            await done
            turn.seconds = processor

    async def _work(self, pages: list[asyncio.Task[None]]) -> None:
        while not all(page.done() for page in pages):
            for _ in range(5):
                await asyncio.sleep(0)
            for source, seconds, done in self._inside[: self.workers]:
                if done not in self._ends:
                    self.order.append(source)
                    self._ends[done] = self.now + seconds
            if self._ends:
                first = min(self._ends, key=lambda done: self._ends[done])
                self.now = self._ends.pop(first)
                self._inside = [one for one in self._inside if one[2] is not first]
                first.set_result(None)

    def read_all(self, *pages: tuple[Any, ...]) -> list[str]:
        """The order in which pages that come at once are taken up."""
        self.order = []

        async def crawl() -> None:
            await self._work([asyncio.ensure_future(self.read(*page)) for page in pages])

        asyncio.run(crawl())
        return self.order


def pool_of(workers: int, monkeypatch: pytest.MonkeyPatch) -> Pool:
    pool = Pool(Turns(workers), workers)
    monkeypatch.setattr(module, "time", pool)
    return pool


def test_two_a_worker_are_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(3, monkeypatch)
    pool.read_all(*[("a", 0.1)] * 20)
    assert pool.most == 6


def test_sources_that_wait_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(1, monkeypatch)
    pool.read_all(("a", 0.1), ("b", 0.1), ("c", 0.1))
    order = pool.read_all(*[("a", 0.1)] * 8, *[("b", 0.1)] * 4, *[("c", 0.1)] * 4)
    assert order[:2] == ["a", "a"], "nobody else is there yet"
    assert [sorted(order[first : first + 3]) for first in (4, 7)] == [["a", "b", "c"]] * 2


def test_each_has_the_same_time_and_not_the_same_number_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(1, monkeypatch)
    pool.read_all(("slow", 0.4), ("quick", 0.1))
    order = pool.read_all(*[("slow", 0.4)] * 20, *[("quick", 0.1)] * 40)
    assert 9 <= order[:50].count("slow") <= 12


def test_nobody_saves_up_time_while_away(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(1, monkeypatch)
    pool.read_all(("away", 0.1), ("here", 0.1))
    pool.read_all(*[("here", 0.1)] * 50)
    order = pool.read_all(*[("here", 0.1)] * 20, *[("away", 0.1)] * 20)
    assert 8 <= order[:20].count("away") <= 12


def test_a_page_that_was_dear_is_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(1, monkeypatch)
    pool.read_all(("dear", 0.1), ("cheap", 0.1))
    order = pool.read_all(*[("cheap", 0.1)] * 2, *[("dear", 10.0)] * 2, *[("cheap", 0.1)] * 30)
    assert order[-1] == "dear"
    assert order[:-1].count("dear") == 1


@pytest.mark.parametrize("dear", [["dear"], ["dear", "dearer"]])
def test_sources_of_dear_pages_leave_a_worker_to_the_others(dear: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(2, monkeypatch)
    pool.read_all(("cheap", 0.1), *((source, 9.0) for source in dear))
    order = pool.read_all(*((source, 9.0) for source in dear * 3), *[("cheap", 0.1)] * 50)
    assert [source for source in order[:51] if source != "cheap"] == ["dear"], "the others wait for one alone"


def test_one_cheap_page_among_dear_ones_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(2, monkeypatch)
    pool.read_all(("cheap", 0.1), ("dear", 9.0))
    pool.read_all(("dear", 0.1))
    order = pool.read_all(*[("dear", 9.0)] * 3, *[("cheap", 0.1)] * 50)
    assert order[:51].count("dear") == 1


def test_nothing_is_dear_on_a_machine_on_which_every_page_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(2, monkeypatch)
    pool.read_all(("a", 0.6), ("b", 0.6), ("c", 0.6), ("dear", 60.0))
    began = pool.now
    pool.read_all(("dear", 60.0), *[("a", 0.6)] * 10, *[("b", 0.6)] * 10, *[("c", 0.6)] * 10)
    assert pool.now - began == pytest.approx(60), "a, b and c do not wait for a place behind the dear one"


def test_where_all_are_dear_every_worker_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(2, monkeypatch)
    pool.read_all(("a", 9.0), ("b", 9.0))
    began = pool.now
    pool.read_all(*[("a", 9.0)] * 4, *[("b", 9.0)] * 4)
    assert pool.now - began == 36


def test_a_source_nobody_knows_yet_has_one_page_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(2, monkeypatch)
    pool.read_all(("known", 0.1))
    order = pool.read_all(*[("new", 9.0)] * 3, *[("known", 0.1)] * 50)
    assert order[:51].count("new") == 1


def test_large_pages_leave_a_worker_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(2, monkeypatch)
    pool.read_all(("known", 0.1))
    pool.read_all(*((source, 0.1) for source in ("one", "another")))
    new = [(source, 9.0, 5_000_000) for source in ("one", "another", "third")]
    order = pool.read_all(*new, *[("known", 0.1)] * 50)
    assert [source for source in order[:51] if source != "known"] == ["one"]


def test_what_took_long_by_the_clock_alone_is_not_dear(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(2, monkeypatch)
    pool.read_all(("cheap", 0.1), ("dear", 9.0), ("delayed", 9.0, 0, 0.1))
    began = pool.now
    pool.read_all(("dear", 9.0), ("delayed", 0.1))
    assert pool.now - began == pytest.approx(9.0)
    assert pool.order == ["dear", "delayed"]
    assert pool.turns._account("delayed").expected == pytest.approx(0.1)


def test_a_source_alone_has_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(2, monkeypatch)
    pool.read_all(("dear", 9.0))
    pool.read_all(*[("dear", 9.0)] * 6)
    assert pool.most == 4


def test_what_left_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(2, monkeypatch)
    pool.read_all(*((f"source {number}", 0.1) for number in range(50)))
    pool.now += 100
    pool.read_all(("another", 0.1))
    assert list(pool.turns._accounts) == ["another"]


def test_a_failure_and_a_cancelled_wait_give_the_turn_back() -> None:
    async def read(turns: Turns, source: str, seconds: float, order: list[str]) -> None:
        async with turns.turn(source, 0):
            order.append(source)
            await asyncio.sleep(seconds)

    async def crawl() -> list[str]:
        turns, order = Turns(1), list[str]()
        holders = [asyncio.ensure_future(read(turns, "a", 10, order)) for _ in range(2)]
        waiting = asyncio.ensure_future(read(turns, "b", 0, order))
        await asyncio.sleep(0)
        waiting.cancel()
        for holder in holders:
            holder.cancel()
        await asyncio.wait([*holders, waiting])
        with pytest.raises(RuntimeError):
            async with turns.turn("c", 0):
                raise RuntimeError
        await asyncio.gather(*(read(turns, "d", 0, order) for _ in range(4)))
        return order

    assert asyncio.run(asyncio.wait_for(crawl(), 5)) == ["a", "a", "d", "d", "d", "d"]
