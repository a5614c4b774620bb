"""Runs on a schedule: what is due, under which condition it is asked for, and what an answer changes."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.archive.walking import Walked, walk
from tests.crawling import HASTE, ROOT, Crawl, command, environment, scrapy, write_source
from tests.server import Answer, Asked, Server, page, rss

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Site:
    """A server whose answers bear validators, and a source of it, crawled by the clock of the test."""

    server: Server
    folder: Path
    at: datetime = NOON
    versions: dict[str, int] = field(default_factory=dict)

    def serve(self, path: str, answer: Answer, *, etag: bool = True) -> None:
        """Answer a path so from now on; asked under its own condition, with 304."""
        self.versions[path] = self.versions.get(path, 0) + 1
        tag = f'"{path}-{self.versions[path]}"'
        changed = format_datetime(NOON + self.versions[path] * HOUR, usegmt=True)
        header = ("ETag", tag) if etag else ("Last-Modified", changed)
        condition = ("If-None-Match", tag) if etag else ("If-Modified-Since", changed)

        def respond() -> Answer:
            asked = self.server.asking[-1]
            if asked.get(condition[0]) == condition[1]:
                return Answer(status=304, headers=(header, ("Content-Encoding", "gzip")))
            return Answer(body=answer.body, status=answer.status, content_type=answer.content_type, headers=(header,))

        self.server.routes[path] = respond

    def settings(self) -> dict[str, Any]:
        """Of every run."""
        return {
            **HASTE,
            "NEWSCRAWL_SOURCES": self.folder / "sources",
            "NEWSCRAWL_BUNDLED_SOURCES": 0,
            "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1,
        }

    def crawl(self, *arguments: str, after: timedelta = timedelta(0), **settings: Any) -> tuple[Crawl, list[Asked]]:
        """What a run after that time came to, and what it asked the server for."""
        self.at += after
        before = len(self.server.asked)
        crawl = scrapy(
            *("crawl", "news", *arguments),
            output=self.folder / "output",
            **{**self.settings(), "NEWSCRAWL_NOW": self.at.isoformat(), **settings},
        )
        assert crawl.code == 0, crawl.stderr
        assert "Traceback" not in crawl.stderr, crawl.stderr
        return crawl, [one for one in self.server.asked[before:] if one.path != "/robots.txt"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Server() as server:
        site = Site(server, tmp_path)
        write_source(tmp_path / "sources", "local", server.home)
        site.serve("/a", Answer(body=page("museum")))
        site.serve("/b", Answer(body=page("library")), etag=False)
        site.serve("/feed", rss(server.home + "/a", server.home + "/b"))
        yield site


def is_conditional(asked: Asked) -> bool:
    return bool({"If-None-Match", "If-Modified-Since"} & asked.headers.keys())


def records(site: Site, kind: str) -> list[dict[str, str]]:
    found = []
    for file in sorted((site.folder / "output" / "archive").glob("*.warc.gz")):
        with file.open("rb") as stream:
            walked = [one for one in walk(stream, file.stat().st_size) if isinstance(one, Walked)]
        found += [one.fields for one in walked if one.fields["warc-type"] == kind]
    return found


@pytest.mark.slow
def test_an_unchanged_run_makes_conditional_requests_and_stores_nothing(site: Site) -> None:
    _, asked = site.crawl()
    assert [one.path for one in asked][:1] == ["/feed"]
    assert not any(map(is_conditional, asked))
    idle, asked = site.crawl(after=timedelta(minutes=5))
    assert asked == []
    assert "Nothing new: nothing was due. The next look is due at 2026-03-02 12:54 UTC." in idle.stderr
    assert "discovery" not in idle.stderr, "a table without rows"
    second, asked = site.crawl(after=HOUR)
    assert sorted(one.path for one in asked) == ["/a", "/b", "/feed"]
    assert all(map(is_conditional, asked))
    assert {end for end, _ in second.ends().values()} == {"not_modified"}
    assert second.rows("SELECT status, found, error FROM polls ORDER BY rowid DESC LIMIT 1") == [(304, 0, None)]
    assert "Nothing new: 2 page(s) unchanged, nothing stored twice." in second.stderr
    for table in ("articles", "revisions", "extractions", "frontier"):
        assert second.rows(f"SELECT count(*) FROM {table}") == [(2,)], table
    assert len(second.lines()) == 2
    assert second.rows("SELECT DISTINCT last_fetched_at FROM articles") == [(f"{site.at:%Y-%m-%d %H:%M:%S}.000000",)]
    assert second.rows("SELECT count(*) FROM dispositions WHERE article_id IS NULL") == [(0,)]


@pytest.mark.slow
def test_a_304_is_archived_as_a_revisit_of_the_answer_that_still_holds(site: Site) -> None:
    site.crawl()
    site.crawl(after=HOUR)
    pages = {one["warc-target-uri"]: one for one in records(site, "response") if "robots" not in one["warc-target-uri"]}
    revisits = [one for one in records(site, "revisit") if one["warc-profile"].endswith("server-not-modified")]
    assert sorted(one["warc-target-uri"] for one in revisits) == sorted(pages)
    for one in revisits:
        original = pages[one["warc-target-uri"]]
        assert one["warc-refers-to"] == original["warc-record-id"]
        assert one["warc-refers-to-date"] == original["warc-date"]
        assert one["warc-payload-digest"] == original["warc-payload-digest"]
    verified = scrapy("verify", output=site.folder / "output")
    assert verified.code == 0, verified.stdout


@pytest.mark.slow
def test_a_304_of_a_304_refers_to_the_first_answer(site: Site) -> None:
    for after in (timedelta(0), HOUR, 6 * HOUR):
        site.crawl(after=after)
    to = {one["warc-refers-to"] for one in records(site, "revisit") if one["warc-target-uri"].endswith("/a")}
    assert to == {one["warc-record-id"] for one in records(site, "response") if one["warc-target-uri"].endswith("/a")}


@pytest.mark.slow
def test_a_correction_is_seen_at_the_next_look_which_begins_the_steps_anew(site: Site) -> None:
    site.crawl()
    site.crawl(after=HOUR)
    site.serve("/a", Answer(body=page("museum").replace(b"another year", b"another ten years")))
    _, asked = site.crawl(after=4 * HOUR)
    assert "/a" not in [one.path for one in asked]
    seen, asked = site.crawl(after=HOUR)
    assert {url[-2:]: end for url, (end, _) in seen.ends().items()} == {"/a": "stored_revision", "/b": "not_modified"}
    again, asked = site.crawl(after=HOUR)
    assert [one.path for one in asked if one.path != "/feed"] == ["/a"]
    assert {end for end, _ in again.ends().values()} == {"not_modified"}


@pytest.mark.slow
def test_a_page_that_is_gone_is_looked_at_for_coming_back_and_then_no_more(site: Site) -> None:
    site.crawl()
    back = site.server.routes["/a"]
    site.server.routes["/a"] = Answer(status=410)
    ends = []
    for days in (0.05, 1, 7):
        run, asked = site.crawl(after=timedelta(days=days))
        ends.append([(one.path, is_conditional(one)) for one in asked if one.path == "/a"])
    assert ends == [[("/a", True)], [("/a", False)], [("/a", False)]]
    assert run.rows("SELECT kind FROM events") == [("gone",)]
    site.server.routes["/a"] = back
    run, _ = site.crawl(after=timedelta(days=30))
    assert run.rows("SELECT kind FROM events ORDER BY event_id") == [("gone",), ("returned",)]
    site.server.routes["/a"] = Answer(status=410)
    for days in (45, 1, 7, 30, 90, 365):
        run, asked = site.crawl(after=timedelta(days=days))
    assert "/a" not in [one.path for one in asked]
    assert run.rows("SELECT state, due_at FROM frontier WHERE url LIKE '%/a'") == [("done", None)]


@pytest.mark.slow
def test_a_named_source_is_due_now_under_the_same_conditions(site: Site) -> None:
    site.crawl()
    run, asked = site.crawl("-a", "sources=local")
    assert sorted(one.path for one in asked) == ["/a", "/b", "/feed"]
    assert all(map(is_conditional, asked))
    assert {end for end, _ in run.ends().values()} == {"not_modified"}
    one, asked = site.crawl("-a", f"urls={site.server.home}/a")
    assert [(one.path, is_conditional(one)) for one in asked] == [("/a", True)]
    assert {end for end, _ in one.ends().values()} == {"not_modified"}


@pytest.mark.slow
def test_a_changed_pattern_has_the_unchanged_feed_read_again(site: Site) -> None:
    file = site.folder / "sources" / "xx" / "local.toml"
    everything = file.read_text()
    file.write_text(everything.replace("allow = ['.']", "deny = ['/b$']"))
    run, _ = site.crawl()
    assert run.rows("SELECT url_key LIKE '%/a' FROM articles") == [(1,)]
    file.write_text(everything)
    run, _ = site.crawl(after=HOUR)
    assert run.rows("SELECT count(*) FROM articles") == [(2,)]


@pytest.mark.slow
def test_a_source_that_wants_no_looks_has_none(site: Site) -> None:
    site.crawl()
    file = site.folder / "sources" / "xx" / "local.toml"
    file.write_text(file.read_text() + "[revisits]\narticles = false\n")
    run, asked = site.crawl(after=timedelta(days=2))
    assert [one.path for one in asked] == ["/feed"]
    assert run.rows("SELECT DISTINCT state FROM frontier") == [("done",)]


@pytest.mark.slow
def test_a_redirect_is_followed_without_condition_and_its_target_is_what_is_looked_at(site: Site) -> None:
    site.serve("/feed", rss(site.server.home + "/old"))
    site.server.routes["/old"] = Answer(status=301, headers=(("Location", "/a"),))
    site.crawl()
    run, asked = site.crawl(after=HOUR)
    assert [(one.path, is_conditional(one)) for one in asked if one.path != "/feed"] == [("/a", True)]
    site.server.routes["/a"] = Answer(status=302, headers=(("Location", "/b"),))
    run, asked = site.crawl(after=6 * HOUR)
    assert [(one.path, is_conditional(one)) for one in asked if one.path != "/feed"] == [("/a", True), ("/b", False)]
    assert run.rows("SELECT kind FROM events") == [("moved",)]


@pytest.mark.slow
def test_of_a_sitemap_index_only_what_it_says_has_changed_is_polled(site: Site) -> None:
    home = site.server.home
    file = site.folder / "sources" / "xx" / "local.toml"
    file.write_text(file.read_text().replace(f'feeds = ["{home}/feed"]', f'sitemaps = ["{home}/index"]'))

    def index(**changed: str | None) -> Answer:
        entries = "".join(
            f"<sitemap><loc>{home}/{name}</loc>{f'<lastmod>{time}</lastmod>' if time else ''}</sitemap>"
            for name, time in changed.items()
        )
        return Answer(body=f"<sitemapindex>{entries}</sitemapindex>".encode(), content_type="application/xml")

    def sitemap(path: str) -> Answer:
        return Answer(body=f"<urlset><url><loc>{home}{path}</loc></url></urlset>".encode(), content_type="text/xml")

    site.serve("/index", index(said="2026-03-02T10:00:00Z", silent=None))
    site.serve("/said", sitemap("/a"))
    site.serve("/silent", sitemap("/b"))
    run, asked = site.crawl()
    assert {"/index", "/said", "/silent"} <= {one.path for one in asked}
    assert run.rows("SELECT count(*) FROM articles") == [(2,)]
    looks = {}
    for name, stated in (("same", "2026-03-02T10:00:00Z"), ("later", "2026-03-02T15:00:00Z")):
        site.serve("/index", index(said=stated, silent=None))
        _, asked = site.crawl(after=3 * HOUR)
        looks[name] = {one.path for one in asked} & {"/index", "/said", "/silent"}
    assert looks == {"same": {"/index", "/silent"}, "later": {"/index", "/silent", "/said"}}


@pytest.mark.slow
def test_a_feed_that_states_a_change_makes_the_article_due_at_once(site: Site) -> None:
    def atom(updated: str) -> Answer:
        entry = f'<entry><title>Story</title><link href="{site.server.home}/a"/><updated>{updated}</updated></entry>'
        text = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{entry}</feed>'
        return Answer(body=text.encode(), content_type="application/atom+xml")

    site.serve("/feed", atom("2026-03-02T09:00:00Z"))
    site.crawl()
    site.crawl(after=HOUR)
    site.serve("/feed", atom("2026-03-02T14:00:00Z"))
    _, asked = site.crawl(after=2 * HOUR)
    assert [one.path for one in asked] == ["/feed", "/a"]


@pytest.mark.slow
def test_a_failing_document_is_asked_as_its_server_says(site: Site) -> None:
    site.server.routes["/feed"] = Answer(status=404, headers=(("Retry-After", "7200"),))
    crawl = scrapy("crawl", "news", output=site.folder, NEWSCRAWL_NOW=NOON.isoformat(), **site.settings())
    assert crawl.rows("SELECT due_at, failures, polled_at FROM documents") == [("2026-03-02 14:00:00.000000", 1, None)]


@pytest.mark.slow
def test_a_retracted_article_that_is_allowed_again_is_asked_for_whole(site: Site) -> None:
    run, _ = site.crawl()
    output = site.folder / "output"
    url = f"{site.server.home}/a"
    assert scrapy("retract", url, "--reason", "asked", output=output).code == 0
    assert scrapy("retract", "--undo", url, output=output).code == 0
    run, asked = site.crawl()
    assert [(one.path, is_conditional(one)) for one in asked] == [("/a", False)]
    assert run.ends()[url][0] == "stored_new"
    assert len(json.loads(run.feeds()[-1].read_text(encoding="utf-8"))["body"]) > 100


@pytest.mark.slow
def test_a_feed_that_has_moved_is_asked_under_its_condition_where_it_is_now(site: Site) -> None:
    site.serve("/new-feed", rss(site.server.home + "/a"))
    site.server.routes["/feed"] = Answer(status=301, headers=(("Location", "/new-feed"),))
    site.crawl()
    run, asked = site.crawl(after=HOUR)
    polls = [(one.path, is_conditional(one)) for one in asked if "feed" in one.path]
    assert polls == [("/feed", False), ("/new-feed", True)]
    assert run.rows("SELECT status FROM polls ORDER BY rowid DESC LIMIT 1") == [(304,)]


@pytest.mark.slow
def test_a_page_that_fails_again_where_nothing_else_is_due_is_no_failure_of_the_source(site: Site) -> None:
    site.server.routes["/b"] = Answer(status=500)
    site.crawl()
    run, asked = site.crawl(after=HOUR, NEWSCRAWL_POLL_MINUTES="600,720", NEWSCRAWL_REVISITS=0)
    assert "/b" in [one.path for one in asked]
    run, asked = site.crawl(after=2 * HOUR, NEWSCRAWL_POLL_MINUTES="600,720", NEWSCRAWL_REVISITS=0)
    assert [one.path for one in asked] == ["/b"]
    assert list(run.ends().values()) == [("failed", "http 500")]


@pytest.mark.slow
def test_sitemaps_that_a_killed_run_had_not_polled_are_polled_though_their_index_has_not_changed(site: Site) -> None:
    home, output = site.server.home, site.folder / "output"
    file = site.folder / "sources" / "xx" / "local.toml"
    file.write_text(file.read_text().replace(f'feeds = ["{home}/feed"]', f'sitemaps = ["{home}/index"]'))
    entry = f"<sitemap><loc>{home}/month</loc><lastmod>2026-03-02T10:00:00Z</lastmod></sitemap>"
    site.serve("/index", Answer(body=f"<sitemapindex>{entry}</sitemapindex>".encode(), content_type="text/xml"))
    month = Answer(body=f"<urlset><url><loc>{home}/a</loc></url></urlset>".encode(), content_type="text/xml")
    site.server.routes["/month"] = replace(month, seconds=20)
    settings = {**site.settings(), "NEWSCRAWL_NOW": site.at.isoformat()}
    line = command("crawl", "news", output=output, **settings)
    with subprocess.Popen(line, cwd=ROOT, env=environment(), stderr=subprocess.DEVNULL, start_new_session=True) as run:
        try:
            deadline = time.monotonic() + 60
            while not polled(output / "newscrawl.db"):
                assert time.monotonic() < deadline
                assert run.poll() is None
                time.sleep(0.05)
        finally:
            run.kill()
    site.server.routes["/month"] = month
    crawl, asked = site.crawl(after=HOUR)
    polls = [(one.path, is_conditional(one)) for one in asked if one.path != "/a"]
    assert sorted(polls) == [("/index", True), ("/month", False)]
    assert crawl.rows("SELECT count(*) FROM articles") == [(1,)]


def polled(database: Path) -> bool:
    """Whether a poll is written down by now."""
    if not database.exists():
        return False
    with (
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection,
        suppress(sqlite3.OperationalError),
    ):
        return bool(connection.execute("SELECT count(*) FROM polls").fetchone()[0])
    return False


@pytest.mark.slow
def test_a_server_that_says_304_whatever_happens_is_found_out(site: Site) -> None:
    site.crawl()

    def frozen(body: bytes) -> Callable[[], Answer]:
        return lambda: Answer(status=304) if is_asked_conditionally(site.server.asking[-1]) else Answer(body=body)

    site.server.routes["/a"] = frozen(page("museum, rebuilt"))
    site.server.routes["/feed"] = frozen(rss(site.server.home + "/c").body)
    site.serve("/c", Answer(body=page("pier")))
    second, asked = site.crawl(after=timedelta(days=1))
    assert {one.path for one in asked} == {"/a", "/b", "/feed"}
    assert {end for end, _ in second.ends().values()} == {"not_modified"}
    third, _ = site.crawl(after=timedelta(days=40))
    ends = {url.removeprefix(site.server.home): end for url, (end, _) in third.ends().items()}
    assert ends["/a"] == "stored_revision"
    assert ends["/c"] == "stored_new"


def is_asked_conditionally(headers: dict[str, str]) -> bool:
    return bool({"If-None-Match", "If-Modified-Since"} & headers.keys())
