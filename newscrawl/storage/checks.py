"""What `scrapy verify` asks the database: what it says of the archive and of the feeds, and whether it agrees with
itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import case, func, select, text, union_all
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from newscrawl.exceptions import StoreError
from newscrawl.items import Capture
from newscrawl.storage import captures
from newscrawl.storage.database import Database
from newscrawl.storage.runs import SURVEY
from newscrawl.storage.schema import (
    ArticleRow,
    CaptureRow,
    ExtractionRow,
    FrontierRow,
    PrunedRow,
    RelationRow,
    RevisionRow,
    RunRow,
    table,
)

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c
_CAPTURES, _FRONTIER, _RUNS = table(CaptureRow).c, table(FrontierRow).c, table(RunRow).c
_RELATIONS = table(RelationRow).c
_ORIGINALS = table(CaptureRow).alias("originals")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Traced:
    """A stored revision, as far as its capture must bear it out."""

    url_key: str
    number: int
    url: str
    payload_digest: str
    """Of the page with its content coding undone."""

    def __str__(self) -> str:
        return f"revision {self.number} of {self.url_key}"


@dataclass(frozen=True, slots=True)
class Entered:
    """An archived answer as the table `captures` has it, with what hangs on it."""

    capture: Capture
    url: str
    refers_to: str | None
    original: Capture | None
    """Of a revisit: the answer that it repeats; None when the table does not know it."""
    original_repeats: bool
    """Whether that one is a revisit itself."""
    revisions: tuple[Traced, ...]
    original_pruned: bool = False
    """Whether the answer that it repeats was removed for its age."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run, and what it says of its feed."""

    run_id: str
    spider: str
    state: str
    """running, finished or died."""
    feed: str | None
    """File name; None when it is not written."""
    feed_is_stale: bool
    """Whether it is to be written again without what was retracted."""


@contextmanager
def looking(database: Database) -> Iterator[Session]:
    """A session that only reads. Raises StoreError when the database cannot be read."""
    try:
        with database.reading() as session:
            yield session
    except DBAPIError as error:
        raise StoreError(database.failure(error, reading=True)) from error


@contextmanager
def opened(url: str) -> Iterator[Session]:
    """As `looking`, into the database of this URL, which is closed again. Raises also what `Database.existing` does."""
    database = Database.existing(url)
    try:
        with looking(database) as session:
            yield session
    finally:
        database.close()


def warcs(session: Session) -> list[str]:
    """The WARCs that captures name."""
    return list(session.scalars(select(_CAPTURES.warc).distinct()))


def extent(session: Session, warc: str) -> tuple[int, int]:
    """The captures of a WARC, and the offset at which the last of them ends."""
    statement = select(func.count(), func.max(_CAPTURES.offset + _CAPTURES.length)).where(_CAPTURES.warc == warc)
    captures, end = session.execute(statement).one()
    return captures, end or 0


def relying_on(session: Session, warc: str) -> tuple[int, int]:
    """The revisions whose bytes stand in a WARC, and the revisits of other files that repeat what stands in it."""
    of_warc = select(_CAPTURES.capture_id).where(_CAPTURES.warc == warc)
    revisions = select(func.count()).where(_REVISIONS.capture_id.in_(of_warc))
    revisits = (
        select(func.count())
        .select_from(table(CaptureRow).join(_ORIGINALS, _ORIGINALS.c.record_id == _CAPTURES.refers_to))
        .where(_ORIGINALS.c.warc == warc, _CAPTURES.warc != warc)
    )
    return session.scalar(revisions) or 0, session.scalar(revisits) or 0


def entered(database: Database, warc: str) -> Iterator[Entered]:
    """What the table has of a WARC, in the order of its offsets; read piece by piece, so that no transaction lasts."""
    after = -1
    while True:
        with looking(database) as session:
            several = _entered(session, warc, after)
        yield from several
        if len(several) < _AT_ONCE:
            return
        after = several[-1].capture.offset


def _entered(session: Session, warc: str, after: int) -> list[Entered]:
    originals = _ORIGINALS.c
    rows = session.execute(
        select(
            *table(CaptureRow).c,
            *(originals[name].label(f"original_{name}") for name in (*captures.PLACE, "refers_to")),
            table(PrunedRow).c.warc.label("pruned"),
        )
        .outerjoin(_ORIGINALS, originals.record_id == _CAPTURES.refers_to)
        .outerjoin(table(PrunedRow), table(PrunedRow).c.warc == originals.warc)
        .where(_CAPTURES.warc == warc, _CAPTURES.offset > after)
        .order_by(_CAPTURES.offset)
        .limit(_AT_ONCE)
    ).all()
    traced: dict[int, list[Traced]] = {}
    statement = (
        select(_REVISIONS.capture_id, _ARTICLES.url_key, _REVISIONS.number, _REVISIONS.url, _REVISIONS.payload_digest)
        .join(table(ArticleRow), _ARTICLES.article_id == _REVISIONS.article_id)
        .where(_REVISIONS.capture_id.in_([row.capture_id for row in rows]))
        .order_by(_REVISIONS.revision_id)
    )
    for capture_id, *revision in session.execute(statement):
        traced.setdefault(capture_id, []).append(Traced(*revision))
    return [
        Entered(
            capture=captures.capture_in(row),
            url=row.url,
            refers_to=row.refers_to,
            original=captures.original_in(row),
            original_repeats=row.original_refers_to is not None,
            revisions=tuple(traced.get(row.capture_id, ())),
            original_pruned=row.pruned is not None,
        )
        for row in rows
    ]


def running(session: Session) -> list[str]:
    """The runs that are called running."""
    return list(session.scalars(select(_RUNS.run_id).where(_RUNS.state == "running").order_by(_RUNS.run_id)))


def runs(session: Session) -> list[Run]:
    """Every run that has a feed, the oldest first."""
    statement = select(_RUNS.run_id, _RUNS.spider, _RUNS.state, _RUNS.feed, _RUNS.feed_is_stale)
    statement = statement.where(_RUNS.spider != SURVEY).order_by(_RUNS.started_at, _RUNS.run_id)
    return [Run(*row) for row in session.execute(statement)]


def run_of_revision(session: Session, url_key: str, number: int) -> str | None:
    """The run that stored a revision; None when there is no such revision."""
    return session.scalar(
        select(_REVISIONS.run_id)
        .join(table(ArticleRow), _ARTICLES.article_id == _REVISIONS.article_id)
        .where(_ARTICLES.url_key == url_key, _REVISIONS.number == number)
    )


def once_related(session: Session, url_key: str) -> set[object]:
    """The articles whose texts are or were related to that of an article, by their url_keys."""
    own = select(_ARTICLES.article_id).where(_ARTICLES.url_key == url_key).scalar_subquery()
    others = union_all(
        select(_RELATIONS.other_id).where(_RELATIONS.article_id == own),
        select(_RELATIONS.article_id).where(_RELATIONS.other_id == own),
    )
    return set(session.scalars(select(_ARTICLES.url_key).where(_ARTICLES.article_id.in_(others))))


def own_faults(session: Session) -> Iterator[str]:
    """What the database itself says of damage to it: SQLite's two checks of rows, indexes and references."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for (said,) in session.execute(text("PRAGMA integrity_check")):
        if said != "ok":
            yield f"integrity check: {said}"
    for name, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
        yield f"row {row} of table {name} refers to a row of {parent} that is not there"


def articles_without_revision(session: Session) -> Iterator[str]:
    """url_keys of articles of which no revision is stored."""
    held = select(_REVISIONS.article_id).where(_REVISIONS.article_id == _ARTICLES.article_id).exists()
    yield from session.scalars(select(_ARTICLES.url_key).where(~held).order_by(_ARTICLES.article_id))


def revisions_without_extraction(session: Session) -> Iterator[tuple[str, int]]:
    """url_key and number of revisions that nothing was read from."""
    held = select(_EXTRACTIONS.revision_id).where(_EXTRACTIONS.revision_id == _REVISIONS.revision_id).exists()
    statement = (
        select(_ARTICLES.url_key, _REVISIONS.number)
        .join(table(ArticleRow), _ARTICLES.article_id == _REVISIONS.article_id)
        .where(~held)
        .order_by(_REVISIONS.revision_id)
    )
    for url_key, number in session.execute(statement):
        yield url_key, int(number)


def current_extractions(session: Session) -> Iterator[tuple[str, int]]:
    """url_key and number of current extractions of articles that have revisions, and more or fewer than one."""
    current = func.sum(case((_EXTRACTIONS.is_current, 1), else_=0))
    statement = (
        select(_ARTICLES.url_key, func.coalesce(current, 0))
        .outerjoin(table(ExtractionRow), _EXTRACTIONS.article_id == _ARTICLES.article_id)
        .where(select(_REVISIONS.article_id).where(_REVISIONS.article_id == _ARTICLES.article_id).exists())
        .group_by(_ARTICLES.article_id, _ARTICLES.url_key)
        .having(func.coalesce(current, 0) != 1)
        .order_by(_ARTICLES.article_id)
    )
    for url_key, count in session.execute(statement):
        yield url_key, int(count)


def leases(session: Session) -> list[tuple[str | None, str, int, str]]:
    """By run that holds leases: the run, its state in the table (`unknown` when it is not there), the number of the
    leases, and the url_key of one."""
    statement = (
        select(_FRONTIER.run_id, func.coalesce(_RUNS.state, "unknown"), func.count(), func.min(_FRONTIER.url_key))
        .outerjoin(table(RunRow), _RUNS.run_id == _FRONTIER.run_id)
        .where(_FRONTIER.state == "leased")
        .group_by(_FRONTIER.run_id, _RUNS.state)
    )
    return [(run_id, state, count, key) for run_id, state, count, key in session.execute(statement)]


def counted(session: Session) -> tuple[int, int]:
    """The number of articles and of revisions."""
    articles = session.scalar(select(func.count()).select_from(table(ArticleRow)))
    revisions = session.scalar(select(func.count()).select_from(table(RevisionRow)))
    return articles or 0, revisions or 0
