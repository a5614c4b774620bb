"""Step 3: the fingerprint by which the store finds copies of a text.

Identity needs no step of its own: the url_key is the article's. Copies are looked up in the transaction that
stores the article, so that two copies in flight cannot both be first, nor miss each other.
"""

from __future__ import annotations

from dataclasses import replace

from newscrawl.duplicates import fingerprint
from newscrawl.items import Article


class DeduplicatePipeline:
    """Notes on the article's visit the fingerprint of its text."""

    def process_item(self, item: Article) -> Article:
        # Pages that a worker read have it already.
        if item.visit is not None and item.visit.fingerprint is None:
            item.visit = replace(item.visit, fingerprint=fingerprint(item.body or ""))
        return item
