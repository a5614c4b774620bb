"""Step 2: an article has a headline and a body."""

from __future__ import annotations

from scrapy.exceptions import DropItem

from newscrawl.items import Article
from newscrawl.text.articles import lacks


class ValidatePipeline:
    """Drops what is no article; the run log enters it as invalid with the reason code."""

    def process_item(self, item: Article) -> Article:
        if reason := lacks(item):
            raise DropItem(reason, log_level="DEBUG")
        return item
