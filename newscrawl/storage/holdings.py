"""What the database knows of the archive's WARCs: how many captures each holds, and which articles' pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from newscrawl.storage.schema import ArticleRow, CaptureRow, ExtractionRow, RevisionRow, table

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c
_CAPTURES = table(CaptureRow).c
_ORIGINAL = table(CaptureRow).alias("originals")
_READ_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Held:
    """What a WARC holds, as far as it was entered."""

    captures: int
    """Archived answers, revisits included."""
    first: datetime
    """Of the earliest and the latest."""
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles' pages; every field narrows them down."""

    source_id: str | None = None
    since: datetime | None = None
    """Captured then or later."""
    until: datetime | None = None
    """Captured before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """The capture that a stored revision came from."""

    warc: str
    original_warc: str | None
    """Where the answer is that it repeats; None for one with a payload of its own."""
    url: str
    """As archived."""
    url_key: str
    """The article's."""
    captured_at: datetime
    headline: str | None
    """As last read, like the body."""
    body: str | None


def by_warc(session: Session) -> dict[str, Held]:
    """What each WARC holds, by its name."""
    rows = session.connection().execute(
        select(
            _CAPTURES.warc,
            func.count(),
            func.min(_CAPTURES.captured_at),
            func.max(_CAPTURES.captured_at),
        ).group_by(_CAPTURES.warc)
    )
    return {warc: Held(captures, first, last) for warc, captures, first, last in rows}


def warcs_of(session: Session, selection: Selection) -> set[str]:
    """The WARCs without which the pages cannot be shown: theirs, and those of the answers that they repeat."""
    rows = session.connection().execute(_chosen(selection, _CAPTURES.warc, _ORIGINAL.c.warc).distinct())
    return {warc for row in rows for warc in row if warc is not None}


def pages(session: Session, selection: Selection) -> Iterator[StoredPage]:
    """The pages, in the order in which they were stored; some rows at a time."""
    last_reading = (
        select(func.max(_EXTRACTIONS.extraction_id))
        .where(_EXTRACTIONS.revision_id == _REVISIONS.revision_id)
        .correlate(table(RevisionRow))
        .scalar_subquery()
    )
    columns = (
        _CAPTURES.warc, _ORIGINAL.c.warc.label("original_warc"), _CAPTURES.url, _ARTICLES.url_key,
        _CAPTURES.captured_at, _EXTRACTIONS.headline, _EXTRACTIONS.body,
    )  # fmt: skip
    statement = (
        _chosen(selection, *columns)
        .join(table(ExtractionRow), _EXTRACTIONS.extraction_id == last_reading)
        .order_by(_REVISIONS.revision_id)
        .execution_options(yield_per=_READ_AT_ONCE)
    )
    for row in session.connection().execute(statement):
        yield StoredPage(**row._mapping)


def _chosen(selection: Selection, *columns: ColumnElement[Any]) -> Select[Any]:
    statement = (
        select(*columns)
        .select_from(table(RevisionRow))
        .join(table(ArticleRow), _ARTICLES.article_id == _REVISIONS.article_id)
        .join(table(CaptureRow), _CAPTURES.capture_id == _REVISIONS.capture_id)
        .outerjoin(_ORIGINAL, _ORIGINAL.c.record_id == _CAPTURES.refers_to)
    )
    if selection.source_id is not None:
        statement = statement.where(_ARTICLES.source_id == selection.source_id)
    if selection.since is not None:
        statement = statement.where(_CAPTURES.captured_at >= selection.since)
    if selection.until is not None:
        statement = statement.where(_CAPTURES.captured_at < selection.until)
    return statement
