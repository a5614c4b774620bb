"""Step 1: repair text without loss."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from itemadapter import ItemAdapter

from newscrawl.text.clean import clean, clean_or_none

_TEXTS = (
    "outlet", "headline", "page_title", "description", "byline", "published_at_raw", "modified_at_raw", "section",
)  # fmt: skip


class CleanPipeline:
    """Brings every text of an article into NFC without control characters; a text of nothing becomes None."""

    def process_item(self, item: Any) -> Any:
        adapter = ItemAdapter(item)
        for name in _TEXTS:
            adapter[name] = clean_or_none(adapter[name])
        for name in ("authors", "keywords"):
            adapter[name] = [text for text in map(clean, adapter[name]) if text]
        adapter["blocks"] = [replace(block, text=text) for block in adapter["blocks"] if (text := clean(block.text))]
        adapter["body"] = "\n".join(block.text for block in adapter["blocks"]) or None
        adapter["related_links"] = [
            replace(link, headline=clean(link.headline), label=clean_or_none(link.label))
            for link in adapter["related_links"]
        ]
        return item
