"""WARCs of others: which articles they hold, and how the current extractor's readings compare with stored ones."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newscrawl.archive.reader import StoredExchange, iterate
from newscrawl.configuration import Configuration
from newscrawl.exceptions import ArchiveError
from newscrawl.rereading.choosing import is_chosen, no_page
from newscrawl.rereading.outcomes import outcomes, reason_of
from newscrawl.rereading.page import read_exchange
from newscrawl.rereading.report import Report, as_json
from newscrawl.sources.registry import load_sources, owner
from newscrawl.sources.source import Source
from newscrawl.storage import furniture, rereading
from newscrawl.storage.database import Database
from newscrawl.storage.rereading import Chosen
from newscrawl.text.articles import clean_article, lacks
from newscrawl.workers.reading import Reading

STORED = "article, stored already"
NEW = "article, not stored"

_COMPARED_AT_ONCE = 100


@dataclass(slots=True)
class Held:
    """What WARCs hold."""

    answers: dict[str, Counter[str]] = field(default_factory=dict)
    """By source_id (empty: of no source), how many answers came to what."""
    broken: list[str] = field(default_factory=list)
    """What is wrong with files that could not be read to their end."""
    report: Report = field(default_factory=Report)
    """The articles that are stored already, against their current readings; pages that failed."""

    def count(self, source: Source | None, what: str) -> None:
        """Take up an answer."""
        self.answers.setdefault(source.source_id if source else "", Counter())[what] += 1

    def as_json(self) -> dict[str, Any]:
        """The types of JSON."""
        answers = {name: dict(counts.most_common()) for name, counts in sorted(self.answers.items())}
        return {"answers": answers, "broken": self.broken, **as_json(self.report, applied=False)}


def look_into(
    files: Sequence[Path],
    database: Database | None,
    configuration: Configuration,
    chosen: Chosen,
    *,
    held: Held | None = None,
    progress: Callable[[Path], None] = lambda _: None,
) -> Held:
    """Read the chosen pages of WARC files, ours or others', and store nothing. `progress` is told of each file's end;
    `held` grows meanwhile.

    Raises StoreError when the database fails.
    """
    look = _Look(database, configuration, chosen, held if held is not None else Held(), progress)
    asyncio.run(look.done(files))
    return look.held


class _Look:
    def __init__(
        self,
        database: Database | None,
        configuration: Configuration,
        chosen: Chosen,
        held: Held,
        progress: Callable[[Path], None],
    ) -> None:
        self.held = held
        self._database = database
        self._configuration = configuration
        self._chosen = chosen
        self._progress = progress
        self._sources = load_sources(*configuration.source_folders)
        self._learnt: Mapping[str, Any] = {}
        self._read: list[tuple[Source | None, Reading]] = []

    async def done(self, files: Sequence[Path]) -> None:
        """Look into all."""
        if self._database is not None:
            with self._database.telling(), self._database.reading() as session:
                self._learnt = furniture.load(session)
        async with aclosing(outcomes(self._configuration, read_exchange, self._pages(files))) as found:
            async for (exchange, source), outcome in found:
                if isinstance(outcome, Reading):
                    self._take(source, outcome)
                else:
                    self.held.count(source, "failed")
                    self.held.report.fail(exchange.url, None, reason_of(outcome))
        self._compare()

    def _pages(self, files: Sequence[Path]) -> Iterator[tuple[tuple[StoredExchange, Source | None], tuple[Any, ...]]]:
        for file in files:
            try:
                for exchange in iterate(file):
                    source = owner(self._sources, exchange.url)
                    if not is_chosen(self._chosen, exchange, source):
                        continue
                    if why := no_page(exchange):
                        self.held.count(source, why)
                        continue
                    learnt = self._learnt.get(source.source_id) if source else None
                    yield (exchange, source), (exchange, source, learnt)
            except (ArchiveError, OSError) as error:
                self.held.broken.append(f"{file}: {error}")
            self._progress(file)

    def _take(self, source: Source | None, reading: Reading) -> None:
        clean_article(reading.article)
        if reason := lacks(reading.article):
            self.held.count(source, f"no article: {reason}")
            return
        self._read.append((source, reading))
        if len(self._read) == _COMPARED_AT_ONCE:
            self._compare()

    def _compare(self) -> None:
        read, self._read = self._read, []
        keys = {reading.article.url_key for _, reading in read}
        stored = {}
        if self._database is not None and keys:
            with self._database.telling(), self._database.reading() as session:
                stored = rereading.current_of(session, keys)
        for source, reading in read:
            known = stored.get(reading.article.url_key)
            self.held.count(source, NEW if known is None else STORED)
            if known is not None:
                self.held.report.compare(known, reading.article)
