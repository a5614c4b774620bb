"""kill -9 at random moments, and one more run: nothing is lost, nothing doubled, no process is left.

`python -m benchmarks.durability kills` does the same a hundred times.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from benchmarks.crawling import Project
from benchmarks.durability import faults, kill_often
from tests.durability.site import serve, wait_until
from tests.server import Server

KILLS = {"sqlite": 5, "postgresql": 3}


@pytest.mark.slow
@pytest.mark.parametrize("archived", ["in one file", "in many"])
@pytest.mark.parametrize("kind", KILLS)
def test_nothing_is_lost_or_doubled(
    server: Server, project: Project, kind: str, archived: str, request: pytest.FixtureRequest
) -> None:
    if archived == "in many":
        project.settings.update(NEWSCRAWL_ARCHIVE_MAX_BYTES=20_000)
    # Slowly, so that the kills fall before all is done.
    ends = serve(server, 200, seconds=0.6)
    if kind == "postgresql":
        project = replace(project, database_url=request.getfixturevalue("postgresql_url"))

    @contextmanager
    def empty(number: int) -> Iterator[Project]:
        assert number == 0, "the crawl ended before the kills had fallen"
        yield project

    seed = random.randrange(1 << 30)
    report = kill_often(empty, ends, kills=KILLS[kind], within=2.0, seed=seed)
    assert not report.faults, "\n".join([f"seed {seed}", *report.faults])
    assert report.kills + report.worker_kills == KILLS[kind]


@pytest.mark.slow
def test_a_kill_while_the_database_is_made_leaves_one_that_the_next_run_can_use(
    server: Server, project: Project
) -> None:
    ends = serve(server, 5)
    for _ in range(3):
        for file in project.output.glob("newscrawl.db*"):
            file.unlink()
        with project.started() as crawl:
            wait_until((project.output / "newscrawl.db").exists)
            time.sleep(random.uniform(0, 0.1))
            crawl.send(signal.SIGKILL)
            assert crawl.wait() == -signal.SIGKILL
            assert not crawl.left()
    with project.started() as crawl:
        assert crawl.wait(60) == 0, crawl.messages()
    assert faults(project, ends) == []
