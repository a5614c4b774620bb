"""What a look at an outlet has found, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.table import Table

from newscrawl.items import plain
from newscrawl.surveying.expecting import Held
from newscrawl.surveying.survey import Polled, Sample, Survey

_FIRST_WORDS = 160


def documents_table(survey: Survey) -> Table:
    """Each document with what it answered, and the share of its entries that are taken for articles."""
    columns = ("kind", "address", "answer", "entries", "articles", "a day", "newest", "what is wrong")
    table = Table(*columns, title="Discovery")
    for column in (3, 4, 5):
        table.columns[column].justify = "right"
    for one in survey.documents:
        share = f"{len(one.candidates)} ({len(one.candidates) / one.entries:.0%})" if one.entries else "·"
        table.add_row(
            _kind(one),
            one.url,
            str(one.status or "none"),
            f"{len(one.children)} sitemaps" if one.children else str(one.entries),
            share,
            f"{one.per_day:.1f}" if one.per_day is not None else "·",
            _time(one.times),
            one.error or _without_articles(one),
        )
    return table


def sample_lines(samples: Sequence[Sample]) -> Iterator[str]:
    """What the articles look like: some lines for each."""
    for sample in samples:
        article = sample.article
        if article is None or not sample.is_article:
            yield f"✗ {sample.url}: {sample.reason}"
            continue
        body = article.body or ""
        first = " ".join(body.split())
        yield f"✓ {article.headline}"
        yield (
            f"    {plain(article.published_at) or 'no date'} · {', '.join(article.authors) or 'no author'} · "
            f"{len(body)} characters · {len(article.related_links)} related links · {article.language or 'no language'}"
        )
        yield f"    {first[:_FIRST_WORDS]}{' …' if len(first) > _FIRST_WORDS else ''}"
        yield from (f"    related: {link.headline}" for link in article.related_links[:2])
        yield from (f"    rule missed: {miss}" for miss in article.rule_misses)
        if sample.is_walled:
            yield "    not free to read, as the page says: what was sent may be the beginning alone"
        yield f"    {sample.url}"


def held_table(results: Sequence[Held]) -> Table:
    """Each promise of the source's file beside what was measured."""
    table = Table("expect", "promised", "measured", "", title="Held against [expect]")
    for one in results:
        seen = "not told" if one.measured is None else f"{one.measured:g}"
        table.add_row(one.key, f"{one.expected:g}", seen, "kept" if one.kept else "MISSED")
    return table


def _without_articles(document: Polled) -> str:
    if document.works:
        return ""
    return "none looks like an article of the site: see `[articles]` and `hosts`" if document.entries else "no entries"


def _kind(document: Polled) -> str:
    kind = "news sitemap" if document.is_for_news else str(document.kind)
    return f"  in it: {kind}" if document.via else "sitemap index" if document.children else kind


def _time(times: Sequence[datetime]) -> str:
    return f"{times[0]:%Y-%m-%d %H:%M%z}" if times else "·"
