"""Articles, their revisions and extractions, their related links and copies.

A crawl goes through here once a page, so what it asks stands ready as statements on the tables themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from newscrawl.items import Article, Block, Capture, Disposition, PublicationTime, RelatedLink
from newscrawl.storage.database import insert_unless_known
from newscrawl.storage.schema import (
    ArticleAuthorRow,
    ArticleRow,
    AuthorRow,
    CaptureRow,
    ExtractionRow,
    RelatedLinkRow,
    RevisionRow,
    UrlAliasRow,
    table,
)
from newscrawl.text.fold import fold_key
from newscrawl.urls import is_http, url_key

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c
_ALIASES, _LINKS, _CAPTURES = table(UrlAliasRow).c, table(RelatedLinkRow).c, table(CaptureRow).c
_AUTHORS, _ARTICLE_AUTHORS = table(AuthorRow).c, table(ArticleAuthorRow).c

_KNOWN = (
    select(
        _ARTICLES.article_id,
        _ARTICLES.source_id,
        _ARTICLES.last_fetched_at,
        _ARTICLES.duplicate_of,
        _REVISIONS.revision_id,
        _REVISIONS.number,
        _REVISIONS.payload_digest,
        _EXTRACTIONS.content_hash,
        _EXTRACTIONS.extractor,
    )
    .join(table(RevisionRow), _REVISIONS.article_id == _ARTICLES.article_id)
    .join(table(ExtractionRow), (_EXTRACTIONS.article_id == _ARTICLES.article_id) & _EXTRACTIONS.is_current)
    .where(_ARTICLES.url_key == bindparam("key"))
    .order_by(_REVISIONS.number.desc())
    .limit(1)
    .with_for_update(of=table(ArticleRow))
)
_EARLIEST_COPY = (
    select(_ARTICLES.url_key)
    .where(_ARTICLES.text_digest == bindparam("digest"), _ARTICLES.article_id < bindparam("before"))
    .order_by(_ARTICLES.article_id)
    .limit(1)
)
_ADD_ARTICLE, _ADD_REVISION = insert(table(ArticleRow)), insert(table(RevisionRow))
_ADD_EXTRACTION, _ADD_LINK = insert(table(ExtractionRow)), insert(table(RelatedLinkRow))
_ADD_CAPTURE, _ADD_ARTICLE_AUTHOR = insert(table(CaptureRow)), insert(table(ArticleAuthorRow))
_CHANGE_ARTICLE = update(table(ArticleRow)).where(_ARTICLES.article_id == bindparam("id"))
_NONE_IS_CURRENT = (
    update(table(ExtractionRow))
    .where(_EXTRACTIONS.article_id == bindparam("id"), _EXTRACTIONS.is_current)
    .values(is_current=False)
)
_MAKE_CURRENT = (
    update(table(ExtractionRow))
    .where(_EXTRACTIONS.revision_id == bindparam("id"), _EXTRACTIONS.extractor == bindparam("by"))
    .values(is_current=True)
)
_AUTHOR_IDS = select(_AUTHORS.name, _AUTHORS.author_id).where(_AUTHORS.name.in_(bindparam("names", expanding=True)))
_BY_KEY = select(_ARTICLES.url_key, _ARTICLES.article_id).where(
    _ARTICLES.url_key.in_(bindparam("keys", expanding=True))
)
_BY_ALIAS = select(_ALIASES.url_key, _ALIASES.article_id).where(_ALIASES.url_key.in_(bindparam("keys", expanding=True)))
_EARLIEST_BY_HEADLINE = (
    select(_ARTICLES.article_id)
    .where(_ARTICLES.source_id == bindparam("source"), _ARTICLES.headline_key == bindparam("named"))
    .order_by(_ARTICLES.article_id)
    .limit(1)
)
_RESOLVE_BY_KEY = (
    update(table(RelatedLinkRow))
    .where(_LINKS.target_id.is_(None), _LINKS.url_key == bindparam("key"))
    .values(target_id=bindparam("target"))
)
_RESOLVE_BY_HEADLINE = (
    update(table(RelatedLinkRow))
    .where(
        _LINKS.target_id.is_(None),
        _LINKS.source_id == bindparam("source"),
        _LINKS.headline_key == bindparam("named"),
    )
    .values(target_id=bindparam("target"))
)
_LAST = 2**62
_KEYS_AT_ONCE = 500
_READ_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing an article came to."""

    disposition: Disposition
    article_id: int
    revision: int
    duplicate_of: str | None = None


def store(session: Session, article: Article, *, run_id: str) -> Stored:
    """Store a visited article as new, as a new revision of a known one, or find it unchanged.

    A revision is a new state of the page; an unchanged page that another extractor reads gets an extraction.
    Raises ValueError for an article without visit, payload digest, `fetched_at`, `content_hash` or `extractor`.
    """
    visit = article.visit
    if visit is None or visit.payload_digest is None:
        raise ValueError(f"{article.url} came without its visit; yield articles from NewsSpider.parse_page")
    if article.fetched_at is None or article.content_hash is None or article.extractor is None:
        raise ValueError(f"{article.url} lacks fetched_at, content_hash or extractor; extract it before storing")
    connection = session.connection()
    known = connection.execute(_KNOWN, {"key": article.url_key}).one_or_none()
    if known is None:
        return _store_new(connection, article, run_id=run_id)
    article_id: int = known.article_id
    changes: dict[str, Any] = {"last_fetched_at": max(known.last_fetched_at, article.fetched_at)}
    same_page = visit.payload_digest == known.payload_digest
    same = same_page or article.content_hash == known.content_hash
    if not same or (same_page and article.extractor != known.extractor):
        changes |= _description(connection, article, before=article_id)
    connection.execute(_CHANGE_ARTICLE.values(**changes), {"id": article_id})
    duplicate_of: str | None = changes.get("duplicate_of", known.duplicate_of)
    if same:
        if same_page and article.extractor != known.extractor:
            _read_again(connection, article, article_id, known.revision_id)
        return Stored(Disposition.UNCHANGED, article_id, known.number, duplicate_of)
    connection.execute(_NONE_IS_CURRENT, {"id": article_id})
    number: int = known.number + 1
    _add_revision(connection, article, article_id, number, run_id=run_id, duplicate_of=duplicate_of)
    return Stored(Disposition.STORED_REVISION, article_id, number, duplicate_of)


def add_alias(session: Session, alias: str, article_id: int, kind: str) -> None:
    """Record that the url_key `alias` also leads to the article; the first article to claim it keeps it."""
    values = {"url_key": alias, "article_id": article_id, "kind": kind}
    connection = session.connection()
    connection.execute(insert_unless_known(connection.dialect.name, UrlAliasRow), values)
    connection.execute(_RESOLVE_BY_KEY, {"key": alias, "target": article_id})


def revisions_of_run(session: Session, run_id: str) -> Iterator[Article]:
    """The articles of the revisions that a run stored, as first read, in the order of storing."""
    first_reading = (
        select(func.min(_EXTRACTIONS.extraction_id))
        .where(_EXTRACTIONS.revision_id == _REVISIONS.revision_id)
        .correlate(table(RevisionRow))
        .scalar_subquery()
    )
    columns = (*table(ExtractionRow).c, *_OF_REVISION, *_OF_ARTICLE, *_OF_CAPTURE)
    statement = (
        select(*columns)
        .select_from(table(RevisionRow))
        .join(table(ArticleRow), _ARTICLES.article_id == _REVISIONS.article_id)
        .join(table(ExtractionRow), _EXTRACTIONS.extraction_id == first_reading)
        .outerjoin(table(CaptureRow), _CAPTURES.capture_id == _REVISIONS.capture_id)
        .where(_REVISIONS.run_id == run_id)
        .order_by(_REVISIONS.revision_id)
        # On the statement: on the connection the option would hold for all that the transaction does later.
        .execution_options(yield_per=_READ_AT_ONCE)
    )
    connection = session.connection()
    with connection.execute(statement) as result:
        for rows in result.partitions():
            ids = [row.extraction_id for row in rows]
            authors, links = _authors_of(connection, ids), _links_of(connection, ids)
            for row in rows:
                yield _article(row, authors.get(row.extraction_id, []), links.get(row.extraction_id, []))


_OF_REVISION = (_REVISIONS.number, _REVISIONS.run_id, _REVISIONS.url, _REVISIONS.fetched_at, _REVISIONS.duplicate_of)
_OF_ARTICLE = (_ARTICLES.public_id, _ARTICLES.url_key, _ARTICLES.source_id)
_OF_CAPTURE = (_CAPTURES.warc, _CAPTURES.offset, _CAPTURES.length, _CAPTURES.record_id, _CAPTURES.payload_digest)


def _store_new(connection: Connection, article: Article, *, run_id: str) -> Stored:
    description = _description(connection, article, before=_LAST)
    values = {
        "public_id": article.id,
        "url_key": article.url_key,
        "source_id": article.source,
        "first_fetched_at": article.fetched_at,
        "last_fetched_at": article.fetched_at,
        **description,
    }
    article_id = _added(connection, _ADD_ARTICLE, values)
    duplicate_of: str | None = description["duplicate_of"]
    _add_revision(connection, article, article_id, 1, run_id=run_id, duplicate_of=duplicate_of)
    connection.execute(_RESOLVE_BY_KEY, {"key": article.url_key, "target": article_id})
    if article.source and description["headline_key"]:
        named = {"source": article.source, "named": description["headline_key"], "target": article_id}
        connection.execute(_RESOLVE_BY_HEADLINE, named)
    disposition = Disposition.STORED_NEW if duplicate_of is None else Disposition.DUPLICATE
    return Stored(disposition, article_id, 1, duplicate_of)


def _description(connection: Connection, article: Article, *, before: int) -> dict[str, Any]:
    """What the article's row says of its current text; a copy of it is looked for among articles stored `before`."""
    assert article.visit is not None
    digest = article.visit.text_digest
    earliest = connection.scalar(_EARLIEST_COPY, {"digest": digest, "before": before}) if digest else None
    return {
        "headline_key": fold_key(article.headline or "") or None,
        "text_digest": digest,
        "duplicate_of": earliest,
    }


def _add_revision(
    connection: Connection,
    article: Article,
    article_id: int,
    number: int,
    *,
    run_id: str,
    duplicate_of: str | None,
) -> None:
    assert article.visit is not None
    capture = article.capture and _added(connection, _ADD_CAPTURE, asdict(article.capture))
    values = {
        "article_id": article_id,
        "number": number,
        "run_id": run_id,
        "url": article.url,
        "fetched_at": article.fetched_at,
        "payload_digest": article.visit.payload_digest,
        "capture_id": capture,
        "duplicate_of": duplicate_of,
    }
    _add_extraction(connection, article, article_id, _added(connection, _ADD_REVISION, values))


def _read_again(connection: Connection, article: Article, article_id: int, revision_id: int) -> None:
    connection.execute(_NONE_IS_CURRENT, {"id": article_id})
    # A page read again by an extractor that has read it before: that reading is current again.
    if not connection.execute(_MAKE_CURRENT, {"id": revision_id, "by": article.extractor}).rowcount:
        _add_extraction(connection, article, article_id, revision_id)


def _add_extraction(connection: Connection, article: Article, article_id: int, revision_id: int) -> None:
    values = {
        "revision_id": revision_id,
        "article_id": article_id,
        "is_current": True,
        "extractor": article.extractor,
        "extracted_at": article.fetched_at,
        "content_hash": article.content_hash,
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
    }
    extraction_id = _added(connection, _ADD_EXTRACTION, values)
    if article.authors:
        _add_authors(connection, extraction_id, article.authors)
    if article.related_links:
        _add_related_links(connection, extraction_id, article)


def _add_authors(connection: Connection, extraction_id: int, names: list[str]) -> None:
    # In one order for all crawlers, so that two of them do not wait for each other.
    rows = [{"name": name, "name_key": fold_key(name)} for name in sorted(set(names))]
    connection.execute(insert_unless_known(connection.dialect.name, AuthorRow), rows)
    ids = dict(connection.execute(_AUTHOR_IDS, {"names": names}).all())
    connection.execute(
        _ADD_ARTICLE_AUTHOR,
        [
            {"extraction_id": extraction_id, "position": position, "author_id": ids[name]}
            for position, name in enumerate(names, 1)
        ],
    )


def _add_related_links(connection: Connection, extraction_id: int, article: Article) -> None:
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
        for link in article.related_links
    ]
    by_key = _targets_by_key(connection, {row["url_key"] for row in rows if row["url_key"]})
    by_headline: dict[str, int | None] = {}
    for row in rows:
        target, named = by_key.get(row["url_key"]), row["headline_key"]
        if target is None and named and article.source:
            if named not in by_headline:
                earliest = {"source": article.source, "named": named}
                by_headline[named] = connection.scalar(_EARLIEST_BY_HEADLINE, earliest)
            target = by_headline[named]
        row["target_id"] = target
    connection.execute(_ADD_LINK, rows)


def _targets_by_key(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    by_key = _targets(connection, _BY_KEY, keys)
    return {**_targets(connection, _BY_ALIAS, set(keys) - set(by_key)), **by_key}


def _targets(connection: Connection, statement: Select[Any], keys: Iterable[str]) -> dict[str, int]:
    ordered = list(keys)
    targets: dict[str, int] = {}
    for start in range(0, len(ordered), _KEYS_AT_ONCE):
        some = ordered[start : start + _KEYS_AT_ONCE]
        targets.update(connection.execute(statement, {"keys": some}).all())
    return targets


def _added(connection: Connection, statement: Any, values: dict[str, Any]) -> int:
    key = connection.execute(statement, values).inserted_primary_key
    assert key is not None
    return int(key[0])


def _authors_of(connection: Connection, extraction_ids: Sequence[int]) -> dict[int, list[str]]:
    statement = (
        select(_ARTICLE_AUTHORS.extraction_id, _AUTHORS.name)
        .join(table(AuthorRow), _AUTHORS.author_id == _ARTICLE_AUTHORS.author_id)
        .where(_ARTICLE_AUTHORS.extraction_id.in_(extraction_ids))
        .order_by(_ARTICLE_AUTHORS.extraction_id, _ARTICLE_AUTHORS.position)
    )
    authors: dict[int, list[str]] = {}
    for extraction_id, name in connection.execute(statement):
        authors.setdefault(extraction_id, []).append(name)
    return authors


def _links_of(connection: Connection, extraction_ids: Sequence[int]) -> dict[int, list[RelatedLink]]:
    statement = (
        select(table(RelatedLinkRow))
        .where(_LINKS.extraction_id.in_(extraction_ids))
        .order_by(_LINKS.extraction_id, _LINKS.position)
    )
    links: dict[int, list[RelatedLink]] = {}
    for row in connection.execute(statement):
        link = RelatedLink(
            position=row.position,
            headline=row.headline,
            url=row.url,
            label=row.label,
            placement="aside" if row.placement == "aside" else "inline",
        )
        links.setdefault(row.extraction_id, []).append(link)
    return links


def _time_columns(name: str, value: PublicationTime | None) -> dict[str, Any]:
    instant: datetime | None = None
    precision: str | None = None
    if isinstance(value, datetime):
        instant = value.astimezone(UTC) if value.tzinfo else None
        precision = "instant" if value.tzinfo else "local"
    elif value is not None:
        precision = "day"
    return {name: instant, f"{name}_text": value and value.isoformat(), f"{name}_precision": precision}


def _time(text: str | None, precision: str | None) -> PublicationTime | None:
    if text is None:
        return None
    return date.fromisoformat(text) if precision == "day" else datetime.fromisoformat(text)


def _article(row: Row[Any], authors: list[str], links: list[RelatedLink]) -> Article:
    return Article(
        id=row.public_id,
        url=row.url,
        canonical_url=row.canonical_url,
        url_key=row.url_key,
        source=row.source_id,
        outlet=row.outlet,
        headline=row.headline,
        page_title=row.page_title,
        description=row.description,
        byline=row.byline,
        authors=authors,
        published_at=_time(row.published_at_text, row.published_at_precision),
        published_at_raw=row.published_at_raw,
        modified_at=_time(row.modified_at_text, row.modified_at_precision),
        modified_at_raw=row.modified_at_raw,
        fetched_at=row.fetched_at,
        language=row.language,
        section=row.section,
        keywords=row.keywords,
        main_image=row.main_image,
        body=row.body,
        blocks=[Block(**block) for block in row.blocks],
        related_links=links,
        revision=row.number,
        content_hash=row.content_hash,
        duplicate_of=row.duplicate_of,
        capture=_capture(row) if row.warc else None,
        extractor=row.extractor,
        run=row.run_id,
    )


def _capture(row: Row[Any]) -> Capture:
    return Capture(
        warc=row.warc,
        offset=row.offset,
        length=row.length,
        record_id=row.record_id,
        payload_digest=row.payload_digest,
    )
