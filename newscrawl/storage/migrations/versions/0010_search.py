"""The search index, filled with the words of what is stored."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from newscrawl.text.search_words import stored_words

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_AT_ONCE = 500
_CURRENT = sa.text(
    "SELECT article_id, headline, body FROM extractions WHERE is_current AND article_id > :after "
    "ORDER BY article_id LIMIT :most"
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE article_search (article_id bigint CONSTRAINT pk_article_search PRIMARY KEY "
            "CONSTRAINT fk_article_search_article_id REFERENCES articles (article_id) ON DELETE CASCADE, "
            "words tsvector NOT NULL)"
        )
        # Kept beside the row: what lies in a TOAST table the planner takes for free, and it would read all of it.
        op.execute("ALTER TABLE article_search ALTER COLUMN words SET STORAGE MAIN")
        add = "(article_id, words) VALUES (:id, array_to_tsvector(string_to_array(:words, ' ')))"
    else:
        # All that is no ASCII is a letter to this tokenizer, and what parts our words is a space.
        op.execute(
            "CREATE VIRTUAL TABLE article_search USING fts5 "
            "(words, content='', detail=none, columnsize=0, tokenize=\"ascii tokenchars '_^'\")"
        )
        add = "(rowid, words) VALUES (:id, :words)"
    after = 0
    while rows := connection.execute(_CURRENT, {"after": after, "most": _AT_ONCE}).all():
        connection.execute(
            sa.text(f"INSERT INTO article_search {add}"),
            [{"id": row.article_id, "words": " ".join(stored_words(row.headline, row.body))} for row in rows],
        )
        after = rows[-1].article_id
    if connection.dialect.name == "postgresql":
        op.execute("CREATE INDEX ix_article_search_words ON article_search USING gin (words)")


def downgrade() -> None:
    op.drop_table("article_search")
