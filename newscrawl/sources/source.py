"""What a source file says. Light: worker processes load it with the page that they read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from newscrawl.urls import same_site

_STRICT: dict[str, Any] = {"extra": "forbid", "use_attribute_docstrings": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePatterns:
    """Which URLs of the source are articles; patterns are searched in the whole URL."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    allow: tuple[str, ...] = ()
    """Regular expressions; a URL that one of them matches is a candidate without the generic test."""
    deny: tuple[str, ...] = ()
    """Regular expressions; a URL that one of them matches is never a candidate."""

    def allows(self, url: str) -> bool:
        """Whether a pattern of `allow` matches."""
        return any(_compiled(pattern).search(url) for pattern in self.allow)

    def denies(self, url: str) -> bool:
        """Whether a pattern of `deny` matches."""
        return any(_compiled(pattern).search(url) for pattern in self.deny)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How gently the source is asked; stands above the settings."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    delay: float | None = None
    """Least seconds between two requests to a host of this source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisits:
    """How often the source is looked at; what is left out, the settings say."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    articles: bool | None = None
    """Whether stored articles are looked at again for corrections and deletions."""
    after_hours: tuple[float, ...] = ()
    """Ages of an article in hours at which it is looked at again, ascending; later it is seldom."""
    poll_least_minutes: float | None = None
    """Least minutes between two polls of a feed, sitemap or section."""
    poll_most_minutes: float | None = None
    """Most minutes between two polls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What the source promises to yield. None: nothing is promised."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    articles_per_day: float | None = None
    """Articles that it publishes a day, on the average of a week."""
    authors: float | None = None
    """Least share of articles with an author, 0 to 1."""
    published_at: float | None = None
    """Least share of articles with a time of publication, 0 to 1."""
    related_links: float | None = None
    """Least share of articles with a related link, 0 to 1."""
    body_characters: int | None = None
    """Least median length of a body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One outlet that we crawl, as its TOML file describes it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    source_id: str
    """Identifier: the file's name without `.toml`."""
    outlet: str
    """Name of the outlet as it calls itself."""
    homepage: str
    """URL of the outlet's front page; its host and their subdomains are the source's site."""
    country: str
    """ISO 3166 alpha-2 code in lower case, or `xx`: the folder's name."""
    languages: tuple[str, ...] = ()
    """BCP 47 primary languages that the outlet publishes in, the main one first."""
    timezone: str | None = None
    """IANA time zone of times that the pages give without offset."""
    utc_is_local: bool = False
    """Whether the pages write local times as if they were UTC (`Z`, `+00:00`); they are then times of `timezone`."""
    encoding: str | None = None
    """Character encoding of the pages where they declare none or a wrong one."""
    feeds: tuple[str, ...] = ()
    """URLs of RSS, Atom or JSON feeds."""
    sitemaps: tuple[str, ...] = ()
    """URLs of sitemaps, sitemap indexes or news sitemaps."""
    sections: tuple[str, ...] = ()
    """URLs of pages that list articles."""
    hosts: tuple[str, ...] = ()
    """Further hosts that belong to the source's site."""
    articles: ArticlePatterns = field(default_factory=ArticlePatterns)
    """Which URLs are articles."""
    max_age_days: int | None = None
    """Candidates that a feed or sitemap dates earlier than this are left; None: no limit."""
    manners: Manners = field(default_factory=Manners)
    """How gently the source is asked."""
    revisits: Revisits = field(default_factory=Revisits)
    """How often it is looked at."""
    expect: Expect = field(default_factory=Expect)
    """What the source should yield."""
    tried_live: date | bool = False
    """Day on which its discovery last worked against the live site; false: never tried."""

    @property
    def main_language(self) -> str | None:
        """The language of the outlet where it publishes in one only."""
        return self.languages[0] if len(self.languages) == 1 else None

    def owns(self, url: str) -> bool:
        """Whether the URL's host is that of the homepage, one of `hosts`, or a subdomain of one of them."""
        return same_site(url, self.homepage) or any(same_site(url, f"//{host}") for host in self.hosts)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
