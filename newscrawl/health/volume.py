"""How many articles a source should have published, and what to make of more, fewer and none.

What is normal is learnt from the last eight weeks, weekday by weekday, with bursts cut off; how far counts scatter
around that too (the dispersion). So an incident that lasts four weeks becomes what is normal, but for silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import mean, median

from newscrawl.health.chances import count_at_least, count_at_most
from newscrawl.health.figures import DAY, Finding, History, Kind, Severity

CHANCE = 1e-5
"""A finding is what would come by chance alone once in 100,000 looks. Three dozen sources are looked at in some
twenty ways a day, that is 20,000 looks a month: the rest is kept for what is not quite as the model has it."""
WINDOWS = (1, 3, 7)
"""Watched days that are looked at together: what breaks altogether shows in one, what crumbles in a week."""
WEEKS = 8
_LEAST_DAYS = 14
_FEW, _MANY, _LEAST_MORE = 0.5, 2.5, 10
_UNKNOWN_DISPERSION = 2.0
_WEIGHT_OF_ALL_DAYS = 0.5
# Of chi-squared with one degree of freedom, which squared residuals follow: its median.
_MEDIAN_OF_SQUARES = 0.455


@dataclass(frozen=True, slots=True)
class Usual:
    """What is normal: articles a day by weekday (Monday first), and variance over mean."""

    by_weekday: tuple[float, ...]
    dispersion: float
    weeks: float
    """Number of weeks from which it was learnt."""

    def expected(self, days: Sequence[date]) -> float:
        """Articles in these days together."""
        return sum(self.by_weekday[day.weekday()] for day in days)

    @property
    def uncertain(self) -> float:
        """The dispersion, with what the rate itself may be wrong by."""
        return self.dispersion * (1 + 1 / self.weeks)


def judge_volume(history: History, now: datetime) -> list[Finding]:
    """Silence, staleness, a drop, a flood: at most one of them."""
    settled = history.settled
    first = history.first_asked
    if settled is None or first is None:
        return []
    found = _silence(history, first, settled, now) or _drop(history, first, settled) or _flood(history, first, now)
    return [found] if found else []


def usual(history: History, days: Sequence[date]) -> Usual | None:
    """What these days say is normal; None when they are fewer than two weeks."""
    if len(days) < _LEAST_DAYS:
        return None
    counts = [history.day(day).published for day in days]
    middle = median(counts)
    scatter = 1.4826 * median(abs(count - middle) for count in counts)
    most = max(middle + 5 * scatter, 3 * middle, 5)
    kept = [min(float(count), most) for count in counts]
    overall = mean(kept)
    rates = []
    for weekday in range(7):
        own = [count for day, count in zip(days, kept, strict=True) if day.weekday() == weekday]
        rates.append((sum(own) + _WEIGHT_OF_ALL_DAYS * overall) / (len(own) + _WEIGHT_OF_ALL_DAYS))
    squares = [
        (count - rates[day.weekday()]) ** 2 / rates[day.weekday()]
        for day, count in zip(days, kept, strict=True)
        if rates[day.weekday()]
    ]
    if not squares:
        return Usual(tuple(rates), 1.0, len(days) / 7)
    bound = 9 * max(median(squares) / _MEDIAN_OF_SQUARES, 1.0)
    dispersion = sum(min(square, bound) for square in squares) / max(len(squares) - 7, 1)
    return Usual(tuple(rates), max(dispersion, 1.0), len(days) / 7)


def promised(history: History) -> Usual | None:
    """What the source's file promises, as something usual."""
    rate = history.expect.articles_per_day
    return None if rate is None else Usual((rate,) * 7, _UNKNOWN_DISPERSION, WEEKS)


def _learning(history: History, first: date, before: date) -> list[date]:
    # The first day brings what was published before anyone asked.
    return history.watched(max(first + DAY, before - 7 * WEEKS * DAY), before - DAY)


def _published(history: History, days: Sequence[date]) -> int:
    return sum(history.day(day).published for day in days)


def _silence(history: History, first: date, settled: date, now: datetime) -> Finding | None:
    newest = max((day for day, was in history.days.items() if was.published and day <= now.date()), default=None)
    if newest is not None and newest > settled:
        return None
    begin = first if newest is None else max(newest + DAY, first)
    days = history.watched(begin, settled)
    if not days:
        return None
    learnt = usual(history, _learning(history, first, newest + DAY)) if newest is not None else None
    for normal in (learnt, promised(history)):
        if normal is None:
            continue
        expected = normal.expected(days)
        if count_at_most(0, expected, normal.uncertain) < CHANCE:
            stored = sum(history.day(day).stored for day in days)
            return _still(history, begin, len(days), expected, stored)
    if newest is None and len(days) >= _LEAST_DAYS:
        return _still(history, begin, len(days), None, sum(history.day(day).stored for day in days))
    return None


def _still(history: History, since: date, days: int, expected: float | None, stored: int) -> Finding:
    to_come = f"{expected:.0f} were to be expected" if expected is not None else "a source should have some"
    if stored:
        return Finding(
            kind=Kind.STALE,
            source=history.source,
            since=since,
            severity=Severity.ERROR,
            figures=f"{stored} article(s) stored in {days} day(s), none of them published since {since - DAY}; "
            f"{to_come}",
            remedy="its documents name old pages only: look for a feed, sitemap or section that has today's, and see "
            "whether dates are still read (`scrapy extract --explain URL`)",
        )
    return Finding(
        kind=Kind.SILENT,
        source=history.source,
        since=since,
        severity=Severity.ERROR,
        figures=f"no article in {days} day(s) though it answers; {to_come}",
        remedy="see whether the outlet publishes; if so its feed, sitemap or section has moved or is no longer read: "
        "`scrapy sources --check`, and the table `polls` says what each named",
    )


def _drop(history: History, first: date, settled: date) -> Finding | None:
    watched = history.watched(first + DAY, settled)
    for width in WINDOWS:
        days = watched[-width:]
        if len(days) < width:
            break
        learnt = usual(history, _learning(history, first, watched[-min(WINDOWS[-1], len(watched))]))
        # A promise is an average of weekdays: it is held against a week.
        for normal in (learnt, promised(history) if width == WINDOWS[-1] else None):
            if normal is None:
                continue
            count, expected = _published(history, days), normal.expected(days)
            # Days that are as usual again end what the days before them were.
            over = any(_published(history, last) > _FEW * normal.expected(last) for last in (days[-1:], days[-3:]))
            if not over and count <= _FEW * expected and count_at_most(count, expected, normal.uncertain) < CHANCE:
                return Finding(
                    kind=Kind.VOLUME_DROP,
                    source=history.source,
                    since=days[0],
                    severity=Severity.WARNING,
                    figures=f"{count} article(s) in {width} day(s), where "
                    f"{'the source file promises' if normal is not learnt else 'usual are'} {expected:.0f}",
                    remedy="see which of its feeds, sitemaps and sections names less than before (table `polls`), and "
                    "which pages are refused (`scrapy explain URL`)",
                )
    return None


def _flood(history: History, first: date, now: datetime) -> Finding | None:
    watched = history.watched(first + DAY, now.date())
    for width in WINDOWS[:2]:
        days = watched[-width:]
        learnt = usual(history, _learning(history, first, days[0])) if days else None
        # Until there is a past of its own, a source is held against what it promises.
        normal = learnt or promised(history)
        if normal is None or not days:
            continue
        count, expected = _published(history, days), normal.expected(days)
        if count < max(_MANY * expected, expected + _LEAST_MORE):
            continue
        if count_at_least(count, expected, normal.uncertain) < CHANCE:
            return Finding(
                kind=Kind.FLOOD,
                source=history.source,
                since=days[0],
                severity=Severity.WARNING,
                figures=f"{count} article(s) in {width} day(s), where "
                f"{'usual are' if learnt else 'the source file promises'} {expected:.0f}",
                remedy="look at some of them (`scrapy search`, the last feed): pages that are no articles belong into "
                "`[articles] deny` of its file",
            )
    return None
