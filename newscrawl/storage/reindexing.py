"""Making the search index and the postings of the index of copies anew, from what they are made of."""

from __future__ import annotations

from newscrawl.exceptions import StoreError
from newscrawl.storage import alive, checks, search_index, sketches
from newscrawl.storage.database import Database


def reindex(url: str) -> int:
    """Make both anew in one transaction; returns the number of articles. Memory stays flat.

    Raises ConfigurationError and StoreError as `Database.existing`, StoreError also while a run lives, which would wait
    for the transaction and fail.
    """
    database = Database.existing(url)
    try:
        with database.telling(), database.reading() as session:
            running = checks.running(session)
        if living := sorted(set(running) - set(alive.dead(database, running))):
            raise StoreError(f"run {living[0]} is under way: wait until it has ended, and run again")
        with database.telling(), database.session() as session:
            search_index.remake(session.connection())
            sketches.remake(session.connection())
            return checks.counted(session)[0]
    finally:
        database.close()
