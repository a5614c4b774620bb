"""Which discovery documents a run polls, and what it learns of each for the next one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from scrapy.http import Response

from newscrawl import __version__
from newscrawl.discovery.documents import ChildSitemap, Findings
from newscrawl.discovery.pace import fresh_for
from newscrawl.discovery.reading import DocumentKind
from newscrawl.discovery.revisits import Policy, Poll, after_poll, document_goes_whole
from newscrawl.items import Validators, header
from newscrawl.manners.retry_after import retry_after
from newscrawl.sources import Source
from newscrawl.spiders.pages import headers_of
from newscrawl.storage.documents import Document
from newscrawl.urls import url_key

_KINDS: dict[str, DocumentKind] = {"feed": "feed", "sitemap": "sitemap", "section": "section"}


class Children(NamedTuple):
    """The sitemaps that an index names."""

    changed: list[tuple[Document, datetime | None]]
    """To be polled: those that are new, or have changed since they were read; each with its last change as stated."""
    unchanged: list[Document]
    """As they were when they were read, as their index states it. Those of which it states nothing are in neither: they
    are due by themselves."""


class Polling:
    """The documents of a run's sources; with `everything` all of them are due now."""

    def __init__(
        self,
        known: Mapping[tuple[str, str], Document],
        policy_of: Callable[[str | None], Policy],
        *,
        everything: bool,
    ) -> None:
        self._known = known
        self._policy_of = policy_of
        self.everything = everything
        """Whether what the documents name is due now too."""

    def due(self, source: Source, now: datetime) -> Iterator[tuple[Document, int]]:
        """The documents of a source that are due, each with the number of indexes above it: those that its file names,
        and sitemaps that were to be polled and were not, or whose changes no index tells."""
        named = dict.fromkeys(source.feeds, "feed")
        named |= dict.fromkeys(source.sitemaps, "sitemap") | dict.fromkeys(source.sections, "section")
        for url, kind in named.items():
            document = self._of(source, url, kind)
            if self.everything or document.due_at is None or document.due_at <= now:
                yield replace(document, kind=kind, via=None), 0
        below = [one for one in self._known.values() if one.source_id == source.source_id and one.url not in named]
        depth, above = 1, set(named)
        while above:
            reached = [one for one in below if one.via in above]
            for one in reached:
                if one.due_at is not None and (self.everything or one.due_at <= now):
                    yield one, depth
            # Each has one index above it, and so is reached once; what leads back to itself is not reached at all.
            depth, above = depth + 1, {one.url for one in reached}

    def children(self, source: Source, sitemaps: Iterable[ChildSitemap], via: str) -> Children:
        """What is to become of the sitemaps that an index names; those that changed last come first."""
        changed: list[tuple[Document, datetime | None]] = []
        unchanged: list[Document] = []
        for child in sitemaps:
            document = replace(self._of(source, child.url, "sitemap"), via=via)
            if self._is_changed(document, child, source):
                changed.append((document, child.modified_at))
            elif document.due_at is None:
                unchanged.append(document)
        changed.sort(key=lambda one: one[1].timestamp() if one[1] else 0, reverse=True)
        return Children(changed, unchanged)

    def _is_changed(self, known: Document, child: ChildSitemap, source: Source) -> bool:
        if known.polled_at is None or known.read_by != read_by(source):
            return True
        if child.modified_at is None:
            return self.everything or known.due_at is None
        return known.stated_at is None or child.modified_at > known.stated_at

    def condition(self, document: Document, source: Source, now: datetime) -> Validators | None:
        """By what the document's server is asked whether it has changed; None where it is to be read anyway."""
        if document.read_by != read_by(source) or document_goes_whole(document.pace, now):
            return None
        return document.validators

    def after(
        self,
        document: Document,
        source: Source,
        response: Response | None,
        findings: Findings | None,
        *,
        now: datetime,
        news: int = 0,
        stated_at: datetime | None = None,
        validators: Validators | None = None,
    ) -> Document:
        """What is known of a document after its poll: `findings` of one that was read, None of one that was not.

        `news` as in `revisits.Poll`; `stated_at`: its last change, as its index states it; `validators`: its answer's.
        """
        headers = headers_of(response) if response is not None else {}
        is_same = response is not None and response.status == 304
        is_empty = findings is None or not (findings.candidates or findings.sitemaps)
        failed = not is_same and is_empty and (findings is None or findings.error is not None)
        pauses = [one for one in (fresh_for(headers, now), findings.pause if findings else None) if one is not None]
        asked = retry_after(header(headers, "retry-after"), header(headers, "date"), now)
        poll = Poll(
            at=now,
            failed=failed,
            news=news,
            named=len(findings.candidates) if findings else 0,
            pause=max(pauses, default=None),
            retry_after=timedelta(seconds=asked) if asked else None,
        )
        is_child = document.via is not None and not document.via.endswith("/robots.txt")
        pace, due_at = after_poll(document.pace, poll, self._policy_of(source.source_id), is_child=is_child)
        after = replace(
            document,
            interval=pace.interval.total_seconds() if pace.interval is not None else None,
            polled_at=pace.polled_at,
            failures=pace.failures,
            due_at=due_at if failed or stated_at is None else None,
        )
        if failed:
            return after
        if is_same:
            return replace(after, stated_at=stated_at)
        assert response is not None
        assert findings is not None
        # What was read in part is read again, changed or not.
        kept = (validators if findings.error is None else None) or Validators()
        return replace(
            after,
            stated_at=stated_at,
            names=tuple(dict.fromkeys(url_key(one.url) for one in findings.candidates)),
            answered_by=response.url,
            read_by=read_by(source),
            etag=kept.etag,
            last_modified=kept.last_modified,
            record_id=kept.record_id,
        )

    def _of(self, source: Source, url: str, kind: str) -> Document:
        return self._known.get((source.source_id, url)) or Document(source_id=source.source_id, url=url, kind=kind)


def document_kind(document: Document) -> DocumentKind:
    """As what the document is read."""
    return _KINDS[document.kind]


def read_by(source: Source) -> str:
    """What the reading of a source's documents depends on, beside their bytes: a pattern that is changed takes other
    pages of the same feed."""
    rules = (__version__, source.homepage, source.hosts, source.encoding, source.articles, source.max_age_days)
    return hashlib.sha256(repr(rules).encode()).hexdigest()[:16]
