from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from newscrawl.discovery.revisits import (
    AWAY,
    DEFAULT,
    FIRST_DELAY,
    FIRST_POLL,
    LEAST_POLL,
    MAX_TRIES,
    MOST_CHILD_POLL,
    MOST_POLL,
    QUICKER,
    RARELY,
    ROBOTS_UNREACHABLE,
    SELDOM,
    SLOWER,
    Pace,
    Policy,
    Poll,
    after_poll,
    anchor_of,
    article_goes_whole,
    counts_on,
    document_goes_whole,
    next_due,
    next_look,
)
from newscrawl.items import TO_HOME, Disposition
from newscrawl.sources.source import Revisits, Source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAIVE = NOW.replace(tzinfo=None)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRANSIENT = {Disposition.FAILED, Disposition.TIMED_OUT, Disposition.TRUNCATED}
SEEN = [
    Disposition.STORED_NEW,
    Disposition.STORED_REVISION,
    Disposition.UNCHANGED,
    Disposition.NOT_MODIFIED,
    Disposition.DUPLICATE,
]


@pytest.mark.parametrize("disposition", sorted(TRANSIENT))
def test_transient_ends_wait_twice_as_long_each_time_and_end(disposition: Disposition) -> None:
    delays = [due - NOW if (due := next_due(disposition, tries, NOW)) else None for tries in range(1, 8)]
    hours = [timedelta(hours=count) for count in (1, 2, 4, 8)]
    assert delays == [*hours, None, None, None]


@pytest.mark.parametrize("disposition", sorted(set(Disposition) - TRANSIENT))
def test_answers_of_what_is_no_article_are_final(disposition: Disposition) -> None:
    assert next_due(disposition, 1, NOW) is None


def test_a_block_that_passes_is_due_again() -> None:
    reason = f"{ROBOTS_UNREACHABLE}: http 503"
    assert next_due(Disposition.BLOCKED, 1, NOW, reason) == NOW + FIRST_DELAY
    assert next_due(Disposition.BLOCKED, MAX_TRIES, NOW, reason) is None
    assert next_due(Disposition.BLOCKED, 1, NOW, "robots") is None


@pytest.mark.parametrize("disposition", SEEN)
def test_an_article_is_looked_at_as_its_steps_say(disposition: Disposition) -> None:
    published, now, ages = NOW, NOW + timedelta(minutes=20), []
    for _ in range(4):
        due = next_due(disposition, 1, now, anchor=published)
        assert due is not None
        ages.append((due - published) / HOUR)
        now = due
    assert ages == [1, 6, 24, 168]
    assert next_due(disposition, 1, now, anchor=published, policy=Policy(articles=False)) is None


def test_a_step_that_is_nearly_over_counts_as_done() -> None:
    assert next_look(NOW - 40 * timedelta(minutes=1), NOW) == NOW - 40 * timedelta(minutes=1) + 6 * HOUR


def test_old_articles_are_looked_at_ever_more_seldom_and_not_all_on_one_day() -> None:
    waits = [next_look(NOW - age * DAY, NOW, key="a") - NOW for age in (7, 60, 100, 400, 9000)]
    assert waits == sorted(waits)
    assert all(RARELY * 0.9 <= wait <= SELDOM * 1.1 for wait in waits)
    spread = [next_look(NOW - 8 * DAY, NOW, key=f"a.example/{number}") - NOW for number in range(1000)]
    days = [round(wait / DAY) for wait in spread]
    assert {min(days), max(days)} == {27, 33}
    assert max(days.count(day) for day in set(days)) < 250


def test_an_article_that_fails_is_not_given_up() -> None:
    due = next_due(Disposition.FAILED, MAX_TRIES, NOW, anchor=NOW - HOUR)
    assert due == NOW + DAY
    old = next_due(Disposition.FAILED, MAX_TRIES, NOW, anchor=NOW - 30 * DAY)
    assert old is not None
    assert old > NOW + 20 * DAY


@pytest.mark.parametrize(
    ("disposition", "reason"),
    [(Disposition.GONE, "http 404"), (Disposition.NOT_ARTICLE, TO_HOME), (Disposition.BLOCKED, "robots"),
     (Disposition.REDIRECTED, None)],
)  # fmt: skip
def test_a_page_that_went_away_is_looked_at_rarely_and_then_not_at_all(
    disposition: Disposition, reason: str | None
) -> None:
    assert counts_on(disposition, reason)
    due = [next_due(disposition, tries, NOW, reason, anchor=NOW - 3 * HOUR) for tries in range(1, 7)]
    assert due == [*(NOW + wait for wait in AWAY), None, None]


@pytest.mark.parametrize(
    ("published", "modified", "known", "anchor"),
    [
        (NOW - HOUR, None, None, NOW - HOUR),
        (NOW - 9 * HOUR, NOW - HOUR, None, NOW - HOUR),
        (NOW + HOUR, None, None, NOW),
        (NOW - HOUR, None, NOW - timedelta(minutes=5), NOW - timedelta(minutes=5)),
        (date(2026, 11, 22), None, None, NOW),
        (date(2021, 8, 27), None, None, datetime(2021, 8, 27, tzinfo=UTC)),
        (NAIVE, None, None, NOW),
        (NAIVE - 1000 * DAY, None, None, NOW - 1000 * DAY),
        (date(2026, 11, 22), None, NOW - 7 * HOUR, NOW - 7 * HOUR),
        (None, None, None, NOW),
    ],
)  # fmt: skip
def test_looks_count_from_the_last_news(
    published: datetime | date | None, modified: datetime | None, known: datetime | None, anchor: datetime
) -> None:
    assert anchor_of(published, modified, known=known, changed_at=None, now=NOW) == anchor
    for changed_at in (NOW, NOW - 9 * DAY):
        assert anchor_of(published, modified, known=known, changed_at=changed_at, now=NOW) == changed_at


def polled(*news: int) -> list[timedelta]:
    """The intervals after polls that found so much new, each made when it was due."""
    pace, due, intervals = Pace(), NOW, []
    for number in news:
        pace, due = after_poll(pace, Poll(at=due, news=number, named=30))
        assert pace.interval is not None
        intervals.append(pace.interval)
    return intervals


def test_a_document_is_polled_by_what_was_new() -> None:
    quiet = polled(30, 0, 0)
    assert quiet == [FIRST_POLL, FIRST_POLL * SLOWER, FIRST_POLL * SLOWER**2]
    busy = polled(30, 8, 8, 8)
    assert busy == sorted(busy, reverse=True)
    assert busy[-1] == LEAST_POLL
    assert polled(30, *([0] * 30))[-1] == MOST_POLL


def test_a_steady_document_keeps_a_steady_interval() -> None:
    intervals = polled(30, *([1, 2] * 30))
    assert max(intervals[-10:]) < 4 * min(intervals[-10:])


def test_where_all_is_new_more_may_have_passed() -> None:
    pace = Pace(interval=8 * HOUR, polled_at=NOW - 8 * HOUR)
    after, due = after_poll(pace, Poll(at=NOW, news=30, named=30, pause=HOUR))
    assert after.interval is not None
    assert after.interval <= 8 * HOUR * QUICKER
    assert due < NOW + HOUR


def test_an_index_is_polled_about_twice_as_often_as_it_changes() -> None:
    pace, due, changed_at, every, polls = Pace(), NOW, NOW, 5 * HOUR, 0
    for _ in range(200):
        changes, polls = (due - changed_at) // every, polls + 1
        changed_at += changes * every
        pace, due = after_poll(pace, Poll(at=due, news=min(changes, 3), named=0, pause=HOUR))
    assert 1.5 < polls / ((due - NOW) / every) < 3
    assert pace.interval is not None
    assert pace.interval > HOUR


def test_what_a_document_asks_for_is_kept_up_to_an_hour() -> None:
    pace = Pace(interval=timedelta(minutes=20), polled_at=NOW - timedelta(minutes=20))
    poll = Poll(at=NOW, news=2, named=30)
    bare = after_poll(pace, poll)[1]
    assert bare < NOW + timedelta(minutes=20)
    for pause, wait in ((30, 27), (60, 54), (10_000, 54)):
        asked = Poll(at=NOW, news=2, named=30, pause=timedelta(minutes=pause))
        assert after_poll(pace, asked)[1] == NOW + timedelta(minutes=wait)


def test_a_document_that_fails_waits_ever_longer_and_keeps_its_pace() -> None:
    pace, waits = Pace(interval=2 * HOUR, polled_at=NOW - 2 * HOUR), []
    for _ in range(12):
        pace, due = after_poll(pace, Poll(at=NOW, failed=True))
        waits.append((due - NOW) / HOUR / 0.9)
    assert waits == pytest.approx([0.25, 0.5, 1, 2, *[4] * 8])
    assert (pace.interval, pace.failures) == (2 * HOUR, 12)
    pace, _ = after_poll(pace, Poll(at=NOW, news=0, named=30))
    assert pace.failures == 0


def test_retry_after_is_kept_up_to_a_day() -> None:
    for asked, wait in ((5 * HOUR, 5 * HOUR), (40 * DAY, DAY)):
        assert after_poll(Pace(), Poll(at=NOW, failed=True, retry_after=asked))[1] == NOW + wait


def test_a_sitemap_of_an_index_may_rest_for_a_month() -> None:
    pace, due = Pace(), NOW
    for _ in range(40):
        pace, due = after_poll(pace, Poll(at=due, news=0, named=9), is_child=True)
    assert pace.interval == MOST_CHILD_POLL


def source(**revisits: object) -> Source:
    return Source(
        source_id="a", outlet="A", homepage="https://a.example", country="xx", revisits=Revisits(**revisits)  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_source_says_otherwise() -> None:
    assert DEFAULT.of(source()) == DEFAULT
    assert DEFAULT.of(source(articles=False)).articles is False
    assert Policy(articles=False).of(source(articles=True)).articles is True
    assert DEFAULT.of(source(after_hours=(2.0, 48.0))).steps == (2 * HOUR, 48 * HOUR)
    own = DEFAULT.of(source(poll_least_minutes=2880))
    assert (own.least, own.most) == (2 * DAY, 2 * DAY)
    own = DEFAULT.of(source(poll_most_minutes=5))
    assert (own.least, own.most) == (timedelta(minutes=5), timedelta(minutes=5))
    assert DEFAULT.of(None).articles is False


def test_the_policy_asks_no_clock_and_no_storage() -> None:
    import newscrawl.discovery.revisits as module

    text = Path(module.__file__).read_text(encoding="utf-8")
    assert not any(name in text for name in ("datetime.now", "sqlalchemy", "scrapy", "import time", "random"))


def test_an_article_of_a_month_is_asked_for_whole() -> None:
    assert not article_goes_whole(None, NOW)
    assert not article_goes_whole(NOW - 30 * DAY + HOUR, NOW)
    assert article_goes_whole(NOW - 30 * DAY, NOW)
    # So all looks but those of the steps, and none of those.
    looks, at = [], NOW
    for _ in range(8):
        at = next_look(NOW, at, key="key")
        looks.append(article_goes_whole(NOW, at))
    assert looks == [False] * 4 + [True] * 4


@pytest.mark.parametrize(
    ("interval", "days", "least", "most"),
    [(10 * LEAST_POLL, 70, 10, 10), (MOST_POLL, 70, 9, 10), (DAY, 80, 9, 10), (MOST_CHILD_POLL, 30 * 80, 9, 10)],
)
def test_a_document_is_asked_for_whole_once_a_week_and_at_most_every_eighth_time(
    interval: timedelta, days: int, least: int, most: int
) -> None:
    at = NOW
    whole = 0
    while at < NOW + days * DAY:
        whole += document_goes_whole(Pace(interval=interval, polled_at=at), at + interval)
        at += interval
    assert least <= whole <= most
    assert not document_goes_whole(Pace(), NOW)
