"""Each kind of finding on a source that it befalls, and how often a source that nothing befalls is found."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from newscrawl.health.figures import DAY, Day, Finding, History, Kind
from newscrawl.health.judging import Incident, follow, judge
from newscrawl.sources.source import Expect
from tests.health.simulated import BEGIN, WEEKENDS, Change, Outlet, changed, false_alarms, found, history, noon, up_to

LEARNT = 42
"""Days after which something befalls a source."""
THEN = BEGIN + LEARNT * DAY

USUAL = Outlet(rate=20, dispersion=2, authors=0.8, related_links=0.6)


def first_found(history: History, kind: Kind, within: int) -> tuple[int, Finding]:
    """After how many days it is found, and as what; nothing is found before."""
    assert found(history, THEN) == []
    for days in range(1, within + 1):
        findings = [finding for finding in found(history, THEN + days * DAY) if finding.kind == kind]
        if findings:
            return days, findings[0]
    raise AssertionError(f"{kind} was not found within {within} days")


def without(name: str, share: float = 0.0) -> Change:
    return lambda day: replace(day, **{name: round(getattr(day, name) * share)})


def silent(day: Day) -> Day:
    return Day(asked=day.asked, last_asked_at=day.last_asked_at)


def stale(day: Day) -> Day:
    return Day(asked=day.asked, last_asked_at=day.last_asked_at, stored=3, authors=2, published_at=3, related_links=2)


def flooded(day: Day) -> Day:
    return replace(day, published=day.published * 6 + 30)


def template_of_walls(day: Day) -> Day:
    return replace(day, characters={28: day.stored})


def copied(day: Day) -> Day:
    return replace(day, duplicates=round(day.stored * 0.9))


def failing(day: Day) -> Day:
    return replace(day, unanswered=day.asked, fetched=0, failed=0, published=0, stored=0, characters={})


def half_failing(day: Day) -> Day:
    return replace(day, fetched=day.fetched + 20, failed=day.fetched + 10)


INCIDENTS = [
    pytest.param(silent, Kind.SILENT, 3, id="silent"),
    pytest.param(stale, Kind.STALE, 3, id="stale"),
    pytest.param(without("published", 0.3), Kind.VOLUME_DROP, 5, id="drop to a third"),
    pytest.param(flooded, Kind.FLOOD, 2, id="flood"),
    pytest.param(without("authors"), Kind.COVERAGE_DROP, 2, id="no more authors"),
    pytest.param(without("authors", 0.3), Kind.COVERAGE_DROP, 5, id="two of three authors"),
    pytest.param(without("published_at"), Kind.COVERAGE_DROP, 2, id="no more dates"),
    pytest.param(without("related_links"), Kind.COVERAGE_DROP, 3, id="no more related links"),
    pytest.param(template_of_walls, Kind.SHORT_BODIES, 2, id="short bodies"),
    pytest.param(copied, Kind.DUPLICATES, 2, id="copies"),
    pytest.param(failing, Kind.ERRORS, 3, id="every request fails"),
    pytest.param(half_failing, Kind.ERRORS, 3, id="half the pages fail"),
]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("change", "kind", "within"), INCIDENTS)
def test_incident_is_found_and_dated(change: Change, kind: Kind, within: int, seed: int) -> None:
    befallen = changed(history(USUAL, LEARNT + 10, random.Random(seed)), THEN, change)
    days, finding = first_found(befallen, kind, within)
    assert abs((finding.since - THEN).days) <= max(days, 1), finding
    assert finding.source == "post"
    assert finding.figures
    assert finding.remedy


@pytest.mark.parametrize(("change", "kind", "within"), INCIDENTS)
def test_incident_is_over_when_it_is_over(change: Change, kind: Kind, within: int) -> None:
    last = THEN + (within + 1) * DAY
    befallen = changed(history(USUAL, LEARNT + 40, random.Random(6)), THEN, change, last)
    assert [finding.kind for finding in found(befallen, last + 20 * DAY)] == []


def test_one_incident_is_told_as_one_thing() -> None:
    befallen = changed(history(USUAL, LEARNT + 10, random.Random(7)), THEN, silent)
    kinds = [finding.kind for finding in found(befallen, THEN + 9 * DAY)]
    assert kinds == [Kind.SILENT]


def test_silence_does_not_become_what_is_normal() -> None:
    befallen = changed(history(USUAL, 180, random.Random(8)), THEN, silent)
    assert [finding.kind for finding in found(befallen, BEGIN + 179 * DAY)] == [Kind.SILENT]
    assert found(befallen, BEGIN + 179 * DAY)[0].since in (THEN, THEN - DAY)


def test_rare_source_may_rest_for_weeks_and_not_for_ever() -> None:
    rare = history(Outlet(rate=1, weekdays=WEEKENDS[0]), 70, random.Random(9))
    befallen = changed(rare, BEGIN + 50 * DAY, silent)
    assert found(befallen, BEGIN + 55 * DAY) == []
    longer = replace(
        befallen,
        days={**befallen.days, **{BEGIN + n * DAY: silent(befallen.day(BEGIN + 60 * DAY)) for n in range(70, 90)}},
    )
    asked = {day: replace(was, last_asked_at=noon(day)) for day, was in longer.days.items()}
    assert [finding.kind for finding in found(replace(longer, days=asked), BEGIN + 89 * DAY)] == [Kind.SILENT]


def test_days_on_which_nobody_asked_say_nothing() -> None:
    whole = history(USUAL, LEARNT + 10, random.Random(10))
    gap = {day: was for day, was in whole.days.items() if not THEN <= day < THEN + 6 * DAY}
    assert found(replace(whole, days=gap), THEN + 7 * DAY) == []


def test_day_that_may_not_be_whole_yet_is_not_judged() -> None:
    whole = history(replace(USUAL, rate=300), LEARNT + 1, random.Random(11))
    befallen = changed(whole, THEN, silent)
    day = THEN + DAY
    early = replace(up_to(befallen, day), days={**befallen.days, day: Day(asked=1, last_asked_at=noon(day) - DAY / 3)})
    assert judge([early], [], noon(day)) == []
    assert [finding.kind for finding in found(befallen, day)] == [Kind.SILENT]


@pytest.mark.parametrize(
    ("expect", "kind"),
    [
        (Expect(articles_per_day=60), Kind.VOLUME_DROP),
        (Expect(authors=0.99), Kind.COVERAGE_DROP),
        (Expect(published_at=1.0), Kind.COVERAGE_DROP),
        (Expect(related_links=0.9), Kind.COVERAGE_DROP),
        (Expect(body_characters=4000), Kind.SHORT_BODIES),
    ],
)
def test_promise_is_held_against_without_any_past(expect: Expect, kind: Kind) -> None:
    young = history(replace(USUAL, weekdays=WEEKENDS[0], published_at=0.9), 12, random.Random(12), expect=expect)
    (finding,) = found(young, BEGIN + 12 * DAY)
    assert finding.kind == kind
    assert "promises" in finding.figures


def test_kept_promises_are_no_finding() -> None:
    expect = Expect(articles_per_day=15, authors=0.75, published_at=0.97, related_links=0.5, body_characters=2000)
    assert found(history(USUAL, 60, random.Random(13), expect=expect), BEGIN + 60 * DAY) == []


def test_promised_source_is_silent_without_any_past() -> None:
    nothing = changed(history(USUAL, 10, random.Random(14), expect=Expect(articles_per_day=10)), BEGIN, silent)
    assert [finding.kind for finding in found(nothing, BEGIN + 5 * DAY)] == [Kind.SILENT]


def test_source_that_never_brought_anything() -> None:
    nothing = changed(history(USUAL, 20, random.Random(15)), BEGIN, silent)
    assert found(nothing, BEGIN + 10 * DAY) == []
    assert [finding.kind for finding in found(nothing, BEGIN + 18 * DAY)] == [Kind.SILENT]


def test_source_that_was_never_asked() -> None:
    (finding,) = judge([History(source="post", days={})], [], noon(BEGIN))
    assert finding.kind == Kind.NEVER_RAN
    assert "sources=post" in finding.remedy


def test_source_that_is_no_longer_asked() -> None:
    whole = history(USUAL, LEARNT, random.Random(16))
    assert judge([whole], [], noon(THEN + DAY)) == []
    (finding,) = judge([whole], [], noon(THEN + 5 * DAY))
    assert (finding.kind, finding.since) == (Kind.NOT_ASKED, THEN)


def test_other_level_becomes_what_is_normal() -> None:
    befallen = changed(history(USUAL, LEARNT + 70, random.Random(17)), THEN, without("published", 0.3))
    assert found(befallen, THEN + 7 * DAY) != []
    assert found(befallen, THEN + 69 * DAY) == []


def test_incident_is_told_when_it_begins_and_when_it_ends() -> None:
    befallen = changed(history(USUAL, LEARNT + 20, random.Random(18)), THEN, silent, THEN + 5 * DAY)
    lasting: list[Incident] = []
    told: list[tuple[int, str, str]] = []
    for number in range(16):
        day = THEN + number * DAY
        for now in (noon(day), noon(day) + DAY / 4):
            changes = follow(lasting, judge([up_to(befallen, day)], [], now), {"post"}, now)
            told += [(number, "began", finding.subject[0]) for finding in changes.began]
            told += [(number, "ended", incident.finding.subject[0]) for incident in changes.ended]
            again = {old.finding.subject for old, _ in changes.lasting}
            lasting = [
                *(old for old in lasting if old.finding.subject not in again and old not in changes.ended),
                *(Incident(number=1, finding=one, began_at=now, seen_at=now) for one in changes.began),
                *(replace(old, finding=one, seen_at=now) for old, one in changes.lasting),
            ]
    assert [(what, kind) for _, what, kind in told] == [("began", Kind.SILENT), ("ended", Kind.SILENT)]
    assert told[0][0] <= 3
    assert 7 <= told[1][0] <= 10


def test_incident_of_a_source_that_was_not_looked_at_lasts() -> None:
    befallen = changed(history(USUAL, LEARNT + 10, random.Random(19)), THEN, silent)
    (finding,) = found(befallen, THEN + 5 * DAY)
    began = noon(THEN + 5 * DAY)
    incident = Incident(number=1, finding=finding, began_at=began, seen_at=began)
    later = began + 3 * DAY
    assert follow([incident], [], {"other"}, later).ended == []
    assert follow([incident], [], {"post"}, later).ended == [incident]


FALSE_ALARMS = 1.0
"""Most false alarms a month among three dozen sources."""


def test_hardly_any_false_alarm() -> None:
    assert false_alarms(1, sources=6, days=60) == []


@pytest.mark.slow
def test_at_most_one_false_alarm_a_month_among_three_dozen_sources() -> None:
    alarms = false_alarms(20261123, sources=36, days=134)
    assert len(alarms) / (134 / 30) <= FALSE_ALARMS, alarms
