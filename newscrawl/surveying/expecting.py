"""What a source may be expected to yield by what a look at it has measured, and whether it keeps to that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from newscrawl.items import Article
from newscrawl.sources.source import Expect
from newscrawl.surveying.survey import Survey

SHARES = ("authors", "published_at", "related_links")
_SLACK = 0.8
"""Of a share in some pages, so much is expected of all."""
_SHORTEST = 0.5
_LEAST_RATE = 0.5


@dataclass(frozen=True)
class Held:
    """One promise, held against what was measured."""

    key: str
    expected: float
    measured: float | None
    """None where nothing tells it."""
    kept: bool


def measured(survey: Survey) -> Expect:
    """What was measured: shares of the articles read, the median length of their bodies, articles a day; None for what
    nothing tells."""
    articles = survey.articles
    shares = {name: _share(articles, name) if articles else None for name in SHARES}
    return Expect(articles_per_day=survey.per_day, body_characters=_length(articles), **shares)


def expected(of: Expect) -> Expect:
    """What may be expected after that: of shares four fifths, since some pages are few, of lengths half; nothing of
    what no page had."""
    rate = of.articles_per_day
    shares = {name: math.floor(20 * _SLACK * (getattr(of, name) or 0)) / 20 or None for name in SHARES}
    return Expect(
        articles_per_day=None if rate is None else float(f"{rate:.2g}"),
        body_characters=int(_SHORTEST * of.body_characters) // 50 * 50 or None if of.body_characters else None,
        **shares,
    )


def held(promised: Expect, found: Expect, pages: int) -> list[Held]:
    """Each promise that the source's file makes, against what some pages show: a share may lie below by less than one
    page, the articles a day of one look by half."""
    results = []
    for key in ("articles_per_day", *SHARES, "body_characters"):
        expectation, seen = getattr(promised, key), getattr(found, key)
        if expectation is None:
            continue
        # What no document dates cannot be held against it.
        kept = seen is None and key == "articles_per_day"
        if seen is not None:
            least = expectation * _LEAST_RATE if key == "articles_per_day" else expectation
            kept = round(seen * pages) >= math.floor(expectation * pages) if key in SHARES else seen >= least
        results.append(Held(key, expectation, seen, kept))
    return results


def _share(articles: Sequence[Article], name: str) -> float:
    return sum(bool(getattr(article, name)) for article in articles) / len(articles)


def _length(articles: Sequence[Article]) -> int | None:
    return round(median(len(article.body or "") for article in articles)) if articles else None
