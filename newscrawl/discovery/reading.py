"""One call for every kind of discovery document, to be made in a worker process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from newscrawl.discovery.candidates import accepts
from newscrawl.discovery.documents import ChildSitemap, Findings
from newscrawl.discovery.feeds import read_feed
from newscrawl.discovery.sections import read_section
from newscrawl.discovery.sitemaps import read_sitemap, sitemaps_in_robots
from newscrawl.sources import Source

DocumentKind = Literal["feed", "sitemap", "section"]


def read_document(
    kind: DocumentKind, body: bytes, url: str, headers: Mapping[str, str], *, source: Source, now: datetime
) -> Findings:
    """What a fetched document offers of the source's articles: the candidates that `accepts` keeps.

    A `robots.txt` among the sitemaps stands for the sitemaps that it names.
    """
    if kind == "feed":
        findings = read_feed(body, url, headers, source_id=source.source_id, encoding=source.encoding)
    elif kind == "section":
        findings = read_section(body, url, headers, source=source)
    elif urlsplit(url).path == "/robots.txt":
        findings = Findings(sitemaps=[ChildSitemap(sitemap) for sitemap in sitemaps_in_robots(body, url)])
    else:
        findings = read_sitemap(body, url, headers, source_id=source.source_id, encoding=source.encoding)
    accepted = [one for one in findings.candidates if accepts(one, source, now)]
    return replace(findings, candidates=accepted, refused=len(findings.candidates) - len(accepted))
