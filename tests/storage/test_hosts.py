from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from newscrawl.items import Candidate, Disposition, Visit
from newscrawl.storage import frontier, hosts, looks
from newscrawl.storage.database import Database
from newscrawl.storage.ends import End
from newscrawl.storage.frontier import Scope
from newscrawl.storage.hosts import Rest

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
REST = Rest("quay.example", 1, NOW, NOW + timedelta(minutes=30), "http 503")


def test_a_host_rests_until_it_is_brought_back(database: Database) -> None:
    longer = Rest("quay.example", 2, NOW, NOW + timedelta(hours=1), "http 500")
    with database.session() as session:
        hosts.put_to_rest(session, REST)
        hosts.put_to_rest(session, Rest("pier.example", 1, NOW, NOW + timedelta(minutes=40), "http 503"))
        hosts.put_to_rest(session, longer)
    with database.session() as session:
        assert [rest.host for rest in hosts.every(session)] == ["quay.example", "pier.example"]
        assert hosts.rest_of(session, "quay.example") == longer
        hosts.bring_back(session, "quay.example")
        assert hosts.rest_of(session, "quay.example") is None
        assert [rest.host for rest in hosts.every(session)] == ["pier.example"]


def test_of_hosts_that_rest_nothing_is_leased_and_it_is_counted(database: Database) -> None:
    urls = {"https://quay.example/a": "quay", "https://quay.example/b": None, "https://pier.example/a": "pier"}
    candidates = [Candidate(url=url, source=source, kind="given") for url, source in urls.items()]
    with database.session() as session:
        frontier.add(session, candidates, run_id="run", now=NOW, due_now=True)
        leased = frontier.lease(
            session, Scope(), run_id="run", now=NOW, per_host=8, busy={}, budget=10, spent={}, resting=["quay.example"]
        )
        assert [one.host for one in leased] == ["pier.example"]
        assert hosts.not_asked(session, ["quay.example"], Scope()) == {"quay": 1, "": 1}
        assert hosts.not_asked(session, ["quay.example"], Scope(sources=["quay"])) == {"quay": 1}
        assert hosts.not_asked(session, ["pier.example"], Scope()) == {}


def test_what_its_host_refused_waits_at_no_try_of_its_own(database: Database) -> None:
    later = NOW + timedelta(hours=1)
    with database.session() as session:
        candidates = [Candidate(url="https://quay.example/a", source=None, kind="given")]
        frontier.add(session, candidates, run_id="run", now=NOW, due_now=True)
        taking: dict[str, Any] = {"run_id": "run", "per_host": 8, "busy": {}, "budget": 10, "spent": {}}
        (one,) = frontier.lease(session, Scope(), now=NOW, **taking)
        visit = Visit(candidate_key=one.url_key, final_url=one.url, tries=1)
        end = End(visit, Disposition.FAILED, NOW, "http 503", due_at=later, by_host=True)
        looks.end(session, [end], run_id="run")
        assert frontier.lease(session, Scope(), now=later - timedelta(seconds=1), **taking) == []
        (again,) = frontier.lease(session, Scope(), now=later, **taking)
        assert (again.url_key, again.tries) == (one.url_key, 0)
