"""What the story of one URL consists of: all that the database knows of it, in the order in which it came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from newscrawl.items import Capture
from newscrawl.storage.hosts import Rest
from newscrawl.storage.retractions import Tombstone


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """How a URL came to be a candidate, and how it stands."""

    url_key: str
    url: str
    source: str | None
    kind: str
    via: str | None
    first_seen: datetime
    state: str
    due_at: datetime | None
    """When it is to be fetched; of a URL that is done None."""
    tries: int
    """Fetches in a row that ended in a passing failure."""
    run: str | None
    """The run that leased it last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What became of it in one run."""

    url: str
    run: str
    at: datetime
    disposition: str
    reason: str | None
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """One reading of it as a feed, sitemap or section page."""

    source: str
    kind: str
    run: str
    at: datetime
    status: int | None
    found: int
    new: int
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """One archived answer."""

    url: str
    at: datetime
    """WARC-Date."""
    place: Capture
    repeats: Capture | None
    """Of a revisit: the place of the answer that it repeats, where it is known."""
    refers_to: str | None
    """Of a revisit: the record_id of that answer."""
    pruned_at: datetime | None
    """When its bytes, or those that it repeats, were removed for their age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One extraction of a revision."""

    extractor: str
    at: datetime
    current: bool
    content_hash: str
    headline: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """One state of the page."""

    number: int
    url: str
    fetched_at: datetime
    run: str
    feed: str | None
    """File name of the feed that holds it; None when that is not written yet."""
    payload_digest: str
    capture: Capture | None
    pruned_at: datetime | None
    """When its bytes were removed for their age; None while they are there."""
    extractions: list[Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A read-also headline of the current extraction."""

    position: int
    headline: str
    url: str | None
    article: str | None
    """url_key of the stored article that it names; None when none is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A further URL that leads to an article."""

    url_key: str
    kind: str
    """How it leads there, such as `redirect`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event: the article's page went away, or came back."""

    kind: str
    at: datetime
    run: str
    status: int | None
    url: str
    """As asked for."""
    target: str | None
    """Where that led to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """What the page is said not to be used for."""

    signal: str
    stated_in: str
    text: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The article."""

    url_key: str
    id: str
    source: str | None
    first_fetched_at: datetime
    last_fetched_at: datetime
    aliases: list[Alias]
    duplicate_of: str | None
    """url_key of the earliest article with the same text."""
    duplicates: list[str]
    """url_keys of the articles that are copies of this one."""
    revisions: list[Revised]
    trivial_changes: int
    """How often it was met in a state that differs trivially; the captures hold these."""
    trivially_changed_at: datetime | None
    events: list[Happened]
    opt_outs: list[Reserved]
    related_links: list[Link]
    named_by: list[str]
    """url_keys of the articles whose current extraction has a related link to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is known of one URL."""

    url_key: str
    alias: str | None
    """How the URL leads to the article, such as `redirect`; None where it is the article's own, or there is none."""
    discoveries: list[Discovery] = field(default_factory=list)
    dispositions: list[Ended] = field(default_factory=list)
    polls: list[Polled] = field(default_factory=list)
    captures: list[Captured] = field(default_factory=list)
    article: Stored | None = None
    retraction: Tombstone | None = None
    """What bars it, where it was taken down."""
    rest: Rest | None = None
    """Why it is not asked for now, where its host rests."""

    @property
    def is_known(self) -> bool:
        """Whether anything is known of it."""
        return bool(
            self.discoveries or self.dispositions or self.polls or self.captures or self.article or self.retraction
        )
