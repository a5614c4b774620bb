from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.clock import clock
from newscrawl.exceptions import ConfigurationError


def test_fixed_clock_stands_still_and_tells_utc() -> None:
    now = clock("2026-01-31T14:00:00+02:00")
    assert now() == now() == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert now().utcoffset() == timedelta(0)


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_a_fixed_instant_the_machine_tells(nothing: str | None) -> None:
    before = datetime.now(UTC)
    assert before <= clock(nothing)() <= datetime.now(UTC)


@pytest.mark.parametrize("text", ["yesterday", "2026-01-31T12:00:00", "2026-01-31", "1769860800"])
def test_what_is_no_instant_is_told(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"NEWSCRAWL_NOW=.*with its offset"):
        clock(text)
