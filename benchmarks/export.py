"""What `scrapy export` costs, format by format: articles a second and peak memory, on archives of made-up articles.

`python -m benchmarks.export --articles 10000 100000 --folder FOLDER` fills a database of each size first, where FOLDER
has none of that size yet; `--database postgresql` takes a server of its own.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from benchmarks.crawling import database_of, postgresql
from benchmarks.throughput import measure
from newscrawl.storage.database import Database
from newscrawl.storage.schema import (
    ArticleAuthorRow,
    ArticleRow,
    AuthorRow,
    CaptureRow,
    ExtractionRow,
    RelatedLinkRow,
    RevisionRow,
    RunRow,
    table,
)
from newscrawl.urls import article_id

_ROOT = Path(__file__).parent.parent
_MEGABYTE = 2**20
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_WORDS = 300
_PARAGRAPHS = 8
_LINKS = 4
_AUTHORS = 500
_AT_ONCE = 1000
_RUN = "benchmark"
_EXPORTS = (
    ("jsonl", ["-o", "export.jsonl"]),
    ("csv", ["-o", "export.csv"]),
    ("parquet", ["-o", "export.parquet"]),
    ("jsonl, without body", ["-o", "export.jsonl", "--without-body"]),
    ("jsonl, every revision", ["-o", "export.jsonl", "--revisions", "all"]),
    ("graph, GraphML", ["--graph", "graph.graphml"]),
    ("graph, Parquet", ["--graph", "graph.parquet"]),
    ("atom, 100 newest", ["-o", "export.atom"]),
)


def main() -> None:
    """Print a row for each size and format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    print("| articles | export | seconds | articles/s | CPU s | peak MB | file MB |\n" + "| --- " * 7 + "|")
    for count in given.articles:
        with _filled(given.folder, count, given.database) as url:
            for name, options in _EXPORTS:
                print(_row(given.folder / "exported", url, count, name, options), flush=True)


def _row(folder: Path, url: str, count: int, name: str, options: list[str]) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    flag, target, *more = options
    settings = ["-s", f"NEWSCRAWL_DATABASE_URL={url}", "-s", f"NEWSCRAWL_OUTPUT={folder}"]
    command = [sys.executable, "-m", "scrapy", "export", flag, str(folder / target), *more, *settings]
    usage = measure(command, cwd=_ROOT, log=folder / "log")
    size = sum(path.stat().st_size for path in folder.iterdir() if path.name != "log")
    cells = (
        f"{count:,}",
        name,
        f"{usage.seconds:.1f}",
        f"{count / usage.seconds:,.0f}",
        f"{usage.main_cpu:.1f}",
        f"{usage.main_peak / _MEGABYTE:.0f}",
        f"{size / _MEGABYTE:.1f}",
    )
    return f"| {' | '.join(cells)} |"


@contextmanager
def _filled(folder: Path, count: int, kind: str) -> Iterator[str]:
    """The URL of a database of that many articles; a file that FOLDER has already is taken as it is."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / f'{count}.db'}"
        _fill(url, count)
        yield url
        return
    with postgresql() as server, database_of(server, f"export_{count}") as url:
        _fill(url, count)
        yield url


def _fill(url: str, count: int) -> None:
    database = Database(url)
    try:
        with database.reading() as session:
            stored = session.scalar(select(func.count()).select_from(ArticleRow)) or 0
        if stored == count:
            return
        if stored:
            raise SystemExit(f"{url} holds {stored} articles, and not {count}: remove it")
        chance = random.Random(1)
        with database.session() as session:
            run = {"run_id": _RUN, "spider": "news", "state": "finished", "arguments": {}}
            session.execute(insert(RunRow), [{**run, "started_at": _BEGAN, "feed_is_stale": False}])
            names = [{"author_id": one, "name": f"كاتب {one}", "name_key": f"كاتب {one}"} for one in range(1, _AUTHORS)]
            session.execute(insert(AuthorRow), names)
        vocabulary = [
            "".join(chance.choices("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", k=length))
            for length in range(2, 9)
            for _ in range(900)
        ]
        for first in range(1, count + 1, _AT_ONCE):
            numbers = range(first, min(first + _AT_ONCE, count + 1))
            with database.session() as session:
                _insert(session, [_article(number, count, chance, vocabulary) for number in numbers])
    finally:
        database.close()


def _insert(session: Session, several: list[dict[Any, list[dict[str, Any]]]]) -> None:
    for row in (ArticleRow, CaptureRow, RevisionRow, ExtractionRow, ArticleAuthorRow, RelatedLinkRow):
        rows = [values for one in several for values in one[row]]
        session.connection().execute(insert(table(row)), rows)


def _article(number: int, count: int, chance: random.Random, vocabulary: list[str]) -> dict[Any, list[dict[str, Any]]]:
    """The rows of one article, by their table. Half of its links name other articles of the archive."""
    at = _BEGAN + timedelta(minutes=number)
    words = chance.choices(vocabulary, k=_WORDS)
    each = _WORDS // _PARAGRAPHS + 1
    texts = [" ".join(words[start : start + each]) for start in range(0, _WORDS, each)]
    headline = " ".join(chance.choices(vocabulary, k=9))
    key = f"news.example/2026/{number}"
    digest = f"sha256:{chance.getrandbits(256):064x}"
    seen = {"first_fetched_at": at, "last_fetched_at": at}
    article = {"article_id": number, "public_id": str(article_id(key)), "url_key": key, "source_id": f"s{number % 20}"}
    capture = {
        "capture_id": number, "warc": f"newscrawl-{number // 20_000}.warc.gz", "offset": number * 9_000,
        "length": 9_000,
        "record_id": f"<urn:uuid:{article['public_id']}>", "payload_digest": digest, "url": f"https://{key}",
        "captured_at": at, "refers_to": None,
    }  # fmt: skip
    revision = {
        "revision_id": number, "article_id": number, "number": 1, "run_id": _RUN, "url": f"https://{key}",
        "fetched_at": at, "payload_digest": digest, "capture_id": number, "duplicate_of": None,
    }  # fmt: skip
    extraction = {
        "extraction_id": number, "revision_id": number, "article_id": number, "is_current": True,
        "extractor": "newscrawl/0 trafilatura/0", "extracted_at": at, "content_hash": f"v1:{digest[7:]}",
        "canonical_url": f"https://{key}", "outlet": "منفذ", "headline": headline, "page_title": f"{headline} | منفذ",
        "description": texts[0], "byline": "كتب: كاتب", "published_at": at, "published_at_text": at.isoformat(),
        "published_at_precision": "instant", "published_at_raw": at.isoformat(), "language": "ar", "section": "أخبار",
        "keywords": chance.choices(vocabulary, k=5), "main_image": f"https://{key}.jpg", "body": "\n".join(texts),
        "blocks": [{"type": "paragraph", "text": text} for text in texts], "evidence": {"headline": "json_ld"},
    }  # fmt: skip
    links = [_link(number, position, count, chance, vocabulary) for position in range(1, _LINKS + 1)]
    authors = [{"extraction_id": number, "position": 1, "author_id": chance.randrange(1, _AUTHORS)}]
    return {
        ArticleRow: [{**article, **seen, "text_digest": digest[7:], "headline_key": headline, "duplicate_of": None}],
        CaptureRow: [capture],
        RevisionRow: [revision],
        ExtractionRow: [extraction],
        ArticleAuthorRow: authors,
        RelatedLinkRow: links,
    }


def _link(number: int, position: int, count: int, chance: random.Random, vocabulary: list[str]) -> dict[str, Any]:
    # Backwards, since an article is stored after what it names.
    target = chance.randrange(1, number) if position % 2 and number > 1 else None
    key = f"news.example/2026/{target or count + chance.randrange(count)}"
    headline = " ".join(chance.choices(vocabulary, k=8))
    return {
        "extraction_id": number, "position": position, "headline": headline, "headline_key": headline,
        "url": f"https://{key}", "url_key": key, "label": "اقرأ أيضاً", "placement": "inline",
        "source_id": f"s{number % 20}", "target_id": target,
    }  # fmt: skip


if __name__ == "__main__":
    main()
