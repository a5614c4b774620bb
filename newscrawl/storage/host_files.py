"""Files by which hosts tell crawlers what they may do, such as robots.txt, kept between runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newscrawl.storage.database import insert
from newscrawl.storage.schema import HostFileRow, table

_FILES = table(HostFileRow).c
_COLUMNS = ("url", "fetched_at", "fresh_until", "status", "content", "etag", "last_modified")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFile:
    """What a host answered when it was asked for such a file."""

    url: str
    fetched_at: datetime
    """Aware; of the answer, or of a later one that said that nothing had changed."""
    fresh_until: datetime
    status: int
    content: bytes
    """The bytes that count; none where the status says that there is no such file."""
    etag: str | None = None
    last_modified: str | None = None


def kept(session: Session, url: str) -> HostFile | None:
    """The file as last had; None where it was never had."""
    statement = select(*(_FILES[name] for name in _COLUMNS)).where(_FILES.url == url)
    row = session.connection().execute(statement).one_or_none()
    return None if row is None else HostFile(**row._mapping)


def keep(session: Session, file: HostFile) -> None:
    """Keep it in the place of what was kept of it before."""
    values = {name: getattr(file, name) for name in _COLUMNS}
    row = insert(session.get_bind().dialect.name, HostFileRow).values(values)
    session.execute(row.on_conflict_do_update(index_elements=["url"], set_=values))
