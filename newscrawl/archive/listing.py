"""What WARCs an archive has, and the state that each is in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from newscrawl.archive.files import OPEN, WARC, is_written
from newscrawl.archive.location import Location


class State(StrEnum):
    """Where a WARC is in its life; it goes this way only."""

    WRITTEN = "written"
    """A living crawl writes it."""
    LEFT_OPEN = "left open"
    """Its writer died; the next crawl closes it."""
    CLOSED = "closed"
    """In the folder."""
    STORED = "stored"
    """In the store alone."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A WARC."""

    warc: str
    """Its name, or the one that it will have when it is closed."""
    state: State
    bytes: int


def listing(location: Location) -> list[Listed]:
    """Every WARC, the oldest name first. Raises ArchiveError when the store cannot be asked."""
    # In this order, in which a file goes from one to the next, so that none is missed.
    found = {one.warc: one for one in _open(location)}
    found |= {one.warc: one for one in _closed(location)}
    found |= {one.warc: one for one in _stored(location) if one.warc not in found}
    return [found[warc] for warc in sorted(found)]


def _stored(location: Location) -> Iterator[Listed]:
    if location.store is not None:
        for name, size in location.store.sizes().items():
            if name.endswith(WARC):
                yield Listed(name, State.STORED, size)


def _closed(location: Location) -> Iterator[Listed]:
    for path in location.folder.glob("*" + WARC):
        try:
            yield Listed(path.name, State.CLOSED, path.stat().st_size)
        except FileNotFoundError:
            continue


def _open(location: Location) -> Iterator[Listed]:
    for path in location.folder.glob("*" + WARC + OPEN):
        try:
            state = State.WRITTEN if is_written(path) else State.LEFT_OPEN
            yield Listed(path.name.removesuffix(OPEN), state, path.stat().st_size)
        except FileNotFoundError:
            continue
