"""Section pages: the links that a page listing articles names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from lxml import etree

from newscrawl.discovery.documents import Findings, absolute, read_text, root_name
from newscrawl.discovery.feeds import FEED_ROOTS, SITEMAP_ROOTS
from newscrawl.exceptions import DiscoveryError
from newscrawl.items import Candidate
from newscrawl.sources.source import Source
from newscrawl.text.clean import clean

MAX_BYTES = 20 * 1024 * 1024
MAX_LINKS = 50_000
MAX_TAGS = 150_000
"""Tags of a page that are read: a tree of them costs about 45 MB. Pages of outlets have some thousands."""
_TEXT_PIECES = 20
_LONGEST_TITLE = 500


def read_section(
    body: bytes, url: str, headers: Mapping[str, str] | None = None, *, source: Source, max_bytes: int = MAX_BYTES
) -> Findings:
    """The links of a section page to pages of the source's site, in page order, each URL once, fragments left out.

    `url` is the page's final URL. Links count whatever their `rel` says: nofollow speaks to rankings. Evidence:
    `title`, the link's text, else its image's (of several links to one page the first that has any). Which links are
    articles is for `accepts` to say. Never raises for what the page contains: see `Findings`.
    """
    document = read_text(body, url, headers or {}, max_bytes=max_bytes, encoding=source.encoding)
    if not document.text:
        return Findings(error=document.error)
    root = root_name(document.text)
    if root in FEED_ROOTS | SITEMAP_ROOTS:
        remedy = "name it under `feeds` or `sitemaps` in the source file"
        return Findings(error=DiscoveryError(f"{url} is XML with the root <{root}>, not a page; {remedy}"))
    text, error = bounded(document.text, url)
    titles, links_error = _links(text, url, source)
    error = error or links_error
    candidates = [
        Candidate(
            url=link,
            source=source.source_id,
            kind="section",
            via=url,
            evidence={"title": title} if title else {},
        )
        for link, title in titles.items()
    ]
    if not candidates and error is None:
        remedy = "a script may build its list: use a feed or sitemap, or mend `sections` in the source file"
        error = DiscoveryError(f"{url} has no links to pages of {source.source_id}; {remedy}")
    return Findings(candidates, error=document.error or error)


def bounded(text: str, url: str) -> tuple[str, DiscoveryError | None]:
    """A page's text up to MAX_TAGS tags, and the error that says that it was cut."""
    if text.count("<") <= MAX_TAGS:
        return text, None
    end = 0
    for tag in islice(re.finditer("<", text), MAX_TAGS, None):
        end = tag.start()
        break
    return text[:end], DiscoveryError(
        f"{url} has more than {MAX_TAGS:,} tags; only these were read: name a smaller page"
    )


def _links(text: str, url: str, source: Source) -> tuple[dict[str, str], DiscoveryError | None]:
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    titles: dict[str, str] = {}
    if root is None:
        return titles, None
    base = url
    for number, element in enumerate(root.iter("base", "a", "area")):
        if number >= MAX_LINKS:
            return titles, DiscoveryError(
                f"{url} has more than {MAX_LINKS:,} links; only these were read: name a smaller page"
            )
        href = element.get("href")
        if href is None:
            continue
        link = absolute(base, href)
        if element.tag == "base":
            # HTML: the first base element counts.
            base = link if base == url and link else base
        elif link and link != url and source.owns(link) and not titles.get(link):
            titles[link] = _title(element)
    return titles, None


def _title(link: etree._Element) -> str:
    """The link's text, else its image's, else its `title`; bounded, since broken pages nest links in links."""
    text = clean(" ".join(str(piece)[:_LONGEST_TITLE] for piece in islice(link.itertext(), _TEXT_PIECES)))
    image = next(link.iter("img"), None)
    alt = image.get("alt") if image is not None else None
    return (text or clean((alt or link.get("title") or "")[:_LONGEST_TITLE]))[:_LONGEST_TITLE]
