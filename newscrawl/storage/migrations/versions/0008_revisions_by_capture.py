"""Revisions are found by their capture."""

from collections.abc import Sequence

from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_revisions_capture_id", "revisions", ["capture_id"])


def downgrade() -> None:
    op.drop_index("ix_revisions_capture_id", "revisions")
