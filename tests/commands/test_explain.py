from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawl.items import plain
from newscrawl.storage.database import Database
from newscrawl.storage.telling import story_of
from newscrawl.urls import url_key
from tests.crawling import Crawl, scrapy
from tests.verifying.case import COPY, STORIES, Case, crawled


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with crawled(tmp_path_factory.mktemp("explained")) as case:
        yield case


def story(output: Path, url: str) -> dict[str, Any]:
    """As the command prints it with --json, without its process."""
    database = Database.existing(f"sqlite:///{output / 'newscrawl.db'}")
    try:
        with database.reading() as session:
            told: dict[str, Any] = plain(story_of(session, url, url_key(url)))
            return told
    finally:
        database.close()


def ends(told: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(end["disposition"], end["reason"]) for end in told["dispositions"]]


def test_an_article_that_changed(case: Case) -> None:
    url = case.home + STORIES[2]
    told = story(case.output, url)
    runs = [run for (run,) in case.rows("SELECT run_id FROM runs ORDER BY rowid")]
    (found,) = told["discoveries"]
    assert (found["kind"], found["via"], found["source"]) == ("feed", case.home + "/feed", "local")
    assert (found["state"], found["tries"], found["run"]) == ("waiting", 0, runs[1])
    assert ends(told) == [("stored_new", None), ("stored_revision", None)]
    assert [(end["run"], end["status"]) for end in told["dispositions"]] == [(run, 200) for run in runs]
    assert [one["url"] for one in told["captures"]] == [url, url]
    assert told["alias"] is None
    article = told["article"]
    first, second = article["revisions"]
    assert [first["capture"], second["capture"]] == [one["place"] for one in told["captures"]]
    assert [(one["number"], one["run"], one["feed"]) for one in (first, second)] == [
        (1, runs[0], f"news-{runs[0]}.jsonl"),
        (2, runs[1], f"news-{runs[1]}.jsonl"),
    ]
    assert first["payload_digest"] != second["payload_digest"]
    readings = [reading for one in (first, second) for reading in one["extractions"]]
    assert [(one["current"], one["headline"]) for one in readings] == [
        (False, f"The harbour keeps its {STORIES[2]} another year"),
        (True, "The harbour keeps its another story another year"),
    ]


def test_a_copy_and_its_original_name_each_other(case: Case) -> None:
    copy, original = story(case.output, case.home + STORIES[0]), story(case.output, case.home + COPY)
    assert copy["article"]["duplicate_of"] == case.key(COPY)
    assert original["article"]["duplicates"] == [case.key(STORIES[0])]
    assert ends(copy)[0] == ("duplicate", f"copy of {case.key(COPY)}")
    # One payload: archived once, and repeated by all that came later.
    whole, *_ = original["captures"]
    assert whole["repeats"] is None
    for one in (*copy["captures"], original["captures"][1]):
        assert one["repeats"] == whole["place"]
        assert one["refers_to"] == whole["place"]["record_id"]


def test_a_redirect_tells_the_story_of_the_article(case: Case) -> None:
    told = story(case.output, case.home + "/2026/moved.html")
    assert (told["url_key"], told["alias"]) == (case.key("/2026/moved.html"), "redirect")
    assert told["article"]["url_key"] == case.key(STORIES[1])
    assert told["article"]["aliases"] == [{"url_key": case.key("/2026/moved.html"), "kind": "redirect"}]
    assert ("redirected", f"to {case.home}{STORIES[1]}") in ends(told)
    assert {one["url"] for one in told["captures"]} == {case.home + "/2026/moved.html", case.home + STORIES[1]}


@pytest.mark.parametrize("spelling", ["{}?utm_source=mail#top", "{}?"])
def test_any_spelling_of_a_url_will_do(case: Case, spelling: str) -> None:
    url = case.home + STORIES[1]
    assert story(case.output, spelling.format(url)) == story(case.output, url)


def test_a_page_that_is_gone(case: Case) -> None:
    told = story(case.output, case.home + "/2026/gone.html")
    assert told["article"] is None
    assert ends(told) == [("gone", "http 404")] * 2
    assert len(told["captures"]) == 2


def test_a_discovery_document(case: Case) -> None:
    told = story(case.output, case.home + "/feed")
    assert [(one["kind"], one["found"], one["new"]) for one in told["polls"]] == [("feed", 6, 6), ("feed", 6, 0)]
    assert len(told["captures"]) == 2


def test_what_was_refused(demonstration: Crawl) -> None:
    ((url,),) = demonstration.rows("SELECT url FROM dispositions WHERE disposition = 'blocked'")
    told = story(demonstration.output, url)
    assert (told["article"], told["captures"]) == (None, [])
    assert [end for end, _ in ends(told)] == ["blocked"]


def test_related_links_are_told_both_ways(demonstration: Crawl) -> None:
    (naming, named, headline) = demonstration.rows(
        "SELECT a.url_key, t.url_key, l.headline FROM related_links l"
        " JOIN extractions e ON e.extraction_id = l.extraction_id JOIN articles a ON a.article_id = e.article_id"
        " JOIN articles t ON t.article_id = l.target_id WHERE EXISTS"
        " (SELECT 1 FROM related_links o WHERE o.extraction_id = l.extraction_id AND o.target_id IS NULL) LIMIT 1"
    )[0]
    links = story(demonstration.output, f"https://{naming}")["article"]["related_links"]
    assert (headline, named) in [(link["headline"], link["article"]) for link in links]
    assert None in [link["article"] for link in links]
    assert naming in story(demonstration.output, f"https://{named}")["article"]["named_by"]


@pytest.mark.slow
def test_the_story_is_told_in_words(case: Case) -> None:
    told = scrapy("explain", case.home + "/2026/moved.html", output=case.output)
    assert (told.code, told.stderr) == (0, "")
    lines = told.stdout.splitlines()
    assert lines[:2] == [
        case.key("/2026/moved.html"),
        f"  leads to the article {case.key(STORIES[1])} (redirect), whose story this is",
    ]
    headings = [line for line in lines if not line.startswith(" ")]
    assert headings[1:] == ["Found", "What became of it", "Archived", "Article", "Revision 1"]
    assert f"  in feed {case.feed.name}" in lines
    assert any(f" redirected (to {case.home}{STORIES[1]}): {case.home}/2026/moved.html; run " in line for line in lines)


@pytest.mark.slow
def test_the_story_as_json(case: Case) -> None:
    url = case.home + STORIES[0]
    told = scrapy("explain", "--json", url, output=case.output)
    assert (told.code, told.stderr) == (0, "")
    assert json.loads(told.stdout) == {"known": True, **story(case.output, url)}


@pytest.mark.slow
def test_a_url_that_was_never_seen(case: Case) -> None:
    told = scrapy("explain", case.home + "/2026/unheard-of.html", output=case.output)
    assert told.code == 1
    assert "never seen: no source named it, and no crawl asked for it" in told.stdout


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [[], ["no-url"], ["http://a.example/", "http://b.example/"]])
def test_a_wrong_command_line_is_refused(case: Case, arguments: list[str]) -> None:
    assert scrapy("explain", *arguments, output=case.output).code == 2


def test_a_folder_without_database_is_not_made_one(tmp_path: Path) -> None:
    told = scrapy("explain", "http://a.example/", output=tmp_path / "nothing")
    assert told.code == 2
    assert "there is no database at" in told.stderr
    assert not (tmp_path / "nothing").exists()
