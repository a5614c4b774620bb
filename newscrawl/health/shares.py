"""Shares: how many articles have a field, a long body, a text of their own, and how many fetches fail.

A share is held against the worst weekday of the last eight weeks, so that a weekend is none the worse for being one,
and must be worse than that by a margin and not by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import partial

from newscrawl.health.chances import share_at_least, share_at_most
from newscrawl.health.figures import DAY, Day, Finding, History, Kind, Severity
from newscrawl.health.histograms import added, below, quantile
from newscrawl.health.volume import CHANCE, WEEKS, WINDOWS

FIELDS = ("authors", "published_at", "related_links")
_LEAST_LEARNT = 50
"""Articles from which a share may be learnt."""
_LEAST_OF_WEEKDAY = 20
_MARGIN = 0.85
_SHORT = 0.1
_OFTEN_SHORT = 0.25
_MORE_DUPLICATES = 0.25
_MOST_ERRORS = 0.3
_LEAST_TELLING = 5
"""Articles of which a single day's share says whether the incident is over."""
_LEAST_TRIES = 6
_LONGEST_WAIT = 7

Count = Callable[[Day], int]


def judge_shares(history: History, now: datetime) -> Iterator[Finding]:
    """Fields that articles no longer have, bodies cut short, copies, errors."""
    first = history.first_asked
    if first is None:
        return
    today = now.date()
    days = [day for day in sorted(history.days) if first < day <= today and history.day(day).stored]
    for name in FIELDS:
        yield from _field(history, name, days)
    yield from _bodies(history, days)
    yield from _duplicates(history, days)
    yield from _errors(history, first, today)


def _windows(days: Sequence[date]) -> Iterator[tuple[Sequence[date], Sequence[date]]]:
    """The last days on which something was stored, and the eight weeks before the longest of these windows."""
    for width in WINDOWS:
        if len(days) < width:
            return
        begin = days[-min(WINDOWS[-1], len(days))]
        yield days[-width:], [day for day in days if begin - 7 * WEEKS * DAY <= day < begin]


def _worst_weekday(history: History, days: Sequence[date], count: Count, of: Count) -> float | None:
    """The least share that a weekday usually has; None when too little is known."""
    total, having, shares = 0, 0, []
    for weekday in range(7):
        own = [history.day(day) for day in days if day.weekday() == weekday]
        number = sum(map(of, own))
        total, having = total + number, having + sum(map(count, own))
        if number >= _LEAST_OF_WEEKDAY:
            # Half an article more, and one more without: nothing is certain because it was always so.
            shares.append((sum(map(count, own)) + 0.5) / (number + 1))
    if total < _LEAST_LEARNT:
        return None
    return min([*shares, (having + 0.5) / (total + 1)])


def _stored(day: Day) -> int:
    return day.stored


def _field(history: History, name: str, days: Sequence[date]) -> Iterator[Finding]:
    def having(day: Day) -> int:
        return int(getattr(day, name))

    promise: float | None = getattr(history.expect, name)
    for window, past in _windows(days):
        count, of = _sum(history, window, having), _sum(history, window, _stored)
        usual = _worst_weekday(history, past, having, _stored)
        fallen = usual is not None and share_at_most(count, of, _MARGIN * usual) < CHANCE
        broken = promise is not None and share_at_most(count, of, promise) < CHANCE
        least = promise if broken and promise is not None else _MARGIN * (usual or 0)
        if (fallen or broken) and not _is_over(history, window[-1], having, least):
            against = f"usual are {usual:.0%}" if fallen and usual is not None else f"its file promises {promise:.0%}"
            yield Finding(
                kind=Kind.COVERAGE_DROP,
                source=history.source,
                field=name,
                since=window[0],
                severity=Severity.WARNING,
                figures=f"{name}: {count} of {of} articles in {len(window)} day(s) have it ({count / of:.0%}), "
                f"where {against}",
                remedy="the pages' template has changed: `scrapy extract --explain URL` on one of them shows what is "
                "read from where; mend the rules, then `scrapy reextract --apply`",
            )
            return


def _bodies(history: History, days: Sequence[date]) -> Iterator[Finding]:
    promise = history.expect.body_characters
    for window, past in _windows(days):
        lengths = added(history.day(day).characters for day in window)
        learnt = added(history.day(day).characters for day in past)
        of = lengths.total()
        tenth = quantile(learnt, _SHORT) if learnt.total() >= _LEAST_LEARNT else None
        fallen = tenth is not None and share_at_least(below(lengths, tenth), of, _OFTEN_SHORT) < CHANCE
        least = tenth if fallen and tenth is not None else promise or 0
        # Where the median is as promised, half the bodies or fewer are shorter.
        broken = promise is not None and share_at_least(below(lengths, promise), of, 0.5) < CHANCE
        long = partial(_at_least, least)
        if (fallen or broken) and not _is_over(history, window[-1], long, 1 - _OFTEN_SHORT if fallen else 0.5):
            usual = quantile(learnt, 0.5) if fallen else promise
            yield Finding(
                kind=Kind.SHORT_BODIES,
                source=history.source,
                field="body",
                since=window[0],
                severity=Severity.WARNING,
                figures=f"the median body of {of} articles in {len(window)} day(s) has "
                f"{quantile(lengths, 0.5) or 0:.0f} characters, where "
                f"{'usual are' if fallen else 'its file promises'} {usual or 0:.0f}",
                remedy="the pages' template has changed, or a wall stands before them: look at one "
                "(`scrapy extract --explain URL`), mend the rules, then `scrapy reextract --apply`",
            )
            return


def _duplicates(history: History, days: Sequence[date]) -> Iterator[Finding]:
    for window, past in _windows(days):
        own = _worst_weekday(history, past, _own, _stored)
        if own is None:
            continue
        usual = 1 - own
        count, of = _sum(history, window, lambda day: day.duplicates), _sum(history, window, _stored)
        bound = min(usual + _MORE_DUPLICATES, 0.95)
        if share_at_least(count, of, bound) < CHANCE and not _is_over(history, window[-1], _own, 1 - bound):
            yield Finding(
                kind=Kind.DUPLICATES,
                source=history.source,
                since=window[0],
                severity=Severity.WARNING,
                figures=f"{count} of {of} articles in {len(window)} day(s) have the text of an earlier one "
                f"({count / of:.0%}), where usual are up to {usual:.0%}",
                remedy="its pages have got new addresses, or all show one text: `scrapy copies URL` tells whose "
                "copy one is; addresses to leave out belong into `[articles] deny` of its file",
            )
            return


def _errors(history: History, first: date, today: date) -> Iterator[Finding]:
    """Errors come in bursts: a host that is down for some hours is no finding, two days of it are."""

    def tries(day: Day) -> int:
        return day.asked + day.fetched

    def failures(day: Day) -> int:
        return day.unanswered + day.failed

    tried = [day for day in sorted(history.days) if day >= first and tries(history.day(day))]
    whole = [day for day in tried if day < today]
    # Today counts when nothing at all has come since yesterday's beginning.
    for known in (whole, tried):
        width = next(
            (width for width in range(2, _LONGEST_WAIT + 1) if _sum(history, known[-width:], tries) >= _LEAST_TRIES), 0
        )
        window = known[-width:] if width else []
        if len(window) < 2:
            continue
        past = [day for day in known if window[0] - 7 * WEEKS * DAY <= day < window[0]]
        usual = _sum(history, past, failures) / max(_sum(history, past, tries), 1)
        bound = max(_MOST_ERRORS, min(3 * usual, 0.9)) if known is whole else 0.99
        shares = [failures(history.day(day)) / tries(history.day(day)) for day in window]
        count, of = _sum(history, window, failures), _sum(history, window, tries)
        if min(shares) >= bound and share_at_least(count, of, max(usual, 0.05)) < CHANCE:
            yield Finding(
                kind=Kind.ERRORS,
                source=history.source,
                since=window[0],
                severity=Severity.ERROR,
                figures=f"{count} of {of} requests in {len(window)} days failed ({count / of:.0%}), "
                f"where usual are {usual:.0%}",
                remedy="the tables `polls` (error) and `dispositions` (reason) say how: a host that has gone, that "
                "refuses us or is too slow; see it in a browser, mend the file, or ask it less often "
                "(`[manners] delay`)",
            )
            return


def _is_over(history: History, last: date, count: Count, share: float) -> bool:
    """Whether the last day alone is as it should be: then the days before it are history."""
    day = history.day(last)
    return day.stored >= _LEAST_TELLING and count(day) >= share * day.stored


def _own(day: Day) -> int:
    return day.stored - day.duplicates


def _at_least(characters: float, day: Day) -> int:
    return sum(day.characters.values()) - below(day.characters, characters)


def _sum(history: History, days: Sequence[date], count: Count) -> int:
    return sum(count(history.day(day)) for day in days)
