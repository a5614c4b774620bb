"""Related links without a known article, and live runs, are found without reading all others."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_BEFORE = {
    "ix_related_links_headline": ["source_id", "headline_key"],
    "ix_related_links_url_key": ["url_key"],
    "ix_related_links_target_id": ["target_id"],
}
_AFTER = {
    "ix_related_links_unresolved_headline": (["source_id", "headline_key"], "target_id IS NULL"),
    "ix_related_links_unresolved_url": (["url_key"], "target_id IS NULL"),
    "ix_related_links_target": (["target_id"], "target_id IS NOT NULL"),
}


def upgrade() -> None:
    op.create_index("ix_runs_state", "runs", ["state"])
    op.drop_index("ix_articles_headline", table_name="articles")
    op.create_index("ix_articles_headline", "articles", ["source_id", "headline_key", "article_id"])
    for name in _BEFORE:
        op.drop_index(name, table_name="related_links")
    for name, (columns, condition) in _AFTER.items():
        where = sa.text(condition)
        op.create_index(name, "related_links", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in _AFTER:
        op.drop_index(name, table_name="related_links")
    for name, columns in _BEFORE.items():
        op.create_index(name, "related_links", columns)
    op.drop_index("ix_articles_headline", table_name="articles")
    op.create_index("ix_articles_headline", "articles", ["source_id", "headline_key"])
    op.drop_index("ix_runs_state", table_name="runs")
