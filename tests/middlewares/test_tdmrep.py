"""tdmrep.json over several runs of one host: asked for, kept, obeyed, and of no use."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from newscrawl import settings as ours
from newscrawl.manners.tdmrep import PATH
from tests.crawling import HASTE, Crawl, scrapy
from tests.server import Answer, Asked, Server, page, redirect, robots

RULES = [{"location": "/open/", "tdm-reservation": 0}, {"location": "/*/shut$", "tdm-reservation": 1}]
MORNING, NEXT = "2026-11-23T08:00:00+00:00", "2026-11-24T08:01:00+00:00"


def crawl(folder: Path, server: Server, now: str = MORNING, *paths: str, **settings: Any) -> Crawl:
    urls = " ".join(server.home + path for path in paths or ("/news/shut", "/open/shut", "/news/plain"))
    own = {**HASTE, "NEWSCRAWL_TDMREP": 1, "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_NOW": now, **settings}
    done = scrapy("crawl", "news", "-a", f"urls={urls}", output=folder, **own)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def asked_for(server: Server) -> list[Asked]:
    return [one for one in server.asked if one.path == PATH]


def recorded(done: Crawl, server: Server) -> set[tuple[str, ...]]:
    rows = done.rows("SELECT url_key, signal, stated_in, text FROM opt_outs JOIN articles USING (article_id)")
    return {(key.removeprefix(server.home.removeprefix("http://")), *rest) for key, *rest in rows}


def answer(rules: Any, **fields: Any) -> Answer:
    return Answer(body=json.dumps(rules).encode(), content_type="application/json", **fields)


@pytest.fixture
def server() -> Server:
    paths = ("/news/shut", "/open/shut", "/news/plain", "/away")
    pages = {path: Answer(body=page(path.replace("/", " "))) for path in paths}
    return Server({**pages, PATH: answer(RULES, headers=(("ETag", '"one"'),))})


def test_it_is_recorded_archived_and_asked_for_once_a_day(tmp_path: Path, server: Server) -> None:
    with server:
        first = crawl(tmp_path, server)
        shut = {("/news/shut", "tdm", "tdmrep.json", "tdm-reservation: 1")}
        assert recorded(first, server) == shut
        assert {end for end, _ in first.ends().values()} == {"stored_new"}
        order = [one.path for one in server.asked]
        assert order[:2] == ["/robots.txt", PATH]
        crawl(tmp_path, server, "2026-11-24T07:59:00+00:00")
        assert len(asked_for(server)) == 1

        server.routes[PATH] = Answer(status=304, headers=(("ETag", '"one"'),))
        later = crawl(tmp_path, server, NEXT)
        assert asked_for(server)[1].headers["If-None-Match"] == '"one"'
        assert recorded(later, server) == shut
        captures = later.rows("SELECT count(*) FROM captures WHERE url = ?", server.home + PATH)
        assert captures == [(2,)], "each answer is archived"


def test_what_is_obeyed_is_neither_stored_nor_archived(tmp_path: Path, server: Server) -> None:
    with server:
        done = crawl(tmp_path, server, NEWSCRAWL_OBEY_OPT_OUTS="tdm")
        assert {url.removeprefix(server.home): end for url, end in done.ends().items()} == {
            "/news/shut": ("blocked", "opt-out: tdm-reservation: 1 (tdmrep.json)"),
            "/open/shut": ("stored_new", None),
            "/news/plain": ("stored_new", None),
        }
        (warc,) = (tmp_path / "archive").glob("*.warc.gz")
        with gzip.open(warc) as records:
            held = records.read()
        assert b"keeps its  open shut" in held
        assert b"keeps its  news shut" not in held


@pytest.mark.slow
def test_a_failure_does_not_take_back_what_was_said(tmp_path: Path, server: Server) -> None:
    with server:
        crawl(tmp_path, server)
        server.routes[PATH] = Answer(status=500)
        later = crawl(tmp_path, server, NEXT, RETRY_TIMES=2)
        assert recorded(later, server) == {("/news/shut", "tdm", "tdmrep.json", "tdm-reservation: 1")}
        crawl(tmp_path, server, "2026-11-24T10:00:00+00:00")
        assert len(asked_for(server)) == 2, "one request a day, of a host that fails too"
        server.routes[PATH] = Answer(status=404)
        assert recorded(crawl(tmp_path, server, "2026-11-25T09:00:00+00:00"), server) == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "logged"),
    [
        (Answer(status=404), None),
        (Answer(status=500), None),
        (redirect(PATH), "cannot be had"),
        (Answer(body=b"[", announced=100), "cannot be had"),
        (Answer(body=page("a page for everything")), "states nothing that counts: it is no JSON"),
        (answer([{"location": "/"}]), "states nothing that counts: rule 1: its tdm-reservation None"),
        (answer([*RULES, {"location": "/", "tdm-reservation": 0, "x": "y" * 1024 * 1024}]), "it is no JSON"),
    ],
    ids=["none", "fails", "circle", "cut short", "page", "malformed", "too large"],
)
def test_what_states_nothing_is_told_and_pages_are_fetched(
    tmp_path: Path, server: Server, given: Answer, logged: str | None
) -> None:
    with server:
        server.routes[PATH] = given
        done = crawl(tmp_path, server)
        assert {end for end, _ in done.ends().values()} == {"stored_new"}
        assert recorded(done, server) == set()
        assert (logged or "") in done.stderr
        assert ("states nothing" in done.stderr) is (given.status == 200 and given.announced is None)
        assert "ERROR" not in done.stderr
        kept = done.rows("SELECT status, length(content) <= 524288 FROM host_files WHERE url = ?", server.home + PATH)
        assert kept in ([(given.status, 1)], [])


@pytest.mark.slow
def test_a_fault_on_our_side_is_an_error_with_its_traceback_and_costs_no_page(tmp_path: Path, server: Server) -> None:
    foreign = json.dumps({**ours.DOWNLOADER_MIDDLEWARES, "tests.foreign.FailingDownloaderMiddleware": 500})
    with server:
        urls = f"urls={server.home}/news/shut"
        own = {**HASTE, "NEWSCRAWL_TDMREP": 1, "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_NOW": MORNING}
        done = scrapy("crawl", "news", "-a", urls, output=tmp_path, DOWNLOADER_MIDDLEWARES=foreign, **own)
        assert done.ends() == {f"{server.home}/news/shut": ("stored_new", None)}
        assert asked_for(server) == []
    told = [line for line in done.stderr.splitlines() if " ERROR: " in line]
    assert [f"{server.home}{PATH} could not be asked for, by a fault" in line for line in told] == [True]
    assert "RuntimeError: middleware" in done.stderr


@pytest.mark.slow
def test_only_hosts_of_pages_that_may_be_fetched_are_asked(tmp_path: Path, server: Server) -> None:
    with server, Server({"/robots.txt": robots("User-agent: *\nDisallow: /"), PATH: answer(RULES)}) as other:
        server.routes["/robots.txt"] = robots("User-agent: *\nDisallow: /.well-known/\n")
        server.routes["/away"] = redirect(other.home + "/news/shut")
        done = crawl(tmp_path, server, MORNING, "/news/shut", "/away")
        assert done.ends()[server.home + "/news/shut"] == ("stored_new", None)
        assert asked_for(server) == [], "robots.txt forbids it"
        assert asked_for(other) == []
        assert recorded(done, server) == set()


@pytest.mark.slow
def test_it_is_not_asked_for_where_the_setting_says_so(tmp_path: Path, server: Server) -> None:
    with server:
        done = crawl(tmp_path, server, NEWSCRAWL_TDMREP=0)
        assert asked_for(server) == []
        assert recorded(done, server) == set()
