from __future__ import annotations

from collections.abc import Sequence

import pytest

from newscrawl.health.figures import DAY, Kind, Severity, Space
from newscrawl.health.space import bytes_a_day, days_until_full, in_bytes, judge_space
from tests.health.simulated import BEGIN, noon

GB = 1_000_000_000


def spaces(free: Sequence[float], archive: Sequence[float] | None = None) -> list[Space]:
    """Days with so many GB free, and so many in the archive."""
    archive = archive or [0.0] * len(free)
    return [
        Space(day=BEGIN + n * DAY, database=GB, archive=round(b * GB), free=round(a * GB), total=500 * GB)
        for n, (a, b) in enumerate(zip(free, archive, strict=True))
    ]


def kinds(days: list[Space]) -> list[tuple[Kind, Severity]]:
    return [(finding.kind, finding.severity) for finding in judge_space(days, noon(days[-1].day))]


def test_disk_that_lasts_is_no_finding() -> None:
    assert kinds(spaces([400 - n for n in range(20)])) == []
    assert kinds(spaces([400.0])) == []
    assert list(judge_space([], noon(BEGIN))) == []


@pytest.mark.parametrize(("free", "severity"), [(12, Severity.WARNING), (11 + 2, Severity.WARNING)])
def test_disk_that_will_be_full_in_two_weeks(free: int, severity: Severity) -> None:
    assert kinds(spaces([free + 10 - n for n in range(11)])) == [(Kind.DISK_FULL, severity)]


def test_disk_that_will_be_full_in_two_days() -> None:
    (finding,) = judge_space(spaces([60 - 6 * n for n in range(9)]), noon(BEGIN + 8 * DAY))
    assert finding.severity is Severity.ERROR
    assert "full in 2.0 days at 6.0 GB a day" in finding.figures


def test_disk_that_is_full_already_is_told_at_once() -> None:
    assert kinds(spaces([5])) == [(Kind.DISK_FULL, Severity.ERROR)]


def test_one_large_day_or_clearing_up_does_not_bend_the_slope() -> None:
    days = spaces([400, 399, 398, 350, 349, 348, 347, 346, 345, 480])
    assert bytes_a_day(days) == pytest.approx(GB, rel=0.5)
    left = days_until_full(days)
    assert left is not None
    assert left > 200


def test_disk_that_empties_is_never_full() -> None:
    assert days_until_full(spaces([100, 110, 120, 130])) is None


def grown(growths: Sequence[float]) -> list[Space]:
    archive = [sum(growths[:n]) for n in range(len(growths) + 1)]
    return spaces([400.0] * len(archive), archive)


def test_archive_that_grows_unlike_before() -> None:
    usual = [1.0, 1.2, 0.9, 1.1, 0.4, 0.5, 1.0] * 3
    today = [0.1]
    assert kinds(grown(usual + today)) == []
    assert kinds(grown([*usual, 9.0, *today])) == [], "one such day may be anything"
    assert kinds(grown([*usual, 9.0, 9.0, *today])) == [(Kind.ARCHIVE_GROWTH, Severity.WARNING)]
    assert kinds(grown([*usual, 9.0, 9.0, 1.0, *today])) == []


def test_archive_that_moves_to_a_store_does_not_alarm() -> None:
    days = spaces([400.0] * 30, [n % 5 for n in range(30)])
    assert kinds(days) == []


def test_bytes_as_one_reads_them() -> None:
    assert [in_bytes(number) for number in (0, 999, 1500, 2.5e9, 3e12, 4e15)] == [
        "0 B", "999 B", "1.5 kB", "2.5 GB", "3.0 TB", "4000.0 TB",
    ]  # fmt: skip
