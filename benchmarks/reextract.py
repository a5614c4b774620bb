"""Pages a second of `scrapy reextract` on one core, with one worker and with more, in turn over one archive.

`python -m benchmarks.reextract --pages FOLDER` crawls a local site of those pages first.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.crawling import Project, local_source
from benchmarks.site import Site
from benchmarks.throughput import Usage, measure

_MEGABYTE = 2**20
_ONE_CORE = "one core"


@dataclass(frozen=True, slots=True)
class Round:
    """One run."""

    mode: str
    pages: int
    usage: Usage

    @property
    def rate(self) -> float:
        """Pages a second, start and stop counted."""
        return self.pages / self.usage.seconds

    def row(self) -> str:
        """A row of the table that HEAD begins."""
        usage = self.usage
        cells = (
            self.mode,
            f"{self.pages}",
            f"{usage.seconds:.1f}",
            f"{self.rate:.1f}",
            f"{1000 * usage.main_cpu / self.pages:.2f}",
            f"{1000 * usage.workers_cpu / self.pages:.2f}",
            f"{usage.main_peak / _MEGABYTE:.0f}",
            f"{usage.worker_peak / _MEGABYTE:.0f}",
        )
        return f"| {' | '.join(cells)} |"


HEAD = (
    "| mode | pages | seconds | pages/s | main CPU ms/page | workers CPU ms/page | main MB | worker MB |\n"
    + "| --- " * 8
    + "|"
)


def crawl(project: Project) -> int:
    """Make the archive, and say how many revisions it holds. Raises SystemExit when the crawl fails."""
    with project.started() as crawling:
        if crawling.wait(3600):
            raise SystemExit(f"the crawl failed:\n{crawling.messages()[-2000:]}")
    return project.count("SELECT count(*) FROM revisions WHERE capture_id IS NOT NULL")


def reread(project: Project, pages: int, mode: str, *, apply: bool) -> Round:
    """Read the archive again. In mode `one core` all of it is kept to one, by taskset of util-linux.

    Raises SystemExit when a page fails, or not every one was read.
    """
    options = {
        "NEWSCRAWL_OUTPUT": project.output,
        "NEWSCRAWL_DATABASE_URL": project.database_url,
        "NEWSCRAWL_WORKERS": 1 if mode == _ONE_CORE else mode.partition(" ")[0],
    }
    through = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))] if mode == _ONE_CORE else []
    command = [*through, sys.executable, "-m", "scrapy", "reextract", *(["--apply"] if apply else [])]
    command += [part for name, value in options.items() for part in ("-s", f"{name}={value}")]
    log = project.folder / "reextract.log"
    usage = measure(command, cwd=project.folder, log=log)
    last = log.read_text(encoding="utf-8").splitlines()[-1]
    if not last.startswith(f"{pages:,} revision(s) read again, 0 failed"):
        raise SystemExit(f"not every page was read again: {last}")
    return Round(mode, pages, usage)


def main() -> None:
    """Measure, and print the rounds and the ratios of their medians."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.reextract", description=__doc__)
    arguments.add_argument("--pages", type=Path, required=True, help="a folder of *.html or *.html.gz")
    arguments.add_argument("--urls", type=int, default=1000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--workers", type=int, default=2, help="compared with one")
    arguments.add_argument("--apply", action="store_true", help="with --apply")
    given = arguments.parse_args()
    with TemporaryDirectory(prefix="newscrawl-benchmark-") as folder, Site(given.pages, given.urls) as site:
        project = Project.make(Path(folder) / "project", local_source(site.home))
        pages = crawl(project)
        print(HEAD)
        modes = (_ONE_CORE, "1 worker", f"{given.workers} workers")
        rates: dict[str, list[float]] = {mode: [] for mode in modes}
        for _ in range(given.rounds):
            for mode in modes:
                done = reread(project, pages, mode, apply=given.apply)
                rates[mode].append(done.rate)
                print(done.row(), flush=True)
    best = statistics.median(rates[modes[-1]])
    for mode in modes[:-1]:
        print(f"{modes[-1]}: {best / statistics.median(rates[mode]):.2f} times the median rate of {mode}")


if __name__ == "__main__":
    main()
