from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from newscrawl.items import Candidate
from newscrawl.storage import frontier
from newscrawl.storage.database import Database
from newscrawl.storage.frontier import Scope

NOW = datetime(2026, 1, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def candidate(path: str = "1", host: str = "a.example", **fields: Any) -> Candidate:
    return Candidate(url=f"https://{host}/{path}", **{"source": "a", "kind": "feed", **fields})


def add(database: Database, *candidates: Candidate, run: str = "run", due_now: bool = False) -> int:
    with database.session() as session:
        return frontier.add(session, candidates, run_id=run, now=NOW, due_now=due_now)


def lease(
    database: Database, scope: Scope | None = None, *, run: str = "run", now: datetime = NOW, **options: Any
) -> list[str]:
    with database.session() as session:
        rows = frontier.lease(session, scope or Scope(), run_id=run, now=now, **{"busy": {}, "per_host": 9, **options})
        return [row.url for row in rows]


def end(database: Database, url: str, *, run: str = "run", due_at: datetime | None = None) -> None:
    with database.session() as session:
        frontier.end(session, url.removeprefix("https://"), run_id=run, due_at=due_at)


def test_known_candidates_are_counted_once(database: Database) -> None:
    assert add(database, candidate("1"), candidate("2"), candidate("1?utm_source=x")) == 2
    assert add(database, candidate("2"), candidate("3")) == 1


def test_a_candidate_is_leased_once(database: Database) -> None:
    add(database, candidate())
    assert lease(database) == ["https://a.example/1"]
    assert lease(database) == lease(database, run="other") == []


def test_of_each_host_as_many_as_have_room(database: Database) -> None:
    add(database, *(candidate(str(number), host) for number in range(5) for host in ("a.example", "b.example")))
    taken = lease(database, per_host=3, busy={"a.example": 2})
    assert sorted(taken) == ["https://a.example/0", *(f"https://b.example/{number}" for number in range(3))]


def test_what_was_asked_for_by_hand_goes_first(database: Database) -> None:
    add(database, candidate("1", kind="sitemap"), candidate("2", kind="feed"), candidate("3", kind="given"))
    assert [url[-1] for url in lease(database)] == ["3", "2", "1"]


def test_scope_and_closed_sources(database: Database) -> None:
    add(database, candidate("1"), candidate("1", "b.example", source="b"), candidate("1", "c.example", source=None))
    assert lease(database, Scope(sources=["b"])) == ["https://b.example/1"]
    assert lease(database, Scope(keys=["c.example/1"])) == ["https://c.example/1"]
    assert lease(database, closed_sources={"a"}) == []
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
        (again,) = frontier.lease(session, Scope(), run_id="next", now=NOW + HOUR, busy={}, per_host=1)
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
