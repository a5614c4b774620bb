"""What an archive's growth costs: `python -m benchmarks.growth --articles 10000 100000 1000000 [--postgresql]`.

A database is filled with made-up articles, their index of copies and their words, to each of these numbers in turn. At
each, articles of a benchmark are stored in groups of 20 as a crawl stores them, every tenth a copy of the one before;
then the copies of one text are looked for, an article is looked up by its URL, and words are searched for, many times
each. Times are those of the clock, the median and the 95th percentile.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from benchmarks.crawling import empty_database
from benchmarks.filling import BEGAN, RUN, WORDS, fill, vocabulary
from newscrawl.duplicates import fingerprint
from newscrawl.items import Article, Block, Visit
from newscrawl.storage import articles, relations, rereading, search
from newscrawl.storage.database import Database
from newscrawl.storage.schema import ArticleRow
from newscrawl.storage.search import Filters
from newscrawl.text.search_query import parse
from newscrawl.text.search_words import search_words
from newscrawl.urls import article_id, url_key

_GROUP = 20
_GROUPS = 50
_QUERIES = 200


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where a SQLite database is made; a folder of the system's if none")
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    names = [
        "insert",
        "copies of one text",
        "lookup by URL",
        "search: a word of one article",
        *(f"search: {name}" for name in _SEARCHES),
    ]
    print(
        "| articles | GB | " + " | ".join(f"{name}, ms" for name in names) + " |\n" + "| --- " * (len(names) + 2) + "|"
    )
    with empty_database(given.folder, on_postgresql=given.postgresql) as database:
        for count in sorted(given.articles):
            fill(database, count, indexes=True)
            _settle(database)
            measured = _Measured(database, count)
            cells = [f"{count:,}", f"{_bytes(database) / 1e9:.2f}", *map(_told, measured.rows())]
            print(f"| {' | '.join(cells)} |", flush=True)


class _Measured:
    """The measurements at one size; the articles that they store stay, and count for the next."""

    def __init__(self, database: Database, count: int) -> None:
        self._database = database
        self._count = count
        self._chance = random.Random(count)
        self._vocabulary = vocabulary()
        self._own: list[str] = []
        """A word of each article that was stored here, which no other has."""
        with database.session() as session:
            drawn = self._chance.sample(range(1, count), 2 * _QUERIES)
            self._keys = list(session.scalars(select(ArticleRow.url_key).where(ArticleRow.article_id.in_(drawn))))

    def rows(self) -> Iterator[list[float]]:
        """Milliseconds of each: an article stored, and one query of each kind."""
        yield self._inserts()
        yield self._timed(self._copies_of_one)
        yield self._timed(self._look_up)
        yield self._timed(partial(self._search, lambda chance, _: chance.choice(self._own)))
        for asked in _SEARCHES.values():
            yield self._timed(partial(self._search, asked))

    def _inserts(self) -> list[float]:
        spent = []
        last = self._words()
        for group in range(_GROUPS):
            several = []
            for number in range(_GROUP):
                last = self._words() if number % 10 else [*last[:-20], *self._chance.choices(self._vocabulary, k=20)]
                name = f"{self._count}x{group}x{number}"
                self._own.append(f"مفردة{name}")
                several.append(_article(name, " ".join([self._own[-1], *last])))
            began = time.perf_counter()
            with self._database.session() as session:
                articles.store(session, several, run_id=RUN)
            spent.append(1000 * (time.perf_counter() - began) / _GROUP)
        return spent

    def _timed(self, ask: Callable[[Session], None]) -> list[float]:
        spent = []
        for _ in range(_QUERIES):
            with Session(self._database.engine) as session:
                began = time.perf_counter()
                ask(session)
                spent.append(1000 * (time.perf_counter() - began))
                session.rollback()
        return spent

    def _copies_of_one(self, session: Session) -> None:
        body = " ".join(self._words())
        article = self._chance.randrange(1, self._count)
        relations.relate(session.connection(), {article: fingerprint(body)})

    def _look_up(self, session: Session) -> None:
        assert rereading.current_of(session, {self._chance.choice(self._keys)})

    def _search(self, asked: Callable[[random.Random, list[str]], str], session: Session) -> None:
        words = asked(self._chance, self._vocabulary)
        search.search(session, parse(words), Filters(), limit=10)

    def _words(self) -> list[str]:
        return self._chance.choices(self._vocabulary, k=WORDS)


def _two(chance: random.Random, vocabulary: list[str]) -> str:
    return " ".join(chance.sample(vocabulary, 2))


_SEARCHES: dict[str, Callable[[random.Random, list[str]], str]] = {
    "one word": lambda chance, vocabulary: chance.choice(vocabulary),
    "two words": _two,
    "a phrase": lambda chance, vocabulary: f'"{_two(chance, vocabulary)}"',
}
"""Each word of the vocabulary stands in about one article of twenty."""


def _article(name: str, body: str) -> Article:
    url = f"https://new.example/{name}"
    known = fingerprint(body)
    return Article(
        id=str(article_id(url_key(url))),
        url=url,
        url_key=url_key(url),
        source="s1",
        headline=" ".join(body.split()[:9]),
        body=body,
        blocks=[Block("paragraph", body)],
        fetched_at=BEGAN,
        content_hash=f"v1:{name}",
        extractor="benchmark",
        visit=Visit(
            candidate_key=url_key(url),
            final_url=url,
            payload_digest=f"sha256:{name}",
            fingerprint=known,
            search_words=search_words(" ".join(body.split()[:9]), body),
        ),
    )


def _settle(database: Database) -> None:
    """What a database does by itself in time."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if database.path else "VACUUM ANALYZE"))


def _bytes(database: Database) -> int:
    with database.session() as session:
        if database.path is None:
            return session.scalar(text("SELECT pg_database_size(current_database())")) or 0
        return database.path.stat().st_size


def _told(spent: list[float]) -> str:
    return f"{median(spent):.1f} · {quantiles(spent, n=20)[-1]:.1f}"


if __name__ == "__main__":
    main()
