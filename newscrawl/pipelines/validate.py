"""Step 2: an article has a headline and a body."""

from __future__ import annotations

from scrapy.exceptions import DropItem

from newscrawl.items import Article


class ValidatePipeline:
    """Drops what is no article; the run log enters it as invalid with the reason code."""

    def process_item(self, item: Article) -> Article:
        for name, text in (("headline", item.headline), ("body", item.body)):
            if not text:
                raise DropItem(f"no_{name}", log_level="DEBUG")
        return item
