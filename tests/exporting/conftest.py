"""One filled archive for all that only read it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl.storage.database import Database
from tests.exporting.stored import fill


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Database]:
    """A SQLite database with the small archive; not to be written."""
    file = shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("exporting") / "newscrawl.db")
    database = Database(f"sqlite:///{file}")
    fill(database)
    yield database
    database.close()
