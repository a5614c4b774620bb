"""Opening the database: engine, migrations, and the one thread in which SQL runs during a crawl."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, make_url, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session as Session

from newscrawl.exceptions import ConfigurationError, StoreError
from newscrawl.storage.group_commit import CommitThread, Job, Work, is_of_the_database, sqlite_code
from newscrawl.storage.schema import Base, table

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_TIMEOUT_MS = 30_000
_PAGES_OF_LOG = 16_000
"""SQLite's log is written into the database when it has so many pages (64 MB): an article's postings and keys stand on
pages far apart, which many articles share by then (docs/benchmarks.md, Growth)."""
_LEAST_SQLITE = (3, 35)
"""The first with RETURNING, on which SQLAlchemy's inserts of many rows rest."""
_MIGRATING = 0x6E65776D
_READING = "newscrawl_reading"
_FIRST_WITH_RELATIONS = "0009"

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


_MADE_AGAIN = "make it again from the archive with `scrapy reextract --apply --warc OUTPUT/archive`"
_DAMAGED = f"the file is damaged: restore a backup, or move it away and {_MADE_AGAIN}"
_REMEDIES = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: "another program holds it: end that one, or wait until it has done, and run again",
    sqlite3.SQLITE_FULL: "make room on its disk, and run again: what was stored is kept, what was not is due again",
}
_KEPT = "mend it and run again: what was stored is kept, what was not is due again"
_CHECK = "check NEWSCRAWL_DATABASE_URL and NEWSCRAWL_OUTPUT, that the folder is writable and the server runs"


class _UnknownSchema(Exception):
    """The database has a schema that this version has no migration from."""


class Database:
    """A migrated database of SQLite or PostgreSQL.

    Raises ConfigurationError for a URL that is neither, StoreError when it cannot be opened or migrated.
    """

    def __init__(self, url: str) -> None:
        self.url = _checked_url(url)
        self.path = Path(self.url.database) if self.url.get_backend_name() == "sqlite" else None
        self.guard: Callable[[Session], None] | None = None
        """Asked at the begin of each transaction of `run` and `run_grouped`; it raises to refuse it."""
        self.before_group: Callable[[], None] | None = None
        """Called in the database's thread before each transaction of `run_grouped`, for what must be durable before
        it. When it raises ArchiveError or StoreError, nothing is stored any more."""
        self._thread: CommitThread | None = None
        if self.path is not None:
            _check_sqlite()
        try:
            if self.path is not None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self.engine = _engine(self.url)
            try:
                with self.engine.begin() as connection:
                    migrate(connection)
            except BaseException:
                self.engine.dispose()
                raise
        except _UnknownSchema as error:
            raise StoreError(
                f"{self} has a schema that this version does not know ({error}); "
                "upgrade newscrawl, or point NEWSCRAWL_DATABASE_URL to another database"
            ) from error
        except (DBAPIError, OSError) as error:
            reason = getattr(error, "orig", None) or error
            raise StoreError(
                f"{self} cannot be opened: {str(reason).strip()}; {_REMEDIES.get(sqlite_code(error), _CHECK)}"
            ) from error

    @classmethod
    def existing(cls, url: str) -> Self:
        """The database of this URL, for those who only look. Raises ConfigurationError when SQLite's is no file, or an
        empty one."""
        path = _checked_url(url).database if url.startswith("sqlite") else None
        if path is not None and not Path(path).is_file():
            raise ConfigurationError(
                f"there is no database at {path}; crawl first, or name the right folder with -s NEWSCRAWL_OUTPUT=..."
            )
        if is_missing(url):
            raise ConfigurationError(
                f"there is no database at {path}, but an empty file; if articles were stored in it, restore a backup, "
                f"or {_MADE_AGAIN}; else crawl first"
            )
        return cls(url)

    def __str__(self) -> str:
        return f"database {self.url.render_as_string(hide_password=True)}"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session in one transaction: committed at the end, rolled back at an exception."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads, in any thread: on SQLite it waits for no writer, and no writer waits for it."""
        with Session(self.engine.execution_options(**{_READING: True})) as session, session.begin():
            yield session

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Makes of an error of the database itself a StoreError that says what to do."""
        try:
            yield
        except DBAPIError as error:
            if not isinstance(error, OperationalError) and not is_of_the_database(error):
                raise
            raise StoreError(self.failure(error)) from error

    async def run(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function(session, ...)` as a transaction of its own in the database's thread, and await its commit.

        Raises StoreError when the database itself fails: disk full, server gone, the run's lock lost; ArchiveError
        when `before_group` has.
        """
        return cast("T", await self._ask(lambda session, _: [function(session, *args, **kwargs)], None, alone=True))

    async def run_grouped(self, function: Callable[[Session, list[T]], Sequence[R]], item: T) -> R:
        """As `run`, in one transaction with others that are asked for within the same half second.

        `function(session, items)` gets all items of the group that it is asked for, and gives a result for each. It may
        be called again with some of them when another of the group fails, or when two crawlers meet at one row.
        """
        return cast("R", await self._ask(function, item, alone=False))

    def _ask(self, work: Work, item: Any, *, alone: bool) -> asyncio.Future[Any]:
        if self._thread is None:
            self._thread = CommitThread(self._guarded, self.failure, self._prepare)
        job = Job(work, item, alone, asyncio.get_running_loop().create_future())
        self._thread.ask(job)
        return job.done

    def _guarded(self, work: Callable[[Session], list[Any]]) -> list[Any]:
        with self.session() as session:
            if self.guard is not None:
                self.guard(session)
            return work(session)

    def _prepare(self) -> None:
        if self.before_group is not None:
            self.before_group()

    def failure(self, error: DBAPIError, *, reading: bool = False) -> str:
        """What to tell of an error of the database itself, with the remedy."""
        what, otherwise = ("cannot be read", _CHECK) if reading else ("failed", _KEPT)
        return f"{self} {what}: {str(error.orig).strip()}; {_REMEDIES.get(sqlite_code(error), otherwise)}"

    def close(self) -> None:
        """End the thread after what was asked of it is done, and close every connection."""
        if self._thread is not None:
            self._thread.close()
        self.engine.dispose()


def is_missing(url: str) -> bool:
    """Whether it is a SQLite database that does not exist yet: there is no file, or one that SQLite has made and not
    written yet. Raises ConfigurationError as `Database` does."""
    parsed = _checked_url(url)
    if parsed.get_backend_name() != "sqlite":
        return False
    path = Path(parsed.database)
    return not path.exists() or (path.is_file() and not path.stat().st_size)


def migrate(connection: Connection) -> None:
    """Bring the schema to this version's, in the connection's transaction."""
    # Crawlers that start together on an empty database would make the same tables; SQLite's IMMEDIATE does the same.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
    schema: str | None = None
    if inspect(connection).has_table("alembic_version"):
        schema = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if schema == newest_migration():
            return
    # Here, and not above: loading it is a tenth of a command's start, and there is seldom something to do.
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(alembic_config(connection), "head")
    except CommandError as error:
        raise _UnknownSchema(error) from error
    if schema is not None and schema < _FIRST_WITH_RELATIONS:
        from newscrawl.storage import relations

        logger.info("the texts that are stored are compared with one another, once; that takes a while")
        relations.fill(connection)


def newest_migration() -> str:
    """The number of the schema of this version, with which its last migration's file begins."""
    return max(file.name for file in (_MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


@cache
def insert(dialect: str, row: type[Base]) -> Any:
    """The INSERT of a dialect ("sqlite", "postgresql"), which both extend by ON CONFLICT."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table(row))


@cache
def insert_unless_known(dialect: str, row: type[Base]) -> Any:
    """An INSERT that leaves alone the rows that are there."""
    return insert(dialect, row).on_conflict_do_nothing()


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for the migrations beside this module, working on `connection`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _checked_url(url: str) -> Any:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigurationError(f"NEWSCRAWL_DATABASE_URL is no database URL: {error}") from error
    if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise ConfigurationError(
        f"NEWSCRAWL_DATABASE_URL={parsed.render_as_string()} is not supported; "
        "write sqlite:///path/to/newscrawl.db or postgresql://user@host/name"
    )


def _check_sqlite() -> None:
    """Raises StoreError when Python's SQLite is too old, or was built without full-text search."""
    has_search = False
    if sqlite3.sqlite_version_info >= _LEAST_SQLITE:
        with closing(sqlite3.connect(":memory:")) as connection:
            has_search = bool(connection.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'").fetchall())
    if not has_search:
        raise StoreError(
            f"Python's SQLite is {sqlite3.sqlite_version}; needed is {'.'.join(map(str, _LEAST_SQLITE))} or newer with "
            "FTS5: use another Python, or PostgreSQL by NEWSCRAWL_DATABASE_URL"
        )


def _engine(url: Any) -> Engine:
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url)

    # pysqlite commits by itself around savepoints unless it is told to leave transactions alone;
    # IMMEDIATE takes the write lock at once instead of failing in the middle of a transaction.
    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_PAGES_OF_LOG}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(_READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
