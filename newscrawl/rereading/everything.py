"""All of it, in one walk: revisions to the workers, what they read into the report, and into the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import datetime

from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError
from newscrawl.items import Furniture
from newscrawl.rereading.outcomes import outcomes, reason_of
from newscrawl.rereading.page import ArchivedPage, read_archived
from newscrawl.rereading.report import Report
from newscrawl.sources.registry import load_sources
from newscrawl.sources.source import Source
from newscrawl.storage import furniture, read_again, rereading
from newscrawl.storage.database import Database
from newscrawl.storage.read_again import ReadAgain
from newscrawl.storage.rereading import Chosen, Revision
from newscrawl.text.articles import clean_article, lacks
from newscrawl.workers.reading import Reading

_STORED_AT_ONCE = 200


def reextract(
    database: Database,
    configuration: Configuration,
    chosen: Chosen,
    *,
    apply: bool,
    began: Callable[[int], None] = lambda _: None,
    progress: Callable[[], None] = lambda: None,
    report: Report | None = None,
) -> Report:
    """Read the chosen revisions again, and say what that changes; with `apply`, store what was read.

    `began` is told how many there are, `progress` of each that was read or failed; `report` grows meanwhile.
    Raises ConfigurationError when nothing is chosen, StoreError when the database fails.
    """
    report = report if report is not None else Report()
    with database.telling(), database.reading() as session:
        total, report.unarchived = rereading.counted(session, chosen)
        learnt = furniture.load(session)
    if not total:
        why = f": of {report.unarchived} revision(s) nothing is archived" if report.unarchived else ""
        raise ConfigurationError(f"no archived page of an article is of that source, time and URL{why}; name others")
    began(total)
    walk = _Walk(database, configuration, learnt, report, progress, apply=apply)
    asyncio.run(walk.done(chosen))
    return report


class _Walk:
    """One walk over the chosen revisions."""

    def __init__(
        self,
        database: Database,
        configuration: Configuration,
        learnt: Mapping[str, Furniture],
        report: Report,
        progress: Callable[[], None],
        *,
        apply: bool,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._sources: Mapping[str, Source] = load_sources(*configuration.source_folders)
        self._learnt = learnt
        self._report = report
        self._progress = progress
        self._apply = apply
        self._waiting: list[ReadAgain] = []
        self._storing: asyncio.Task[None] | None = None

    async def done(self, chosen: Chosen) -> None:
        """Walk to the end."""
        asked = ((one, self._arguments(one)) for one in rereading.revisions(self._database, chosen))
        try:
            with self._database.telling():
                async with aclosing(outcomes(self._configuration, read_archived, asked)) as found:
                    async for revision, outcome in found:
                        if isinstance(outcome, Reading):
                            self._take(revision, outcome)
                        else:
                            self._report.fail(revision.url, revision.number, reason_of(outcome))
                        self._progress()
                        if len(self._waiting) >= _STORED_AT_ONCE:
                            await self._store()
        finally:
            # What was read is stored, whatever ended the walk.
            await self._store()
            await self._stored()

    def _arguments(self, revision: Revision) -> tuple[ArchivedPage, Source | None, Furniture | None]:
        source_id = revision.source or ""
        page = ArchivedPage.of(revision, self._configuration)
        return page, self._sources.get(source_id), self._learnt.get(source_id)

    def _take(self, revision: Revision, reading: Reading) -> None:
        article = reading.article
        clean_article(article)
        # Whose article it is was told when it was stored; the source's file may be gone.
        article.source = revision.source
        assert article.extractor is not None
        self._report.compare(revision.reading_in_force(article.extractor).article, article)
        if reason := lacks(article):
            said = f"the current extractor reads no article from it ({reason}); its reading stays"
            self._report.fail(revision.url, revision.number, said)
        elif self._apply:
            self._waiting.append(
                ReadAgain(revision_id=revision.revision_id, article=article, fingerprint=reading.fingerprint)
            )

    async def _store(self) -> None:
        """Begin to store what waits, once what was begun before is stored."""
        await self._stored()
        several, self._waiting = self._waiting, []
        if several:
            self._storing = asyncio.create_task(self._commit(several, self._configuration.clock()))

    async def _stored(self) -> None:
        if self._storing is not None:
            await self._storing
            self._storing = None

    async def _commit(self, several: list[ReadAgain], now: datetime) -> None:
        self._report.stored += await self._database.run(read_again.store_again, several, now=now)
