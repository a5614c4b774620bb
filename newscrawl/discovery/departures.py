"""Whether a redirect led away from an article: to the home page, or to a page that lists articles."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from newscrawl.discovery.candidates import has_query_id, looks_like_article, path_segments
from newscrawl.items import TO_HOME, TO_SECTION
from newscrawl.sources.source import Source
from newscrawl.urls import url_key

_SLUG = re.compile(r"\w[-_]\w")
_LANGUAGE = re.compile(r"^[a-z]{2}(?:-[a-z]{2})?$")


def led_away(asked: str, final: str, source: Source | None) -> str | None:
    """Why what a redirect from `asked` led to is no article: TO_HOME or TO_SECTION; None when it may be one.

    A home page has no path but the name of an index or of a language, and no article's id in its query. A section page
    is one that the source's file names as such, or one that lies above an article: every part of its path, of which
    there are fewer, is one that led to that. What `allow` matches, and what looks like an article by its URL, is none;
    nor is what stands above a print or comments page, or the second page, of what may be an article.
    """
    address = urlsplit(final)
    segments = path_segments(address.path)
    if not segments or (len(segments) == 1 and _LANGUAGE.match(segments[0]) and not _is_allowed(final, source)):
        return None if has_query_id(address, segments) else TO_HOME
    if source is not None and _bare(final) in map(_bare, source.sections):
        return TO_SECTION
    if _is_allowed(final, source) or looks_like_article(address, segments):
        return None
    return TO_SECTION if _lies_above(segments, asked, source) else None


def _is_allowed(url: str, source: Source | None) -> bool:
    return source is not None and source.articles.allows(url)


def _lies_above(segments: list[str], asked: str, source: Source | None) -> bool:
    address = urlsplit(asked)
    led = path_segments(address.path)
    if not set(segments) <= set(led[:-1]):
        return False
    return _is_allowed(asked, source) or looks_like_article(address, led) or bool(_SLUG.search(led[-1]))


def _bare(url: str) -> str:
    return url_key(url).rstrip("/")
