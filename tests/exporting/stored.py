"""A small archive that has everything an export tells apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

from newscrawl.exporting import csv, jsonl, syndication
from newscrawl.exporting.graph import write_graphml
from newscrawl.items import Article, Block, RelatedLink
from newscrawl.sources import Source
from newscrawl.storage import articles, exports, graph, runs
from newscrawl.storage.database import Database
from newscrawl.storage.exports import Selection
from tests.storage.test_articles import TEXT, article

FIRST, SECOND = "run-1", "run-2"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CAIRO = timezone(timedelta(hours=2))
NAILS = 'قال: "نعم",\nثم <صمت> & مضى'


def link(position: int, headline: str, path: str | None = None, **fields: Any) -> RelatedLink:
    url = path and f"https://news.example/{path}"
    return RelatedLink(position=position, headline=headline, url=url, label="اقرأ أيضاً", **fields)


def fill(database: Database) -> None:
    """Two runs. The second changes `change`, and stores `late`, which an earlier link names by headline."""
    sources = [Source(source_id=one, outlet=one, homepage=f"https://{one}.example", country="xx") for one in SOURCES]
    with database.session() as session:
        for number, (run_id, several) in enumerate(((FIRST, _first()), (SECOND, _second()))):
            now = NOON + timedelta(days=number)
            runs.begin(session, run_id, spider="news", arguments={}, sources=sources, now=now)
            session.flush()
            for one in several:
                one.fetched_at = now + timedelta(minutes=1)
                stored = articles.store(session, [one], run_id=run_id)[0]
                if one.url.endswith("/target") and stored.article_id is not None:
                    articles.add_alias(session, "news.example/old", stored.article_id, "redirect")


SOURCES = ("news", "other")


def _first() -> list[Article]:
    yesterday = datetime(2025, 12, 31, 23, 30, tzinfo=CAIRO)
    return [
        article(
            "https://news.example/target", headline="الهدف", text=f"{TEXT} هدف", language="ar", published_at=yesterday
        ),
        article(
            "https://news.example/naming",
            headline=NAILS,
            description="وصف",
            text=f"{TEXT} تسمية",
            language="ar",
            authors=["إيمان فهيم", "محمد علي"],
            keywords=["أ", "ب, ج"],
            published_at=datetime.fromisoformat("2026-01-02T03:04:05"),
            blocks=[
                Block("heading", "لماذا"),
                Block("paragraph", NAILS),
                Block("list_item", "1"),
                Block("list_item", "2"),
            ],
            related_links=[
                link(1, "غير ذلك", "target?utm_source=x"),
                link(2, "قديم", "old"),
                link(3, "المتأخر", placement="aside"),
                link(4, "ليس بعد", "never"),
                link(5, "لا أحد"),
            ],
        ),
        article("https://other.example/copy", source="other", text=f"{TEXT} هدف", language="en", headline="Copy"),
        article("https://news.example/change", headline="قبل", text=f"{TEXT} قبل", published_at=date(2026, 1, 2)),
    ]


def _second() -> list[Article]:
    return [
        article("https://news.example/change", headline="بعد", text=f"{TEXT} بعد", published_at=date(2026, 1, 2)),
        article(
            "https://news.example/late", headline="المتأخر", text=f"{TEXT} متأخر", related_links=[link(1, "لا أحد")]
        ),
    ]


def exported(database: Database, *, with_body: bool = True, **fields: Any) -> list[Article]:
    """The articles that an export of that selection has."""
    selection = Selection(**fields)
    with (
        exports.snapshot(database) as session,
        closing(exports.articles(session, selection, with_body=with_body)) as chosen,
    ):
        return list(chosen)


def names(several: list[Article]) -> list[str]:
    """The last parts of their URLs."""
    return [one.url.rpartition("/")[2] for one in several]


def every_text_format(database: Database) -> Iterator[tuple[str, bytes]]:
    """Each format that is text, and the bytes of all that is stored."""
    channel = syndication.Channel(title="t", name="n", now=NOON, with_body=True)
    changes = syndication.Channel(title="t", name="n", now=NOON, changes=True)
    with exports.snapshot(database) as session:
        everything = Selection()
        for name, write in (("jsonl", jsonl.write), ("csv", csv.write)):
            file = BytesIO()
            write(file, exports.articles(session, everything), with_body=True)
            yield name, file.getvalue()
        for name, feed in (("atom", syndication.write_atom), ("rss", syndication.write_rss)):
            file = BytesIO()
            feed(file, channel, exports.newest(session, everything, 100))
            feed(file, changes, exports.changes(session, everything, 100))
            yield name, file.getvalue()
        file = BytesIO()
        write_graphml(file, graph.nodes(session, everything), graph.edges(session, everything))
        yield "graphml", file.getvalue()
