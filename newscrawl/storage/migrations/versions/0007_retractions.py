"""Retractions, the URLs that they cover, and feeds that are to be written again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "retractions",
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("text_digest", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("url_key", name="pk_retractions"),
    )
    op.create_index("ix_retractions_text_digest", "retractions", ["text_digest"])
    op.create_table(
        "retracted_urls",
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("retraction", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["retraction"], ["retractions.url_key"], name="fk_retracted_urls_retraction", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("url_key", name="pk_retracted_urls"),
    )
    op.create_index("ix_retracted_urls_retraction", "retracted_urls", ["retraction"])
    op.add_column("runs", sa.Column("feed_is_stale", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("runs", "feed_is_stale")
    op.drop_table("retracted_urls")
    op.drop_table("retractions")
