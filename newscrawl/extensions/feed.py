"""The run's feed: one JSON line for each revision that the run stored, written from the database when it ends."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from newscrawl.archive.files import sync_folder
from newscrawl.extensions.run_log import require_run_log, run_log_of
from newscrawl.items import feed_line
from newscrawl.signals import run_finished
from newscrawl.storage import revisions, runs
from newscrawl.storage.database import Session

logger = logging.getLogger(__name__)


class Feed:
    """Writes the feed of this run when it has finished, and at its start those of runs that died before theirs."""

    def __init__(self, crawler: Crawler) -> None:
        self.path: Path | None = None
        self.failure: OSError | None = None
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        require_run_log(crawler)
        feed = cls(crawler)
        crawler.signals.connect(feed.write_missing, signal=signals.spider_opened)
        crawler.signals.connect(feed.write_missing, signal=run_finished)
        return feed

    async def write_missing(self) -> None:
        """Write the feed of every ended run that has none yet, and those anew of which an article was retracted.

        What cannot be written is left to the next run.
        """
        run_log = run_log_of(self._crawler)
        self.failure = None
        for run_id, name in await run_log.transaction(runs.with_stale_feed):
            path = run_log.configuration.output / "feeds" / name
            try:
                lines = await run_log.transaction(rewrite_feed, run_id, path)
            except OSError as error:
                self.path, self.failure = path, error
                logger.critical("feed %s still holds what was retracted: %s; mend that, and run again", path, error)
                return
            if lines is not None:
                logger.info("feed %s: written again without what was retracted, %d line(s)", path, lines)
        for run_id, spider in await run_log.transaction(runs.without_feed):
            path = run_log.configuration.output / "feeds" / f"{spider}-{run_id}.jsonl"
            try:
                lines = await run_log.transaction(write_feed, run_id, path, wait=run_id == run_log.run_id)
            except OSError as error:
                self.path, self.failure = path, error
                logger.critical("feed %s cannot be written: %s; mend that, and the next run writes it", path, error)
                return
            if lines is not None:
                self.path = path
                logger.info("feed %s: %d line(s)", path, lines)


def write_feed(session: Session, run_id: str, path: Path, *, wait: bool) -> int | None:
    """Write a run's feed to `path`, whole or not at all, and say how many lines it has.

    None when it stands already or another run is writing it; with `wait`, that run is waited for.
    """
    if not runs.claim_feed(session, run_id, wait=wait):
        return None
    return _write(session, run_id, path)


def rewrite_feed(session: Session, run_id: str, path: Path) -> int | None:
    """Write a feed again from which something was retracted, whole or not at all, and say how many lines it has.

    None when another run has done it or is at it, and when the file is not there: a feed that was taken away is not
    made anew, and stays marked, for it may lie in the output folder of another machine.
    """
    if not path.exists() or not runs.claim_stale_feed(session, run_id):
        return None
    return _write(session, run_id, path)


def _write(session: Session, run_id: str, path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    lines = 0
    with partial.open("w", encoding="utf-8") as file:
        for article in revisions.of_run(session, run_id):
            file.write(json.dumps(feed_line(article), ensure_ascii=False) + "\n")
            lines += 1
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_folder(path.parent)
    runs.set_feed(session, run_id, path.name)
    return lines
