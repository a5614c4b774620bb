"""Where the answers to a crawl's requests are archived: noted by who archives or finds them, asked by the spider."""

from __future__ import annotations

from asyncio import Future
from datetime import datetime
from weakref import WeakKeyDictionary

from scrapy import Request

from newscrawl.items import Archived

# Not in a request's meta, which redirects and retries copy; a request belongs to one crawl.
_being_written: WeakKeyDictionary[Request, Future[Archived | None]] = WeakKeyDictionary()
_stored: WeakKeyDictionary[Request, Archived] = WeakKeyDictionary()


def note_writing(request: Request, place: Future[Archived | None]) -> None:
    """The request was sent, and its answer is being archived; None comes of an exchange that holds no answer."""
    _being_written[request] = place


def note_stored(request: Request, archived: Archived) -> None:
    """The request is answered from an archive."""
    _stored[request] = archived


def answered_at(request: Request) -> datetime | None:
    """When the request was answered; None for one that was sent in this run."""
    archived = _stored.get(request)
    return None if archived is None else archived.captured_at


async def place_of(request: Request) -> Archived | None:
    """Where the request's answer is archived, once it is; None when there is no archive of it.

    Raises ArchiveError when the archive failed, ValueError for an answer that no WARC can hold.
    """
    if request in _stored:
        return _stored[request]
    place = _being_written.get(request)
    return None if place is None else await place
