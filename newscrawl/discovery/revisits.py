"""When a page, and when a feed, sitemap or section is asked for again. Pure: no clock, no network, no storage.

What the constants were chosen by stands in docs/benchmarks.md (Revisits).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zlib import crc32

from newscrawl.items import TO_HOME, TO_SECTION, Disposition
from newscrawl.sources.source import Source

MAX_TRIES = 5
FIRST_DELAY = timedelta(hours=1)
ROBOTS_UNREACHABLE = "robots.txt unreachable"
"""Begins the reason of a block that passes: the host could not say what it allows."""

STEPS = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 168))
"""Ages of an article at which it is looked at: most corrections come in the first hours."""
RARELY = timedelta(days=30)
"""After the last step: the least time between two looks."""
SELDOM = timedelta(days=180)
"""The most, which an article of half a year has reached: a deletion is known within half a year."""
_SPREAD = 0.2
WHOLE_AGE = timedelta(days=30)
"""Since this age an article is asked for without condition: its looks are so rare that whole answers cost little, and a
server that says 304 whatever happens hides no change for longer."""
WHOLE_PERIOD = timedelta(days=7)
"""As often a document is asked for without condition: what such a server hides of a feed is known within a week."""
_POLLS_A_WHOLE = 8
"""At least so many polls a whole one: a sitemap of last year is polled once a month, and may be megabytes."""

AWAY = tuple(timedelta(days=days) for days in (1, 7, 30, 90))
"""Between the looks at an article whose page went away: outlets unpublish by mistake, and seldom after a quarter."""

FIRST_POLL = timedelta(hours=1)
"""Until a document was read twice, nobody knows its pace."""
LEAST_POLL = timedelta(minutes=10)
MOST_POLL = timedelta(hours=12)
MOST_CHILD_POLL = timedelta(days=30)
"""Of a sitemap that an index names: most hold a month long past, and never change again."""
PAUSE_MOST = timedelta(hours=1)
"""So far a document's own word is taken (ttl, updatePeriod, max-age): generators write a day, or a year, unasked."""
RETRY_MOST = timedelta(days=1)
NEWS_A_POLL = 1.5
"""The interval aims at so many new pages a poll: with fewer most polls are in vain, with more news wait."""
SLOWER = 1.25
QUICKER = 0.25
"""Factors by which an interval may change at a poll: a quiet night must not slow a morning."""
_FIRST_FAILED = timedelta(minutes=15)
_MOST_FAILED = timedelta(hours=4)
"""What a feed of 25 entries named while nobody could read it is lost: an outage is worth a try every few hours."""
_EARLY = 0.1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Ends that another try may mend: the network, a server in trouble, a page that took too long.
_TRANSIENT = frozenset({Disposition.FAILED, Disposition.TIMED_OUT, Disposition.TRUNCATED})
_AWAY = frozenset({Disposition.GONE, Disposition.BLOCKED, Disposition.REDIRECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How often one source is looked at: what the settings say, and its file."""

    articles: bool = True
    """Whether stored articles are looked at again by themselves."""
    steps: tuple[timedelta, ...] = STEPS
    """Ages at which an article is looked at, ascending."""
    least: timedelta = LEAST_POLL
    most: timedelta = MOST_POLL
    """Bounds of the time between two polls of a feed, sitemap or section."""

    def of(self, source: Source | None) -> Policy:
        """This policy with what a source's file says otherwise; of no source nothing is looked at again."""
        if source is None:
            return replace(self, articles=False)
        said = source.revisits
        least = self.least if said.poll_least_minutes is None else timedelta(minutes=said.poll_least_minutes)
        most = self.most if said.poll_most_minutes is None else timedelta(minutes=said.poll_most_minutes)
        return Policy(
            articles=self.articles if said.articles is None else said.articles,
            steps=tuple(timedelta(hours=hours) for hours in said.after_hours) or self.steps,
            # One bound alone moves the other along.
            least=min(least, most) if said.poll_least_minutes is None else least,
            most=max(least, most) if said.poll_most_minutes is None else most,
        )


DEFAULT = Policy()


def next_due(
    disposition: Disposition,
    tries: int,
    now: datetime,
    reason: str | None = None,
    *,
    anchor: datetime | None = None,
    policy: Policy = DEFAULT,
    key: str = "",
) -> datetime | None:
    """When a URL that was tried `tries` times (from 1, this one counted) is due again; None: not by itself.

    A transient end is due after 1, 2, 4 and 8 hours, which outlasts an outage of half a day, and is given up with the
    fifth try. A block is transient when its `reason` begins with ROBOTS_UNREACHABLE. Every other end is an answer. Of
    what never was an article it is the last: such a URL is due again when discovery names it anew, or by hand.

    An article (`anchor` says since when there is nothing new on it, as `anchor_of` does) is due as `next_look` says.
    One whose page went away is looked at after AWAY, and then not any more; one that fails is not given up, but due at
    its next look. `now` is the run's clock, aware; `key` the url_key.
    """
    if passes(disposition, reason):
        if tries < MAX_TRIES:
            return now + FIRST_DELAY * (1 << (max(tries, 1) - 1))
        if anchor is None or not policy.articles:
            return None
        return max(next_look(anchor, now, policy, key), now + timedelta(days=1))
    if anchor is None or not policy.articles:
        return None
    if _is_away(disposition, reason):
        return now + AWAY[tries - 1] if 0 < tries <= len(AWAY) else None
    return next_look(anchor, now, policy, key)


def passes(disposition: Disposition, reason: str | None = None) -> bool:
    """Whether another try may mend what a URL came to."""
    return disposition in _TRANSIENT or (reason or "").startswith(ROBOTS_UNREACHABLE)


def counts_on(disposition: Disposition, reason: str | None = None) -> bool:
    """Whether the next end of this kind is one more in a row, by which the time until the look after it grows."""
    return passes(disposition, reason) or _is_away(disposition, reason)


def next_look(anchor: datetime, now: datetime, policy: Policy = DEFAULT, key: str = "") -> datetime:
    """When an article is looked at again that has had nothing new since `anchor`.

    At the ages of `policy.steps`; the one that is less than half of the first step away counts as done. Then when its
    age has doubled, at least after RARELY and at most after SELDOM: what has stood for long is seldom touched. These
    long times differ by a fifth from URL to URL, so that what was stored on one day is not due on one day.
    """
    age = max(now - anchor, timedelta(0))
    for step in policy.steps:
        if step - age >= policy.steps[0] / 2:
            return now + (step - age)
    wait = min(max(age, RARELY), SELDOM)
    return now + wait * (1 - _SPREAD / 2 + _SPREAD * crc32(key.encode()) / 2**32)


def article_goes_whole(anchor: datetime | None, now: datetime) -> bool:
    """Whether an article is asked for without condition, that has had nothing new since `anchor`.

    Some servers answer 304 for ever (a broken cache, an ETag of the file's name): no condition ever finds them out.
    """
    return anchor is not None and now - anchor >= WHOLE_AGE


def document_goes_whole(before: Pace, now: datetime) -> bool:
    """Whether a document is asked for without condition: the first poll of each WHOLE_PERIOD, counted from 1970, or of
    each eight intervals where these are longer. Nothing more than its pace needs to be known for that.
    """
    if before.polled_at is None:
        return False
    period = max(WHOLE_PERIOD, (before.interval or WHOLE_PERIOD / _POLLS_A_WHOLE) * _POLLS_A_WHOLE)
    return (before.polled_at - _EPOCH) // period != (now - _EPOCH) // period


def anchor_of(
    published: datetime | date | None,
    modified: datetime | date | None,
    *,
    known: datetime | None,
    changed_at: datetime | None,
    now: datetime,
) -> datetime:
    """Since when there is nothing new on an article: its publication, or its last change, stated or seen.

    So a correction begins the steps anew: outlets correct again what they have corrected. `known` is what this gave
    before, `changed_at` when the page was met with another text than before, if it was. A time that the page gives
    without offset, or as a day, counts once it is two days past, when neither matters; before that the first fetch
    counts.
    """
    if changed_at is not None:
        return min(changed_at, now)
    stated = [time for time in map(_instant, (published, modified)) if time is not None]
    certain = [
        instant for instant, is_exact in stated if instant <= now and (is_exact or now - instant > timedelta(days=2))
    ]
    return max([*certain, *([known] if known else [])], default=now)


def _instant(stated: datetime | date | None) -> tuple[datetime, bool] | None:
    if stated is None:
        return None
    if isinstance(stated, datetime):
        return (stated, True) if stated.tzinfo else (stated.replace(tzinfo=UTC), False)
    return datetime(stated.year, stated.month, stated.day, tzinfo=UTC), False


def _is_away(disposition: Disposition, reason: str | None) -> bool:
    return disposition in _AWAY or (disposition is Disposition.NOT_ARTICLE and reason in (TO_HOME, TO_SECTION))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What is known of a discovery document's pace."""

    interval: timedelta | None = None
    """Time between two polls as learnt; None before the first that was read."""
    polled_at: datetime | None = None
    """When it was last read."""
    failures: int = 0
    """Polls in a row that brought nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What a poll came to."""

    at: datetime
    failed: bool = False
    """Whether it brought no document."""
    news: int = 0
    """Pages that it named and nobody knew; of an index, sitemaps that are new or have changed."""
    named: int = 0
    """All pages that it named."""
    pause: timedelta | None = None
    """How long it asks to be left alone, by its own words or its answer's headers."""
    retry_after: timedelta | None = None
    """Of the answer's Retry-After."""


def after_poll(before: Pace, poll: Poll, policy: Policy = DEFAULT, *, is_child: bool = False) -> tuple[Pace, datetime]:
    """What a poll adds to what is known of a document, and when it is due again.

    The interval grows by SLOWER when nothing was new, and else goes to where NEWS_A_POLL are to be expected, by no more
    than the factors QUICKER and SLOWER; that of an index that has changed shrinks by SLOWER. Where all that a document
    names is new, more may have passed unseen: the interval shrinks, whatever the document asks for. Its pause is kept
    up to PAUSE_MOST. A document that fails is due after 15 minutes, and twice as long each time. Retry-After is kept,
    up to RETRY_MOST. A tenth of the time is let off, for a schedule that is as long as the interval would else miss it
    by seconds. `is_child`: an index names it, and tells nothing of its changes.
    """
    most = max(policy.most, MOST_CHILD_POLL) if is_child else policy.most
    if poll.failed:
        failures = before.failures + 1
        wait = min(_FIRST_FAILED * (1 << min(failures - 1, 12)), _MOST_FAILED)
        pace = replace(before, failures=failures)
    else:
        interval, overflows = _interval(before, poll, policy)
        interval = min(max(interval, policy.least), most)
        pace = Pace(interval=interval, polled_at=poll.at)
        pause = timedelta(0) if overflows else min(poll.pause or timedelta(0), PAUSE_MOST)
        wait = max(interval, pause)
    wait = min(max(wait, policy.least), most)
    return pace, poll.at + max(wait * (1 - _EARLY), min(poll.retry_after or timedelta(0), RETRY_MOST))


def _interval(before: Pace, poll: Poll, policy: Policy) -> tuple[timedelta, bool]:
    """The interval as learnt, and whether all that was named is new."""
    if before.interval is None or before.polled_at is None:
        return FIRST_POLL, False
    if not poll.news:
        return before.interval * SLOWER, False
    if not poll.named:
        # An index tells that there are new pages, and not how many: polled so, every second time it has changed.
        return before.interval / SLOWER, False
    since = max(poll.at - before.polled_at, timedelta(minutes=1))
    wanted = since * (NEWS_A_POLL / poll.news)
    if poll.news >= poll.named:
        return min(wanted, before.interval * QUICKER), True
    return min(max(wanted, before.interval * QUICKER), before.interval * SLOWER), False
