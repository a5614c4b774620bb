"""Near-duplicates: sketches of texts, the index over them, and how texts relate.

`database.migrate` fills them from the stored texts once the schema is the newest: that takes the code that reads texts.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sketches",
        sa.Column("article_id", _ROW_ID, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("shingles", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.article_id"], name="fk_sketches_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_sketches"),
    )
    op.create_table(
        "postings",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("hash", "article_id", name="pk_postings"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "relations",
        sa.Column("article_id", _ROW_ID, nullable=False),
        sa.Column("other_id", _ROW_ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("containment", sa.Double(), nullable=False),
        sa.Column("contained", sa.Double(), nullable=False),
        sa.CheckConstraint("other_id < article_id", name="ck_relations_order"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.article_id"], name="fk_relations_article_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["articles.article_id"], name="fk_relations_other_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "other_id", name="pk_relations"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_relations_other_id", "relations", ["other_id"])


def downgrade() -> None:
    op.drop_index("ix_relations_other_id", "relations")
    op.drop_table("relations")
    op.drop_table("postings")
    op.drop_table("sketches")
