from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from newscrawl.items import Candidate, Disposition, Visit
from newscrawl.storage import frontier, looks, runs
from newscrawl.storage.database import Database
from newscrawl.storage.ends import End
from newscrawl.storage.frontier import Scope
from newscrawl.storage.schema import FrontierRow
from tests.storage.test_articles import article, store

NOW = datetime(2026, 1, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL: dict[str, Any] = {"busy": {}, "per_host": 9, "budget": 50, "spent": {}}


def candidate(path: str = "1", host: str = "a.example", **fields: Any) -> Candidate:
    return Candidate(url=f"https://{host}/{path}", **{"source": "a", "kind": "feed", **fields})


def add(database: Database, *candidates: Candidate, run: str = "run", due_now: bool = False) -> int:
    with database.session() as session:
        return frontier.add(session, candidates, run_id=run, now=NOW, due_now=due_now)


def lease(
    database: Database, scope: Scope | None = None, *, run: str = "run", now: datetime = NOW, **options: Any
) -> list[str]:
    with database.session() as session:
        rows = frontier.lease(session, scope or Scope(), run_id=run, now=now, **{**ALL, **options})
        return [row.url for row in rows]


def run(database: Database, *run_ids: str) -> None:
    with database.session() as session:
        for run_id in run_ids:
            runs.begin(session, run_id, spider="news", arguments={}, sources=[], now=NOW)


def end(database: Database, url: str, *, run: str = "run", due_at: datetime | None = None) -> None:
    with database.session() as session:
        disposition = Disposition.NOT_ARTICLE if due_at is None else Disposition.FAILED
        visit = Visit(candidate_key=url.removeprefix("https://"), final_url=url)
        looks.end(session, [End(visit, disposition, NOW, due_at=due_at)], run_id=run)


def test_known_candidates_are_counted_once(database: Database) -> None:
    assert add(database, candidate("1"), candidate("2"), candidate("1?utm_source=x")) == 2
    assert add(database, candidate("2"), candidate("3")) == 1


def test_a_candidate_is_leased_once(database: Database) -> None:
    add(database, candidate())
    assert lease(database) == ["https://a.example/1"]
    assert lease(database) == lease(database, run="other") == []


def test_of_each_host_as_many_as_have_room(database: Database) -> None:
    add(database, *(candidate(str(number), host) for number in range(5) for host in ("a.example", "b.example")))
    taken = lease(database, per_host=3, busy={"a.example": 1})
    expected = [("a.example", 0), ("a.example", 1), *(("b.example", number) for number in range(3))]
    assert sorted(taken) == [f"https://{host}/{number}" for host, number in expected]


def test_a_host_that_is_more_than_half_busy_waits(database: Database) -> None:
    add(database, candidate("1"), candidate("1", "b.example"))
    assert lease(database, per_host=4, busy={"a.example": 3, "b.example": 2}) == ["https://b.example/1"]


def test_what_was_asked_for_by_hand_goes_first(database: Database) -> None:
    add(database, candidate("1", kind="sitemap"), candidate("2", kind="feed"), candidate("3", kind="given"))
    assert [url[-1] for url in lease(database)] == ["3", "2", "1"]


def test_scope_and_exhausted_sources(database: Database) -> None:
    add(
        database,
        candidate("1"),
        candidate("1", "b.example", source="b"),
        *(candidate(path, "c.example", source=None) for path in "12"),
    )
    assert lease(database, Scope(sources=["b"])) == ["https://b.example/1"]
    assert lease(database, Scope(keys=["c.example/1"])) == ["https://c.example/1"]
    assert lease(database, Scope(sources=["b"], sourceless=True)) == ["https://c.example/2"]
    assert lease(database, spent={"a": 50}) == []
    assert lease(database) == ["https://a.example/1"]


def test_done_is_due_again_only_when_named_or_changed(database: Database) -> None:
    add(database, candidate())
    end(database, *lease(database))
    add(database, candidate(), run="next")
    assert lease(database, run="next") == []
    add(database, candidate(modified_at=NOW), run="next")
    assert lease(database, run="next") == ["https://a.example/1"], "the feed states a change"
    end(database, "https://a.example/1", run="next")
    add(database, candidate(modified_at=NOW), run="third")
    assert lease(database, run="third") == [], "the same change is no new one"
    add(database, candidate(), run="third", due_now=True)
    assert lease(database, run="third") == ["https://a.example/1"]


def test_a_change_that_was_fetched_already_is_nothing_new(database: Database) -> None:
    add(database, candidate())
    store(database, article("https://a.example/1", fetched_at=NOW))
    end(database, *lease(database))
    for stated, is_due in ((NOW - HOUR, False), (NOW, False), (NOW + HOUR, True)):
        add(database, candidate(kind="sitemap", modified_at=stated), run="next")
        assert bool(lease(database, run="next")) is is_due, stated


def test_one_run_does_not_take_what_it_has_ended(database: Database) -> None:
    add(database, candidate())
    end(database, *lease(database))
    add(database, candidate(modified_at=NOW), due_now=True)
    assert lease(database) == []


def test_passing_failure_is_due_later(database: Database) -> None:
    add(database, candidate())
    end(database, *lease(database), due_at=NOW + HOUR)
    assert lease(database) == []
    with database.session() as session:
        (again,) = frontier.lease(session, Scope(), run_id="next", now=NOW + HOUR, **ALL)
    assert again.tries == 1


def test_lapsed_and_released_leases_are_given_out_again(database: Database) -> None:
    add(database, candidate())
    lease(database, run="slow")
    assert lease(database, now=NOW + frontier.LEASE_TIME + HOUR) == ["https://a.example/1"]
    with database.session() as session:
        assert frontier.release(session, ["run"]) == 1
    assert lease(database, run="next") == ["https://a.example/1"]


def test_many_candidates(database: Database) -> None:
    many = [candidate(str(number)) for number in range(2500)]
    assert add(database, *many) == 2500
    assert add(database, *many) == 0


def test_a_source_gets_what_is_left_of_its_budget(database: Database) -> None:
    add(database, *(candidate(str(number), host) for number in range(3) for host in ("a.example", "b.example")))
    assert len(lease(database, budget=5, spent={"a": 1})) == 4
    assert lease(database, budget=5, spent={"a": 5}) == []


def test_a_host_belongs_to_one_run_at_a_time(database: Database) -> None:
    add(database, *map(candidate, "12"))
    run(database, "one", "two")
    assert lease(database, run="one", per_host=1) == ["https://a.example/1"]
    assert lease(database, run="two") == []
    with database.session() as session:
        assert frontier.leased_by_others(session, Scope(), run_id="two")
        assert not frontier.leased_by_others(session, Scope(), run_id="one")
    end(database, "https://a.example/1", run="one")
    assert lease(database, run="two") == ["https://a.example/2"]


def test_runs_share_the_hosts(database: Database) -> None:
    hosts = [f"{letter}.example" for letter in "abcdef"]
    add(database, *(candidate(str(number), host) for host in hosts for number in range(3)))
    run(database, "one")
    run(database, "two", "three")
    assert [len(lease(database, run=one, per_host=1)) for one in ("one", "two", "three")] == [2, 2, 2]
    with database.session() as session:
        held = session.execute(select(FrontierRow.run_id, FrontierRow.host).where(FrontierRow.state == "leased")).all()
    assert len({host for _, host in held}) == 6


def test_a_new_run_gets_hosts_of_one_that_holds_all(database: Database) -> None:
    add(database, *(candidate(str(number), host) for host in ("a.example", "b.example") for number in range(3)))
    run(database, "one")
    assert len(lease(database, run="one", per_host=1)) == 2
    run(database, "two")
    assert lease(database, run="two") == []
    end(database, "https://b.example/0", run="one")
    assert lease(database, run="one", per_host=1, busy={"a.example": 1}) == []
    assert lease(database, run="two", per_host=1) == ["https://b.example/1"]


def test_the_lease_reads_only_what_it_takes(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'newscrawl.db'}")
    add(database, *(candidate(str(number), f"{number % 20}.example") for number in range(3000)))
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with database.session() as session:
        connection: Any = session.connection().connection.driver_connection
        connection.set_progress_handler(count, 100)
        assert len(frontier.lease(session, Scope(), run_id="run", now=NOW, **{**ALL, "per_host": 2})) == 40
        connection.set_progress_handler(None, 0)
    database.close()
    # A look at each due row takes SQLite more than ten steps of its machine.
    assert steps * 100 < 3000 * 10


def test_what_runs_left_undone_is_known_until_it_ends(database: Database) -> None:
    run(database, "first")
    with database.session() as session:
        runs.begin(session, "second", spider="news", arguments={}, sources=[], now=NOW + HOUR)
    add(database, candidate("1"), candidate("2"))

    def undone() -> set[datetime | None]:
        with database.session() as session:
            return {one.undone_since for one in frontier.lease(session, Scope(), run_id="next", now=NOW, **ALL)}

    for run_id in ("first", "second"):
        assert len(lease(database, run=run_id)) == 2
        with database.session() as session:
            frontier.release(session, [run_id])
    assert undone() == {NOW}
    end(database, "https://a.example/1", due_at=NOW)
    with database.session() as session:
        frontier.release(session, ["next"])
    assert {url: since for url, since in _since(database).items() if since} == {"a.example/2": NOW}


def _since(database: Database) -> dict[str, datetime | None]:
    with database.session() as session:
        return {row.url_key: row.undone_since for row in session.scalars(select(FrontierRow))}
