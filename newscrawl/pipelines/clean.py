"""Step 1: repair text without loss."""

from __future__ import annotations

from dataclasses import replace

from newscrawl.items import Article, Block
from newscrawl.text.clean import clean, clean_or_none

_TEXTS = (
    "outlet", "headline", "page_title", "description", "byline", "published_at_raw", "modified_at_raw", "section",
)  # fmt: skip


class CleanPipeline:
    """Brings every text of an article into NFC without control characters; a text of nothing becomes None."""

    def process_item(self, item: Article) -> Article:
        for name in _TEXTS:
            setattr(item, name, clean_or_none(getattr(item, name)))
        item.authors = [text for text in map(clean, item.authors) if text]
        item.keywords = [text for text in map(clean, item.keywords) if text]
        item.blocks = [_with_text(block, text) for block in item.blocks if (text := clean(block.text))]
        item.body = "\n".join(block.text for block in item.blocks) or None
        item.related_links = [
            replace(link, headline=clean(link.headline), label=clean_or_none(link.label)) for link in item.related_links
        ]
        return item


def _with_text(block: Block, text: str) -> Block:
    # Most texts are clean, and a copy of each would cost more than looking.
    return block if text == block.text else replace(block, text=text)
