"""The tables. Changing one needs a migration: `make migration NAME="what changes"`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

# SQLite numbers rows by itself only where the key is declared INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC; SQLite, which knows no offset, gets it back as UTC.

    Raises ValueError for a naive datetime.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value} cannot be stored as an instant")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every table; the naming convention gives migrations stable constraint names."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


def table(row: type[Base]) -> Table:
    """The table of a row class, for statements that make no objects."""
    return cast("Table", row.__table__)


def _where(condition: str) -> dict[str, Any]:
    """The arguments of a partial index."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class SourceRow(Base):
    """A source that a run has crawled; its TOML file is the truth."""

    __tablename__ = "sources"

    source_id: Mapped[str] = mapped_column(primary_key=True)
    outlet: Mapped[str]
    homepage: Mapped[str]
    country: Mapped[str]


class RunRow(Base):
    """One crawl."""

    __tablename__ = "runs"
    __table_args__ = (CheckConstraint("state IN ('running', 'finished', 'died')", name="state"),)

    run_id: Mapped[str] = mapped_column(primary_key=True)
    spider: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(index=True)
    arguments: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any] | None]
    feed: Mapped[str | None]
    """File name of the run's feed; NULL until it is written."""
    feed_is_stale: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the feed was written before an article of it was retracted, and is to be written again."""
    counted: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether what the run did stands in `source_days`."""
    resting: Mapped[dict[str, Any] | None]
    """URLs that were due when the run ended and not asked since their host rests: counts by source_id, "" for none."""
    begun_by: Mapped[dict[str, Any] | None]
    """Machine and process: `host`, `process`."""


class HostRow(Base):
    """A host that rests, or is to be tried after its rest; one that answers has no row."""

    __tablename__ = "hosts"

    host: Mapped[str] = mapped_column(primary_key=True)
    """As `frontier.host`."""
    rests: Mapped[int]
    """In a row, this one counted."""
    rested_at: Mapped[datetime]
    until: Mapped[datetime]
    """When one request may try it."""
    reason: Mapped[str]


class HostFileRow(Base):
    """A file by which a host tells crawlers what they may do, such as robots.txt, as last had."""

    __tablename__ = "host_files"

    url: Mapped[str] = mapped_column(primary_key=True)
    fetched_at: Mapped[datetime]
    fresh_until: Mapped[datetime]
    """Before this it is not asked for again."""
    status: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """The bytes that count; none where the status says that there is no such file."""
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]


class FrontierRow(Base):
    """A candidate URL and when it is to be fetched."""

    __tablename__ = "frontier"
    __table_args__ = (
        CheckConstraint("state IN ('due', 'waiting', 'leased', 'done')", name="state"),
        Index("ix_frontier_due", "state", "host", "priority", "due_at", "url_key"),
        Index("ix_frontier_waiting", "state", "due_at", **_where("state = 'waiting'")),
        Index("ix_frontier_leased", "state", "lease_until", **_where("state = 'leased'")),
        Index("ix_frontier_source", "source_id"),
    )

    url_key: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    host: Mapped[str]
    source_id: Mapped[str | None]
    kind: Mapped[str]
    via: Mapped[str | None]
    depth: Mapped[int]
    evidence: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime | None]
    """Last change that a sitemap or feed stated."""
    discovered_at: Mapped[datetime]
    priority: Mapped[int]
    """Lower goes first."""
    state: Mapped[str]
    due_at: Mapped[datetime | None]
    """When it is to be fetched (state waiting: not before); NULL with state done: when discovery names it anew."""
    tries: Mapped[int] = mapped_column(default=0)
    """Fetches in a row that ended in a passing failure."""
    run_id: Mapped[str | None]
    """The run that leased it last."""
    lease_until: Mapped[datetime | None]
    undone_since: Mapped[datetime | None]
    """Start of the first run that leased it after its last end, and did not end it: what was archived of it since then
    was read by nobody. NULL otherwise."""
    anchor_at: Mapped[datetime | None]
    """Since when there is nothing new on the article of this url_key; NULL while none is stored."""
    etag: Mapped[str | None]
    """Of the answer that last brought the article: with it the server is asked whether the page has changed."""
    last_modified: Mapped[str | None]
    record_id: Mapped[str | None]
    """WARC-Record-ID of that answer."""


class DocumentRow(Base):
    """A feed, sitemap or section page, and when it is to be polled."""

    __tablename__ = "documents"

    source_id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    via: Mapped[str | None]
    """URL of the index that names it; NULL for one that the source's file names."""
    due_at: Mapped[datetime | None]
    """NULL for one of which its index says when it changes."""
    interval: Mapped[float | None]
    """Seconds between two polls, as learnt."""
    polled_at: Mapped[datetime | None]
    """When it was last read, or last said to be as it was."""
    failures: Mapped[int]
    """Polls in a row that brought nothing."""
    answered_by: Mapped[str | None]
    """URL that answered then."""
    stated_at: Mapped[datetime | None]
    """Last change that its index stated when it was last read."""
    read_by: Mapped[str | None]
    """What its reading depended on; where that is another now, it is read again though it has not changed."""
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    record_id: Mapped[str | None]
    """WARC-Record-ID of the answer that bore these two."""
    names: Mapped[bytes | None] = mapped_column(LargeBinary)
    """url_keys of the pages that it named when it was last read, a line each, packed by zlib; NULL while it was not."""


class ArticleRow(Base):
    """One article; its texts stand in its extractions."""

    __tablename__ = "articles"

    article_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    """Grows in the order of storing: the earliest of several copies has the least."""
    public_id: Mapped[str] = mapped_column(unique=True)
    url_key: Mapped[str] = mapped_column(unique=True)
    source_id: Mapped[str | None] = mapped_column(index=True)
    text_digest: Mapped[str | None] = mapped_column(index=True)
    """Digest of the current normalised text; NULL when it is too short to tell copies by."""
    headline_key: Mapped[str | None]
    """Folded current headline, by which related links find it."""
    duplicate_of: Mapped[str | None]
    """url_key of the earliest article with the same normalised text."""
    first_fetched_at: Mapped[datetime]
    last_fetched_at: Mapped[datetime]
    trivial_changes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How often the page was met in a state that differs trivially from the last one met: no revision holds these."""
    trivially_changed_at: Mapped[datetime | None]
    """When the last of them was fetched."""
    trivial_hash: Mapped[str | None]
    """whole_hash of the state met last, where that differs trivially from the newest revision; NULL otherwise."""
    away: Mapped[str | None]
    """Kind of the event by which the page went away; NULL while it answers with the article."""

    __table_args__ = (Index("ix_articles_headline", "source_id", "headline_key", "article_id"),)


class SketchRow(Base):
    """What tells an article's current text from others: none for a text too short."""

    __tablename__ = "sketches"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)
    """The sketch, by which the article's postings are found: signed 64-bit integers, little-endian, ascending."""
    shingles: Mapped[bytes] = mapped_column(LargeBinary)
    """All of the text, by which it is compared, as `duplicates.packed` makes them."""


class PostingRow(Base):
    """One hash of an article's sketch: the index by which near-duplicates are found.

    Without a foreign key, which would ask for an index as large as the table: `sketches.forget` removes them.
    """

    __tablename__ = "postings"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class RelationRow(Base):
    """How the texts of two articles relate: of the one stored later to the one stored earlier.

    Each pair stands here once, so that its two directions cannot disagree.
    """

    __tablename__ = "relations"
    __table_args__ = (
        CheckConstraint("other_id < article_id", name="order"),
        Index("ix_relations_other_id", "other_id"),
        {"sqlite_with_rowid": False},
    )

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str]
    """A RelationKind; `none` where the texts were related before one of them changed: a feed may tell of it."""
    containment: Mapped[float]
    contained: Mapped[float]


class EventRow(Base):
    """What happened to an article's page beside its revisions: it went away, or came back."""

    __tablename__ = "events"

    event_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.article_id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    """As `items.EventKind` names it."""
    at: Mapped[datetime]
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), index=True)
    status: Mapped[int | None]
    """HTTP status of the final answer."""
    url: Mapped[str]
    """The URL that was asked for."""
    target: Mapped[str | None]
    """Where that led to; NULL where it answered itself."""


class OptOutRow(Base):
    """What an article's page was last said not to be used for."""

    __tablename__ = "opt_outs"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True)
    signal: Mapped[str] = mapped_column(primary_key=True)
    """As `items.OptOutSignal` names it."""
    stated_in: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    since: Mapped[datetime]
    """When it was first met in this wording, without a visit between that did not meet it."""


class UrlAliasRow(Base):
    """Another URL of an article: a redirect that led to it, or a canonical claim that was checked."""

    __tablename__ = "url_aliases"

    url_key: Mapped[str] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.article_id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]


class CaptureRow(Base):
    """An archived answer and its place: a page's, or that of a feed, sitemap, robots.txt, redirect or error."""

    __tablename__ = "captures"
    __table_args__ = (UniqueConstraint("warc", "offset"),)

    capture_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    warc: Mapped[str]
    offset: Mapped[int] = mapped_column(BigInteger)
    length: Mapped[int] = mapped_column(BigInteger)
    record_id: Mapped[str] = mapped_column(unique=True)
    payload_digest: Mapped[str] = mapped_column(index=True)
    """Of the payload as archived, content coding and all."""
    url: Mapped[str] = mapped_column(index=True)
    captured_at: Mapped[datetime]
    refers_to: Mapped[str | None]
    """record_id of the capture that a revisit repeats; NULL for one that holds its own payload."""


class PrunedRow(Base):
    """A WARC that was removed for its age; the rows of its captures stay."""

    __tablename__ = "pruned"

    warc: Mapped[str] = mapped_column(primary_key=True)
    bytes: Mapped[int] = mapped_column(BigInteger)
    captures: Mapped[int]
    pruned_at: Mapped[datetime]
    """When it was decided; from then on nothing refers to what it holds."""
    removed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether its files are known to be gone."""


class RevisionRow(Base):
    """A state of the page."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    revision_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.article_id", ondelete="CASCADE"))
    number: Mapped[int]
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), index=True)
    url: Mapped[str]
    fetched_at: Mapped[datetime]
    payload_digest: Mapped[str]
    capture_id: Mapped[int | None] = mapped_column(ForeignKey("captures.capture_id"), index=True)
    duplicate_of: Mapped[str | None]
    """The copy that was known when the revision was stored, as its feed line says."""


class ExtractionRow(Base):
    """Our reading of a revision. Of one article's extractions, one is current."""

    __tablename__ = "extractions"
    __table_args__ = (
        UniqueConstraint("revision_id", "extractor"),
        Index("uq_extractions_current", "article_id", unique=True, **_where("is_current")),
    )

    extraction_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.revision_id", ondelete="CASCADE"))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.article_id", ondelete="CASCADE"), index=True)
    is_current: Mapped[bool]
    extractor: Mapped[str]
    """As the article tells it; with `readings.AGAIN` where that extractor read otherwise than it first did."""
    extracted_at: Mapped[datetime]
    content_hash: Mapped[str]
    whole_hash: Mapped[str | None]
    """The same of the text with the source's furniture: equal where no more than what is known as furniture changed."""
    substance_hash: Mapped[str | None]
    """Equal where texts differ trivially (`text/substance.py`)."""
    whole_substance_hash: Mapped[str | None]
    """The same of the text with the source's furniture."""
    canonical_url: Mapped[str | None]
    outlet: Mapped[str | None]
    headline: Mapped[str | None]
    page_title: Mapped[str | None]
    description: Mapped[str | None]
    byline: Mapped[str | None]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    """The instant, where the page or its source tells the offset."""
    published_at_text: Mapped[str | None]
    """The time as the feed line gives it: aware, local or a day."""
    published_at_precision: Mapped[str | None]
    """instant, local or day."""
    published_at_raw: Mapped[str | None]
    modified_at: Mapped[datetime | None]
    modified_at_text: Mapped[str | None]
    modified_at_precision: Mapped[str | None]
    modified_at_raw: Mapped[str | None]
    language: Mapped[str | None]
    section: Mapped[str | None]
    keywords: Mapped[list[Any]]
    main_image: Mapped[str | None]
    body: Mapped[str | None]
    blocks: Mapped[list[Any]]
    evidence: Mapped[dict[str, Any] | None]
    """What each field was read from, as `Article.evidence` says it."""


class AuthorRow(Base):
    """A name that stands in a byline."""

    __tablename__ = "authors"

    author_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    name_key: Mapped[str] = mapped_column(index=True)
    """The folded name: spellings of one name share it."""


class ArticleAuthorRow(Base):
    """An author of an article as an extraction reads it, in the byline's order."""

    __tablename__ = "article_authors"

    extraction_id: Mapped[int] = mapped_column(
        ForeignKey("extractions.extraction_id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.author_id"), index=True)


class RelatedLinkRow(Base):
    """One read-also headline of an extraction, tied to the article that it names once that is known."""

    __tablename__ = "related_links"

    extraction_id: Mapped[int] = mapped_column(
        ForeignKey("extractions.extraction_id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    headline: Mapped[str]
    headline_key: Mapped[str]
    url: Mapped[str | None]
    url_key: Mapped[str | None]
    label: Mapped[str | None]
    placement: Mapped[str]
    source_id: Mapped[str | None]
    target_id: Mapped[int | None] = mapped_column(ForeignKey("articles.article_id", ondelete="SET NULL"))
    by_headline: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the target is known by its headline alone: an article that comes with the link's URL takes its place."""

    # Each new article looks for the links that name it, among those alone that no article is known for yet.
    __table_args__ = (
        Index("ix_related_links_unresolved_headline", "source_id", "headline_key", **_where("target_id IS NULL")),
        Index("ix_related_links_open_url", "url_key", **_where("target_id IS NULL OR by_headline")),
        Index("ix_related_links_target", "target_id", **_where("target_id IS NOT NULL")),
    )


class FurnitureRow(Base):
    """A line that stands on many pages of a source and belongs to no article."""

    __tablename__ = "furniture"

    source_id: Mapped[str] = mapped_column(primary_key=True)
    line_key: Mapped[str] = mapped_column(primary_key=True)
    """The folded line."""
    line: Mapped[str]
    """As one of the articles printed it."""
    articles: Mapped[int]
    """Number of articles in which it was met when it was learnt."""
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
    """The run after which it was learnt."""


class DispositionRow(Base):
    """What became of a URL in a run."""

    __tablename__ = "dispositions"
    __table_args__ = (UniqueConstraint("run_id", "url_key"),)

    disposition_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
    url_key: Mapped[str] = mapped_column(index=True)
    url: Mapped[str]
    source_id: Mapped[str | None]
    disposition: Mapped[str]
    reason: Mapped[str | None]
    status: Mapped[int | None]
    at: Mapped[datetime]
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.article_id", ondelete="SET NULL"))


class RetractionRow(Base):
    """The tombstone of an article that was taken down, or of a page that must never be stored."""

    __tablename__ = "retractions"

    url_key: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    """As last stored, else as given."""
    public_id: Mapped[str]
    source_id: Mapped[str | None]
    text_digest: Mapped[str | None] = mapped_column(index=True)
    """As the article's, by which the page is known again at another address of its host."""
    reason: Mapped[str]
    retracted_at: Mapped[datetime]


class RetractedUrlRow(Base):
    """A URL that a retraction covers: it is neither fetched nor stored."""

    __tablename__ = "retracted_urls"

    url_key: Mapped[str] = mapped_column(primary_key=True)
    retraction: Mapped[str] = mapped_column(ForeignKey("retractions.url_key", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    """article, redirect, canonical (what its page claimed to be), near (met later with the same text or claim)."""


class PollRow(Base):
    """One fetch of a feed, sitemap or section page."""

    __tablename__ = "polls"

    poll_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), index=True)
    source_id: Mapped[str] = mapped_column(index=True)
    url: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    status: Mapped[int | None]
    found: Mapped[int]
    """Candidates that the document named."""
    new: Mapped[int]
    """Of these, the ones that the frontier did not know."""
    refused: Mapped[int]
    """Further URLs that it named: of another site, denied, too old, or no articles by their form."""
    error: Mapped[str | None]


class SourceDayRow(Base):
    """What a source came to on a day in UTC, as `health.figures.Day` says: sums over runs, from which nothing is lost
    when articles are retracted or runs forgotten."""

    __tablename__ = "source_days"

    source_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    published: Mapped[int] = mapped_column(default=0)
    stored: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    authors: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[int] = mapped_column(default=0)
    related_links: Mapped[int] = mapped_column(default=0)
    characters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    latencies: Mapped[dict[str, Any]] = mapped_column(default=dict)
    revisions: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)
    unanswered: Mapped[int] = mapped_column(default=0)
    fetched: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    last_asked_at: Mapped[datetime | None]


class SpaceDayRow(Base):
    """What the crawl's files took on a day, in bytes, as its last run met it."""

    __tablename__ = "space_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    database: Mapped[int] = mapped_column(BigInteger)
    archive: Mapped[int] = mapped_column(BigInteger)
    free: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)


class FindingRow(Base):
    """Something that is or was wrong with a source or the disk."""

    __tablename__ = "findings"
    __table_args__ = (
        Index("uq_findings_lasting", "subject", unique=True, **_where("ended_at IS NULL")),
        Index("ix_findings_source_id", "source_id"),
    )

    finding_id: Mapped[int] = mapped_column(RowId, primary_key=True)
    subject: Mapped[str]
    """What makes findings of different runs one; of those that last, each has its own."""
    kind: Mapped[str]
    source_id: Mapped[str | None]
    field: Mapped[str | None]
    since: Mapped[date]
    """First day of which it is true."""
    severity: Mapped[str]
    figures: Mapped[str]
    remedy: Mapped[str]
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
    """The run that met it first."""
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When it was last met."""
    ended_at: Mapped[datetime | None]
    """NULL while it lasts."""
    told: Mapped[dict[str, Any]]
    """By digest of a notifier's URL: `began` or `ended`, whichever it was told last."""
