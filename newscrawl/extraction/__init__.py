"""From a page's bytes to an article: pure functions, without network, clock or state."""

from newscrawl.extraction.article import EXTRACTOR, content_hash, extract
from newscrawl.items import Furniture

__all__ = ["EXTRACTOR", "Furniture", "content_hash", "extract"]
