"""Stored revisions, read back as articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, null, select
from sqlalchemy.orm import Session

from newscrawl.items import Article, Block, PublicationTime, RelatedLink, ResolvedLink
from newscrawl.storage import captures, relations
from newscrawl.storage.schema import (
    ArticleAuthorRow,
    ArticleRow,
    AuthorRow,
    CaptureRow,
    ExtractionRow,
    RelatedLinkRow,
    RevisionRow,
    table,
)

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c
_LINKS, _CAPTURES = table(RelatedLinkRow).c, table(CaptureRow).c
_AUTHORS, _ARTICLE_AUTHORS = table(AuthorRow).c, table(ArticleAuthorRow).c

_OF_REVISION = (_REVISIONS.number, _REVISIONS.run_id, _REVISIONS.url, _REVISIONS.fetched_at, _REVISIONS.duplicate_of)
_OF_ARTICLE = (_ARTICLES.public_id, _ARTICLES.url_key, _ARTICLES.source_id)
_OF_CAPTURE = (_CAPTURES.warc, _CAPTURES.offset, _CAPTURES.length, _CAPTURES.record_id, _CAPTURES.payload_digest)
_READ = (
    table(ExtractionRow)
    .join(table(RevisionRow), _REVISIONS.revision_id == _EXTRACTIONS.revision_id)
    .join(table(ArticleRow), _ARTICLES.article_id == _REVISIONS.article_id)
    .outerjoin(table(CaptureRow), _CAPTURES.capture_id == _REVISIONS.capture_id)
)
"""Readings with what they are of."""
_READ_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A stored reading of a revision."""

    extraction_id: int
    is_current: bool
    """Whether it is what the article is read as now."""
    article: Article


def of_run(session: Session, run_id: str) -> Iterator[Article]:
    """The articles of the revisions that a run stored, as first read, in the order of storing, with the
    near-duplicates of their current texts."""
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
            near = relations.near_duplicates(connection, {row.article_id for row in rows})
            for row in rows:
                article = _article(row, authors.get(row.extraction_id, []), links.get(row.extraction_id, []))
                article.near_duplicates = near.get(row.article_id, [])
                yield article


def readings_of(session: Session, revision_ids: Sequence[int]) -> dict[int, list[Reading]]:
    """By revision, what was read from it, the first reading first. Revisions that are not there are left out."""
    columns = (*table(ExtractionRow).c, *_OF_REVISION, *_OF_ARTICLE, *_OF_CAPTURE)
    connection = session.connection()
    rows = connection.execute(
        select(*columns)
        .select_from(_READ)
        .where(_EXTRACTIONS.revision_id.in_(revision_ids))
        .order_by(_EXTRACTIONS.extraction_id)
    ).all()
    ids = [row.extraction_id for row in rows]
    authors, links = _authors_of(connection, ids), _links_of(connection, ids)
    found: dict[int, list[Reading]] = {}
    for row in rows:
        article = _article(row, authors.get(row.extraction_id, []), links.get(row.extraction_id, []))
        article.whole_hash = row.whole_hash
        article.substance_hash, article.whole_substance_hash = row.substance_hash, row.whole_substance_hash
        found.setdefault(row.revision_id, []).append(
            Reading(extraction_id=row.extraction_id, is_current=row.is_current, article=article)
        )
    return found


def as_known_now(session: Session, extraction_ids: Sequence[int], *, with_body: bool = True) -> dict[int, Article]:
    """By extraction, the article as read then with what is known now: its related links are `ResolvedLink`s, and the
    current reading has the copies that its article has now. Without body, `body` and `blocks` are empty."""
    read = [column for column in table(ExtractionRow).c if with_body or column.name not in ("body", "blocks")]
    left_out = () if with_body else (null().label("body"), null().label("blocks"))
    copy_of = case((_EXTRACTIONS.is_current, _ARTICLES.duplicate_of), else_=_REVISIONS.duplicate_of)
    columns = (*read, *left_out, *_OF_REVISION[:-1], copy_of.label("duplicate_of"), *_OF_ARTICLE, *_OF_CAPTURE)
    connection = session.connection()
    rows = connection.execute(
        select(*columns).select_from(_READ).where(_EXTRACTIONS.extraction_id.in_(extraction_ids))
    ).all()
    authors, links = _authors_of(connection, extraction_ids), _links_of(connection, extraction_ids, resolved=True)
    near = relations.near_duplicates(connection, {row.article_id for row in rows if row.is_current})
    articles = {}
    for row in rows:
        article = _article(row, authors.get(row.extraction_id, []), links.get(row.extraction_id, []))
        article.near_duplicates = near.get(row.article_id, []) if row.is_current else []
        articles[row.extraction_id] = article
    return articles


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


def _links_of(
    connection: Connection, extraction_ids: Sequence[int], *, resolved: bool = False
) -> dict[int, list[RelatedLink]]:
    statement = (
        select(table(RelatedLinkRow))
        .where(_LINKS.extraction_id.in_(extraction_ids))
        .order_by(_LINKS.extraction_id, _LINKS.position)
    )
    if resolved:
        statement = statement.outerjoin(table(ArticleRow), _ARTICLES.article_id == _LINKS.target_id).add_columns(
            _ARTICLES.url_key.label("target_url_key"), _ARTICLES.public_id.label("target_public_id")
        )
    links: dict[int, list[RelatedLink]] = {}
    for row in connection.execute(statement):
        said = {
            "position": row.position,
            "headline": row.headline,
            "url": row.url,
            "label": row.label,
            "placement": "aside" if row.placement == "aside" else "inline",
        }
        link = (
            ResolvedLink(**said, target_url_key=row.target_url_key, target_id=row.target_public_id)
            if resolved
            else RelatedLink(**said)
        )
        links.setdefault(row.extraction_id, []).append(link)
    return links


def time_of(text: str | None, precision: str | None) -> PublicationTime | None:
    """A time of publication from its two columns."""
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
        published_at=time_of(row.published_at_text, row.published_at_precision),
        published_at_raw=row.published_at_raw,
        modified_at=time_of(row.modified_at_text, row.modified_at_precision),
        modified_at_raw=row.modified_at_raw,
        fetched_at=row.fetched_at,
        language=row.language,
        section=row.section,
        keywords=row.keywords,
        main_image=row.main_image,
        body=row.body,
        blocks=[Block(**block) for block in row.blocks or ()],
        related_links=links,
        revision=row.number,
        content_hash=row.content_hash,
        duplicate_of=row.duplicate_of,
        capture=captures.capture_in(row) if row.warc else None,
        extractor=row.extractor,
        run=row.run_id,
    )
