"""Step 3: the digest by which the store knows copies of one text.

Identity needs no step of its own: the url_key is the article's. The earliest copy is looked up in the
transaction that stores the article, so that two copies in flight cannot both be first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from itemadapter import ItemAdapter

from newscrawl.duplicates import text_digest


class DeduplicatePipeline:
    """Notes on the article's visit the digest of its normalised text."""

    def process_item(self, item: Any) -> Any:
        adapter = ItemAdapter(item)
        if adapter["visit"] is not None:
            adapter["visit"] = replace(adapter["visit"], text_digest=text_digest(adapter["body"] or ""))
        return item
