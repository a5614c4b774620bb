"""All of it, in one walk: the database, then the archive, then the feeds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from newscrawl.archive.listing import listing
from newscrawl.archive.location import Location
from newscrawl.exceptions import ArchiveError, StoreError
from newscrawl.storage.database import Database
from newscrawl.verifying.archive import archive_findings
from newscrawl.verifying.database import database_findings
from newscrawl.verifying.feeds import feed_findings
from newscrawl.verifying.findings import Finding, Looked, Progress
from newscrawl.verifying.lookups import lookup_findings


def verify(
    database: Database, archive: Location, feeds: Path, looked: Looked, *, progress: Progress = lambda _: None
) -> Iterator[Finding]:
    """What does not match, as it is found; `looked` counts along. Changes nothing, and holds up no crawl.

    What a living run is about to write, enter or rename is no finding: of two places that are written one after the
    other, the later is always read first.
    """
    try:
        yield from database_findings(database, looked)
        yield from lookup_findings(database)
        yield from archive_findings(database, archive, looked, progress)
        yield from feed_findings(database, feeds, looked, progress)
    except StoreError as error:
        yield Finding("database", str(database.path or database), str(error), "then verify again")
    except ArchiveError as error:
        yield Finding("archive", str(archive), str(error), "then verify again")


def size_of(archive: Location, feeds: Path) -> int:
    """The bytes that `progress` will be told of, about. Raises ArchiveError when the store cannot be asked."""
    written = sum(path.stat().st_size for path in feeds.iterdir() if path.is_file()) if feeds.is_dir() else 0
    return written + sum(one.bytes for one in listing(archive))
