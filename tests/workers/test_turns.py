from __future__ import annotations

import asyncio

import pytest

from newscrawl.workers import turns as module
from newscrawl.workers.turns import Turns


async def read(turns: Turns, source: str, seconds: float, order: list[str]) -> None:
    async with turns.turn(source):
        order.append(source)
        await asyncio.sleep(seconds)


def order_of(turns: Turns, *pages: tuple[str, float]) -> list[str]:
    order: list[str] = []

    async def crawl() -> None:
        await asyncio.gather(*(read(turns, source, seconds, order) for source, seconds in pages))

    asyncio.run(crawl())
    return order


def test_two_a_worker_are_let_in() -> None:
    inside = most = 0

    async def count(turns: Turns) -> None:
        nonlocal inside, most
        async with turns.turn("a"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    async def crawl() -> None:
        turns = Turns(3)
        await asyncio.gather(*(count(turns) for _ in range(20)))

    asyncio.run(crawl())
    assert most == 6


def test_sources_that_wait_take_turns() -> None:
    pages = [*[("a", 0.0)] * 6, *[("b", 0.0)] * 2, ("c", 0.0)]
    assert order_of(Turns(1), *pages) == ["a", "a", "a", "b", "c", "a", "b", "a", "a"]


def test_a_source_whose_pages_are_dear_leaves_a_worker_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_DEAR_SECONDS", 0.05)
    turns = Turns(2)
    assert order_of(turns, ("dear", 0.1)) == ["dear"]
    order = order_of(turns, ("cheap", 0.0), *[("dear", 0.2)] * 3, *[("cheap", 0.0)] * 11)
    assert order[:13].count("cheap") == 12, "all of them are read while the first dear one is"


def test_a_source_alone_has_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_DEAR_SECONDS", 0.0)
    turns = Turns(2)
    order_of(turns, ("dear", 0.01))

    async def crawl() -> int:
        order: list[str] = []
        pages = [asyncio.ensure_future(read(turns, "dear", 10, order)) for _ in range(6)]
        await asyncio.sleep(0.05)
        for page in pages:
            page.cancel()
        await asyncio.wait(pages)
        return len(order)

    assert asyncio.run(crawl()) == 4


def test_a_failure_and_a_cancelled_wait_give_the_turn_back() -> None:
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
            async with turns.turn("c"):
                raise RuntimeError
        await asyncio.gather(*(read(turns, "d", 0, order) for _ in range(4)))
        return order

    assert asyncio.run(asyncio.wait_for(crawl(), 5)) == ["a", "a", "d", "d", "d", "d"]
