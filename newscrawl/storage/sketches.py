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

from sqlalchemy import ARRAY, BigInteger, Connection, any_, bindparam, delete, func, insert, select

from newscrawl.storage.schema import PostingRow, SketchRow, table

_POSTINGS, _SKETCHES = table(PostingRow).c, table(SketchRow).c
_FULL = 64
# Two texts that share one sampled hash alone are seldom related (docs/benchmarks.md, Duplicates).
_LEAST_SHARED = 2
# Each is compared word by word. A story's copies hang together by fewer links than each with each.
_MOST_CANDIDATES = 8

_KNOWN = select(_SKETCHES.article_id, _SKETCHES.hashes).where(
    _SKETCHES.article_id.in_(bindparam("ids", expanding=True))
)
_FORGET = delete(table(SketchRow)).where(_SKETCHES.article_id.in_(bindparam("ids", expanding=True)))
_FORGET_POSTING = delete(table(PostingRow)).where(
    _POSTINGS.hash == bindparam("of_hash"), _POSTINGS.article_id == bindparam("of_article")
)
_ADD_SKETCHES = insert(table(SketchRow))


def enter(connection: Connection, sketches: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """Enter articles' sketches in place of those that they had; an empty one is not entered.

    Returns by article the others that share at least two of its hashes, those with the most first, eight at most. Of
    two articles that are entered together, the later in the mapping is told of the earlier.
    """
    forget(connection, sketches)
    lists = _lists(connection, {value for sketch in sketches.values() for value in sketch})
    candidates: dict[int, list[int]] = {}
    postings: list[tuple[int, int]] = []
    for article_id, sketch in sketches.items():
        candidates[article_id] = _candidates([lists[value] for value in sketch if value in lists], len(sketch))
        for value in sketch:
            having = lists.setdefault(value, [])
            if len(having) < _FULL:
                having.append(article_id)
                postings.append((value, article_id))
    rows = [{"article_id": key, "hashes": _packed(sketch)} for key, sketch in sketches.items() if sketch]
    if rows:
        connection.execute(_ADD_SKETCHES, rows)
        # In the order of the index, so that each of its pages is met once.
        _add_postings(connection, sorted(postings))
    return candidates


def forget(connection: Connection, article_ids: Collection[int]) -> None:
    """Remove articles' sketches and postings; to be called before their rows are removed."""
    known = connection.execute(_KNOWN, {"ids": list(article_ids)}).all()
    rows = [{"of_hash": value, "of_article": article_id} for article_id, hashes in known for value in _unpacked(hashes)]
    if rows:
        connection.execute(_FORGET_POSTING, rows)
        connection.execute(_FORGET, {"ids": [article_id for article_id, _ in known]})


def _candidates(lists: list[list[int]], hashes: int) -> list[int]:
    shared = Counter(article_id for having in lists if len(having) < _FULL for article_id in having)
    full = [having for having in lists if len(having) >= _FULL]
    # A text most of whose hashes many have is no text with boilerplate, but one that many have.
    if 2 * len(full) > hashes:
        shared.update(article_id for having in full for article_id in having)
    found = [(-hits, article_id) for article_id, hits in shared.items() if hits >= _LEAST_SHARED]
    return [article_id for _, article_id in sorted(found)[:_MOST_CANDIDATES]]


def _lists(connection: Connection, hashes: set[int]) -> dict[int, list[int]]:
    lists: dict[int, list[int]] = {}
    if hashes:
        dialect = connection.dialect.name
        for value, article_id in connection.execute(_having(dialect), {"hashes": _list(dialect, sorted(hashes))}).all():
            lists.setdefault(value, []).append(article_id)
    return lists


@cache
def _having(dialect: str) -> Any:
    """The postings of hashes that come as one value: a batch has thousands, too many for a list of parameters."""
    if dialect == "postgresql":
        asked = _POSTINGS.hash == any_(bindparam("hashes", type_=ARRAY(BigInteger)))
    else:
        asked = _POSTINGS.hash.in_(select(func.json_each(bindparam("hashes")).table_valued("value").c.value))
    return select(_POSTINGS.hash, _POSTINGS.article_id).where(asked)


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


def _unpacked(hashes: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(hashes) // 8}q", hashes)
