"""Trivial changes, counted; pages that go away and come back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    moment, row_id = sa.DateTime(timezone=True), sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("extractions", sa.Column("substance_hash", sa.Text(), nullable=True))
    op.add_column("extractions", sa.Column("whole_substance_hash", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("trivial_changes", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("articles", sa.Column("trivially_changed_at", moment, nullable=True))
    op.add_column("articles", sa.Column("trivial_hash", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("away", sa.Text(), nullable=True))
    op.create_table(
        "events",
        sa.Column("event_id", row_id, nullable=False),
        sa.Column("article_id", row_id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.article_id"], name="fk_events_article_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_events_run_id"),
        sa.PrimaryKeyConstraint("event_id", name="pk_events"),
    )
    op.create_index("ix_events_article_id", "events", ["article_id"])
    op.create_index("ix_events_run_id", "events", ["run_id"])


def downgrade() -> None:
    op.drop_table("events")
    # Not as a batch: that makes the table anew, and whatever refers to the old one goes with it.
    for name in ("away", "trivial_hash", "trivially_changed_at", "trivial_changes"):
        op.drop_column("articles", name)
    for name in ("whole_substance_hash", "substance_hash"):
        op.drop_column("extractions", name)
