from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from newscrawl.items import Candidate, Validators
from newscrawl.storage import documents, frontier, runs
from newscrawl.storage.database import Database
from newscrawl.storage.documents import Document

NOW = datetime(2026, 1, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = Document(
    source_id="a", url="https://a.example/feed", kind="feed", due_at=NOW + HOUR, interval=3600.0, polled_at=NOW
)


def kept(database: Database, *sources: str) -> dict[tuple[str, str], Document]:
    with database.session() as session:
        return documents.of_sources(session, sources)


def test_what_is_known_of_a_document_is_kept_by_source_and_url(database: Database) -> None:
    other = replace(FEED, source_id="b", etag='"1"', record_id="<urn:1>")
    with database.session() as session:
        documents.keep(session, [FEED, other, replace(FEED, failures=3)])
    assert kept(database, "a") == {("a", FEED.url): replace(FEED, failures=3)}
    with database.session() as session:
        documents.keep(session, [replace(FEED, due_at=None, stated_at=NOW)])
        documents.keep(session, [])
    assert kept(database, "a", "b") == {
        ("a", FEED.url): replace(FEED, due_at=None, stated_at=NOW),
        ("b", FEED.url): other,
    }
    assert kept(database) == {}


def test_conditions_and_pace(database: Database) -> None:
    assert FEED.validators is None
    assert replace(FEED, last_modified="then", record_id="r").validators == Validators(None, "then", "r")
    assert FEED.pace.interval == HOUR
    assert (FEED.pace.polled_at, FEED.pace.failures) == (NOW, 0)


def test_the_next_that_is_due(database: Database) -> None:
    with database.session() as session:
        assert documents.first_due(session) is None
        documents.keep(session, [FEED, replace(FEED, url="https://a.example/b", due_at=None)])
        assert documents.first_due(session) == NOW + HOUR
        runs.begin(session, "run", spider="news", arguments={}, sources=[], now=NOW)
        for number, time in ((1, NOW + 2 * HOUR), (2, NOW + HOUR / 2), (3, NOW)):
            found = Candidate(url=f"https://a.example/{number}", source="a", kind="feed")
            frontier.add(session, [found], run_id="run", now=time, due_now=False)
        connection = session.connection()
        connection.exec_driver_sql("UPDATE frontier SET state = 'waiting' WHERE url_key <> 'a.example/3'")
        assert documents.first_due(session) == NOW + HOUR / 2


def states(database: Database) -> dict[str, str]:
    with database.session() as session:
        rows = session.connection().exec_driver_sql("SELECT url_key, state FROM frontier")
        return {key[-1]: state for key, state in rows}


def test_what_an_unchanged_document_names_is_made_due(database: Database) -> None:
    with database.session() as session:
        for run_id in ("first", "second"):
            runs.begin(session, run_id, spider="news", arguments={}, sources=[], now=NOW)
        for number in range(6):
            one = Candidate(url=f"https://a.example/{number}", source="a", kind="feed", via="https://a.example/other")
            frontier.add(session, [one], run_id="first", now=NOW, due_now=False)
        session.connection().exec_driver_sql("UPDATE frontier SET state = 'done', run_id = 'first'")
        session.connection().exec_driver_sql("UPDATE frontier SET run_id = 'second' WHERE url_key = 'a.example/3'")
        read = replace(FEED, names=tuple(f"a.example/{number}" for number in (3, 1, 4)))
        documents.keep(session, [read, replace(FEED, url="https://a.example/other", names=("a.example/5",))])
        documents.keep(session, [replace(FEED, failures=1)])
    known = kept(database, "a")["a", FEED.url]
    assert known.names is None
    with database.session() as session:
        assert documents.make_due(session, known, run_id="second", now=NOW) == 2
        never_read = replace(FEED, url="https://a.example/new")
        assert documents.make_due(session, never_read, run_id="second", now=NOW) == 0
    assert states(database) == {"0": "done", "1": "due", "2": "done", "3": "done", "4": "due", "5": "done"}


def test_a_document_that_came_to_name_nothing_makes_nothing_due(database: Database) -> None:
    with database.session() as session:
        documents.keep(session, [replace(FEED, names=("a.example/1",))])
        documents.keep(session, [replace(FEED, names=())])
        assert documents.make_due(session, FEED, run_id="run", now=NOW) == 0
