"""Step 1: repair text without loss."""

from __future__ import annotations

from newscrawl.items import Article
from newscrawl.text.articles import clean_article


class CleanPipeline:
    """Brings every text of an article into NFC without control characters; a text of nothing becomes None."""

    def process_item(self, item: Article) -> Article:
        clean_article(item)
        return item
