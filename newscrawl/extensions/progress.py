"""Progress while the crawl runs, and a short table of what it came to."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections import Counter
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table
from scrapy import signals
from scrapy.crawler import Crawler

from newscrawl import logs
from newscrawl.exceptions import ArchiveError
from newscrawl.extensions.feed import Feed
from newscrawl.extensions.run_log import require_run_log, run_log_of
from newscrawl.items import Disposition

logger = logging.getLogger(__name__)

_STORED = (Disposition.STORED_NEW, Disposition.STORED_REVISION, Disposition.DUPLICATE)
_SECONDS_BETWEEN_LINES = 10.0
_HOSTS_NAMED = 5
_SECONDS_BETWEEN_FRAMES = 0.2


class Progress:
    """A bar with pages, articles and rate on a terminal, a log line every ten seconds elsewhere; a table at the end."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._console = Console(stderr=True)
        self._started = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        self._bar: Bar | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        require_run_log(crawler)
        progress = cls(crawler)
        crawler.signals.connect(progress.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(progress.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(progress.engine_stopped, signal=signals.engine_stopped)
        return progress

    def spider_opened(self) -> None:
        """Begin to show progress."""
        self._run_log = run_log_of(self._crawler)
        show = self._draw if self._console.is_terminal else self._log
        self._task = asyncio.get_running_loop().create_task(show())

    def spider_closed(self) -> None:
        """Stop to show progress."""
        if self._task is not None:
            self._task.cancel()
        if self._bar is not None:
            self._bar.stop()

    def engine_stopped(self) -> None:
        """Print the table, where the output lies, and what to do next."""
        if logs.is_json(self._crawler.settings):
            ends: Counter[Disposition] = sum(self._run_log.dispositions.values(), Counter())
            told = ", ".join(f"{one} {ends[one]}" for one in Disposition if ends[one])
            logger.info("%s", " ".join([f"{told or 'no page'}.", *self._closing_lines()]))
            return
        if self._run_log.dispositions or self._run_log.polls:
            Console(file=sys.stderr, width=None if self._console.is_terminal else 120).print(self._table())
        else:
            print(f"Run {self._run_log.run_id}", file=sys.stderr)
        for line in self._closing_lines():
            print(line, file=sys.stderr)

    async def _draw(self) -> None:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("pages · {task.fields[articles]} articles · {task.fields[rate]:.1f} pages/s"),
            TimeElapsedColumn(),
        )
        self._bar = Bar(*columns, console=self._console, transient=True)
        task = self._bar.add_task("crawling", total=None, articles=0, rate=0.0)
        self._bar.start()
        while True:
            pages, articles, rate = self._figures()
            total = pages + len(self._run_log.in_flight)
            self._bar.update(task, completed=pages, total=total, articles=articles, rate=rate)
            await asyncio.sleep(_SECONDS_BETWEEN_FRAMES)

    async def _log(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_LINES)
            pages, articles, rate = self._figures()
            logger.info("%d pages, %d articles, %.1f pages/s", pages, articles, rate)

    def _figures(self) -> tuple[int, int, float]:
        ends: Counter[Disposition] = sum(self._run_log.dispositions.values(), Counter())
        pages = ends.total() - ends[Disposition.REDIRECTED]
        articles = sum(ends[disposition] for disposition in (*_STORED, Disposition.UNCHANGED, Disposition.NOT_MODIFIED))
        return pages, articles, pages / max(time.monotonic() - self._started, 0.001)

    def _table(self) -> Table:
        ends = self._run_log.dispositions
        sources = sorted({*ends, *self._run_log.polls}, key=lambda source_id: source_id or "~")
        shown = [one for one in Disposition if any(counter[one] for counter in ends.values())]
        table = Table(title=f"Run {self._run_log.run_id}")
        table.add_column("source")
        table.add_column("discovery", justify="right")
        for disposition in shown:
            table.add_column(disposition.replace("_", " "), justify="right")
        for source_id in sources:
            counter = ends.get(source_id, Counter())
            cells = [str(counter[one] or "·") for one in shown]
            table.add_row(source_id or "(no source)", self._polls(source_id), *cells)
        return table

    def _polls(self, source_id: str | None) -> str:
        polls = self._run_log.polls.get(source_id, Counter()) if source_id else Counter()
        failed = f", {polls['failed']} failed" if polls["failed"] else ""
        return f"{polls['read']} read{failed}" if polls else "·"

    def _closing_lines(self) -> list[str]:
        run_log = self._run_log
        ends: Counter[Disposition] = sum(run_log.dispositions.values(), Counter())
        stored = sum(ends[disposition] for disposition in _STORED)
        lines = []
        if run_log.broken is not None:
            what = "archive" if isinstance(run_log.broken, ArchiveError) else "store"
            lines.append(f"The {what} failed; the log says why. Mend it and run again: nothing stored is lost.")
        elif run_log.start_failed:
            lines.append("The spider failed; the log says where. What it had not asked for is due again.")
        elif run_log.every_source_failed:
            lines.append("Every source failed; the log says why.")
        elif stored:
            lines.append(f"{stored} revision(s) stored.")
        else:
            same = ends[Disposition.UNCHANGED] + ends[Disposition.NOT_MODIFIED]
            asked = bool(ends or any(run_log.polls.values()))
            why = f"{same} page(s) unchanged, nothing stored twice" if asked else "nothing was due"
            then = f" The next look is due at {run_log.next_due:%Y-%m-%d %H:%M} UTC." if run_log.next_due else ""
            lines.append(f"Nothing new: {why}.{then}")
        failed = ends[Disposition.FAILED] + ends[Disposition.TIMED_OUT]
        if failed:
            lines.append(
                f"{failed} URL(s) failed; the table `dispositions` says why. Most are due again in the next hours."
            )
        if run_log.resting:
            named = ", ".join(sorted(run_log.resting)[:_HOSTS_NAMED])
            further = len(run_log.resting) - _HOSTS_NAMED
            more = f" and {further} more" if further > 0 else ""
            lines.append(f"Hosts that rest: {named}{more}; what is due there was not asked for.")
        lines.append(f"Database: {run_log.database.path or run_log.database}")
        feed = self._crawler.get_extension(Feed)
        if feed is not None and feed.failure is not None:
            lines.append(f"Feed:     not written ({feed.failure}); mend that, and the next run writes it")
        elif feed is not None and feed.path is not None:
            lines.append(f"Feed:     {feed.path}")
            if stored:
                lines.append(f"Next:     head -n 1 {feed.path} | python3 -m json.tool --no-ensure-ascii")
        return lines
