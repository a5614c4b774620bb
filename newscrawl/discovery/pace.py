"""How long an answer, or a feed itself, asks to be left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from newscrawl.items import header

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})(?!\d)", re.IGNORECASE)
_NO_STORE = re.compile(r"\bno-(?:store|cache)\b", re.IGNORECASE)
# RSS 1.0 Syndication module: the period in which so many updates come.
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_LONGEST = 10**7


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the answer counts as fresh (RFC 9111, 5.2.2.1 and 5.3), by max-age, else Expires; None when it says
    nothing.

    `now` stands in for a Date that the answer does not give.
    """
    control = header(headers, "cache-control") or ""
    if _NO_STORE.search(control):
        return None
    stated = _MAX_AGE.search(control)
    if stated:
        return timedelta(seconds=int(stated[1]))
    expires = _date(header(headers, "expires"))
    fresh = expires - (_date(header(headers, "date")) or now) if expires else timedelta(0)
    return fresh if fresh > timedelta(0) else None


def pause_of_feed(stated: Mapping[str, str]) -> timedelta | None:
    """How seldom a feed says that it changes: RSS 2.0's `ttl` in minutes, else `updateperiod` and `updatefrequency` of
    the syndication module, by their names in lower case; None when it says nothing that can be read.
    """
    ttl = _whole(stated.get("ttl"))
    if ttl:
        return timedelta(minutes=ttl)
    period = _PERIODS.get(stated.get("updateperiod", "").strip().lower())
    return period / (_whole(stated.get("updatefrequency")) or 1) if period else None


def _whole(stated: str | None) -> int:
    stated = (stated or "").strip()
    return min(int(stated[:9]), _LONGEST) if stated.isdecimal() and stated.isascii() else 0


def _date(stated: str | None) -> datetime | None:
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        time = parsedate_to_datetime(stated or "")
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return None
