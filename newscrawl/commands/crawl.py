"""`scrapy crawl`: Scrapy's, with an exit code that tells whether the run did its work."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError

from newscrawl import logs
from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError, NewscrawlError, RunUnderWay
from newscrawl.extensions.archive import Archive
from newscrawl.extensions.feed import Feed
from newscrawl.extensions.health import Health
from newscrawl.extensions.run_log import RunLog
from newscrawl.storage import alive, underway

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_LOOKS = 1.0


class Command(CrawlCommand):
    """Exit code 0 when the run did its work, 1 when it could not.

    NEWSCRAWL_HEALTH_EXIT_CODE of one that did, and met a new incident.
    """

    _superseded = False
    """Whether another run does the same, so that nothing is left to do."""

    def short_desc(self) -> str:
        return "Crawl what is due: scrapy crawl news [-a sources=ID,ID | -a urls=URL | -a urls=@FILE]"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        # The bar shows the progress there; lines of the log that matter break through it.
        if sys.stderr.isatty() and not opts.loglevel and not opts.logfile:
            self.settings.set("LOG_LEVEL", "WARNING", priority="cmdline")
        set_up_log(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one spider: scrapy crawl news")
        assert self.crawler_process is not None
        assert self.settings is not None
        try:
            configuration = Configuration.read(self.settings)
            if args[0] not in self.crawler_process.spider_loader.list():
                raise ConfigurationError(f"there is no spider {args[0]!r}; `scrapy list` names them")
        except ConfigurationError as error:
            self._complain(error)
            self.exitcode = 1
            return
        if configuration.when_busy == "wait":
            self._wait(configuration, opts.spargs)
        lighten_workers()
        crawler = self._create_crawler(args[0])
        crawling: Any = self.crawler_process.crawl(crawler, **opts.spargs)
        crawling.add_done_callback(self._tell)
        self.crawler_process.start()
        if self._superseded:
            self.exitcode = 0
        elif self.crawler_process.bootstrap_failed or not _succeeded(crawler):
            self.exitcode = 1
        elif (health := crawler.get_extension(Health)) is not None and health.began:
            self.exitcode = Configuration.read(self.settings).health_exit_code

    def _tell(self, crawling: asyncio.Future[None]) -> None:
        error = None if crawling.cancelled() else crawling.exception()
        if isinstance(error, RunUnderWay):
            self._superseded = True
        if isinstance(error, NewscrawlError):
            self._complain(error)
        elif error is not None:
            logger.critical("the crawl could not start", exc_info=error)

    def _wait(self, configuration: Configuration, arguments: Mapping[str, Any]) -> None:
        """Return when no run holds what this one would: before the crawl begins, when signals still end the process."""
        told = None
        while (holder := alive.holder(configuration.database_url, underway.group_of(arguments))) is not None:
            if holder != told:
                logger.info("waiting for another run (%s) to end", holder.told(configuration.clock()))
                told = holder
            time.sleep(_SECONDS_BETWEEN_LOOKS)

    def _complain(self, error: Exception) -> None:
        if logs.is_json(self.settings or {}):
            logger.log(logging.WARNING if isinstance(error, RunUnderWay) else logging.CRITICAL, "%s", error)
        else:
            print(f"newscrawl: {error}", file=sys.stderr)


def set_up_log(settings: Any) -> None:
    """Have the log be as NEWSCRAWL_LOG_FORMAT says, of a command that keeps one. Raises UsageError for a wrong one."""
    try:
        logs.set_up(settings)
    except ConfigurationError as error:
        raise UsageError(str(error), print_help=False) from error


def lighten_workers() -> None:
    """Spare worker processes the loading of Scrapy, where they are begun."""
    # Each would run the `scrapy` script anew; told that this is `python -m scrapy`, which is the same,
    # multiprocessing leaves it alone.
    sys.modules["__main__"].__spec__ = find_spec("scrapy.__main__")


def _succeeded(crawler: Crawler) -> bool:
    if crawler.spider is None:
        return False
    run_log, feed, archive, health = (
        crawler.get_extension(RunLog),
        crawler.get_extension(Feed),
        crawler.get_extension(Archive),
        crawler.get_extension(Health),
    )
    if archive is not None and archive.left_behind is not None:
        return False
    if health is not None and health.failure is not None:
        return False
    return run_log is not None and run_log.succeeded and feed is not None and feed.failure is None
