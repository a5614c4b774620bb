"""The stored state of one page, read again while a crawl goes on.

A page that changed is compared with its stored state as the same extractor reads both. Where an older version read
that, it is read again first: what only the new version sees differently is no new state of the page.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Protocol

from newscrawl.configuration import Configuration
from newscrawl.exceptions import ExtractionStopped
from newscrawl.extensions.run_log import RunLog
from newscrawl.items import Furniture
from newscrawl.rereading.outcomes import reason_of
from newscrawl.rereading.page import ArchivedPage, read_archived
from newscrawl.sources.source import Source
from newscrawl.storage import read_again, rereading
from newscrawl.storage.read_again import ReadAgain
from newscrawl.storage.rereading import Chosen, Revision
from newscrawl.text.articles import clean_article, lacks
from newscrawl.workers.pool import Workers
from newscrawl.workers.turns import Turns

logger = logging.getLogger(__name__)


class Reader(Protocol):
    """What a crawl reads pages with."""

    configuration: Configuration
    registry: Mapping[str, Source]
    furniture: Mapping[str, Furniture]
    workers: Workers
    turns: Turns


async def read_earlier(revision_id: int, reader: Reader, run_log: RunLog) -> None:
    """Read a stored revision again, and store that reading. What is not archived stays as it is; what cannot be read
    does too, and is told in the log.

    Raises ExtractionStopped when the run ends meanwhile, CloseSpider when database or archive fail.
    """
    with run_log.closing_when_broken():
        revision = await asyncio.to_thread(_revision, revision_id, run_log)
    if revision is None:
        logger.debug("revision %d is not archived: a new extractor may make a revision of its page", revision_id)
        return
    whose = revision.source or ""
    page = ArchivedPage.of(revision, reader.configuration)
    try:
        async with reader.turns.turn(whose, revision.capture.length) as turn:
            reading, turn.seconds = await reader.workers.call(
                read_archived, page, reader.registry.get(whose), reader.furniture.get(whose)
            )
    except ExtractionStopped:
        raise
    except Exception as error:
        said = "%s: its revision %d cannot be read again, so the new extractor may make a revision of it: %s"
        logger.warning(said, revision.url, revision.number, reason_of(error))
        return
    article = reading.article
    clean_article(article)
    article.source = revision.source
    if lacks(article) is None:
        again = ReadAgain(revision_id=revision_id, article=article, fingerprint=reading.fingerprint)
        await run_log.transaction(read_again.store_again, [again], now=run_log.clock())


def _revision(revision_id: int, run_log: RunLog) -> Revision | None:
    # Beside the database's thread, where this would wait for a group's commit.
    with run_log.database.telling():
        return next(rereading.revisions(run_log.database, Chosen(revision_id=revision_id)), None)
