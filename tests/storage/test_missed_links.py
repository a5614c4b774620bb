from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from newscrawl.items import Article
from newscrawl.storage import articles, runs
from newscrawl.storage.database import Database, Session
from newscrawl.storage.schema import RunRow
from tests.durability.site import wait_until
from tests.storage.test_articles import NOW
from tests.storage.test_readings import HEADLINE, named_by, naming, page

pytestmark = pytest.mark.slow


def begun(database: Database, *run_ids: str) -> None:
    with database.session() as session:
        for run_id in run_ids:
            runs.begin(session, run_id, spider="news", arguments={}, sources=[], now=NOW)


def store_at_once(database: Database, one: Article, other: Article) -> None:
    """Two transactions, neither of which sees what the other has stored."""
    with Session(database.engine) as first, ThreadPoolExecutor(1) as pool:
        articles.store(first, [one], run_id="first")
        storing = pool.submit(_store, database, other)
        # It has stored, and waits for the first's end to be compared with it.
        wait_until(lambda: _waits(database) or storing.done())
        assert not storing.done()
        first.commit()
        storing.result()


def _store(database: Database, article: Article) -> None:
    with database.session() as second:
        articles.store(second, [article], run_id="second")


def _waits(database: Database) -> bool:
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with database.session() as session:
        return bool(session.scalar(waiting))


@pytest.fixture
def server(postgresql_url: str) -> Iterator[Database]:
    database = Database(postgresql_url)
    yield database
    database.close()


@pytest.mark.parametrize("link", ["url", "headline"])
@pytest.mark.parametrize("ends", ["first", "second", "dies"])
def test_what_was_stored_at_once_is_tied_when_either_run_ends(server: Database, link: str, ends: str) -> None:
    begun(server, "first", "second")
    name = naming(url="https://news.example/target") if link == "url" else naming()
    store_at_once(server, name, page("target", headline="غيره" if link == "url" else HEADLINE))
    assert named_by(server) == [None]
    with server.session() as session:
        if ends == "dies":
            runs.bury(session, ["second"])
        else:
            runs.finish(session, ends, counts={}, now=NOW + timedelta(hours=1))
    assert named_by(server) == ["target"]


def test_what_has_the_url_takes_the_place_of_what_has_the_headline(server: Database) -> None:
    begun(server, "first", "second")
    with server.session() as session:
        articles.store(session, [page("namesake", headline=HEADLINE)], run_id="first")
    store_at_once(server, naming(url="https://news.example/target"), page("target"))
    assert named_by(server) == ["namesake"]
    with server.session() as session:
        runs.finish(session, "second", counts={}, now=NOW)
    assert named_by(server) == ["target"]


def test_a_run_that_was_alone_is_not_looked_at(server: Database) -> None:
    begun(server, "first", "second")
    with server.session() as session:
        runs.finish(session, "first", counts={}, now=NOW - timedelta(hours=1))
    store_at_once(server, naming(url="https://news.example/target"), page("target"))
    with server.session() as session:
        runs.finish(session, "second", counts={}, now=NOW)
        assert session.scalars(select(RunRow.state)).all() == ["finished", "finished"]
    assert named_by(server) == [None]
