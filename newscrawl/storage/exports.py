"""What an export asks of the database: the chosen articles, one after the other, in one state of it."""

from __future__ import annotations

import operator
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, collate, func, or_, select
from sqlalchemy.orm import Session

from newscrawl.exceptions import ConfigurationError
from newscrawl.items import Article, OptOutSignal
from newscrawl.storage.checks import looking
from newscrawl.storage.database import Database
from newscrawl.storage.revisions import as_known_now
from newscrawl.storage.runs import SURVEY
from newscrawl.storage.schema import ArticleRow, ExtractionRow, OptOutRow, RevisionRow, RunRow, SourceRow, table

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c
_RUNS, _SOURCES = table(RunRow).c, table(SourceRow).c
_READ_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles; every field narrows them down."""

    sources: Sequence[str] = ()
    since: datetime | None = None
    """Published then or later; an article that states no time counts with that of its first fetch. A local time and a
    day count as if they were UTC."""
    until: datetime | None = None
    """The same, before."""
    runs: Sequence[str] = ()
    """Of which one of these runs stored a revision."""
    since_run: str | None = None
    """Stored, changed or read again since this run began."""
    language: str | None = None
    without_signals: Collection[OptOutSignal] = ()
    """Of which no page was last met that gives one of these signals."""
    all_revisions: bool = False
    """Each revision that fits, and not the article as it is read now."""


@contextmanager
def snapshot(database: Database) -> Iterator[Session]:
    """A session that only reads, and sees one state of the database as long as it lasts.

    Raises StoreError when the database fails.
    """
    with looking(database) as session:
        if database.path is None:
            one_state = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            session.connection(execution_options=one_state)
        yield session


def require_known(session: Session, selection: Selection) -> None:
    """Raises ConfigurationError for a source or run that the database does not know."""
    for source_id in selection.sources:
        stored = select(_ARTICLES.article_id).where(_ARTICLES.source_id == source_id).limit(1)
        known = select(_SOURCES.source_id).where(_SOURCES.source_id == source_id)
        if session.scalar(known) is None and session.scalar(stored) is None:
            names = list(session.scalars(select(_SOURCES.source_id).order_by(_SOURCES.source_id)))
            raise ConfigurationError(
                f"nothing was ever crawled of a source {source_id!r}; {_instead(source_id, names)}"
            )
    for run_id in (*selection.runs, *([selection.since_run] if selection.since_run else ())):
        if session.scalar(select(_RUNS.run_id).where(_RUNS.run_id == run_id)) is None:
            storing = select(_RUNS.run_id).where(_RUNS.spider != SURVEY)
            newest = storing.order_by(_RUNS.started_at.desc(), _RUNS.run_id.desc())
            raise ConfigurationError(f"there was no run {run_id!r}; {_instead(run_id, list(session.scalars(newest)))}")


def articles(session: Session, selection: Selection, *, with_body: bool = True) -> Generator[Article]:
    """The chosen articles, as known now (`revisions.as_known_now`), in the order in which they were first stored, and
    the revisions of each by their number. Some are in memory at a time."""
    statement = (
        chosen(session, selection, _EXTRACTIONS.extraction_id)
        .order_by(_REVISIONS.article_id, _REVISIONS.number)
        .execution_options(yield_per=_READ_AT_ONCE)
    )
    with session.connection().execute(statement) as result:
        for rows in result.partitions():
            yield from _read(session, [extraction_id for (extraction_id,) in rows], with_body=with_body)


def newest(session: Session, selection: Selection, limit: int) -> list[Article]:
    """The articles stored last, the last one first, at most `limit` of them."""
    statement = chosen(session, selection, _EXTRACTIONS.extraction_id).order_by(_REVISIONS.article_id.desc())
    return list(_read(session, list(session.scalars(statement.limit(limit)))))


def changes(session: Session, selection: Selection, limit: int) -> list[Article]:
    """The revisions after an article's first that were stored last, the last one first, at most `limit` of them."""
    every = replace(selection, all_revisions=True)
    statement = chosen(session, every, _EXTRACTIONS.extraction_id).where(_REVISIONS.number > 1)
    return list(_read(session, list(session.scalars(statement.order_by(_REVISIONS.revision_id.desc()).limit(limit)))))


def chosen(session: Session, selection: Selection, *columns: ColumnElement[Any]) -> Select[Any]:
    """Columns of articles, revisions and extractions, a row for each chosen reading."""
    statement = (
        select(*columns)
        .select_from(table(RevisionRow))
        .join(table(ArticleRow), _ARTICLES.article_id == _REVISIONS.article_id)
        .join(table(ExtractionRow), _EXTRACTIONS.revision_id == _REVISIONS.revision_id)
        .where(_EXTRACTIONS.extraction_id == _in_force() if selection.all_revisions else _EXTRACTIONS.is_current)
    )
    if selection.sources:
        statement = statement.where(_ARTICLES.source_id.in_(selection.sources))
    if selection.language is not None:
        statement = statement.where(_EXTRACTIONS.language == selection.language)
    if selection.without_signals:
        signal = table(OptOutRow).c.signal
        reserved = select(table(OptOutRow).c.article_id).where(signal.in_(sorted(selection.without_signals)))
        statement = statement.where(_ARTICLES.article_id.not_in(reserved.scalar_subquery()))
    if selection.runs:
        of_runs = _REVISIONS.run_id.in_(selection.runs)
        if not selection.all_revisions:
            stored = select(_REVISIONS.article_id).where(_REVISIONS.run_id.in_(selection.runs))
            of_runs = _ARTICLES.article_id.in_(stored.scalar_subquery())
        statement = statement.where(of_runs)
    if selection.since_run is not None:
        began = session.scalar(select(_RUNS.started_at).where(_RUNS.run_id == selection.since_run))
        later = select(_RUNS.run_id).where(_RUNS.started_at >= began)
        # The second for runs that had begun before and went on beside it, and for what was read again.
        statement = statement.where(or_(_REVISIONS.run_id.in_(later), _EXTRACTIONS.extracted_at >= began))
    for bound, compare in ((selection.since, operator.ge), (selection.until, operator.lt)):
        if bound is not None:
            statement = statement.where(_dated(session, bound, compare))
    return statement


def by_bytes(session: Session, text: ColumnElement[Any]) -> ColumnElement[Any]:
    """A text as its bytes are ordered: a server's own order may be a language's, and pass over punctuation."""
    return collate(text, "C" if session.get_bind().dialect.name == "postgresql" else "BINARY")


def _in_force() -> Any:
    """What a revision counts as read: the current reading where it has that, else its last one."""
    of_revision = table(ExtractionRow).alias("of_revision")
    mine = of_revision.c.revision_id == _REVISIONS.revision_id
    current = select(of_revision.c.extraction_id).where(mine, of_revision.c.is_current)
    last = select(func.max(of_revision.c.extraction_id)).where(mine)
    revisions = table(RevisionRow)
    return func.coalesce(current.correlate(revisions).scalar_subquery(), last.correlate(revisions).scalar_subquery())


def _dated(session: Session, bound: datetime, compare: Any) -> ColumnElement[bool]:
    instant, text = _EXTRACTIONS.published_at, _EXTRACTIONS.published_at_text
    day = _EXTRACTIONS.published_at_precision == "day"
    local = by_bytes(session, case((day, text + "T00:00:00"), else_=text))
    return or_(
        compare(instant, bound),
        and_(instant.is_(None), compare(local, bound.astimezone(UTC).replace(tzinfo=None).isoformat())),
        and_(text.is_(None), compare(_ARTICLES.first_fetched_at, bound)),
    )


def _read(session: Session, extraction_ids: list[int], *, with_body: bool = True) -> Iterator[Article]:
    read = as_known_now(session, extraction_ids, with_body=with_body)
    return (read[extraction_id] for extraction_id in extraction_ids)


def _instead(name: str, names: list[str]) -> str:
    """What to name in the place of a name that is unknown."""
    if not names:
        return "nothing was crawled yet"
    near = get_close_matches(name, names, n=1)
    some = ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
    return f"did you mean {near[0]!r}?" if near else f"name one of {some}"
