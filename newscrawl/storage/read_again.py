"""Storing what was read again from archived revisions.

A revision that is read again stays what it is: it gets another reading, which is current if the revision is its
article's newest, and the run that stored it, its feed and its number know nothing of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.orm import Session

from newscrawl.items import Article, Fingerprint
from newscrawl.storage import readings, relations, retractions
from newscrawl.storage.rereading import is_by, is_same
from newscrawl.storage.revisions import readings_of
from newscrawl.storage.schema import ArticleRow, ExtractionRow, RevisionRow, table
from newscrawl.text.fold import fold_key

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c

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
    .with_for_update(of=table(ArticleRow), key_share=True)
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
class ReadAgain:
    """What the current extractor read from a revision."""

    revision_id: int
    article: Article
    fingerprint: Fingerprint

    @property
    def digest(self) -> str | None:
        return self.fingerprint.digest


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
        own = [reading for reading in of_revision if is_by(reading, extractor)]
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
        {"id": row.article_id, "named": _headline_key(one.article), "digest": one.digest} for row, one in described
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
    relations.relate(connection, {row.article_id: one.fingerprint for row, one in described})


def _follow_texts(connection: Connection, described: list[tuple[Any, ReadAgain]]) -> None:
    """Have all articles of the texts that came and of those that went name the earliest of their text, or none."""
    changed = [(row.text_digest, one.digest) for row, one in described if row.text_digest != one.digest]
    digests = sorted({digest for pair in changed for digest in pair if digest})
    short = [row.article_id for row, one in described if one.digest is None and row.text_digest is not None]
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


def _headline_key(article: Article) -> str | None:
    return fold_key(article.headline or "") or None
