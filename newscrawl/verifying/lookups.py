"""The indexes by which articles are searched for and copies found, against the texts."""

from __future__ import annotations

from collections.abc import Iterator

from newscrawl.exceptions import StoreError
from newscrawl.storage.database import Database
from newscrawl.storage.index_checks import wrong_postings, wrong_words
from newscrawl.verifying.findings import Finding

_REMEDY = "`scrapy search --reindex`, while no crawl runs, makes it anew from the stored texts"


def lookup_findings(database: Database) -> Iterator[Finding]:
    """What is wrong with the search index and with the postings of the index of copies, article by article."""
    where = database.path.name if database.path else str(database)
    for wrong in (wrong_words, wrong_postings):
        try:
            for article, what in wrong(database):
                yield Finding("lookup", article, what, _REMEDY)
        except StoreError as error:
            yield Finding("lookup", where, str(error), _REMEDY)
