"""The frontier: every candidate URL with its state and due time. What a run leaves undone is due again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, false, func, literal, or_, select, true, update
from sqlalchemy.orm import Session

from newscrawl.items import Candidate
from newscrawl.storage.database import insert_unless_known
from newscrawl.storage.schema import FrontierRow, RunRow, table
from newscrawl.urls import host_of, url_key

# What was asked for by hand first, then what is newest by nature.
_PRIORITY: Mapping[str, int] = {"given": 0, "feed": 10, "section": 20, "sitemap": 30, "related": 40}
_BATCH = 500
_LEASING = 0x6E657773
LEASE_TIME = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run may lease: candidates of these sources, or just these keys; all that is due when both are None."""

    sources: Collection[str] | None = None
    keys: Collection[str] | None = None
    sourceless: bool = False
    """With `sources`: candidates of no source too."""

    def condition(self) -> ColumnElement[bool]:
        """The scope as an SQL condition on the frontier."""
        conditions: list[ColumnElement[bool]] = [true()]
        if self.sources is not None:
            of_none = FrontierRow.source_id.is_(None) if self.sourceless else false()
            conditions.append(or_(FrontierRow.source_id.in_(self.sources), of_none))
        if self.keys is not None:
            conditions.append(FrontierRow.url_key.in_(self.keys))
        return and_(*conditions)


@dataclass(frozen=True, slots=True)
class Lease:
    """A candidate that the run has taken for itself."""

    url_key: str
    url: str
    host: str
    source_id: str | None
    depth: int
    tries: int
    until: datetime


_END = (
    update(table(FrontierRow))
    .where(FrontierRow.url_key == bindparam("key"))
    .values(due_at=bindparam("due"), run_id=bindparam("run"), lease_until=None)
)
_DONE = _END.values(state="done", tries=0)
_AGAIN = _END.values(state="waiting", tries=FrontierRow.tries + 1)
_LEASED = (
    FrontierRow.url_key,
    FrontierRow.url,
    FrontierRow.host,
    FrontierRow.source_id,
    FrontierRow.depth,
    FrontierRow.tries,
)


def add(session: Session, candidates: Iterable[Candidate], *, run_id: str, now: datetime, due_now: bool) -> int:
    """Take candidates up, and say how many were unknown.

    A known one becomes due when `due_now` is set or the document states a change later than the last known one;
    one that this run has leased or ended already is left alone.
    """
    by_key: dict[str, Candidate] = {}
    for candidate in candidates:
        by_key.setdefault(url_key(candidate.url), candidate)
    new = 0
    every_key = list(by_key)
    for start in range(0, len(every_key), _BATCH):
        keys = every_key[start : start + _BATCH]
        known = {row.url_key: row for row in session.scalars(select(FrontierRow).where(FrontierRow.url_key.in_(keys)))}
        rows = [_row(key, by_key[key], now) for key in keys if key not in known]
        if rows:
            new += len(
                session.scalars(
                    insert_unless_known(session.connection().dialect.name, FrontierRow).returning(FrontierRow.url_key),
                    rows,
                ).all()
            )
        for key, row in known.items():
            _renew(row, by_key[key], run_id=run_id, now=now, due_now=due_now)
    return new


def lease(
    session: Session,
    scope: Scope,
    *,
    run_id: str,
    now: datetime,
    per_host: int,
    busy: Mapping[str, int],
    budget: int,
    spent: Mapping[str | None, int],
) -> list[Lease]:
    """Take due candidates for the run: of each host as many as bring it to `per_host` in flight.

    `busy` counts the run's requests in flight by host; a host with more than half of `per_host` gets none yet.
    `spent` counts by source what the run has leased already, of `budget` each.
    A host belongs to one run at a time, so that the delay between its requests holds; several runs on one
    PostgreSQL share the hosts in equal numbers.
    """
    _one_at_a_time(session)
    _wake(session, now)
    exhausted = [source_id for source_id, count in spent.items() if source_id and count >= budget]
    due = and_(
        FrontierRow.state == "due",
        scope.condition(),
        or_(FrontierRow.source_id.is_(None), FrontierRow.source_id.not_in(exhausted)),
    )
    left = {source_id: budget - count for source_id, count in spent.items() if source_id}
    leased: list[Lease] = []
    until = now + LEASE_TIME
    for host in _own_hosts(session, due, run_id):
        if busy.get(host, 0) > per_host // 2:
            continue
        candidates = session.execute(
            select(*_LEASED)
            .where(due, FrontierRow.host == host)
            .order_by(FrontierRow.priority, FrontierRow.due_at, FrontierRow.url_key)
            .limit(per_host - busy.get(host, 0))
        ).all()
        for one in (Lease(*candidate, until) for candidate in candidates):
            if one.source_id is not None:
                if not left.setdefault(one.source_id, budget):
                    continue
                left[one.source_id] -= 1
            leased.append(one)
    if leased:
        session.execute(
            update(table(FrontierRow))
            .where(FrontierRow.url_key.in_([one.url_key for one in leased]))
            .values(state="leased", run_id=run_id, lease_until=until)
        )
    return leased


def leased_by_others(session: Session, scope: Scope, *, run_id: str) -> bool:
    """Whether other runs hold candidates of the scope; if they die, these are due again."""
    statement = select(FrontierRow.url_key).where(
        FrontierRow.state == "leased", FrontierRow.run_id != run_id, scope.condition()
    )
    return session.scalar(statement.limit(1)) is not None


def end(session: Session, key: str, *, run_id: str, due_at: datetime | None) -> None:
    """Mark a candidate as done, or as due again at `due_at` after a passing failure."""
    statement = _DONE if due_at is None else _AGAIN
    session.connection().execute(statement, {"key": key, "run": run_id, "due": due_at})


def release(session: Session, run_ids: Sequence[str]) -> int:
    """Give back what these runs leased and did not end; says how many candidates that were."""
    result = session.execute(
        update(table(FrontierRow))
        .where(FrontierRow.state == "leased", FrontierRow.run_id.in_(run_ids))
        .values(state="due", lease_until=None, run_id=None)
    )
    return int(getattr(result, "rowcount", 0))


def _one_at_a_time(session: Session) -> None:
    # Two runs that looked at once would take the same host.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LEASING)))


def _wake(session: Session, now: datetime) -> None:
    """Make due what waited for its time, and what a run leased too long ago."""
    for state, time in (("waiting", FrontierRow.due_at), ("leased", FrontierRow.lease_until)):
        session.execute(
            update(table(FrontierRow))
            # Written out, since SQLite takes a partial index only for a value that it can see.
            .where(FrontierRow.state == literal(state, literal_execute=True), time <= now)
            .values(state="due", lease_until=None)
        )


def _own_hosts(session: Session, due: ColumnElement[bool], run_id: str) -> list[str]:
    """The hosts with due candidates that are this run's to ask."""
    hosts = _due_hosts(session, due)
    runs = session.scalar(select(func.count()).select_from(RunRow).where(RunRow.state == "running")) or 1
    if runs == 1:
        return hosts
    held = (
        select(FrontierRow.host, func.min(FrontierRow.run_id))
        .where(FrontierRow.state == "leased")
        .group_by(FrontierRow.host)
    )
    holder = dict(session.execute(held).all())
    share = -(-len({*holder, *hosts}) // runs)
    mine = sorted(host for host, run in holder.items() if run == run_id)
    free = [host for host in hosts if host not in holder]
    return [host for host in (*mine, *free)[:share] if host in hosts]


def _due_hosts(session: Session, due: ColumnElement[bool]) -> list[str]:
    # One step of the index for each host, where DISTINCT would read every due row.
    def first(*conditions: ColumnElement[bool]) -> ScalarSelect[str]:
        return select(FrontierRow.host).where(due, *conditions).order_by(FrontierRow.host).limit(1).scalar_subquery()

    walk = select(first().label("host")).cte("hosts", recursive=True)
    walk = walk.union_all(select(first(FrontierRow.host > walk.c.host)).where(walk.c.host.is_not(None)))
    return list(session.scalars(select(walk.c.host).where(walk.c.host.is_not(None))))


def _row(key: str, candidate: Candidate, now: datetime) -> dict[str, Any]:
    return {
        "url_key": key,
        "url": candidate.url,
        "host": host_of(candidate.url),
        "source_id": candidate.source,
        "kind": candidate.kind,
        "via": candidate.via,
        "depth": candidate.depth,
        "evidence": dict(candidate.evidence),
        "changed_at": candidate.modified_at,
        "discovered_at": now,
        "priority": _PRIORITY[candidate.kind],
        "state": "due",
        "due_at": now,
        "tries": 0,
    }


def _renew(row: FrontierRow, candidate: Candidate, *, run_id: str, now: datetime, due_now: bool) -> None:
    row.evidence = {**row.evidence, **candidate.evidence}
    if row.run_id == run_id or row.state == "leased":
        return
    changed = candidate.modified_at is not None and (row.changed_at is None or candidate.modified_at > row.changed_at)
    if changed:
        row.changed_at = candidate.modified_at
    if due_now or changed:
        row.state, row.due_at = "due", now
        row.priority = min(row.priority, _PRIORITY[candidate.kind])
