"""Days and instants on the command line."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time, timedelta


def since(text: str) -> datetime:
    """The beginning of a day (UTC), or an instant with its offset. Raises argparse.ArgumentTypeError for others."""
    return _instant(text, timedelta(0))


def until(text: str) -> datetime:
    """The same with the end of the day."""
    return _instant(text, timedelta(days=1))


def _instant(text: str, end_of_day: timedelta) -> datetime:
    """A day (UTC) or an instant with its offset."""
    try:
        if len(text) == len("2026-01-31"):
            return datetime.combine(date.fromisoformat(text), time(tzinfo=UTC)) + end_of_day
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no day such as 2026-01-31, and no instant") from error
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} states no offset; write one, such as {text}+00:00")
    return instant
