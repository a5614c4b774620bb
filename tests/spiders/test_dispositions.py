"""What a server may answer, and what it comes to: one crawl of one server of ours."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest

from tests.crawling import HASTE, Crawl, scrapy, write_source
from tests.server import Answer, Server, page, redirect, rss

_LIMIT = 9_000_000
_LONG = "/long-" + "x" * 1900
# Reading this takes far longer than the time limit of the crawl below.
_SLOW_TO_READ = page("huge").replace(
    b"</article>",
    b"".join(
        b"<div><a href='/%d'>Paragraph %d tells of the</a> old <b>harbour</b></div>" % (n, n) for n in range(110_000)
    )
    + b"</article>",
)
_ROUTES: dict[str, Any] = {
    "/good": Answer(body=page("museum")),
    "/error": Answer(status=500),
    "/busy": Answer(status=429),
    "/forbidden": Answer(status=403),
    "/gone": Answer(status=410),
    "/nowhere": Answer(status=302),
    "/slow": Answer(body=page("slow"), seconds=3),
    "/large": Answer(body=page("large") + b" " * _LIMIT),
    "/bomb": Answer(body=gzip.compress(page("bomb") + b" " * 2 * _LIMIT), headers=(("Content-Encoding", "gzip"),)),
    "/short": Answer(body=page("short"), announced=5000),
    "/pdf": Answer(body=b"%PDF-1.7", content_type="application/pdf"),
    "/image": Answer(body=b"GIF89a", content_type="image/gif"),
    "/to-home": redirect("/"),
    "/": Answer(body=page("home")),
    "/no-body": Answer(body=page("empty", body=False)),
    "/no-headline": Answer(body=page("nameless", headline="")),
    "/empty": Answer(),
    "/loop": redirect("/loop"),
    "/away": redirect("http://127.0.0.9:1/elsewhere"),
    "/bad-port": redirect("http://127.0.0.1:99999/x"),
    "/bad-scheme": redirect("ftp://127.0.0.1/x"),
    "/bad-host": redirect("http://[x/"),
    "/refresh": Answer(body=b"<html><head><meta http-equiv=refresh content='0; url=/target'></head></html>"),
    "/target": Answer(body=page("target")),
    "/hard-to-read": Answer(body=_SLOW_TO_READ),
    _LONG: Answer(body=page("long")),
    "/last": Answer(body=page("library")),
}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Crawl, dict[str, tuple[str, str | None]]]:
    """The crawl, and disposition and reason by path; other hosts by their whole URL."""
    folder = tmp_path_factory.mktemp("dispositions")
    with Server(dict(_ROUTES)) as server:
        write_source(folder / "sources", "local", server.home)
        server.routes["/feed"] = rss(*(server.home + path for path in _ROUTES if path not in ("/", "/target")))
        crawl = scrapy(
            "crawl", "news", "-a", "sources=local", output=folder, NEWSCRAWL_SOURCES=folder / "sources",
            NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, DOWNLOAD_TIMEOUT=1.5, DOWNLOAD_MAXSIZE=_LIMIT,
            NEWSCRAWL_PAGE_TIMEOUT=0.5, **HASTE,
        )  # fmt: skip
        return crawl, {url.removeprefix(server.home): end for url, end in crawl.ends().items()}


Crawled = tuple[Crawl, dict[str, tuple[str, str | None]]]


@pytest.mark.parametrize("path", ["/good", "/target", "/last", _LONG])
def test_articles_are_stored_whatever_stands_beside_them(crawled: Crawled, path: str) -> None:
    assert crawled[1][path] == ("stored_new", None)


@pytest.mark.parametrize(
    ("path", "disposition", "reason"),
    [
        ("/error", "failed", "http 500"),
        ("/busy", "failed", "http 429"),
        ("/forbidden", "failed", "http 403"),
        ("/gone", "gone", "http 410"),
        ("/nowhere", "failed", "http 302"),
        ("/slow", "timed_out", "no whole answer in time"),
        ("/large", "truncated", "larger than the limit: .*"),
        ("/bomb", "truncated", "larger than the limit when unpacked: .*"),
        ("/short", "truncated", "the connection ended before the body did"),
        ("/pdf", "not_article", "content type application/pdf"),
        ("/image", "not_article", "content type image/gif"),
        ("/to-home", "redirected", "to http.*/"),
        ("/", "not_article", "redirected to the home page"),
        ("/no-body", "invalid", "no_body"),
        ("/no-headline", "invalid", "no_headline"),
        ("/empty", "invalid", "no_headline"),
        ("/loop", "failed", "too many redirects"),
        ("/away", "redirected", "to http://127.0.0.9:1/elsewhere"),
        ("http://127.0.0.9:1/elsewhere", "blocked", "offsite: .* is not on the site of local"),
        ("/refresh", "redirected", "to http.*/target"),
        ("/hard-to-read", "timed_out", r"reading took more than 0\.5 s"),
        ("/bad-port", "failed", ".+"),
        ("/bad-scheme", "failed", ".+"),
        ("/bad-host", "failed", ".+"),
    ],
)
def test_answer_ends_in(crawled: Crawled, path: str, disposition: str, reason: str) -> None:
    found, why = crawled[1][path]
    assert found == disposition
    assert re.fullmatch(reason, why or ""), why


def test_each_url_ends_once_and_the_crawl_by_itself(crawled: Crawled) -> None:
    crawl, ends = crawled
    assert crawl.code == 0, "other pages were stored"
    assert set(ends) == {*_ROUTES, "http://127.0.0.9:1/elsewhere"}
    assert crawl.rows("SELECT count(*) FROM dispositions") == [(len(ends),)]
    assert crawl.rows("SELECT count(*) FROM frontier WHERE state = 'leased'") == [(0,)]


def test_what_another_try_may_mend_is_due_again_in_an_hour(crawled: Crawled) -> None:
    crawl, ends = crawled
    due = crawl.rows("SELECT f.url, f.tries, julianday(f.due_at) - julianday(d.at) FROM frontier f "
                     "JOIN dispositions d USING (url_key) "
                     "WHERE f.state = 'waiting' AND f.anchor_at IS NULL")  # fmt: skip
    paths = {re.sub(r"^http://127.0.0.1:\d+", "", url) for url, _, _ in due}
    passing = {path for path, (end, _) in ends.items() if end in ("failed", "timed_out", "truncated")}
    assert paths == passing
    # What the host refuses (429) is no fault of the page.
    assert {tries for url, tries, _ in due if not url.endswith("/busy")} == {1}
    assert {tries for url, tries, _ in due if url.endswith("/busy")} == {0}
    assert all(abs(days * 24 - 1) < 0.01 for _, _, days in due)


def test_no_traceback_of_ours_is_logged(crawled: Crawled) -> None:
    assert "Traceback" not in crawled[0].stderr
