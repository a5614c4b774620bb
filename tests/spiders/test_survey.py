"""`scrapy sources --add` and `--test` against an outlet on loopback, from the front page to the crawl."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.sources import Source
from newscrawl.sources.registry import load_sources
from tests.crawling import FIXTURES, HASTE, ROOT, Crawl, command, environment, scrapy, write_source
from tests.durability.site import wait_until
from tests.server import Answer, Server
from tests.surveying.outlet import ARTICLES, headline, outlet, path

pytestmark = pytest.mark.slow
LOOPBACK: dict[str, Any] = {**HASTE, "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_BUNDLED_SOURCES": 0}


class Case:
    """An outlet, and the folders that looking at it fills."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.output, self.sources = folder / "output", folder / "sources"
        self.sources.mkdir()

    def sources_command(self, *arguments: str, **more: Any) -> Crawl:
        settings = {**LOOPBACK, "NEWSCRAWL_SOURCES": self.sources, **more}
        return scrapy("sources", *arguments, output=self.output, **settings)

    def add(self, *arguments: str, **more: Any) -> Crawl:
        return self.sources_command("--add", f"{self.server.home}/", "--id", "post", *arguments, **more)

    def test(self, **more: Any) -> Crawl:
        return self.sources_command("--test", "post", **more)

    def crawl(self, output: Path | None = None, **more: Any) -> Crawl:
        settings = {**LOOPBACK, "NEWSCRAWL_SOURCES": self.sources, **more}
        return scrapy("crawl", "news", "-a", "sources=post", output=output or self.output, **settings)

    def source(self) -> Source:
        return load_sources(self.sources)["post"]


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Server() as server:
        outlet(server, now=datetime.now(UTC))
        yield Case(server, tmp_path)


def test_an_outlet_is_added_crawled_and_tried(case: Case) -> None:
    done = case.add()
    assert (done.code, done.stderr) == (0, "")
    home = case.server.home
    source = case.source()
    assert (source.outlet, source.homepage, source.languages) == ("بريد الحي", f"{home}/", ("ar",))
    assert (source.feeds, source.sitemaps) == ((f"{home}/rss/latest",), (f"{home}/sitemaps/news.xml",))
    assert (source.sections, source.timezone) == ((), None)
    promised = source.expect
    assert (promised.articles_per_day, promised.authors, promised.published_at) == (4.0, 0.5, 0.8)
    assert (promised.related_links, promised.body_characters) == (0.8, 150)
    asked = [one.path for one in case.server.asked]
    assert sorted(asked) == sorted(set(asked)), "nothing is asked for twice, robots.txt included"
    assert len([one for one in asked if one.startswith("/news/")]) == 6
    assert "/robots.txt" in asked
    assert {"/comments/feed", "/login", "/members/", "/sitemaps/2019.xml"}.isdisjoint(asked)
    assert f"✓ {headline(0)}" in done.stdout
    assert f"related: {headline(1)}" in done.stdout
    assert re.search(r"feed .*/rss/latest .* 200 .* 12 .* 12 \(100%\) .* 4\.0 ", done.stdout)

    crawled = case.crawl()
    assert crawled.code == 0
    assert len(crawled.lines()) == ARTICLES
    assert {end for end, _ in crawled.ends().values()} == {"stored_new"}
    verified = scrapy("verify", output=case.output, **LOOPBACK)
    assert verified.code == 0, verified.stdout

    tested = case.test()
    assert (tested.code, tested.stderr) == (0, "")
    assert "2 of 2 discovery documents work, 6 of 6 pages were read as articles." in tested.stdout
    assert f"tried_live = {datetime.now(UTC):%Y-%m-%d}" in tested.stdout
    assert "MISSED" not in tested.stdout


def test_the_fixtures_answer_a_crawl_without_network(case: Case, tmp_path: Path) -> None:
    assert case.add("--pages", "3").code == 0
    fixtures = case.output / "fixtures"
    articles = {read(file)["headline"] for file in fixtures.rglob("article.json")}
    assert articles == {headline(0), headline(1), headline(2)}
    case.server.asked.clear()
    crawled = case.crawl(tmp_path / "offline", NEWSCRAWL_REPLAY=fixtures)
    assert crawled.code == 0
    assert {line["headline"] for line in crawled.lines()} == articles
    tested = case.test(NEWSCRAWL_REPLAY=fixtures, NEWSCRAWL_OUTPUT=tmp_path / "offline")
    assert "tried_live" not in tested.stdout
    assert case.server.asked == []


def test_what_was_fetched_is_archived_and_nothing_stored(case: Case) -> None:
    done = case.add("--pages", "2")
    assert done.rows("SELECT count(*) FROM articles") == [(0,)]
    captured = {url for (url,) in done.rows("SELECT url FROM captures")}
    assert captured == {case.server.home + one.path for one in case.server.asked}
    assert done.rows("SELECT spider, state, feed FROM runs") == [("survey", "finished", None)]


def test_a_look_is_no_crawl(case: Case) -> None:
    assert case.add("--pages", "2").code == 0
    tested = case.test()
    assert (tested.code, tested.stderr) == (0, "")
    assert tested.rows("SELECT kind FROM findings") == [], "nobody is told that the source never ran"
    assert not list(case.output.glob("health/*"))
    assert json.loads(scrapy("stats", "--json", output=case.output).stdout)["last_run"] is None
    assert case.crawl().code == 0
    assert [file.name.partition("-")[0] for file in case.output.glob("feeds/*")] == ["news"]
    verified = scrapy("verify", output=case.output, **LOOPBACK)
    assert verified.code == 0, verified.stdout


def test_no_file_is_overwritten(case: Case) -> None:
    assert case.add().code == 0
    written = (case.sources / "xx" / "post.toml").read_bytes()
    case.server.asked.clear()
    again = case.add("--country", "eg")
    assert again.code == 1
    assert "there is a source post already" in again.stderr
    assert (case.sources / "xx" / "post.toml").read_bytes() == written
    assert case.server.asked == []


def test_sections_are_used_where_there_is_nothing_else(tmp_path: Path) -> None:
    with Server() as server:
        outlet(server, now=datetime.now(UTC), feed=False)
        case = Case(server, tmp_path)
        done = case.add()
        assert (done.code, done.stderr) == (0, "")
        source = case.source()
        assert (source.feeds, source.sitemaps, source.sections) == ((), (), (f"{server.home}/",))
        assert source.expect.articles_per_day is None


@pytest.mark.parametrize(
    ("routes", "settings", "said"),
    [
        ({"/": Answer(status=503)}, {}, "http 503; mend the address"),
        ({"/": Answer(status=403)}, {}, "http 403; it refuses us: set NEWSCRAWL_CONTACT"),
        ({"/": Answer(body=b"%PDF-1.7", content_type="application/pdf")}, {}, "application/pdf; that is no web page"),
        ({"/robots.txt": Answer(body=b"User-agent: *\nDisallow: /\n")}, {}, "robots; its robots.txt forbids us"),
        ({}, {"NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 0}, "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1 allows such"),
        ({"/": Answer(body=b"<html><body><p>Nothing</p></body></html>"), "/robots.txt": Answer(status=404),
          "/rss/latest": Answer(status=404)}, {}, "nothing was found that lists articles"),
        ({path(number): Answer(body=b"<html><body></body></html>") for number in range(ARTICLES)}, {},
         "no page that it lists was read as an article"),
    ],
)  # fmt: skip
def test_what_cannot_be_added_is_told(
    case: Case, routes: dict[str, Answer], settings: dict[str, Any], said: str
) -> None:
    case.server.routes.update(routes)
    done = case.add(**settings)
    assert done.code == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(case.sources.rglob("*.toml"))


def test_robots_txt_is_obeyed(case: Case) -> None:
    robots = case.server.routes["/robots.txt"]
    assert isinstance(robots, Answer)
    barred = robots.body.replace(b"/members/", b"/rss/")
    case.server.routes["/robots.txt"] = replace(robots, body=barred)
    done = case.add("--pages", "2")
    assert done.code == 0
    assert "/rss/latest" not in case.server.paths()
    assert case.source().feeds == ()
    assert re.search(r"/rss/latest .* none .* robots", done.stdout)


@pytest.mark.parametrize("fault", ["feed", "template", "articles"])
def test_a_source_that_changed_is_told(case: Case, fault: str) -> None:
    assert case.add("--pages", "4").code == 0
    match fault:
        case "feed":
            case.server.routes["/rss/latest"] = Answer(status=404)
        case "template":
            outlet(case.server, now=datetime.now(UTC), related=False)
        case "articles":
            case.server.routes.update({path(number): Answer(status=404) for number in range(ARTICLES)})
    done = case.test()
    assert done.code == 1
    assert "post does not work as its file says." in done.stdout
    assert "tried_live =" not in done.stdout
    step = {"feed": "Documents: mend or replace", "template": "Promises:  related_links", "articles": "Pages:     "}
    assert step[fault] in done.stdout
    assert f"File: {case.sources / 'xx' / 'post.toml'}" in done.stdout
    expected = {"feed": r"/rss/latest .* 404 ", "template": r"related_links .* MISSED", "articles": r"✗ .*: http 404"}
    assert re.search(expected[fault], done.stdout)


def test_a_look_tries_a_host_that_rests(case: Case) -> None:
    """Whoever mends an address that could not be reached does not wait until the host's rest is over."""
    robots = case.server.routes["/robots.txt"]
    case.server.routes["/robots.txt"] = Answer(status=503)
    assert case.add("--pages", "1", RETRY_TIMES=0).code == 1
    case.server.routes["/robots.txt"] = robots
    done = case.add("--pages", "1")
    assert (done.code, done.stderr) == (0, "")


def test_an_address_that_leads_to_a_known_site_is_told(case: Case) -> None:
    assert case.add("--pages", "1").code == 0
    with Server(address="127.0.0.2") as old:
        old.routes["/"] = Answer(status=301, headers=(("Location", f"{case.server.home}/"),))
        done = case.sources_command("--add", f"{old.home}/")
    assert done.code == 1
    assert f"{case.server.home}/ is on the site of post" in done.stderr
    assert len(list(case.sources.rglob("*.toml"))) == 1


def test_a_wall_that_a_page_states_is_shown(case: Case) -> None:
    first = case.server.routes[path(0)]
    assert isinstance(first, Answer)
    walled = first.body.replace(b'"headline"', b'"isAccessibleForFree": false, "headline"')
    case.server.routes[path(0)] = replace(first, body=walled)
    assert case.add("--pages", "2").stdout.count("not free to read, as the page says") == 1


def test_a_look_that_is_stopped_writes_nothing(case: Case) -> None:
    answer = case.server.routes[path(0)]
    assert isinstance(answer, Answer)
    case.server.routes[path(0)] = replace(answer, seconds=3.0)
    settings = {**LOOPBACK, "NEWSCRAWL_SOURCES": case.sources}
    line = command("sources", "--add", f"{case.server.home}/", output=case.output, **settings)
    process = subprocess.Popen(line, cwd=ROOT, env=environment(), stderr=subprocess.PIPE, encoding="utf-8")
    wait_until(lambda: "/sitemaps/news.xml" in case.server.paths())
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the look did not come to its end (the log says why)" in told
    assert "Traceback" not in told
    assert not list(case.sources.rglob("*.toml"))


def test_a_bundled_source_is_tried_on_stored_answers(tmp_path: Path) -> None:
    done = scrapy("sources", "--test", "mahttmsr", output=tmp_path, NEWSCRAWL_REPLAY=FIXTURES, NEWSCRAWL_WORKERS=1)
    assert (done.code, done.stderr) == (0, "")
    assert "discovery documents work" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--test", "nosuch"), 1, "unknown source 'nosuch'"),
        (("--test", "post,post2"), 1, "test one source at a time"),
        (("--add", "post.example"), 1, "no absolute http(s) URL"),
        (("--add", ""), 1, "no absolute http(s) URL"),
        (("--add", "http://127.0.0.1:9/", "--country", "egypt"), 1, "--country egypt is no ISO 3166 code"),
        (("--add", "http://127.0.0.1:9/", "--to", "scrapy.cfg/new"), 1, "scrapy.cfg is no folder"),
        (("--add", "http://127.0.0.1:9/", "--fixtures", "scrapy.cfg"), 1, "scrapy.cfg is no folder"),
        (("--add", "http://127.0.0.1:9/", "--pages", "0"), 2, "--pages 0 is no number of pages"),
        (("--add", "http://127.0.0.1:9/", "--test", "post"), 2, "not allowed with"),
    ],
)
def test_mistakes_of_the_user_are_told(tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    for name in ("post", "post2"):
        write_source(tmp_path / "sources", name, f"https://{name}.example")
    settings = {**LOOPBACK, "NEWSCRAWL_SOURCES": tmp_path / "sources"}
    done = scrapy("sources", *arguments, output=tmp_path / "output", **settings)
    assert (done.code, "Traceback" in done.stderr) == (code, False)
    assert said in done.stderr + done.stdout


def test_the_spider_is_none_to_be_crawled(tmp_path: Path) -> None:
    done = scrapy("crawl", "survey", output=tmp_path)
    assert done.code == 1
    assert "`scrapy sources --add HOMEPAGE`" in done.stderr


def read(file: Path) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return fields
