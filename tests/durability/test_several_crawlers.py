"""Several crawlers on one database: on PostgreSQL they share the work, on SQLite the second one says who holds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

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
@pytest.mark.parametrize("anew", [True, False])
def test_of_crawlers_that_start_together_on_sqlite_one_crawls(server: Server, project: Project, anew: bool) -> None:
    ends = serve(server, 20, seconds=0.2)
    if not anew:
        with project.started("-a", f"urls={server.home}/2026/01/story-0.html") as crawl:
            assert crawl.wait() == 0, crawl.messages()
    with project.started() as first, project.started() as second:
        codes = {first.wait(60), second.wait(60)}
        assert codes == {0, 1}, first.messages() + second.messages()
        refused = first if first.process.returncode else second
    assert "another run (" in refused.messages()
    assert "is crawling into" in refused.messages()
    assert "Traceback" not in refused.messages()
    assert faults(project, ends) == []
    assert set(Counter(stories(server)).values()) == {1}
