"""A year of made-up publishing, polled and looked at as `discovery/revisits.py` says, beside fixed intervals.

    python -m benchmarks.revisits            # the tables of docs/benchmarks.md
    python -m benchmarks.revisits --sweep    # what the constants were chosen by

Twelve outlets of 1 to 500 articles a day: busy hours, quiet nights and weekends, bursts of breaking news, silent days.
Corrections come mostly within hours, some after weeks; some articles are deleted. Neither feeds nor pages say when they
change, so that everything has to be looked for. A timer starts a run every ten minutes, and nothing fails: what is
counted is the policy alone. Requests are polls, first fetches and looks; a look at a page that has not changed is a
request too, though with a 304 it is a small one.
"""

from __future__ import annotations

import argparse
import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from newscrawl.discovery import revisits
from newscrawl.discovery.revisits import DEFAULT, Pace, Policy, Poll, after_poll, next_due
from newscrawl.items import Disposition

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
TIMER = 600
HOUR, DAY = 3600, 86400
YEAR = 365 * DAY
FIXED = {"15 min": HOUR // 4, "1 h": HOUR, "6 h": 6 * HOUR, "daily": DAY}

# Articles a day, and entries that the feed holds.
OUTLETS = (
    (1, 10), (3, 10), (8, 20), (15, 10), (25, 20), (40, 30), (60, 20), (90, 50), (140, 30), (200, 50), (300, 100),
    (500, 100),
)  # fmt: skip
SMALL = 6
"""So many of them are the small ones."""
STEPS_TRIED = ((1, 24), (2, 24, 168), (3, 24, 168), (1, 6, 24, 168), (1, 6, 24, 72, 168), (1, 3, 6, 12, 24, 72, 168))
# Share of a day's articles by the hour, in local time: little at night, most before noon, again in the evening.
RHYTHM = (1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 9, 8, 8, 8, 7, 7, 7, 7, 7, 6, 5, 4, 2)
WEEKDAYS = (1.1, 1.15, 1.15, 1.1, 1.0, 0.6, 0.55)
CORRECTED, DELETED, LATE = 0.2, 0.01, 0.15
"""Shares of articles that are corrected once or more, and that are deleted; share of corrections that come late."""
FOLLOWED = 60 * DAY
"""Fixed looks end when an article has this age: else each would cost requests for ever."""


@dataclass(slots=True)
class Article:
    """When it was published, changed (the last one may be its deletion); seconds since BEGIN."""

    published: float
    changes: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """What a way of polling, or of looking, came to."""

    requests: int = 0
    events: int = 0
    latencies: list[float] = field(default_factory=list)

    @property
    def caught(self) -> float:
        return len(self.latencies) / self.events if self.events else 1.0

    def add(self, other: Tally) -> None:
        self.requests += other.requests
        self.events += other.events
        self.latencies += other.latencies

    def within(self, share: float) -> float:
        """Seconds in which that share of all events was caught; infinite where fewer were."""
        place = math.ceil(share * self.events) - 1
        return sorted(self.latencies)[place] if place < len(self.latencies) else math.inf


def publish(a_day: float, dice: random.Random) -> list[Article]:
    """A year of an outlet, in order."""
    articles = []
    for day in range(365):
        factor = WEEKDAYS[(BEGIN + timedelta(days=day)).weekday()] * dice.lognormvariate(-0.08, 0.4)
        if dice.random() < 0.01:
            continue
        burst = dice.randrange(24) if dice.random() < 0.05 else None
        for hour, share in enumerate(RHYTHM):
            mean = a_day * factor * share / sum(RHYTHM) * (5 if hour == burst else 1)
            for _ in range(_poisson(mean, dice)):
                published = day * DAY + hour * HOUR + dice.random() * HOUR
                articles.append(Article(published, sorted(_changes(published, dice))))
    return sorted(articles, key=lambda article: article.published)


def _changes(published: float, dice: random.Random) -> Iterator[float]:
    """Corrections, half of which are followed by another; at last, perhaps, the deletion."""
    chance = CORRECTED
    last = published
    while dice.random() < chance:
        early = dice.lognormvariate(math.log(1.5 * HOUR), 1.2)
        last += dice.expovariate(1 / (20 * DAY)) if dice.random() < LATE else early
        chance = 0.35
        yield last
    if dice.random() < DELETED:
        yield last + dice.expovariate(1 / (30 * DAY))


def _poisson(mean: float, dice: random.Random) -> int:
    limit, product, number = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        number += 1
    return number


def poll(articles: Sequence[Article], size: int, wait: Callable[[float, int, int], float]) -> tuple[Tally, list[float]]:
    """Poll a feed of the last `size` articles for a year: `wait(at, new, named)` says how long until the next.

    Beside the tally, when each article was fetched; infinite where it had fallen out of the feed before.
    """
    times = [article.published for article in articles]
    fetched = [math.inf] * len(articles)
    tally, at, seen = Tally(events=len(articles)), 0.0, 0
    while at < YEAR:
        tally.requests += 1
        end = bisect_right(times, at)
        begin = max(seen, end - size)
        fetched[begin:end] = [at] * (end - begin)
        at = _tick(at + wait(at, end - begin, min(size, end)))
        seen = end
    tally.latencies = [at - article.published for article, at in zip(articles, fetched, strict=True) if at < math.inf]
    return tally, fetched


def adaptively(policy: Policy) -> Callable[[float, int, int], float]:
    """The wait of the policy, which keeps what it learns."""
    pace = Pace()

    def wait(at: float, new: int, named: int) -> float:
        nonlocal pace
        now = BEGIN + timedelta(seconds=at)
        pace, due = after_poll(pace, Poll(at=now, news=new, named=named), policy)
        return (due - now).total_seconds()

    return wait


def look(article: Article, fetched: float, key: str, *, policy: Policy) -> Tally:
    """Look at an article as the policy says, to the end of the year."""
    anchor, at = article.published, fetched
    state = bisect_right(article.changes, fetched)
    tally = Tally(events=_to_be_seen(article, fetched))
    while True:
        now = BEGIN + timedelta(seconds=at)
        due = next_due(Disposition.UNCHANGED, 1, now, anchor=BEGIN + timedelta(seconds=anchor), policy=policy, key=key)
        if due is None or (at := _tick((due - BEGIN).total_seconds())) >= YEAR:
            return tally
        tally.requests += 1
        seen = bisect_right(article.changes, at)
        if seen > state:
            # What changed twice between two looks was seen once.
            tally.latencies.append(at - article.changes[seen - 1])
            state, anchor = seen, at


def look_fixedly(article: Article, fetched: float, _key: str, *, interval: float) -> Tally:
    """Look at an article every so often until it is as old as FOLLOWED."""
    until = min(fetched + FOLLOWED, YEAR)
    tally = Tally(requests=max(int((until - fetched) // interval), 0), events=_to_be_seen(article, fetched))
    changes = article.changes[bisect_right(article.changes, fetched) :]
    looks = {change: fetched + math.ceil((change - fetched) / interval) * interval for change in changes}
    last = {at: change for change, at in looks.items() if at <= until}
    tally.latencies = [at - change for at, change in last.items()]
    return tally


def _to_be_seen(article: Article, fetched: float) -> int:
    return bisect_left(article.changes, YEAR) - bisect_right(article.changes, fetched)


def _tick(at: float) -> float:
    """When the run begins that finds due what is due then."""
    return math.ceil(round(at, 3) / TIMER) * TIMER


@dataclass(frozen=True, slots=True)
class World:
    """Outlets: their feeds' sizes and their articles."""

    outlets: list[tuple[int, list[Article]]]

    @classmethod
    def made(cls, seed: int, outlets: Sequence[tuple[int, int]] = OUTLETS) -> World:
        dice = random.Random(seed)
        return cls([(size, publish(a_day, dice)) for a_day, size in outlets])

    def polled(self, wait_of: Callable[[], Callable[[float, int, int], float]]) -> tuple[Tally, list[list[float]]]:
        every, fetched = Tally(), []
        for size, articles in self.outlets:
            tally, times = poll(articles, size, wait_of())
            every.add(tally)
            fetched.append(times)
        return every, fetched

    def looked(self, fetched: list[list[float]], looking: Callable[[Article, float, str], Tally]) -> Tally:
        every = Tally()
        for number, ((_, articles), times) in enumerate(zip(self.outlets, fetched, strict=True)):
            for place, (article, at) in enumerate(zip(articles, times, strict=True)):
                if at < math.inf:
                    every.add(looking(article, at, f"{number}/{place}"))
        return every


def _told(seconds: float) -> str:
    if seconds == math.inf:
        return "–"
    if seconds < 2 * HOUR:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:.0f} d"


def _row(name: str, tally: Tally, per: int, *, share: float = 0.9) -> str:
    cells = (
        f"{tally.requests:,}",
        f"{tally.requests / per:.2f}",
        f"{100 * tally.caught:.2f} %",
        _told(tally.within(0.5)),
        _told(tally.within(share)),
    )
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--sweep", action="store_true", help="try other constants")
    arguments = parser.parse_args()
    world = World.made(arguments.seed)
    count = sum(len(articles) for _, articles in world.outlets)
    changes = sum(len(article.changes) for _, articles in world.outlets for article in articles)
    print(f"{len(world.outlets)} outlets, {count:,} articles, {changes:,} changes; seed {arguments.seed}\n")
    if arguments.sweep:
        _sweep(world, count)
        return
    print("| feeds polled | requests | an article | articles caught | median until fetched | 90 % within |")
    print("| --- | --- | --- | --- | --- | --- |")
    small = World(world.outlets[:SMALL])
    few = sum(len(articles) for _, articles in small.outlets)
    tally, fetched = world.polled(lambda: adaptively(DEFAULT))
    print(_row("as learnt", tally, count))
    for name, interval in FIXED.items():
        print(_row(name, world.polled(partial(_fixed, interval))[0], count))
    print(_row(f"{SMALL} smallest, as learnt", small.polled(lambda: adaptively(DEFAULT))[0], few))
    for name, interval in FIXED.items():
        print(_row(f"{SMALL} smallest, {name}", small.polled(partial(_fixed, interval))[0], few))
    print("\n| articles looked at | requests | an article | changes caught | median until seen | 75 % within |")
    print("| --- | --- | --- | --- | --- | --- |")
    print(_row("by age and past change", world.looked(fetched, partial(look, policy=DEFAULT)), count, share=0.75))
    for name, interval in FIXED.items():
        print(_row(name, world.looked(fetched, partial(look_fixedly, interval=interval)), count, share=0.75))


def _fixed(interval: float) -> Callable[[float, int, int], float]:
    return lambda *_: interval


def _sweep(world: World, count: int) -> None:
    print("| news a poll · slower · quicker | polls | an article | caught | median | 90 % |")
    print("| --- | --- | --- | --- | --- | --- |")
    kept = revisits.NEWS_A_POLL, revisits.SLOWER, revisits.QUICKER
    for news in (0.5, 1.0, 1.5, 2.0, 3.0):
        for slower in (1.25, 1.5, 2.0):
            for quicker in (0.25, 0.5):
                revisits.NEWS_A_POLL, revisits.SLOWER, revisits.QUICKER = news, slower, quicker
                print(_row(f"{news} · {slower} · {quicker}", world.polled(lambda: adaptively(DEFAULT))[0], count))
    revisits.NEWS_A_POLL, revisits.SLOWER, revisits.QUICKER = kept
    _, fetched = world.polled(lambda: adaptively(DEFAULT))
    print("\n| looks at ages of hours | requests | an article | changes caught | median | 75 % |")
    print("| --- | --- | --- | --- | --- | --- |")
    for hours in STEPS_TRIED:
        policy = Policy(steps=tuple(timedelta(hours=hour) for hour in hours))
        looked = world.looked(fetched, partial(look, policy=policy))
        print(_row(" ".join(map(str, hours)), looked, count, share=0.75))


if __name__ == "__main__":
    main()
