"""A run that is asked to end does so within NEWSCRAWL_STOP_TIMEOUT, whatever it waits for."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.crawling import HASTE, ROOT, Crawl, command, environment, write_source
from tests.server import Answer, Server, page, rss

_TIMEOUT = 1.0
_TO_SPARE = 8.0


def stop(folder: Path, server: Server, when: Callable[[int], bool], **settings: Any) -> tuple[Crawl, float]:
    """Start a crawl of the server, ask it to end when `when(pid)` holds: what it left, and seconds that it took."""
    write_source(folder / "sources", "local", server.home)
    line = command(
        "crawl", "news", "-a", "sources=local", output=folder, NEWSCRAWL_SOURCES=folder / "sources",
        NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, **{**HASTE, "NEWSCRAWL_STOP_TIMEOUT": _TIMEOUT, **settings},
    )  # fmt: skip
    with subprocess.Popen(line, cwd=ROOT, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        try:
            deadline = time.monotonic() + 40
            while not when(process.pid):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            asked = time.monotonic()
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=60)
            return Crawl(process.returncode, "", log, folder), time.monotonic() - asked
        finally:
            if process.poll() is None:
                process.kill()


def assert_ended_clean(crawl: Crawl, stored: int) -> None:
    assert crawl.code == 0, crawl.stderr
    assert "Traceback" not in crawl.stderr
    assert crawl.rows("SELECT state FROM runs") == [("finished",)]
    assert len(crawl.lines()) == stored
    assert len(crawl.ends()) == stored, "what was given up has no disposition"
    states = dict(crawl.rows("SELECT state, count(*) FROM frontier GROUP BY state"))
    assert states.get("waiting", 0) == stored, "until their next look"
    assert set(states) <= {"waiting", "due"}


def served(server: Server, **routes: Answer) -> None:
    server.routes.update({f"/{name}": answer for name, answer in routes.items()})
    server.routes["/feed"] = rss(*(f"{server.home}/{name}" for name in routes))


@pytest.mark.slow
def test_an_answer_that_does_not_come_is_given_up(tmp_path: Path) -> None:
    with Server() as server:
        served(server, quick=Answer(body=page("quick")), slow=Answer(body=page("slow"), seconds=40))
        crawl, seconds = stop(tmp_path, server, lambda _: "/quick" in server.paths(), CONCURRENT_REQUESTS_PER_DOMAIN=2)
    assert seconds < _TIMEOUT + _TO_SPARE
    assert "leaves 1 URL(s) under way" in crawl.stderr
    assert_ended_clean(crawl, stored=1)


@pytest.mark.slow
def test_what_waits_for_its_turn_with_its_host_is_left_at_once(tmp_path: Path) -> None:
    with Server() as server:
        served(server, **{f"page-{number}": Answer(body=page(f"no {number}")) for number in range(6)})
        settings = {"DOWNLOAD_DELAY": 5, "NEWSCRAWL_STOP_TIMEOUT": 30}
        crawl, seconds = stop(tmp_path, server, lambda _: len(server.paths()) == 2, **settings)
        asked = len(server.asked)
        time.sleep(0.2)
        assert len(server.asked) == asked
    assert seconds < _TO_SPARE
    assert_ended_clean(crawl, stored=1)


@pytest.mark.slow
def test_a_worker_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    asked = threading.Event()

    def answer() -> Answer:
        asked.set()
        return Answer(body=page("frozen"), seconds=1)

    def workers_are_frozen(pid: int) -> bool:
        if not asked.is_set():
            return False
        workers = [worker for child in psutil.Process(pid).children() for worker in child.children()]
        for worker in workers:
            worker.suspend()
        return bool(workers)

    with Server() as server:
        served(server, page=Answer())
        server.routes["/page"] = answer
        crawl, seconds = stop(tmp_path, server, workers_are_frozen, NEWSCRAWL_STOP_TIMEOUT=2)
    assert seconds < 2 + _TO_SPARE
    assert_ended_clean(crawl, stored=0)
