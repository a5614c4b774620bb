"""The search index: which words the current reading of each article has.

A virtual table of SQLite (FTS5, without the text and without positions), a table with a tsvector in PostgreSQL. Both
get their words ready-made, and take them as they are. Whoever changes which reading of an article is current, or
removes one, takes the old words out before and puts the new ones in after, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from newscrawl.items import SearchWords
from newscrawl.storage.schema import ExtractionRow, table
from newscrawl.text.search_words import search_words

SPAN = 4096
"""Articles, by number, that bear the same word of their span in PostgreSQL's index."""

_EXTRACTIONS = table(ExtractionRow).c

_CURRENT = select(_EXTRACTIONS.article_id, _EXTRACTIONS.headline, _EXTRACTIONS.body).where(
    _EXTRACTIONS.article_id.in_(bindparam("ids", expanding=True)), _EXTRACTIONS.is_current
)
NEXT = (
    select(_EXTRACTIONS.article_id, _EXTRACTIONS.headline, _EXTRACTIONS.body)
    .where(_EXTRACTIONS.is_current, _EXTRACTIONS.article_id > bindparam("after"))
    .order_by(_EXTRACTIONS.article_id)
    .limit(200)
)
"""The current readings of the articles after one, some hundred."""
_ADD = {
    "sqlite": text("INSERT INTO article_search (rowid, words) VALUES (:id, :words)"),
    "postgresql": text(
        "INSERT INTO article_search (article_id, words) VALUES (:id, array_to_tsvector(string_to_array(:words, ' ')))"
    ),
}
# FTS5 keeps no words by article: it is told those that it was given.
_TAKE_OUT_OF_SQLITE = text("INSERT INTO article_search (article_search, rowid, words) VALUES ('delete', :id, :words)")
_EMPTY = {
    "sqlite": text("INSERT INTO article_search (article_search) VALUES ('delete-all')"),
    "postgresql": text("DELETE FROM article_search"),
}
_TAKE_OUT_OF_POSTGRESQL = text("DELETE FROM article_search WHERE article_id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)


@dataclass(frozen=True, slots=True)
class Searched:
    """An article, as its current reading has it."""

    article_id: int
    headline: str | None
    body: str | None
    words: SearchWords | None = None
    """If a worker has made them."""


def further_words(dialect: str, article_id: int) -> list[str]:
    """What the index has of an article beside the words of its text."""
    return [span_word(article_id // SPAN)] if dialect == "postgresql" else []


def span_word(span: int) -> str:
    """The word that all articles of a span have, and no text: PostgreSQL's index has no order, and by this word it
    finds the newest articles that have others without looking up each that has them."""
    return f"#{span}"


def add(connection: Connection, texts: Iterable[Searched]) -> None:
    """Enter articles that are not in the index."""
    dialect = connection.dialect.name
    rows = _rows(texts)
    if rows:
        connection.execute(
            _ADD[dialect],
            [{**row, "words": " ".join([row["words"], *further_words(dialect, row["id"])])} for row in rows],
        )


def add_current(connection: Connection, article_ids: Collection[int]) -> None:
    """As `add`, with the texts that the database holds."""
    if article_ids:
        add(connection, _texts(connection, article_ids))


def remove(connection: Connection, article_ids: Collection[int]) -> None:
    """Take articles out, as long as their current readings are still the ones that were entered."""
    if not article_ids:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_TAKE_OUT_OF_POSTGRESQL, {"ids": list(article_ids)})
    elif rows := _rows(_texts(connection, article_ids)):
        connection.execute(_TAKE_OUT_OF_SQLITE, rows)


def remake(connection: Connection) -> None:
    """Make the index anew from the texts that the database holds."""
    connection.execute(_EMPTY[connection.dialect.name])
    after = 0
    while rows := connection.execute(NEXT, {"after": after}).all():
        after = rows[-1].article_id
        add(connection, [Searched(*row) for row in rows])


def _texts(connection: Connection, article_ids: Collection[int]) -> list[Searched]:
    return [Searched(*row) for row in connection.execute(_CURRENT, {"ids": list(article_ids)})]


def _rows(texts: Iterable[Searched]) -> list[dict[str, Any]]:
    return [{"id": one.article_id, "words": search_words(one.headline, one.body, one.words).words} for one in texts]
