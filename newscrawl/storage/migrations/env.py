"""Alembic's entry: run the migrations on the connection that database.py hands over."""

from typing import Any, Literal

from alembic import context

from newscrawl.storage.schema import Base, UtcDateTime


def plain_type(kind: str, value: Any, _autogen: Any) -> str | Literal[False]:
    """Write a migration's columns in SQLAlchemy's own types, so that it stands when schema.py changes."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(value, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=plain_type,
)
with context.begin_transaction():
    context.run_migrations()
