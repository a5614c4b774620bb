"""Several crawlers on one database: on PostgreSQL they share the work, on SQLite the second one says who holds it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from signal import SIGKILL
from socket import gethostname

import pytest

from benchmarks.crawling import Project, local_source
from benchmarks.durability import Ends, crawl_together, faults
from tests.durability.site import LoadedProject, serve, stories
from tests.server import Server

CRAWLERS = 4


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    """Servers at addresses of their own, since a host belongs to one crawler at a time."""
    with ExitStack() as stack:
        yield [stack.enter_context(Server(address=f"127.0.0.{number}")) for number in range(1, 2 * CRAWLERS + 1)]


@pytest.mark.slow
def test_crawlers_on_one_postgresql_share_the_work_and_that_of_a_killed_one(
    servers: list[Server], tmp_path: Path, postgresql_url: str
) -> None:
    ends: Ends = {}
    for server in servers:
        ends |= serve(server, 40, seconds=0.5)
    sources = [local_source(server.home) for server in servers]
    project = LoadedProject.make(tmp_path / "project", *sources, database_url=postgresql_url)
    project.settings.update(NEWSCRAWL_WORKERS=1, RETRY_TIMES=0)
    together = crawl_together(project, ends, crawlers=CRAWLERS, kill=True)
    assert not together.faults, "\n".join(together.faults)
    asked = Counter(key for server in servers for key in stories(server))
    assert set(asked) == set(ends)
    assert {key for key, times in asked.items() if times > 1} <= together.under_way
    assert together.under_way
    assert all(share > 0 for share in together.shares[:CRAWLERS]), together.shares


@pytest.mark.slow
def test_on_postgresql_one_run_of_a_group_crawls_and_one_that_died_is_no_hindrance(
    servers: list[Server], tmp_path: Path, postgresql_url: str
) -> None:
    ends: Ends = {}
    for server in servers[:2]:
        ends |= serve(server, 10, seconds=0.3)
    sources = [local_source(server.home) for server in servers[:2]]
    project = LoadedProject.make(tmp_path / "project", *sources, database_url=postgresql_url)
    project.settings.update(NEWSCRAWL_WORKERS=1, RETRY_TIMES=0, NEWSCRAWL_WHEN_BUSY="end")
    with project.started() as first:
        wait_until(lambda: any(server.paths() for server in servers))
        with project.started() as second:
            assert second.wait(60) == 0, second.messages()
        assert f"process {first.process.pid} on {gethostname()}, since 20" in second.messages()
        assert "what this one would; it goes on" in second.messages()
        assert first.alive
        first.send(SIGKILL)
        first.wait(60)
    with project.started() as third:
        assert third.wait(60) == 0, third.messages()
    assert "another run (" not in third.messages()
    assert faults(project, ends) == []


@pytest.mark.slow
def test_a_run_that_is_to_wait_begins_when_the_other_has_ended(server: Server, project: Project) -> None:
    ends = serve(server, 10, seconds=0.2)
    with project.started() as first:
        wait_until(lambda: bool(server.paths()))
        with project.started(NEWSCRAWL_WHEN_BUSY="wait") as second:
            assert second.wait(60) == 0, second.messages()
            assert not first.alive
        assert first.wait(60) == 0, first.messages()
    assert "waiting for another run (" in second.messages()
    assert project.rows("SELECT count(*) FROM runs WHERE state = 'finished'") == [(2,)]
    assert faults(project, ends) == []


def wait_until(come: Callable[[], bool]) -> None:
    """Raises AssertionError when it has not come within a minute."""
    patience = time.monotonic() + 60
    while not come():
        assert time.monotonic() < patience
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("anew", [True, False])
def test_of_crawlers_that_start_together_on_sqlite_one_crawls(server: Server, project: Project, anew: bool) -> None:
    ends = serve(server, 20, seconds=0.2)
    if not anew:
        with project.started("-a", f"urls={server.home}/2026/01/story-0.html") as crawl:
            assert crawl.wait() == 0, crawl.messages()
    with project.started() as first, project.started() as second:
        codes = {first.wait(60), second.wait(60)}
        assert codes == {0}, first.messages() + second.messages()
        refused = first if "another run (" in first.messages() else second
    assert "another run (" in refused.messages()
    assert "is crawling into" in refused.messages()
    assert "what this one would" in refused.messages()
    assert "Traceback" not in refused.messages()
    assert faults(project, ends) == []
    assert set(Counter(stories(server)).values()) == {1}
