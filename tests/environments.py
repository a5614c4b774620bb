"""Programs that tests need and whose pins clash with ours, each list of them in an environment of its own."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from tests.crawling import ROOT


def programs_of(requirements: Path) -> Path:
    """The folder of the programs that a file lists; made by the first test that asks, and found again by later runs."""
    asked = f"{sys.version_info.major}.{sys.version_info.minor}\n{requirements.read_text(encoding='utf-8')}"
    place = ROOT / ".validators" / hashlib.sha256(asked.encode()).hexdigest()[:12]
    place.parent.mkdir(exist_ok=True)
    with FileLock(place.with_suffix(".lock")):
        if not (place / "made").exists():
            shutil.rmtree(place, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", place], check=True)
            pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            made = subprocess.run([*pip, "-r", str(requirements)], capture_output=True, text=True, check=False)
            assert made.returncode == 0, f"cannot install {requirements}; is there a package index?\n{made.stderr}"
            (place / "made").touch()
    return place / "bin"
