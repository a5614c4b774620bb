"""What an outlet's front page tells of how its articles are found: feeds, and the sections of its navigation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree

from newscrawl.discovery.candidates import is_service, looks_like_article, path_segments
from newscrawl.discovery.documents import absolute, read_text
from newscrawl.discovery.sections import MAX_BYTES, MAX_LINKS, bounded
from newscrawl.urls import same_site

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_FEED_PATHS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
_SITEMAP_PATHS = (
    "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap_index.xml", "/sitemap.xml",
    "/sitemap.xml.gz",
)  # fmt: skip
_NAVIGATION = frozenset(("nav", "header"))
_NAMED_NAVIGATION = ("nav", "menu")
_MOST_FEEDS = 20
_MOST_SECTIONS = 30
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What a front page names, each URL once, in its order."""

    feeds: tuple[str, ...]
    """By `<link rel=alternate>`; those of comments left out."""
    sections: tuple[str, ...]
    """Pages of the same site that its navigation links to and that do not look like articles."""


def read_front_page(body: bytes, url: str, headers: Mapping[str, str]) -> FrontPage:
    """What the page names; nothing for what is no HTML."""
    text, _ = bounded(read_text(body, url, headers, max_bytes=MAX_BYTES).text, url)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser) if text else None
    if root is None:
        return FrontPage((), ())
    base = next((link for one in root.iter("base") if (link := absolute(url, one.get("href") or ""))), url)
    feeds = (link.get("href") or "" for link in root.iter("link") if _is_feed(link))
    linked = (link.get("href") or "" for link in islice(root.iter("a"), MAX_LINKS) if _is_navigation(link))
    sections = (link for link in _absolute(base, linked) if _may_be_section(link, url))
    return FrontPage(
        tuple(islice((feed for feed in _absolute(base, feeds) if "/comments" not in feed), _MOST_FEEDS)),
        tuple(islice(sections, _MOST_SECTIONS)),
    )


def common_feeds(homepage: str) -> list[str]:
    """Where feeds stand on many sites."""
    return [urljoin(homepage, path) for path in _FEED_PATHS]


def common_sitemaps(homepage: str) -> list[str]:
    """Where sitemaps stand on many sites, those for news first."""
    return [urljoin(homepage, path) for path in _SITEMAP_PATHS]


def _absolute(base: str, references: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(link for one in references if one and (link := absolute(base, one))))


def _is_feed(link: etree._Element) -> bool:
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    return kind in _FEED_TYPES and "alternate" in (link.get("rel") or "").lower().split()


def _is_navigation(link: etree._Element) -> bool:
    for element in link.iterancestors():
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if element.tag in _NAVIGATION or any(name in names for name in _NAMED_NAVIGATION):
            return True
    return False


def _may_be_section(link: str, url: str) -> bool:
    address = urlsplit(link)
    segments = path_segments(address.path)
    if not same_site(link, url) or not 0 < len(segments) <= _DEEPEST or address.query:
        return False
    return not looks_like_article(address, segments) and not is_service(segments)
