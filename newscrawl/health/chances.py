"""How likely a count is by chance alone.

Numbers of articles are counts of events: Poisson, with a variance that is a multiple (the dispersion) of the mean where
events come in bursts, which is the negative binomial distribution (Cameron and Trivedi, Regression Analysis of Count
Data, NB1). Shares are binomial. Tails are summed from the exact probabilities, for counts here are often below ten,
where a normal approximation says nothing.
"""

from __future__ import annotations

import math

_LEAST_DISPERSION = 1.001
_ENOUGH_TERMS = 1e-17
_LARGE = 2_000


def count_at_most(count: int, mean: float, dispersion: float) -> float:
    """Chance of so few events or fewer, where so many are expected; `dispersion` is the variance over the mean."""
    if mean <= 0:
        return 1.0
    if mean > _LARGE:
        return _normal(count + 0.5 - mean, mean * dispersion)
    size, quotient = _shape(mean, dispersion)
    term = math.exp(_log_probability(count, size, quotient))
    total = term
    for number in range(count, 0, -1):
        term *= number / ((number - 1 + size) * quotient)
        total += term
        if term < total * _ENOUGH_TERMS:
            break
    return min(total, 1.0)


def count_at_least(count: int, mean: float, dispersion: float) -> float:
    """Chance of so many events or more."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if mean > _LARGE:
        return _normal(mean - count + 0.5, mean * dispersion)
    if count <= mean:
        return 1.0 - count_at_most(count - 1, mean, dispersion)
    size, quotient = _shape(mean, dispersion)
    term = math.exp(_log_probability(count, size, quotient))
    total, number = term, count
    while term > total * _ENOUGH_TERMS:
        term *= (number + size) * quotient / (number + 1)
        number += 1
        total += term
    return min(total, 1.0)


def share_at_most(count: int, of: int, share: float) -> float:
    """Chance that so few or fewer of `of` have what each has with probability `share`."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 1.0 if count >= of else 0.0
    total = 0.0
    for number in range(count, -1, -1):
        term = math.exp(_log_binomial(number, of, share))
        total += term
        if number < share * of and term < total * _ENOUGH_TERMS:
            break
    return min(total, 1.0)


def share_at_least(count: int, of: int, share: float) -> float:
    """Chance that so many or more of `of` have it."""
    return share_at_most(of - count, of, 1 - share)


def _shape(mean: float, dispersion: float) -> tuple[float, float]:
    """Size and quotient of the negative binomial distribution: P(k) = C(k + size - 1, k) (1 - q)^size q^k."""
    dispersion = max(dispersion, _LEAST_DISPERSION)
    return mean / (dispersion - 1), (dispersion - 1) / dispersion


def _log_probability(count: int, size: float, quotient: float) -> float:
    ways = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
    return ways + size * math.log1p(-quotient) + count * math.log(quotient)


def _log_binomial(count: int, of: int, share: float) -> float:
    ways = math.lgamma(of + 1) - math.lgamma(count + 1) - math.lgamma(of - count + 1)
    return ways + count * math.log(share) + (of - count) * math.log1p(-share)


def _normal(distance: float, variance: float) -> float:
    return 0.5 * math.erfc(-distance / math.sqrt(2 * variance))
