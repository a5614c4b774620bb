"""How the texts of stored articles relate: found when a text is stored, kept as links, never a reason to delete."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, union_all

from newscrawl import duplicates
from newscrawl.duplicates import Relation
from newscrawl.items import Fingerprint, NearDuplicate, RelationKind
from newscrawl.storage import database, sketches
from newscrawl.storage.schema import ArticleRow, ExtractionRow, RelationRow, RevisionRow, table

TIES = (RelationKind.EXACT, RelationKind.NEAR, RelationKind.CONTAINED, RelationKind.CONTAINS)
"""The relations of copies; an overlap is a hint."""

_ARTICLES, _EXTRACTIONS = table(ArticleRow).c, table(ExtractionRow).c
_RELATIONS, _REVISIONS = table(RelationRow).c, table(RevisionRow).c
_RELATING = 0x6E657772
_TEXTS_AT_ONCE = 200
_FILLED_AT_ONCE = 100

_NEXT_BODIES = (
    select(_EXTRACTIONS.article_id, _EXTRACTIONS.body)
    .where(_EXTRACTIONS.is_current, _EXTRACTIONS.article_id > bindparam("after"))
    .order_by(_EXTRACTIONS.article_id)
    .limit(_FILLED_AT_ONCE)
)
_MEASURES = (_RELATIONS.kind, _RELATIONS.containment, _RELATIONS.contained)
_OF = union_all(
    select(_RELATIONS.article_id, _RELATIONS.other_id, *_MEASURES).where(
        _RELATIONS.article_id.in_(bindparam("ids", expanding=True))
    ),
    select(_RELATIONS.article_id, _RELATIONS.other_id, *_MEASURES).where(
        _RELATIONS.other_id.in_(bindparam("others", expanding=True))
    ),
)
_URL_KEYS = select(_ARTICLES.article_id, _ARTICLES.url_key).where(
    _ARTICLES.article_id.in_(bindparam("ids", expanding=True))
)


_NONE, _EXACT = Relation(RelationKind.NONE, 0.0, 0.0), Relation(RelationKind.EXACT, 1.0, 1.0)


def relate(connection: Connection, texts: Mapping[int, Fingerprint]) -> None:
    """Enter stored texts in the index, by article, and link their articles with those whose current texts relate to
    theirs. They are texts that are new, or others than before.

    Links of the texts before are kept as `none`. To be called last in a transaction that stores texts: on PostgreSQL
    others that do wait from here until it ends.
    """
    if not texts:
        return
    # Two crawlers that store copies at one moment would not see each other's postings, and both miss the other.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_RELATING)))
    candidates = sketches.enter(connection, texts)
    relations = dict.fromkeys(_pairs(connection, texts), _NONE)
    relations.update(_compared(connection, texts, candidates))
    rows = [
        {"article_id": one, "other_id": other, **_columns(relation)} for (one, other), relation in relations.items()
    ]
    if rows:
        connection.execute(_write(connection.dialect.name), rows)


def of_articles(
    connection: Connection, article_ids: Collection[int], kinds: Collection[RelationKind] = TIES
) -> dict[int, list[tuple[int, Relation]]]:
    """By article, the others to which its current text relates, and how it does."""
    found: dict[int, list[tuple[int, Relation]]] = {}
    asked = set(article_ids)
    for row in _rows(connection, asked):
        relation = Relation(RelationKind(row.kind), row.containment, row.contained)
        if relation.kind in kinds:
            if row.article_id in asked:
                found.setdefault(row.article_id, []).append((row.other_id, relation))
            if row.other_id in asked:
                found.setdefault(row.other_id, []).append((row.article_id, relation.reversed()))
    return found


def near_duplicates(connection: Connection, article_ids: Collection[int]) -> dict[int, list[NearDuplicate]]:
    """By article, its copies as a feed line tells them: those that share the most first, hints left out."""
    found = of_articles(connection, article_ids)
    keys = _url_keys(connection, {other for related in found.values() for other, _ in related})
    return {
        article_id: [
            NearDuplicate(
                url_key=key, relation=relation.kind, containment=relation.containment, contained=relation.contained
            )
            for key, relation in sorted(
                ((keys[other], relation) for other, relation in related), key=lambda one: (-one[1].shared, one[0])
            )
        ]
        for article_id, related in found.items()
    }


def runs_that_tell(connection: Connection, article_id: int) -> list[str]:
    """The runs whose feeds may name the article as another's near-duplicate."""
    others = {one for row in _rows(connection, {article_id}) for one in (row.article_id, row.other_id)} - {article_id}
    runs: set[str] = set()
    for ids in _parts(others):
        runs.update(connection.scalars(select(_REVISIONS.run_id).where(_REVISIONS.article_id.in_(ids)).distinct()))
    return sorted(runs)


def fill(connection: Connection) -> None:
    """Relate every stored text, in a database that was made before there was an index; memory stays flat."""
    after = 0
    while rows := connection.execute(_NEXT_BODIES, {"after": after}).all():
        after = rows[-1].article_id
        relate(connection, {row.article_id: duplicates.fingerprint(row.body or "") for row in rows})


def _compared(
    connection: Connection, texts: Mapping[int, Fingerprint], candidates: Mapping[int, Collection[int]]
) -> dict[tuple[int, int], Relation]:
    """How the texts relate to their candidates: of the later article's to the earlier's."""
    wanted: dict[int, list[int]] = {}
    for article_id, others in candidates.items():
        for other_id in others:
            wanted.setdefault(other_id, []).append(article_id)
    own = {key: duplicates.unpacked(text.shingles) for key, text in texts.items() if candidates[key]}
    found: dict[tuple[int, int], Relation] = {}
    for other_id, other in _fingerprints(connection, wanted, texts):
        shingles = duplicates.unpacked(other.shingles)
        for article_id in wanted[other_id]:
            relation = _EXACT
            if other.digest is None or other.digest != texts[article_id].digest:
                relation = duplicates.relation_of(own[article_id], shingles)
            if relation.kind is RelationKind.NONE:
                continue
            if article_id > other_id:
                found[article_id, other_id] = relation
            else:
                found[other_id, article_id] = relation.reversed()
    return found


def _fingerprints(
    connection: Connection, article_ids: Iterable[int], known: Mapping[int, Fingerprint]
) -> Iterator[tuple[int, Fingerprint]]:
    """What tells current texts, some at a time: those at hand, and the others from the database."""
    asked = set(article_ids)
    yield from ((article_id, known[article_id]) for article_id in asked & known.keys())
    for ids in _parts(asked - known.keys()):
        yield from sketches.of_articles(connection, ids).items()


def _pairs(connection: Connection, article_ids: Collection[int]) -> list[tuple[int, int]]:
    return [(row.article_id, row.other_id) for row in _rows(connection, article_ids)]


def _rows(connection: Connection, article_ids: Collection[int]) -> list[Any]:
    """The relations of articles, each once."""
    rows = {}
    for ids in _parts(article_ids):
        for row in connection.execute(_OF, {"ids": ids, "others": ids}):
            rows[row.article_id, row.other_id] = row
    return list(rows.values())


def _url_keys(connection: Connection, article_ids: Collection[int]) -> dict[int, str]:
    keys: dict[int, str] = {}
    for ids in _parts(article_ids):
        keys.update(connection.execute(_URL_KEYS, {"ids": ids}).all())
    return keys


def _parts(article_ids: Collection[int]) -> Iterable[list[int]]:
    """Some at a time, since databases bound the number of parameters, and texts take memory."""
    ordered = sorted(article_ids)
    for start in range(0, len(ordered), _TEXTS_AT_ONCE):
        yield ordered[start : start + _TEXTS_AT_ONCE]


def _columns(relation: Relation) -> dict[str, Any]:
    return {"kind": str(relation.kind), "containment": relation.containment, "contained": relation.contained}


@cache
def _write(dialect: str) -> Any:
    statement = database.insert(dialect, RelationRow)
    changed = {name: statement.excluded[name] for name in ("kind", "containment", "contained")}
    return statement.on_conflict_do_update(index_elements=["article_id", "other_id"], set_=changed)
