from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.discovery.revisits import FIRST_DELAY, MAX_TRIES, ROBOTS_UNREACHABLE, next_due
from newscrawl.items import Disposition

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRANSIENT = {Disposition.FAILED, Disposition.TIMED_OUT, Disposition.TRUNCATED}


@pytest.mark.parametrize("disposition", sorted(TRANSIENT))
def test_transient_ends_wait_twice_as_long_each_time_and_end(disposition: Disposition) -> None:
    delays = [due - NOW if (due := next_due(disposition, tries, NOW)) else None for tries in range(1, 8)]
    hours = [timedelta(hours=count) for count in (1, 2, 4, 8)]
    assert delays == [*hours, None, None, None]


@pytest.mark.parametrize("disposition", sorted(set(Disposition) - TRANSIENT))
def test_answers_are_final(disposition: Disposition) -> None:
    assert next_due(disposition, 1, NOW) is None


def test_a_block_that_passes_is_due_again() -> None:
    reason = f"{ROBOTS_UNREACHABLE}: http 503"
    assert next_due(Disposition.BLOCKED, 1, NOW, reason) == NOW + FIRST_DELAY
    assert next_due(Disposition.BLOCKED, MAX_TRIES, NOW, reason) is None
    assert next_due(Disposition.BLOCKED, 1, NOW, "robots") is None
