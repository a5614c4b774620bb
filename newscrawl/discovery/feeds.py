"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed.

feedparser knows the dialects. It is slow and trusting, so it is given only the little that we ask of it: the entries'
links, titles and dates, written anew as well-formed XML.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import feedparser

from newscrawl.discovery.candidates import aware_time
from newscrawl.discovery.documents import Findings, Text, absolute, is_html, local, read_text, root_name, walk
from newscrawl.discovery.pace import pause_of_feed
from newscrawl.exceptions import DiscoveryError
from newscrawl.items import Candidate
from newscrawl.urls import is_http

MAX_BYTES = 10 * 1024 * 1024
MAX_ENTRIES = 5_000
"""Far more than a feed holds; bounds feedparser's time to about two seconds."""
MAX_OBJECTS = 200_000
"""Objects and lists of a JSON Feed, each of which costs some hundred bytes however short it is."""

FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})

_ENTRIES = frozenset({"item", "entry"})
_LANGUAGE = frozenset({"language"})
_PAUSE = frozenset({"ttl", "updateperiod", "updatefrequency"})
_WANTED = frozenset(
    {"title", "link", "guid", "id", "pubdate", "published", "issued", "updated", "modified", "date", "origlink"}
) | _LANGUAGE  # fmt: skip
# Media and podcast elements of the same names describe a file, not the article.
_FOREIGN_PREFIXES = frozenset({"media", "itunes", "googleplay", "podcast", "image", "video", "geo"})
# Prefixes that feeds use and forget to declare.
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "atom": "http://www.w3.org/2005/Atom",
    "atom10": "http://www.w3.org/2005/Atom",
    "a10": "http://www.w3.org/2005/Atom",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
_LONGEST_VALUE = 8_192
_FIELDS_AN_ENTRY = 15


Entries = list[tuple[str, dict[str, str]]]
"""Each entry's link as the feed gives it, and its evidence."""


def read_feed(
    body: bytes,
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    source_id: str | None = None,
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> Findings:
    """The pages that a feed names, in its order, each URL once.

    `url` is the feed's final URL; `encoding` the source's own, for feeds that declare none or a wrong one. Evidence,
    raw: `title`, `published`, `updated`, `language`. Never raises for what the document contains: see `Findings`.
    """
    document = read_text(body, url, headers or {}, max_bytes=max_bytes, encoding=encoding)
    return feed_findings(document, url, source_id)


def feed_findings(document: Text, url: str, source_id: str | None) -> Findings:
    """`read_feed` for a document already decoded."""
    text = document.text
    pause: dict[str, str] = {}
    if text.startswith("{"):
        entries, error = _json_entries(text, url)
    elif not text:
        entries, error = [], document.error
    else:
        entries, error = _xml_entries(text, url, pause)
    candidates: dict[str, Candidate] = {}
    for reference, evidence in entries:
        link = absolute(url, reference) if reference else None
        if link and link not in candidates:
            candidates[link] = Candidate(
                url=link,
                source=source_id,
                kind="feed",
                via=url,
                modified_at=aware_time(evidence.get("updated")),
                evidence=evidence,
            )
    if entries and not candidates and error is None:
        error = DiscoveryError(f"{url} has entries but none links to a page; use another feed, or `sections`")
    return Findings(list(candidates.values()), error=document.error or error, pause=pause_of_feed(pause))


def _xml_entries(text: str, url: str, pause: dict[str, str]) -> tuple[Entries, DiscoveryError | None]:
    root = root_name(text)
    if root in SITEMAP_ROOTS:
        return [], DiscoveryError(f"{url} is a sitemap, not a feed; name it under `sitemaps` in the source file")
    if root not in FEED_ROOTS and is_html(text):
        return [], DiscoveryError(f"{url} is an HTML page, not a feed; mend `feeds` in the source file")
    if root is None:
        return [], DiscoveryError(f"{url} is neither XML nor JSON; mend `feeds` in the source file")
    if root not in FEED_ROOTS:
        return [], DiscoveryError(f"{url} is XML with the root <{root}>, not a feed; mend `feeds` in the source file")
    essence = _Essence(url)
    error = walk(text, url, essence.start, essence.end, essence.data)
    pause.update(essence.pause)
    # A stream, because feedparser takes a plain string for a file name or an address to fetch.
    parsed = feedparser.parse(
        io.BytesIO(essence.xml().encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    return [_entry(entry, parsed, is_rss=root != "feed") for entry in parsed.entries], error


def _entry(entry: Any, parsed: Any, *, is_rss: bool) -> tuple[str, dict[str, str]]:
    values = dict(entry)
    link = str(values.get("feedburner_origlink") or _alternate(values))
    title_detail = values.get("title_detail") or {}
    published, updated = values.get("published"), values.get("updated")
    if is_rss and not published:
        # RSS has one date; feedparser files that of Dublin Core under updated.
        published, updated = updated, None
    evidence = {
        "title": values.get("title"),
        "published": published,
        "updated": updated,
        "language": values.get("language") or title_detail.get("language") or parsed.feed.get("language"),
    }
    return link, {name: str(value).strip() for name, value in evidence.items() if value}


def _alternate(values: Mapping[str, Any]) -> str:
    """RFC 4287, 4.2.7.2: a link without rel is an alternate; a page before other forms of the story."""
    alternates = [link for link in values.get("links", ()) if link.get("rel") == "alternate" and link.get("href")]
    pages = [link for link in alternates if "html" in link.get("type", "html")]
    for link in pages or alternates:
        return str(link["href"])
    return "" if values.get("links") else str(values.get("link") or "")


class _Essence:
    """Handlers for `walk` that write the feed anew with nothing but what `_entry` reads.

    An entry is written when it ends, so that a cut document keeps its whole entries and no half one.
    """

    def __init__(self, url: str) -> None:
        self.pause: dict[str, str] = {}
        """What the feed says of its own pace, by the elements' names in lower case."""
        self._url = url
        self._path: list[str] = []
        self._shell: list[str] = []
        self._closing: list[str] = []
        self._feed_language: list[str] = []
        self._entries: list[str] = []
        self._entry: list[str] | None = None
        self._entry_depth = 0
        self._field: tuple[str, str] | None = None
        self._field_depth = 0
        self._value: list[str] = []
        self._declared = {"xml"}

    def xml(self) -> str:
        """The feed as written anew."""
        return "".join(self._shell + self._feed_language + self._entries + self._closing[::-1])

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        depth = len(self._path)
        self._declared.update(key[6:] for key in attributes if key.startswith("xmlns:"))
        if self._field is not None:
            return
        if self._entry is not None:
            if depth == self._entry_depth + 1 and local(name) in _WANTED and len(self._entry) <= _FIELDS_AN_ENTRY:
                self._open_field(name, attributes)
        elif depth == 1 or (depth == 2 and local(name) == "channel"):
            self._shell.append(f"<{name}{self._attributes(name, attributes)}>")
            self._closing.append(f"</{name}>")
        elif depth <= 3 and local(name) in _ENTRIES and self._is_feed_part(self._path[-2]):
            self._entry = [f"<{name}{self._attributes(name, attributes)}>"]
            self._entry_depth = depth
        elif depth <= 3 and (local(name) in _PAUSE or (local(name) in _LANGUAGE and not self._feed_language)):
            self._open_field(name, attributes)

    def end(self, name: str) -> None:
        depth = len(self._path)
        self._path.pop()
        if self._field is not None:
            if depth == self._field_depth:
                self._close_field()
        elif self._entry is not None and depth == self._entry_depth:
            if len(self._entries) >= MAX_ENTRIES:
                raise _too_many(self._url)
            self._entries.append("".join([*self._entry, f"</{name}>"]))
            self._entry = None

    def data(self, text: str) -> None:
        if self._field is not None:
            self._value.append(text)

    def _open_field(self, name: str, attributes: dict[str, str]) -> None:
        prefix = name.rpartition(":")[0]
        if prefix in _FOREIGN_PREFIXES or (prefix and not self._knows(prefix)):
            return
        self._field = (name, f"<{name}{self._attributes(name, attributes)}>")
        self._field_depth = len(self._path)
        self._value = []

    def _close_field(self) -> None:
        assert self._field is not None
        name, opening = self._field
        self._field = None
        value = "".join(self._value).strip()
        if self._entry is None and local(name) in _PAUSE:
            self.pause.setdefault(local(name), value[:20])
            return
        is_id = local(name) == "guid" and not is_http(value)
        if len(value) > _LONGEST_VALUE or is_id:
            return
        target = self._feed_language if self._entry is None else self._entry
        target.append(f"{opening}{escape(value)}</{name}>")

    def _attributes(self, name: str, attributes: dict[str, str]) -> str:
        """The attributes that feedparser can read, the namespace of an undeclared prefix added."""
        kept = {
            key: value
            for key, value in attributes.items()
            if (":" not in key or key.partition(":")[0] in ("xml", "xmlns")) and len(value) <= _LONGEST_VALUE
        }
        if kept.get("type") == "xhtml":
            kept["type"] = "text"
        prefix = name.rpartition(":")[0]
        if prefix and prefix not in self._declared and prefix in _NAMESPACES:
            kept[f"xmlns:{prefix}"] = _NAMESPACES[prefix]
        return "".join(f" {key}={quoteattr(value)}" for key, value in kept.items())

    def _knows(self, prefix: str) -> bool:
        return prefix in self._declared or prefix in _NAMESPACES

    @staticmethod
    def _is_feed_part(name: str) -> bool:
        return local(name) in FEED_ROOTS or local(name) == "items"


def _json_entries(text: str, url: str) -> tuple[Entries, DiscoveryError | None]:
    if text.count("{") + text.count("[") > MAX_OBJECTS:
        return [], DiscoveryError(f"{url} has more than {MAX_OBJECTS:,} JSON objects; name a smaller feed")
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        return [], DiscoveryError(f"{url} is broken JSON ({error}); tell the outlet, or use another feed")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return [], DiscoveryError(f"{url} is JSON without `items`, not a JSON Feed; mend `feeds` in the source file")
    return list(_json_feed(feed, items[:MAX_ENTRIES])), _too_many(url) if len(items) > MAX_ENTRIES else None


def _json_feed(feed: dict[str, Any], items: list[Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """JSON Feed 1.1: `url` is the item's page; an `id` is one only where it is a URL."""
    for item in items:
        if not isinstance(item, dict):
            continue
        identifier = _string(item.get("id"))
        link = _string(item.get("url")) or (identifier if is_http(identifier) else "")
        evidence = {
            "title": _string(item.get("title")),
            "published": _string(item.get("date_published")),
            "updated": _string(item.get("date_modified")),
            "language": _string(item.get("language")) or _string(feed.get("language")),
        }
        yield link, {name: value for name, value in evidence.items() if value}


def _too_many(url: str) -> DiscoveryError:
    return DiscoveryError(f"{url} has more than {MAX_ENTRIES:,} entries; only these were read: name a smaller feed")


def _string(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
