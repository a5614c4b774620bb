"""What each source came to, day by day: summed up when a run ends, so that months are read in a moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, func, select, text, update
from sqlalchemy.orm import Session

from newscrawl.discovery.revisits import passes
from newscrawl.health.figures import Day, History, Space
from newscrawl.health.histograms import bin_of
from newscrawl.items import Disposition
from newscrawl.sources import Source
from newscrawl.storage.database import Database, insert, insert_unless_known
from newscrawl.storage.runs import SURVEY, TAKING_IN
from newscrawl.storage.schema import (
    ArticleAuthorRow,
    ArticleRow,
    DispositionRow,
    ExtractionRow,
    PollRow,
    RelatedLinkRow,
    RevisionRow,
    RunRow,
    SourceDayRow,
    SpaceDayRow,
    table,
)

_ARTICLES, _EXTRACTIONS, _REVISIONS = table(ArticleRow).c, table(ExtractionRow).c, table(RevisionRow).c
_DAYS, _POLLS, _ENDS = table(SourceDayRow).c, table(PollRow).c, table(DispositionRow).c

_OLDEST = timedelta(days=400)
"""Articles that were published earlier before their first fetch are counted on no day: nobody looks so far back."""
_LONGEST_LATENCY = timedelta(days=7)
"""What was published earlier is a find, and says nothing of how soon the crawl sees what is new."""
_NOT_FETCHED = (Disposition.REDIRECTED, Disposition.BLOCKED)
_COUNTS = [column.name for column in table(SourceDayRow).columns if column.name not in ("source_id", "day")]
_HISTOGRAMS = ("characters", "latencies")

_STORED = (
    select(
        _ARTICLES.source_id,
        _REVISIONS.number,
        _REVISIONS.fetched_at,
        _ARTICLES.duplicate_of,
        _EXTRACTIONS.published_at,
        _EXTRACTIONS.published_at_text,
        _EXTRACTIONS.published_at_precision,
        func.coalesce(func.length(_EXTRACTIONS.body), 0).label("characters"),
        exists().where(table(ArticleAuthorRow).c.extraction_id == _EXTRACTIONS.extraction_id).label("has_authors"),
        exists().where(table(RelatedLinkRow).c.extraction_id == _EXTRACTIONS.extraction_id).label("has_links"),
    )
    .select_from(table(RevisionRow))
    .join(table(ArticleRow), _ARTICLES.article_id == _REVISIONS.article_id)
    .join(table(ExtractionRow), (_EXTRACTIONS.article_id == _ARTICLES.article_id) & _EXTRACTIONS.is_current)
    .where(_REVISIONS.run_id == bindparam("run"), _ARTICLES.source_id.is_not(None))
)
_ENDED = select(_ENDS.source_id, _ENDS.at, _ENDS.disposition, _ENDS.reason).where(
    _ENDS.run_id == bindparam("run"), _ENDS.source_id.is_not(None)
)
_POLLED = select(_POLLS.source_id, _POLLS.at, _POLLS.error, _POLLS.found).where(_POLLS.run_id == bindparam("run"))


@dataclass(slots=True)
class _Sums:
    """What one run adds to a source's day."""

    counts: Counter[str] = field(default_factory=Counter)
    characters: Counter[int] = field(default_factory=Counter)
    latencies: Counter[int] = field(default_factory=Counter)
    last_asked_at: datetime | None = None


def uncounted(session: Session) -> list[str]:
    """The runs that have ended and whose figures are not summed up yet, the oldest first."""
    statement = select(RunRow.run_id).where(RunRow.state != "running", RunRow.counted.is_(False))
    return list(session.scalars(statement.order_by(RunRow.started_at, RunRow.run_id)))


def count(session: Session, run_id: str) -> bool:
    """Add what a run did to the days of its sources; False when another run has done it or is at it."""
    statement = select(RunRow.counted).where(RunRow.run_id == run_id).with_for_update(skip_locked=True)
    if session.scalar(statement) is not False:
        return False
    sums: dict[tuple[str, date], _Sums] = {}
    _count_stored(session, run_id, sums)
    _count_ends(session, run_id, sums)
    _count_polls(session, run_id, sums)
    _add(session, sums)
    session.execute(update(RunRow).where(RunRow.run_id == run_id).values(counted=True))
    return True


def histories(session: Session, sources: Iterable[Source], since: date) -> list[History]:
    """What the sources came to from a day on."""
    days: dict[str, dict[date, Day]] = {}
    names = [field.name for field in fields(Day)]
    columns = [table(SourceDayRow).c[name] for name in names]
    for row in session.connection().execute(select(_DAYS.source_id, _DAYS.day, *columns).where(_DAYS.day >= since)):
        values = dict(zip(names, row[2:], strict=True))
        for name in _HISTOGRAMS:
            values[name] = {int(number): count for number, count in values[name].items()}
        days.setdefault(row.source_id, {})[row.day] = Day(**values)
    return [
        History(source=source.source_id, days=days.get(source.source_id, {}), expect=source.expect)
        for source in sources
    ]


def database_bytes(session: Session, database: Database) -> int:
    """What the database takes."""
    if database.path is None:
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    files = (database.path, database.path.with_name(database.path.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def enter_space(session: Session, space: Space) -> None:
    """Take down what the files took on a day; the last of a day holds."""
    values = {"database": space.database, "archive": space.archive, "free": space.free, "total": space.total}
    row = insert(session.get_bind().dialect.name, SpaceDayRow).values(day=space.day, **values)
    session.execute(row.on_conflict_do_update(index_elements=["day"], set_=values))


def spaces(session: Session, since: date) -> list[Space]:
    """The days from that one on, in their order."""
    rows = session.scalars(select(SpaceDayRow).where(SpaceDayRow.day >= since).order_by(SpaceDayRow.day))
    return [
        Space(day=row.day, database=row.database, archive=row.archive, free=row.free, total=row.total) for row in rows
    ]


def last_run(session: Session) -> tuple[str, datetime, datetime | None, str] | None:
    """The crawl that began last: identifier, begin, end, state; None before the first."""
    crawls = select(RunRow).where(RunRow.spider.not_in((SURVEY, TAKING_IN)))
    row = session.scalars(crawls.order_by(RunRow.started_at.desc(), RunRow.run_id.desc()).limit(1)).first()
    return None if row is None else (row.run_id, row.started_at, row.finished_at, row.state)


def _count_stored(session: Session, run_id: str, sums: dict[tuple[str, date], _Sums]) -> None:
    for row in session.connection().execute(_STORED, {"run": run_id}):
        fetched = row.fetched_at.date()
        sum_ = _of(sums, row.source_id, fetched)
        if row.number > 1:
            sum_.counts["revisions"] += 1
            continue
        published = _published(row) or fetched
        if published >= fetched - _OLDEST:
            _of(sums, row.source_id, min(published, fetched)).counts["published"] += 1
        sum_.counts["stored"] += 1
        sum_.counts["duplicates"] += row.duplicate_of is not None
        sum_.counts["authors"] += bool(row.has_authors)
        sum_.counts["published_at"] += row.published_at_text is not None
        sum_.counts["related_links"] += bool(row.has_links)
        sum_.characters[bin_of(row.characters)] += 1
        if row.published_at_precision == "instant" and row.published_at is not None:
            latency = row.fetched_at - row.published_at
            if timedelta() <= latency < _LONGEST_LATENCY:
                sum_.latencies[bin_of(latency.total_seconds())] += 1


def _published(row: Any) -> date | None:
    if row.published_at_precision == "instant" and row.published_at is not None:
        return row.published_at.date()  # type: ignore[no-any-return]
    return date.fromisoformat(row.published_at_text[:10]) if row.published_at_text else None


def _count_ends(session: Session, run_id: str, sums: dict[tuple[str, date], _Sums]) -> None:
    for source_id, at, disposition, reason in session.connection().execute(_ENDED, {"run": run_id}):
        # Among what is blocked, that is where the host's robots.txt could not be had.
        failed = passes(Disposition(disposition), reason)
        if failed or disposition not in _NOT_FETCHED:
            counts = _of(sums, source_id, at.date()).counts
            counts["fetched"] += 1
            counts["failed"] += failed


def _count_polls(session: Session, run_id: str, sums: dict[tuple[str, date], _Sums]) -> None:
    for source_id, at, error, found in session.connection().execute(_POLLED, {"run": run_id}):
        sum_ = _of(sums, source_id, at.date())
        sum_.counts["asked"] += 1
        # What could be read in part did answer.
        sum_.counts["unanswered"] += bool(error) and not found
        sum_.last_asked_at = max(sum_.last_asked_at or at, at)


def _of(sums: dict[tuple[str, date], _Sums], source_id: str, day: date) -> _Sums:
    return sums.setdefault((source_id, day), _Sums())


def _add(session: Session, sums: dict[tuple[str, date], _Sums]) -> None:
    if not sums:
        return
    connection = session.connection()
    keys = [{"source_id": source_id, "day": day} for source_id, day in sorted(sums)]
    # In one order: crawlers that end together must not wait for each other in a circle.
    session.execute(insert_unless_known(connection.dialect.name, SourceDayRow), keys)
    for source_id in sorted({source_id for source_id, _ in sums}):
        added = {day: sums[source_id, day] for known, day in sums if known == source_id}
        rows = connection.execute(
            select(table(SourceDayRow))
            .where(_DAYS.source_id == source_id, _DAYS.day >= min(added), _DAYS.day <= max(added))
            .order_by(_DAYS.day)
            .with_for_update()
        )
        changed = [_sum(row, added[row.day]) for row in rows if row.day in added]
        connection.execute(
            update(table(SourceDayRow))
            .where(_DAYS.source_id == bindparam("of_source"), _DAYS.day == bindparam("of_day"))
            .values({name: bindparam(f"new_{name}") for name in _COUNTS}),
            changed,
        )


def _sum(row: Any, added: _Sums) -> dict[str, Any]:
    values: dict[str, Any] = {"of_source": row.source_id, "of_day": row.day}
    for name in _COUNTS:
        was = getattr(row, name)
        if name in _HISTOGRAMS:
            total = Counter({int(number): count for number, count in was.items()}) + getattr(added, name)
            values[f"new_{name}"] = {str(number): count for number, count in sorted(total.items())}
        elif name == "last_asked_at":
            values[f"new_{name}"] = max(filter(None, (was, added.last_asked_at)), default=None)
        else:
            values[f"new_{name}"] = was + added.counts[name]
    return values


def source_ids(session: Session) -> Sequence[str]:
    """Every source that has a day."""
    return session.scalars(select(_DAYS.source_id).distinct().order_by(_DAYS.source_id)).all()
