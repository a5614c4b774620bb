"""The loop that leases: it ends when nothing is left, and not before, whatever changes while the database looks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.settings import Settings

from newscrawl.configuration import Configuration
from newscrawl.discovery.revisits import DEFAULT
from newscrawl.spiders.documents import Documents
from newscrawl.spiders.news import NewsSpider
from newscrawl.spiders.polling import Polling
from newscrawl.storage.frontier import Lease

DUE = [
    Lease(
        f"a.example/{number}", f"https://a.example/{number}", "a.example", None, 0, 0, datetime.max.replace(tzinfo=UTC)
    )
    for number in range(3)
]


class _RunLog:
    """Leases one page, and answers the second question as if asked before that page's end, which comes meanwhile."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.in_flight: dict[str, Lease] = {}
        self.due = list(DUE)
        self.questions = 0

    def clock(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    async def lease(self, scope: Any) -> list[Lease]:
        self.questions += 1
        if self.questions % 2 == 0:
            await asyncio.sleep(0)
            self.in_flight.clear()
            self.changed.set()
            return []
        leases, self.due = self.due[:1], self.due[1:]
        self.in_flight = {lease.url_key: lease for lease in leases}
        return leases

    async def end_lapsed(self) -> None:
        return

    async def leased_by_others(self, scope: Any) -> bool:
        return False


@pytest.fixture
def spider() -> NewsSpider:
    settings = Settings()
    settings.setmodule("newscrawl.settings")
    return NewsSpider(configuration=Configuration.read(settings))


def test_what_ends_while_the_database_looks_is_no_end_of_the_run(spider: NewsSpider) -> None:
    run_log: Any = _RunLog()
    spider.run_log = run_log
    no_reader: Any = None
    spider.documents = Documents(Polling({}, lambda _: DEFAULT, everything=False), run_log, no_reader)

    async def crawl() -> list[str]:
        return [request.url async for request in spider._due_pages()]

    assert asyncio.run(asyncio.wait_for(crawl(), 5)) == [lease.url for lease in DUE]
