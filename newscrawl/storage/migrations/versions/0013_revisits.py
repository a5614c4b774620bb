"""Documents with their due times; stored articles are looked at again, and asked for under a condition."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# What is stored by now is due in these days, evenly, and not all at once: the old one by one, after a day.
_DAYS = 60
_AT_ONCE = 1000
_PRIORITY = 50


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "documents",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=True),
        sa.Column("due_at", moment, nullable=True),
        sa.Column("interval", sa.Double(), nullable=True),
        sa.Column("polled_at", moment, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("named", sa.Integer(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("stated_at", moment, nullable=True),
        sa.Column("read_by", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("record_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", "url", name="pk_documents"),
    )
    op.add_column("frontier", sa.Column("anchor_at", moment, nullable=True))
    for name in ("etag", "last_modified", "record_id"):
        op.add_column("frontier", sa.Column(name, sa.Text(), nullable=True))
    _spread()


def downgrade() -> None:
    op.execute("UPDATE frontier SET state = 'done', due_at = NULL WHERE state = 'waiting' AND anchor_at IS NOT NULL")
    for name in ("record_id", "last_modified", "etag", "anchor_at"):
        op.drop_column("frontier", name)
    op.drop_table("documents")


def _spread() -> None:
    """Have each stored article of a source looked at once in the next days, in the order in which they were stored."""
    connection = op.get_bind()
    moment = sa.DateTime(timezone=True)
    frontier = sa.table(
        "frontier",
        sa.column("url_key"),
        sa.column("state"),
        sa.column("tries"),
        sa.column("priority"),
        sa.column("due_at", moment),
        sa.column("anchor_at", moment),
    )
    articles = sa.table(
        "articles",
        sa.column("article_id"),
        sa.column("url_key"),
        sa.column("source_id"),
        sa.column("away"),
        sa.column("first_fetched_at", moment),
    )
    first, last, count = connection.execute(
        sa.select(sa.func.min(articles.c.article_id), sa.func.max(articles.c.article_id), sa.func.count())
    ).one()
    if not count:
        return
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    of_one = timedelta(days=_DAYS) / (last - first + 1)
    wake = (
        sa.update(frontier)
        .where(frontier.c.url_key == sa.bindparam("key"), frontier.c.state == "done")
        .values(
            state="waiting", tries=0, priority=_PRIORITY, due_at=sa.bindparam("due"), anchor_at=sa.bindparam("anchor")
        )
    )
    some = (
        sa.select(articles.c.article_id, articles.c.url_key, articles.c.first_fetched_at)
        .where(articles.c.article_id > sa.bindparam("after"), articles.c.source_id.is_not(None))
        .where(articles.c.away.is_(None))
        .order_by(articles.c.article_id)
        .limit(_AT_ONCE)
    )
    after = first - 1
    while rows := connection.execute(some, {"after": after}).all():
        after = rows[-1].article_id
        connection.execute(
            wake,
            [
                {
                    "key": row.url_key,
                    # SQLite keeps times without offset, in UTC.
                    "due": _kept(connection, tomorrow + of_one * (row.article_id - first)),
                    "anchor": row.first_fetched_at,
                }
                for row in rows
            ],
        )


def _kept(connection: sa.Connection, time: datetime) -> datetime:
    return time.replace(tzinfo=None) if connection.dialect.name == "sqlite" else time
