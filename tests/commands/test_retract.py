"""`scrapy retract` on what crawls of a server of ours left, as a user runs it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawl.archive.location import Location
from newscrawl.archive.reader import read_capture
from newscrawl.items import Capture
from newscrawl.storage.database import Database
from newscrawl.storage.runs import RunLock
from tests.crawling import HASTE, Crawl, command, environment, scrapy, scrapy_here, write_source
from tests.durability.site import wait_until
from tests.server import Answer, Server, page, redirect, rss

NEWS = ("crawl", "news")
PATHS = ("/museum", "/copy", "/library", "/old-library", "/pool")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        server.routes |= {
            "/museum": Answer(body=page("museum")),
            "/copy": Answer(body=page("museum")),
            "/library": Answer(body=page("library")),
            "/old-library": redirect("/library"),
            "/older-library": redirect("/old-library"),
            "/pool": Answer(body=page("pool")),
        }
        server.routes["/feed"] = rss(*(server.home + path for path in PATHS))
        yield server


@pytest.fixture(scope="module")
def crawled(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a crawl left behind: museum with its copy, library with an alias, pool."""
    output = tmp_path_factory.mktemp("crawled") / "output"
    write_source(output / "sources", "local", server.home)
    crawl = run(*NEWS, output=output)
    assert crawl.code == 0, crawl.stderr
    assert len(crawl.lines()) == 4
    return output


@pytest.fixture
def output(crawled: Path, tmp_path: Path) -> Path:
    """A copy of it, of the test's own."""
    shutil.copytree(crawled, tmp_path / "output")
    return tmp_path / "output"


def settings(output: Path) -> dict[str, Any]:
    own = {"NEWSCRAWL_SOURCES": output / "sources", "NEWSCRAWL_BUNDLED_SOURCES": 0}
    return {**HASTE, **own, "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1}


def run(*arguments: str, output: Path, **more: Any) -> Crawl:
    return scrapy(*arguments, output=output, **{**settings(output), **more})


def here(*arguments: str, output: Path, **more: Any) -> Crawl:
    return scrapy_here(*arguments, output=output, **{**settings(output), **more})


def retract(output: Path, url: str, reason: str = "asked for by its subject") -> Crawl:
    return here("retract", url, "--reason", reason, output=output)


def feed_lines(output: Path) -> dict[str, str]:
    """The feeds' lines as they stand, by the URL's path."""
    lines = [line for feed in (output / "feeds").glob("*.jsonl") for line in feed.read_text("utf-8").splitlines()]
    return {"/" + json.loads(line)["url"].rpartition("/")[2]: line for line in lines}


@pytest.mark.slow
def test_an_article_is_taken_down_and_not_taken_in_again(output: Path, server: Server) -> None:
    before = feed_lines(output)
    done = retract(output, f"{server.home.replace('http', 'https')}/old-library?utm_source=x")
    assert (done.code, done.stderr) == (0, "")
    assert f"{server.home}/library is retracted: article " in done.stdout
    assert "1 revision(s) removed" in done.stdout
    assert f"It covers 127.0.0.1:{server.port}/old-library too." in done.stdout
    # The feed lost its line, and the others stand byte for byte.
    assert feed_lines(output) == {path: line for path, line in before.items() if path != "/library"}
    assert "which has 3 line(s) now" in done.stdout
    assert [path.suffix for path in (output / "feeds").iterdir()] == [".jsonl"]
    # What is told of its bytes leads to them.
    places = done.rows("SELECT warc, offset, length, record_id, payload_digest, url, refers_to FROM captures")
    told = [place for place in places if f"{place[0]} at byte {place[1]}, {place[2]} bytes long" in done.stdout]
    assert {place[5] for place in told} == {f"{server.home}/library", f"{server.home}/old-library"}
    names = ("warc", "offset", "length", "record_id", "payload_digest")
    bodies = [
        read_capture(Location(output / "archive"), Capture(**dict(zip(names, place, strict=False)))).body
        for place in told
        if place[5] == f"{server.home}/library" and not place[6]
    ]
    assert page("library") in bodies
    # By its own key, by an alias, by a redirect that was unknown, and when all is asked for anew: it is not fetched.
    server.asked.clear()
    paths = ("/library", "/old-library", "/older-library", "/pool")
    again = run(*NEWS, "-a", "urls=" + " ".join(server.home + path for path in paths), output=output)
    assert again.code == 0, again.stderr
    assert sorted(server.paths()) == ["/older-library", "/pool"]
    blocked = ("blocked", "retracted")
    ends = {url.removeprefix(server.home): end for url, end in again.ends().items()}
    assert (ends["/library"], ends["/pool"]) == (blocked, ("unchanged", None))
    assert ends["/old-library"] == blocked
    assert ends["/older-library"] == ("redirected", f"to {server.home}/old-library")
    server.asked.clear()
    named = run(*NEWS, "-a", "sources=local", output=output)
    third = run(*NEWS, "-a", f"urls={server.home}/older-library", output=output)
    assert (named.code, third.code) == (0, 0)
    assert sorted(server.paths()) == ["/copy", "/feed", "/museum", "/pool"]
    assert third.ends() == {f"{server.home}/older-library": blocked}
    assert set(feed_lines(output)) == {"/museum", "/copy", "/pool"}
    assert named.rows("SELECT count(*) FROM articles WHERE url_key LIKE '%library'") == [(0,)]
    # Lifted, it is fetched and stored again.
    lifted = here("retract", "--undo", f"{server.home}/library", output=output)
    assert (lifted.code, lifted.stderr) == (0, "")
    assert run(*NEWS, output=output).ends()[f"{server.home}/library"] == ("stored_new", None)
    assert "Nothing was retracted." in here("retract", "--list", output=output).stdout


@pytest.mark.slow
def test_copies_stay_and_name_it_no_longer(output: Path, server: Server) -> None:
    lines = {path: json.loads(line) for path, line in feed_lines(output).items()}
    ((earliest, later),) = [
        ("/" + line["duplicate_of"].rpartition("/")[2], path) for path, line in lines.items() if line["duplicate_of"]
    ]
    assert {earliest, later} == {"/museum", "/copy"}
    done = retract(output, server.home + earliest)
    assert done.code == 0
    assert f"{later} holds the same text" in done.stdout
    assert done.rows("SELECT DISTINCT duplicate_of FROM articles") == [(None,)]
    told = {path: json.loads(line) for path, line in feed_lines(output).items()}
    assert told == {
        path: {**line, "duplicate_of": None, "near_duplicates": []} for path, line in lines.items() if path != earliest
    }


@pytest.mark.slow
def test_tombstones_are_listed_and_one_is_not_retracted_twice(output: Path, server: Server) -> None:
    retract(output, f"{server.home}/pool", "a court's order\n of May")
    again = retract(output, f"{server.home}/pool", "another")
    assert again.code == 0
    assert "was retracted on" in again.stdout
    assert "reason: a court's order of May" in again.stdout
    never = retract(output, "https://news.example/never")
    assert never.code == 0
    assert "No article of it was stored; none will be." in never.stdout
    listed = here("retract", "--list", output=output)
    assert (listed.code, listed.stderr) == (0, "")
    for text in (f"{server.home}/pool", "of local; reason: a court's order of May", "https://news.example/never"):
        assert text in listed.stdout
    crawl = run(*NEWS, "-a", "urls=https://news.example/never", output=output)
    assert crawl.ends() == {"https://news.example/never": ("blocked", "retracted")}


@pytest.mark.slow
def test_a_kill_before_the_feed_is_written_again_leaves_that_to_the_next_start(output: Path, server: Server) -> None:
    (feed,) = (output / "feeds").iterdir()
    # Nobody reads from it: the command waits there, with its transaction committed.
    os.mkfifo(feed.with_name(feed.name + ".partial"))
    arguments = command("retract", f"{server.home}/pool", "--reason", "why", output=output, **settings(output))
    killed = subprocess.Popen(arguments, env=environment(), stdout=subprocess.DEVNULL)
    left = Crawl(0, "", "", output)
    wait_until(lambda: left.rows("SELECT count(*) FROM retractions") == [(1,)])
    assert "/pool" in feed_lines(output)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait(20) == -signal.SIGKILL
    feed.with_name(feed.name + ".partial").unlink()
    assert left.rows("SELECT feed_is_stale FROM runs") == [(1,)]
    assert f"{feed.name}: it still holds lines of what was retracted" in run("verify", output=output).stdout
    assert "retracted 20" in run("explain", f"{server.home}/pool", output=output).stdout
    crawl = run(*NEWS, "-a", f"urls={server.home}/library", output=output)
    assert crawl.code == 0, crawl.stderr
    assert set(feed_lines(output)) == {"/museum", "/copy", "/library"}
    assert left.rows("SELECT DISTINCT feed_is_stale FROM runs") == [(0,)]


@pytest.mark.slow
def test_a_feed_that_cannot_be_written_is_told_and_the_next_command_writes_it(output: Path, server: Server) -> None:
    (feed,) = (output / "feeds").iterdir()
    in_the_way = feed.with_name(feed.name + ".partial")
    in_the_way.mkdir()
    done = retract(output, f"{server.home}/pool")
    assert done.code == 1
    assert f"feed {feed} still holds what was retracted" in done.stderr
    assert "Traceback" not in done.stderr
    in_the_way.rmdir()
    assert retract(output, f"{server.home}/pool").code == 0
    assert "/pool" not in feed_lines(output)


@pytest.mark.slow
def test_a_feed_that_was_taken_away_is_told_and_not_made_anew(output: Path, server: Server) -> None:
    (feed,) = (output / "feeds").iterdir()
    feed.unlink()
    done = retract(output, f"{server.home}/pool")
    assert done.code == 0
    assert f"Feed {feed} is not there" in done.stdout
    assert not feed.exists()


@pytest.mark.slow
def test_it_waits_for_no_crawl_on_sqlite(output: Path, server: Server) -> None:
    database = Database(f"sqlite:///{output / 'newscrawl.db'}")
    with RunLock(database, "20260131T120000Z-00000000"):
        done = retract(output, f"{server.home}/pool")
    database.close()
    assert done.code == 1
    assert "another run (20260131T120000Z-00000000, process " in done.stderr
    assert "Traceback" not in done.stderr
    assert done.rows("SELECT count(*) FROM retractions") == [(0,)]


@pytest.mark.slow
def test_replay_has_no_answer_for_it(output: Path, tmp_path: Path) -> None:
    url = "https://mahttmsr.com/43652"
    fixtures = Path(__file__).parents[2] / "fixtures"
    assert retract(output, url).code == 0
    replayed = run(*NEWS, "-a", f"urls={url}", output=output, NEWSCRAWL_REPLAY=fixtures)
    assert replayed.ends() == {url: ("blocked", "retracted")}
    shown = run("extract", url, output=output, NEWSCRAWL_REPLAY=fixtures)
    assert shown.code == 1
    assert "blocked (retracted)" in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("https://news.example/1",), 2, "say why"),
        (("news.example/1", "--reason", "x"), 2, "is no absolute http(s) URL"),
        ((), 2, "name one URL with its --reason"),
        (("https://news.example/1", "--list"), 2, "name one URL with its --reason"),
        (("--list", "--reason", "x"), 2, "--reason belongs to a URL"),
        (("--undo", "https://news.example/1"), 1, "is not retracted"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, arguments: tuple[str, ...], code: int, told: str) -> None:
    done = scrapy_here("retract", *arguments, output=tmp_path)
    assert done.code == code
    assert told in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_beside_a_crawl_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    under_way: list[str] = []
    answering = threading.Event()

    def held(path: str) -> Callable[[], Answer]:
        def answer() -> Answer:
            under_way.append(path)
            answering.wait(50)
            return Answer(body=page(path.strip("/")))

        return answer

    with Server() as server:
        paths = [f"/page-{number}" for number in range(4)]
        server.routes |= {path: held(path) for path in paths}
        server.routes["/feed"] = rss(*(server.home + path for path in paths))
        write_source(tmp_path / "sources", "local", server.home)
        more = {"NEWSCRAWL_DATABASE_URL": postgresql_url}
        arguments = command(*NEWS, output=tmp_path, **settings(tmp_path), **more)
        with subprocess.Popen(arguments, env=environment(), stderr=subprocess.PIPE) as crawling:
            wait_until(lambda: bool(under_way))
            # One is asked for and not yet answered; the others are leased already, and not asked for.
            later = next(path for path in paths if path not in under_way)
            for path in (under_way[0], later):
                done = here("retract", server.home + path, "--reason", "why", output=tmp_path, **more)
                assert done.code == 0, done.stderr
            assert crawling.poll() is None
            answering.set()
            _, errors = crawling.communicate(timeout=60)
        assert crawling.returncode == 0, errors.decode()
        assert set(feed_lines(tmp_path)) == {*paths} - {under_way[0], later}
