"""No room for database or archive: the crawl says so and ends; nothing stored is lost, a run with room does the rest.

A limit on the size of files stands for the full disk, since it needs no privilege; `python -m benchmarks.durability
disk` fills a real file system.
"""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.crawling import Project
from benchmarks.durability import count, faults
from tests.durability.site import serve, stored
from tests.server import Answer, Server

_LIMITED = """
import os, resource, sys
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # a cut .pyc would be believed by the next run
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""


def limited(size: int) -> tuple[str, ...]:
    """The command that runs a command whose files may not grow beyond so many bytes."""
    return (sys.executable, "-c", _LIMITED, str(size))


@pytest.mark.slow
def test_a_crawl_without_room_ends_and_the_next_run_does_the_rest(
    server: Server, project: Project, migrated_sqlite: Path
) -> None:
    # So slowly that it takes several groups to fill it, on a machine that has much to do too.
    ends = serve(server, 150, seconds=0.2)
    room = migrated_sqlite.stat().st_size + 1_200_000
    with project.started(through=limited(room)) as crawl:
        assert crawl.wait(90) == 1, crawl.messages()
        assert not crawl.left()
    said = crawl.messages()
    assert "CRITICAL" in said
    assert "mend it and run again: what was stored is kept" in said
    assert "The store failed" in said
    before = stored(project)
    assert 0 < len(before) < len(ends)
    assert count(project, "SELECT count(*) FROM revisions") == len(before)
    with project.started() as crawl:
        assert crawl.wait(90) == 0, crawl.messages()
    assert "1 earlier run(s) died" in crawl.messages()
    assert before <= stored(project)
    assert faults(project, ends) == []


@pytest.mark.slow
def test_a_database_that_cannot_be_made_is_a_clear_error(server: Server, project: Project) -> None:
    ends = serve(server, 5)
    with project.started(through=limited(40_000)) as crawl:
        assert crawl.wait(60) == 1, crawl.messages()
    assert "cannot be opened" in crawl.messages()
    assert "Traceback" not in crawl.messages()
    with project.started() as crawl:
        assert crawl.wait(60) == 0, crawl.messages()
    assert faults(project, ends) == []


@pytest.mark.slow
def test_an_output_folder_that_cannot_be_made_is_a_clear_error(server: Server, project: Project) -> None:
    serve(server, 5)
    project.output.parent.mkdir(exist_ok=True)
    project.output.write_text("in the way", encoding="utf-8")
    with project.started() as crawl:
        assert crawl.wait(60) == 1, crawl.messages()
    assert "make it writable, or name another folder in NEWSCRAWL_OUTPUT" in crawl.messages()
    assert "Traceback" not in crawl.messages()
    assert not server.asked


@pytest.mark.slow
def test_an_archive_without_room_ends_the_crawl_and_the_next_run_does_the_rest(
    server: Server, project: Project
) -> None:
    ends = serve(server, 150, seconds=0.5)
    for path, answer in server.routes.items():
        if path.startswith("/2026/") and isinstance(answer, Answer):
            # What cannot be packed: the WARC is full long before the database.
            padding = b"<!-- %s -->" % random.Random(path).randbytes(80_000).hex().encode()
            server.routes[path] = replace(answer, body=answer.body.replace(b"</html>", padding + b"</html>"))
    with project.started(through=limited(4_000_000)) as crawl:
        assert crawl.wait(90) == 1, crawl.messages()
        assert not crawl.left()
    said = crawl.messages()
    assert "CRITICAL" in said
    assert "make room or mend the folder, and start again" in said
    assert "The archive failed" in said
    before = stored(project)
    assert 0 < len(before) < len(ends)
    with project.started() as crawl:
        assert crawl.wait(90) == 0, crawl.messages()
    assert "its writer died; closed with" in crawl.messages()
    assert before <= stored(project)
    assert faults(project, ends) == []
