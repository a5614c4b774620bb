"""A word of its span for each article in PostgreSQL's search index, by which the newest are found first."""

from collections.abc import Sequence

from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE article_search SET words = words || array_to_tsvector(ARRAY['#' || article_id / 4096])")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE article_search SET words = ts_delete(words, '#' || article_id / 4096)")
