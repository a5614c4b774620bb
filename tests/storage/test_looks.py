from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select
from sqlalchemy.orm import Session

from newscrawl.items import Candidate, Disposition, Validators, Visit
from newscrawl.storage import frontier, looks, runs
from newscrawl.storage.database import Database, alembic_config
from newscrawl.storage.ends import End
from newscrawl.storage.frontier import Lease, Scope
from newscrawl.storage.schema import FrontierRow
from tests.storage.test_articles import NOW as ARTICLES_NOW
from tests.storage.test_articles import article, store

NOW = datetime(2026, 1, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL, KEY = "https://a.example/1", "a.example/1"
TAGGED = Validators('"1"', "then", "<urn:1>")
STORED: dict[str, Any] = {
    "disposition": Disposition.STORED_NEW, "article_id": 7, "final_key": KEY, "anchor_at": NOW, "due_at": NOW + HOUR,
}  # fmt: skip


def leased(database: Database, *, run: str = "run", now: datetime = NOW) -> list[Lease]:
    with database.session() as session:
        return frontier.lease(
            session, Scope(), run_id=run, now=now, busy={}, per_host=9, budget=50, spent={},
        )  # fmt: skip


def ended(database: Database, visit: Visit, *, run: str = "run", **fields: Any) -> None:
    with database.session() as session:
        looks.end(session, [End(visit, now=NOW, **fields)], run_id=run)


@pytest.fixture
def visit(database: Database) -> Visit:
    """Of a leased candidate."""
    with database.session() as session:
        runs.begin(session, "run", spider="news", arguments={}, sources=[], now=NOW)
        frontier.add(session, [Candidate(url=URL, source="a", kind="feed")], run_id="run", now=NOW, due_now=False)
    assert len(leased(database)) == 1
    return Visit(candidate_key=KEY, final_url=URL, source="a", validators=TAGGED)


def test_a_stored_article_waits_for_its_next_look_with_its_condition(database: Database, visit: Visit) -> None:
    ended(database, visit, **STORED)
    assert leased(database) == []
    (again,) = leased(database, run="next", now=NOW + HOUR)
    assert (again.validators, again.anchor_at, again.tries) == (TAGGED, NOW, 0)


def test_what_is_looked_at_again_comes_after_what_is_new(database: Database, visit: Visit) -> None:
    ended(database, visit, **STORED)
    new = Candidate(url="https://a.example/2", source="a", kind="sitemap")
    with database.session() as session:
        frontier.add(session, [new], run_id="next", now=NOW + 2 * HOUR, due_now=False)
    assert [one.url[-1] for one in leased(database, run="next", now=NOW + 2 * HOUR)] == ["2", "1"]


@pytest.mark.parametrize(
    ("disposition", "condition", "tries"),
    [
        (Disposition.NOT_MODIFIED, TAGGED, 0),
        (Disposition.FAILED, TAGGED, 1),
        (Disposition.GONE, None, 1),
        (Disposition.INVALID, None, 0),
    ],
)
def test_a_condition_stays_while_its_answer_may_hold(
    database: Database, visit: Visit, disposition: Disposition, condition: Validators | None, tries: int
) -> None:
    ended(database, visit, **STORED)
    leased(database, now=NOW + HOUR)
    ended(database, visit, disposition=disposition, due_at=NOW + 2 * HOUR)
    (again,) = leased(database, run="next", now=NOW + 2 * HOUR)
    assert (again.validators, again.anchor_at, again.tries) == (condition, NOW, tries)


def test_the_article_that_a_redirect_led_to_waits_under_its_own_url(database: Database, visit: Visit) -> None:
    with database.session() as session:
        known = Candidate(url="https://a.example/2", source="a", kind="feed")
        frontier.add(session, [known], run_id="other", now=NOW, due_now=False)
    led = Visit(candidate_key=KEY, final_url="https://a.example/2", source="a", redirect_urls=(URL,), validators=TAGGED)
    ended(database, led, **{**STORED, "final_key": "a.example/2"})
    assert [(one.url[-1], one.validators) for one in leased(database, run="next", now=NOW + HOUR)] == [("2", TAGGED)]


@pytest.mark.parametrize("disposition", [Disposition.FAILED, Disposition.INVALID])
def test_a_redirect_that_leads_to_a_stored_article_and_fails_there_leaves_its_look(
    database: Database, visit: Visit, disposition: Disposition
) -> None:
    ended(database, visit, **STORED)
    old = Visit(candidate_key="a.example/old", final_url=URL, source="a", redirect_urls=("https://a.example/old",))
    with database.session() as session:
        runs.end_visits(session, [End(old, disposition, NOW)], run_id="run")
    (again,) = leased(database, run="next", now=NOW + HOUR)
    assert (again.url, again.anchor_at, again.validators) == (URL, NOW, TAGGED)


def test_articles_of_a_source_are_looked_at_no_more_but_failures_tried_again(database: Database, visit: Visit) -> None:
    ended(database, visit, **STORED)
    with database.session() as session:
        looks.end_looks(session, ["b"])
    leased_then = leased(database, now=NOW + HOUR)
    assert len(leased_then) == 1
    ended(database, visit, disposition=Disposition.FAILED, due_at=NOW + 2 * HOUR)
    with database.session() as session:
        looks.end_looks(session, ["a"])
        looks.end_looks(session, [])
    assert len(leased(database, now=NOW + 2 * HOUR)) == 1
    ended(database, visit, **STORED)
    with database.session() as session:
        looks.end_looks(session, ["a"])
    assert leased(database, now=NOW + 9 * HOUR) == []


def test_a_page_whose_article_is_removed_is_forgotten(database: Database, visit: Visit) -> None:
    ended(database, visit, **STORED)
    with database.session() as session:
        frontier.forget(session, [KEY])
    assert leased(database, now=NOW + 9 * HOUR) == []
    with database.session() as session:
        frontier.add(session, [Candidate(url=URL)], run_id="next", now=NOW, due_now=True)
    (again,) = leased(database, run="next")
    assert (again.validators, again.anchor_at) == (None, None)


def test_a_database_from_before_has_its_articles_looked_at_in_the_next_two_months(database: Database) -> None:
    urls = [f"https://news.example/{number}" for number in range(30)]
    for url in urls:
        store(database, article(url, text=url))
    store(database, article("https://given.example/1", text="given", source=None))
    store(database, article("https://news.example/gone", text="gone"))
    everything = [*urls, "https://given.example/1", "https://news.example/gone", "https://news.example/no-article"]
    with database.engine.begin() as connection:
        session = Session(connection)
        frontier.add(session, [Candidate(url=url) for url in everything], run_id="run", now=NOW, due_now=False)
        connection.exec_driver_sql("UPDATE frontier SET state = 'done', due_at = NULL")
        connection.exec_driver_sql("UPDATE articles SET away = 'gone' WHERE url_key = 'news.example/gone'")
        command.downgrade(alembic_config(connection), "0012")
        before = datetime.now(UTC)
        command.upgrade(alembic_config(connection), "head")
    with database.session() as session:
        rows = session.scalars(select(FrontierRow).where(FrontierRow.state == "waiting")).all()
        due = {row.url: row.due_at for row in rows if row.due_at is not None}
        assert sorted(due) == sorted(urls)
        assert {row.anchor_at for row in rows} == {ARTICLES_NOW}
        assert {row.priority for row in rows} == {looks.PRIORITY}
    days = [(due[url] - before).total_seconds() / 86400 for url in urls]
    assert days == sorted(days)
    assert 1 <= days[0] < days[-1] < 61
    assert max(later - earlier for earlier, later in pairwise(days)) < 2
