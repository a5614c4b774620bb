"""Databases of made-up articles, filled in bulk: for what depends on how much is stored."""

from __future__ import annotations

import random
import struct
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from newscrawl.duplicates import packed
from newscrawl.storage import search_index
from newscrawl.storage.database import Database
from newscrawl.storage.schema import (
    ArticleAuthorRow,
    ArticleRow,
    AuthorRow,
    Base,
    CaptureRow,
    ExtractionRow,
    PostingRow,
    RelatedLinkRow,
    RevisionRow,
    RunRow,
    SketchRow,
    table,
)
from newscrawl.storage.search_index import Searched
from newscrawl.urls import article_id

RUN = "benchmark"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = 300
"""Words of an article, each of the vocabulary as often as any other."""

_PARAGRAPHS = 8
_LINKS = 4
_AUTHORS = 500
_HASHES = 27
_AT_ONCE = 1000
_NUMBERED: dict[type[Base], str] = {
    ArticleRow: "article_id", CaptureRow: "capture_id", RevisionRow: "revision_id", ExtractionRow: "extraction_id",
    AuthorRow: "author_id",
}  # fmt: skip
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"


def vocabulary() -> list[str]:
    """Some 6,300 made-up words, always the same."""
    chance = random.Random(1)
    return ["".join(chance.choices(_LETTERS, k=length)) for length in range(2, 9) for _ in range(900)]


def fill(database: Database, count: int, *, indexes: bool = False) -> None:
    """Add made-up articles until the database has `count`; with `indexes` also what finds copies and words.

    Sketches are drawn by chance, so that no two articles are copies.
    """
    words = vocabulary()
    with database.session() as session:
        stored = session.scalar(select(func.max(ArticleRow.article_id))) or 0
        if not stored:
            _begin(session)
    for first in range(stored + 1, count + 1, _AT_ONCE):
        chance = random.Random(first)
        numbers = range(first, min(first + _AT_ONCE, count + 1))
        several = [_article(number, count, chance, words) for number in numbers]
        with database.session() as session:
            _insert(session, several)
            if indexes:
                _index(session, [one[ExtractionRow][0] for one in several], chance)
    if database.path is None:
        with database.session() as session:
            _number_on(session)


def _begin(session: Session) -> None:
    run = {"run_id": RUN, "spider": "news", "state": "finished", "arguments": {}}
    session.execute(insert(RunRow), [{**run, "started_at": BEGAN, "feed_is_stale": False}])
    names = [{"author_id": one, "name": f"كاتب {one}", "name_key": f"كاتب {one}"} for one in range(1, _AUTHORS)]
    session.execute(insert(AuthorRow), names)


def _number_on(session: Session) -> None:
    """PostgreSQL does not learn by itself which numbers were given by hand."""
    for row, key in _NUMBERED.items():
        name = table(row).name
        newest = select(func.max(table(row).c[key])).scalar_subquery()
        session.execute(select(func.setval(func.pg_get_serial_sequence(name, key), newest)))


def _index(session: Session, extractions: list[dict[str, Any]], chance: random.Random) -> None:
    connection = session.connection()
    drawn = {
        one["article_id"]: sorted(chance.getrandbits(60) - (1 << 63) for _ in range(_HASHES)) for one in extractions
    }
    sketched = [
        {
            "article_id": key,
            "hashes": struct.pack(f"<{_HASHES}q", *hashes),
            "shingles": packed(chance.getrandbits(32) for _ in range(WORDS)),
        }
        for key, hashes in drawn.items()
    ]
    connection.execute(insert(table(SketchRow)), sketched)
    postings = sorted((value, key) for key, hashes in drawn.items() for value in hashes)
    connection.execute(insert(table(PostingRow)), [{"hash": value, "article_id": key} for value, key in postings])
    search_index.add(connection, [Searched(one["article_id"], one["headline"], one["body"]) for one in extractions])


def _insert(session: Session, several: list[dict[Any, list[dict[str, Any]]]]) -> None:
    for row in (ArticleRow, CaptureRow, RevisionRow, ExtractionRow, ArticleAuthorRow, RelatedLinkRow):
        rows = [values for one in several for values in one[row]]
        session.connection().execute(insert(table(row)), rows)


def _article(number: int, count: int, chance: random.Random, vocabulary: list[str]) -> dict[Any, list[dict[str, Any]]]:
    """The rows of one article, by their table. Half of its links name other articles of the archive."""
    at = BEGAN + timedelta(minutes=number)
    words = chance.choices(vocabulary, k=WORDS)
    each = WORDS // _PARAGRAPHS + 1
    texts = [" ".join(words[start : start + each]) for start in range(0, WORDS, each)]
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
        "revision_id": number, "article_id": number, "number": 1, "run_id": RUN, "url": f"https://{key}",
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
