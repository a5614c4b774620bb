"""Retry-After, as RFC 9110, 10.2.3 has it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 24 * 3600.0
"""Seconds that a host is believed at most: one that names a year would be forgotten."""

_MOST_DIGITS = 12


def retry_after(stated: str | None, date: str | None, now: datetime) -> float | None:
    """Seconds for which an answer asks to be left alone, at most LONGEST; None where it asks for nothing to come.

    `stated` is the value of Retry-After, seconds or an HTTP date; `date` that of the answer's Date, by which the
    server's clock is known, else `now` counts (the run's clock, aware). What is past, nought, or neither number nor
    date asks for nothing.
    """
    value = (stated or "").strip()
    if value.isascii() and value.isdigit():
        # Python refuses to read numbers of thousands of digits.
        seconds = float(value) if len(value) <= _MOST_DIGITS else LONGEST
    else:
        until = _instant(value)
        if until is None:
            return None
        seconds = (until - (_instant(date or "") or now)).total_seconds()
    return min(seconds, LONGEST) if seconds > 0 else None


def _instant(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
