"""What a visit ended in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newscrawl.items import Disposition, Visit
from newscrawl.storage import retractions
from newscrawl.storage.articles import Stored

TRIVIAL = "differs trivially: spacing, punctuation, spelling variants, or the time of an update"
"""Why a page is unchanged though its text is another."""


@dataclass(frozen=True, slots=True)
class End:
    """What became of a visit."""

    visit: Visit
    disposition: Disposition
    now: datetime
    reason: str | None = None
    due_at: datetime | None = None
    """When the candidate is due again; None when it is done."""
    by_host: bool = False
    """Whether its host would not answer, which costs the candidate no try; it has a `due_at` then."""
    article_id: int | None = None
    final_key: str | None = None
    """url_key of the visit's final URL, where it is known."""
    anchor_at: datetime | None = None
    """Of a stored article: since when there is nothing new on it."""
    left_due_at: datetime | None = None
    """Where a redirect led from an article's URL to another: when that URL is due again."""


def reason_of(stored: Stored) -> str | None:
    """Why storing an article came to what it did, where its disposition does not say all."""
    if stored.disposition is Disposition.BLOCKED:
        return retractions.REASON
    if stored.differs_trivially:
        return TRIVIAL
    return stored.duplicate_of and f"copy of {stored.duplicate_of}"
