"""Opt-outs, recorded and obeyed: crawls of one host, with and without the setting."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.crawling import HASTE, Crawl, scrapy
from tests.server import Answer, Server, page, robots

_ROBOTS = "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /ai/\n\nUser-agent: *\nDisallow:\n"
_META = page("meta").replace(b"<head>", b'<head><meta name="robots" content="noai, noimageai">')
_PAGES = {
    "/plain": Answer(body=page("plain")),
    "/ai/shut": Answer(body=page("shut")),
    "/meta": Answer(body=gzip.compress(_META), headers=(("Content-Encoding", "gzip"),)),
    "/header": Answer(body=page("header"), headers=(("X-Robots-Tag", "noarchive"), ("tdm-reservation", "1"))),
}


def crawl(folder: Path, server: Server, now: str = "2026-11-23T08:00:00+00:00", obey: str = "") -> Crawl:
    urls = " ".join(server.home + path for path in _PAGES)
    return scrapy(
        "crawl", "news", "-a", f"urls={urls}", output=folder, NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, NEWSCRAWL_NOW=now,
        NEWSCRAWL_OBEY_OPT_OUTS=obey, **HASTE,
    )  # fmt: skip


def recorded(crawl: Crawl, server: Server) -> set[tuple[str, str, str, str]]:
    rows = crawl.rows(
        "SELECT url_key, signal, stated_in, substr(since, 1, 10) FROM opt_outs JOIN articles USING (article_id)"
    )
    home = server.home.removeprefix("http://")
    return {(key.removeprefix(home), signal, where, since) for key, signal, where, since in rows}


@pytest.fixture
def server() -> Server:
    return Server({**_PAGES, "/robots.txt": robots(_ROBOTS)})


def test_what_is_stated_is_recorded_with_the_article_and_told(tmp_path: Path, server: Server) -> None:
    with server:
        first = crawl(tmp_path, server)
        assert {end for end, _ in first.ends().values()} == {"stored_new"}
        assert recorded(first, server) == {
            ("/ai/shut", "ai_crawlers", "robots.txt", "2026-11-23"),
            ("/meta", "noai", "meta", "2026-11-23"),
            ("/meta", "noimageai", "meta", "2026-11-23"),
            ("/header", "noarchive", "header", "2026-11-23"),
            ("/header", "tdm", "header", "2026-11-23"),
        }
        told = scrapy("explain", server.home + "/ai/shut", output=tmp_path).stdout
        assert "opted out: ai_crawlers, in robots.txt since 2026-11-23T08:00:00+00:00: CCBot, GPTBot" in told

        server.routes["/header"] = Answer(body=page("header"), headers=(("X-Robots-Tag", "noarchive, noai"),))
        second = crawl(tmp_path, server, "2026-11-23T09:00:00+00:00")
        assert {end for end, _ in second.ends().values()} == {"unchanged"}
        of_header = {(signal, since) for path, signal, _, since in recorded(second, server) if path == "/header"}
        assert of_header == {("noarchive", "2026-11-23"), ("noai", "2026-11-23")}


def test_what_is_obeyed_is_neither_stored_nor_archived(tmp_path: Path, server: Server) -> None:
    with server:
        done = crawl(tmp_path, server, obey="noai tdm,ai_crawlers")
        assert {url.removeprefix(server.home): end for url, end in done.ends().items()} == {
            "/plain": ("stored_new", None),
            "/ai/shut": ("blocked", "opt-out: CCBot, GPTBot (robots.txt)"),
            "/meta": ("blocked", "opt-out: noai (meta)"),
            "/header": ("blocked", "opt-out: tdm-reservation: 1 (header)"),
        }
        assert done.code == 0
        archived = {url.removeprefix(server.home) for (url,) in done.rows("SELECT url FROM captures")}
        assert archived == {"/robots.txt", "/plain"}
        (warc,) = (tmp_path / "archive").glob("*.warc.gz")
        # Each record is a member of its own; gzip reads them all.
        with gzip.open(warc) as records:
            held = records.read()
        assert b"The harbour keeps its plain" in held
        assert not any(word in held for word in (b"its shut", b"its meta", b"its header", gzip.compress(_META)[20:]))
        assert done.rows("SELECT count(*) FROM articles") == [(1,)]


@pytest.mark.slow
def test_a_signal_that_is_none_is_named(tmp_path: Path, server: Server) -> None:
    with server:
        done = crawl(tmp_path, server, obey="noai, norobots")
    assert done.code == 1
    assert "NEWSCRAWL_OBEY_OPT_OUTS: norobots is no signal; name some of ai_crawlers, noarchive" in done.stderr
