"""What a crawl has in flight is no finding, and verifying holds up no crawl."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

from benchmarks.crawling import local_source
from newscrawl.archive.location import Location
from newscrawl.storage.database import Database
from newscrawl.verifying import Looked, verify
from tests.durability.site import LoadedProject, serve, stored, wait_until, wait_until_stored
from tests.server import Server


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "archived"), [("sqlite", "in one file"), ("sqlite", "in many"), ("postgresql", "in many")]
)
def test_nothing_is_found_while_a_crawl_goes_on(
    tmp_path: Path, kind: str, archived: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql_url") if kind == "postgresql" else None
    with Server() as server:
        ends = serve(server, 300, seconds=0.1)
        project = LoadedProject.make(tmp_path / "project", local_source(server.home), database_url=url)
        if archived == "in many":
            project.settings.update(NEWSCRAWL_ARCHIVE_MAX_BYTES=20_000)
        looks: list[Looked] = []
        with project.started() as crawl:
            wait_until(lambda: any(project.output.glob("archive/*")))
            database = Database.existing(project.database_url)
            while crawl.alive:
                looks.append(Looked())
                found = verify(database, Location(project.output / "archive"), project.output / "feeds", looks[-1])
                assert [str(one) for one in found] == []
                # The crawl shall have the processor too.
                time.sleep(0.05)
            assert crawl.wait() == 0, crawl.messages()
        looked = Looked()
        assert list(verify(database, Location(project.output / "archive"), project.output / "feeds", looked)) == []
        database.close()
    assert looked.traced == looked.lines == len(ends)
    assert len({look.records for look in looks}) > 3
    midway = [look for look in looks if 0 < look.traced < len(ends)]
    assert midway
    # A file that is small may be closed before its turn comes.
    assert archived == "in many" or any(look.live for look in midway)


@pytest.mark.slow
def test_what_a_killed_crawl_leaves_is_told_and_the_next_one_sets_it_right(tmp_path: Path) -> None:
    with Server() as server:
        ends = serve(server, 60, seconds=0.2)
        project = LoadedProject.make(tmp_path / "project", local_source(server.home))
        with project.started() as crawl:
            wait_until_stored(project, crawl, 5)
            crawl.send(signal.SIGKILL)
            crawl.wait()
        run, warc = [json.loads(line.removeprefix("verify: ")) for line in project.verify()]
        ((run_id,),) = project.rows("SELECT run_id FROM runs")
        assert (run["kind"], run["where"]) == ("run", f"run {run_id}")
        assert run["what"].startswith("it is called running, but its process is gone; it holds ")
        assert run["next"] == "the next `scrapy crawl news` sets that right"
        (opened,) = project.output.glob("archive/*.warc.gz.open")
        assert (warc["kind"], warc["where"]) == ("warc", opened.name)
        with project.started() as crawl:
            assert crawl.wait() == 0, crawl.messages()
        assert project.verify() == []
        assert stored(project) == set(ends)
