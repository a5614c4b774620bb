"""Step 4: the article is stored, and its visit ended, in one transaction."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem, NotConfigured

from newscrawl.extensions.run_log import RunLog
from newscrawl.items import Article, Disposition


class StorePipeline:
    """Stores articles; what is unchanged goes no further, so that Scrapy's own feeds hold what is new."""

    def __init__(self, run_log: RunLog) -> None:
        self._run_log = run_log

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        run_log = crawler.get_extension(RunLog)
        if run_log is None:
            raise NotConfigured
        return cls(run_log)

    async def process_item(self, item: Article) -> Article:
        try:
            stored = await self._run_log.store(item)
        except CloseSpider as error:
            # The run log has said so, and its page is due again.
            raise DropItem("the database failed", log_level="DEBUG") from error
        if stored.disposition in (Disposition.UNCHANGED, Disposition.BLOCKED):
            raise DropItem(str(stored.disposition), log_level="DEBUG")
        item.near_duplicates = list(stored.near_duplicates)
        item.revision, item.duplicate_of, item.run = stored.revision, stored.duplicate_of, self._run_log.run_id
        return item
