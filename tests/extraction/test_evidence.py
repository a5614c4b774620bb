from __future__ import annotations

import json
from typing import Any

import pytest

from newscrawl.extraction import extract
from newscrawl.items import Article, Evidence, Page
from tests.extraction.newspaper import source

LEAD = "The council opened the river park on Monday after two years of work, and the mayor planted the first tree."
MORE = "Some hundred people came to see it, and most of them stayed until the evening although it rained for hours."


def read(
    head: str = "", above: str = "", *, lang: str = "", headers: dict[str, str] | None = None, **file: Any
) -> Article:
    body = f"<h1>River park opens</h1>{above}<p>{LEAD}</p><p>{MORE}</p>"
    html = f"<html {lang}><head>{head}</head><body>{body}</body></html>"
    page = Page(url="https://news.example/2026/01/02/park", body=html.encode(), headers=headers or {})
    return extract(page, source(**file) if file else None)


def ld(**fields: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


@pytest.mark.parametrize(
    ("field", "article", "evidence"),
    [
        ("published_at", read(ld(datePublished="2026-01-02T10:00:00Z")), Evidence.JSON_LD),
        ("published_at", read('<meta property="article:published_time" content="2026-01-02">'), Evidence.META),
        ("published_at", read(above='<i itemprop="datePublished" content="2026-01-02">2</i>'), Evidence.MICRODATA),
        ("published_at", read(above="<p>2 January 2026, 10:00</p>"), Evidence.TEXT),
        ("published_at", read(), Evidence.URL),
        ("modified_at", read(ld(dateModified="2026-01-02T10:00:00Z")), Evidence.JSON_LD),
        ("authors", read(ld(author={"@type": "Person", "name": "Mina Harb"})), Evidence.JSON_LD),
        ("authors", read('<meta name="author" content="Mina Harb">'), Evidence.META),
        ("authors", read(above="<p>By Mina Harb</p>"), Evidence.TEXT),
        ("section", read(ld(articleSection="City")), Evidence.JSON_LD),
        ("keywords", read('<meta name="keywords" content="river, park">'), Evidence.META),
        ("main_image", read('<meta property="og:image" content="/park.jpg">'), Evidence.META),
        ("language", read(lang="lang=en"), Evidence.META),
        ("language", read(headers={"Content-Language": "en"}), Evidence.HEADER),
        ("language", read(languages=("en",)), Evidence.SOURCE),
        ("outlet", read(ld(publisher={"name": "The Ledger"})), Evidence.JSON_LD),
        ("outlet", read(outlet="The Ledger"), Evidence.SOURCE),
        ("headline", read(), Evidence.TEXT),
        ("body", read(), Evidence.TEXT),
    ],
)  # fmt: skip
def test_a_field_knows_what_told_it(field: str, article: Article, evidence: Evidence) -> None:
    assert getattr(article, field)
    assert article.evidence[field] is evidence


def test_a_field_of_nothing_has_no_evidence() -> None:
    article = read()
    assert {name for name in article.evidence if not getattr(article, name)} == set()
    assert "authors" not in article.evidence
