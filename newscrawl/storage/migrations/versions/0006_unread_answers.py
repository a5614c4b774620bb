"""What a dead run archived and nobody read is found by its URL."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_captures_url", "captures", ["url"])
    op.add_column("frontier", sa.Column("undone_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("frontier", "undone_since")
    op.drop_index("ix_captures_url", "captures")
