from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from newscrawl.exceptions import ConfigurationError, StoreError
from newscrawl.storage.database import Database, alembic_config, is_missing, newest_migration
from newscrawl.storage.schema import AuthorRow
from tests.crawling import environment
from tests.damage import damage


def test_migrations_lead_to_the_schema(database: Database) -> None:
    with database.engine.begin() as connection:
        command.check(alembic_config(connection))


def test_the_last_migrations_file_tells_its_number(database: Database) -> None:
    with database.engine.begin() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
        assert script.get_current_head() == newest_migration()


def test_a_command_that_finds_its_schema_loads_no_migrations(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newscrawl.db'}"
    Database(url).close()
    code = (
        "import sys; from newscrawl.storage.database import Database; "
        f"Database({url!r}).close(); print('alembic' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_downgrade_and_upgrade(database: Database) -> None:
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
        command.upgrade(alembic_config(connection), "head")
        command.check(alembic_config(connection))


def test_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.session() as session:
        session.add(AuthorRow(name="a", name_key="a"))
        session.flush()
        raise RuntimeError
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(AuthorRow)) == 0


def test_released_savepoint_does_not_commit(database: Database) -> None:
    with pytest.raises(RuntimeError), database.session() as session:
        with session.begin_nested():
            session.add(AuthorRow(name="a", name_key="a"))
        raise RuntimeError
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(AuthorRow)) == 0


def test_run_commits_in_the_order_of_asking(database: Database) -> None:
    def add(session: Session, name: str) -> str:
        session.add(AuthorRow(name=name, name_key=name))
        return name

    async def crawl() -> list[str]:
        return await asyncio.gather(*(database.run(add, str(number)) for number in range(20)))

    names = asyncio.run(crawl())
    with database.session() as session:
        assert session.scalars(select(AuthorRow.name).order_by(AuthorRow.author_id)).all() == names


@pytest.mark.parametrize("url", ["mysql://localhost/x", "no url", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="NEWSCRAWL_DATABASE_URL"):
        Database(url)


def test_unwritable_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be opened.*NEWSCRAWL_OUTPUT"):
        Database(f"sqlite:///{tmp_path / 'file' / 'newscrawl.db'}")


def test_what_is_no_database_is_told_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "newscrawl.db"
    file.write_bytes(b"not a database, but somebody's file" * 100)
    with pytest.raises(StoreError, match=r"not a database.*is damaged: restore a backup"):
        Database(f"sqlite:///{file}")
    assert file.read_bytes().startswith(b"not a database, but")


def test_an_empty_file_is_no_database_for_those_who_look(tmp_path: Path) -> None:
    """As a full disk and a lost file system leave it; a crawl that was killed at its start may as well."""
    file = tmp_path / "newscrawl.db"
    file.touch()
    url = f"sqlite:///{file}"
    assert is_missing(url)
    with pytest.raises(ConfigurationError, match=r"but an empty file; .*restore a backup, or make it again"):
        Database.existing(url)
    assert file.stat().st_size == 0
    Database(url).close()
    Database.existing(url).close()


def test_a_damaged_table_is_told_by_whoever_meets_it(tmp_path: Path) -> None:
    file = tmp_path / "newscrawl.db"
    Database(f"sqlite:///{file}").close()
    damage(file, "authors")
    database = Database(f"sqlite:///{file}")
    told = r"malformed; the file is damaged: .*`scrapy reextract --apply --warc"
    with pytest.raises(StoreError, match=told), database.telling(), database.reading() as session:
        session.scalars(select(AuthorRow)).all()

    async def crawl() -> None:
        await database.run_grouped(lambda session, names: [session.scalars(select(AuthorRow)).all()], "a name")

    with pytest.raises(StoreError, match=told):
        asyncio.run(crawl())
    database.close()


def test_a_database_that_another_program_holds_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newscrawl.storage.database._BUSY_TIMEOUT_MS", 50)
    file = tmp_path / "newscrawl.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="is locked; another program holds it: end that one"):
            Database(f"sqlite:///{file}")


def test_a_sqlite_that_is_too_old_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(StoreError, match=r"needed is 3\.35 or newer with FTS5"):
        Database(f"sqlite:///{tmp_path / 'newscrawl.db'}")
    assert not any(tmp_path.iterdir())


def test_schema_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newscrawl.db'}"
    first = Database(url)
    with first.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    first.close()
    with pytest.raises(StoreError, match="upgrade newscrawl"):
        Database(url)


def test_sqlite_is_durable_and_keeps_its_foreign_keys(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'newscrawl.db'}")
    with database.session() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
    database.close()
