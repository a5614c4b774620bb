"""Callables by which scorers of article extraction call us, and trafilatura as it comes to measure beside us.

`arabic` and `arabic_trafilatura` take (html: bytes, url), `news` and `trafilatura_default` take (html: str, url). All
answer {title, authors, published, body, related}.
"""

from __future__ import annotations

from typing import Any

import trafilatura
from trafilatura.settings import Document

from newscrawl.extraction import extract
from newscrawl.items import Article, Page
from newscrawl.urls import is_http

# Some gold rows name a page by something that is no URL; an article has its identity from one.
_NO_URL = "https://unknown.invalid/"


def arabic(html: bytes, url: str) -> dict[str, Any]:
    """Our reading of a page's bytes."""
    return _answer(extract(Page(url=url, body=html)))


def news(html: str, url: str | None) -> dict[str, Any]:
    """Our reading of a page's text."""
    headers = {"Content-Type": "text/html; charset=utf-8"}
    body = html.encode("utf-8", "replace")
    return _answer(extract(Page(url=url if url and is_http(url) else _NO_URL, body=body, headers=headers)))


def arabic_trafilatura(html: bytes, url: str) -> dict[str, Any]:
    """trafilatura's default reading of a page's bytes."""
    return _trafilatura(html, url)


def trafilatura_default(html: str, url: str | None) -> dict[str, Any]:
    """trafilatura's default reading of a page's text."""
    return _trafilatura(html, url)


def _answer(article: Article) -> dict[str, Any]:
    published = article.published_at
    return {
        "title": article.headline,
        "authors": article.authors,
        "published": published.isoformat() if published else None,
        "body": article.body,
        "related": [{"title": link.headline, "url": link.url} for link in article.related_links],
    }


def _trafilatura(html: bytes | str, url: str | None) -> dict[str, Any]:
    document = trafilatura.bare_extraction(html, url=url, with_metadata=True, include_comments=False)
    if not isinstance(document, Document):
        return {}
    authors = (document.author or "").split("; ") if document.author else []
    return {
        "title": document.title,
        "authors": authors,
        "published": document.date,
        "body": document.text,
        "related": [],
    }
