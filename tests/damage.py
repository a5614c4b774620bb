"""Damage done to a SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def damage(file: Path, name: str) -> None:
    """Overwrite the first page of a table."""
    with closing(sqlite3.connect(file)) as connection:
        ((root, size),) = connection.execute(
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = ?", (name,)
        )
    content = bytearray(file.read_bytes())
    content[(root - 1) * size : root * size] = b"\xaa" * size
    file.write_bytes(content)
