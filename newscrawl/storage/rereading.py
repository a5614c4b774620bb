"""Revisions that are read again from the archive: which, and storing what was read.

A revision that is read again stays what it is: it gets another reading, which is current if the revision is its
article's newest, and the run that stored it, its feed and its number know nothing of that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from newscrawl.items import FEED_FIELDS, Article, Capture
from newscrawl.storage import readings, retractions
from newscrawl.storage.database import Database
from newscrawl.storage.revisions import Reading, readings_of
from newscrawl.storage.schema import ArticleRow, CaptureRow, ExtractionRow, RevisionRow, UrlAliasRow, table
from newscrawl.text.fold import fold_key

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c
_CAPTURES, _ALIASES = table(CaptureRow).c, table(UrlAliasRow).c
_ORIGINAL = table(CaptureRow).alias("originals")
_AT_ONCE = 100
_PLACE = ("warc", "offset", "length", "record_id", "payload_digest")

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

_LOCKED = (
    select(
        _ARTICLES.article_id,
        _ARTICLES.source_id,
        _ARTICLES.headline_key,
        _ARTICLES.text_digest,
        _REVISIONS.revision_id,
    )
    .join(table(RevisionRow), _REVISIONS.article_id == _ARTICLES.article_id)
    .where(_REVISIONS.revision_id.in_(bindparam("revisions", expanding=True)))
    # In the order of the crawls, so that one of them and this do not wait for each other.
    .order_by(_ARTICLES.url_key, _REVISIONS.revision_id)
    .with_for_update(of=table(ArticleRow))
)
_REMOVE = delete(table(ExtractionRow)).where(_EXTRACTIONS.extraction_id.in_(bindparam("ids", expanding=True)))
_CHANGE = update(table(ArticleRow)).where(_ARTICLES.article_id == bindparam("id"))
_READ = _CHANGE.values(headline_key=bindparam("named"), text_digest=bindparam("digest"))
_COPY = _CHANGE.values(duplicate_of=bindparam("copy_of"))
_OF_TEXTS = (
    select(_ARTICLES.article_id, _ARTICLES.url_key, _ARTICLES.text_digest, _ARTICLES.duplicate_of)
    .where(_ARTICLES.text_digest.in_(bindparam("digests", expanding=True)))
    .order_by(_ARTICLES.article_id)
)


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
        own = [reading for reading in self.readings if _is_by(reading, extractor)]
        current = [reading for reading in self.readings if reading.is_current]
        return (current or own or list(self.readings))[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAgain:
    """What the current extractor read from a revision."""

    revision_id: int
    article: Article
    text_digest: str | None


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
    names = (*READ_FIELDS, "content_hash", "whole_hash")
    return all(told(one, name) == told(other, name) for name in names)


def told(article: Article, name: str) -> Any:
    """A field's value as the feed tells it, None for what is empty: one instant at two offsets is two times."""
    value = getattr(article, name)
    return value.isoformat() if isinstance(value, date) else value or None


def store_again(session: Session, several: Sequence[ReadAgain], *, now: datetime) -> int:
    """Store what was read, and say how many readings there are that were not there before. The article's row follows
    its newest revision's reading, and the copies of its text follow that.

    What the same extractor has read before and was not the first to read is replaced; a first reading stays, since
    the feed tells it. What was retracted meanwhile is left out, and what is stored just so already.
    """
    retractions.keep_out(session)
    connection = session.connection()
    again = {one.revision_id: one for one in several}
    rows = connection.execute(_LOCKED, {"revisions": list(again)}).all()
    known = readings_of(session, [row.revision_id for row in rows])
    removed: list[int] = []
    added: list[readings.NewReading] = []
    described: list[tuple[Any, ReadAgain]] = []
    for row in rows:
        one, of_revision = again[row.revision_id], known[row.revision_id]
        extractor = one.article.extractor
        assert extractor is not None
        is_newest = any(reading.is_current for reading in of_revision)
        own = [reading for reading in of_revision if _is_by(reading, extractor)]
        name: str | None = extractor
        if own and is_same(own[-1].article, one.article):
            if own[-1].is_current or not is_newest:
                continue
            name = None
        elif own and own[-1] is of_revision[0]:
            name = extractor + readings.AGAIN
        elif own:
            removed.append(own[-1].extraction_id)
            name = own[-1].article.extractor
        if is_newest:
            described.append((row, one))
        if name is not None:
            added.append(_new(row, one, name, is_current=is_newest, now=now))
    _write(connection, described, removed, added)
    return len(added)


def _write(
    connection: Connection,
    described: list[tuple[Any, ReadAgain]],
    removed: list[int],
    added: list[readings.NewReading],
) -> None:
    readings.none_is_current(connection, [row.article_id for row, _ in described])
    if removed:
        connection.execute(_REMOVE, {"ids": removed})
    readings.add(connection, added)
    inserted = {reading.revision_id for reading in added}
    for row, one in described:
        if row.revision_id not in inserted:
            assert one.article.extractor is not None
            readings.make_current(connection, row.revision_id, one.article.extractor)
    values = [
        {"id": row.article_id, "named": _headline_key(one.article), "digest": one.text_digest} for row, one in described
    ]
    if values:
        connection.execute(_READ, values)
    _follow_texts(connection, described)
    by_source: dict[str, dict[str, int]] = {}
    for row, one in described:
        key = _headline_key(one.article)
        if row.source_id and key and key != row.headline_key:
            by_source.setdefault(row.source_id, {}).setdefault(key, row.article_id)
    for source, targets in by_source.items():
        readings.resolve_by_headline(connection, source, targets)


def _follow_texts(connection: Connection, described: list[tuple[Any, ReadAgain]]) -> None:
    """Have all articles of the texts that came and of those that went name the earliest of their text, or none."""
    changed = [(row.text_digest, one.text_digest) for row, one in described if row.text_digest != one.text_digest]
    digests = sorted({digest for pair in changed for digest in pair if digest})
    short = [row.article_id for row, one in described if one.text_digest is None and row.text_digest is not None]
    copies: list[dict[str, Any]] = [{"id": article_id, "copy_of": None} for article_id in short]
    earliest: dict[str, str] = {}
    for row in connection.execute(_OF_TEXTS, {"digests": digests}) if digests else ():
        first = earliest.setdefault(row.text_digest, row.url_key)
        copy_of = first if first != row.url_key else None
        if copy_of != row.duplicate_of:
            copies.append({"id": row.article_id, "copy_of": copy_of})
    if copies:
        connection.execute(_COPY, copies)


def _new(row: Any, one: ReadAgain, name: str, *, is_current: bool, now: datetime) -> readings.NewReading:
    return readings.NewReading(
        article=one.article,
        article_id=row.article_id,
        revision_id=row.revision_id,
        is_current=is_current,
        extractor=name,
        at=now,
    )


def _is_by(reading: Reading, extractor: str) -> bool:
    return readings.base(reading.article.extractor or "") == extractor


def _headline_key(article: Article) -> str | None:
    return fold_key(article.headline or "") or None


def _next(session: Session, chosen: Chosen, after: int) -> list[Revision]:
    columns = (
        _REVISIONS.revision_id, _REVISIONS.number, _REVISIONS.url, _ARTICLES.source_id, _REVISIONS.fetched_at,
        _REVISIONS.payload_digest.label("page_digest"), *(_CAPTURES[name] for name in _PLACE),
        *(_ORIGINAL.c[name].label(f"original_{name}") for name in _PLACE),
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
            capture=Capture(**{name: getattr(row, name) for name in _PLACE}),
            original=_original(row),
            readings=tuple(known[row.revision_id]),
        )
        for row in rows
    ]


def _original(row: Row[Any]) -> Capture | None:
    if row.original_record_id is None:
        return None
    return Capture(**{name: getattr(row, f"original_{name}") for name in _PLACE})


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
    if chosen.url_key is not None:
        alias = select(_ALIASES.article_id).where(_ALIASES.url_key == chosen.url_key)
        statement = statement.where(
            or_(_ARTICLES.url_key == chosen.url_key, _ARTICLES.article_id.in_(alias.scalar_subquery()))
        )
    return statement
