"""When a URL is due again after what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from newscrawl.items import Disposition

MAX_TRIES = 5
FIRST_DELAY = timedelta(hours=1)
ROBOTS_UNREACHABLE = "robots.txt unreachable"
"""Begins the reason of a block that passes: the host could not say what it allows."""

# Ends that another try may mend: the network, a server in trouble, a page that took too long.
_TRANSIENT = frozenset({Disposition.FAILED, Disposition.TIMED_OUT, Disposition.TRUNCATED})


def next_due(disposition: Disposition, tries: int, now: datetime, reason: str | None = None) -> datetime | None:
    """When a URL that was tried `tries` times (from 1, this one counted) is due again; None: not by itself.

    A transient end is due after 1, 2, 4 and 8 hours, which outlasts an outage of half a day, and is given up with the
    fifth try. Every other end is an answer: the URL is due again when discovery names it anew or it is asked for by
    hand. A block is transient when its `reason` begins with ROBOTS_UNREACHABLE.
    `now` is the run's clock, aware.
    """
    passes = disposition in _TRANSIENT or (reason or "").startswith(ROBOTS_UNREACHABLE)
    if not passes or tries >= MAX_TRIES:
        return None
    return now + FIRST_DELAY * (1 << (max(tries, 1) - 1))
