"""A process that finds the modules loaded is what one that loads them is."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from newscrawl import __version__
from tests.crawling import FIXTURES, ROOT, Crawl, environment, scrapy, scrapy_anew, starter

PAGE = "https://mahttmsr.com/43652"
# Of each command a line that does something, and what it ends with.
LINES = {
    "archive": ((), 0),
    "copies": ((PAGE,), 0),
    "crawl": (("nobody",), 1),
    "diff": ((PAGE,), 0),
    "explain": ((PAGE,), 0),
    "export": (("--without-body",), 0),
    "extract": ((str(FIXTURES / "mahttmsr" / "bicycle_lane" / "page.html"),), 0),
    "reextract": ((), 1),
    "prune": (("--older-than", "30"), 0),
    "retract": (("--list",), 0),
    "savefixture": ((PAGE, "--to", "cases"), 1),
    "search": (("محافظ",), 0),
    "stats": ((), 0),
    "sources": (("--check",), 0),
    "verify": ((), 0),
}


def test_every_command_has_its_line() -> None:
    commands = {path.stem for path in (ROOT / "newscrawl" / "commands").glob("[!_]*.py")}
    assert commands == set(LINES)


@pytest.mark.slow
@pytest.mark.parametrize("name", LINES)
def test_a_command_does_the_same_whether_it_finds_its_modules_loaded_or_not(
    demonstration: Crawl, tmp_path: Path, name: str
) -> None:
    shutil.copytree(demonstration.output, tmp_path / "output")
    arguments, code = LINES[name]
    anew = scrapy_anew(name, *arguments, output=tmp_path / "output")
    assert anew.code == code, anew.stderr
    assert anew.stdout or anew.stderr
    loaded = scrapy(name, *arguments, output=tmp_path / "output")
    assert (loaded.code, loaded.stdout) == (anew.code, anew.stdout)
    # The log tells the time.
    assert [re.sub(r"^[\d:, -]+", "", line) for line in loaded.stderr.splitlines()] == [
        re.sub(r"^[\d:, -]+", "", line) for line in anew.stderr.splitlines()
    ]


def test_each_has_its_own_folder_environment_and_output(tmp_path: Path) -> None:
    told = scrapy("version", output=tmp_path)
    assert (told.code, told.stderr) == (0, "")
    asked = ("settings", "--get", "NEWSCRAWL_PAGE_TIMEOUT")
    for seconds in ("7", "8"):
        assert scrapy(*asked, output=tmp_path, variables={"NEWSCRAWL_PAGE_TIMEOUT": seconds}).stdout == f"{seconds}\n"
    assert scrapy(*asked, output=tmp_path).stdout == "60\n"
    # In another project there are its settings.
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = settings_of_another\n")
    (tmp_path / "settings_of_another.py").write_text("BOT_NAME = 'another'\n")
    assert scrapy("settings", "--get", "BOT_NAME", output=tmp_path).stdout == "newscrawl\n"
    assert scrapy("settings", "--get", "BOT_NAME", output=tmp_path, cwd=tmp_path).stdout == "another\n"
    assert __version__ in scrapy("settings", "--get", "USER_AGENT", output=tmp_path).stdout


def test_its_end_is_told(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        process = starter().start(
            "http.server", ["0", "--bind", "127.0.0.1"], cwd=ROOT, environment=environment(), stdout=log, stderr=log
        )
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == process.poll() == -signal.SIGTERM
    assert scrapy("no-such-command", output=tmp_path).code == 2
