"""Hosts that rest, from run to run. A host that answers has no row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from newscrawl.storage.database import insert
from newscrawl.storage.frontier import Scope
from newscrawl.storage.schema import FrontierRow, HostRow, table

_FRONTIER, _HOSTS = table(FrontierRow).c, table(HostRow).c
_COLUMNS = ("host", "rests", "rested_at", "until", "reason")


@dataclass(frozen=True, slots=True)
class Rest:
    """Why, since when and until when a host is left alone."""

    host: str
    rests: int
    """In a row, this one counted."""
    rested_at: datetime
    until: datetime
    """Aware; afterwards one request tries it."""
    reason: str


def every(session: Session) -> list[Rest]:
    """The hosts that rest or are still to be tried, those first that rest longest."""
    statement = select(*(_HOSTS[name] for name in _COLUMNS)).order_by(_HOSTS.until.desc(), _HOSTS.host)
    return [Rest(**row._mapping) for row in session.connection().execute(statement)]


def rest_of(session: Session, host: str) -> Rest | None:
    """The same of one host, as `urls.host_of` writes it; None for one that answers."""
    statement = select(*(_HOSTS[name] for name in _COLUMNS)).where(_HOSTS.host == host)
    row = session.connection().execute(statement).one_or_none()
    return None if row is None else Rest(**row._mapping)


def put_to_rest(session: Session, rest: Rest) -> None:
    """Enter a host that rests from now on."""
    values = {name: getattr(rest, name) for name in _COLUMNS}
    row = insert(session.get_bind().dialect.name, HostRow).values(values)
    session.execute(row.on_conflict_do_update(index_elements=["host"], set_=values))


def bring_back(session: Session, host: str) -> None:
    """Forget the rest of a host that answered."""
    session.execute(delete(table(HostRow)).where(_HOSTS.host == host))


def not_asked(session: Session, hosts: Collection[str], scope: Scope) -> dict[str, int]:
    """How many URLs of the scope are due, and were not asked since these hosts rest: by source_id, "" for none."""
    statement = (
        select(func.coalesce(_FRONTIER.source_id, ""), func.count())
        .where(_FRONTIER.state == "due", _FRONTIER.host.in_(bindparam("hosts", expanding=True)), scope.condition())
        .group_by(_FRONTIER.source_id)
    )
    found = session.connection().execute(statement, {"hosts": list(hosts), **scope.parameters()})
    return dict(found.all())
