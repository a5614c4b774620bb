from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.crawling import Crawl, scrapy_here
from tests.server import Answer, Server, redirect
from tests.spiders.test_changes import Site, story

RLI, PDI = "\u2067", "\u2069"
PAGE = "/city/21"
HEADLINE = "ميناء المدينة لا يستقبل سفنا جديدة"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crawl, str]]:
    """A story in three states, that was away once and differed trivially once, and one that never changed."""
    with Server({"/": Answer(body=b"<html><h1>Home</h1></html>")}) as server:
        site = Site(server, tmp_path_factory.mktemp("diff"))
        routes = server.routes
        routes[PAGE], routes["/city/22"] = story(), story(figure="9")
        days = [
            {},
            {PAGE: story(figure="121", box="9")},
            {PAGE: redirect("/")},
            {PAGE: story(figure="121", headline=HEADLINE, last="<p>تصحيح: كان العدد خطأ.</p>")},
            {PAGE: story(figure="121", headline=HEADLINE, mark="!!", last="<p>تصحيح: كان العدد خطأ</p>")},
        ]
        for number, changes in enumerate(days, 1):
            routes.update(changes)
            done = site.crawl(NEWSCRAWL_NOW=f"2026-01-0{number}T12:00:00+00:00")
        yield done, server.home


def diff(crawled: tuple[Crawl, str], *arguments: str, url: str = PAGE) -> Crawl:
    done, home = crawled
    return scrapy_here("diff", home + url, *arguments, output=done.output)


@pytest.mark.slow
def test_revisions_and_events_are_told_oldest_first(crawled: tuple[Crawl, str]) -> None:
    told = diff(crawled)
    assert told.code == 0, told.stderr
    lines = told.stdout.splitlines()
    heads = [line for line in lines if line.startswith(("Revision", "2026"))]
    assert [head.partition(",")[0] for head in heads[:1]] == ["Revision 1 → 2"]
    assert "redirected home to" in heads[1]
    assert " returned, " in heads[2] or " returned, " in heads[3]
    assert {head.partition(",")[0] for head in heads[2:]} >= {"Revision 2 → 3"}
    assert f"    {RLI}قال مدير الميناء إن [-120-] {{+121+}} سفينة دخلت الحوض الجديد خلال …{PDI}" in lines
    assert f"  HEADLINE CHANGED  {RLI}ميناء المدينة {{+لا+}} يستقبل سفنا جديدة{PDI}" in lines
    assert f"    {RLI}{{+تصحيح: كان العدد خطأ.+}}{PDI}" in lines
    assert "It also differed trivially 1 time(s), last 2026-01-05T12:00:00+00:00." in lines
    assert "ويأمل المجلس البلدي أن تضيف الأرصفة" not in told.stdout, "what is the same is shortened"
    assert "ويأمل المجلس البلدي أن تضيف الأرصفة" in diff(crawled, "--whole").stdout


@pytest.mark.slow
def test_revisions_that_are_named(crawled: tuple[Crawl, str]) -> None:
    assert "Revision 2 → 3" in diff(crawled, "3").stdout
    assert "redirected" not in diff(crawled, "3").stdout
    backward = diff(crawled, "3", "1").stdout
    assert "Revision 3 → 1" in backward
    assert "[-121-] {+120+}" in backward
    for arguments, said in (
        (("1",), "the first"),
        (("4",), "no revision 4"),
        (("x",), "no number"),
        (("1", "2", "3"), ""),
    ):
        wrong = diff(crawled, *arguments)
        assert (wrong.code, said in wrong.stdout + wrong.stderr) == (2, True)


@pytest.mark.slow
def test_as_data(crawled: tuple[Crawl, str]) -> None:
    told = json.loads(diff(crawled, "--json").stdout)
    assert [(one["before"], one["after"], one["read_alike"]) for one in told["differences"]] == [
        (1, 2, True),
        (2, 3, True),
    ]
    first, second = told["differences"]
    assert (first["headline"], first["fields"], first["language"]) == (None, [], "ar")
    changed = [
        (operation["kind"], operation["words"])
        for passage in first["body"]
        for operation in passage
        if operation["kind"] != "same"
    ]
    assert changed == [("removed", ["120"]), ("added", ["121"])]
    assert [one for one in second["headline"] if one["kind"] == "added"] == [
        {"kind": "added", "words": ["لا"], "text": " لا"}
    ]
    assert [event["kind"] for event in told["events"]] == ["redirected_home", "returned"]
    assert (told["trivial_changes"], len(told["revisions"])) == (1, 3)


@pytest.mark.slow
def test_explain_tells_of_events_and_trivial_changes(crawled: tuple[Crawl, str]) -> None:
    done, home = crawled
    told = scrapy_here("explain", home + PAGE, output=done.output).stdout
    assert f"redirected home to {home}/, status 200: {home}{PAGE}" in told
    assert "differed trivially 1 time(s), last 2026-01-05T12:00:00+00:00" in told


@pytest.mark.slow
def test_readings_of_different_extractors_are_told(crawled: tuple[Crawl, str], tmp_path: Path) -> None:
    done, home = crawled
    output = tmp_path / "output"
    shutil.copytree(done.output, output)
    with closing(sqlite3.connect(output / "newscrawl.db")) as connection, connection:
        connection.execute(
            "UPDATE extractions SET extractor = 'newscrawl/0.0.1' WHERE revision_id IN"
            " (SELECT revision_id FROM revisions WHERE number = 1)"
        )
    told = scrapy_here("diff", home + PAGE, "2", output=output).stdout
    assert "read by different extractors, newscrawl/0.0.1 and newscrawl/" in told
    assert f"`scrapy reextract --url {home}{PAGE} --apply` reads both alike" in told
    assert (
        scrapy_here("reextract", "--url", home + PAGE, "--apply", output=output, NEWSCRAWL_BUNDLED_SOURCES=0).code == 0
    )
    assert "different extractors" not in scrapy_here("diff", home + PAGE, output=output).stdout


@pytest.mark.slow
def test_what_cannot_be_compared(crawled: tuple[Crawl, str], tmp_path: Path) -> None:
    alone = diff(crawled, url="/city/22")
    assert (alone.code, "nothing to compare" in alone.stdout) == (0, True)
    unknown = diff(crawled, url="/city/99")
    assert (unknown.code, unknown.stdout) == (1, "")
    assert "scrapy explain" in unknown.stderr
    nowhere = scrapy_here("diff", "https://news.example/1", output=tmp_path)
    assert (nowhere.code, nowhere.stdout) == (2, "")
    assert scrapy_here("diff", "news", output=tmp_path).code == 2
