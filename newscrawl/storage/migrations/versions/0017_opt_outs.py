"""What pages of articles are said not to be used for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("stated_in", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.article_id"], name="fk_opt_outs_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "signal", "stated_in", name="pk_opt_outs"),
    )


def downgrade() -> None:
    op.drop_table("opt_outs")
