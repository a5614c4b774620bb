"""The things that travel down the line: a page goes in, an article comes out.

These dataclasses are the project's vocabulary. `docs/fields.md` and
`docs/article.schema.json` are made from the docstrings below (`make docs`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, Self

BlockType = Literal["paragraph", "heading", "quote", "list_item"]
Placement = Literal["inline", "aside"]
PublicationTime = datetime | date


def header(headers: Mapping[str, str], name: str) -> str | None:
    """The value of a response header, whatever the case of its name; None without one."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The place of a page's bytes in a WARC file."""

    warc: str
    """Bare, globally unique file name of the WARC."""
    offset: int
    """Byte offset of the record's gzip member in the file."""
    length: int
    """Length of the record's gzip member in bytes."""
    record_id: str
    """WARC-Record-ID of the response or revisit record."""
    payload_digest: str
    """Digest of the payload as `algorithm:hex`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """An archived answer: its place, and what tells it from others."""

    capture: Capture
    """Where its record stands."""
    url: str
    """Absolute URL as asked for."""
    captured_at: datetime
    """WARC-Date: aware instant at which the request was begun."""
    refers_to: str | None = None
    """WARC-Record-ID of the answer that a revisit repeats; None for an answer that holds its own payload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The bytes of one fetched page and what is known of their fetching: the input of extraction."""

    url: str
    """URL of the final response, after redirects."""
    body: bytes
    """Payload with its content encoding (gzip, br) already undone."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Response headers; read them with `header()`, whose names are case-insensitive."""
    fetched_at: datetime | None = None
    """Aware instant at which the response came; None when unknown."""
    status: int = 200
    """HTTP status of the response."""
    capture: Capture | None = None
    """Where the bytes are archived; None while there is no archive of them."""

    def header(self, name: str) -> str | None:
        """The value of a response header, whatever the case of its name; None without one."""
        return header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Block:
    """One block of an article's body."""

    type: BlockType
    """What the block is: paragraph, heading, quote or list_item."""
    text: str
    """Its text, cleaned, as printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedLink:
    """One headline of a read-also block, kept apart from the body."""

    position: int
    """Order on the page, counted from 1."""
    headline: str
    """The headline as printed."""
    url: str | None = None
    """Absolute URL that the headline links to; None where the page gives no link."""
    label: str | None = None
    """Heading of the block as printed, such as "اقرأ أيضاً"."""
    placement: Placement = "inline"
    """`inline` between the article's own paragraphs, `aside` below or beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedLink(RelatedLink):
    """A related link in an export: with the stored article that it names."""

    target_url_key: str | None = None
    """url_key of the stored article that the link names, as known at the export; None while there is none."""
    target_id: str | None = None
    """`id` of that article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """What is known of one source's pages beyond the page at hand; frozen while a run lasts."""

    version: str
    """Names the state of this knowledge in the article's `extractor`."""
    lines: frozenset[str] = frozenset()
    """`fold_key` of lines that stand on many pages of the source and belong to no article."""


class RelationKind(StrEnum):
    """How the text of one article relates to the text of another."""

    EXACT = "exact"
    """The same words in the same order, spelling variants and punctuation aside."""
    NEAR = "near"
    """One text, edited."""
    CONTAINED = "contained"
    """This text stands in the other, which is longer."""
    CONTAINS = "contains"
    """The other stands in this text, which is longer."""
    OVERLAP = "overlap"
    """They share passages: a hint."""
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class NearDuplicate:
    """Another stored article that shares much of this one's text."""

    url_key: str
    """Identity of the other article."""
    relation: RelationKind
    """How this text relates to the other."""
    containment: float
    """Share of this text's shingles that stand in the other, 0 to 1."""
    contained: float
    """Share of the other text's shingles that stand in this one, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """By what the store finds copies of a text."""

    digest: str | None
    """`sha256:` and the hex digest of the normalised text; None for one too short to tell copies by."""
    sketch: tuple[int, ...] = ()
    """Hashes of sampled shingles, signed 64-bit integers in ascending order; empty for a text too short."""
    shingles: bytes = b""
    """All shingles, as `duplicates.packed` makes them; empty for a text too short."""


def plain(value: Any) -> Any:
    """A field's value in the types of JSON: times in ISO 8601 with their offset."""
    # First what most values are: an export asks some forty times an article.
    if value is None or type(value) in (str, int):
        return value
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(element) for element in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


# Scrapy's own exporters write times without offset unless a field names its serializer.
_TIME = {"serializer": plain}


class Evidence(StrEnum):
    """What a field of an article was read from."""

    JSON_LD = "json_ld"
    META = "meta"
    """`<meta>`, `<title>`, `<link>` and the document's attributes."""
    MICRODATA = "microdata"
    TEXT = "text"
    """What readers see."""
    SCRIPT = "script"
    """The data of a script."""
    URL = "url"
    HEADER = "header"
    """A response header."""
    SOURCE = "source"
    """The source's file."""
    RULE = "source_rule"
    """What a rule of the source's file points to."""


@dataclass(slots=True, kw_only=True)
class Article:
    """One article as read from one page. Unknown is None or an empty list, never an empty string, never a guess.

    The fields down to `run` are those of the feed line, in its order.
    """

    id: str
    """Stable public identifier: UUID version 5 of the url_key."""
    url: str
    """URL of the final response."""
    canonical_url: str | None = None
    """The page's own claim of its canonical URL."""
    url_key: str
    """The article's identity, made from `url` (see docs/fields.md on identity)."""
    source: str | None = None
    """Identifier of the source that the article was crawled for; None for a single page of no known source."""
    outlet: str | None = None
    """Publisher named on the page, else the source's outlet."""
    headline: str | None = None
    """The story's title as shown to readers, without the outlet's name."""
    page_title: str | None = None
    """Text of the page's `<title>`."""
    description: str | None = None
    """Standfirst or short summary given by the page."""
    byline: str | None = None
    """The author line as printed."""
    authors: list[str] = field(default_factory=list)
    """Names of persons, and of agencies and desks that structured data credit, in order; never the outlet's own."""
    published_at: PublicationTime | None = field(default=None, metadata=_TIME)
    """When the page says that it was published: aware datetime, else naive local datetime, else date."""
    published_at_raw: str | None = None
    """The text that `published_at` was read from."""
    modified_at: PublicationTime | None = field(default=None, metadata=_TIME)
    """When the page says that it was last modified, like `published_at`."""
    modified_at_raw: str | None = None
    """The text that `modified_at` was read from."""
    fetched_at: datetime | None = field(default=None, metadata=_TIME)
    """Aware instant at which the page was fetched."""
    language: str | None = None
    """BCP 47 primary language tag, such as `ar`."""
    section: str | None = None
    """Section of the outlet (schema.org articleSection)."""
    keywords: list[str] = field(default_factory=list)
    """Keywords given by the page (schema.org keywords)."""
    main_image: str | None = None
    """Absolute URL of the main image."""
    body: str | None = None
    """Text of the blocks joined with a line feed, without related links."""
    blocks: list[Block] = field(default_factory=list)
    """The body as typed blocks, in order."""
    related_links: list[RelatedLink] = field(default_factory=list)
    """The read-also headlines, in their order on the page."""
    revision: int | None = None
    """Number of this state of the page, from 1; None until stored."""
    content_hash: str | None = None
    """`v1:` and the SHA-256 of headline and typed block texts, without related links."""
    duplicate_of: str | None = None
    """url_key of the earliest stored article with the same normalised text."""
    near_duplicates: list[NearDuplicate] = field(default_factory=list)
    """Stored articles whose texts are copies of this one, known at writing, those that share the most first."""
    capture: Capture | None = None
    """Where the page's bytes are archived."""
    extractor: str | None = None
    """Name and version of the extraction that read the page."""
    run: str | None = None
    """Identifier of the run that stored this revision."""
    evidence: dict[str, Evidence] = field(default_factory=dict, metadata={"feed": False})
    """What each field was read from, by the field's name; not part of the feed line."""
    rule_misses: list[str] = field(default_factory=list, metadata={"feed": False})
    """What the source's rule points to and the page does not have, so that it was read as without the rule; not part of
    the feed line."""
    whole_hash: str | None = field(default=None, metadata={"feed": False})
    """As `content_hash`, of the text with what is known as the source's furniture; not part of the feed line."""
    substance_hash: str | None = field(default=None, metadata={"feed": False})
    """`s1:` and the SHA-256 of what matters of headline and body: equal where they differ trivially; not part of the
    feed line."""
    whole_substance_hash: str | None = field(default=None, metadata={"feed": False})
    """As `substance_hash`, of the text with what is known as the source's furniture; not part of the feed line."""
    visit: Visit | None = field(default=None, compare=False, repr=False, metadata={"feed": False})
    """What the crawl knows of the fetch; not part of the feed line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A URL that may be an article and has not been fetched in this run."""

    url: str
    """Absolute URL as discovered."""
    source: str | None = None
    """Identifier of the source that it was found for; None for a page named by hand."""
    kind: Literal["feed", "sitemap", "section", "related", "given"] = "given"
    """How it was found."""
    via: str | None = None
    """URL of the document that named it."""
    depth: int = 0
    """Number of related links followed to reach it."""
    modified_at: datetime | None = None
    """Aware instant of the last change that a sitemap or feed states."""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """What the document says of the page (title, published, language), raw."""


@dataclass(frozen=True, slots=True)
class SearchWords:
    """The words by which an article is found."""

    checksum: int
    """Of the headline and the body that they were made of."""
    words: str
    """As `text.search_words.stored_words` gives them, with a space between."""


@dataclass(frozen=True, slots=True)
class Validators:
    """By what a server tells whether an answer of it is still the one that it would give."""

    etag: str | None = None
    """Its ETag, as given."""
    last_modified: str | None = None
    """Its Last-Modified, as given."""
    record_id: str | None = None
    """WARC-Record-ID of the answer that bore them; None where nothing is archived."""

    @classmethod
    def given(cls, etag: str | None, last_modified: str | None, record_id: str | None) -> Self | None:
        """None of an answer that bore neither: its server gives nothing to tell by."""
        return None if etag is None and last_modified is None else cls(etag, last_modified, record_id)


class OptOutSignal(StrEnum):
    """How a page says what it is not to be used for. NEWSCRAWL_OBEY_OPT_OUTS takes these names."""

    AI_CRAWLERS = "ai_crawlers"
    """robots.txt forbids the page to crawlers that gather for AI."""
    NOARCHIVE = "noarchive"
    NOAI = "noai"
    NOIMAGEAI = "noimageai"
    NONE = "none"
    """`noindex, nofollow`, in one word."""
    TDM = "tdm"
    """Rights of text and data mining are reserved (TDM Reservation Protocol)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """One statement against a use of the page."""

    signal: OptOutSignal
    stated_in: str
    """`robots.txt`, `tdmrep.json`, `header` or `meta`."""
    text: str
    """What is stated, such as `GPTBot: noarchive`; of robots.txt the names of the crawlers that it shuts out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One fetched candidate: what the store needs to know beside the article read from it."""

    candidate_key: str
    """url_key of the candidate, the frontier's key."""
    final_url: str
    """URL that answered, or that failed to."""
    source: str | None = None
    """Identifier of the source that the candidate belongs to."""
    redirect_urls: tuple[str, ...] = ()
    """URLs passed through before the final one, the candidate's first."""
    status: int | None = None
    """HTTP status of the final response."""
    payload_digest: str | None = None
    """`sha256:` and the hex digest of the payload, content encoding undone."""
    fingerprint: Fingerprint | None = None
    """The fingerprint of the article's text; None until known."""
    search_words: SearchWords | None = None
    """The words by which the article is found; None until known."""
    depth: int = 0
    """Number of related links followed to reach it."""
    tries: int = 1
    """Fetches of the candidate in a row that ended in a passing failure, this one counted."""
    archived: Archived | None = None
    """The archived answer; None where nothing is archived."""
    validators: Validators | None = None
    """Of the answer; None where it has none."""
    anchor_at: datetime | None = None
    """Since when there is nothing new on the article, as known before the visit; None where no article is known."""
    opt_outs: tuple[OptOut, ...] | None = None
    """What the page is said not to be used for; None where nobody looked."""
    is_compared: bool = False
    """Whether the stored state was read by the same extractor as this one, as far as it could be."""


class Disposition(StrEnum):
    """What became of a URL in a run; each URL that a run fetched or refused ends in exactly one."""

    STORED_NEW = "stored_new"
    STORED_REVISION = "stored_revision"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not_modified"
    DUPLICATE = "duplicate"
    REDIRECTED = "redirected"
    NOT_ARTICLE = "not_article"
    INVALID = "invalid"
    GONE = "gone"
    BLOCKED = "blocked"
    TRUNCATED = "truncated"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


TO_HOME = "redirected to the home page"
TO_SECTION = "redirected to a section page"
"""Why a redirect led to what is `not_article`."""


class EventKind(StrEnum):
    """What happened to an article's page beside its revisions."""

    GONE = "gone"
    """It answered 404 or 410."""
    REDIRECTED_HOME = "redirected_home"
    """It led to the home page."""
    REDIRECTED_TO_SECTION = "redirected_to_section"
    """It led to a page that lists articles."""
    MOVED = "moved"
    """It led to another page, which is an article."""
    RETURNED = "returned"
    """After one of these it answered with an article again."""


FEED_FIELDS = [name for name, spec in Article.__dataclass_fields__.items() if spec.metadata.get("feed", True)]
"""Names of the feed line's fields, in order."""


def feed_line(article: Article) -> dict[str, Any]:
    """The article as the JSON object of a feed line: plain types, times in ISO 8601, fields in order."""
    return {name: plain(getattr(article, name)) for name in FEED_FIELDS}
