"""Sitemaps: urlset, index, news (Google's extension), plain text, gzip (sitemaps.org, protocol 0.9)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from newscrawl.discovery.candidates import aware_time
from newscrawl.discovery.documents import ChildSitemap, Findings, absolute, is_html, local, read_text, root_name, walk
from newscrawl.discovery.feeds import FEED_ROOTS, SITEMAP_ROOTS, feed_findings
from newscrawl.exceptions import DiscoveryError
from newscrawl.items import Candidate
from newscrawl.urls import is_http

MAX_BYTES = 16 * 1024 * 1024
"""Of a sitemap, unpacked. The protocol allows 50 MB, which cost a worker a quarter of a gigabyte."""
MAX_URLS = 50_000
"""The protocol's limit for one sitemap."""

_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*([^\s#]+)", re.IGNORECASE | re.MULTILINE)

# Places below <url> or <sitemap>, prefixes left out, and what we call what stands there. A <loc> of an image or a
# video stands deeper, and is none of these.
_FIELDS = {
    ("loc",): "loc",
    ("lastmod",): "updated",
    ("news", "title"): "title",
    ("news", "publication_date"): "published",
    ("news", "publication", "language"): "language",
    ("news", "publication", "name"): "publication",
}


def read_sitemap(
    body: bytes,
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    source_id: str | None = None,
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> Findings:
    """The pages, or of an index the sitemaps, that a sitemap names, in its order, each URL once.

    `url` is the sitemap's final URL. Evidence, raw: `updated` (lastmod), and of a news sitemap `title`, `published`,
    `language`, `publication` (the outlet's name). A feed in a sitemap's place, which the protocol allows, is read as
    feed. Never raises for what the document contains: see `Findings`.
    """
    document = read_text(body, url, headers or {}, max_bytes=max_bytes, encoding=encoding)
    text = document.text
    if not text:
        return Findings(error=document.error)
    root = root_name(text)
    if text.startswith("{") or root in FEED_ROOTS:
        return feed_findings(document, url, source_id)
    reader = _Reader(url, source_id)
    if root in SITEMAP_ROOTS:
        error = walk(text, url, reader.start, reader.end, reader.data)
    elif is_html(text):
        error = DiscoveryError(f"{url} is an HTML page, not a sitemap; mend `sitemaps` in the source file")
    elif root is not None:
        error = DiscoveryError(
            f"{url} is XML with the root <{root}>, not a sitemap; mend `sitemaps` in the source file"
        )
    else:
        error = reader.lines(text, cut=document.error is not None)
    return Findings(list(reader.candidates.values()), list(reader.sitemaps.values()), document.error or error)


def sitemaps_in_robots(body: bytes, url: str) -> list[str]:
    """The sitemaps that a robots.txt names (`Sitemap:` lines, sitemaps.org), absolute, each once, in order."""
    named = _SITEMAP_LINE.findall(body.decode("utf-8-sig", "replace"))
    found = (absolute(url, reference) for reference in named)
    return list(dict.fromkeys(sitemap for sitemap in found if sitemap))


class _Reader:
    """Handlers for `walk`; an entry counts when it ends, so that a cut sitemap keeps its whole entries only."""

    def __init__(self, url: str, source_id: str | None) -> None:
        self.candidates: dict[str, Candidate] = {}
        self.sitemaps: dict[str, ChildSitemap] = {}
        self._url = url
        self._source_id = source_id
        self._path: list[str] = []
        self._values: dict[str, str] = {}
        self._text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(local(name))
        self._text.clear()

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, name: str) -> None:
        path = self._path
        if len(path) == 2:
            self._entry(path[1])
            self._values = {}
        elif len(path) > 2 and (field := _FIELDS.get(tuple(path[2:]))) and (value := "".join(self._text).strip()):
            self._values.setdefault(field, value)
        self._text.clear()
        path.pop()

    def lines(self, text: str, *, cut: bool) -> DiscoveryError | None:
        """A plain-text sitemap: one URL a line, nothing else."""
        lines = text.split("\n")
        if cut:
            lines.pop()
        for number, line in enumerate(lines, 1):
            location = line.strip()
            if location and not is_http(location):
                what = f"line {number} of {self._url} is no URL" if self.candidates else f"{self._url} is no sitemap"
                return DiscoveryError(f"{what}; mend `sitemaps` in the source file")
            if location:
                try:
                    self._values = {"loc": location}
                    self._entry("url")
                except DiscoveryError as error:
                    return error
        return None

    def _entry(self, kind: str) -> None:
        reference = self._values.pop("loc", None)
        location = absolute(self._url, reference) if reference else None
        if location is None:
            return
        modified_at = aware_time(self._values.get("updated"))
        if kind == "sitemap":
            self._make_room(self.sitemaps)
            self.sitemaps.setdefault(location, ChildSitemap(location, modified_at))
        elif kind == "url":
            self._make_room(self.candidates)
            candidate = Candidate(
                url=location,
                source=self._source_id,
                kind="sitemap",
                via=self._url,
                modified_at=modified_at,
                evidence=self._values,
            )
            self.candidates.setdefault(location, candidate)

    def _make_room(self, found: Mapping[str, object]) -> None:
        if len(found) >= MAX_URLS:
            raise DiscoveryError(
                f"{self._url} names more than {MAX_URLS:,} URLs; only these were read: name smaller sitemaps"
            )
