"""Hosts that refuse, hang, fail and come back, measured at real servers."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.crawling import HASTE, Crawl, scrapy, scrapy_here, write_source
from tests.server import Answer, Server, page, rss

_PAGES = 12
_MORNING = "2026-11-23T08:00:00+00:00"


def site(server: Server, number: int = _PAGES, **answers: Answer | Callable[[], Answer]) -> list[str]:
    """A feed of so many pages; `answers` replaces pages by their number ("p3"), or all of them ("every")."""
    paths = [f"/p{one}" for one in range(number)]
    for path in paths:
        server.routes[path] = answers.get(path[1:]) or answers.get("every") or Answer(body=page(f"quay {path[2:]}"))
    server.routes["/feed"] = rss(*(server.home + path for path in paths))
    return [server.home + path for path in paths]


def crawl(folder: Path, *homes: str, now: str = _MORNING, argument: str | None = None, **settings: Any) -> Crawl:
    names = [f"outlet{number}" for number, _ in enumerate(homes)]
    for name, home in zip(names, homes, strict=True):
        write_source(folder / "sources", name, home)
    settings = {
        **HASTE, "NEWSCRAWL_REST_AFTER_FAILURES": 5, "NEWSCRAWL_SOURCES": folder / "sources", "NEWSCRAWL_NOW": now,
        "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "DOWNLOAD_TIMEOUT": 0.3, **settings,
    }  # fmt: skip
    return scrapy("crawl", "news", "-a", argument or f"sources={','.join(names)}", output=folder, **settings)


def frontier(crawl: Crawl) -> dict[str, tuple[str, int]]:
    """State and tries by URL."""
    return {url: (state, tries) for url, state, tries in crawl.rows("SELECT url, state, tries FROM frontier")}


def resting(crawl: Crawl) -> list[tuple[int, str, str]]:
    """Rests in a row, until when, and why."""
    return crawl.rows("SELECT rests, substr(until, 1, 16), reason FROM hosts")


def not_asked(crawl: Crawl) -> str | None:
    return str(crawl.rows("SELECT resting FROM runs ORDER BY rowid DESC")[0][0])


def once(refusal: Answer, then: Answer) -> Callable[[], Answer]:
    numbers = count()
    return lambda: refusal if next(numbers) == 0 else then


def test_a_pause_that_the_host_asks_for_is_kept_and_costs_nothing(tmp_path: Path) -> None:
    refusal = Answer(status=429, headers=(("Retry-After", "2"),))
    with Server() as server:
        site(server, 4, p2=once(refusal, Answer(body=page("refused once"))))
        done = crawl(tmp_path, server.home, RETRY_TIMES=2)
        assert set(done.ends().values()) == {("stored_new", None)}
        assert {tries for _, tries in frontier(done).values()} == {0}
        times = {(one.path, number): one.began for number, one in enumerate(server.asked)}
    (refused, again) = sorted(began for (path, _), began in times.items() if path == "/p2")
    assert again - refused >= 1.9
    assert not [path for (path, _), began in times.items() if refused < began < refused + 1.9]
    assert resting(done) == []


@pytest.mark.slow
def test_without_a_time_the_host_is_paused_and_slowed(tmp_path: Path) -> None:
    with Server() as server:
        site(server, 3, p0=once(Answer(status=503), Answer(body=page("refused once"))))
        done = crawl(tmp_path, server.home, RETRY_TIMES=2)
        assert set(done.ends().values()) == {("stored_new", None)}
        began = [one.began for one in server.asked if one.path not in ("/robots.txt", "/feed")]
    assert len(began) == 4
    gaps = [later - earlier for earlier, later in pairwise(began)]
    assert min(gaps) >= 0.9, "pages after a refusal come at longer intervals"


def test_a_host_that_asks_for_an_hour_is_left_for_a_later_run(tmp_path: Path) -> None:
    refusal = Answer(status=503, headers=(("Retry-After", "3600"),))
    with Server() as server, Server(address="127.0.9.2") as other:
        urls = site(server, p0=refusal, every=refusal)
        site(other, 2)
        done = crawl(tmp_path, server.home, other.home, RETRY_TIMES=2)
        assert len([path for path in server.paths() if path != "/feed"]) == 1
        (asked,) = [url for url in urls if url in done.ends()]
        assert done.ends()[asked] == ("failed", "http 503")
        assert resting(done) == [(1, "2026-11-23 09:00", "http 503")]
        states = frontier(done)
        assert states[asked] == ("waiting", 0)
        assert {states[url] for url in urls if url != asked} == {("due", 0)}
        assert not_asked(done) == f'{{"outlet0": {_PAGES - 1}}}'
        assert other.paths(), "other hosts are asked as before"

        told = scrapy_here("explain", asked, output=tmp_path)
        assert "its host 127.0.0.1 rests until 2026-11-23T09:00:00+00:00, for the 1. time: http 503" in told.stdout
        assert "Hosts that rest: 127.0.0.1" in done.stderr

        before = len(server.asked)
        again = crawl(tmp_path, server.home, now="2026-11-23T08:59:00+00:00")
        assert again.code == 0
        assert len(server.asked) == before, "nothing is asked before the rest is over"
        assert not_asked(again) == f'{{"outlet0": {_PAGES - 1}}}'

        site(server)
        back = crawl(tmp_path, server.home, now="2026-11-23T09:01:00+00:00")
        assert {end for end, _ in back.ends().values()} <= {"stored_new", "duplicate"}
        assert len(back.ends()) == _PAGES
        assert resting(back) == []


@pytest.mark.slow
def test_a_page_that_alone_is_refused_by_its_status_costs_its_tries(tmp_path: Path) -> None:
    with Server() as server:
        urls = site(server, 3, p1=Answer(status=503))
        done = crawl(tmp_path, server.home)
        assert frontier(done)[urls[1]] == ("waiting", 1)
        assert resting(done) == []


@pytest.mark.slow
def test_no_run_waits_longer_than_its_patience(tmp_path: Path) -> None:
    with Server() as server:
        site(server, every=Answer(status=429))
        done = crawl(tmp_path, server.home, RETRY_TIMES=2, NEWSCRAWL_PATIENCE=3)
        # The feed, then 1 and 2 seconds of pauses; what would follow is 4.
        assert len(server.paths()) - 1 == 3
        assert resting(done) == [(1, "2026-11-23 08:30", "http 429")]
        assert {tries for _, tries in frontier(done).values()} == {0}


def test_a_host_that_hangs_rests_after_five_failures_and_is_tried_once_later(tmp_path: Path) -> None:
    with Server() as server:
        site(server, every=Answer(seconds=1.0, body=page("late")))
        done = crawl(tmp_path, server.home)
        assert [one[:2] for one in resting(done)] == [(1, "2026-11-23 08:30")]
        ends = done.ends()
        assert list(ends.values()) == [("timed_out", "no whole answer in time")] * 5
        assert not_asked(done) == f'{{"outlet0": {_PAGES - 5}}}'

        server.routes["/feed"] = Answer(seconds=1.0)
        before = server.connections
        trial = crawl(tmp_path, server.home, now="2026-11-23T08:31:00+00:00", RETRY_TIMES=2)
        assert server.connections - before == 1, "one trial"
        assert [one[:2] for one in resting(trial)] == [(2, "2026-11-23 09:31")]
        assert trial.ends() == {}, "what was not asked has no disposition"

        site(server)
        back = crawl(tmp_path, server.home, now="2026-11-23T09:32:00+00:00")
        assert "stored_new" in {end for end, _ in back.ends().values()}
        assert resting(back) == []


@pytest.mark.slow
def test_errors_of_the_server_put_it_to_rest(tmp_path: Path) -> None:
    with Server() as server:
        site(server, every=Answer(status=500))
        done = crawl(tmp_path, server.home)
        assert len(server.paths()) - 1 == 5
        assert [one[2] for one in resting(done)] == ["http 500"]
        # The one at which it was put to rest costs no try.
        assert sorted(frontier(done).values()) == [("due", 0)] * (_PAGES - 5) + [("waiting", 0)] + [("waiting", 1)] * 4


@contextmanager
def refusing() -> Iterator[str]:
    """The URL of an address at which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.9.9", 0))
        yield f"http://127.0.9.9:{taken.getsockname()[1]}"


@contextmanager
def silent() -> Iterator[tuple[str, list[socket.socket]]]:
    """A server that accepts connections and never says a word, and what it accepted."""
    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.9.10", 0)) as listening:

        def accept() -> None:
            while True:
                try:
                    accepted.append(listening.accept()[0])
                except OSError:
                    return

        Thread(target=accept, daemon=True).start()
        yield f"http://127.0.9.10:{listening.getsockname()[1]}", accepted
        listening.shutdown(socket.SHUT_RDWR)
    for connection in accepted:
        connection.close()


def test_a_dead_host_costs_its_robots_txt_and_then_one_request_a_rest(tmp_path: Path) -> None:
    with silent() as (home, accepted):
        done = crawl(tmp_path, home, RETRY_TIMES=2)
        assert len(accepted) == 3
        ((rests, until, reason),) = resting(done)
        assert (rests, until) == (1, "2026-11-23 08:30")
        assert reason.startswith("robots.txt unreachable: ")
        trial = crawl(tmp_path, home, now="2026-11-23T08:31:00+00:00", RETRY_TIMES=2)
        assert len(accepted) == 4
        assert trial.rows("SELECT rests FROM hosts") == [(2,)]
        by_hand = crawl(tmp_path, argument=f"urls={home}/p1", now="2026-11-23T08:32:00+00:00")
        assert len(accepted) == 5, "a page that is asked for by hand is asked for"
        assert by_hand.rows("SELECT rests FROM hosts") == [(3,)]


@pytest.mark.slow
def test_a_host_that_refuses_connections_rests(tmp_path: Path) -> None:
    with refusing() as home:
        done = crawl(tmp_path, home)
        assert done.rows("SELECT rests FROM hosts") == [(1,)]


@pytest.mark.parametrize("name", ["NEWSCRAWL_PATIENCE", "NEWSCRAWL_REST_AFTER_FAILURES"])
def test_a_wrong_setting_is_named(tmp_path: Path, name: str) -> None:
    done = crawl(tmp_path, "http://127.0.9.9", **{name: "-1"})
    assert done.code == 1
    assert f"{name}=-1 is not a number of at least 0" in done.stderr
