"""Disk and archive: how long the disk lasts, and whether what is written a day is usual.

The slope is Theil and Sen's, the median of the slopes between all pairs of days: a file that was moved away, or one
large day, does not move it. Growth is judged against median and median absolute deviation, as it has no distribution
that could be stated; two days in a row must be beyond.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import combinations, pairwise
from statistics import median

from newscrawl.health.figures import DAY, Finding, Kind, Severity, Space

_SLOPE_DAYS = 14
_LEAST_SLOPE_DAYS = 3
_WARNED_DAYS, _ALARMED_DAYS = 14.0, 3.0
_LEAST_FREE = 0.02
"""Share of the disk below which it counts as full whatever the slope."""
_GROWTH_DAYS = 28
_LEAST_GROWTH_DAYS = 14
_TIMES, _DEVIATIONS = 3.0, 8.0
_LEAST_GROWTH = 50_000_000
_TOGETHER = 2


def judge_space(spaces: Sequence[Space], now: datetime) -> Iterator[Finding]:
    """A disk that will be full, and an archive that grows unlike before. The days in their order, today the last."""
    if not spaces:
        return
    yield from _disk(spaces)
    yield from _growth(spaces, now.date())


def bytes_a_day(spaces: Sequence[Space]) -> float | None:
    """By how much the disk fills a day, over the last two weeks; None while fewer than three days are known."""
    known = [space for space in spaces if space.day > spaces[-1].day - _SLOPE_DAYS * DAY]
    if len(known) < _LEAST_SLOPE_DAYS:
        return None
    return median((a.free - b.free) / (b.day - a.day).days for a, b in combinations(known, 2))


def days_until_full(spaces: Sequence[Space]) -> float | None:
    """How long the disk lasts if it goes on so; None when it does not fill, or too few days are known."""
    slope = bytes_a_day(spaces)
    return spaces[-1].free / slope if slope is not None and slope > 0 else None


def _disk(spaces: Sequence[Space]) -> Iterator[Finding]:
    last, left, slope = spaces[-1], days_until_full(spaces), bytes_a_day(spaces)
    nearly = last.free < _LEAST_FREE * last.total
    if not nearly and (left is None or left > _WARNED_DAYS):
        return
    time = f", full in {left:.1f} days at {in_bytes(slope or 0)} a day" if left is not None else ""
    yield Finding(
        kind=Kind.DISK_FULL,
        source=None,
        since=last.day,
        severity=Severity.ERROR if nearly or (left or 0) < _ALARMED_DAYS else Severity.WARNING,
        figures=f"{in_bytes(last.free)} of {in_bytes(last.total)} are free{time}; the archive has "
        f"{in_bytes(last.archive)}, the database {in_bytes(last.database)}",
        remedy="make room, move closed WARCs to a store (NEWSCRAWL_ARCHIVE_STORE), or name a larger disk with "
        "NEWSCRAWL_OUTPUT; a full disk ends the crawl, and nothing that is stored is lost",
    )


def _growth(spaces: Sequence[Space], today: date) -> Iterator[Finding]:
    # Today is not over; and what moved to a store did not grow.
    days = [
        (b.day, (b.archive - a.archive) / (b.day - a.day).days)
        for a, b in pairwise(space for space in spaces if space.day < today)
        if b.archive >= a.archive
    ]
    recent, past = days[-_TOGETHER:], [growth for _, growth in days[-_GROWTH_DAYS - _TOGETHER : -_TOGETHER]]
    if len(past) < _LEAST_GROWTH_DAYS:
        return
    middle = median(past)
    scatter = 1.4826 * median(abs(growth - middle) for growth in past)
    bound = max(_TIMES * middle, middle + _DEVIATIONS * scatter, _LEAST_GROWTH)
    if min(growth for _, growth in recent) <= bound:
        return
    yield Finding(
        kind=Kind.ARCHIVE_GROWTH,
        source=None,
        since=recent[0][0],
        severity=Severity.WARNING,
        figures=f"the archive grew by {in_bytes(sum(growth for _, growth in recent) / _TOGETHER)} a day, "
        f"where usual are {in_bytes(middle)}",
        remedy="`scrapy archive` lists the WARCs, `scrapy stats` the sources that bring more than before; pages that "
        "are no articles belong into `[articles] deny`",
    )


def in_bytes(number: float) -> str:
    """Bytes as one reads them: 1.5 GB."""
    for unit in ("B", "kB", "MB", "GB"):
        if abs(number) < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
