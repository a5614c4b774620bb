"""The pages that each discovery document names; those read before are asked for whole once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("names", sa.LargeBinary(), nullable=True))
    op.drop_column("documents", "named")
    op.execute("UPDATE documents SET etag = NULL, last_modified = NULL, record_id = NULL, stated_at = NULL")


def downgrade() -> None:
    op.add_column("documents", sa.Column("named", sa.Integer(), server_default="0", nullable=False))
    op.drop_column("documents", "names")
