"""robots.txt over several runs of one host: kept, asked for anew, and lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawling import HASTE, Crawl, scrapy
from tests.server import Answer, Asked, Server, page

_FORBIDS = b"User-agent: *\nDisallow: /private\n"


def crawl(folder: Path, server: Server, now: str, *paths: str) -> Crawl:
    urls = " ".join(server.home + path for path in paths)
    return scrapy(
        "crawl", "news", "-a", f"urls={urls}", output=folder, NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, NEWSCRAWL_NOW=now,
        **HASTE,
    )  # fmt: skip


def asked_for_robots(server: Server) -> list[Asked]:
    return [one for one in server.asked if one.path == "/robots.txt"]


@pytest.fixture
def server() -> Server:
    pages = {path: Answer(body=page(f"mole {path[1:]}")) for path in ("/a", "/b", "/private")}
    headers = (("ETag", '"one"'), ("Last-Modified", "Sun, 22 Nov 2026 08:00:00 GMT"))
    return Server({**pages, "/robots.txt": Answer(body=_FORBIDS, content_type="text/plain", headers=headers)})


def test_it_is_kept_for_a_day_then_asked_for_with_its_validators(tmp_path: Path, server: Server) -> None:
    with server:
        crawl(tmp_path, server, "2026-11-23T08:00:00+00:00", "/a")
        kept = crawl(tmp_path, server, "2026-11-24T07:59:00+00:00", "/b", "/private")
        assert len(asked_for_robots(server)) == 1
        assert kept.ends()[server.home + "/private"] == ("blocked", "robots")
        assert kept.ends()[server.home + "/b"] == ("stored_new", None)

        server.routes["/robots.txt"] = Answer(status=304, headers=(("ETag", '"one"'),))
        renewed = crawl(tmp_path, server, "2026-11-24T08:01:00+00:00", "/private")
        (_, conditional) = asked_for_robots(server)
        assert conditional.headers["If-None-Match"] == '"one"'
        assert conditional.headers["If-Modified-Since"] == "Sun, 22 Nov 2026 08:00:00 GMT"
        assert renewed.ends()[server.home + "/private"] == ("blocked", "robots")
        assert renewed.rows("SELECT substr(fresh_until, 1, 16), status FROM host_files") == [("2026-11-25 08:01", 200)]
        archived = renewed.rows("SELECT count(*) FROM captures WHERE url LIKE '%/robots.txt'")
        assert archived == [(2,)], "each answer is archived"

        server.routes["/robots.txt"] = Answer(body=b"User-agent: *\nDisallow:\n", content_type="text/plain")
        changed = crawl(tmp_path, server, "2026-11-25T08:02:00+00:00", "/private")
        assert changed.ends()[server.home + "/private"] == ("stored_new", None)
        assert changed.rows("SELECT etag FROM host_files") == [(None,)]


@pytest.mark.slow
def test_an_old_copy_does_not_stand_in_for_one_that_cannot_be_had(tmp_path: Path, server: Server) -> None:
    with server:
        crawl(tmp_path, server, "2026-11-23T08:00:00+00:00", "/a")
        server.routes["/robots.txt"] = Answer(status=500)
        later = crawl(tmp_path, server, "2026-11-24T09:00:00+00:00", "/b")
        assert later.ends()[server.home + "/b"] == ("blocked", "robots.txt unreachable: http 500")
        assert later.rows("SELECT status, substr(fetched_at, 1, 10) FROM host_files") == [(200, "2026-11-23")]


@pytest.mark.slow
def test_that_there_is_none_is_kept_and_cache_control_shortens_it(tmp_path: Path, server: Server) -> None:
    with server:
        server.routes["/robots.txt"] = Answer(status=404, headers=(("Cache-Control", "max-age=600"),))
        crawl(tmp_path, server, "2026-11-23T08:00:00+00:00", "/a")
        crawl(tmp_path, server, "2026-11-23T08:09:00+00:00", "/b")
        assert len(asked_for_robots(server)) == 1
        crawl(tmp_path, server, "2026-11-23T08:11:00+00:00", "/private")
        assert len(asked_for_robots(server)) == 2
        assert "If-None-Match" not in asked_for_robots(server)[1].headers
