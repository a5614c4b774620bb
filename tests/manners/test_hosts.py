from __future__ import annotations

from datetime import timedelta

import pytest

from newscrawl.manners.hosts import FAILURE_WINDOW, FIRST_REST, LONGEST_PAUSE, LONGEST_REST, Host, Patience

PATIENCE = Patience(seconds=300.0, failures=5, longest_delay=180.0)


@pytest.fixture
def host() -> Host:
    return Host(PATIENCE)


def pauses(host: Host, asked: list[float | None]) -> list[float]:
    """The pause after each refusal, each of which comes when the pause before is over."""
    at, lasted = 1000.0, []
    for seconds in asked:
        if not host.refused(at, seconds):
            break
        lasted.append(host.paused_until - at)
        at = host.paused_until
    return lasted


def test_refusals_in_a_row_pause_for_twice_as_long_until_the_runs_patience_is_spent(host: Host) -> None:
    lasted = pauses(host, [None] * 20)
    assert lasted == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 120.0]
    assert max(lasted) == LONGEST_PAUSE
    assert sum(lasted) <= PATIENCE.seconds < sum(lasted) + LONGEST_PAUSE


def test_what_the_host_asks_for_is_kept(host: Host) -> None:
    assert pauses(host, [30.0]) == [30.0]


def test_a_short_time_asked_for_again_and_again_grows(host: Host) -> None:
    assert pauses(host, [2.0, 2.0, 2.0, 2.0]) == [2.0, 2.0, 4.0, 8.0]


def test_a_host_that_asks_for_more_than_the_run_waits_is_to_rest_at_once(host: Host) -> None:
    assert not host.refused(1000.0, 301.0)
    assert host.rest(3 * 3600.0) == timedelta(hours=3)
    assert host.resting


def test_pauses_count_together_whatever_comes_between(host: Host) -> None:
    for _ in range(2):
        assert host.refused(host.paused_until, 150.0)
        host.answered()
    assert not host.refused(host.paused_until, 1.0)


def test_refusals_of_what_was_asked_together_are_waited_for_once(host: Host) -> None:
    assert all(host.refused(1000.0, 200.0) for _ in range(4))
    assert host.paused_until == 1200.0


def test_the_delay_doubles_up_to_a_bound_and_is_eased_back_by_good_answers(host: Host) -> None:
    delays = []
    for _ in range(5):
        host.refused(host.paused_until, None)
        delays.append(host.delay)
    assert delays == [2.0, 4.0, 8.0, 16.0, 32.0]
    eased = []
    while host.delay:
        host.answered()
        eased.append(host.delay)
    assert eased == sorted(eased, reverse=True)
    assert 20 < len(eased) < 50
    slow = Host(Patience(seconds=300.0, failures=5, longest_delay=3.0))
    for _ in range(5):
        slow.refused(slow.paused_until, None)
    assert slow.delay == 3.0


def test_failures_in_a_row_put_it_to_rest(host: Host) -> None:
    assert [host.failed(float(at)) for at in range(5)] == [True, True, True, True, False]


def test_an_answer_between_failures_lets_them_be_forgotten(host: Host) -> None:
    assert all(host.failed(float(at)) for at in range(4))
    host.answered()
    assert all(host.failed(float(at)) for at in range(4))


def test_failures_of_long_ago_do_not_count(host: Host) -> None:
    assert all(host.failed(at * FAILURE_WINDOW / 4) for at in range(20))


def test_nought_failures_mean_that_it_never_rests_for_them() -> None:
    host = Host(Patience(seconds=300.0, failures=0, longest_delay=180.0))
    assert all(host.failed(float(at)) for at in range(100))


def test_rests_grow_from_run_to_run_and_are_bounded() -> None:
    lengths = []
    for rests in range(9):
        host = Host(PATIENCE, rests=rests)
        lengths.append(host.rest())
        assert host.rests == rests + 1
    assert lengths[:4] == [FIRST_REST, FIRST_REST * 2, FIRST_REST * 4, FIRST_REST * 8]
    assert lengths[-1] == LONGEST_REST
    assert Host(PATIENCE, rests=10**9).rest() == LONGEST_REST
    assert Host(PATIENCE).rest(10.0**9) == timedelta(days=1)


@pytest.mark.parametrize("way", ["failed", "refused"])
def test_a_host_on_trial_rests_with_the_first_failure_or_refusal(way: str) -> None:
    host = Host(PATIENCE, rests=1)
    assert host.on_trial
    assert not (host.failed(1.0) if way == "failed" else host.refused(1.0, None))
    host.rest()
    assert not host.on_trial


def test_a_host_on_trial_is_back_with_its_first_answer() -> None:
    host = Host(PATIENCE, rests=3)
    host.answered()
    assert not host.on_trial
    assert host.failed(1.0)
    assert host.rest() == FIRST_REST * 8, "where one address answers and the others hang, rests grow all the same"
