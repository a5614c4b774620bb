"""What is judged, and what comes of it: a source's days, the disk's days, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from newscrawl.health.histograms import Histogram
from newscrawl.sources.source import Expect

DAY = timedelta(days=1)
_SETTLED_AFTER = timedelta(hours=6)
"""What an outlet publishes in the last hours of a day is asked for in the first hours of the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a source came to on a day, in UTC."""

    published: int = 0
    """Stored articles that were published on it; those whose page tells no day count by their first fetch."""
    stored: int = 0
    """Articles that were stored for the first time; the next five tell of them, by the reading that is current."""
    duplicates: int = 0
    """Of these, the ones with the text of an earlier article."""
    authors: int = 0
    published_at: int = 0
    related_links: int = 0
    characters: Histogram = field(default_factory=dict)
    """Lengths of their bodies."""
    latencies: Histogram = field(default_factory=dict)
    """Seconds from their publication to their first fetch, where that is known and less than a week."""
    revisions: int = 0
    """Later revisions that were stored."""
    asked: int = 0
    """Fetches of discovery documents."""
    unanswered: int = 0
    """Of these, the ones that brought nothing."""
    fetched: int = 0
    """URLs that were asked for and ended, redirects and refusals aside."""
    failed: int = 0
    """Of these, the ones that failed, timed out, were cut short, or whose host's robots.txt could not be had."""
    last_asked_at: datetime | None = None
    """When a discovery document was last fetched on the day."""

    @property
    def is_watched(self) -> bool:
        """Whether the source was asked and answered: only then does a count of nothing say something."""
        return self.asked > self.unanswered


NO_DAY = Day()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A source's days."""

    source: str
    """source_id."""
    days: Mapping[date, Day]
    """Days on which something was; the others were nothing."""
    expect: Expect = field(default_factory=Expect)
    """What its file promises."""

    def day(self, day: date) -> Day:
        """What was on the day."""
        return self.days.get(day, NO_DAY)

    @property
    def first_asked(self) -> date | None:
        """The first day known on which it was asked."""
        return min((day for day, was in self.days.items() if was.asked), default=None)

    @property
    def last_asked_at(self) -> datetime | None:
        """When it was last asked."""
        return max((was.last_asked_at for was in self.days.values() if was.last_asked_at), default=None)

    @property
    def settled(self) -> date | None:
        """The last day whose articles are known: the source answered some hours after its end."""
        asked = max(
            (was.last_asked_at for was in self.days.values() if was.last_asked_at and was.is_watched), default=None
        )
        return asked and (asked - _SETTLED_AFTER).date() - DAY

    def watched(self, first: date, last: date) -> list[date]:
        """The days from `first` to `last`, both among them, on which it was asked and answered."""
        everything = (first + DAY * number for number in range((last - first).days + 1))
        return [day for day in everything if self.day(day).is_watched]


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """What the crawl's files took at the end of a day's last run, in bytes."""

    day: date
    database: int
    archive: int
    """The folder of WARCs."""
    free: int
    """Left on the disk of the output."""
    total: int
    """Size of that disk."""


class Kind(StrEnum):
    """What may be found."""

    NEVER_RAN = "never_ran"
    NOT_ASKED = "not_asked"
    SILENT = "silent"
    STALE = "stale"
    VOLUME_DROP = "volume_drop"
    FLOOD = "flood"
    COVERAGE_DROP = "coverage_drop"
    SHORT_BODIES = "short_bodies"
    DUPLICATES = "duplicates"
    ERRORS = "errors"
    DISK_FULL = "disk_full"
    ARCHIVE_GROWTH = "archive_growth"


_TOO_LITTLE = (Kind.SILENT, Kind.STALE, Kind.VOLUME_DROP)
"""Too few articles may become none, and none some."""


class Severity(StrEnum):
    """How much hangs on it."""

    ERROR = "error"
    """Articles are being missed, or will be soon."""
    WARNING = "warning"
    """Something has changed: it may be the source's own doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something is wrong, now."""

    kind: Kind
    source: str | None
    """source_id; None for what is no source's."""
    field: str | None = None
    """The field of articles that it is about."""
    since: date
    """The first day of which it is true, as far as that can be told."""
    severity: Severity
    figures: str
    """What was met, and what was to be expected."""
    remedy: str
    """What to do next."""

    @property
    def subject(self) -> tuple[str, str, str]:
        """What makes two findings of different runs the same incident."""
        kind = Kind.SILENT if self.kind in _TOO_LITTLE else self.kind
        return kind, self.source or "", self.field or ""


def midnight(day: date) -> datetime:
    """The instant at which a day begins."""
    return datetime.combine(day, time(), UTC)
