"""On both databases; tests/commands/test_explain.py tells the stories of real crawls."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from newscrawl.items import Archived, Candidate, Capture, Disposition, RelatedLink, Visit
from newscrawl.storage import frontier, runs
from newscrawl.storage.database import Database
from newscrawl.storage.ends import End
from newscrawl.storage.story import Alias, Link, Story
from newscrawl.storage.telling import story_of
from newscrawl.urls import url_key
from tests.storage.test_articles import NOW, article, store

URL, OTHER, MOVED = "https://news.example/1", "https://news.example/2", "https://news.example/moved"


def told(database: Database, url: str) -> Story:
    with database.reading() as session:
        return story_of(session, url, url_key(url))


def place(number: int) -> Capture:
    return Capture(
        warc="a.warc.gz", offset=100 * number, length=100, record_id=f"<{number}>", payload_digest="sha256:00"
    )


def test_an_article_is_told_with_all_that_hangs_on_it(database: Database) -> None:
    link = RelatedLink(position=1, headline="عنوان الخبر", url=URL)
    first = Archived(capture=place(1), url=URL, captured_at=NOW)
    again = Archived(capture=place(2), url=URL, captured_at=NOW + timedelta(hours=1), refers_to="<1>")
    one, two = article(URL), article(URL, text="نص آخر للخبر نفسه، أطول قليلا مما كان عليه في المرة الأولى")
    assert one.visit is not None
    assert two.visit is not None
    store(database, replace(one, visit=replace(one.visit, archived=first)))
    store(database, article(OTHER, related_links=[link]))
    store(database, replace(two, visit=replace(two.visit, archived=again)))
    with database.session() as session:
        frontier.add(
            session, [Candidate(url=MOVED, source="news", kind="feed", via="https://news.example/feed")],
            run_id="run", now=NOW, due_now=True,
        )  # fmt: skip
        visit = Visit(candidate_key=url_key(MOVED), final_url=URL, redirect_urls=(MOVED,), source="news", status=200)
        runs.end_visits(session, [End(visit, Disposition.UNCHANGED, NOW, article_id=1)], run_id="run")
    story = told(database, MOVED + "?utm_source=mail")
    assert (story.url_key, story.alias) == ("news.example/moved", "redirect")
    assert [(found.kind, found.state) for found in story.discoveries if found.url == MOVED] == [("feed", "done")]
    assert {(end.url, end.disposition) for end in story.dispositions} == {(URL, "unchanged"), (MOVED, "redirected")}
    assert [(one.place, one.repeats) for one in story.captures] == [(place(1), None), (place(2), place(1))]
    assert story.article is not None
    assert story.article.aliases == [Alias(url_key="news.example/moved", kind="redirect")]
    assert [(one.number, one.capture) for one in story.article.revisions] == [(1, place(1)), (2, place(2))]
    assert story.article.named_by == ["news.example/2"]
    copy = told(database, OTHER).article
    assert copy is not None
    assert copy.related_links == [Link(position=1, headline="عنوان الخبر", url=URL, article="news.example/1")]
    assert copy.duplicate_of == "news.example/1"
    assert story.article.duplicates == ["news.example/2"]


def test_of_what_was_never_seen_nothing_is_told(database: Database) -> None:
    story = told(database, URL)
    assert story == Story(url_key="news.example/1", alias=None)
    assert not story.is_known
