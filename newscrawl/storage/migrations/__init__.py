"""Alembic migrations: one file a change of schema.py, in order."""
