"""Alembic's entry: run the migrations on the connection that database.py hands over."""

from typing import Any, Literal

from alembic import context

from newscrawl.storage.schema import Base, UtcDateTime


def plain_type(kind: str, value: Any, _autogen: Any) -> str | Literal[False]:
    """Write a migration's columns in SQLAlchemy's own types, so that it stands when schema.py changes."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(value, UtcDateTime) else False


def is_described(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether schema.py describes it: the search index, of which each database has its own kind, it does not."""
    return not (kind == "table" and (name or "").startswith("article_search"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=plain_type,
    include_name=is_described,
)
with context.begin_transaction():
    context.run_migrations()
