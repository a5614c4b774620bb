"""Furniture of sources, and the evidence of each field."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "furniture",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("line_key", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_furniture_run_id"),
        sa.PrimaryKeyConstraint("source_id", "line_key", name="pk_furniture"),
    )
    op.add_column("extractions", sa.Column("whole_hash", sa.Text(), nullable=True))
    op.add_column("extractions", sa.Column("evidence", sa.JSON(), nullable=True))


def downgrade() -> None:
    # Not as a batch: that makes the table anew, and whatever refers to the old one goes with it.
    op.drop_column("extractions", "evidence")
    op.drop_column("extractions", "whole_hash")
    op.drop_table("furniture")
