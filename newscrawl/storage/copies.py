"""Which article is the earliest of those with one text, once an article is removed."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, update

from newscrawl.storage.schema import ArticleRow, RevisionRow, table

_ARTICLES, _REVISIONS = table(ArticleRow).c, table(RevisionRow).c


def without(connection: Connection, url_key: str) -> tuple[list[str], list[str]]:
    """Have the copies of a removed article name the next earliest, or none where that is themselves.

    Returns the url_keys of those copies, and the run_ids of the revisions that named the removed article.
    """
    named_it = select(table(ArticleRow)).where(_ARTICLES.duplicate_of == url_key).order_by(_ARTICLES.article_id)
    orphans = connection.execute(named_it).all()
    told_by = select(_REVISIONS.run_id).where(_REVISIONS.duplicate_of == url_key).distinct()
    runs = list(connection.scalars(told_by))
    next_of: dict[str | None, tuple[int, str]] = {}
    for digest in {orphan.text_digest for orphan in orphans} - {None}:
        earliest = select(func.min(_ARTICLES.article_id)).where(_ARTICLES.text_digest == digest).scalar_subquery()
        found = connection.execute(
            select(_ARTICLES.article_id, _ARTICLES.url_key).where(_ARTICLES.article_id == earliest)
        ).one()
        next_of[digest] = (found.article_id, found.url_key)
    for orphan in orphans:
        first, key = next_of.get(orphan.text_digest, (orphan.article_id, ""))
        now = key if first < orphan.article_id else None
        of_orphan = _REVISIONS.article_id == orphan.article_id
        connection.execute(
            update(table(RevisionRow)).where(of_orphan, _REVISIONS.duplicate_of == url_key).values(duplicate_of=now)
        )
        connection.execute(
            update(table(ArticleRow)).where(_ARTICLES.article_id == orphan.article_id).values(duplicate_of=now)
        )
    # Revisions of articles whose text has since become another.
    connection.execute(update(table(RevisionRow)).where(_REVISIONS.duplicate_of == url_key).values(duplicate_of=None))
    return [orphan.url_key for orphan in orphans], runs
