"""The copies of one story, across sources: who had it first, which agencies they credit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from newscrawl import duplicates
from newscrawl.agencies import credited
from newscrawl.duplicates import Relation
from newscrawl.items import Article, PublicationTime, RelationKind
from newscrawl.storage import relations
from newscrawl.storage.rereading import current_of
from newscrawl.storage.schema import ArticleRow, UrlAliasRow, table

_ARTICLES, _ALIASES = table(ArticleRow).c, table(UrlAliasRow).c
_AT_ONCE = 100
_MOST = 0.5
"""Share of each text that the other holds, from which a copy's copies are of the story too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One article of a story, as it is read now."""

    url_key: str
    url: str
    source: str | None
    outlet: str | None
    headline: str | None
    published_at: PublicationTime | None
    first_fetched_at: datetime
    relation: RelationKind | None
    """How the text of the article that was asked for relates to this one's; None for itself."""
    containment: float | None
    """Share of that text's shingles that stand in this one, 0 to 1."""
    contained: float | None
    """Share of this text's shingles that stand in that one, 0 to 1."""
    agencies: list[str]
    """The news agencies that it credits."""

    @property
    def stood_at(self) -> datetime:
        """The instant since when it is known to stand: its `published_at`, where that is one, else its first fetch.

        Compared so, copies have one order even where some tell no instant: a fetch only proves that a page was there.
        """
        said = self.published_at
        is_instant = isinstance(said, datetime) and said.tzinfo is not None
        return said if is_instant and isinstance(said, datetime) else self.first_fetched_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Syndication:
    """An article with its copies, and theirs."""

    url_key: str
    """The article's own."""
    first: str
    """url_key of the copy that is known to have stood first."""
    agencies: list[str]
    """The news agencies that any of them credits."""
    copies: list[Copy]
    """All of them, the article included, in the order of `stood_at`."""
    overlaps: list[Copy]
    """Articles that share passages with it and are no copies."""


def syndication_of(session: Session, key: str) -> Syndication | None:
    """The story of the article of a url_key, or of the one to which it leads; None where none is stored."""
    connection = session.connection()
    article_id = _article_id(connection, key)
    if article_id is None:
        return None
    links = dict(
        relations.of_articles(connection, [article_id], (*relations.TIES, RelationKind.OVERLAP)).get(article_id, [])
    )
    story = _story(connection, article_id)
    copies = sorted(_copies(session, article_id, story, links), key=lambda copy: (copy.stood_at, copy.first_fetched_at))
    return Syndication(
        url_key=next(copy.url_key for copy in copies if copy.relation is None),
        first=copies[0].url_key,
        agencies=list(dict.fromkeys(agency for copy in copies for agency in copy.agencies)),
        copies=copies,
        overlaps=list(_copies(session, article_id, links.keys() - story, links)),
    )


def _article_id(connection: Connection, key: str) -> int | None:
    own = connection.scalar(select(_ARTICLES.article_id).where(_ARTICLES.url_key == key))
    return own or connection.scalar(select(_ALIASES.article_id).where(_ALIASES.url_key == key))


def _story(connection: Connection, article_id: int) -> set[int]:
    """The articles to which a chain of copies leads.

    Where one text is less than half of the other, the chain ends at that other and its edited copies: a round-up holds
    several stories, and two briefs of one long report may share nothing.
    """
    story = _chained(connection, {article_id}, _is_mostly_same)
    ends = {other for related in relations.of_articles(connection, story).values() for other, _ in related}
    return _chained(connection, story | ends, _is_edited)


def _chained(connection: Connection, articles: set[int], leads_on: Callable[[Relation], bool]) -> set[int]:
    """The articles with those to which a chain of such relations leads."""
    same = table(ArticleRow).alias("same")
    story = new = articles
    while new:
        related = relations.of_articles(connection, new).values()
        found = {other for several in related for other, relation in several if leads_on(relation)}
        # Where very many have a text, not each pair of them is linked.
        for ids in _parts(new):
            digests = select(_ARTICLES.text_digest).where(_ARTICLES.article_id.in_(ids))
            found.update(connection.scalars(select(same.c.article_id).where(same.c.text_digest.in_(digests))))
        new = found - story
        story = story | new
    return story


def _is_edited(relation: Relation) -> bool:
    return relation.kind in (RelationKind.EXACT, RelationKind.NEAR)


def _is_mostly_same(relation: Relation) -> bool:
    return _is_edited(relation) or min(relation.containment, relation.contained) >= _MOST


def _copies(
    session: Session, article_id: int, article_ids: Collection[int], links: dict[int, Relation]
) -> Iterator[Copy]:
    """The articles, with how the first one named relates to each; their texts are read some at a time."""
    connection = session.connection()
    own_key = connection.scalar(select(_ARTICLES.url_key).where(_ARTICLES.article_id == article_id))
    own = current_of(session, [str(own_key)])[str(own_key)]
    columns = (_ARTICLES.article_id, _ARTICLES.url_key, _ARTICLES.first_fetched_at)
    for ids in _parts(article_ids):
        rows = connection.execute(select(*columns).where(_ARTICLES.article_id.in_(ids)).order_by(columns[0])).all()
        current = current_of(session, [row.url_key for row in rows])
        for row in rows:
            article = current[row.url_key]
            relation = None
            if row.article_id != article_id:
                relation = links.get(row.article_id) or duplicates.relation(own.body or "", article.body or "")
            yield _copy(article, row.first_fetched_at, relation)


def _copy(article: Article, first_fetched_at: datetime, relation: Relation | None) -> Copy:
    return Copy(
        url_key=article.url_key,
        url=article.url,
        source=article.source,
        outlet=article.outlet,
        headline=article.headline,
        published_at=article.published_at,
        first_fetched_at=first_fetched_at,
        relation=None if relation is None else relation.kind,
        containment=None if relation is None else relation.containment,
        contained=None if relation is None else relation.contained,
        agencies=credited(byline=article.byline, authors=article.authors, outlet=article.outlet, body=article.body),
    )


def _parts(article_ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(article_ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
