"""A source file written from what a look at an outlet has found."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from urllib.parse import urlsplit

from newscrawl.surveying.expecting import SHARES, expected, measured
from newscrawl.surveying.places import zone_of_country
from newscrawl.surveying.survey import Polled, Survey

_MOST_LANGUAGES = 3


@dataclass(frozen=True)
class Discovery:
    """Which documents the source is to be found by."""

    feeds: Sequence[Polled]
    sitemaps: Sequence[Polled]
    sections: Sequence[Polled]
    further: Sequence[Polled]
    """Sitemaps of the whole past, which are not needed for what is new."""

    @property
    def chosen(self) -> list[Polled]:
        """All but the further ones."""
        return [*self.feeds, *self.sitemaps, *self.sections]


def discovery_of(survey: Survey) -> Discovery:
    """Feeds and sitemaps for news where there are any, else other sitemaps, else sections."""
    named = [document for document in survey.documents if document.works and document.via is None]
    feeds = [document for document in named if document.kind == "feed"]
    sitemaps = [document for document in named if document.kind == "sitemap"]
    for_news = [latest for one in sitemaps for latest in _latest(survey, one)]
    others = [one for one in sitemaps if one not in for_news]
    if feeds or for_news:
        return Discovery(feeds, for_news, (), others)
    sections = [document for document in named if document.kind == "section"] if not others else []
    return Discovery((), others, sections, ())


def _latest(survey: Survey, sitemap: Polled) -> list[Polled]:
    """What of a sitemap lists the latest articles: itself, or of an index the sitemap for news that it names; the index
    itself where that one's name has a number, which will be another tomorrow."""
    if sitemap.is_for_news:
        return [sitemap]
    children = [child for child in survey.children_of(sitemap.url) if child.is_for_news]
    lasting = [child for child in children if not re.search(r"\d", urlsplit(child.url).path)]
    return lasting or ([sitemap] if children else [])


def languages_of(survey: Survey) -> list[str]:
    """The languages of the articles read, the most frequent first; else that of the front page."""
    counted = Counter(article.language for article in survey.articles if article.language)
    front = survey.home.language if survey.home else None
    return [name for name, _ in counted.most_common(_MOST_LANGUAGES)] or ([front] if front else [])


def offsets_of(survey: Survey) -> list[datetime]:
    """The times of publication that articles state with an offset."""
    times = (article.published_at for article in survey.articles)
    return [time for time in times if isinstance(time, datetime) and time.tzinfo is not None]


def draft(survey: Survey, country: str, tried_live: date | None) -> str:
    """The source file. `tried_live` is the day of the look, None where stored answers were looked at."""
    return "\n".join(_lines(survey, country, tried_live)) + "\n"


def _lines(survey: Survey, country: str, tried_live: date | None) -> Iterator[str]:
    discovery = discovery_of(survey)
    yield "# Written by `scrapy sources --add`; `scrapy sources --test` says what of it works today."
    if survey.home is None or survey.home.outlet is None:
        yield "# The front page does not name the outlet: write its name as it calls itself."
    yield f"outlet = {_text(survey.source.outlet)}"
    yield f"homepage = {_text(survey.source.homepage)}"
    if languages := languages_of(survey):
        yield f"languages = [{', '.join(map(_text, languages))}]"
    yield from _zone(survey, country)
    yield from _list("feeds", discovery.feeds)
    yield from _list("sitemaps", discovery.sitemaps)
    yield from _list("sections", discovery.sections)
    if discovery.further:
        yield "# Not asked for, since they list the whole past; name them in `sitemaps` to have that too:"
        yield from (f"#     {_text(document.url)}," for document in discovery.further)
    if survey.home is not None and survey.home.named.sections and not discovery.sections:
        yield "# Sections that the front page names, should feeds and sitemaps not list everything:"
        yield from (f"#     {_text(url)}," for url in survey.home.named.sections)
    yield f"tried_live = {tried_live.isoformat() if tried_live else 'false'}"
    yield from _expect(survey)


def _zone(survey: Survey, country: str) -> Iterator[str]:
    times = offsets_of(survey)
    if zone := zone_of_country(country, times):
        yield f"timezone = {_text(zone)}"
    elif offsets := sorted({f"{time:%z}" for time in times}):
        yield f"# The articles state times with the offset {', '.join(offsets)}; a time zone is left out as unsure."


def _list(key: str, documents: Sequence[Polled]) -> Iterator[str]:
    if documents:
        yield f"{key} = ["
        yield from (f"    {_text(document.url)}," for document in documents)
        yield "]"


def _expect(survey: Survey) -> Iterator[str]:
    found, count = measured(survey), len(survey.articles)
    promised = expected(found)
    stated = [(one.name, getattr(promised, one.name)) for one in fields(promised)]
    if not any(value is not None for _, value in stated):
        return
    shares = ", ".join(f"{name} {getattr(found, name):.0%}" for name in SHARES if getattr(found, name) is not None)
    rate = "unknown" if found.articles_per_day is None else f"{found.articles_per_day:.1f}"
    yield ""
    yield f"# Measured on {count} articles: {shares}, median body {found.body_characters} characters;"
    yield f"# articles a day by the dates of feed or sitemap: {rate}. Of shares and length somewhat less is expected."
    yield "[expect]"
    yield from (f"{name} = {value:g}" for name, value in stated if value is not None)


def _text(value: str) -> str:
    # A JSON string is a TOML basic string.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
