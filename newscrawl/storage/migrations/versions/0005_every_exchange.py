"""A row of captures for every archived answer. No version before this one wrote any."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("captures") as captures:
        captures.add_column(sa.Column("url", sa.Text(), nullable=False))
        captures.add_column(sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False))
        captures.add_column(sa.Column("refers_to", sa.Text(), nullable=True))
        captures.create_unique_constraint("uq_captures_record_id", ["record_id"])


def downgrade() -> None:
    with op.batch_alter_table("captures") as captures:
        captures.drop_constraint("uq_captures_record_id", type_="unique")
        captures.drop_column("refers_to")
        captures.drop_column("captured_at")
        captures.drop_column("url")
