"""From a page's bytes to an article: pure functions, without network, clock or state."""

from newscrawl.extraction.article import EXTRACTOR, Furniture, content_hash, extract

__all__ = ["EXTRACTOR", "Furniture", "content_hash", "extract"]
