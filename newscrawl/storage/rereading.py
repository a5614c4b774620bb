"""Revisions that are to be read again from the archive, and what was read from them so far."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from newscrawl.items import FEED_FIELDS, Article, Capture
from newscrawl.storage import captures, readings
from newscrawl.storage.database import Database
from newscrawl.storage.revisions import Reading, readings_of
from newscrawl.storage.schema import ArticleRow, CaptureRow, ExtractionRow, RevisionRow, UrlAliasRow, table

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c
_CAPTURES, _ALIASES = table(CaptureRow).c, table(UrlAliasRow).c
_ORIGINAL = table(CaptureRow).alias("originals")
_AT_ONCE = 100

READ_FIELDS = tuple(
    name
    for name in FEED_FIELDS
    if name
    not in (
        "id", "url", "url_key", "source", "fetched_at", "revision", "content_hash", "duplicate_of", "near_duplicates",
        "capture", "extractor", "run",
    )
)  # fmt: skip
"""The fields of an article that are read from its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which revisions; every field narrows them down."""

    source_id: str | None = None
    since: datetime | None = None
    """Fetched then or later."""
    until: datetime | None = None
    """Fetched before."""
    url_key: str | None = None
    """Of this article, or of the one of which this is another address."""
    revision_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A stored revision with the place of its bytes and what was read from them so far."""

    revision_id: int
    number: int
    url: str
    source: str | None
    fetched_at: datetime
    payload_digest: str
    capture: Capture
    original: Capture | None
    """Of a revisit: the answer that it repeats."""
    readings: tuple[Reading, ...]
    """The first one first."""

    def reading_in_force(self, extractor: str) -> Reading:
        """What the revision counts as read now, before this extractor reads it: the current reading; where another
        revision has that, the extractor's own last one, else the last."""
        own = [reading for reading in self.readings if is_by(reading, extractor)]
        current = [reading for reading in self.readings if reading.is_current]
        return (current or own or list(self.readings))[-1]


def counted(session: Session, chosen: Chosen) -> tuple[int, int]:
    """The chosen revisions that can be read again, and those that cannot, for nothing of them is archived."""
    rows = session.execute(_selected(chosen, func.count(_REVISIONS.capture_id), func.count())).one()
    return rows[0], rows[1] - rows[0]


def revisions(database: Database, chosen: Chosen) -> Iterator[Revision]:
    """The chosen revisions that are archived, in the order of storing; read piece by piece, so that no transaction
    lasts."""
    after = 0
    while True:
        with database.reading() as session:
            several = _next(session, chosen, after)
        yield from several
        if len(several) < _AT_ONCE:
            return
        after = several[-1].revision_id


def current_of(session: Session, keys: Collection[str]) -> dict[str, Article]:
    """By url_key, as which the articles count now; those that are not stored are left out."""
    statement = (
        select(_EXTRACTIONS.revision_id)
        .join(table(ArticleRow), _ARTICLES.article_id == _EXTRACTIONS.article_id)
        .where(_ARTICLES.url_key.in_(keys), _EXTRACTIONS.is_current)
    )
    found = readings_of(session, list(session.scalars(statement)))
    current = [reading.article for of_revision in found.values() for reading in of_revision if reading.is_current]
    return {article.url_key: article for article in current}


def is_same(one: Article, other: Article) -> bool:
    """Whether two readings of a page say the same."""
    names = (*READ_FIELDS, "content_hash", "whole_hash", "substance_hash", "whole_substance_hash")
    return all(told(one, name) == told(other, name) for name in names)


def told(article: Article, name: str) -> Any:
    """A field's value as the feed tells it, None for what is empty: one instant at two offsets is two times."""
    value = getattr(article, name)
    return value.isoformat() if isinstance(value, date) else value or None


def is_by(reading: Reading, extractor: str) -> bool:
    """Whether the reading is this extractor's, its first or a later one."""
    return readings.base(reading.article.extractor or "") == extractor


def _next(session: Session, chosen: Chosen, after: int) -> list[Revision]:
    columns = (
        _REVISIONS.revision_id, _REVISIONS.number, _REVISIONS.url, _ARTICLES.source_id, _REVISIONS.fetched_at,
        _REVISIONS.payload_digest.label("page_digest"), *(_CAPTURES[name] for name in captures.PLACE),
        *(_ORIGINAL.c[name].label(f"original_{name}") for name in captures.PLACE),
    )  # fmt: skip
    rows = session.execute(
        _selected(chosen, *columns)
        .join(table(CaptureRow), _CAPTURES.capture_id == _REVISIONS.capture_id)
        .outerjoin(_ORIGINAL, _ORIGINAL.c.record_id == _CAPTURES.refers_to)
        .where(_REVISIONS.revision_id > after)
        .order_by(_REVISIONS.revision_id)
        .limit(_AT_ONCE)
    ).all()
    known = readings_of(session, [row.revision_id for row in rows])
    return [
        Revision(
            revision_id=row.revision_id,
            number=row.number,
            url=row.url,
            source=row.source_id,
            fetched_at=row.fetched_at,
            payload_digest=row.page_digest,
            capture=captures.capture_in(row),
            original=captures.original_in(row),
            readings=tuple(known[row.revision_id]),
        )
        for row in rows
    ]


def _selected(chosen: Chosen, *columns: ColumnElement[Any]) -> Select[Any]:
    statement = (
        select(*columns)
        .select_from(table(RevisionRow))
        .join(table(ArticleRow), _ARTICLES.article_id == _REVISIONS.article_id)
    )
    if chosen.source_id is not None:
        statement = statement.where(_ARTICLES.source_id == chosen.source_id)
    if chosen.since is not None:
        statement = statement.where(_REVISIONS.fetched_at >= chosen.since)
    if chosen.until is not None:
        statement = statement.where(_REVISIONS.fetched_at < chosen.until)
    if chosen.revision_id is not None:
        statement = statement.where(_REVISIONS.revision_id == chosen.revision_id)
    if chosen.url_key is not None:
        alias = select(_ALIASES.article_id).where(_ALIASES.url_key == chosen.url_key)
        statement = statement.where(
            or_(_ARTICLES.url_key == chosen.url_key, _ARTICLES.article_id.in_(alias.scalar_subquery()))
        )
    return statement
