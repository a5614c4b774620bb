"""Step 3: the digest by which the store knows copies of one text.

Identity needs no step of its own: the url_key is the article's. The earliest copy is looked up in the
transaction that stores the article, so that two copies in flight cannot both be first.
"""

from __future__ import annotations

from dataclasses import replace

from newscrawl.duplicates import text_digest
from newscrawl.items import Article


class DeduplicatePipeline:
    """Notes on the article's visit the digest of its normalised text."""

    def process_item(self, item: Article) -> Article:
        # Pages that a worker read have it already.
        if item.visit is not None and item.visit.text_digest is None:
            item.visit = replace(item.visit, text_digest=text_digest(item.body or ""))
        return item
