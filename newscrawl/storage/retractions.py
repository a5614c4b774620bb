"""Taking articles down: what is removed, the tombstone that stays, and what a crawl must not take in again.

An article that is retracted has no rows any more, so whatever reads the store cannot meet it. What lies outside of the
database asks `url_keys` for what it has to leave out: replay, the archive's merged index, lists of pages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from newscrawl.items import Article, Candidate
from newscrawl.storage import copies, frontier, readings, relations, search_index, sketches
from newscrawl.storage.database import Database, insert_unless_known, is_missing
from newscrawl.storage.schema import (
    ArticleAuthorRow,
    ArticleRow,
    AuthorRow,
    ExtractionRow,
    RetractedUrlRow,
    RetractionRow,
    RevisionRow,
    RunRow,
    UrlAliasRow,
    table,
)
from newscrawl.urls import article_id, host_of, is_http, url_key

REASON = "retracted"
"""Why a crawl refuses a covered URL."""

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c
_ALIASES, _RUNS = table(UrlAliasRow).c, table(RunRow).c
_AUTHORS, _ARTICLE_AUTHORS = table(AuthorRow).c, table(ArticleAuthorRow).c
_TOMBSTONES, _COVERED = table(RetractionRow).c, table(RetractedUrlRow).c
_RETRACTING = 0x6E657774

_COVERING = select(_COVERED.url_key, _COVERED.retraction, _COVERED.kind).where(
    _COVERED.url_key.in_(bindparam("keys", expanding=True))
)
_SAME_TEXT = select(_TOMBSTONES.text_digest, _TOMBSTONES.url_key, _TOMBSTONES.url).where(
    _TOMBSTONES.text_digest.in_(bindparam("digests", expanding=True))
)
_STORED = select(_ARTICLES.url_key).where(_ARTICLES.url_key.in_(bindparam("keys", expanding=True)))


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stays of a retracted article, or of a page that must never be stored."""

    url_key: str
    url: str
    public_id: str
    source: str | None
    reason: str
    at: datetime
    covered: tuple[str, ...]
    """url_keys that are neither fetched nor stored, its own among them."""


@dataclass(frozen=True, slots=True)
class Retracted:
    """What a retraction removed."""

    tombstone: Tombstone
    revisions: int
    """0 where no article was stored."""
    copies: tuple[str, ...]
    """url_keys of articles that stay: copies of its text, and those stored under one of its other addresses."""


def keep_out(session: Session) -> None:
    """Keep retractions out until the transaction ends, so that what it stores is not retracted in between.

    On SQLite, where one transaction writes at a time, nothing is to be done.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock_shared(_RETRACTING)))


def retract(session: Session, url: str, *, reason: str, now: datetime) -> Retracted | None:
    """Remove the article of a URL, or of an alias, and leave a tombstone; None when the URL is covered already.

    Feeds that hold it are marked as stale, for `feed` to write again. Raises ValueError for what is no http(s) URL.
    """
    connection = session.connection()
    # Before any row is locked: a crawl's transaction asks for it first too.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_RETRACTING)))
    key = url_key(url)
    if among(session, [key]):
        return None
    article = _article_of(connection, key)
    url_keys = {key: "article"} if article is None else _keys_of(connection, article, key)
    stored = set(connection.scalars(_STORED, {"keys": list(url_keys)})) - ({article.url_key} if article else set())
    own = article.url_key if article else key
    values = {
        "url_key": own,
        "url": _last_url(connection, article.article_id) if article else url,
        "public_id": article.public_id if article else str(article_id(key)),
        "source_id": article.source_id if article else None,
        "text_digest": article.text_digest if article else None,
        "reason": reason,
        "retracted_at": now,
    }
    connection.execute(insert(table(RetractionRow)), values)
    covered = {one: kind for one, kind in url_keys.items() if one not in stored}
    _cover(connection, own, covered)
    removed, moved = _remove(connection, article) if article else (0, [])
    frontier.forget(session, covered)
    tombstone = of_url(session, own)
    assert tombstone is not None
    return Retracted(tombstone, removed, tuple(sorted({*stored, *moved})))


def undo(session: Session, url: str, *, now: datetime) -> Tombstone | None:
    """Lift the tombstone that covers a URL: its page is due again; None when there is none."""
    tombstone = of_url(session, url_key(url))
    if tombstone is None:
        return None
    connection = session.connection()
    connection.execute(delete(table(RetractionRow)).where(_TOMBSTONES.url_key == tombstone.url_key))
    again = Candidate(url=tombstone.url, source=tombstone.source)
    frontier.add(session, [again], run_id="", now=now, due_now=True)
    return tombstone


def of_url(session: Session, key: str) -> Tombstone | None:
    """The tombstone that covers a url_key."""
    found = session.connection().execute(_COVERING, {"keys": [key]}).one_or_none()
    return None if found is None else _tombstones(session, _TOMBSTONES.url_key == found.retraction)[0]


def every(session: Session) -> list[Tombstone]:
    """All tombstones, the oldest first."""
    return _tombstones(session)


def url_keys(session: Session) -> frozenset[str]:
    """Every url_key that a retraction covers: what replay, indexes and lists of pages leave out."""
    return frozenset(session.connection().scalars(select(_COVERED.url_key)))


def of_database(url: str) -> frozenset[str]:
    """`url_keys` of the database of this URL; none of one that is not there yet, which is not made.

    Raises what `Database` raises.
    """
    if is_missing(url):
        return frozenset()
    database = Database(url)
    try:
        with database.telling(), database.reading() as session:
            return url_keys(session)
    finally:
        database.close()


def among(session: Session, keys: Collection[str]) -> set[str]:
    """Those of the keys that a retraction covers."""
    return {row.url_key for row in session.connection().execute(_COVERING, {"keys": list(keys)})}


def refused(connection: Connection, articles: Sequence[Article]) -> set[int]:
    """Which of some read articles, by their place, a retraction covers: by URL, by a URL that led there, or as near.

    Near is a page of the same host that was not stored before, and has the retracted text, or claims the retracted URL
    as its canonical one. Its URL is covered from now on.
    """
    keys = {number: _ways(article) for number, article in enumerate(articles)}
    claims = {number: _claim(article) for number, article in enumerate(articles)}
    digests = {number: _digest(article) for number, article in enumerate(articles)}
    asked = {key for ways in keys.values() for key in ways} | {claim for claim in claims.values() if claim}
    covering = {row.url_key: row for row in connection.execute(_COVERING, {"keys": sorted(asked)})}
    texts = sorted({digest for digest in digests.values() if digest})
    same_text = connection.execute(_SAME_TEXT, {"digests": texts}).all() if texts else []
    found: set[int] = set()
    for number, article in enumerate(articles):
        if any(key in covering for key in keys[number]):
            found.add(number)
            continue
        claim = covering.get(claims[number] or "")
        near = [claim.retraction] if claim is not None and claim.kind != "canonical" else []
        near += [
            row.url_key
            for row in same_text
            if row.text_digest == digests[number] and host_of(row.url) == host_of(article.url)
        ]
        if near and not connection.scalars(_STORED, {"keys": [article.url_key]}).all():
            found.add(number)
            _cover(connection, near[0], {article.url_key: "near"})
    return found


def cover_redirects(session: Session, keys: Collection[str], target: str) -> None:
    """Cover URLs that led to a covered one, but for those under which articles are stored."""
    connection = session.connection()
    found = connection.execute(_COVERING, {"keys": [target]}).one_or_none()
    if found is not None:
        stored = set(connection.scalars(_STORED, {"keys": list(keys)}))
        _cover(connection, found.retraction, {key: "redirect" for key in keys if key not in stored})


def _article_of(connection: Connection, key: str) -> Any:
    statement = select(table(ArticleRow))
    by_key = connection.execute(statement.where(_ARTICLES.url_key == key)).one_or_none()
    if by_key is not None:
        return by_key
    of_alias = select(_ALIASES.article_id).where(_ALIASES.url_key == key).scalar_subquery()
    return connection.execute(statement.where(_ARTICLES.article_id == of_alias)).one_or_none()


def _keys_of(connection: Connection, article: Any, given: str) -> dict[str, str]:
    """The article's addresses, each with its kind."""
    aliases = select(_ALIASES.url_key).where(_ALIASES.article_id == article.article_id)
    keys = dict.fromkeys([*connection.scalars(aliases), given], "redirect")
    claims = select(_EXTRACTIONS.canonical_url).where(_EXTRACTIONS.article_id == article.article_id)
    for claim in connection.scalars(claims.distinct()):
        # A page that calls itself the home page says nothing of the home page.
        if claim and is_http(claim) and host_of(claim) == host_of(f"//{article.url_key}"):
            key = url_key(claim)
            if key.partition("/")[2]:
                keys.setdefault(key, "canonical")
    return {**keys, article.url_key: "article"}


def _last_url(connection: Connection, article: int) -> str:
    urls = select(_REVISIONS.url).where(_REVISIONS.article_id == article).order_by(_REVISIONS.number.desc()).limit(1)
    return str(connection.scalars(urls).one())


def _remove(connection: Connection, article: Any) -> tuple[int, list[str]]:
    """Remove an article's rows; how many revisions it had, and the url_keys of its copies."""
    of_article = _REVISIONS.article_id == article.article_id
    stored_by = connection.execute(select(_REVISIONS.run_id).where(of_article)).scalars().all()
    authors = (
        select(_ARTICLE_AUTHORS.author_id)
        .join(table(ExtractionRow), _EXTRACTIONS.extraction_id == _ARTICLE_AUTHORS.extraction_id)
        .where(_EXTRACTIONS.article_id == article.article_id)
    )
    named = set(connection.scalars(authors))
    search_index.remove(connection, [article.article_id])
    links = readings.naming(connection, article.article_id)
    told_by_near = relations.runs_that_tell(connection, article.article_id)
    sketches.forget(connection, [article.article_id])
    # Revisions, extractions, links and aliases go with it; what points to it is set to NULL.
    connection.execute(delete(table(ArticleRow)).where(_ARTICLES.article_id == article.article_id))
    readings.resolve_anew(connection, links)
    elsewhere = select(_ARTICLE_AUTHORS.author_id).where(_ARTICLE_AUTHORS.author_id == _AUTHORS.author_id).exists()
    connection.execute(delete(table(AuthorRow)).where(_AUTHORS.author_id.in_(named), ~elsewhere))
    moved, told_by = copies.without(connection, article.url_key)
    stale = {*stored_by, *told_by, *told_by_near}
    connection.execute(
        update(table(RunRow)).where(_RUNS.run_id.in_(stale), _RUNS.feed.is_not(None)).values(feed_is_stale=True)
    )
    return len(stored_by), moved


def _cover(connection: Connection, retraction: str, kinds: dict[str, str]) -> None:
    rows = [{"url_key": key, "retraction": retraction, "kind": kind} for key, kind in sorted(kinds.items())]
    if rows:
        connection.execute(insert_unless_known(connection.dialect.name, RetractedUrlRow), rows)


def _tombstones(session: Session, *conditions: Any) -> list[Tombstone]:
    connection = session.connection()
    statement = select(table(RetractionRow)).where(*conditions)
    rows = connection.execute(statement.order_by(_TOMBSTONES.retracted_at, _TOMBSTONES.url_key)).all()
    covered: dict[str, list[str]] = {}
    of_rows = select(_COVERED.retraction, _COVERED.url_key).order_by(_COVERED.url_key)
    if conditions:
        of_rows = of_rows.where(_COVERED.retraction.in_([row.url_key for row in rows]))
    for retraction, key in connection.execute(of_rows):
        covered.setdefault(retraction, []).append(key)
    return [
        Tombstone(
            url_key=row.url_key,
            url=row.url,
            public_id=row.public_id,
            source=row.source_id,
            reason=row.reason,
            at=row.retracted_at,
            covered=tuple(covered.get(row.url_key, ())),
        )
        for row in rows
    ]


def _ways(article: Article) -> list[str]:
    """The url_keys by which a page was reached, its own first."""
    passed = article.visit.redirect_urls if article.visit else ()
    candidate = [article.visit.candidate_key] if article.visit else []
    return list(dict.fromkeys([article.url_key, *candidate, *(url_key(url) for url in passed)]))


def _digest(article: Article) -> str | None:
    fingerprint = article.visit and article.visit.fingerprint
    return fingerprint.digest if fingerprint else None


def _claim(article: Article) -> str | None:
    """The url_key that a page claims to be, where it is on the page's own host."""
    claim = article.canonical_url
    if not (claim and is_http(claim)) or host_of(claim) != host_of(article.url):
        return None
    return url_key(claim)
