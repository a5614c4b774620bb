"""The programs by which others judge and replay WARCs, in an environment of their own: their pins clash with ours."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tests.crawling import ROOT

REQUIREMENTS = Path(__file__).with_name("validators.txt")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def validators() -> Path:
    """The folder of the programs; made by the first test that asks, and found again by the next runs."""
    asked = f"{sys.version_info.major}.{sys.version_info.minor}\n{REQUIREMENTS.read_text(encoding='utf-8')}"
    place = ROOT / ".validators" / hashlib.sha256(asked.encode()).hexdigest()[:12]
    place.parent.mkdir(exist_ok=True)
    with FileLock(place.with_suffix(".lock")):
        if not (place / "made").exists():
            shutil.rmtree(place, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", place], check=True)
            pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            made = subprocess.run([*pip, "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=False)
            assert made.returncode == 0, f"cannot install {REQUIREMENTS}; is there a package index?\n{made.stderr}"
            (place / "made").touch()
    return place / "bin"


@pytest.fixture(scope="session")
def run(validators: Path) -> Run:
    """Runs one of the programs, and gives what it said."""

    def run_program(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([validators / program, *arguments], capture_output=True, text=True, check=False)

    return run_program
