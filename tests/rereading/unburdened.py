"""Reading that looks at what its worker has loaded; itself it loads nothing else."""

from __future__ import annotations

import sys

from newscrawl.items import Furniture
from newscrawl.rereading.page import ArchivedPage, read_archived
from newscrawl.sources.source import Source
from newscrawl.workers.reading import Reading


def read_unburdened(page: ArchivedPage, source: Source | None, furniture: Furniture | None) -> Reading:
    """As `read_archived`. Raises AssertionError in a process that knows Scrapy, SQL or what checks settings."""
    reading = read_archived(page, source, furniture)
    loaded = {name.partition(".")[0] for name in sys.modules}
    if burden := loaded & {"scrapy", "twisted", "sqlalchemy", "alembic", "pydantic"}:
        raise AssertionError(f"loaded: {burden}")
    return reading
