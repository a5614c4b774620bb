"""The frontier: every candidate URL with its state and due time. What a run leaves undone is due again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true, update
from sqlalchemy.orm import Session

from newscrawl.items import Candidate
from newscrawl.storage.database import insert
from newscrawl.storage.schema import FrontierRow
from newscrawl.urls import host_of, url_key

# What was asked for by hand first, then what is newest by nature.
_PRIORITY: Mapping[str, int] = {"given": 40, "feed": 30, "section": 20, "sitemap": 10, "related": 0}
_BATCH = 500
LEASE_TIME = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run may lease: candidates of these sources, or just these keys; all that is due when both are None."""

    sources: Collection[str] | None = None
    keys: Collection[str] | None = None

    def condition(self) -> ColumnElement[bool]:
        """The scope as an SQL condition on the frontier."""
        conditions: list[ColumnElement[bool]] = [true()]
        if self.sources is not None:
            conditions.append(FrontierRow.source_id.in_(self.sources))
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
                    insert(session, FrontierRow).on_conflict_do_nothing().returning(FrontierRow.url_key), rows
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
    busy: Mapping[str, int],
    per_host: int,
    closed_sources: Collection[str] = (),
) -> list[Lease]:
    """Take due candidates for the run: of each host as many as bring it to `per_host` in flight.

    `busy` counts the run's requests in flight by host; sources in `closed_sources` have spent their budget.
    Several crawlers on one PostgreSQL never lease the same row.
    """
    due = and_(
        scope.condition(),
        or_(FrontierRow.state == "due", and_(FrontierRow.state == "leased", FrontierRow.lease_until < now)),
        FrontierRow.due_at <= now,
        or_(FrontierRow.source_id.is_(None), FrontierRow.source_id.not_in(closed_sources)),
    )
    leased: list[Lease] = []
    for host in session.scalars(select(FrontierRow.host).where(due).distinct().order_by(FrontierRow.host)).all():
        room = per_host - busy.get(host, 0)
        if room <= 0:
            continue
        rows = session.scalars(
            select(FrontierRow)
            .where(due, FrontierRow.host == host)
            .order_by(FrontierRow.priority.desc(), FrontierRow.due_at, FrontierRow.url_key)
            .limit(room)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.state, row.run_id, row.lease_until = "leased", run_id, now + LEASE_TIME
            leased.append(Lease(row.url_key, row.url, row.host, row.source_id, row.depth, row.tries))
    return leased


def end(session: Session, key: str, *, run_id: str, due_at: datetime | None) -> None:
    """Mark a candidate as done, or as due again at `due_at` after a passing failure."""
    again = due_at is not None
    session.execute(
        update(FrontierRow)
        .where(FrontierRow.url_key == key)
        .values(
            state="due" if again else "done",
            due_at=due_at,
            tries=FrontierRow.tries + 1 if again else 0,
            run_id=run_id,
            lease_until=None,
        )
    )


def release(session: Session, run_ids: Sequence[str]) -> int:
    """Give back what these runs leased and did not end; says how many candidates that were."""
    result = session.execute(
        update(FrontierRow)
        .where(FrontierRow.state == "leased", FrontierRow.run_id.in_(run_ids))
        .values(state="due", lease_until=None, run_id=None)
    )
    return int(getattr(result, "rowcount", 0))


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
        row.priority = max(row.priority, _PRIORITY[candidate.kind])
