"""A source in figures: what report, terminal and Prometheus show of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from newscrawl.health.figures import DAY, Day, History
from newscrawl.health.histograms import added, quantile
from newscrawl.health.shares import FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A source over some days, today the last. Shares are None where there was nothing to have a share of."""

    source: str
    last_asked_at: datetime | None
    newest: date | None
    """The last day of publication of a stored article."""
    days: Sequence[date]
    published: Sequence[int]
    """Articles by day of publication."""
    authors: Sequence[float | None]
    """Share of the articles stored on each day that have the field; so the next two."""
    published_at: Sequence[float | None]
    related_links: Sequence[float | None]
    latency: Sequence[float | None]
    """Median seconds from publication to first fetch, of the articles stored on each day."""
    stored: int
    """Articles stored in all these days; so all below."""
    revisions: int
    coverage: dict[str, float | None]
    """Share that has the field, by field."""
    duplicates: float | None
    characters: float | None
    """Median length of a body, within 9 %."""
    median_latency: float | None
    errors: float | None
    """Share of all requests that failed."""


def summary(history: History, now: datetime, number: int) -> Summary:
    """The last so many days of a source."""
    today = now.date()
    days = [today - n * DAY for n in reversed(range(number))]
    each = [history.day(day) for day in days]
    stored, tries = _sum(each, "stored"), _sum(each, "asked") + _sum(each, "fetched")
    return Summary(
        source=history.source,
        last_asked_at=history.last_asked_at,
        newest=max((day for day, was in history.days.items() if was.published), default=None),
        days=days,
        published=[day.published for day in each],
        authors=[_share(day.authors, day.stored) for day in each],
        published_at=[_share(day.published_at, day.stored) for day in each],
        related_links=[_share(day.related_links, day.stored) for day in each],
        latency=[quantile(day.latencies, 0.5) for day in each],
        stored=stored,
        revisions=_sum(each, "revisions"),
        coverage={name: _share(_sum(each, name), stored) for name in FIELDS},
        duplicates=_share(_sum(each, "duplicates"), stored),
        characters=quantile(added(day.characters for day in each), 0.5),
        median_latency=quantile(added(day.latencies for day in each), 0.5),
        errors=_share(_sum(each, "unanswered") + _sum(each, "failed"), tries),
    )


def duration(seconds: float | None) -> str:
    """Seconds as one reads them: 40 s, 12 min, 5 h, 3 d."""
    if seconds is None:
        return "·"
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _sum(days: Sequence[Day], name: str) -> int:
    return sum(getattr(day, name) for day in days)


def _share(count: int, of: int) -> float | None:
    return round(count / of, 4) if of else None
