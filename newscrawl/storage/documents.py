"""Discovery documents: when each is due, and what it was when it was last read."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, literal, select, update
from sqlalchemy.orm import Session

from newscrawl.discovery.revisits import Pace
from newscrawl.items import Validators
from newscrawl.storage.database import insert
from newscrawl.storage.schema import DocumentRow, FrontierRow, table

_DOCUMENTS, _FRONTIER = table(DocumentRow).c, table(FrontierRow).c
_OF_SOURCES = select(*(column for column in _DOCUMENTS if column.name != "names")).where(
    _DOCUMENTS.source_id.in_(bindparam("sources", expanding=True))
)
_NAMES = select(_DOCUMENTS.names).where(
    _DOCUMENTS.source_id == bindparam("source"), _DOCUMENTS.url == bindparam("url"), _DOCUMENTS.names.is_not(None)
)
_DUE = (
    update(table(FrontierRow))
    .where(
        _FRONTIER.url_key.in_(bindparam("keys", expanding=True)),
        _FRONTIER.state.in_(("done", "waiting")),
        _FRONTIER.run_id.is_distinct_from(bindparam("run")),
    )
    .values(state="due", due_at=bindparam("now"))
)
# Written out, since SQLite takes a partial index only for a value that it can see.
_WAITING = _FRONTIER.state == literal("waiting", literal_execute=True)
_FIRST_DUE = (select(func.min(_DOCUMENTS.due_at)), select(func.min(_FRONTIER.due_at)).where(_WAITING))
_KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed, sitemap or section page of a source."""

    source_id: str
    url: str
    kind: str
    via: str | None = None
    """URL of the index that names it; None for one that the source's file names."""
    due_at: datetime | None = None
    """None for one of which its index says when it changes."""
    interval: float | None = None
    """Seconds between two polls, as learnt."""
    polled_at: datetime | None = None
    """When it was last read, or said to be as it was."""
    failures: int = 0
    names: tuple[str, ...] | None = None
    """url_keys of the pages that it named when it was last read, for `keep`: None leaves what is kept. Only `make_due`
    reads them, since those of a large sitemap are many."""
    answered_by: str | None = None
    """URL that answered then."""
    stated_at: datetime | None = None
    """Last change that its index stated when it was last read."""
    read_by: str | None = None
    """What its reading depended on."""
    etag: str | None = None
    last_modified: str | None = None
    record_id: str | None = None

    @property
    def validators(self) -> Validators | None:
        """By what its server tells whether it has changed; None where it gave nothing for that."""
        return Validators.given(self.etag, self.last_modified, self.record_id)

    @property
    def pace(self) -> Pace:
        """What is known of its pace."""
        interval = None if self.interval is None else timedelta(seconds=self.interval)
        return Pace(interval=interval, polled_at=self.polled_at, failures=self.failures)


def of_sources(session: Session, sources: Collection[str]) -> dict[tuple[str, str], Document]:
    """The documents of these sources that were ever polled, by source_id and URL."""
    rows = session.connection().execute(_OF_SOURCES, {"sources": sorted(sources)})
    return {(row.source_id, row.url): Document(**row._mapping) for row in rows}


def keep(session: Session, documents: Iterable[Document]) -> None:
    """Write down what is known of documents after their polls."""
    connection = session.connection()
    statement = insert(connection.dialect.name, DocumentRow)
    columns = {name: statement.excluded[name] for name in _DOCUMENTS.keys() if name not in ("source_id", "url")}  # noqa: SIM118
    columns["names"] = func.coalesce(statement.excluded["names"], _DOCUMENTS.names)
    statement = statement.on_conflict_do_update(index_elements=["source_id", "url"], set_=columns)
    latest = {(one.source_id, one.url): {**asdict(one), "names": _packed(one.names)} for one in documents}
    if latest:
        # In one order: crawlers that poll the same documents must not wait for each other in a circle.
        connection.execute(statement, [latest[key] for key in sorted(latest)])


def first_due(session: Session) -> datetime | None:
    """When the next document or page is due; None when none is by itself."""
    connection = session.connection()
    times = [time for statement in _FIRST_DUE if (time := connection.scalar(statement)) is not None]
    return min(times, default=None)


def make_due(session: Session, document: Document, *, run_id: str, now: datetime) -> int:
    """Make due the pages that a document names that is as it was when it was last read; says how many."""
    connection = session.connection()
    packed = connection.scalar(_NAMES, {"source": document.source_id, "url": document.url})
    keys = zlib.decompress(packed).decode().split("\n") if packed else []
    made = 0
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = {"keys": keys[start : start + _KEYS_AT_ONCE], "run": run_id, "now": now}
        made += int(getattr(connection.execute(_DUE, some), "rowcount", 0))
    return made


def _packed(names: Collection[str] | None) -> bytes | None:
    return None if names is None else zlib.compress("\n".join(names).encode())
