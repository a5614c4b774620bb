"""What verification tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["database", "run", "article", "lookup", "archive", "warc", "index", "capture", "revision", "feed"]

Progress = Callable[[int], None]
"""Told how many further bytes of files were read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not match."""

    kind: Kind
    """What it is a fault of."""
    where: str
    """The file (with the byte or line), article or run."""
    what: str
    """What is wrong there."""
    remedy: str
    """What to do next."""

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}; {self.remedy}"
        return " ".join(line.split())


@dataclass(slots=True)
class Looked:
    """How much was looked at."""

    warcs: int = 0
    live: int = 0
    """Of these, the ones that a living run is writing."""
    records: int = 0
    captures: int = 0
    """Answers that both file and table hold."""
    articles: int = 0
    revisions: int = 0
    traced: int = 0
    """Revisions whose bytes were read in the archive."""
    feeds: int = 0
    lines: int = 0

    def __str__(self) -> str:
        live = f" ({self.live} of them still written)" if self.live else ""
        return (
            f"{self.articles} article(s) with {self.revisions} revision(s), {self.traced} traced to their bytes; "
            f"{self.warcs} WARC(s){live} with {self.records} record(s) and {self.captures} capture(s); "
            f"{self.feeds} feed(s) with {self.lines} line(s)"
        )
