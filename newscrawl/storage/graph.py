"""The graph of related links: the chosen articles, what they name, and how that was found."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Row, Select, Subquery, and_, case, func, literal, null, select, union
from sqlalchemy.orm import Session

from newscrawl.items import PublicationTime
from newscrawl.storage.exports import Selection, by_bytes, chosen
from newscrawl.storage.revisions import time_of
from newscrawl.storage.schema import (
    ArticleRow,
    ExtractionRow,
    RelatedLinkRow,
    RevisionRow,
    table,
)
from newscrawl.urls import article_id

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c
_LINKS = table(RelatedLinkRow).c
_TARGETS = table(ArticleRow).alias("targets")
_READ_AT_ONCE = 1000

NodeKind = Literal["article", "url", "headline"]
EdgeKind = Literal["related", "duplicate_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A stored article, or what a link names and no stored article is known for."""

    id: str
    """The article's `id`; of a URL the one that its article will have; of a headline a UUID made from it."""
    kind: NodeKind
    """article; url: a link's URL; headline: that of a link without URL, within the source."""
    url_key: str | None = None
    url: str | None = None
    source: str | None = None
    """Of a headline: the source whose pages name it."""
    headline: str | None = None
    published_at: PublicationTime | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """That an article names, or is a copy of, another node."""

    source: str
    """Node from which the edge goes."""
    target: str
    kind: EdgeKind
    """related: a link of the article's current reading; duplicate_of: the earliest article of the same text."""
    position: int | None = None
    """The link's, like headline, label and placement."""
    headline: str | None = None
    label: str | None = None
    placement: str | None = None
    resolved_by: Literal["url", "alias", "headline"] | None = None
    """How the link's article is known: by its URL, by another address of it, by its headline; None while none is."""


def nodes(session: Session, selection: Selection) -> Generator[Node]:
    """The chosen articles and those that they name or copy, in the order of storing; then unresolved URLs, then
    headlines. Each once."""
    picked = _picked(session, selection)
    named = select(_LINKS.target_id).join(picked, picked.c.extraction_id == _LINKS.extraction_id)
    copied = select(_TARGETS.c.article_id).join(picked, picked.c.duplicate_of == _TARGETS.c.url_key)
    ids = union(select(picked.c.article_id), named.where(_LINKS.target_id.is_not(None)), copied).subquery()
    stored = (
        select(
            _ARTICLES.public_id, _ARTICLES.url_key, _REVISIONS.url, _ARTICLES.source_id, _EXTRACTIONS.headline,
            _EXTRACTIONS.published_at_text, _EXTRACTIONS.published_at_precision, _EXTRACTIONS.language,
        )
        .join(ids, ids.c.article_id == _ARTICLES.article_id)
        .join(table(ExtractionRow), and_(_EXTRACTIONS.article_id == _ARTICLES.article_id, _EXTRACTIONS.is_current))
        .join(table(RevisionRow), _REVISIONS.revision_id == _EXTRACTIONS.revision_id)
        .order_by(_ARTICLES.article_id)
    )  # fmt: skip
    for row in _rows(session, stored):
        yield Node(
            id=row.public_id,
            kind="article",
            url_key=row.url_key,
            url=row.url,
            source=row.source_id,
            headline=row.headline,
            published_at=time_of(row.published_at_text, row.published_at_precision),
            language=row.language,
        )
    key, name, source_id, url, headline = (
        by_bytes(session, column) for column in (_LINKS.url_key, _NAME, _LINKS.source_id, _LINKS.url, _LINKS.headline)
    )
    unresolved = (
        select(_LINKS.url_key, func.min(url).label("url"), func.min(headline).label("headline"))
        .join(picked, picked.c.extraction_id == _LINKS.extraction_id)
        .where(_LINKS.target_id.is_(None), _LINKS.url_key.is_not(None))
        .group_by(_LINKS.url_key)
        .order_by(key)
    )
    for row in _rows(session, unresolved):
        yield Node(id=_of_url(row.url_key), kind="url", url_key=row.url_key, url=row.url, headline=row.headline)
    by_name = (
        select(_LINKS.source_id, _NAME.label("name"), func.min(headline).label("headline"))
        .join(picked, picked.c.extraction_id == _LINKS.extraction_id)
        .where(_LINKS.target_id.is_(None), _LINKS.url_key.is_(None))
        .group_by(_LINKS.source_id, _NAME)
        .order_by(source_id.nulls_first(), name)
    )
    for row in _rows(session, by_name):
        yield Node(
            id=_of_headline(row.source_id, row.name), kind="headline", source=row.source_id, headline=row.headline
        )


def edges(session: Session, selection: Selection) -> Generator[Edge]:
    """The links of the chosen articles, in their order, then what they are copies of."""
    picked = _picked(session, selection)
    links = (
        select(
            picked.c.public_id, _TARGETS.c.public_id.label("target"), _LINKS.url_key, _LINKS.source_id,
            _NAME.label("name"), _LINKS.position, _LINKS.headline, _LINKS.label, _LINKS.placement,
            case(
                (_LINKS.target_id.is_(None), null()),
                (_LINKS.by_headline, literal("headline")),
                (_TARGETS.c.url_key == _LINKS.url_key, literal("url")),
                else_=literal("alias"),
            ).label("resolved_by"),
        )
        .join(picked, picked.c.extraction_id == _LINKS.extraction_id)
        .outerjoin(_TARGETS, _TARGETS.c.article_id == _LINKS.target_id)
        .order_by(picked.c.article_id, _LINKS.position)
    )  # fmt: skip
    for row in _rows(session, links):
        yield Edge(
            source=row.public_id,
            target=row.target or (_of_url(row.url_key) if row.url_key else _of_headline(row.source_id, row.name)),
            kind="related",
            position=row.position,
            headline=row.headline,
            label=row.label,
            placement=row.placement,
            resolved_by=row.resolved_by,
        )
    copies = (
        select(picked.c.public_id, _TARGETS.c.public_id.label("target"))
        .join(_TARGETS, _TARGETS.c.url_key == picked.c.duplicate_of)
        .order_by(picked.c.article_id)
    )
    for row in _rows(session, copies):
        yield Edge(source=row.public_id, target=row.target, kind="duplicate_of")


_NAME: Any = func.coalesce(func.nullif(_LINKS.headline_key, ""), _LINKS.headline)
"""By what a headline is told from others; one without a letter by itself."""


def _picked(session: Session, selection: Selection) -> Subquery:
    columns = (_ARTICLES.article_id, _ARTICLES.public_id, _ARTICLES.duplicate_of, _EXTRACTIONS.extraction_id)
    return chosen(session, selection, *columns).subquery("picked")


def _rows(session: Session, statement: Select[Any]) -> Iterator[Row[Any]]:
    with session.connection().execute(statement.execution_options(yield_per=_READ_AT_ONCE)) as result:
        yield from result


def _of_url(url_key: str) -> str:
    return str(article_id(url_key))


def _of_headline(source: str | None, name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"newscrawl:headline:{source or ''}:{name}"))
