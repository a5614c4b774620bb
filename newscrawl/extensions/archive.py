"""The crawl's archive: every exchange goes into a WARC, before anything that came of it is stored."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urldefrag

from scrapy import Request, signals
from scrapy import __version__ as scrapy_version
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from newscrawl import __version__
from newscrawl.archive.exchange import Exchange, Original
from newscrawl.archive.files import Names, require_writable
from newscrawl.archive.location import location_of
from newscrawl.archive.moving import Mover
from newscrawl.archive.reader import StoredExchange, read_capture
from newscrawl.archive.recovery import Found, recover
from newscrawl.archive.thread import ArchiveThread
from newscrawl.archive.writer import ArchiveWriter
from newscrawl.configuration import Configuration
from newscrawl.downloaders.stoppable import downloader_of
from newscrawl.exceptions import ArchiveError
from newscrawl.extensions import places
from newscrawl.extensions.opt_outs import OptOuts
from newscrawl.extensions.run_log import RunLog, require_run_log, run_log_of
from newscrawl.items import Archived
from newscrawl.middlewares.conditional import condition_of
from newscrawl.signals import exchange_recorded
from newscrawl.storage import captures

logger = logging.getLogger(__name__)

WAITING = 32 * 1024 * 1024
"""Bytes of exchanges that may wait to be written; while they are more, no request is begun."""

_SECONDS_BETWEEN_LOOKS = 0.05
# Errors that say what has become of a page.
_LASTING = frozenset({404, 410})


class Archive:
    """Archives what signal `exchange_recorded` hands on, below NEWSCRAWL_OUTPUT in a folder that crawlers may share.

    Files that are closed move to NEWSCRAWL_ARCHIVE_STORE while the run goes on, and at its end.
    NotConfigured when the crawl is answered from stored responses, and with NEWSCRAWL_ARCHIVE=0.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Raises ArchiveError for a folder that takes no files, ConfigurationError for a store that does not."""
        self._configuration = Configuration.read(crawler.settings)
        self.location = location_of(self._configuration)
        self.folder = self.location.folder
        try:
            require_writable(self.folder)
        except ArchiveError as error:
            raise ArchiveError(f"{error} in NEWSCRAWL_OUTPUT") from error
        if self.location.store is not None:
            self.location.store.require_usable()
        self._crawler = crawler
        self._last: asyncio.Future[Archived | None] | None = None
        self._entering: set[asyncio.Task[None]] = set()
        self._finished = False
        self._run_log: RunLog
        self._opt_outs: OptOuts | None = None
        self._thread: ArchiveThread
        self._mover: Mover | None = None

    @property
    def left_behind(self) -> Exception | None:
        """Why closed files are still in the folder although there is a store; None when none is."""
        return self._mover.error if self._mover is not None else None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        require_run_log(crawler)
        configuration = Configuration.read(crawler.settings)
        if not configuration.archive or configuration.replay is not None:
            raise NotConfigured
        archive = cls(crawler)
        crawler.signals.connect(archive.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(archive.exchange_recorded, signal=exchange_recorded)
        crawler.signals.connect(archive.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(archive.engine_stopped, signal=signals.engine_stopped)
        return archive

    async def spider_opened(self) -> None:
        """Recover what killed crawls left open, and begin."""
        self._run_log = run_log_of(self._crawler)
        self._opt_outs = self._crawler.get_extension(OptOuts)
        with self._run_log.closing_when_broken():
            await asyncio.to_thread(recover, self.folder, self._enter_found)
            writer = self._writer()
        if self.location.store is not None:
            self._mover = Mover(self.location)
            self._mover.look()
        self._thread = ArchiveThread(
            writer, self._known, written=self._enter, failed=self._run_log.give_up, answered=self._answered
        )
        self._run_log.database.before_group = self._thread.sync
        self._run_log.before_finish = self._finish
        downloader_of(self._crawler).must_wait = lambda: self._thread.waiting > WAITING

    def spider_closed(self, reason: str) -> None:
        """Note whether the run may take its time at the end."""
        self._finished = reason == "finished"

    async def engine_stopped(self) -> None:
        """Move what is closed, when the run's lock is free; one that was told to stop leaves it to the next after a
        while.
        """
        if self._mover is None:
            return
        self._mover.finish()
        until = math.inf if self._finished else time.monotonic() + self._configuration.stop_timeout
        while self._mover.working and time.monotonic() < until:
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        if self._mover.working:
            logger.warning("closed WARCs stay in %s; the next run moves them", self.folder)

    def exchange_recorded(self, request: Request, exchange: Exchange) -> None:
        """Have an exchange written, unless it is a page that is not to be stored."""
        if self._opt_outs is not None and self._opt_outs.bars(request, exchange):
            return
        redirected: list[str] = request.meta.get("redirect_urls", [])
        led_by = replace(
            exchange,
            via=redirected[-1] if redirected else request.meta.get("via"),
            discovery="redirect" if redirected else request.meta.get("discovery"),
            repeats=_repeated(request, exchange),
        )
        self._last = self._thread.give(led_by)
        places.note_writing(request, self._last)

    async def left_unread(self, request: Request, since: datetime) -> StoredExchange | None:
        """The request's last answer, archived since an aware instant by a run that ended before it was read.

        None where there is none, or none that answers: an error that passes, or an answer that is not whole. What is
        given is from now on the request's own: `places` tells of it.
        """
        try:
            found = await asyncio.to_thread(self._left_unread, urldefrag(request.url).url, since)
        except ArchiveError as error:
            logger.warning("%s is fetched again: %s", request.url, error)
            return None
        if found is None:
            return None
        archived, exchange = found
        places.note_stored(request, archived)
        return exchange

    def _writer(self) -> ArchiveWriter:
        settings = self._crawler.settings
        info = {
            "software": f"newscrawl/{__version__} Scrapy/{scrapy_version}",
            "isPartOf": self._run_log.run_id,
            "operator": self._configuration.contact,
            "http-header-user-agent": settings["USER_AGENT"],
            "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        }
        return ArchiveWriter(
            self.folder,
            "newscrawl",
            self._configuration.clock,
            info={name: " ".join(value.split()) for name, value in info.items() if value},
            max_bytes=self._configuration.archive_max_bytes,
            max_age=timedelta(hours=self._configuration.archive_max_hours),
            keep_journals=True,
        )

    def _known(self, digests: Collection[str]) -> dict[str, Original]:
        """In the archive's thread: the originals of earlier runs, of WARCs that were not taken away."""
        database = self._run_log.database
        with database.telling(), database.reading() as session:
            found = captures.originals(session, digests)
        return self._held(found)

    def _answered(self, record_ids: Collection[str]) -> dict[str, Original]:
        """In the archive's thread: the answers of earlier runs by their records, of WARCs that were not taken away."""
        database = self._run_log.database
        with database.telling(), database.reading() as session:
            found = captures.originals_of(session, record_ids)
        return self._held(found)

    def _held(self, found: dict[str, Archived]) -> dict[str, Original]:
        return {
            key: Original(
                url=one.url,
                date=one.captured_at,
                payload_digest=one.capture.payload_digest,
                record_id=one.capture.record_id,
            )
            for key, one in found.items()
            if self._holds(one.capture.warc)
        }

    def _holds(self, warc: str) -> bool:
        try:
            return self.location.holds(warc)
        except ArchiveError as error:
            logger.warning("%s; until it answers, what it holds is archived whole again", error)
            return False

    def _left_unread(self, url: str, since: datetime) -> tuple[Archived, StoredExchange] | None:
        database = self._run_log.database
        with database.telling(), database.reading() as session:
            archived = captures.last_of(session, url, since)
            if archived is None:
                return None
            exchange = read_capture(
                self.location, archived.capture, lambda original: captures.place_of(session, original.record_id)
            )
        lasts = exchange.status is not None and (exchange.status < 400 or exchange.status in _LASTING)
        return (archived, exchange) if lasts and exchange.truncated is None else None

    def _enter(self, written: list[Archived], filled: list[Names]) -> None:
        entering = asyncio.get_running_loop().create_task(self._enter_in_time(written, filled))
        self._entering.add(entering)
        entering.add_done_callback(self._entering.discard)

    async def _enter_in_time(self, written: list[Archived], filled: list[Names]) -> None:
        if not await self._run_log.enter(written):
            return
        # What was written before is entered too: the database does as it is asked, in that order.
        for names in filled:
            names.journal.unlink(missing_ok=True)
        if filled and self._mover is not None:
            self._mover.look()

    def _enter_found(self, found: list[Found]) -> None:
        """In a thread of its own, before a recovered file is closed."""
        archived = [
            Archived(capture=one.capture, url=one.url, captured_at=one.date, refers_to=one.refers_to) for one in found
        ]
        database = self._run_log.database
        with database.telling(), database.session() as session:
            captures.add(session, [archived])

    async def _finish(self) -> None:
        """Close the WARC once all that it holds is entered; one that is left open is recovered, and entered then."""
        if self._last is not None:
            await asyncio.wait([self._last])
        if self._entering:
            await asyncio.wait(self._entering)
        if self._run_log.broken is None:
            await self._thread.close()


def _repeated(request: Request, exchange: Exchange) -> str | None:
    """The record of the answer that a 304 says to hold still."""
    condition = condition_of(request)
    is_304 = exchange.head.split(b" ", 2)[1:2] == [b"304"]
    return condition.record_id if condition is not None and is_304 and exchange.truncated is None else None
