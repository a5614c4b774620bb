"""The index by which near-duplicates are found: for each sampled hash the articles whose text has it.

A hash that many articles have is boilerplate, and finds nothing: its list is full at 64 articles, and grows no more.
"""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, any_, bindparam, delete, func, insert, select

from newscrawl.items import Fingerprint
from newscrawl.storage.schema import ArticleRow, PostingRow, SketchRow, table

_ARTICLES, _POSTINGS, _SKETCHES = table(ArticleRow).c, table(PostingRow).c, table(SketchRow).c
FULL = 64
"""Articles in the list of a hash, from which on it grows no more."""
# Two texts that share one sampled hash alone are seldom related (docs/benchmarks.md, Duplicates).
_LEAST_SHARED = 2
# Each is compared word by word. A story's copies hang together by fewer links than each with each.
_MOST_CANDIDATES = 8

_OF_ARTICLES = (
    select(_SKETCHES.article_id, _ARTICLES.text_digest, _SKETCHES.shingles)
    .join(table(ArticleRow), _ARTICLES.article_id == _SKETCHES.article_id)
    .where(_SKETCHES.article_id.in_(bindparam("ids", expanding=True)))
)
_KNOWN = select(_SKETCHES.article_id, _SKETCHES.hashes).where(
    _SKETCHES.article_id.in_(bindparam("ids", expanding=True))
)
NEXT = (
    select(_SKETCHES.article_id, _SKETCHES.hashes)
    .where(_SKETCHES.article_id > bindparam("after"))
    .order_by(_SKETCHES.article_id)
    .limit(500)
)
"""The sketches of the articles after one, some hundred."""
_FORGET = delete(table(SketchRow)).where(_SKETCHES.article_id.in_(bindparam("ids", expanding=True)))
_FORGET_POSTING = delete(table(PostingRow)).where(
    _POSTINGS.hash == bindparam("of_hash"), _POSTINGS.article_id == bindparam("of_article")
)
_ADD_SKETCHES = insert(table(SketchRow))


def enter(connection: Connection, texts: Mapping[int, Fingerprint]) -> dict[int, list[int]]:
    """Enter what tells articles' texts in place of what did; a text too short is not entered.

    Returns by article the others that share at least two of its hashes, those with the most first, eight at most. Of
    two articles that are entered together, the later in the mapping is told of the earlier.
    """
    forget(connection, texts)
    known = lists(connection, {value for text in texts.values() for value in text.sketch})
    candidates: dict[int, list[int]] = {}
    postings: list[tuple[int, int]] = []
    for article_id, text in texts.items():
        candidates[article_id] = _candidates(
            [known[value] for value in text.sketch if value in known], len(text.sketch)
        )
        postings += _entered(known, article_id, text.sketch)
    rows = [
        {"article_id": key, "hashes": _packed(text.sketch), "shingles": text.shingles}
        for key, text in texts.items()
        if text.sketch
    ]
    if rows:
        connection.execute(_ADD_SKETCHES, rows)
        # In the order of the index, so that each of its pages is met once.
        _add_postings(connection, sorted(postings))
    return candidates


def of_articles(connection: Connection, article_ids: Collection[int]) -> dict[int, Fingerprint]:
    """What tells the texts of articles, by article; without their sketches."""
    rows = connection.execute(_OF_ARTICLES, {"ids": list(article_ids)})
    return {row.article_id: Fingerprint(row.text_digest, shingles=row.shingles) for row in rows}


def forget(connection: Connection, article_ids: Collection[int]) -> None:
    """Remove articles' sketches and postings; to be called before their rows are removed."""
    known = connection.execute(_KNOWN, {"ids": list(article_ids)}).all()
    rows = [{"of_hash": value, "of_article": article_id} for article_id, hashes in known for value in unpacked(hashes)]
    if rows:
        connection.execute(_FORGET_POSTING, rows)
        connection.execute(_FORGET, {"ids": [article_id for article_id, _ in known]})


def remake(connection: Connection) -> None:
    """Make the postings anew from the sketches, as if the articles were entered in the order of their numbers."""
    connection.execute(delete(table(PostingRow)))
    after = 0
    while rows := connection.execute(NEXT, {"after": after}).all():
        after = rows[-1].article_id
        several = {article_id: unpacked(hashes) for article_id, hashes in rows}
        known = lists(connection, {value for hashes in several.values() for value in hashes})
        _add_postings(
            connection, sorted(one for key, hashes in several.items() for one in _entered(known, key, hashes))
        )


def _entered(known: dict[int, list[int]], article_id: int, hashes: Sequence[int]) -> list[tuple[int, int]]:
    """Enter an article in the lists of its hashes that are not full; the postings that this makes."""
    entered = []
    for value in hashes:
        having = known.setdefault(value, [])
        if len(having) < FULL:
            having.append(article_id)
            entered.append((value, article_id))
    return entered


def _candidates(lists: list[list[int]], hashes: int) -> list[int]:
    shared = Counter(article_id for having in lists if len(having) < FULL for article_id in having)
    full = [having for having in lists if len(having) >= FULL]
    # A text most of whose hashes many have is no text with boilerplate, but one that many have.
    if 2 * len(full) > hashes:
        shared.update(article_id for having in full for article_id in having)
    found = [(-hits, article_id) for article_id, hits in shared.items() if hits >= _LEAST_SHARED]
    return [article_id for _, article_id in sorted(found)[:_MOST_CANDIDATES]]


def lists(connection: Connection, hashes: Collection[int]) -> dict[int, list[int]]:
    """By hash, the articles that are entered with it; of some thousand hashes at once."""
    if not hashes:
        return {}
    dialect = connection.dialect.name
    rows = connection.execute(_having(dialect), {"hashes": _list(dialect, sorted(hashes))}).all()
    if dialect == "postgresql":
        return dict(rows)
    return {value: list(map(int, article_ids.split(","))) for value, article_ids in rows}


@cache
def _having(dialect: str) -> Any:
    """The postings of hashes that come as one value: a batch has thousands, too many for a list of parameters.

    One row a hash: of what many share there are a thousand postings a text, and a row's way to us is dear.
    """
    if dialect == "postgresql":
        asked = _POSTINGS.hash == any_(bindparam("hashes", type_=ARRAY(BigInteger)))
        having: ColumnElement[Any] = func.array_agg(_POSTINGS.article_id)
    else:
        asked = _POSTINGS.hash.in_(select(func.json_each(bindparam("hashes")).table_valued("value").c.value))
        having = func.group_concat(_POSTINGS.article_id)
    return select(_POSTINGS.hash, having).where(asked).group_by(_POSTINGS.hash)


def _add_postings(connection: Connection, postings: list[tuple[int, int]]) -> None:
    if connection.dialect.name == "postgresql":
        several = ARRAY(BigInteger)
        rows = select(func.unnest(bindparam("hashes", type_=several)), func.unnest(bindparam("ids", type_=several)))
        statement = insert(table(PostingRow)).from_select(["hash", "article_id"], rows)
        hashes, article_ids = zip(*postings, strict=True) if postings else ((), ())
        connection.execute(statement, {"hashes": list(hashes), "ids": list(article_ids)})
    elif postings:
        # Past SQLAlchemy, whose work for a row is more than the database's.
        connection.exec_driver_sql("INSERT INTO postings (hash, article_id) VALUES (?, ?)", postings)


def _list(dialect: str, hashes: list[int]) -> Any:
    return hashes if dialect == "postgresql" else json.dumps(hashes)


def _packed(sketch: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(sketch)}q", *sketch)


def unpacked(hashes: bytes) -> tuple[int, ...]:
    """The hashes of a stored sketch."""
    return struct.unpack(f"<{len(hashes) // 8}q", hashes)
