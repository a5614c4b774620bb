"""A small archive from real crawls, and copies of it to damage."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawling import write_source
from tests.server import Answer, Server, page, redirect, rss
from tests.verifying.case import COPY, STORIES, Case


@pytest.fixture(scope="session")
def _crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Two crawls of a site: stories, one of them packed, one at a second address too; a redirect; a missing page."""
    folder = tmp_path_factory.mktemp("verified")
    with Server() as server:
        home, routes = server.home, server.routes
        for path in STORIES:
            routes[path] = Answer(body=page(path))
        packed = gzip.compress(page("packed"))
        routes[STORIES[1]] = Answer(body=packed, headers=(("Content-Encoding", "gzip"),))
        routes[COPY] = routes[STORIES[0]]
        routes["/2026/moved.html"] = redirect(STORIES[1], 301)
        listed = (*STORIES, COPY, "/2026/moved.html", "/2026/gone.html")
        routes["/feed"] = rss(*(home + path for path in listed))
        write_source(folder / "sources", "local", home)
        case = Case(folder / "output", folder / "sources", home)
        assert case.crawl().code == 0
        routes[STORIES[2]] = Answer(body=page("another story"))
        again = case.crawl("-a", "sources=local")
        assert again.code == 0, again.stderr
        assert case.rows("SELECT count(*) FROM revisions") == [(5,)]
        yield case


@pytest.fixture
def case(_crawled: Case, tmp_path: Path) -> Case:
    """A copy of what the crawls left."""
    output = tmp_path / "output"
    shutil.copytree(_crawled.output, output)
    return Case(output, _crawled.sources, _crawled.home)
