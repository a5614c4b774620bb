"""Sources that publish as outlets do: by weekday, in bursts, with good and bad weeks; and what may befall them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from newscrawl.health.figures import DAY, Day, Finding, History, midnight
from newscrawl.health.histograms import bin_of
from newscrawl.health.judging import judge
from newscrawl.sources.source import Expect

BEGIN = date(2026, 1, 5)
"""A Monday."""
WEEKENDS = ((1.0,) * 7, (1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.4), (1.0, 1.0, 1.0, 0.9, 0.3, 0.6, 1.0))
Change = Callable[[Day], Day]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """How a source publishes."""

    rate: float = 20.0
    weekdays: tuple[float, ...] = WEEKENDS[1]
    dispersion: float = 1.0
    """Variance over mean of a day."""
    wander: float = 0.0
    """How far the rate goes up and down over the weeks: deviation of its logarithm."""
    authors: float = 0.8
    published_at: float = 0.99
    related_links: float = 0.6
    weekend: float = 1.0
    """By what the shares are multiplied on two days of the week."""
    duplicates: float = 0.05
    length: float = 2500.0
    errors: float = 0.02
    runs: int = 12


def history(
    outlet: Outlet, days: int, chance: random.Random, *, source: str = "post", expect: Expect | None = None
) -> History:
    """Its days from BEGIN on, each asked to its end."""
    level, came = 0.0, {}
    for number in range(days):
        day = BEGIN + number * DAY
        level = 0.9 * level + math.sqrt(1 - 0.9**2) * chance.gauss(0, outlet.wander)
        rate = outlet.rate * outlet.weekdays[day.weekday()] * math.exp(level - outlet.wander**2 / 2)
        came[day] = _day(outlet, day, events(rate, outlet.dispersion, chance), chance)
    return History(source=source, days=came, expect=expect or Expect())


def changed(history: History, first: date, change: Change, last: date | None = None) -> History:
    """The same with the change made of each day from `first` on."""
    days = {
        day: change(was) if first <= day and (last is None or day <= last) else was for day, was in history.days.items()
    }
    return replace(history, days=days)


def up_to(history: History, day: date) -> History:
    """What is known at the noon of a day: of that day nothing yet but that the source was asked."""
    days = {known: was for known, was in history.days.items() if known < day}
    today = Day(asked=6, last_asked_at=noon(day))
    return replace(history, days={**days, day: today})


def found(history: History, day: date) -> list[Finding]:
    """What is found at its noon."""
    return judge([up_to(history, day)], [], noon(day))


def false_alarms(seed: int, sources: int, days: int) -> list[tuple[date, Finding]]:
    """What is found on sources that nothing befalls, large and small, even and bursty; each incident once."""
    chance = random.Random(seed)
    alarms: list[tuple[date, Finding]] = []
    for _ in range(sources):
        rate = 0.3 * 1000 ** chance.random()
        outlet = Outlet(
            rate=rate,
            weekdays=chance.choice(WEEKENDS),
            dispersion=1 + chance.uniform(0, 0.1) * rate,
            wander=chance.uniform(0, 0.2),
            authors=chance.uniform(0.1, 1),
            published_at=chance.uniform(0.9, 1),
            related_links=chance.random(),
            weekend=chance.uniform(0.6, 1),
            duplicates=chance.uniform(0, 0.3),
            errors=chance.uniform(0, 0.1),
            runs=chance.choice([1, 4, 24]),
        )
        whole = history(outlet, days, chance)
        known: set[tuple[str, str, str]] = set()
        for number in range(1, days):
            day = BEGIN + number * DAY
            findings = found(whole, day)
            alarms += [(day, finding) for finding in findings if finding.subject not in known]
            known = {finding.subject for finding in findings}
    return alarms


def noon(day: date) -> datetime:
    """Twelve o'clock of a day."""
    return midnight(day) + timedelta(hours=12)


def events(mean: float, dispersion: float, chance: random.Random) -> int:
    """A number of events; their variance is `dispersion` times the mean."""
    if dispersion > 1:
        mean = chance.gammavariate(mean / (dispersion - 1), dispersion - 1) if mean else 0.0
    if mean > 200:
        return max(round(chance.gauss(mean, math.sqrt(mean))), 0)
    number, product, least = 0, chance.random(), math.exp(-mean)
    while product > least:
        number, product = number + 1, product * chance.random()
    return number


def _day(outlet: Outlet, day: date, articles: int, chance: random.Random) -> Day:
    factor = outlet.weekend if day.weekday() in (4, 5) else 1.0

    def having(share: float) -> int:
        return sum(chance.random() < share * factor for _ in range(articles))

    lengths: dict[int, int] = {}
    for _ in range(articles):
        number = bin_of(outlet.length * factor * math.exp(chance.gauss(0, 0.6)))
        lengths[number] = lengths.get(number, 0) + 1
    return Day(
        published=articles,
        stored=articles,
        duplicates=sum(chance.random() < outlet.duplicates for _ in range(articles)),
        authors=having(outlet.authors),
        published_at=having(outlet.published_at),
        related_links=having(outlet.related_links),
        characters=lengths,
        asked=outlet.runs,
        unanswered=sum(chance.random() < outlet.errors for _ in range(outlet.runs)),
        fetched=articles,
        failed=sum(chance.random() < outlet.errors for _ in range(articles)),
        last_asked_at=midnight(day) + timedelta(hours=23),
    )
