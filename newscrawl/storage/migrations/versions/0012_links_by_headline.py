"""What a related link names by its headline alone gives way to what has its URL."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_BY_HEADLINE = """
    UPDATE related_links SET by_headline = true
    WHERE target_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM articles a WHERE a.url_key = related_links.url_key AND a.article_id = target_id)
    AND NOT EXISTS (SELECT 1 FROM url_aliases u WHERE u.url_key = related_links.url_key AND u.article_id = target_id)
"""


def upgrade() -> None:
    op.add_column("related_links", sa.Column("by_headline", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(_BY_HEADLINE)
    op.drop_index("ix_related_links_unresolved_url", "related_links")
    condition = sa.text("target_id IS NULL OR by_headline")
    op.create_index(
        "ix_related_links_open_url", "related_links", ["url_key"], sqlite_where=condition, postgresql_where=condition
    )


def downgrade() -> None:
    op.drop_index("ix_related_links_open_url", "related_links")
    condition = sa.text("target_id IS NULL")
    op.create_index(
        "ix_related_links_unresolved_url",
        "related_links",
        ["url_key"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
    op.drop_column("related_links", "by_headline")
