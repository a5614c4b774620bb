"""What `scrapy verify` asks the indexes of words and of copies: whether they hold what the texts give, and no more.

Each look is one snapshot. FTS5 tells no article's words, only each word's articles; so the words of every article are
added up before as a checksum, and taken off again word by word. That is twelve bytes an article, and the articles of
one word at a time; of the postings, four bytes an article.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from newscrawl.exceptions import StoreError
from newscrawl.storage import search_index, sketches
from newscrawl.storage.database import Database
from newscrawl.storage.schema import ArticleRow, ExtractionRow, PostingRow, SketchRow, table
from newscrawl.text.search_words import stored_words

_ARTICLES, _POSTINGS = table(ArticleRow).c, table(PostingRow).c
_NUMBERS = [table(row).c.article_id for row in (ArticleRow, ExtractionRow, SketchRow)]
_CHECKSUM = (1 << 64) - 1
_AT_ONCE = 10_000
# A list that was full holds fewer when texts change, and nothing enters those that found it full.
_SURELY_NOT_FULL = sketches.FULL // 2


class _Owed:
    """By article, what an index still has to show of it: a number of things, and the checksum of these."""

    def __init__(self, connection: Connection) -> None:
        # Readings and sketches without article are for the check of references to tell.
        most = max(connection.scalar(select(func.max(column))) or 0 for column in _NUMBERS)
        self.numbers = array("i", bytes(4 * (most + 1)))
        self.checksums = array("Q", bytes(8 * (most + 1)))
        self.strange: Counter[int] = Counter()
        """What the index has of numbers that no article ever had."""

    def owe(self, article_id: int, words: Iterable[str]) -> None:
        hashes = list(map(hash, words))
        self.numbers[article_id] += len(hashes)
        self.checksums[article_id] = (self.checksums[article_id] + sum(hashes)) & _CHECKSUM

    def show(self, word: str, article_ids: Iterable[int]) -> None:
        numbers, checksums, most, value = self.numbers, self.checksums, len(self.numbers), hash(word)
        for one in article_ids:
            if 0 <= one < most:
                numbers[one] -= 1
                checksums[one] = (checksums[one] - value) & _CHECKSUM
            else:
                self.strange[one] += 1


def wrong_words(database: Database) -> Iterator[tuple[str, str]]:
    """Articles, and what is wrong with their words in the search index. Raises StoreError when it cannot be read."""
    with _snapshot(database, "the search index") as connection:
        owed = _Owed(connection)
        dialect = connection.dialect.name
        after = 0
        while rows := connection.execute(search_index.NEXT, {"after": after}).all():
            after = rows[-1].article_id
            for row in rows:
                own = stored_words(row.headline, row.body)
                owed.owe(row.article_id, [*own, *search_index.further_words(dialect, row.article_id)])
        for word, article_ids in _words(connection):
            owed.show(word, article_ids)
        for article_id, number in enumerate(owed.numbers):
            if number or owed.checksums[article_id]:
                yield _told(connection, article_id, number)
        for article_id in sorted(owed.strange):
            yield _told(connection, article_id, -owed.strange[article_id])


def wrong_postings(database: Database) -> Iterator[tuple[str, str]]:
    """Articles, and what is wrong with their postings, by which copies are found. Raises StoreError as above."""
    with _snapshot(database, "the index of copies") as connection:
        owed = _Owed(connection)
        after = 0
        while rows := connection.execute(sketches.NEXT, {"after": after}).all():
            after = rows[-1].article_id
            of_article = {article_id: sketches.unpacked(hashes) for article_id, hashes in rows}
            lists = sketches.lists(connection, {value for hashes in of_article.values() for value in hashes})
            for article_id, hashes in of_article.items():
                entered = [value for value in hashes if article_id in lists.get(value, ())]
                owed.numbers[article_id] = len(entered)
                lacking = sum(len(lists.get(value, ())) < _SURELY_NOT_FULL for value in set(hashes).difference(entered))
                if lacking:
                    yield _name(connection, article_id), f"{lacking} of its {len(hashes)} hashes find no copy of it"
        statement = select(_POSTINGS.article_id).execution_options(yield_per=_AT_ONCE)
        owed.show("", connection.scalars(statement))
        for article_id, number in [*enumerate(owed.numbers), *((one, -owed.strange[one]) for one in owed.strange)]:
            if number < 0:
                yield _name(connection, article_id), f"{-number} posting(s) of it are not of its text"


@contextmanager
def _snapshot(database: Database, what: str) -> Iterator[Connection]:
    try:
        with database.reading() as session:
            # On SQLite a transaction sees one state by itself.
            options = {"isolation_level": "REPEATABLE READ"} if database.path is None else {}
            yield session.connection(execution_options=options)
    except DBAPIError as error:
        raise StoreError(f"{what} cannot be read: {error.orig}") from error


def _words(connection: Connection) -> Iterator[tuple[str, Iterable[int]]]:
    """The words of the index, each with articles that have it; none with one article twice."""
    if connection.dialect.name == "postgresql":
        statement = text("SELECT article_id, tsvector_to_array(words) FROM article_search")
        for article_id, words in connection.execute(statement.execution_options(yield_per=_AT_ONCE // 100)):
            for word in words:
                yield word, (article_id,)
        return
    connection.execute(text("CREATE VIRTUAL TABLE temp.search_words USING fts5vocab(main, article_search, instance)"))
    # They come in order, so nothing is sorted; one row a word, since a row's way to us is dear.
    statement = text("SELECT term, group_concat(doc) FROM temp.search_words GROUP BY term")
    for word, article_ids in connection.execute(statement.execution_options(yield_per=100)):
        yield word, map(int, article_ids.split(","))
    connection.execute(text("DROP TABLE temp.search_words"))


def _told(connection: Connection, article_id: int, number: int) -> tuple[str, str]:
    name = _name(connection, article_id)
    if number > 0:
        return name, f"the search index has {number} word(s) fewer than its text"
    if number < 0:
        return name, f"the search index has {-number} word(s) more than its text"
    return name, "the search index has other words than its text"


def _name(connection: Connection, article_id: int) -> str:
    key: Any = connection.scalar(select(_ARTICLES.url_key).where(_ARTICLES.article_id == article_id))
    return f"article {key}" if key is not None else f"article number {article_id}, which is gone"
