"""The demonstration crawl into a real PostgreSQL comes to the same as into SQLite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from newscrawl.storage import revisions
from newscrawl.storage.database import Database
from newscrawl.storage.schema import RelatedLinkRow, RevisionRow, RunRow
from tests.crawling import demonstrate

NOW = "2026-01-02T03:04:05+00:00"


def summary(database: Database) -> dict[str, Any]:
    with database.session() as session:
        runs = session.scalars(select(RunRow.run_id).order_by(RunRow.run_id)).all()
        texts = {
            article.url_key: (article.headline, article.body, article.published_at, article.authors)
            for run in runs
            for article in revisions.of_run(session, run)
        }
        return {
            "runs": len(runs),
            "revisions": session.scalar(select(func.count()).select_from(RevisionRow)),
            "texts": texts,
            "links": session.scalar(select(func.count()).select_from(RelatedLinkRow)),
            "resolved": session.scalar(select(func.count(RelatedLinkRow.target_id))),
        }


@pytest.mark.slow
def test_same_articles_as_in_sqlite_and_nothing_twice(tmp_path: Path, postgresql_url: str) -> None:
    sqlite_url = f"sqlite:///{tmp_path / 'sqlite' / 'newscrawl.db'}"
    summaries = []
    for name, url in (("sqlite", sqlite_url), ("postgresql", postgresql_url)):
        for _ in range(2):
            assert demonstrate(tmp_path / name, NEWSCRAWL_DATABASE_URL=url, NEWSCRAWL_NOW=NOW).code == 0
        database = Database(url)
        summaries.append(summary(database))
        database.close()
    first, second = summaries
    assert first["runs"] == 2
    assert first["revisions"] == len(first["texts"]) > 15
    assert first == second
