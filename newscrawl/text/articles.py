"""An article's texts repaired without loss, and whether it is one."""

from __future__ import annotations

from dataclasses import replace

from newscrawl.items import Article, Block
from newscrawl.text.clean import clean, clean_or_none

_TEXTS = (
    "outlet", "headline", "page_title", "description", "byline", "published_at_raw", "modified_at_raw", "section",
)  # fmt: skip


def clean_article(article: Article) -> None:
    """Bring every text of an article into NFC without control characters; a text of nothing becomes None."""
    for name in _TEXTS:
        setattr(article, name, clean_or_none(getattr(article, name)))
    article.authors = [text for text in map(clean, article.authors) if text]
    article.keywords = [text for text in map(clean, article.keywords) if text]
    article.blocks = [_with_text(block, text) for block in article.blocks if (text := clean(block.text))]
    article.body = "\n".join(block.text for block in article.blocks) or None
    article.related_links = [
        replace(link, headline=clean(link.headline), label=clean_or_none(link.label)) for link in article.related_links
    ]


def lacks(article: Article) -> str | None:
    """Why it is no article: `no_headline` or `no_body`; None when it is one."""
    return next((f"no_{name}" for name in ("headline", "body") if not getattr(article, name)), None)


def _with_text(block: Block, text: str) -> Block:
    # Most texts are clean, and a copy of each would cost more than looking.
    return block if text == block.text else replace(block, text=text)
