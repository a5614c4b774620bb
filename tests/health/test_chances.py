"""Tails against sums of probabilities that are worked out otherwise."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist

import pytest

from newscrawl.health.chances import count_at_least, count_at_most, share_at_least, share_at_most


def poisson(count: int, mean: float) -> float:
    return math.exp(-mean) * math.fsum(mean**number / math.factorial(number) for number in range(count + 1))


@pytest.mark.parametrize("mean", [0.1, 1.0, 7.5, 40.0])
@pytest.mark.parametrize("count", [0, 1, 5, 30])
def test_counts_without_bursts_are_poisson(count: int, mean: float) -> None:
    assert count_at_most(count, mean, 1.0) == pytest.approx(poisson(count, mean), rel=0.05)
    if count:
        assert count_at_least(count, mean, 1.0) == pytest.approx(1 - poisson(count - 1, mean), rel=0.2, abs=1e-14)


@pytest.mark.parametrize(("mean", "dispersion"), [(3.0, 2.0), (12.0, 4.0), (0.5, 1.5)])
def test_counts_with_bursts_have_their_mean_and_variance(mean: float, dispersion: float) -> None:
    at_most = [count_at_most(count, mean, dispersion) for count in range(400)]
    chances = [at_most[0], *(b - a for a, b in pairwise(at_most))]
    average = math.fsum(count * chance for count, chance in enumerate(chances))
    variance = math.fsum((count - average) ** 2 * chance for count, chance in enumerate(chances))
    assert average == pytest.approx(mean)
    assert variance == pytest.approx(mean * dispersion)
    assert math.fsum(chances) == pytest.approx(1)


@pytest.mark.parametrize("count", [0, 3, 8, 20])
def test_both_sides_make_one(count: int) -> None:
    both = count_at_most(count, 8.0, 3.0) + count_at_least(count + 1, 8.0, 3.0)
    assert both == pytest.approx(1)


def test_large_counts_go_on_where_small_ones_end() -> None:
    exact, normal = count_at_most(1800, 1999.0, 5.0), count_at_most(1802, 2001.0, 5.0)
    assert exact == pytest.approx(normal, rel=0.2)
    assert count_at_most(0, 5000.0, 2.0) < 1e-100


@pytest.mark.parametrize(("count", "of", "share"), [(0, 10, 0.3), (4, 12, 0.8), (90, 100, 0.95), (700, 1000, 0.7)])
def test_shares_are_binomial(count: int, of: int, share: float) -> None:
    exact = math.fsum(math.comb(of, n) * share**n * (1 - share) ** (of - n) for n in range(count + 1))
    assert share_at_most(count, of, share) == pytest.approx(exact, rel=1e-9)
    assert share_at_least(count + 1, of, share) == pytest.approx(1 - exact, rel=1e-6, abs=1e-12)


def test_certain_shares() -> None:
    assert share_at_most(9, 10, 1.0) == 0.0
    assert share_at_most(10, 10, 1.0) == 1.0
    assert share_at_least(0, 10, 0.0) == 1.0
    assert share_at_most(0, 0, 0.5) == 1.0


def test_many_articles_are_near_to_normal() -> None:
    of, share = 20_000, 0.4
    near = NormalDist(of * share, math.sqrt(of * share * (1 - share))).cdf(7_800.5)
    assert share_at_most(7_800, of, share) == pytest.approx(near, rel=0.05)
