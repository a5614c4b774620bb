from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from newscrawl import settings as ours
from tests.crawling import HASTE, ROOT, Crawl, command, environment, scrapy, write_source
from tests.server import Answer, Server, page, rss

FOREIGN = {
    "/pipeline-fails": ("failed", "storing: RuntimeError('pipeline')"),
    "/pipeline-drops": ("invalid", "not wanted"),
    "/late-fails": ("stored_new", None),
    "/late-drops": ("stored_new", None),
    "/callback-fails": ("failed", "spider: RuntimeError('callback')"),
    "/callback-fails-late": ("stored_new", None),
    "/errback-fails": ("failed", "spider: RuntimeError('errback')"),
    "/swallowed": ("failed", "nothing came of it; a component swallowed it"),
    "/good": ("stored_new", None),
}
PAGES = 12


@pytest.fixture(scope="module")
def beside_foreign_parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str | None]]:
    folder = tmp_path_factory.mktemp("foreign")
    with Server({path: Answer(body=page(path[1:])) for path in FOREIGN}) as server:
        server.routes["/errback-fails"] = Answer(status=500)
        write_source(folder / "sources", "local", server.home)
        server.routes["/feed"] = rss(*(server.home + path for path in FOREIGN))
        pipelines = {**ours.ITEM_PIPELINES, "tests.foreign.FailingPipeline": 350, "tests.foreign.LatePipeline": 500}
        crawl = scrapy(
            "crawl", "failing", "-a", "sources=local", output=folder, SPIDER_MODULES="newscrawl.spiders,tests.foreign",
            ITEM_PIPELINES=json.dumps(pipelines),
            SPIDER_MIDDLEWARES=json.dumps({**ours.SPIDER_MIDDLEWARES, "tests.foreign.SwallowingMiddleware": 500}),
            NEWSCRAWL_SOURCES=folder / "sources",
            NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, **HASTE,
        )  # fmt: skip
        assert crawl.code == 0, crawl.stderr
        assert crawl.rows("SELECT count(*) FROM frontier WHERE state = 'leased'") == [(0,)]
        return {url.removeprefix(server.home): end for url, end in crawl.ends().items()}


@pytest.mark.parametrize("path", FOREIGN)
def test_whatever_fails_beside_us_the_visit_ends(
    beside_foreign_parts: dict[str, tuple[str, str | None]], path: str
) -> None:
    disposition, reason = beside_foreign_parts[path]
    if path == "/callback-fails-late":
        # The article may be stored before or after the callback fails: either is an end.
        assert disposition in ("stored_new", "failed")
    else:
        assert (disposition, reason) == FOREIGN[path]


@contextmanager
def crawl_under_way(folder: Path) -> Iterator[tuple[Server, list[str], subprocess.Popen[str]]]:
    """A crawl of a slow server that has stored some of its pages and leased more; and its command line."""
    # One after the other: pages that came together would be stored together, and leave none leased.
    routes: dict[str, Any] = {
        f"/{number}": Answer(body=page(f"no {number}"), seconds=0.2 * (number + 1)) for number in range(PAGES)
    }
    with Server(routes) as server:
        write_source(folder / "sources", "local", server.home)
        server.routes["/feed"] = rss(*(f"{server.home}/{number}" for number in range(PAGES)))
        line = command(
            "crawl", "news", "-a", "sources=local", output=folder, NEWSCRAWL_SOURCES=folder / "sources",
            NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, **HASTE,
        )  # fmt: skip
        with subprocess.Popen(
            line, cwd=ROOT, env=environment(), stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as process:
            try:
                wait_until_stored(folder / "newscrawl.db", 3, process)
                yield server, line, process
            finally:
                if process.poll() is None:
                    process.kill()


def wait_until_stored(file: Path, articles: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        if file.exists():
            try:
                with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
                    if connection.execute("SELECT count(*) FROM revisions").fetchone()[0] >= articles:
                        return
            except sqlite3.OperationalError:
                pass
        time.sleep(0.02)
    raise AssertionError("the crawl stores nothing")


def run_again(folder: Path, line: list[str]) -> Crawl:
    done = subprocess.run(line, cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8", timeout=100)
    return Crawl(done.returncode, done.stdout, done.stderr, folder)


def assert_all_is_there_once(crawl: Crawl) -> None:
    stored = Counter(crawl.rows("SELECT a.url_key, r.number FROM revisions r JOIN articles a USING (article_id)"))
    assert len(stored) == PAGES
    assert Counter((line["url_key"], line["revision"]) for line in crawl.lines()) == stored
    assert set(stored.values()) == {1}
    assert crawl.rows("SELECT DISTINCT state, tries FROM frontier") == [("waiting", 0)], "until their next look"


@pytest.mark.slow
def test_after_kill_the_next_run_does_the_rest(tmp_path: Path) -> None:
    with crawl_under_way(tmp_path) as (server, line, process):
        process.kill()
        process.wait()
        killed = Crawl(0, "", "", tmp_path)
        leased = {url for (url,) in killed.rows("SELECT url FROM frontier WHERE state = 'leased'")}
        stored = killed.rows("SELECT count(*) FROM revisions")[0][0]
        assert leased
        assert 3 <= stored < PAGES
        assert not list(tmp_path.glob("feeds/*"))
        asked = len(server.asked)
        # What the killed run had found is due although no document names it any more.
        server.routes["/feed"] = rss()
        again = run_again(tmp_path, line)
        assert again.code == 0, again.stderr
        assert "1 earlier run(s) died" in again.stderr
        assert leased <= {server.home + one.path for one in server.asked[asked:]}
    assert [state for (state,) in again.rows("SELECT state FROM runs ORDER BY rowid")] == ["died", "finished"]
    assert [len(feed.read_text().splitlines()) for feed in again.feeds()] == [stored, PAGES - stored]
    assert_all_is_there_once(again)


@pytest.mark.slow
def test_a_spider_that_fails_is_a_failed_run_that_keeps_what_it_stored(tmp_path: Path) -> None:
    with Server({"/1": Answer(body=page("museum"))}) as server:
        write_source(tmp_path / "sources", "local", server.home)
        server.routes["/feed"] = rss(f"{server.home}/1")
        crawl = scrapy(
            "crawl", "failing", "-a", "sources=local", output=tmp_path, variables={"TEST_START_FAILS": "1"},
            SPIDER_MODULES="newscrawl.spiders,tests.foreign", NEWSCRAWL_SOURCES=tmp_path / "sources",
            NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, **HASTE,
        )  # fmt: skip
    assert crawl.code == 1
    assert "The spider failed; the log says where." in crawl.stderr
    assert len(crawl.lines()) == 1
