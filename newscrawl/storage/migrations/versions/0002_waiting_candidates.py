"""Candidates that wait for their time are told from those that are due, and due ones found without reading each."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_BEFORE = "state IN ('due', 'leased', 'done')"
_AFTER = "state IN ('due', 'waiting', 'leased', 'done')"


def upgrade() -> None:
    op.drop_index("ix_frontier_due", table_name="frontier")
    _check(_AFTER)
    op.execute("UPDATE frontier SET state = 'waiting' WHERE state = 'due' AND tries > 0")
    op.execute("UPDATE frontier SET priority = 40 - priority")
    op.create_index("ix_frontier_due", "frontier", ["state", "host", "priority", "due_at", "url_key"])
    _create_partial_index("ix_frontier_waiting", "due_at", "state = 'waiting'")
    _create_partial_index("ix_frontier_leased", "lease_until", "state = 'leased'")


def downgrade() -> None:
    for name in ("ix_frontier_leased", "ix_frontier_waiting", "ix_frontier_due"):
        op.drop_index(name, table_name="frontier")
    op.execute("UPDATE frontier SET state = 'due' WHERE state = 'waiting'")
    op.execute("UPDATE frontier SET priority = 40 - priority")
    _check(_BEFORE)
    op.create_index("ix_frontier_due", "frontier", ["state", "host", "due_at"])


def _check(condition: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        # The table is copied; Alembic leaves the old check out, since it does not read checks.
        with op.batch_alter_table("frontier", recreate="always") as batch_op:
            batch_op.create_check_constraint(op.f("ck_frontier_state"), condition)
    else:
        op.drop_constraint(op.f("ck_frontier_state"), "frontier")
        op.create_check_constraint(op.f("ck_frontier_state"), "frontier", condition)


def _create_partial_index(name: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "frontier", ["state", column], sqlite_where=where, postgresql_where=where)
