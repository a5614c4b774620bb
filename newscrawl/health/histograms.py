"""Lengths and durations as counts by size: they add up over runs and days, as medians do not.

A bin is a quarter of an octave, so that what is read back is within 9 % of what went in.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

Histogram = Mapping[int, int]
"""How many values fell into each bin; bin b holds those around 2 ** (b / 4)."""


def bin_of(value: float) -> int:
    """The bin of a value; what is less than 1 counts as 1."""
    return round(4 * math.log2(max(value, 1.0)))


def middle(number: int) -> float:
    """The value in the middle of a bin."""
    return float(2 ** (number / 4))


def added(histograms: Iterable[Histogram]) -> Counter[int]:
    """All of them as one."""
    total: Counter[int] = Counter()
    for histogram in histograms:
        total.update(histogram)
    return total


def quantile(histogram: Histogram, share: float) -> float | None:
    """The value below which that share of the values lies, such as 0.5 for the median; None of nothing."""
    wanted = share * sum(histogram.values())
    below = 0
    for number in sorted(histogram):
        below += histogram[number]
        if below >= wanted:
            return middle(number)
    return None


def below(histogram: Histogram, value: float) -> int:
    """How many values lie in bins under the value's own."""
    return sum(count for number, count in histogram.items() if number < bin_of(value))
