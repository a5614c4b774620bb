"""Crawls that were recorded, and are answered from their WARCs with the server shut."""

from __future__ import annotations

import gzip
import shutil
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy.utils.test import get_crawler

from newscrawl.archive.reader import iterate
from newscrawl.exceptions import ConfigurationError
from newscrawl.middlewares.replay import ReplayMiddleware
from tests.archive.foreign import ARTICLE, common_crawl
from tests.crawling import HASTE, Crawl, scrapy, scrapy_here, write_source
from tests.server import Answer, Server, page, redirect, robots, rss

STORIES = [f"/2026/story-{number}.html" for number in range(3)]


@dataclass(frozen=True)
class Project:
    """Sources, and a folder of outputs."""

    folder: Path
    home: str

    def crawl(self, name: str, *arguments: str, **settings: Any) -> Crawl:
        given = {
            "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1,
            "NEWSCRAWL_BUNDLED_SOURCES": 0,
            "NEWSCRAWL_SOURCES": self.folder / "sources",
            **HASTE,
            **settings,
        }
        return scrapy("crawl", "news", *arguments, output=self.folder / name, **given)

    @property
    def archive(self) -> Path:
        """Of the crawls called `live`."""
        return self.folder / "live" / "archive"


def serve(server: Server, folder: Path) -> Project:
    """All kinds of answers that a crawl meets."""
    home, routes = server.home, server.routes
    for path in STORIES:
        routes[path] = Answer(body=page(path))
    packed = gzip.compress(page("packed"))
    coded = (("Content-Encoding", "gzip"),)
    routes["/2026/packed.html"] = Answer(body=packed, headers=coded)
    routes["/2026/cut-coding.html"] = Answer(body=packed[:-30], headers=coded)
    routes["/2026/no-coding.html"] = Answer(body=page("uncoded"), headers=coded)
    routes["/2026/moved.html"] = redirect("/2026/moved-here.html", 301)
    routes["/2026/moved-here.html"] = Answer(body=page("moved"))
    routes["/2026/spelled.html?utm_source=feed"] = redirect("/2026/spelled.html", 301)
    routes["/2026/spelled.html"] = Answer(body=page("spelled"))
    routes["/2026/round.html"] = redirect("/2026/round.html?n=1")
    routes["/2026/round.html?n=1"] = redirect("/2026/round.html")
    routes["/2026/copy.html"] = Answer(body=page(STORIES[0]))
    routes["/2026/error.html"] = Answer(status=500, body=b"no")
    routes["/2026/cut.html"] = Answer(body=page("cut"), announced=100_000)
    routes["/2026/large.html"] = Answer(body=page("large") + b" " * 60_000)
    routes["/2026/picture.html"] = Answer(body=b"GIF89a", content_type="image/gif")
    routes["/robots.txt"] = robots("User-agent: *\nDisallow: /2026/secret\n")
    words = "moved spelled round copy error cut cut-coding no-coding large picture gone secret"
    listed = words.split()
    feed = [home + path for path in STORIES] + [f"{home}/2026/{name}.html" for name in listed]
    feed[feed.index(f"{home}/2026/spelled.html")] += "?utm_source=feed"
    routes["/feed"] = rss(*feed)
    index = f"<sitemapindex><sitemap><loc>{home}/child.xml</loc></sitemap></sitemapindex>"
    routes["/sitemap.xml"] = Answer(body=index.encode(), content_type="application/xml")
    child = f"<urlset><url><loc>{home}/2026/packed.html</loc></url></urlset>"
    routes["/child.xml"] = Answer(body=child.encode(), content_type="application/xml")
    write_source(folder / "sources", "local", home, f'sitemaps = ["{home}/sitemap.xml"]')
    return Project(folder, home)


@dataclass(frozen=True)
class Recorded:
    """A site crawled twice; between the crawls one story changed, and one page was taken away."""

    project: Project
    first: Crawl
    second: Crawl
    ends: tuple[dict[str, tuple[str, str | None]], dict[str, tuple[str, str | None]]]
    between: datetime


LIMIT = {"DOWNLOAD_MAXSIZE": 50_000}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    with Server() as server:
        project = serve(server, tmp_path_factory.mktemp("recorded"))
        first = project.crawl("live", **LIMIT)
        assert first.code == 0, first.stderr
        shutil.copytree(project.folder / "live", project.folder / "first")
        server.routes[STORIES[0]] = Answer(body=page("changed"))
        del server.routes["/2026/moved-here.html"]
        second = project.crawl("live", "-a", "sources=local", **LIMIT)
        assert second.code == 0, second.stderr
    old, new = (list(iterate(warc)) for warc in sorted(project.archive.glob("*.warc.gz")))
    assert sum(one.profile is not None for one in new) > 5
    last = max(one.date for one in old if one.date)
    assert all(one.date and one.date > last for one in new)
    first_run, second_run = second.run_ids()
    ends = ends_of(second, first_run), ends_of(second, second_run)
    copied = replace(first, output=project.folder / "first")
    return Recorded(project, copied, second, ends, last + timedelta(microseconds=1))


def ends_of(crawl: Crawl, run_id: str | None = None) -> dict[str, tuple[str, str | None]]:
    """Disposition and reason by URL; of the reason no sizes."""
    return {url: (end, reason and reason.partition(":")[0]) for url, (end, reason) in crawl.ends(run_id).items()}


def articles(crawl: Crawl) -> dict[str, dict[str, Any]]:
    """The feed lines by URL, without what tells runs apart."""
    return {
        line["url"]: {name: value for name, value in line.items() if name not in ("run_id", "run", "fetched_at")}
        for line in crawl.lines()
    }


CAPTURES = 'SELECT warc, "offset", length, record_id, payload_digest, url, captured_at, refers_to FROM captures'


@pytest.mark.slow
def test_a_replayed_crawl_is_the_crawl_that_was_recorded(recorded: Recorded) -> None:
    project, first = recorded.project, recorded.first
    again = project.crawl("again", NEWSCRAWL_REPLAY=first.output / "archive", **LIMIT)
    assert again.code == 0, again.stderr
    assert not (again.output / "archive").exists()
    assert ends_of(again) == recorded.ends[0]
    assert {end for end, _ in ends_of(again).values()} >= {"stored_new", "duplicate", "gone", "truncated", "blocked"}
    assert articles(again) == articles(first)
    assert len(articles(again)) == 7
    # Of what was asked for several times one answer is given.
    assert set(again.rows(CAPTURES)) < set(first.rows(CAPTURES))
    urls = "SELECT DISTINCT url FROM captures"
    assert set(again.rows(urls)) == set(first.rows(urls))
    polls = "SELECT url, kind, status, found, new, refused, error FROM polls"
    assert set(again.rows(polls)) == set(first.rows(polls))
    captured = "SELECT r.fetched_at = c.captured_at FROM revisions r JOIN captures c ON c.capture_id = r.capture_id"
    assert again.rows(captured) == [(1,)] * 7


@pytest.mark.slow
def test_the_clock_says_which_answer(recorded: Recorded) -> None:
    project = recorded.project
    moved, story = f"{project.home}/2026/moved.html", project.home + STORIES[0]
    for name, now, ends, body in (
        ("before", recorded.between.isoformat(), recorded.ends[0], STORIES[0]),
        ("after", "", recorded.ends[1], "changed"),
    ):
        then = project.crawl(name, NEWSCRAWL_REPLAY=project.archive, NEWSCRAWL_NOW=now, **LIMIT)
        assert then.code == 0, then.stderr
        assert ends_of(then)[moved] == ends[moved]
        assert f"The {body} by the old harbour" in str(articles(then)[story]["body"])
    # A revisit stands in the table with what it repeats.
    lone = "SELECT count(*) FROM captures c LEFT JOIN captures o ON o.record_id = c.refers_to"
    assert then.rows(f"{lone} WHERE c.refers_to IS NOT NULL AND o.record_id IS NULL") == [(0,)]
    (repeats,) = then.rows(f"{lone} WHERE c.refers_to IS NOT NULL")[0]
    assert repeats > 5
    shutil.copytree(project.archive, then.output / "archive")
    told = scrapy_here("verify", output=then.output)
    assert "6 article(s) with 6 revision(s), 6 traced to their bytes" in told.stdout + told.stderr
    early = (recorded.between - timedelta(days=1)).isoformat()
    never = project.crawl("never", "-a", f"urls={story}", NEWSCRAWL_REPLAY=project.archive, NEWSCRAWL_NOW=early)
    assert never.ends() == {story: ("failed", "not in replay")}


@pytest.mark.slow
def test_what_was_taken_down_has_no_answer(recorded: Recorded) -> None:
    project = recorded.project
    url = project.home + STORIES[1]
    told = scrapy_here("retract", url, "--reason", "wrong", output=project.folder / "retracted")
    assert told.code == 0, told.stderr
    crawl = project.crawl("retracted", "-a", "sources=local", NEWSCRAWL_REPLAY=project.archive, **LIMIT)
    assert crawl.ends()[url] == ("blocked", "retracted")
    assert url not in articles(crawl)


@pytest.mark.slow
def test_others_warcs_are_replayed(tmp_path: Path) -> None:
    home = "https://news.example"
    pages = {f"{home}/2024/05/{name}.html": page(name) for name in ("harbour", "mill")}
    (tmp_path / "CC-NEWS.warc.gz").write_bytes(common_crawl({f"{home}/": ARTICLE, **pages}))
    (tmp_path / "cut.warc.gz").write_bytes(common_crawl({f"{home}/2024/05/cut.html": page("cut")}, "length"))
    project = Project(tmp_path, home)
    write_source(tmp_path / "sources", "other", home)
    asked = [*pages, f"{home}/2024/05/cut.html", f"{home}/2024/05/none.html"]
    (tmp_path / "urls").write_text("\n".join(asked))
    crawl = project.crawl("out", "-a", f"urls=@{tmp_path / 'urls'}", NEWSCRAWL_REPLAY=tmp_path)
    assert crawl.code == 0, crawl.stderr
    assert {url: end for url, (end, _) in crawl.ends().items()} == {
        **dict.fromkeys(pages, "stored_new"),
        f"{home}/2024/05/cut.html": "truncated",
        f"{home}/2024/05/none.html": "failed",
    }
    lines = {line["url"]: line for line in crawl.lines()}
    assert {line["capture"]["warc"] for line in lines.values()} == {"CC-NEWS.warc.gz"}
    assert lines[f"{home}/2024/05/mill.html"]["capture"]["record_id"] == "<urn:uuid:3>"
    assert {line["fetched_at"][:19] for line in lines.values()} == {"2024-05-01T10:00:01", "2024-05-01T10:00:02"}


def start(tmp_path: Path, replay: Path) -> ReplayMiddleware:
    switches = dict.fromkeys(("BUNDLED_SOURCES", "ALLOW_PRIVATE_ADDRESSES", "ARCHIVE"), 1)
    given = {**switches, "PROJECT": tmp_path, "OUTPUT": tmp_path / "out", "REPLAY": replay}
    crawler = get_crawler(settings_dict={f"NEWSCRAWL_{name}": value for name, value in given.items()})
    return ReplayMiddleware.from_crawler(crawler)


def test_a_folder_without_answers_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"holds no response\.json and no WARC; name a WARC"):
        start(tmp_path, tmp_path)


def test_a_file_that_is_no_warc_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"no WARC")
    with pytest.raises(ConfigurationError, match="cannot be replayed: its WARCs hold no answer that can be read"):
        start(tmp_path, tmp_path / "a.warc.gz")
    assert "a.warc.gz is no WARC, or is cut or broken" in caplog.text
