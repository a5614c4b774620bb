"""Pages a second of `scrapy reextract`, with one worker and with more, in turn over one archive.

`python -m benchmarks.reextract --pages FOLDER` crawls a local site of those pages first.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.crawling import Project, local_source
from benchmarks.site import Site
from benchmarks.throughput import Usage, measure

_MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Round:
    """One run."""

    workers: int
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
            f"{self.workers}",
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
    "| workers | pages | seconds | pages/s | main CPU ms/page | workers CPU ms/page | main MB | worker MB |\n"
    + "| --- " * 8
    + "|"
)


def crawl(project: Project) -> int:
    """Make the archive, and say how many revisions it holds. Raises SystemExit when the crawl fails."""
    with project.started() as crawling:
        if crawling.wait(3600):
            raise SystemExit(f"the crawl failed:\n{crawling.messages()[-2000:]}")
    return project.count("SELECT count(*) FROM revisions WHERE capture_id IS NOT NULL")


def reread(project: Project, pages: int, workers: int, *, apply: bool) -> Round:
    """Read the archive again. Raises SystemExit when a page fails, or not every one was read."""
    options = {
        "NEWSCRAWL_OUTPUT": project.output,
        "NEWSCRAWL_DATABASE_URL": project.database_url,
        "NEWSCRAWL_WORKERS": workers,
    }
    command = [sys.executable, "-m", "scrapy", "reextract", *(["--apply"] if apply else [])]
    command += [part for name, value in options.items() for part in ("-s", f"{name}={value}")]
    log = project.folder / "reextract.log"
    usage = measure(command, cwd=project.folder, log=log)
    last = log.read_text(encoding="utf-8").splitlines()[-1]
    if not last.startswith(f"{pages:,} revision(s) read again, 0 failed"):
        raise SystemExit(f"not every page was read again: {last}")
    return Round(workers, pages, usage)


def main() -> None:
    """Measure, and print the rounds and the ratio of their medians."""
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
        rates: dict[int, list[float]] = {1: [], given.workers: []}
        for _ in range(given.rounds):
            for workers in rates:
                done = reread(project, pages, workers, apply=given.apply)
                rates[workers].append(done.rate)
                print(done.row(), flush=True)
    one, more = (statistics.median(rates[workers]) for workers in (1, given.workers))
    print(f"medians: {one:.1f} and {more:.1f} pages/s, ratio {more / one:.2f}")


if __name__ == "__main__":
    main()
