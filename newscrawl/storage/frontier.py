"""The frontier: every candidate URL with its state and due time. What a run leaves undone is due again."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from newscrawl.items import Candidate, Validators
from newscrawl.storage.database import insert_unless_known
from newscrawl.storage.schema import ArticleRow, FrontierRow, RetractedUrlRow, RunRow, table
from newscrawl.urls import host_of, url_key

# What was asked for by hand first, then what is newest by nature.
_PRIORITY: Mapping[str, int] = {"given": 0, "feed": 10, "section": 20, "sitemap": 30, "related": 40}
_FRONTIER, _COVERED = table(FrontierRow).c, table(RetractedUrlRow).c
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
        """The scope as an SQL condition on the frontier, for the values of `parameters()`."""
        conditions: list[ColumnElement[bool]] = [true()]
        if self.sources is not None:
            of_none = _FRONTIER.source_id.is_(None) if self.sourceless else false()
            conditions.append(or_(_FRONTIER.source_id.in_(bindparam("sources", expanding=True)), of_none))
        if self.keys is not None:
            conditions.append(_FRONTIER.url_key.in_(bindparam("keys", expanding=True)))
        return and_(*conditions)

    def form(self) -> Scope:
        """The scope without its values: one that has the same condition."""
        return Scope(
            sources=None if self.sources is None else (),
            keys=None if self.keys is None else (),
            sourceless=self.sourceless,
        )

    def parameters(self) -> dict[str, list[str]]:
        """The values for `condition()`."""
        values = {"sources": self.sources, "keys": self.keys}
        return {name: list(value) for name, value in values.items() if value is not None}


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
    kind: str = "given"
    """How it was found, as `Candidate.kind`."""
    via: str | None = None
    """URL of the document that named it."""
    undone_since: datetime | None = None
    """What was archived of it since this aware instant was read by nobody; None when nothing was."""
    retracted: bool = False
    """Whether a retraction covers it: it is to be refused, and not fetched."""
    anchor_at: datetime | None = None
    """Since when there is nothing new on its article; None while none is stored."""
    etag: str | None = None
    last_modified: str | None = None
    record_id: str | None = None
    """Of the answer that last brought the article, as `Validators`."""

    @property
    def validators(self) -> Validators | None:
        """By what its server tells whether it has changed; None where it gave nothing for that."""
        return Validators.given(self.etag, self.last_modified, self.record_id)


_KNOWN = (
    select(
        *(_FRONTIER[name] for name in ("url_key", "evidence", "changed_at", "state", "due_at", "priority", "run_id")),
        table(ArticleRow).c.last_fetched_at,
    )
    .join(table(ArticleRow), table(ArticleRow).c.url_key == _FRONTIER.url_key, isouter=True)
    .where(_FRONTIER.url_key.in_(bindparam("keys", expanding=True)))
)
_RENEW = update(table(FrontierRow)).where(_FRONTIER.url_key == bindparam("key"))
_FORGET = _RENEW.values(
    etag=None,
    last_modified=None,
    record_id=None,
    anchor_at=None,
    state=case((_FRONTIER.state == "waiting", "done"), else_=_FRONTIER.state),
    due_at=case((_FRONTIER.state == "waiting", null()), else_=_FRONTIER.due_at),
)
_WAKE = [
    update(table(FrontierRow))
    # Written out, since SQLite takes a partial index only for a value that it can see.
    .where(_FRONTIER.state == literal(state, literal_execute=True), time <= bindparam("now"))
    .values(state="due", lease_until=None)
    for state, time in (("waiting", _FRONTIER.due_at), ("leased", _FRONTIER.lease_until))
]
_LEASED = [
    _FRONTIER[name]
    for name in (
        *("url_key", "url", "host", "source_id", "depth", "tries", "kind", "via", "undone_since"),
        *("anchor_at", "etag", "last_modified", "record_id"),
    )
]
_LIVE_RUNS = select(func.count()).select_from(table(RunRow)).where(RunRow.state == "running")
_HOLDERS = (
    select(_FRONTIER.host, func.min(_FRONTIER.run_id)).where(_FRONTIER.state == "leased").group_by(_FRONTIER.host)
)
_LEASE = (
    update(table(FrontierRow))
    .where(_FRONTIER.url_key == bindparam("key"))
    .values(state="leased", run_id=bindparam("run"), lease_until=bindparam("until"))
)


def add(session: Session, candidates: Iterable[Candidate], *, run_id: str, now: datetime, due_now: bool) -> int:
    """Take candidates up, and say how many were unknown.

    A known one becomes due when `due_now` is set or the document states a change later than the last known one, and
    later than its article was last fetched; one that this run has leased or ended already is left alone.
    """
    by_key: dict[str, Candidate] = {}
    for candidate in candidates:
        by_key.setdefault(url_key(candidate.url), candidate)
    connection = session.connection()
    add_unknown = _add_unknown(connection.dialect.name)
    new = 0
    every_key = list(by_key)
    for start in range(0, len(every_key), _BATCH):
        keys = every_key[start : start + _BATCH]
        known = {row.url_key: row for row in connection.execute(_KNOWN, {"keys": keys})}
        unknown = [_row(key, by_key[key], now) for key in keys if key not in known]
        if unknown:
            new += len(connection.scalars(add_unknown, unknown).all())
        renewed = [_renewed(row, by_key[key], run_id=run_id, now=now, due_now=due_now) for key, row in known.items()]
        changed = [row for row in renewed if row is not None]
        if changed:
            connection.execute(_RENEW, changed)
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
    resting: Container[str] = (),
) -> list[Lease]:
    """Take due candidates for the run: of each host as many as bring it to `per_host` in flight.

    `busy` counts the run's requests in flight by host; a host with more than half of `per_host` gets none yet.
    `spent` counts by source what the run has leased already, of `budget` each. Of `resting` hosts nothing is taken.
    A host belongs to one run at a time, so that the delay between its requests holds; several runs on one
    PostgreSQL share the hosts in equal numbers.
    """
    connection = session.connection()
    _one_at_a_time(connection)
    for wake in _WAKE:
        connection.execute(wake, {"now": now})
    exhausted = [source_id for source_id, count in spent.items() if source_id and count >= budget]
    due_hosts, due_of_host = _due(scope.form())
    parameters = {**scope.parameters(), "exhausted": exhausted}
    left = {source_id: budget - count for source_id, count in spent.items() if source_id}
    leased: list[Lease] = []
    until = now + LEASE_TIME
    for host in _own_hosts(connection, list(connection.scalars(due_hosts, parameters)), run_id):
        if host in resting or busy.get(host, 0) > per_host // 2:
            continue
        room = {"host": host, "room": per_host - busy.get(host, 0)}
        for row in connection.execute(due_of_host, parameters | room):
            one = Lease(**row._mapping, until=until)
            if one.source_id is not None:
                if not left.setdefault(one.source_id, budget):
                    continue
                left[one.source_id] -= 1
            leased.append(one)
    if leased:
        connection.execute(_LEASE, [{"key": one.url_key, "run": run_id, "until": until} for one in leased])
    return leased


def leased_by_others(session: Session, scope: Scope, *, run_id: str) -> bool:
    """Whether other runs hold candidates of the scope; if they die, these are due again."""
    statement = select(_FRONTIER.url_key).where(
        _FRONTIER.state == "leased", _FRONTIER.run_id != run_id, scope.condition()
    )
    return session.connection().scalar(statement.limit(1), scope.parameters()) is not None


def forget(session: Session, keys: Iterable[str]) -> None:
    """Forget that articles are, or were, stored under these url_keys: they are not looked at again, and would be asked
    for whole."""
    session.connection().execute(_FORGET, [{"key": key} for key in sorted(keys)])


def release(session: Session, run_ids: Sequence[str]) -> int:
    """Give back what these runs leased and did not end; says how many candidates that were."""
    began = select(RunRow.started_at).where(RunRow.run_id == _FRONTIER.run_id).scalar_subquery()
    result = session.execute(
        update(table(FrontierRow))
        .where(FrontierRow.state == "leased", FrontierRow.run_id.in_(run_ids))
        .values(state="due", lease_until=None, run_id=None, undone_since=func.coalesce(_FRONTIER.undone_since, began))
    )
    return int(getattr(result, "rowcount", 0))


def _one_at_a_time(connection: Connection) -> None:
    # Two runs that looked at once would take the same host.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LEASING)))


def _own_hosts(connection: Connection, due: list[str], run_id: str) -> list[str]:
    """The hosts with due candidates that are this run's to ask."""
    runs = connection.scalar(_LIVE_RUNS) or 1
    if runs == 1:
        return due
    holder = dict(connection.execute(_HOLDERS).all())
    share = -(-len({*holder, *due}) // runs)
    mine = sorted(host for host, run in holder.items() if run == run_id)
    free = [host for host in due if host not in holder]
    return [host for host in (*mine, *free)[:share] if host in due]


@cache
def _add_unknown(dialect: str) -> Any:
    return insert_unless_known(dialect, FrontierRow).returning(_FRONTIER.url_key)


@cache
def _due(scope: Scope) -> tuple[Select[Any], Select[Any]]:
    """The hosts with due candidates of a scope of this form, and the due candidates of one host, most urgent first."""
    due = and_(
        _FRONTIER.state == "due",
        scope.condition(),
        or_(_FRONTIER.source_id.is_(None), _FRONTIER.source_id.not_in(bindparam("exhausted", expanding=True))),
    )

    # One step of the index for each host, where DISTINCT would read every due row.
    def first(*conditions: ColumnElement[bool]) -> ScalarSelect[str]:
        return select(_FRONTIER.host).where(due, *conditions).order_by(_FRONTIER.host).limit(1).scalar_subquery()

    walk = select(first().label("host")).cte("hosts", recursive=True)
    walk = walk.union_all(select(first(_FRONTIER.host > walk.c.host)).where(walk.c.host.is_not(None)))
    covered = select(_COVERED.url_key).where(_COVERED.url_key == _FRONTIER.url_key).exists()
    of_host = (
        select(*_LEASED, covered.label("retracted"))
        .where(due, _FRONTIER.host == bindparam("host"))
        .order_by(_FRONTIER.priority, _FRONTIER.due_at, _FRONTIER.url_key)
        .limit(bindparam("room"))
    )
    return select(walk.c.host).where(walk.c.host.is_not(None)), of_host


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


def _renewed(row: Any, candidate: Candidate, *, run_id: str, now: datetime, due_now: bool) -> dict[str, Any] | None:
    """A known candidate's new columns; None when nothing changes."""
    columns: dict[str, Any] = {
        "evidence": {**row.evidence, **candidate.evidence},
        "changed_at": row.changed_at,
        "state": row.state,
        "due_at": row.due_at,
        "priority": row.priority,
    }
    if row.run_id != run_id and row.state != "leased":
        stated = candidate.modified_at
        changed = stated is not None and (row.changed_at is None or stated > row.changed_at)
        if changed:
            columns["changed_at"] = stated
        # What a second document states of a change that was fetched since is nothing new.
        is_news = changed and (row.last_fetched_at is None or stated > row.last_fetched_at)
        if due_now or is_news:
            priority = min(row.priority, _PRIORITY[candidate.kind])
            columns |= {"state": "due", "due_at": now, "priority": priority}
    if all(getattr(row, name) == value for name, value in columns.items()):
        return None
    return {"key": row.url_key, **columns}
