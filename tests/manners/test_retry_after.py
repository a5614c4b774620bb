from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.manners.retry_after import LONGEST, retry_after

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Mon, 23 Nov 2026 12:02:00 GMT", 120.0),
        ("Monday, 23-Nov-26 12:02:00 GMT", 120.0),
        ("Mon, 23 Nov 2026 14:02:00 +0200", 120.0),
        ("86401", LONGEST),
        ("9" * 5000, LONGEST),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
    ],
)
def test_seconds_and_dates_are_read_and_bounded(stated: str, seconds: float) -> None:
    assert retry_after(stated, None, NOW) == seconds


@pytest.mark.parametrize(
    "stated",
    [None, "", "0", "-5", "1.5", "soon", "٣٠", "Mon, 23 Nov 2026 11:59:59 GMT", "Mon, 99 Nov 2026 12:00:00 GMT", "1 2"],
)
def test_what_is_past_or_no_time_asks_for_nothing(stated: str | None) -> None:
    assert retry_after(stated, None, NOW) is None


def test_a_date_counts_from_the_servers_clock_where_the_answer_tells_it() -> None:
    stated = "Mon, 23 Nov 2026 09:02:00 GMT"
    assert retry_after(stated, None, NOW) is None
    assert retry_after(stated, "Mon, 23 Nov 2026 09:00:00 GMT", NOW) == 120.0
    assert retry_after("Mon, 23 Nov 2026 12:02:00 GMT", "yesterday", NOW) == 120.0
