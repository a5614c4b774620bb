"""Step 4: the article is stored, and its visit ended, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem, NotConfigured

from newscrawl.exceptions import ExtractionStopped
from newscrawl.extensions.run_log import RunLog
from newscrawl.items import Article, Disposition
from newscrawl.rereading.earlier import Reader, read_earlier
from newscrawl.storage.articles import Stored


class StorePipeline:
    """Stores articles; what is unchanged goes no further, so that Scrapy's own feeds hold what is new."""

    def __init__(self, run_log: RunLog, reader: Reader) -> None:
        self._run_log = run_log
        self._reader = reader

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        run_log = crawler.get_extension(RunLog)
        if run_log is None:
            raise NotConfigured
        spider: Any = crawler.spider
        return cls(run_log, spider)

    async def process_item(self, item: Article) -> Article:
        try:
            stored = await self._stored(item)
        except CloseSpider as error:
            # The run log has said so, and its page is due again.
            raise DropItem("the database failed", log_level="DEBUG") from error
        except ExtractionStopped as error:
            assert item.visit is not None
            self._run_log.give_back(item.visit.candidate_key)
            raise DropItem("the run ended before it was compared", log_level="DEBUG") from error
        if stored.disposition in (Disposition.UNCHANGED, Disposition.BLOCKED):
            raise DropItem(str(stored.disposition), log_level="DEBUG")
        item.near_duplicates = list(stored.near_duplicates)
        item.revision, item.duplicate_of, item.run = stored.revision, stored.duplicate_of, self._run_log.run_id
        return item

    async def _stored(self, item: Article) -> Stored:
        stored = await self._run_log.store(item)
        if stored.outdated is None:
            return stored
        assert item.visit is not None
        await read_earlier(stored.outdated, self._reader, self._run_log)
        item.visit = replace(item.visit, is_compared=True)
        return await self._run_log.store(item)
