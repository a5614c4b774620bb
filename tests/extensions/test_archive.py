"""Real crawls of local servers, and what stands in their WARCs."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from newscrawl.archive.index import surt_key
from newscrawl.archive.location import Location
from newscrawl.archive.reader import StoredExchange, iterate, read_capture
from newscrawl.archive.recovery import recover
from newscrawl.items import Capture
from newscrawl.storage import captures
from newscrawl.storage.database import Database
from tests.archive.exchanges import exchange
from tests.archive.exchanges import writer as open_writer
from tests.crawling import HASTE, ROOT, Crawl, command, demonstrate, environment, scrapy, write_source
from tests.server import Answer, Server, page, redirect, robots, rss

STORIES = [f"/2026/story-{number}.html" for number in range(3)]
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


@dataclass(frozen=True)
class Site:
    """A server, and a project that crawls it."""

    server: Server
    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder / "output" / "archive"

    def crawl(self, *arguments: str, **settings: Any) -> Crawl:
        given = {"NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_BUNDLED_SOURCES": 0, **HASTE, **settings}
        given["NEWSCRAWL_SOURCES"] = self.folder / "sources"
        return scrapy("crawl", "news", *arguments, output=self.folder / "output", **given)

    def exchanges(self) -> list[StoredExchange]:
        """What the archive holds, the oldest first."""
        return [one for warc in sorted(self.archive.glob("*.warc.gz")) for one in iterate(warc)]

    def of(self, path: str) -> list[StoredExchange]:
        return [one for one in self.exchanges() if one.url == self.server.home + path]


def make(server: Server, folder: Path) -> Site:
    """A site with a feed, a sitemap below an index, a redirect, a page that is gone, gzip, and stories."""
    home, routes = server.home, server.routes
    for path in STORIES:
        routes[path] = Answer(body=page(path))
    packed = gzip.compress(page("packed"))
    routes["/2026/packed.html"] = Answer(body=packed, headers=(("Content-Encoding", "gzip"),))
    routes["/2026/moved.html"] = redirect("/2026/moved-here.html", 301)
    routes["/2026/moved-here.html"] = Answer(body=page("moved"))
    routes["/robots.txt"] = robots("User-agent: *\nDisallow: /secret\n")
    routes["/feed"] = rss(*(home + path for path in STORIES), f"{home}/2026/moved.html", f"{home}/2026/gone.html")
    index = f"<sitemapindex><sitemap><loc>{home}/child.xml</loc></sitemap></sitemapindex>"
    routes["/sitemap.xml"] = Answer(body=index.encode(), content_type="application/xml")
    child = f"<urlset><url><loc>{home}/2026/packed.html</loc></url></urlset>"
    routes["/child.xml"] = Answer(body=child.encode(), content_type="application/xml")
    write_source(folder / "sources", "local", home, f'sitemaps = ["{home}/sitemap.xml"]')
    return Site(server, folder)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Server() as server:
        yield make(server, tmp_path)


def body_of(site: Site, line: dict[str, Any]) -> bytes:
    """The page's own bytes at the capture of a feed line."""
    database = Database(f"sqlite:///{site.folder / 'output' / 'newscrawl.db'}")
    try:
        with database.reading() as session:
            found = read_capture(
                Location(site.archive),
                Capture(**line["capture"]),
                lambda original: captures.place_of(session, original.record_id),
            )
    finally:
        database.close()
    assert found.url == line["url"]
    return found.decoded().body


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Crawl, Crawl]]:
    """Two crawls of one site, the second of which fetches everything again."""
    with Server() as server:
        site = make(server, tmp_path_factory.mktemp("crawled"))
        yield site, site.crawl(), site.crawl("-a", "sources=local")


def test_every_exchange_is_archived_with_what_led_to_it(crawled: tuple[Site, Crawl, Crawl]) -> None:
    site, first, _ = crawled
    home = site.server.home
    assert first.code == 0, first.stderr
    warc, _ = sorted(site.archive.glob("*.warc.gz"))
    exchanges = list(iterate(warc))
    feed = f"{home}/feed"
    assert {one.url.removeprefix(home): (one.status, one.discovery, one.via) for one in exchanges} == {
        "/robots.txt": (200, "robots", None),
        "/feed": (200, "feed", None),
        "/sitemap.xml": (200, "sitemap", None),
        "/child.xml": (200, "sitemap", f"{home}/sitemap.xml"),
        **dict.fromkeys(STORIES, (200, "feed", feed)),
        "/2026/gone.html": (404, "feed", feed),
        "/2026/moved.html": (301, "feed", feed),
        "/2026/moved-here.html": (200, "redirect", f"{home}/2026/moved.html"),
        "/2026/packed.html": (200, "sitemap", f"{home}/child.xml"),
    }
    assert len(exchanges) == 11
    assert {one.ip_address for one in exchanges} == {"127.0.0.1"}
    assert all(one.request and one.request.startswith(b"GET /") for one in exchanges)


def test_a_feed_line_opens_the_bytes_that_the_server_sent(crawled: tuple[Site, Crawl, Crawl]) -> None:
    site, first, _ = crawled
    lines = first.lines()
    assert {line["url"].removeprefix(site.server.home): body_of(site, line) for line in lines} == {
        **{path: page(path) for path in STORIES},
        "/2026/moved-here.html": page("moved"),
        "/2026/packed.html": page("packed"),
    }


def test_no_payload_stands_twice_across_runs(crawled: tuple[Site, Crawl, Crawl]) -> None:
    site, _, second = crawled
    assert second.code == 0, second.stderr
    old, new = (list(iterate(warc)) for warc in sorted(site.archive.glob("*.warc.gz")))
    # robots.txt is kept from the first.
    assert len(new) == len(old) - 1
    responses = {one.record_id: one for one in old if one.profile is None}
    # What has no body is no revisit.
    assert [one.url for one in new if one.profile is None] == [f"{site.server.home}/2026/moved.html"]
    revisits = [one for one in new if one.profile]
    assert {one.profile for one in revisits} == {IDENTICAL}
    for one in revisits:
        assert one.original is not None
        assert one.original.record_id in responses
        assert one.original.date == responses[one.original.record_id].date
        assert one.original.url == responses[one.original.record_id].url == one.url


def test_the_table_holds_what_the_files_hold(crawled: tuple[Site, Crawl, Crawl]) -> None:
    site, _, second = crawled
    rows = second.rows('SELECT warc, "offset", length, record_id, payload_digest, url, refers_to FROM captures')
    assert len(rows) == len(set(rows)) == 21
    held = {
        (
            one.capture.warc, one.capture.offset, one.capture.length, one.record_id, one.payload_digest, one.url,
            one.original.record_id if one.original else None,
        )
        for one in site.exchanges() if one.capture
    }  # fmt: skip
    assert set(rows) == held
    assert second.rows("SELECT count(*) FROM revisions WHERE capture_id IS NULL") == [(0,)]


def test_the_file_says_what_wrote_it_and_has_its_index(crawled: tuple[Site, Crawl, Crawl]) -> None:
    site, first, _ = crawled
    warc, _ = sorted(site.archive.glob("*.warc.gz"))
    said = gzip.decompress(warc.read_bytes()).partition(b"WARC-Type: response")[0].decode()
    assert f"isPartOf: {first.run_ids()[0]}\r\n" in said
    assert "software: newscrawl/" in said
    assert "robots: obey\r\n" in said
    index = warc.with_name(warc.name.replace(".warc.gz", ".cdxj")).read_text()
    assert f"{surt_key(site.server.home + STORIES[0])} " in index
    assert not list(site.archive.glob("*.open"))


def test_replay_archives_nothing(tmp_path: Path) -> None:
    crawl = demonstrate(tmp_path)
    assert crawl.code == 0
    assert {line["capture"] for line in crawl.lines()} == {None}
    assert not (tmp_path / "archive").exists()


def test_without_archive_articles_have_no_capture(site: Site) -> None:
    crawl = site.crawl(NEWSCRAWL_ARCHIVE=0)
    assert crawl.code == 0, crawl.stderr
    assert [line["capture"] for line in crawl.lines()] == [None] * 5
    assert not site.archive.exists()


@pytest.mark.parametrize("what", ["a file", "a folder that takes none"])
def test_an_archive_that_cannot_be_written_to_ends_the_run_before_it_asks(site: Site, what: str) -> None:
    site.archive.parent.mkdir()
    if what == "a file":
        site.archive.write_text("in the way")
    else:
        # Whose permissions bind root too.
        site.archive.symlink_to("/proc/self")
    crawl = site.crawl()
    assert crawl.code == 1
    assert "newscrawl: cannot write to the archive's folder" in crawl.stderr
    assert "make it writable, or name another folder in NEWSCRAWL_OUTPUT" in crawl.stderr
    assert "Traceback" not in crawl.stderr
    assert not site.server.asked
    assert not (site.folder / "output" / "newscrawl.db").exists()


def test_an_original_that_was_taken_away_is_archived_anew(site: Site) -> None:
    site.crawl()
    for file in site.archive.iterdir():
        file.unlink()
    crawl = site.crawl("-a", "sources=local")
    assert crawl.code == 0, crawl.stderr
    assert {one.profile for one in site.exchanges()} == {None}
    third = site.crawl("-a", "sources=local")
    assert third.code == 0, third.stderr
    assert len([one for one in site.exchanges() if one.profile]) == 9


def test_a_file_that_is_full_gives_way_to_another(site: Site) -> None:
    crawl = site.crawl(NEWSCRAWL_ARCHIVE_MAX_BYTES=3000)
    assert crawl.code == 0, crawl.stderr
    assert len(list(site.archive.glob("*.warc.gz"))) > 3
    assert len(list(site.archive.glob("*.cdxj"))) == len(list(site.archive.glob("*.warc.gz")))
    assert not list(site.archive.glob("*.open"))
    assert len(site.exchanges()) == crawl.rows("SELECT count(*) FROM captures")[0][0] == 11
    assert all(body_of(site, line) for line in crawl.lines())


@pytest.mark.parametrize("closed", [False, True])
def test_what_a_dead_crawl_left_is_entered(site: Site, closed: bool) -> None:
    first = exchange("first", b"Content-Type: text/html\r\n", b"first")
    archive = open_writer(site.archive, max_bytes=1, keep_journals=True)
    one = archive.write(first)
    assert one is not None
    archive._close(keep_journal=True)
    if not closed:
        (site.archive / one.warc).rename(site.archive / (one.warc + ".open"))
    assert list(site.archive.glob("*.cdxj.open"))
    crawl = site.crawl()
    assert crawl.code == 0, crawl.stderr
    assert (site.archive / one.warc).exists()
    assert not list(site.archive.glob("*.open"))
    rows = crawl.rows("SELECT record_id, captured_at FROM captures WHERE warc = ?", one.warc)
    assert rows == [(one.record_id, "2026-01-31 12:00:00.123456")]


def test_what_cannot_be_recovered_ends_the_run_before_it_asks(site: Site) -> None:
    (site.archive / "newscrawl-20260131120000-0000100000000.warc.gz.open").mkdir(parents=True)
    crawl = site.crawl()
    assert crawl.code == 1
    assert "CRITICAL: cannot recover" in crawl.stderr
    assert "make it readable and writable, and start again" in crawl.stderr
    assert "Traceback" not in crawl.stderr
    assert not site.server.asked


def test_a_file_of_a_living_crawl_is_left_alone(site: Site) -> None:
    archive = open_writer(site.archive)
    one = archive.write(exchange("first", b"Content-Type: text/html\r\n", b"first"))
    assert one is not None
    crawl = site.crawl()
    assert crawl.code == 0, crawl.stderr
    assert [path.name for path in site.archive.glob("*.gz.open")] == [one.warc + ".open"]
    assert crawl.rows("SELECT count(*) FROM captures WHERE warc = ?", one.warc) == [(0,)]
    archive.close()
    assert recover(site.archive) == []


def test_pages_that_bring_no_article_are_archived(site: Site) -> None:
    routes = site.server.routes
    routes[STORIES[0]] = Answer(body=b"<html>half", announced=500)
    routes[STORIES[1]] = Answer(body=page("slow"), seconds=3)
    routes[STORIES[2]] = Answer(body=b"%PDF-1.4", content_type="application/pdf")
    crawl = site.crawl(DOWNLOAD_TIMEOUT=1)
    ends = {url.removeprefix(site.server.home): end for url, (end, _) in crawl.ends().items()}
    assert [ends[path] for path in STORIES] == ["truncated", "timed_out", "not_article"]
    (cut,), (pdf,) = site.of(STORIES[0]), site.of(STORIES[2])
    assert (cut.body, cut.truncated) == (b"<html>half", "disconnect")
    assert (pdf.body, pdf.payload_type) == (b"%PDF-1.4", "application/pdf")
    # Nothing came of it, but it was asked for.
    content = b"".join(gzip.decompress(warc.read_bytes()) for warc in site.archive.glob("*.warc.gz"))
    assert b"GET %s HTTP/1.1" % STORIES[1].encode() in content


def test_a_page_that_is_asked_for_again_points_to_the_answer_that_brought_it(site: Site) -> None:
    answers = iter([Answer(status=503, body=b"busy"), Answer(body=page("at last"))])
    site.server.routes[STORIES[0]] = lambda: next(answers)
    crawl = site.crawl(RETRY_TIMES=1)
    assert [(one.status, one.body) for one in site.of(STORIES[0])] == [(503, b"busy"), (200, page("at last"))]
    (line,) = [line for line in crawl.lines() if line["url"].endswith(STORIES[0])]
    assert body_of(site, line) == page("at last")


def test_pages_that_take_too_long_to_read_are_archived(site: Site) -> None:
    dear = ("<html><title>Dear</title><body><article>" + "<p>A long story. " * 60_000).encode()
    site.server.routes[STORIES[0]] = Answer(body=dear)
    crawl = site.crawl(NEWSCRAWL_PAGE_TIMEOUT=0.1)
    assert crawl.ends()[site.server.home + STORIES[0]][0] == "timed_out"
    (one,) = site.of(STORIES[0])
    assert one.decoded().body == dear
    assert crawl.rows("SELECT count(*) FROM captures WHERE url = ?", one.url) == [(1,)]


def test_while_much_waits_to_be_written_nothing_is_asked_for(site: Site) -> None:
    paths = [f"/2026/many-{number}.html" for number in range(12)]
    site.server.routes.update({path: Answer(body=page(path)) for path in paths})
    urls = " ".join(site.server.home + path for path in paths)
    slow_disk = """
import time
from newscrawl.archive.thread import ArchiveThread
from newscrawl.extensions import archive
write = ArchiveThread._write
def slowly(self, exchanges):
    time.sleep(0.5)
    return write(self, exchanges)
ArchiveThread._write = slowly
archive.WAITING = 0
from scrapy.cmdline import execute
execute()
"""
    settings = {"NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "CONCURRENT_REQUESTS_PER_DOMAIN": 4, **HASTE}
    arguments = command("crawl", "news", "-a", f"urls={urls}", output=site.folder / "output", **settings)
    done = subprocess.run(
        [sys.executable, "-c", slow_disk, *arguments[3:]],
        cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    begun = sorted(asked.began for asked in site.server.asked if asked.path in paths)
    assert len(begun) == len(paths)
    assert sum(later - earlier > 0.3 for earlier, later in pairwise(begun)) >= 2


@pytest.mark.slow
def test_what_cannot_be_entered_ends_the_run_and_the_next_enters_it(site: Site) -> None:
    before = site.crawl()
    assert before.code == 0, before.stderr
    database = site.folder / "output" / "newscrawl.db"
    refuse = "BEFORE INSERT ON captures WHEN NEW.url LIKE '%/feed' BEGIN SELECT RAISE(ABORT, 'refused'); END"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"CREATE TRIGGER refusing {refuse}")
    refused = site.crawl("-a", "sources=local")
    assert refused.code == 1
    assert "what is archived could not be entered into the database" in refused.stderr
    assert len(list(site.archive.glob("*.warc.gz.open"))) == 1
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DROP TRIGGER refusing")
    after = site.crawl("-a", "sources=local")
    assert after.code == 0, after.stderr
    assert not list(site.archive.glob("*.open"))
    assert scrapy("verify", output=site.folder / "output").stdout.endswith("all agrees\n")
