"""Storing articles: their revisions and extractions, their related links and copies.

A crawl goes through here with every page, so what it asks stands ready as statements on the tables themselves, and
pages that are stored together share them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from newscrawl.items import Article, Disposition, Fingerprint, NearDuplicate, Visit
from newscrawl.storage import captures, readings, relations, retractions
from newscrawl.storage.database import insert_unless_known
from newscrawl.storage.schema import (
    ArticleRow,
    ExtractionRow,
    RevisionRow,
    UrlAliasRow,
    table,
)
from newscrawl.storage.states import State
from newscrawl.text.fold import fold_key

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c

_KNOWN = (
    select(
        _ARTICLES.article_id,
        _ARTICLES.url_key,
        _ARTICLES.last_fetched_at,
        _ARTICLES.headline_key,
        _ARTICLES.duplicate_of,
        _ARTICLES.trivial_hash,
        _ARTICLES.away,
        _REVISIONS.revision_id,
        _REVISIONS.number,
        _REVISIONS.payload_digest,
        _EXTRACTIONS.content_hash,
        _EXTRACTIONS.whole_hash,
        _EXTRACTIONS.substance_hash,
        _EXTRACTIONS.whole_substance_hash,
        _EXTRACTIONS.extractor,
    )
    .join(table(ExtractionRow), (_EXTRACTIONS.article_id == _ARTICLES.article_id) & _EXTRACTIONS.is_current)
    .join(table(RevisionRow), _REVISIONS.revision_id == _EXTRACTIONS.revision_id)
    .where(_ARTICLES.url_key.in_(bindparam("keys", expanding=True)))
    # In one order for all crawlers, so that two of them do not wait for each other. The key stays free for those that
    # only name it: whoever links a copy to the article has the turn for which its holder waits.
    .order_by(_ARTICLES.url_key)
    .with_for_update(of=table(ArticleRow), key_share=True)
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
_CHANGE_ARTICLE = update(table(ArticleRow)).where(_ARTICLES.article_id == bindparam("id"))
_OWNER = select(table(UrlAliasRow).c.article_id).where(table(UrlAliasRow).c.url_key == bindparam("key"))
_FETCHED = _CHANGE_ARTICLE.values(last_fetched_at=bindparam("at"))
_READ = _CHANGE_ARTICLE.values(headline_key=bindparam("named"), text_digest=bindparam("digest"))
_CHANGED_TRIVIALLY = _CHANGE_ARTICLE.values(
    trivial_changes=_ARTICLES.trivial_changes + 1, trivially_changed_at=bindparam("at"), trivial_hash=bindparam("state")
)
_IN_STORED_STATE = _CHANGE_ARTICLE.values(trivial_hash=None)
_COPY = _CHANGE_ARTICLE.values(duplicate_of=bindparam("copy_of"))


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing an article came to."""

    disposition: Disposition
    article_id: int | None
    """None for what was retracted: it is `blocked`, and not stored."""
    revision: int
    duplicate_of: str | None = None
    near_duplicates: tuple[NearDuplicate, ...] = ()
    """Of a text that is new or changed: the copies that are known now."""
    differs_trivially: bool = False
    """Whether it is unchanged but for what does not matter (`text/substance.py`)."""
    is_back: bool = False
    """Whether its page had gone away."""
    outdated: int | None = None
    """Where nothing was stored, `unchanged` says nothing yet, since another extractor read the stored state: the
    revision_id of that."""


def store(session: Session, articles: Sequence[Article], *, run_id: str) -> list[Stored]:
    """Store visited articles, each as new, as a new revision of a known one, or find it unchanged.

    A revision is a new state of the page; one that differs trivially is counted on the article, and an unchanged page
    that another extractor reads gets an extraction. Where the two differ, and another version of the extractor read the
    stored state, nothing is stored before that is read again (`Stored.outdated`, `Visit.is_compared`). What a
    retraction covers is not stored: it is `blocked`.
    Raises ValueError for an article without visit, payload digest, fingerprint, `fetched_at`, `content_hash` or
    `extractor`.
    """
    retractions.keep_out(session)
    connection = session.connection()
    refused = retractions.refused(connection, articles)
    stored = dict.fromkeys(refused, Stored(Disposition.BLOCKED, None, 0))
    waiting = {number: article for number, article in enumerate(articles) if number not in refused}
    texts: dict[int, Fingerprint] = {}
    while waiting:
        # An article that comes twice is known when its second turn comes.
        first = {article.url_key: number for number, article in reversed(waiting.items())}
        turn = {number: waiting.pop(number) for number in sorted(first.values())}
        storing = _Storing(connection, list(turn.values()), run_id)
        stored.update(zip(turn, storing.done(), strict=True))
        texts.update(storing.texts())
    relations.relate(connection, texts)
    near = relations.near_duplicates(connection, texts)
    return [
        replace(one, near_duplicates=tuple(near.get(one.article_id or 0, ())))
        for one in (stored[number] for number in range(len(articles)))
    ]


def add_alias(session: Session, alias: str, article_id: int, kind: str) -> None:
    """Record that the url_key `alias` also leads to the article; the first article to claim it keeps it."""
    values = {"url_key": alias, "article_id": article_id, "kind": kind}
    connection = session.connection()
    connection.execute(insert_unless_known(connection.dialect.name, UrlAliasRow), values)
    owner = connection.execute(_OWNER, {"key": alias}).scalar_one()
    readings.resolve_by_key(connection, {alias: owner})


@dataclass(slots=True)
class _Entry(State):
    """One article on its way into the store."""

    article_id: int = 0
    revision_id: int = 0
    duplicate_of: str | None = None

    @property
    def fingerprint(self) -> Fingerprint:
        assert self.visit.fingerprint is not None
        return self.visit.fingerprint

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
        self._all = [_Entry(article, _visit_of(article), known.get(article.url_key)) for article in articles]
        self._entries = [entry for entry in self._all if entry.outdated is None]

    def done(self) -> list[Stored]:
        """Store them, and say what each came to."""
        self._write_articles()
        self._find_copies()
        self._add_revisions()
        self._add_readings()
        readings.resolve_by_key(self._connection, {entry.article.url_key: entry.article_id for entry in self._new()})
        self._resolve_by_headline()
        return [_stored(entry) for entry in self._all]

    def texts(self) -> dict[int, Fingerprint]:
        """The texts that are new or may have changed, by article, once they are stored."""
        return {entry.article_id: entry.fingerprint for entry in self._described()}

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
                    "text_digest": entry.fingerprint.digest,
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
                read.append({"id": entry.article_id, "named": entry.headline_key, "digest": entry.fingerprint.digest})
        self._execute(_FETCHED, fetched)
        self._execute(_READ, read)
        self._count_trivial_changes()

    def _count_trivial_changes(self) -> None:
        changed, restored = [], []
        for entry in self._entries:
            if entry.differs_trivially and entry.state_hash != entry.known.trivial_hash:
                changed.append({"id": entry.article_id, "at": entry.article.fetched_at, "state": entry.state_hash})
            elif entry.known is not None and entry.known.trivial_hash and not entry.differs_trivially:
                restored.append({"id": entry.article_id})
        self._execute(_CHANGED_TRIVIALLY, changed)
        self._execute(_IN_STORED_STATE, restored)

    def _find_copies(self) -> None:
        """Tie each article to the earliest of the same text; the store holds the texts of all of these already."""
        described = self._described()
        digests = {entry.fingerprint.digest for entry in described} - {None}
        rows = self._connection.execute(_EARLIEST_COPIES, {"digests": list(digests)}) if digests else ()
        earliest = {digest: (article_id, key) for digest, article_id, key in rows}
        copies = []
        for entry in described:
            before = entry.duplicate_of
            article_id, key = earliest.get(entry.fingerprint.digest, (entry.article_id, ""))
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
        connection = self._connection
        readings.none_is_current(connection, [entry.article_id for entry in described if entry.known is not None])
        read = [entry for entry in described if not (entry.is_read_anew and self._was_read_before(entry))]
        readings.add(connection, [_reading(entry) for entry in read])

    def _was_read_before(self, entry: _Entry) -> bool:
        """Whether the extractor had read the page before; that reading is current again."""
        assert entry.article.extractor is not None
        return readings.make_current(self._connection, entry.revision_id, entry.article.extractor)

    def _resolve_by_headline(self) -> None:
        by_source: dict[str, dict[str, int]] = {}
        for entry in self._described():
            known = entry.known and entry.known.headline_key
            if entry.article.source and entry.headline_key and entry.headline_key != known:
                by_source.setdefault(entry.article.source, {}).setdefault(entry.headline_key, entry.article_id)
        for source, targets in by_source.items():
            readings.resolve_by_headline(self._connection, source, targets)

    def _added(self, statement: Any, rows: list[dict[str, Any]]) -> dict[Any, int]:
        """The new rows' keys, by what the statement returns beside them."""
        return dict(self._connection.execute(statement, rows).all()) if rows else {}

    def _execute(self, statement: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(statement, rows)


def _stored(entry: _Entry) -> Stored:
    if entry.outdated is not None:
        return Stored(Disposition.UNCHANGED, entry.known.article_id, entry.known.number, outdated=entry.outdated)
    return Stored(
        entry.disposition,
        entry.article_id,
        entry.number,
        entry.duplicate_of,
        differs_trivially=entry.differs_trivially,
        is_back=entry.known is not None and entry.known.away is not None,
    )


def _visit_of(article: Article) -> Visit:
    visit = article.visit
    if visit is None or visit.payload_digest is None or visit.fingerprint is None:
        raise ValueError(f"{article.url} came without its visit; yield articles from NewsSpider.parse_page")
    if article.fetched_at is None or article.content_hash is None or article.extractor is None:
        raise ValueError(f"{article.url} lacks fetched_at, content_hash or extractor; extract it before storing")
    return visit


def _reading(entry: _Entry) -> readings.NewReading:
    article = entry.article
    assert article.extractor is not None
    assert article.fetched_at is not None
    return readings.NewReading(
        article=article,
        article_id=entry.article_id,
        revision_id=entry.revision_id,
        is_current=True,
        extractor=article.extractor,
        at=article.fetched_at,
    )
