"""What a source file says. Light: worker processes load it with the page that they read."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
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
class Rule:
    """How the source's pages are read, above what they say in general, while it is valid.

    A selector is CSS, perhaps with `::attr(name)` behind it, or XPath behind `xpath:`. Of several the first that finds
    something counts; of `drop` all.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    valid_from: date | None = None
    """First day (UTC) whose pages it reads; None: from the beginning."""
    valid_until: date | None = None
    """Last day (UTC) whose pages it reads; None: until now."""
    keep: tuple[str, ...] = ()
    """The container of the article: the body is looked for nowhere else."""
    drop: tuple[str, ...] = ()
    """Furniture: read for no field."""
    headline: tuple[str, ...] = ()
    """Selectors of the field, as those that follow."""
    byline: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published_at: tuple[str, ...] = ()
    modified_at: tuple[str, ...] = ()
    description: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    main_image: tuple[str, ...] = ()
    outlet: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    """Elements whose lines are the body just as they stand, related links left out."""
    date_format: tuple[str, ...] = ()
    """How `published_at` and `modified_at` are written, as `strptime` has it; names of months in any language."""
    timezone: str | None = None
    """IANA time zone of times without offset, in place of the source's."""
    encoding: str | None = None
    """Character encoding of pages that declare none or a wrong one, in place of the source's."""
    language: str | None = None
    """BCP 47 primary language of the pages."""
    related_labels: tuple[str, ...] = ()
    """The outlet's own headings of read-also blocks."""
    articles: ArticlePatterns | None = None
    """Which URLs are articles, in place of the source's."""

    def holds_on(self, day: date | None) -> bool:
        """Whether it is valid on a day; None: now, where it has no end."""
        if day is None:
            return self.valid_until is None
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)


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
    rules: tuple[Rule, ...] = ()
    """How its pages are read, for one time each."""
    paused: bool = False
    """Whether it is crawled only where it is named by hand."""
    tried_live: date | bool = False
    """Day on which its discovery last worked against the live site; false: never tried."""

    @property
    def main_language(self) -> str | None:
        """The language of the outlet where it publishes in one only."""
        return self.languages[0] if len(self.languages) == 1 else None

    @property
    def rules_version(self) -> str | None:
        """Names the state of the rules in the `extractor` of what is read with them; None without rules."""
        return _version(self.rules) if self.rules else None

    def rule_on(self, moment: datetime | None) -> Rule | None:
        """The rule for pages fetched at an aware instant, for today's where it is None; None where there is none."""
        day = moment.astimezone(UTC).date() if moment else None
        return next((rule for rule in self.rules if rule.holds_on(day)), None)

    def on(self, moment: datetime | None) -> Source:
        """The source as its rule for that instant has it: its time zone, encoding, language and patterns."""
        rule = self.rule_on(moment)
        if rule is None:
            return self
        return replace(
            self,
            timezone=rule.timezone or self.timezone,
            encoding=rule.encoding or self.encoding,
            languages=(rule.language,) if rule.language else self.languages,
            articles=rule.articles or self.articles,
        )

    def owns(self, url: str) -> bool:
        """Whether the URL's host is that of the homepage, one of `hosts`, or a subdomain of one of them."""
        return same_site(url, self.homepage) or any(same_site(url, f"//{host}") for host in self.hosts)


@lru_cache(maxsize=256)
def _version(rules: tuple[Rule, ...]) -> str:
    # Only what they say, so that a key which a later version knows does not change them.
    said = [[(one.name, getattr(rule, one.name)) for one in fields(rule)] for rule in rules]
    stated = [[(name, repr(value)) for name, value in rule if value not in (None, ())] for rule in said]
    return hashlib.sha256(repr(stated).encode()).hexdigest()[:10]


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
