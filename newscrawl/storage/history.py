"""The revisions of one article with their readings, to be compared as one extractor reads both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newscrawl.items import Article
from newscrawl.storage import readings
from newscrawl.storage.revisions import readings_of
from newscrawl.storage.schema import ArticleRow, RevisionRow, UrlAliasRow, table
from newscrawl.storage.story import Happened
from newscrawl.storage.telling import events_of

_ARTICLES, _REVISIONS, _ALIASES = table(ArticleRow).c, table(RevisionRow).c, table(UrlAliasRow).c


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A revision with all that was read from it, the first reading first."""

    number: int
    fetched_at: datetime
    url: str
    run: str
    is_archived: bool
    """Whether it can be read again."""
    readings: tuple[Article, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """An article's revisions and what else happened to its page."""

    url_key: str
    revisions: tuple[Kept, ...]
    events: tuple[Happened, ...]
    trivial_changes: int
    trivially_changed_at: datetime | None


def history_of(session: Session, key: str) -> History | None:
    """The history of the article of a url_key, or of the one of which this is another address; None without one."""
    alias = select(_ALIASES.article_id).where(_ALIASES.url_key == key).scalar_subquery()
    # The URL's own article goes before the one that it leads to.
    found = session.execute(
        select(table(ArticleRow))
        .where((_ARTICLES.url_key == key) | (_ARTICLES.article_id == alias))
        .order_by(_ARTICLES.url_key != key)
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    rows = session.execute(
        select(table(RevisionRow)).where(_REVISIONS.article_id == found.article_id).order_by(_REVISIONS.number)
    ).all()
    read = readings_of(session, [row.revision_id for row in rows])
    return History(
        url_key=found.url_key,
        revisions=tuple(
            Kept(
                number=row.number,
                fetched_at=row.fetched_at,
                url=row.url,
                run=row.run_id,
                is_archived=row.capture_id is not None,
                readings=tuple(reading.article for reading in read.get(row.revision_id, ())),
            )
            for row in rows
        ),
        events=tuple(events_of(session, found.article_id)),
        trivial_changes=found.trivial_changes,
        trivially_changed_at=found.trivially_changed_at,
    )


def read_alike(before: Kept, after: Kept) -> tuple[Article, Article]:
    """Of two revisions the readings by one extractor, the latest that read both; where none did, by one version of it,
    whatever it knew of furniture; else the last reading of each."""
    pairs = [(one, other) for other in reversed(after.readings) for one in reversed(before.readings)]
    names = [(one.extractor or "", other.extractor or "") for one, other in pairs]
    for is_alike in (lambda one, other: readings.base(one) == readings.base(other), readings.is_of_same_version):
        for pair, (one, other) in zip(pairs, names, strict=True):
            if is_alike(one, other):
                return pair
    return before.readings[-1], after.readings[-1]
