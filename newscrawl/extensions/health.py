"""How the sources do, judged when a run has ended: findings to the database, the log, the report and the notifiers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from scrapy.crawler import Crawler

from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError
from newscrawl.extensions.run_log import RunLog, require_run_log, run_log_of
from newscrawl.health.figures import Severity
from newscrawl.health.judging import Incident
from newscrawl.monitoring import report
from newscrawl.monitoring.checkup import Checkup, check_up, measure
from newscrawl.monitoring.notifiers import Notifier, NotNotified, message, notifiers
from newscrawl.signals import run_finished
from newscrawl.storage import figures, findings

logger = logging.getLogger(__name__)

_SECONDS_TO_TELL = 60.0


class Health:
    """Checks up on the sources when the run stands finished in the database.

    Raises ConfigurationError at the start when a notifier is none.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.failure: OSError | ConfigurationError | None = None
        """Why the report could not be written."""
        self.began: Sequence[Incident] = ()
        """Incidents that this run met first."""
        self._crawler = crawler
        self._notifiers = notifiers(Configuration.read(crawler.settings).notify)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        require_run_log(crawler)
        health = cls(crawler)
        crawler.signals.connect(health.check_up, signal=run_finished)
        return health

    async def check_up(self) -> None:
        """Sum up, judge, enter, log, write the report, tell."""
        run_log = run_log_of(self._crawler)
        # Runs that died, and those of before there were figures, each in a transaction of its own.
        for run_id in await run_log.transaction(figures.uncounted):
            await run_log.transaction(figures.count, run_id)
        checkup = await self._judged(run_log)
        self.began = checkup.began
        _log(checkup)
        folder = run_log.configuration.output / "health"
        try:
            await asyncio.to_thread(report.write, folder, checkup)
        except (OSError, ConfigurationError) as error:
            self.failure = error
            logger.critical(
                "the report in %s cannot be written: %s; mend that, and the next run writes it", folder, error
            )
        await asyncio.gather(*(self._tell(run_log, notifier) for notifier in self._notifiers))

    async def _judged(self, run_log: RunLog) -> Checkup:
        spider: Any = self._crawler.spider
        configuration, now = run_log.configuration, run_log.clock()
        space = await run_log.transaction(
            measure, run_log.database, configuration.output, configuration.archive_folder, now
        )
        return await run_log.transaction(
            check_up,
            list(getattr(spider, "registry", spider.sources).values()),
            judged=set(spider.sources),
            space=space,
            run_id=run_log.run_id,
            now=now,
            is_whole=run_log.reason == "finished",
        )

    async def _tell(self, run_log: RunLog, notifier: Notifier) -> None:
        """Tell one of them. When that fails it is in the log, and told again after the next run."""
        began, ended = await run_log.transaction(findings.untold, notifier.digest)
        if not began and not ended:
            return
        told = message(began, ended, str(Path(run_log.configuration.output).name))
        try:
            await asyncio.wait_for(asyncio.to_thread(notifier.send, told), _SECONDS_TO_TELL)
        except (NotNotified, TimeoutError) as error:
            text = "%s was not told of %d incident(s): %s; it is told after the next run, and the report has them"
            logger.error(text, notifier.name, len(began) + len(ended), str(error) or "no answer in time")
            return
        except Exception:
            # A service's library may fail as it likes: no crawl may end for that.
            logger.exception("%s failed; what it was to be told stands in the report", notifier.name)
            return
        await run_log.transaction(findings.tell, notifier.digest, began, "began")
        await run_log.transaction(findings.tell, notifier.digest, ended, "ended")
        logger.info("%s was told of %d incident(s)", notifier.name, len(began) + len(ended))


def _log(checkup: Checkup) -> None:
    for incident in checkup.began:
        finding = incident.finding
        level = logging.ERROR if finding.severity is Severity.ERROR else logging.WARNING
        text = "%s: %s since %s: %s; %s"
        kind = finding.kind.replace("_", " ")
        logger.log(level, text, finding.source or "disk", kind, finding.since, finding.figures, finding.remedy)
    for incident in checkup.ended:
        finding = incident.finding
        kind = finding.kind.replace("_", " ")
        logger.info("%s: %s since %s is over", finding.source or "disk", kind, finding.since)
    if checkup.lasting:
        logger.info("%d finding(s) last; `scrapy stats` and the report in health/ name them", len(checkup.lasting))
