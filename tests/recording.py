"""`python -m tests.recording PLAN RESULT`: asks for what a plan names, with the project's settings, and keeps what was
recorded. Plan and result are pickled.
"""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.http import Response
from scrapy.utils.asyncio import call_later
from scrapy.utils.project import get_project_settings

from newscrawl.archive.exchange import Exchange
from newscrawl.downloaders.wire import _Body
from newscrawl.signals import exchange_recorded
from tests.crawling import HASTE, ROOT, environment


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as arguments of Scrapy's Request."""

    url: str
    method: str = "GET"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Recorded:
    """What the crawl made of it."""

    exchanges: list[tuple[str, Exchange]] = field(default_factory=list)
    """URL of Scrapy's request, and the exchange, in the order in which they ended."""
    answers: dict[str, tuple[int, bytes, list[str]] | str] = field(default_factory=dict)
    """By URL asked for: status, body and flags as the spider got them, else the name of the error."""
    shared: dict[str, bool] = field(default_factory=dict)
    """By URL: whether the exchange holds the very bytes object that the download handler's response holds."""
    after_close: int = 0
    """Exchanges that came after the spider was closed."""
    still_held: int = 0
    """Bytes of bodies that buffers of ended answers held when the spider was closed."""
    stats: dict[str, Any] = field(default_factory=dict)
    log: str = ""

    def of(self, url: str) -> Exchange:
        """The exchange that answered the request of a URL: the last, where it was sent anew on another connection."""
        return [exchange for asked, exchange in self.exchanges if asked == url][-1]


class Recorder(Spider):
    """Asks in the order of the plan."""

    name = "recorder"

    def __init__(self, plan: list[Asked], end_after: float | None, recorded: Recorded, fail_on: str | None) -> None:
        super().__init__()
        self._plan = plan
        self._end_after = end_after
        self._recorded = recorded
        self._fail_on = fail_on
        self._closed = False
        self._bodies: dict[str, bytes] = {}

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Any:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.exchange_recorded, signal=exchange_recorded)
        crawler.signals.connect(spider.response_downloaded, signal=signals.response_downloaded)
        crawler.signals.connect(spider.spider_closed, signal=signals.spider_closed)
        return spider

    async def start(self) -> Any:
        if self._end_after is not None:
            downloader: Any = self.crawler.engine.downloader
            call_later(self._end_after, downloader.end_all)
        for number, asked in enumerate(self._plan):
            yield Request(
                asked.url, self.parse, asked.method, asked.headers, asked.body, meta={**asked.meta}, priority=-number,
                errback=self.failed, dont_filter=True, cb_kwargs={"asked": asked.url},
            )  # fmt: skip

    def parse(self, response: Response, asked: str) -> None:
        self._recorded.answers[asked] = response.status, response.body, response.flags

    def failed(self, failure: Any) -> None:
        self._recorded.answers[failure.request.url] = type(failure.value).__name__

    def exchange_recorded(self, request: Request, exchange: Exchange) -> None:
        if self._fail_on is not None and self._fail_on in request.url:
            raise OSError("the disk is full")
        self._recorded.exchanges.append((request.url, exchange))
        self._recorded.after_close += self._closed
        self._bodies[request.url] = exchange.body

    def response_downloaded(self, response: Response, request: Request) -> None:
        self._recorded.shared[request.url] = response.body is self._bodies.pop(request.url, None)

    def spider_closed(self) -> None:
        self._closed = True
        # Twisted's errors hold on to what they passed until they are collected.
        self._recorded.still_held = sum(len(one.getbuffer()) for one in gc.get_objects() if isinstance(one, _Body))


def record(
    folder: Path, *plan: Asked, end_after: float | None = None, fail_on: str | None = None, **settings: Any
) -> Recorded:
    """Ask in a process of its own; `end_after` so many seconds the downloader is told to end everything."""
    given, made = folder / "plan", folder / "recorded"
    values = {**HASTE, "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_OUTPUT": str(folder), **settings}
    given.write_bytes(pickle.dumps((plan, end_after, fail_on, values)))
    done = subprocess.run(
        [sys.executable, "-m", "tests.recording", str(given), str(made)],
        cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    recorded: Recorded = pickle.loads(made.read_bytes())
    recorded.log = done.stderr
    return recorded


def main(given: Path, made: Path) -> None:
    """Run the crawl of a plan."""
    from scrapy.crawler import AsyncCrawlerProcess

    plan, end_after, fail_on, values = pickle.loads(given.read_bytes())
    settings = get_project_settings()
    settings.update(values, priority="cmdline")
    recorded = Recorded()
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Recorder)
    process.crawl(crawler, plan=plan, end_after=end_after, recorded=recorded, fail_on=fail_on)
    process.start()
    assert crawler.stats is not None
    recorded.stats = dict(crawler.stats.get_stats())
    made.write_bytes(pickle.dumps(recorded))


if __name__ == "__main__":
    # Under this name its classes can be pickled, and read by the test.
    from tests import recording

    recording.main(Path(sys.argv[1]), Path(sys.argv[2]))
