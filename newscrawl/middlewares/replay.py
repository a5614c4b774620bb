"""Answering a crawl from stored answers, with no network."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Protocol, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response

from newscrawl.archive.answers import Answers, warcs_below
from newscrawl.archive.files import PRUNED
from newscrawl.archive.reader import StoredExchange
from newscrawl.clock import Clock
from newscrawl.configuration import Configuration
from newscrawl.exceptions import ArchiveError, ConfigurationError
from newscrawl.extensions import places
from newscrawl.extensions.run_log import RunLog
from newscrawl.items import Archived
from newscrawl.middlewares.fixtures import Fixtures
from newscrawl.middlewares.retracted import Retracted
from newscrawl.middlewares.stored import answer_to
from newscrawl.storage import retractions
from newscrawl.urls import url_key

logger = logging.getLogger(__name__)


class NotInReplay(IgnoreRequest):
    """Nothing that is replayed answers the URL."""


class Stored(Protocol):
    """Stored answers."""

    async def answer(self, request: Request) -> Response | None:
        """The response; None for a URL that has none. Raises what a downloader raises for a broken answer."""


class ReplayMiddleware:
    """Answers each request from what is stored, and sends none."""

    def __init__(self, stored: Stored, left_out: Collection[str] = ()) -> None:
        """`left_out`: url_keys of what was retracted, which has no answer any more."""
        self._stored = stored
        self._left_out = left_out

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        configuration = Configuration.read(crawler.settings)
        if configuration.replay is None:
            raise NotConfigured
        left_out = retractions.of_database(configuration.database_url)
        return cls(_stored_at(configuration.replay, configuration, crawler), left_out)

    async def process_request(self, request: Request) -> Response:
        """The stored response. Raises NotInReplay for a URL that has none, Retracted for one that was taken down, and
        what the downloader raises for an answer that is not whole.
        """
        if url_key(request.url) in self._left_out:
            raise Retracted(request.url)
        response = await self._stored.answer(request)
        if response is None:
            raise NotInReplay("not in replay")
        return response


class ArchivedAnswers:
    """The answers of WARCs, as they were at the run's time."""

    def __init__(
        self, answers: Answers, clock: Clock, most_bytes: int, enter: Callable[[list[Archived]], None]
    ) -> None:
        """`most_bytes` bounds bodies, 0 does not. `enter` is told of each answer that is given, and of that
        which it repeats.
        """
        self._answers = answers
        self._clock = clock
        self._most_bytes = most_bytes
        self._enter = enter

    async def answer(self, request: Request) -> Response | None:
        """The response; from then on `places` tells where it is archived. None for a URL that has none, or whose body
        cannot be read.
        """
        try:
            found = await asyncio.to_thread(self._read, request.url, request.meta.get("redirect_urls", ()))
        except ArchiveError as error:
            raise NotInReplay(f"not in replay: {error}") from error
        if found is None:
            return None
        exchange, archived, as_sent = found
        self._enter(archived)
        places.note_stored(request, archived[0])
        most_bytes = request.meta.get("download_maxsize", self._most_bytes)
        return answer_to(request, exchange, as_sent=as_sent, most_bytes=most_bytes)

    def _read(self, url: str, followed: Collection[str]) -> tuple[StoredExchange, list[Archived], bool] | None:
        found = self._answers.at(url, self._clock(), followed)
        return None if found is None else (*self._answers.read(found), found.as_sent)


class _Entering:
    """Enters what is answered into the table of captures, while the run goes on."""

    def __init__(self, run_log: RunLog) -> None:
        self._run_log = run_log
        self._under_way: set[asyncio.Task[bool]] = set()
        run_log.before_finish = self._finish

    def __call__(self, archived: list[Archived]) -> None:
        entering = asyncio.get_running_loop().create_task(self._run_log.enter(archived))
        self._under_way.add(entering)
        entering.add_done_callback(self._under_way.discard)

    async def _finish(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way)


def _stored_at(path: Path, configuration: Configuration, crawler: Crawler) -> Stored:
    """Raises ConfigurationError where no answer is stored."""
    fixtures = Fixtures(path)
    if fixtures:
        return fixtures
    warcs = warcs_below(path)
    if not warcs:
        raise ConfigurationError(
            f"NEWSCRAWL_REPLAY={path} holds no response.json and no WARC; name a WARC, or a folder of WARCs or fixtures"
        )
    if path.is_dir() and (pruned := sum(1 for _ in path.rglob("*" + PRUNED))):
        logger.warning("%d WARC(s) of %s were pruned: what they held has no answer", pruned, path)
    configuration.output.mkdir(parents=True, exist_ok=True)
    try:
        answers = Answers(warcs, configuration.output)
    except (ArchiveError, OSError) as error:
        raise ConfigurationError(f"NEWSCRAWL_REPLAY={path} cannot be replayed: {error}") from error
    crawler.signals.connect(lambda: answers.close(), signal=signals.engine_stopped, weak=False)
    run_log = crawler.get_extension(RunLog)
    enter = _Entering(run_log) if run_log is not None else lambda _: None
    return ArchivedAnswers(answers, configuration.clock, crawler.settings.getint("DOWNLOAD_MAXSIZE"), enter)
