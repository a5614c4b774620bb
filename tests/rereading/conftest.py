"""A small archive from real crawls, and copies of it to change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rereading.again import Archived
from tests.verifying.case import Case, crawled


@pytest.fixture(scope="session")
def _crawled_to_reread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with crawled(tmp_path_factory.mktemp("reread")) as case:
        yield case


@pytest.fixture
def archived(_crawled_to_reread: Case, tmp_path: Path) -> Archived:
    """A copy of what the crawls left."""
    output = tmp_path / "output"
    shutil.copytree(_crawled_to_reread.output, output)
    return Archived(output, _crawled_to_reread.sources, _crawled_to_reread.home)
