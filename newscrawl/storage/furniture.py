"""Furniture of sources: lines that many of their stored articles share, and that therefore belong to none.

A second reader beside the one that looks at a page alone: it knows nothing of headings and markup, only what else
the source has published. It learns between runs, and a run reads with what was known at its start.
"""

from __future__ import annotations

import hashlib
from collections import Counter

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from newscrawl.items import Furniture
from newscrawl.storage.database import insert_unless_known
from newscrawl.storage.schema import ArticleRow, ExtractionRow, FurnitureRow, RevisionRow, table
from newscrawl.text.fold import fold_key

_ARTICLES, _EXTRACTIONS, _FURNITURE = table(ArticleRow).c, table(ExtractionRow).c, table(FurnitureRow).c

_LOOKED_AT = 300
"""Of a source so many articles are read to learn from, the last that were stored."""
_LEAST_HEADLINE_WORDS = 4
_LEAST_NAMING = 3
"""A line that is another article's headline is furniture in so many articles: stories in parts share subheadings."""
_LEAST_SHARING = 10
_LEAST_SHARE = 0.2
"""Any other line in so many articles, which are this share at least: agencies repeat the background of a story in
every piece on it, and no story is a fifth of what a source publishes."""
_LONGEST_KEY = 1000

_OF_RUN = (
    select(_ARTICLES.source_id)
    .join(table(RevisionRow), table(RevisionRow).c.article_id == _ARTICLES.article_id)
    .where(table(RevisionRow).c.run_id == bindparam("run"), _ARTICLES.source_id.is_not(None))
    .distinct()
)
_LAST = (
    select(_ARTICLES.headline_key, _EXTRACTIONS.blocks)
    .join(table(ExtractionRow), (_EXTRACTIONS.article_id == _ARTICLES.article_id) & _EXTRACTIONS.is_current)
    # Copies would make furniture of a whole article.
    .where(_ARTICLES.source_id == bindparam("source"), _ARTICLES.duplicate_of.is_(None))
    .order_by(_ARTICLES.article_id.desc())
    .limit(_LOOKED_AT)
)
_HEADLINES = select(_ARTICLES.headline_key).where(
    _ARTICLES.source_id == bindparam("source"), _ARTICLES.headline_key.in_(bindparam("keys", expanding=True))
)


def load(session: Session) -> dict[str, Furniture]:
    """What is known of each source, by source_id."""
    lines: dict[str, set[str]] = {}
    for source_id, key in session.connection().execute(select(_FURNITURE.source_id, _FURNITURE.line_key)):
        lines.setdefault(source_id, set()).add(key)
    return {source_id: Furniture(version=_version(keys), lines=frozenset(keys)) for source_id, keys in lines.items()}


def learn(session: Session, run_id: str) -> int:
    """Look for furniture in the sources of which the run stored something; says how many lines were new."""
    connection = session.connection()
    return sum(_learn_of(connection, source, run_id) for source in connection.scalars(_OF_RUN, {"run": run_id}).all())


def _learn_of(connection: Connection, source: str, run_id: str) -> int:
    articles = connection.execute(_LAST, {"source": source}).all()
    lines: dict[str, str] = {}
    met: Counter[str] = Counter()
    for headline_key, blocks in articles:
        of_article = {fold_key(block["text"]): block["text"] for block in blocks}
        of_article.pop(headline_key, None)
        met.update(of_article.keys())
        lines.update(of_article)
    often = [key for key, count in met.items() if count >= _LEAST_NAMING and 0 < len(key) <= _LONGEST_KEY]
    long_enough = [key for key in often if key.count(" ") >= _LEAST_HEADLINE_WORDS - 1]
    headlines = set(connection.scalars(_HEADLINES, {"source": source, "keys": long_enough})) if long_enough else set()
    least = max(_LEAST_SHARING, _LEAST_SHARE * len(articles))
    rows = [
        {"source_id": source, "line_key": key, "line": lines[key], "articles": met[key], "run_id": run_id}
        for key in often
        if key in headlines or met[key] >= least
    ]
    if not rows:
        return 0
    add = insert_unless_known(connection.dialect.name, FurnitureRow).returning(FurnitureRow.line_key)
    return len(connection.scalars(add, rows).all())


def _version(keys: set[str]) -> str:
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:8]
