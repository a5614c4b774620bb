"""Related links and their articles that two crawlers stored past each other.

On PostgreSQL two transactions that are under way do not see each other: a link is stored while its article is, and
neither finds the other. When a run ends or is found dead, what it stored beside others is looked at once more. SQLite
has one writer.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, or_, select
from sqlalchemy.orm import Session

from newscrawl.storage import readings
from newscrawl.storage.schema import (
    ArticleRow,
    ExtractionRow,
    RelatedLinkRow,
    RevisionRow,
    RunRow,
    UrlAliasRow,
    table,
)

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c
_LINKS, _ALIASES, _RUNS = table(RelatedLinkRow).c, table(UrlAliasRow).c, table(RunRow).c
_AT_ONCE = 500


def resolve(session: Session, run_ids: Sequence[str]) -> None:
    """Tie the links that these runs stored to articles of others, and links of others to the articles of these."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return
    for run_id in run_ids:
        if _was_beside_others(connection, run_id):
            _look_for_articles(connection, run_id)
            _look_for_links(connection, run_id)


def _was_beside_others(connection: Connection, run_id: str) -> bool:
    began = select(_RUNS.started_at).where(_RUNS.run_id == run_id).scalar_subquery()
    # A run that died was looked at when it was found dead.
    others = select(_RUNS.run_id).where(
        _RUNS.run_id != run_id, or_(_RUNS.state == "running", _RUNS.finished_at >= began)
    )
    return connection.execute(others.limit(1)).first() is not None


def _look_for_articles(connection: Connection, run_id: str) -> None:
    """For the run's links that no article is known for."""
    statement = (
        select(_LINKS.extraction_id, _LINKS.position, _LINKS.source_id, _LINKS.url_key, _LINKS.headline_key)
        .join(table(ExtractionRow), _EXTRACTIONS.extraction_id == _LINKS.extraction_id)
        .join(table(RevisionRow), _REVISIONS.revision_id == _EXTRACTIONS.revision_id)
        .where(_REVISIONS.run_id == run_id, _LINKS.target_id.is_(None))
        .order_by(_LINKS.extraction_id, _LINKS.position)
        .execution_options(yield_per=_AT_ONCE)
    )
    with connection.execute(statement) as result:
        for links in result.partitions():
            readings.resolve_anew(connection, links)


def _look_for_links(connection: Connection, run_id: str) -> None:
    """For the run's articles, by their URLs, their other addresses and their headlines."""
    statement = (
        select(_ARTICLES.article_id, _ARTICLES.url_key, _ARTICLES.source_id, _ARTICLES.headline_key)
        .where(_ARTICLES.article_id.in_(select(_REVISIONS.article_id).where(_REVISIONS.run_id == run_id)))
        .order_by(_ARTICLES.article_id)
        .execution_options(yield_per=_AT_ONCE)
    )
    with connection.execute(statement) as result:
        for several in result.partitions():
            ids = [one.article_id for one in several]
            aliases = select(_ALIASES.url_key, _ALIASES.article_id).where(_ALIASES.article_id.in_(ids))
            by_alias: dict[str, int] = dict(connection.execute(aliases).all())
            readings.resolve_by_key(connection, by_alias)
            readings.resolve_by_key(connection, {one.url_key: one.article_id for one in several})
            by_source: dict[str, dict[str, int]] = {}
            for one in several:
                if one.source_id and one.headline_key:
                    by_source.setdefault(one.source_id, {}).setdefault(one.headline_key, one.article_id)
            for source, targets in by_source.items():
                readings.resolve_by_headline(connection, source, targets)
