"""One revision: whether the page's own bytes, as they are archived, are those that it was read from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from urllib.parse import urldefrag

from newscrawl.archive.decoding import decode
from newscrawl.archive.heads import parse_head
from newscrawl.archive.location import Location
from newscrawl.archive.reader import read_capture
from newscrawl.archive.records import warc_url
from newscrawl.archive.walking import Walked
from newscrawl.exceptions import ArchiveError
from newscrawl.storage.checks import Entered, Traced
from newscrawl.verifying.findings import Finding

FETCH = "restore the file from a copy, or fetch the page again with `scrapy crawl news -a urls=URL`"


def revision_findings(revision: Traced, row: Entered, found: Walked, location: Location) -> Iterator[Finding]:
    """What is wrong with a revision whose capture is entered as `row` and stands as `found`."""
    if warc_url(row.url) != warc_url(urldefrag(revision.url).url):
        what = f"it was read from {revision.url}, but its capture is of {row.url}"
        yield Finding("revision", str(revision), what, FETCH)
        return
    if row.original_pruned:
        # Its bytes are gone, and the database says when.
        return
    try:
        body = _page(row, found, location)
    except ArchiveError as error:
        yield Finding("revision", str(revision), "its bytes cannot be read", str(error))
        return
    held = "sha256:" + hashlib.sha256(body).hexdigest()
    if held != revision.payload_digest:
        what = f"it was read from bytes of {revision.payload_digest}, but its capture holds {held}"
        yield Finding("revision", str(revision), what, FETCH)


def _page(row: Entered, found: Walked, location: Location) -> bytes:
    head, body = found.message
    answer = parse_head(head)
    if found.kind == "revisit":
        if row.original is None or row.original_repeats:
            raise ArchiveError("they stand in an answer that is not to be had; the finding of its capture says more")
        original = read_capture(location, row.original)
        body = original.body
        if answer.status == 304:
            answer = original.answer
    return decode(answer, body).body
