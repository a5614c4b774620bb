from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from pebble import ProcessPool

from newscrawl.exceptions import ExtractionError, ExtractionStopped, ExtractionTimeout
from newscrawl.extraction import extract
from newscrawl.items import Page
from newscrawl.workers.pool import Workers
from tests.crawling import ROOT, environment
from tests.server import page


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(2, timeout=20)
    yield pool
    pool.close()


def pid_of_worker() -> int:
    return os.getpid()


def pid_of_fork_server() -> int:
    return os.getppid()


def fail(message: str) -> NoReturn:
    raise KeyError(message)


def die(code: int) -> NoReturn:
    os._exit(code)


def die_once(note: Path) -> str:
    if not note.exists():
        note.write_text("died")
        os.kill(os.getpid(), signal.SIGKILL)
    return "second try"


def loaded_modules() -> set[str]:
    return set(sys.modules)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def call(workers: Workers, function: Any, *args: Any) -> Any:
    return asyncio.run(workers.call(function, *args))[0]


def test_result_comes_from_another_process(workers: Workers) -> None:
    assert call(workers, pid_of_worker) != os.getpid()


def test_processor_time_of_the_call_is_told(workers: Workers) -> None:
    assert asyncio.run(workers.call(sleep, 0.5))[1] < 0.3
    number, seconds = asyncio.run(workers.call(sum, range(10_000_000)))
    assert number == sum(range(10_000_000))
    assert seconds > 0.02


def test_article_travels_both_ways(workers: Workers) -> None:
    fetched = Page(url="https://news.example/museum", body=page("museum"))
    article = call(workers, extract, fetched, None)
    assert article == extract(fetched)
    assert article.body is not None


def test_what_the_function_raises_is_raised_here(workers: Workers) -> None:
    with pytest.raises(KeyError, match="told"):
        call(workers, fail, "told")


def test_a_worker_that_dies_once_is_replaced(workers: Workers, tmp_path: Path) -> None:
    assert call(workers, die_once, tmp_path / "note") == "second try"


def test_a_call_whose_workers_die_twice_is_an_error_and_others_go_on(workers: Workers) -> None:
    async def together() -> list[Any]:
        calls = (workers.call(die, 3), workers.call(pid_of_worker), workers.call(pid_of_worker))
        return list(await asyncio.gather(*calls, return_exceptions=True))

    dead, *others = asyncio.run(together())
    assert isinstance(dead, ExtractionError)
    assert "died twice" in str(dead)
    assert all(isinstance(pid, int) for pid, _ in others)


def hold_the_lock_and_die() -> None:
    # What a kill at the wrong moment leaves: pebble's workers take turns by a lock that only its holder frees.
    import gc

    from pebble.pool.channel import WorkerChannel

    (channel,) = [one for one in gc.get_objects() if isinstance(one, WorkerChannel)]
    channel.mutex.reader_mutex.acquire()
    os.kill(os.getpid(), signal.SIGKILL)


def hold_the_lock_and_die_once(note: Path) -> str:
    if not note.exists():
        note.write_text("died")
        hold_the_lock_and_die()
    return "second try"


@pytest.mark.parametrize(("failures", "reads"), [(2, True), (3, False)])
def test_a_pool_that_cannot_start_a_worker_is_replaced(
    monkeypatch: pytest.MonkeyPatch, failures: int, reads: bool
) -> None:
    schedule, left = ProcessPool.schedule, [TypeError("no descriptor")] * failures

    def failing(self: ProcessPool, *args: Any, **kwargs: Any) -> Any:
        if left:
            raise left.pop()
        return schedule(self, *args, **kwargs)

    monkeypatch.setattr(ProcessPool, "schedule", failing)
    workers = Workers(1, timeout=20)
    try:
        if reads:
            assert asyncio.run(workers.call(pid_of_worker))[0] != os.getpid()
        else:
            with pytest.raises(ExtractionError, match="three pools of workers ended"):
                asyncio.run(workers.call(pid_of_worker))
    finally:
        workers.close()


@pytest.mark.slow
def test_calls_go_on_after_a_worker_died_with_the_lock_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newscrawl.workers.pool._GRACE", 8.0)
    pool = Workers(2, timeout=1)

    async def calls() -> list[object]:
        return await asyncio.gather(
            pool.call(hold_the_lock_and_die), *(pool.call(pid_of_worker) for _ in range(4)), return_exceptions=True
        )

    try:
        killer, *others = asyncio.run(calls())
        assert isinstance(killer, ExtractionError | ExtractionTimeout)
        assert call(pool, pid_of_worker) != os.getpid()
        assert all(isinstance(other, tuple) for other in others), others
    finally:
        pool.close()


@pytest.mark.slow
def test_a_call_whose_worker_died_once_with_the_lock_of_all_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newscrawl.workers.pool._GRACE", 8.0)
    pool = Workers(2, timeout=1)
    try:
        assert call(pool, hold_the_lock_and_die_once, tmp_path / "note") == "second try"
    finally:
        pool.close()


@pytest.mark.slow
def test_calls_go_on_after_every_worker_and_their_fork_server_were_killed() -> None:
    pool = Workers(2, timeout=2)
    try:
        for _ in range(2):
            pids = {call(pool, pid_of_fork_server), *(call(pool, pid_of_worker) for _ in range(4))}
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            assert call(pool, pid_of_worker) not in pids
    finally:
        pool.close()


def test_a_call_ends_at_its_time_limit_and_the_next_is_answered() -> None:
    pool = Workers(1, timeout=0.3)
    try:
        began = time.monotonic()
        with pytest.raises(ExtractionTimeout, match=r"more than 0\.3 s"):
            call(pool, sleep, 30)
        assert time.monotonic() - began < 5
        assert call(pool, pid_of_worker) != os.getpid()
    finally:
        pool.close()


def test_calls_under_way_are_given_up_when_the_pool_is_closed() -> None:
    pool = Workers(1, timeout=30)

    async def calls() -> list[tuple[None, float] | BaseException]:
        under_way = asyncio.gather(*(pool.call(sleep, 30) for _ in range(3)), return_exceptions=True)
        await asyncio.sleep(0.5)
        pool.close()
        return await asyncio.wait_for(under_way, 5)

    try:
        assert [type(one) for one in asyncio.run(calls())] == [ExtractionStopped] * 3
    finally:
        pool.close()


def test_workers_know_neither_scrapy_nor_sql(workers: Workers) -> None:
    roots = {name.partition(".")[0] for name in call(workers, loaded_modules)}
    assert "trafilatura" in roots
    assert roots.isdisjoint({"scrapy", "twisted", "sqlalchemy", "alembic"})


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM])
def test_no_worker_outlives_its_parent(ended_by: signal.Signals) -> None:
    program = (
        "import asyncio, os, sys, time\n"
        "from newscrawl.workers.pool import Workers\n"
        "if __name__ == '__main__':\n"
        "    workers = Workers(2, timeout=60)\n"
        "    async def pids():\n"
        "        return {(await workers.call(os.getpid))[0] for _ in range(8)}\n"
        "    print(*asyncio.run(pids()), flush=True)\n"
        "    asyncio.run(workers.call(time.sleep, 50))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment()
    ) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert pids
        assert all(is_alive(pid) for pid in pids)
        parent.send_signal(ended_by)
    deadline = time.monotonic() + 10
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, f"workers {pids} outlive their parent"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody has reaped yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
