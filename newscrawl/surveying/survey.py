"""What a look at an outlet has found: its documents, and some of its articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest

from newscrawl.discovery.candidates import aware_time
from newscrawl.discovery.reading import DocumentKind
from newscrawl.items import Article, Candidate
from newscrawl.sources import Source
from newscrawl.urls import url_key
from newscrawl.workers.home import Home

_LEAST_DATED = 5
_LEAST_SPAN = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Polled:
    """One feed, sitemap or section, asked for once."""

    kind: DocumentKind
    url: str
    via: str | None = None
    """URL of the sitemap index that names it."""
    status: int | None = None
    """HTTP status; None where no answer came."""
    entries: int = 0
    """Pages that it names."""
    candidates: tuple[Candidate, ...] = ()
    """Those of them that are taken for articles."""
    children: tuple[str, ...] = ()
    """Sitemaps that it names, those for news and the newest first."""
    error: str | None = None
    """What is wrong with it."""

    @property
    def works(self) -> bool:
        """Whether it names articles, or sitemaps."""
        return bool(self.candidates or self.children)

    @property
    def is_for_news(self) -> bool:
        """Whether it is a sitemap of the latest articles, which tells their titles or times of publication."""
        return self.kind == "sitemap" and any(
            not one.evidence.keys().isdisjoint({"title", "published"}) for one in self.candidates
        )

    @property
    def times(self) -> list[datetime]:
        """When its articles were published, as far as it says so with an offset; the newest first."""
        stated = (_time(one) for one in self.candidates)
        return sorted((time for time in stated if time is not None), reverse=True)

    @property
    def per_day(self) -> float | None:
        """Articles a day in the time that it looks back; None where too few are dated, or too close together."""
        times = self.times
        span = times[0] - times[-1] if len(times) >= _LEAST_DATED else timedelta()
        return (len(times) - 1) / (span / timedelta(days=1)) if span >= _LEAST_SPAN else None


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One page that a document names as an article's."""

    url: str
    article: Article | None = None
    """What was read; None where nothing was fetched."""
    reason: str | None = None
    """Why it is no article."""
    is_walled: bool = False
    """Whether the page says that it is not free to read."""

    @property
    def is_article(self) -> bool:
        """Whether headline and body were read."""
        return self.article is not None and bool(self.article.headline and self.article.body)


@dataclass(kw_only=True)
class Survey:
    """A look at one outlet, filled by the spider."""

    homepage: str
    source: Source
    """Its file, or what stands for it until there is one."""
    is_new: bool
    """Whether there is no file yet, so that everything must be found."""
    most_pages: int = 6
    """Articles to be read."""
    home: Home | None = None
    robots: str | None = None
    """URL of the robots.txt that was read."""
    documents: list[Polled] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    is_whole: bool = False
    """Whether the look came to its end."""
    failure: str | None = None
    """Why nothing could be found at all."""

    @property
    def articles(self) -> list[Article]:
        """The articles that were read."""
        return [sample.article for sample in self.samples if sample.is_article and sample.article is not None]

    def children_of(self, url: str) -> list[Polled]:
        """The sitemaps of an index that were read."""
        return [document for document in self.documents if document.via == url]

    @property
    def per_day(self) -> float | None:
        """Articles a day by the document that tells most; several may list the same articles, so that none are added
        up."""
        return max((rate for document in self.documents if (rate := document.per_day) is not None), default=None)


def to_be_read(documents: Sequence[Polled], most: int) -> list[Candidate]:
    """Candidates to be read as samples: of each document the newest in turn, no page twice; of those that date nothing
    only where the others do not suffice, for they may begin with the oldest."""
    chosen: dict[str, Candidate] = {}
    for dated in (True, False):
        group = [sorted(one.candidates, key=_newness) for one in documents if bool(one.times) is dated]
        for several in zip_longest(*group):
            for candidate in filter(None, several):
                chosen.setdefault(url_key(candidate.url), candidate)
    return list(chosen.values())[:most]


def _newness(candidate: Candidate) -> float:
    time = _time(candidate)
    return -time.timestamp() if time is not None else 0.0


def _time(candidate: Candidate) -> datetime | None:
    return aware_time(candidate.evidence.get("published")) or candidate.modified_at
