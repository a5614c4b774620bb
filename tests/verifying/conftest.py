"""A small archive from real crawls, and copies of it to damage."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verifying.case import Case, crawled


@pytest.fixture(scope="session")
def _crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with crawled(tmp_path_factory.mktemp("verified")) as case:
        yield case


@pytest.fixture
def case(_crawled: Case, tmp_path: Path) -> Case:
    """A copy of what the crawls left."""
    output = tmp_path / "output"
    shutil.copytree(_crawled.output, output)
    return Case(output, _crawled.sources, _crawled.home)
