"""The one clock. Everything that asks for the time is handed one of these; nothing else calls `now()`."""

from collections.abc import Callable
from datetime import UTC, datetime

from newscrawl.exceptions import ConfigurationError

Clock = Callable[[], datetime]


def clock(fixed: str | None) -> Clock:
    """A clock that stands still at the ISO 8601 instant `fixed`, or the machine's clock when there is none.

    Raises ConfigurationError for a text that is not an instant with its offset.
    """
    if not fixed:
        return lambda: datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(fixed)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ConfigurationError(
            f"NEWSCRAWL_NOW={fixed!r} is no instant; write it with its offset, such as 2026-01-31T12:00:00+00:00"
        )
    instant = instant.astimezone(UTC)
    return lambda: instant
