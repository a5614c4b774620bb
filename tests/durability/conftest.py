"""A local site, and a project that crawls nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.crawling import Project, local_source
from tests.durability.site import LoadedProject
from tests.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that `site.serve` fills."""
    with Server() as server:
        yield server


@pytest.fixture
def project(server: Server, tmp_path: Path) -> Project:
    """A project whose one source is the server."""
    project = LoadedProject.make(tmp_path / "project", local_source(server.home))
    project.settings.update(NEWSCRAWL_WORKERS=1, RETRY_TIMES=0)
    return project
