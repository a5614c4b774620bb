from __future__ import annotations

from collections import Counter
from statistics import median

import pytest

from newscrawl.health.histograms import added, below, bin_of, middle, quantile


@pytest.mark.parametrize("value", [1, 3, 150, 2_499, 80_000])
def test_value_comes_back_within_nine_percent(value: float) -> None:
    assert middle(bin_of(value)) == pytest.approx(value, rel=0.091)


def test_median_of_days_together_is_that_of_their_values() -> None:
    days = [[300, 900, 2000, 4000], [2500], [100, 2700, 3100]]
    histograms = [Counter(map(bin_of, day)) for day in days]
    everything = sorted(value for day in days for value in day)
    found = quantile(added(histograms), 0.5)
    assert found == pytest.approx(median(everything[3:4]), rel=0.091)


def test_nothing_has_no_median() -> None:
    assert quantile({}, 0.5) is None


def test_shorter_ones_are_counted() -> None:
    lengths = Counter(map(bin_of, [100, 200, 1000, 5000]))
    assert below(lengths, 1000) == 2
    assert below(lengths, 0) == 0
