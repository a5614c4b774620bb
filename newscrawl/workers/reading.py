"""What a worker does with a fetched page: the one place where extraction and the telling of copies meet."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass

from newscrawl.items import Article, Fingerprint, Furniture, Page, SearchWords
from newscrawl.sources.source import Source


@dataclass(frozen=True, slots=True)
class Reading:
    """An article, and by what its page and its text are known again."""

    article: Article
    payload_digest: str
    """`sha256:` and the hex digest of the page's body."""
    fingerprint: Fingerprint
    """Of the article's text."""
    search_words: SearchWords
    """Of the article as the pipelines will have cleaned it."""


def read_page(page: Page, source: Source | None, furniture: Furniture | None = None) -> Reading:
    """The article of a page with digest and fingerprint. Raises what `extract` raises."""
    # Here, and not above: the process that only asks for a reading must not load the libraries that read.
    from newscrawl.duplicates import fingerprint
    from newscrawl.extraction import extract
    from newscrawl.text.articles import clean_article
    from newscrawl.text.search_words import search_words

    article = extract(page, source, furniture)
    payload_digest = "sha256:" + hashlib.sha256(page.body).hexdigest()
    cleaned = copy.copy(article)
    clean_article(cleaned)
    found_by = search_words(cleaned.headline, cleaned.body)
    return Reading(article, payload_digest, fingerprint(article.body or ""), found_by)
