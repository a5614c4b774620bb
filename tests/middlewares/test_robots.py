"""robots.txt that forbids, that is missing, and that cannot be had: one crawl of a host each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.crawling import HASTE, Crawl, scrapy
from tests.server import Answer, Server, page, redirect, robots

_ROBOTS = {
    "forbids": robots("User-agent: *\nDisallow: /forbidden"),
    "missing": Answer(status=404, body=b"User-agent: *\nDisallow: /", content_type="text/plain"),
    "refused": Answer(status=403),
    "broken": Answer(status=500),
    "busy": Answer(status=503),
    "hurried": Answer(status=429),
    "large": robots("User-agent: *\nDisallow: /forbidden\n" + "# comment\n" * 100_000 + "Disallow: /page"),
    "moved": redirect("/elsewhere.txt"),
    "circle": redirect("/robots.txt"),
    "late": Answer(seconds=3),
}
Crawled = tuple[Crawl, dict[str, Server]]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("robots")
    with ExitStack() as stack:
        servers = {}
        for number, (name, answer) in enumerate(_ROBOTS.items(), 1):
            routes = {"/robots.txt": answer, "/elsewhere.txt": _ROBOTS["forbids"]}
            pages = {path: Answer(body=page(f"{name} {path}")) for path in ("/page", "/forbidden")}
            servers[name] = stack.enter_context(Server({**routes, **pages}, address=f"127.0.6.{number}"))
        urls = " ".join(server.home + path for server in servers.values() for path in ("/page", "/forbidden"))
        crawl = scrapy(
            "crawl", "news", "-a", f"urls={urls}", output=folder, NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1,
            DOWNLOAD_TIMEOUT=1.5, **HASTE,
        )  # fmt: skip
        yield crawl, servers


@pytest.mark.parametrize("name", ["forbids", "large", "moved"])
def test_what_robots_txt_forbids_is_blocked(crawled: Crawled, name: str) -> None:
    crawl, servers = crawled
    assert crawl.ends()[servers[name].home + "/page"] == ("stored_new", None)
    assert crawl.ends()[servers[name].home + "/forbidden"] == ("blocked", "robots")


@pytest.mark.parametrize("name", ["missing", "refused", "circle"])
def test_without_robots_txt_everything_is_allowed(crawled: Crawled, name: str) -> None:
    crawl, servers = crawled
    for path in ("/page", "/forbidden"):
        assert crawl.ends()[servers[name].home + path] == ("stored_new", None)


@pytest.mark.parametrize(
    ("name", "end", "why"),
    [
        ("broken", "blocked", "http 500"),
        ("busy", "blocked", "http 503"),
        ("hurried", "blocked", "http 429"),
        ("late", "timed_out", "no whole answer in time"),
    ],
)
def test_while_robots_txt_cannot_be_had_nothing_is_allowed(crawled: Crawled, name: str, end: str, why: str) -> None:
    crawl, servers = crawled
    assert servers[name].paths() == []
    for path in ("/page", "/forbidden"):
        url = servers[name].home + path
        assert crawl.ends()[url] == (end, f"robots.txt unreachable: {why}")
        query = (
            "SELECT julianday(f.due_at) - julianday(d.at) FROM frontier f JOIN dispositions d USING (url_key) "
            "WHERE d.url = ?"
        )
        ((days,),) = crawl.rows(query, url)
        assert days * 24 == pytest.approx(1, abs=0.01), "it is due again in an hour"


def test_each_host_is_asked_for_robots_txt_once(crawled: Crawled) -> None:
    for name, server in crawled[1].items():
        # The server notes a request when it answers, which the late one does not live to do.
        asked = [one.path for one in server.asked if one.path == "/robots.txt"]
        assert len(asked) == {"circle": 6, "late": 0}.get(name, 1)


def test_no_traceback_is_logged(crawled: Crawled) -> None:
    assert "Traceback" not in crawled[0].stderr
