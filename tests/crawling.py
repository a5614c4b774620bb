"""Running `scrapy` as a user does, in a process of its own, and looking at what it leaves."""

from __future__ import annotations

import atexit
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest

from tests.starting import Starter

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
DEMONSTRATION = "sources=mahttmsr,harbour_ledger,kooche_news"
HASTE: dict[str, Any] = {
    "DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": 0, "RETRY_TIMES": 0, "NEWSCRAWL_WORKERS": 1,
    "NEWSCRAWL_REST_AFTER_FAILURES": 0, "NEWSCRAWL_TDMREP": 0,
}  # fmt: skip
"""Settings for a server of our own: no waiting, no second try, no rest, and of its files for
crawlers only robots.txt."""
_PATIENCE = 100.0  # seconds in which a command must have ended


@dataclass(frozen=True, slots=True)
class Crawl:
    """What a finished command left behind."""

    code: int
    stdout: str
    stderr: str
    output: Path

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of an SQL query on the crawl's database."""
        with closing(sqlite3.connect(self.output / "newscrawl.db")) as connection:
            return connection.execute(query, parameters).fetchall()

    def run_ids(self) -> list[str]:
        """The runs, in the order in which they began."""
        return [run_id for (run_id,) in self.rows("SELECT run_id FROM runs ORDER BY rowid")]

    def ends(self, run_id: str | None = None) -> dict[str, tuple[str, str | None]]:
        """Disposition and reason by URL, of one run (the last when none is named)."""
        query = "SELECT url, disposition, reason FROM dispositions WHERE run_id = ?"
        return {url: (end, reason) for url, end, reason in self.rows(query, run_id or self.run_ids()[-1])}

    def feeds(self) -> list[Path]:
        """The feed files, in the order of their runs."""
        names = [name for (name,) in self.rows("SELECT feed FROM runs ORDER BY rowid")]
        return [self.output / "feeds" / name for name in names if name]

    def lines(self) -> list[dict[str, Any]]:
        """The lines of every feed file, in order."""
        return [json.loads(line) for feed in self.feeds() for line in feed.read_text(encoding="utf-8").splitlines()]


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without what would steer a crawl."""
    steering = ("NEWSCRAWL_", "SCRAPY_", "http_proxy", "https_proxy", "all_proxy")
    kept = {name: value for name, value in os.environ.items() if not name.lower().startswith(_lower(steering))}
    return {**kept, "PYTHONPATH": str(ROOT), **variables}


def command(*arguments: str, output: Path | None = None, module: str = "scrapy", **settings: Any) -> list[str]:
    """The command line of `scrapy ...` with settings."""
    if output is not None:
        settings["NEWSCRAWL_OUTPUT"] = output
    options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    return [sys.executable, "-m", module, *arguments, *options]


def scrapy(
    *arguments: str, output: Path, cwd: Path = ROOT, variables: dict[str, str] | None = None, **settings: Any
) -> Crawl:
    """Run `scrapy ...` to its end, in a process of its own that finds the modules loaded."""
    _, _, module, *line = command(*arguments, output=output, **settings)
    own = environment(**(variables or {}))
    with TemporaryFile("w+", encoding="utf-8") as told, TemporaryFile("w+", encoding="utf-8") as complained:
        process = starter().start(module, line, cwd=cwd, environment=own, stdout=told, stderr=complained)
        try:
            code = process.wait(_PATIENCE)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        told.seek(0)
        complained.seek(0)
        return Crawl(code, told.read(), complained.read(), output)


def scrapy_anew(*arguments: str, output: Path, variables: dict[str, str] | None = None, **settings: Any) -> Crawl:
    """Run `python -m scrapy ...` to its end: nothing that it needs was loaded before."""
    line = command(*arguments, output=output, **settings)
    own = environment(**(variables or {}))
    done = subprocess.run(line, cwd=ROOT, env=own, capture_output=True, encoding="utf-8", timeout=_PATIENCE)
    return Crawl(done.returncode, done.stdout, done.stderr, output)


def scrapy_here(*arguments: str, output: Path, **settings: Any) -> Crawl:
    """Run `scrapy ...` in this process, for a command that needs no reactor: most of a short command is its start."""
    # Here, since workers load the tests of workers, and must not load Scrapy.
    from scrapy import cmdline

    line = command(*arguments, output=output, **settings)[2:]
    told, complained = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(told), redirect_stderr(complained):
        patch.chdir(ROOT)
        patch.setattr(os, "environ", environment())
        with pytest.raises(SystemExit) as ended:
            cmdline.execute(line)
    return Crawl(int(ended.value.code or 0), told.getvalue(), complained.getvalue(), output)


@cache
def starter() -> Starter:
    """The starter of this process's tests."""
    starter = Starter(ROOT)
    atexit.register(starter.end)
    return starter


def demonstrate(output: Path, *arguments: str, start: Callable[..., Crawl] = scrapy, **settings: Any) -> Crawl:
    """The demonstration crawl over the fixtures."""
    return start("crawl", "news", "-a", DEMONSTRATION, *arguments, output=output, NEWSCRAWL_REPLAY=FIXTURES, **settings)


def write_source(folder: Path, source_id: str, homepage: str, *lines: str) -> None:
    """A source file whose feed is <homepage>/feed and whose articles are all pages, with further TOML lines."""
    file = folder / "xx" / f"{source_id}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = f'outlet = "{source_id}"\nhomepage = "{homepage}"\nfeeds = ["{homepage}/feed"]\n'
    file.write_text(text + "\n".join(lines) + "\n[articles]\nallow = ['.']\n", encoding="utf-8")


def _lower(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)
