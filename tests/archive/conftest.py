"""The programs by which others judge and replay WARCs, in an environment of their own: their pins clash with ours."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.environments import programs_of

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def validators() -> Path:
    """The folder of the programs."""
    return programs_of(Path(__file__).with_name("validators.txt"))


@pytest.fixture(scope="session")
def run(validators: Path) -> Run:
    """Runs one of the programs, and gives what it said."""

    def run_program(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([validators / program, *arguments], capture_output=True, text=True, check=False)

    return run_program
