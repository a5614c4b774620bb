"""A run that could not do its work ends with exit code 1, whatever kept it from that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.crawling import Project
from newscrawl import settings as ours
from tests.durability.site import serve
from tests.server import Server

_BREAKING = """
import sqlite3

from scrapy import signals

from newscrawl.signals import run_finished


class Extension:
    def __init__(self, database):
        self.database = database

    @classmethod
    def from_crawler(cls, crawler):
        extension = cls(crawler.settings["NEWSCRAWL_DATABASE_URL"].removeprefix("sqlite:///"))
        crawler.signals.connect(extension.{handler}, signal={signal})
        return extension

    async def fail(self):
        raise RuntimeError("on purpose")

    async def take_the_frontier_away(self):
        connection = sqlite3.connect(self.database)
        connection.execute("ALTER TABLE frontier RENAME TO away")
        connection.close()
"""


def crawl_beside(project: Project, handler: str, signal: str) -> tuple[int, str]:
    """Exit code and log of a crawl beside an extension that breaks something."""
    Path(project.folder / "breaking.py").write_text(
        _BREAKING.replace("{handler}", handler).replace("{signal}", signal), encoding="utf-8"
    )
    extensions = json.dumps({**ours.EXTENSIONS, "breaking.Extension": 900})
    with project.started(EXTENSIONS=extensions) as crawl:
        return crawl.wait(60), crawl.messages()


@pytest.mark.slow
def test_what_fails_at_the_run_s_end(server: Server, project: Project) -> None:
    serve(server, 3)
    code, said = crawl_beside(project, "fail", "run_finished")
    assert "on purpose" in said
    assert code == 1, said


@pytest.mark.slow
def test_what_ends_the_run_before_it_has_done_its_work(server: Server, project: Project) -> None:
    serve(server, 3)
    code, said = crawl_beside(project, "take_the_frontier_away", "signals.spider_opened")
    assert "no such table" in said
    assert "Nothing new" not in said
    assert code == 1, said
