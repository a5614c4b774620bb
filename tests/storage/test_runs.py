from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from newscrawl.exceptions import StoreBusy, StoreError
from newscrawl.items import Candidate, Disposition, Visit
from newscrawl.storage import frontier, runs
from newscrawl.storage.database import Database
from newscrawl.storage.ends import End
from newscrawl.storage.frontier import Scope
from newscrawl.storage.schema import DispositionRow, FrontierRow, RunRow

NOW = datetime(2026, 1, 2, tzinfo=UTC)

ALL: dict[str, Any] = {"busy": {}, "per_host": 9, "budget": 50, "spent": {}}


def begin(database: Database, run_id: str = "run") -> None:
    with database.session() as session:
        runs.begin(session, run_id, spider="news", arguments={}, sources=[], now=NOW)


def end(database: Database, visit: Visit, disposition: Disposition = Disposition.GONE) -> dict[str, Disposition]:
    with database.session() as session:
        return runs.end_visits(session, [End(visit, disposition, NOW, "why")], run_id="run")[0]


def test_every_url_ends_once_in_a_run(database: Database) -> None:
    begin(database)
    visit = Visit(candidate_key="a.example/1", final_url="https://a.example/1", source="a")
    assert end(database, visit) == {"a.example/1": Disposition.GONE}
    assert end(database, visit, Disposition.FAILED) == {}
    with database.session() as session:
        (row,) = session.scalars(select(DispositionRow))
        assert (row.source_id, row.disposition) == ("a", "gone")


def test_redirect_ends_both_urls_and_is_known_to_the_frontier(database: Database) -> None:
    begin(database)
    with database.session() as session:
        frontier.add(
            session,
            [Candidate(url="https://a.example/old"), Candidate(url="https://a.example/new")],
            run_id="run",
            now=NOW,
            due_now=False,
        )
        frontier.lease(session, Scope(keys=["a.example/old"]), run_id="run", now=NOW, **ALL)
    visit = Visit(
        candidate_key="a.example/old",
        final_url="https://a.example/new",
        redirect_urls=("https://a.example/old", "https://a.example/between"),
        status=410,
    )
    assert end(database, visit) == {
        "a.example/old": Disposition.REDIRECTED,
        "a.example/between": Disposition.REDIRECTED,
        "a.example/new": Disposition.GONE,
    }
    with database.session() as session:
        states = {row.url_key: row.state for row in session.scalars(select(FrontierRow))}
        assert states == dict.fromkeys(["a.example/old", "a.example/between", "a.example/new"], "done")
        statuses = {row.url_key: (row.status, row.reason) for row in session.scalars(select(DispositionRow))}
        assert statuses["a.example/new"] == (410, "why")
        assert statuses["a.example/old"] == (None, "to https://a.example/new")


def test_dead_runs_are_found_and_what_they_leased_is_due(database: Database) -> None:
    begin(database, "dead")
    with database.session() as session:
        frontier.add(session, [Candidate(url="https://a.example/1")], run_id="dead", now=NOW, due_now=False)
        frontier.lease(session, Scope(), run_id="dead", now=NOW, **ALL)
    with runs.RunLock(database, "run") as lock, database.session() as session:
        assert lock.dead(session) == ["dead"]
        assert runs.bury(session, ["dead"]) == 1
        assert session.get_one(RunRow, "dead").state == "died"
        assert runs.without_feed(session) == [("dead", "news")]
        assert session.scalars(select(FrontierRow.state)).all() == ["due"]


def test_a_run_that_was_taken_for_dead_may_store_nothing_more(database: Database) -> None:
    begin(database)
    with database.session() as session:
        runs.require_alive(session, run_id="run")
        runs.bury(session, ["run"])
    with database.session() as session, pytest.raises(StoreError, match="lost its lock"):
        runs.require_alive(session, run_id="run")


def test_a_run_that_has_finished_is_not_buried(database: Database) -> None:
    begin(database)
    with database.session() as session:
        runs.finish(session, "run", counts={}, now=NOW)
        runs.bury(session, ["run"])
        assert session.get_one(RunRow, "run").state == "finished"


@pytest.mark.slow
def test_a_feed_is_written_by_one_run(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    begin(database)
    with database.session() as first, database.session() as second:
        assert runs.claim_feed(first, "run", wait=False)
        assert not runs.claim_feed(second, "run", wait=False)
        runs.set_feed(first, "run", "news-run.jsonl")
        first.commit()
        assert not runs.claim_feed(second, "run", wait=True)
    database.close()


def test_one_run_at_a_time_on_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'newscrawl.db'}")
    with runs.RunLock(database, "first"), pytest.raises(StoreBusy, match=r"first, process \d+.*wait until it ends"):
        runs.RunLock(database, "second").__enter__()
    with runs.RunLock(database, "second"):
        pass
    database.close()


@pytest.mark.slow
def test_a_live_run_on_postgresql_is_not_dead(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    begin(database, "alive")
    with runs.RunLock(database, "alive"), runs.RunLock(database, "run") as lock, database.session() as session:
        assert lock.dead(session) == []
    with runs.RunLock(database, "run") as lock, database.session() as session:
        assert lock.dead(session) == ["alive"]
    database.close()


def test_finished_run_gives_back_its_leases(database: Database) -> None:
    begin(database)
    with database.session() as session:
        frontier.add(session, [Candidate(url="https://a.example/1")], run_id="run", now=NOW, due_now=False)
        frontier.lease(session, Scope(), run_id="run", now=NOW, **ALL)
        runs.finish(session, "run", counts={}, now=NOW)
        runs.set_feed(session, "run", "news-run.jsonl")
    with database.session() as session:
        assert session.scalars(select(FrontierRow.state)).all() == ["due"]
        assert session.get_one(RunRow, "run").state == "finished"
        assert runs.without_feed(session) == []
