"""Storing articles: their revisions and extractions, their related links and copies.

A crawl goes through here with every page, so what it asks stands ready as statements on the tables themselves, and
pages that are stored together share them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from newscrawl.items import Article, Disposition, PublicationTime, Visit
from newscrawl.storage import captures, retractions
from newscrawl.storage.database import insert_unless_known
from newscrawl.storage.schema import (
    ArticleAuthorRow,
    ArticleRow,
    AuthorRow,
    ExtractionRow,
    RelatedLinkRow,
    RevisionRow,
    UrlAliasRow,
    table,
)
from newscrawl.text.fold import fold_key
from newscrawl.urls import is_http, url_key

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c
_ALIASES, _LINKS = table(UrlAliasRow).c, table(RelatedLinkRow).c
_AUTHORS, _ARTICLE_AUTHORS = table(AuthorRow).c, table(ArticleAuthorRow).c

_KNOWN = (
    select(
        _ARTICLES.article_id,
        _ARTICLES.url_key,
        _ARTICLES.last_fetched_at,
        _ARTICLES.duplicate_of,
        _REVISIONS.revision_id,
        _REVISIONS.number,
        _REVISIONS.payload_digest,
        _EXTRACTIONS.content_hash,
        _EXTRACTIONS.whole_hash,
        _EXTRACTIONS.extractor,
    )
    .join(table(ExtractionRow), (_EXTRACTIONS.article_id == _ARTICLES.article_id) & _EXTRACTIONS.is_current)
    .join(table(RevisionRow), _REVISIONS.revision_id == _EXTRACTIONS.revision_id)
    .where(_ARTICLES.url_key.in_(bindparam("keys", expanding=True)))
    # In one order for all crawlers, so that two of them do not wait for each other.
    .order_by(_ARTICLES.url_key)
    .with_for_update(of=table(ArticleRow))
)
_EARLIEST = (
    select(func.min(_ARTICLES.article_id))
    .where(_ARTICLES.text_digest.in_(bindparam("digests", expanding=True)))
    .group_by(_ARTICLES.text_digest)
)
_EARLIEST_COPIES = select(_ARTICLES.text_digest, _ARTICLES.article_id, _ARTICLES.url_key).where(
    _ARTICLES.article_id.in_(_EARLIEST)
)
# Each new key comes with what its row is known by: in the rows' own order SQLAlchemy inserts them one by one.
_ADD_ARTICLES = insert(table(ArticleRow)).returning(_ARTICLES.url_key, _ARTICLES.article_id)
_ADD_REVISIONS = insert(table(RevisionRow)).returning(_REVISIONS.article_id, _REVISIONS.revision_id)
_ADD_EXTRACTIONS = insert(table(ExtractionRow)).returning(_EXTRACTIONS.revision_id, _EXTRACTIONS.extraction_id)
_ADD_LINKS, _ADD_ARTICLE_AUTHORS = insert(table(RelatedLinkRow)), insert(table(ArticleAuthorRow))
_CHANGE_ARTICLE = update(table(ArticleRow)).where(_ARTICLES.article_id == bindparam("id"))
_FETCHED = _CHANGE_ARTICLE.values(last_fetched_at=bindparam("at"))
_READ = _CHANGE_ARTICLE.values(headline_key=bindparam("named"), text_digest=bindparam("digest"))
_COPY = _CHANGE_ARTICLE.values(duplicate_of=bindparam("copy_of"))
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
    select(_ARTICLES.headline_key, func.min(_ARTICLES.article_id))
    .where(_ARTICLES.source_id == bindparam("source"), _ARTICLES.headline_key.in_(bindparam("keys", expanding=True)))
    .group_by(_ARTICLES.headline_key)
)
_UNRESOLVED = select(_LINKS.extraction_id, _LINKS.position, _LINKS.url_key, _LINKS.headline_key).where(
    _LINKS.target_id.is_(None)
)
_UNRESOLVED_BY_KEY = _UNRESOLVED.where(_LINKS.url_key.in_(bindparam("keys", expanding=True)))
_UNRESOLVED_BY_HEADLINE = _UNRESOLVED.where(
    _LINKS.source_id == bindparam("source"), _LINKS.headline_key.in_(bindparam("keys", expanding=True))
)
_RESOLVE = (
    update(table(RelatedLinkRow))
    .where(_LINKS.extraction_id == bindparam("extraction"), _LINKS.position == bindparam("at"))
    .values(target_id=bindparam("target"))
)
_KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing an article came to."""

    disposition: Disposition
    article_id: int | None
    """None for what was retracted: it is `blocked`, and not stored."""
    revision: int
    duplicate_of: str | None = None


def store(session: Session, articles: Sequence[Article], *, run_id: str) -> list[Stored]:
    """Store visited articles, each as new, as a new revision of a known one, or find it unchanged.

    A revision is a new state of the page; an unchanged page that another extractor reads gets an extraction. What a
    retraction covers is not stored: it is `blocked`.
    Raises ValueError for an article without visit, payload digest, `fetched_at`, `content_hash` or `extractor`.
    """
    retractions.keep_out(session)
    connection = session.connection()
    refused = retractions.refused(connection, articles)
    stored = dict.fromkeys(refused, Stored(Disposition.BLOCKED, None, 0))
    waiting = {number: article for number, article in enumerate(articles) if number not in refused}
    while waiting:
        # An article that comes twice is known when its second turn comes.
        first = {article.url_key: number for number, article in reversed(waiting.items())}
        turn = {number: waiting.pop(number) for number in sorted(first.values())}
        stored.update(zip(turn, _Storing(connection, list(turn.values()), run_id).done(), strict=True))
    return [stored[number] for number in range(len(articles))]


def add_alias(session: Session, alias: str, article_id: int, kind: str) -> None:
    """Record that the url_key `alias` also leads to the article; the first article to claim it keeps it."""
    values = {"url_key": alias, "article_id": article_id, "kind": kind}
    connection = session.connection()
    connection.execute(insert_unless_known(connection.dialect.name, UrlAliasRow), values)
    _resolve_by_key(connection, {alias: article_id})


@dataclass(slots=True)
class _Entry:
    """One article on its way into the store."""

    article: Article
    visit: Visit
    known: Any
    """The row of `_KNOWN`; None for an article that is new."""
    article_id: int = 0
    revision_id: int = 0
    duplicate_of: str | None = None

    @property
    def same_page(self) -> bool:
        return self.known is not None and self.visit.payload_digest == self.known.payload_digest

    @property
    def same_content(self) -> bool:
        """Whether the text is the stored one, or was it when less was known of the source's furniture."""
        if self.article.content_hash == self.known.content_hash:
            return True
        return self.known.whole_hash is not None and self.article.whole_hash == self.known.whole_hash

    @property
    def is_revision(self) -> bool:
        """Whether the page has a state that was not stored before, its first included."""
        if self.known is None:
            return True
        return not (self.same_page or self.same_content)

    @property
    def is_read_anew(self) -> bool:
        """Whether another extractor read the page that is stored, or its text on a page that differs elsewhere."""
        if self.known is None or self.article.extractor == self.known.extractor:
            return False
        return self.same_page or (self.same_content and self.article.content_hash != self.known.content_hash)

    @property
    def headline_key(self) -> str | None:
        return fold_key(self.article.headline or "") or None

    @property
    def number(self) -> int:
        return (0 if self.known is None else self.known.number) + self.is_revision

    @property
    def disposition(self) -> Disposition:
        if self.known is None:
            return Disposition.STORED_NEW if self.duplicate_of is None else Disposition.DUPLICATE
        return Disposition.STORED_REVISION if self.is_revision else Disposition.UNCHANGED


class _Storing:
    """Stores articles of different url_keys with one statement a table, whatever their number."""

    def __init__(self, connection: Connection, articles: Sequence[Article], run_id: str) -> None:
        self._connection = connection
        self._run_id = run_id
        keys = [article.url_key for article in articles]
        known = {row.url_key: row for row in connection.execute(_KNOWN, {"keys": keys})}
        self._entries = [_Entry(article, _visit_of(article), known.get(article.url_key)) for article in articles]

    def done(self) -> list[Stored]:
        """Store them, and say what each came to."""
        self._write_articles()
        self._find_copies()
        self._add_revisions()
        self._add_readings()
        _resolve_by_key(self._connection, {entry.article.url_key: entry.article_id for entry in self._new()})
        self._resolve_by_headline()
        return [
            Stored(entry.disposition, entry.article_id, entry.number, entry.duplicate_of) for entry in self._entries
        ]

    def _new(self) -> list[_Entry]:
        return [entry for entry in self._entries if entry.known is None]

    def _described(self) -> list[_Entry]:
        """Those whose text or headline may be another than the one that their article's row tells of."""
        return [entry for entry in self._entries if entry.is_revision or entry.is_read_anew]

    def _write_articles(self) -> None:
        new = self._new()
        ids = self._added(
            _ADD_ARTICLES,
            [
                {
                    "public_id": entry.article.id,
                    "url_key": entry.article.url_key,
                    "source_id": entry.article.source,
                    "headline_key": entry.headline_key,
                    "text_digest": entry.visit.text_digest,
                    "first_fetched_at": entry.article.fetched_at,
                    "last_fetched_at": entry.article.fetched_at,
                }
                for entry in new
            ],
        )
        for entry in new:
            entry.article_id = ids[entry.article.url_key]
        fetched, read = [], []
        for entry in self._entries:
            if entry.known is None:
                continue
            entry.article_id, entry.duplicate_of = entry.known.article_id, entry.known.duplicate_of
            assert entry.article.fetched_at is not None
            fetched.append({"id": entry.article_id, "at": max(entry.known.last_fetched_at, entry.article.fetched_at)})
            if entry.is_revision or entry.is_read_anew:
                read.append({"id": entry.article_id, "named": entry.headline_key, "digest": entry.visit.text_digest})
        self._execute(_FETCHED, fetched)
        self._execute(_READ, read)

    def _find_copies(self) -> None:
        """Tie each article to the earliest of the same text; the store holds the texts of all of these already."""
        described = self._described()
        digests = {entry.visit.text_digest for entry in described} - {None}
        rows = self._connection.execute(_EARLIEST_COPIES, {"digests": list(digests)}) if digests else ()
        earliest = {digest: (article_id, key) for digest, article_id, key in rows}
        copies = []
        for entry in described:
            before = entry.duplicate_of
            article_id, key = earliest.get(entry.visit.text_digest, (entry.article_id, ""))
            entry.duplicate_of = key if article_id < entry.article_id else None
            if entry.duplicate_of != before:
                copies.append({"id": entry.article_id, "copy_of": entry.duplicate_of})
        self._execute(_COPY, copies)

    def _add_revisions(self) -> None:
        changed = [entry for entry in self._entries if entry.is_revision]
        archived = [entry.visit.archived for entry in changed if entry.visit.archived is not None]
        capture_ids = captures.add_unless_known(self._connection, archived)
        ids = self._added(
            _ADD_REVISIONS,
            [
                {
                    "article_id": entry.article_id,
                    "number": entry.number,
                    "run_id": self._run_id,
                    "url": entry.article.url,
                    "fetched_at": entry.article.fetched_at,
                    "payload_digest": entry.visit.payload_digest,
                    "capture_id": entry.visit.archived and capture_ids[entry.visit.archived.capture.record_id],
                    "duplicate_of": entry.duplicate_of,
                }
                for entry in changed
            ],
        )
        for entry in self._entries:
            if entry.known is not None:
                entry.revision_id = entry.known.revision_id
        for entry in changed:
            entry.revision_id = ids[entry.article_id]

    def _add_readings(self) -> None:
        described = self._described()
        self._execute(_NONE_IS_CURRENT, [{"id": entry.article_id} for entry in described if entry.known is not None])
        read = [entry for entry in described if not (entry.is_read_anew and self._was_read_before(entry))]
        ids = self._added(_ADD_EXTRACTIONS, [_extraction(entry) for entry in read])
        self._add_authors([(ids[entry.revision_id], entry.article.authors) for entry in read])
        self._add_links([(ids[entry.revision_id], entry.article) for entry in read])

    def _was_read_before(self, entry: _Entry) -> bool:
        """Whether the extractor had read the page before; that reading is current again."""
        values = {"id": entry.revision_id, "by": entry.article.extractor}
        return bool(self._connection.execute(_MAKE_CURRENT, values).rowcount)

    def _add_authors(self, bylines: list[tuple[int, list[str]]]) -> None:
        # In one order for all crawlers, so that two of them do not wait for each other.
        names = sorted({name for _, authors in bylines for name in authors})
        if not names:
            return
        add = insert_unless_known(self._connection.dialect.name, AuthorRow)
        self._execute(add, [{"name": name, "name_key": fold_key(name)} for name in names])
        ids: dict[str, int] = dict(_rows_of(self._connection, _AUTHOR_IDS, "names", names))
        rows = [
            {"extraction_id": extraction_id, "position": position, "author_id": ids[name]}
            for extraction_id, authors in bylines
            for position, name in enumerate(authors, 1)
        ]
        self._execute(_ADD_ARTICLE_AUTHORS, rows)

    def _add_links(self, naming: list[tuple[int, Article]]) -> None:
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
            for extraction_id, article in naming
            for link in article.related_links
        ]
        by_key = self._targets_by_key({row["url_key"] for row in rows if row["url_key"]})
        named: dict[str, set[str]] = {}
        for row in rows:
            if row["source_id"] and row["headline_key"] and row["url_key"] not in by_key:
                named.setdefault(row["source_id"], set()).add(row["headline_key"])
        by_headline = {
            (source, key): target
            for source, keys in named.items()
            for key, target in _rows_of(self._connection, _EARLIEST_BY_HEADLINE, "keys", keys, source=source)
        }
        for row in rows:
            by_name = by_headline.get((row["source_id"], row["headline_key"]))
            row["target_id"] = by_key.get(row["url_key"], by_name)
        self._execute(_ADD_LINKS, rows)

    def _targets_by_key(self, keys: set[str]) -> dict[str, int]:
        by_key = dict(_rows_of(self._connection, _BY_KEY, "keys", keys))
        return {**dict(_rows_of(self._connection, _BY_ALIAS, "keys", keys - set(by_key))), **by_key}

    def _resolve_by_headline(self) -> None:
        by_source: dict[str, dict[str, int]] = {}
        for entry in self._new():
            if entry.article.source and entry.headline_key:
                by_source.setdefault(entry.article.source, {}).setdefault(entry.headline_key, entry.article_id)
        for source, targets in by_source.items():
            links = _rows_of(self._connection, _UNRESOLVED_BY_HEADLINE, "keys", targets, source=source)
            _resolve(self._connection, [(link, targets[link.headline_key]) for link in links])

    def _added(self, statement: Any, rows: list[dict[str, Any]]) -> dict[Any, int]:
        """The new rows' keys, by what the statement returns beside them."""
        return dict(self._connection.execute(statement, rows).all()) if rows else {}

    def _execute(self, statement: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(statement, rows)


def _visit_of(article: Article) -> Visit:
    visit = article.visit
    if visit is None or visit.payload_digest is None:
        raise ValueError(f"{article.url} came without its visit; yield articles from NewsSpider.parse_page")
    if article.fetched_at is None or article.content_hash is None or article.extractor is None:
        raise ValueError(f"{article.url} lacks fetched_at, content_hash or extractor; extract it before storing")
    return visit


def _extraction(entry: _Entry) -> dict[str, Any]:
    article = entry.article
    return {
        "revision_id": entry.revision_id,
        "article_id": entry.article_id,
        "is_current": True,
        "extractor": article.extractor,
        "extracted_at": article.fetched_at,
        "content_hash": article.content_hash,
        "whole_hash": article.whole_hash,
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


def _resolve_by_key(connection: Connection, targets: Mapping[str, int]) -> None:
    """Tie to their articles the links that were stored before these."""
    links = _rows_of(connection, _UNRESOLVED_BY_KEY, "keys", targets)
    _resolve(connection, [(link, targets[link.url_key]) for link in links])


def _resolve(connection: Connection, links: list[tuple[Any, int]]) -> None:
    rows = [
        {"extraction": link.extraction_id, "at": link.position, "target": target}
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
