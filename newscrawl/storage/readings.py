"""Readings of revisions: extractions with their authors and related links.

An extractor's first reading of a revision may be what the feed tells of it, and such a reading stays. Where the same
extractor read otherwise later (`scrapy reextract`, after a source file or a development version changed), the later
reading stands beside it, under the extractor's name with `AGAIN`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select, text, update

from newscrawl.items import Article, PublicationTime
from newscrawl.storage import search_index
from newscrawl.storage.database import insert_unless_known
from newscrawl.storage.schema import (
    ArticleAuthorRow,
    ArticleRow,
    AuthorRow,
    ExtractionRow,
    RelatedLinkRow,
    UrlAliasRow,
    table,
)
from newscrawl.text.fold import fold_key
from newscrawl.urls import is_http, url_key

AGAIN = " again"
_FURNITURE = " furniture/"

_ARTICLES, _EXTRACTIONS = table(ArticleRow).c, table(ExtractionRow).c
_ALIASES, _LINKS = table(UrlAliasRow).c, table(RelatedLinkRow).c
_AUTHORS, _ARTICLE_AUTHORS = table(AuthorRow).c, table(ArticleAuthorRow).c

_NONE_IS_CURRENT = (
    update(table(ExtractionRow))
    .where(_EXTRACTIONS.article_id == bindparam("id"), _EXTRACTIONS.is_current)
    .values(is_current=False)
)
_LAST_BY = (
    select(func.max(_EXTRACTIONS.extraction_id))
    .where(
        _EXTRACTIONS.revision_id == bindparam("id"),
        _EXTRACTIONS.extractor.in_([bindparam("by"), bindparam("by_again")]),
    )
    .scalar_subquery()
)
_MAKE_CURRENT = (
    update(table(ExtractionRow))
    .where(_EXTRACTIONS.extraction_id == _LAST_BY)
    .values(is_current=True)
    .returning(_EXTRACTIONS.article_id)
)
# Each new key comes with what its row is known by: in the rows' own order SQLAlchemy inserts them one by one.
_ADD_EXTRACTIONS = insert(table(ExtractionRow)).returning(_EXTRACTIONS.revision_id, _EXTRACTIONS.extraction_id)
_ADD_LINKS, _ADD_ARTICLE_AUTHORS = insert(table(RelatedLinkRow)), insert(table(ArticleAuthorRow))
_AUTHOR_IDS = select(_AUTHORS.name, _AUTHORS.author_id).where(_AUTHORS.name.in_(bindparam("names", expanding=True)))
_BY_KEY = select(_ARTICLES.url_key, _ARTICLES.article_id).where(
    _ARTICLES.url_key.in_(bindparam("keys", expanding=True))
)
_BY_ALIAS = select(_ALIASES.url_key, _ALIASES.article_id).where(_ALIASES.url_key.in_(bindparam("keys", expanding=True)))
_EARLIEST_BY_HEADLINE = (
    select(_ARTICLES.headline_key, func.min(_ARTICLES.article_id))
    .where(_ARTICLES.source_id == bindparam("source"), _ARTICLES.headline_key.in_(bindparam("keys", expanding=True)))
    .group_by(_ARTICLES.headline_key)
)
_NAMED = select(_LINKS.extraction_id, _LINKS.position, _LINKS.source_id, _LINKS.url_key, _LINKS.headline_key)
# In the words of the index: a database takes an index over some rows only for a condition that it sees to be its own.
_OPEN_BY_KEY = _NAMED.where(
    text("(related_links.target_id IS NULL OR related_links.by_headline)"),
    _LINKS.url_key.in_(bindparam("keys", expanding=True)),
)
_UNRESOLVED_BY_HEADLINE = _NAMED.where(
    _LINKS.target_id.is_(None),
    _LINKS.source_id == bindparam("source"),
    _LINKS.headline_key.in_(bindparam("keys", expanding=True)),
)
_NAMING = _NAMED.where(_LINKS.target_id == bindparam("target"))
_RESOLVE = (
    update(table(RelatedLinkRow))
    .where(_LINKS.extraction_id == bindparam("extraction"), _LINKS.position == bindparam("at"))
    .values(target_id=bindparam("target"), by_headline=bindparam("named"))
)
_KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReading:
    """What an extractor read from a revision, on its way into the store."""

    article: Article
    article_id: int
    revision_id: int
    is_current: bool
    extractor: str
    """As it is stored: the article's, perhaps with `AGAIN`."""
    at: datetime
    """Aware instant of reading."""


def base(extractor: str) -> str:
    """The extractor's own name in one that is stored."""
    return extractor.removesuffix(AGAIN)


def is_of_same_version(one: str, other: str) -> bool:
    """Whether two extractors differ in no more than what they know of a source's furniture."""
    return base(one).partition(_FURNITURE)[0] == base(other).partition(_FURNITURE)[0]


def none_is_current(connection: Connection, article_ids: Sequence[int]) -> None:
    """Take from the articles their current reading, to give them another in the same transaction."""
    search_index.remove(connection, article_ids)
    _execute(connection, _NONE_IS_CURRENT, [{"id": article_id} for article_id in article_ids])


def make_current(connection: Connection, revision_id: int, extractor: str) -> bool:
    """Make the extractor's last reading of a revision the current one; whether there is one."""
    values = {"id": revision_id, "by": extractor, "by_again": extractor + AGAIN}
    articles = connection.scalars(_MAKE_CURRENT, values).all()
    search_index.add_current(connection, articles)
    return bool(articles)


def add(connection: Connection, readings: Sequence[NewReading]) -> None:
    """Store readings of different revisions, with one statement a table."""
    if not readings:
        return
    ids: dict[int, int] = dict(
        connection.execute(_ADD_EXTRACTIONS, [_extraction(reading) for reading in readings]).all()
    )
    _add_authors(connection, [(ids[reading.revision_id], reading.article.authors) for reading in readings])
    _add_links(connection, [(ids[reading.revision_id], reading.article) for reading in readings])
    search_index.add(connection, [_searched(reading) for reading in readings if reading.is_current])


def _searched(reading: NewReading) -> search_index.Searched:
    article = reading.article
    words = article.visit.search_words if article.visit else None
    return search_index.Searched(reading.article_id, article.headline, article.body, words)


def resolve_by_key(connection: Connection, targets: Mapping[str, int]) -> None:
    """Tie to their articles, by url_key, the links that were stored before these; also those that had found another
    article by their headline."""
    links = _rows_of(connection, _OPEN_BY_KEY, "keys", targets)
    _resolve(connection, [(link, targets[link.url_key]) for link in links], by_headline=False)


def resolve_by_headline(connection: Connection, source: str, targets: Mapping[str, int]) -> None:
    """Tie to articles of a source, by headline_key, the links that were stored before these."""
    links = _rows_of(connection, _UNRESOLVED_BY_HEADLINE, "keys", targets, source=source)
    _resolve(connection, [(link, targets[link.headline_key]) for link in links], by_headline=True)


def naming(connection: Connection, article_id: int) -> Sequence[Any]:
    """The links that are tied to an article: for `resolve_anew`, once it is removed."""
    return connection.execute(_NAMING, {"target": article_id}).all()


def resolve_anew(connection: Connection, links: Sequence[Any]) -> None:
    """Tie links that have no article, or one no more, to what is stored: by url_key, else by headline."""
    by_key = _targets_by_key(connection, {link.url_key for link in links if link.url_key})
    _resolve(connection, [(link, by_key[link.url_key]) for link in links if link.url_key in by_key], by_headline=False)
    rest = [link for link in links if link.url_key not in by_key]
    found = _by_headline(connection, [(link.source_id, link.headline_key) for link in rest])
    named = [(link, found.get((link.source_id, link.headline_key))) for link in rest]
    _resolve(connection, [(link, target) for link, target in named if target is not None], by_headline=True)


def _add_authors(connection: Connection, bylines: list[tuple[int, list[str]]]) -> None:
    # In one order for all crawlers, so that two of them do not wait for each other.
    names = sorted({name for _, authors in bylines for name in authors})
    if not names:
        return
    add = insert_unless_known(connection.dialect.name, AuthorRow)
    _execute(connection, add, [{"name": name, "name_key": fold_key(name)} for name in names])
    ids: dict[str, int] = dict(_rows_of(connection, _AUTHOR_IDS, "names", names))
    rows = [
        {"extraction_id": extraction_id, "position": position, "author_id": ids[name]}
        for extraction_id, authors in bylines
        for position, name in enumerate(authors, 1)
    ]
    _execute(connection, _ADD_ARTICLE_AUTHORS, rows)


def _add_links(connection: Connection, read: list[tuple[int, Article]]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "extraction_id": extraction_id,
            "position": link.position,
            "headline": link.headline,
            "headline_key": fold_key(link.headline),
            "url": link.url,
            "url_key": url_key(link.url) if link.url and is_http(link.url) else None,
            "label": link.label,
            "placement": link.placement,
            "source_id": article.source,
        }
        for extraction_id, article in read
        for link in article.related_links
    ]
    by_key = _targets_by_key(connection, {row["url_key"] for row in rows if row["url_key"]})
    named = [(row["source_id"], row["headline_key"]) for row in rows if row["url_key"] not in by_key]
    by_headline = _by_headline(connection, named)
    for row in rows:
        by_name = by_headline.get((row["source_id"], row["headline_key"]))
        row["target_id"] = by_key.get(row["url_key"], by_name)
        row["by_headline"] = row["url_key"] not in by_key and by_name is not None
    _execute(connection, _ADD_LINKS, rows)


def _by_headline(connection: Connection, named: Iterable[tuple[str | None, str]]) -> dict[tuple[str | None, str], int]:
    """By source and headline_key, the earliest article."""
    by_source: dict[str, set[str]] = {}
    for source, key in named:
        if source and key:
            by_source.setdefault(source, set()).add(key)
    return {
        (source, key): target
        for source, keys in by_source.items()
        for key, target in _rows_of(connection, _EARLIEST_BY_HEADLINE, "keys", keys, source=source)
    }


def _targets_by_key(connection: Connection, keys: set[str]) -> dict[str, int]:
    by_key = dict(_rows_of(connection, _BY_KEY, "keys", keys))
    return {**dict(_rows_of(connection, _BY_ALIAS, "keys", keys - set(by_key))), **by_key}


def _extraction(reading: NewReading) -> dict[str, Any]:
    article = reading.article
    return {
        "revision_id": reading.revision_id,
        "article_id": reading.article_id,
        "is_current": reading.is_current,
        "extractor": reading.extractor,
        "extracted_at": reading.at,
        "content_hash": article.content_hash,
        "whole_hash": article.whole_hash,
        "substance_hash": article.substance_hash,
        "whole_substance_hash": article.whole_substance_hash,
        "canonical_url": article.canonical_url,
        "outlet": article.outlet,
        "headline": article.headline,
        "page_title": article.page_title,
        "description": article.description,
        "byline": article.byline,
        **_time_columns("published_at", article.published_at),
        "published_at_raw": article.published_at_raw,
        **_time_columns("modified_at", article.modified_at),
        "modified_at_raw": article.modified_at_raw,
        "language": article.language,
        "section": article.section,
        "keywords": list(article.keywords),
        "main_image": article.main_image,
        "body": article.body,
        "blocks": [{"type": block.type, "text": block.text} for block in article.blocks],
        "evidence": {name: str(evidence) for name, evidence in article.evidence.items()},
    }


def _execute(connection: Connection, statement: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)


def _resolve(connection: Connection, links: list[tuple[Any, int]], *, by_headline: bool) -> None:
    rows = [
        {"extraction": link.extraction_id, "at": link.position, "target": target, "named": by_headline}
        for link, target in sorted(links, key=lambda one: (one[0].extraction_id, one[0].position))
    ]
    if rows:
        connection.execute(_RESOLVE, rows)


def _rows_of(
    connection: Connection, statement: Select[Any], name: str, keys: Iterable[str], **values: Any
) -> Iterator[Any]:
    """The rows of a statement that asks for a list of keys; some at a time, since databases bound its length."""
    ordered = list(keys)
    for start in range(0, len(ordered), _KEYS_AT_ONCE):
        yield from connection.execute(statement, {name: ordered[start : start + _KEYS_AT_ONCE], **values}).all()


def _time_columns(name: str, value: PublicationTime | None) -> dict[str, Any]:
    instant: datetime | None = None
    precision: str | None = None
    if isinstance(value, datetime):
        instant = value.astimezone(UTC) if value.tzinfo else None
        precision = "instant" if value.tzinfo else "local"
    elif value is not None:
        precision = "day"
    return {name: instant, f"{name}_text": value and value.isoformat(), f"{name}_precision": precision}
