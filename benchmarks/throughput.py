"""Pages a second: this project with everything on, a bare Scrapy spider with trafilatura, and fetching alone.

`python -m benchmarks.throughput --pages FOLDER` runs them in turn over the same pages of a local site.
`python -m benchmarks.throughput --pages FOLDER --scale 2000,50000` runs this project alone at several numbers of URLs.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.crawling import Project, local_source
from benchmarks.loopback import HASTE, ROOT
from benchmarks.site import Site

_SECONDS_BETWEEN_SAMPLES = 0.25
_MEGABYTE = 2**20
# What both sides share: delay, concurrency of a host, manners, log level.
_BARE = {
    "CONCURRENT_REQUESTS_PER_DOMAIN": HASTE["CONCURRENT_REQUESTS_PER_DOMAIN"],
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": 1,
    "LOG_LEVEL": "INFO",
}


@dataclass(slots=True)
class Usage:
    """What a command used from its start to its end: seconds of wall and CPU, bytes resident at most."""

    seconds: float = 0.0
    main_cpu: float = 0.0
    main_peak: int = 0
    _of_descendant: dict[int, tuple[float, int]] = field(default_factory=dict)

    @property
    def workers_cpu(self) -> float:
        """Seconds of CPU of every process that the command started, those that ended before it included."""
        return sum(cpu for cpu, _ in self._of_descendant.values())

    @property
    def worker_peak(self) -> int:
        """The most bytes resident in one of them; what was caught between fork and exec has not worked yet."""
        return max((peak for cpu, peak in self._of_descendant.values() if cpu), default=0)

    def sample(self, main: psutil.Process) -> None:
        """Look at the descendants of the command, and remember those that have gone."""
        try:
            descendants = main.children(recursive=True)
        except psutil.NoSuchProcess:
            return
        for process in descendants:
            try:
                with process.oneshot():
                    cpu, resident = process.cpu_times(), process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
            _, peak = self._of_descendant.get(process.pid, (0.0, 0))
            self._of_descendant[process.pid] = cpu.user + cpu.system, max(peak, resident)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of a crawl: articles, and where pages were lost, in words."""

    articles: int
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """One run of one mode."""

    mode: str
    urls: int
    usage: Usage
    site_cpu: float
    outcome: Outcome

    @property
    def rate(self) -> float:
        """Pages a second, start and stop counted."""
        return self.urls / self.usage.seconds

    @property
    def main_ms(self) -> float:
        """CPU milliseconds of the main process a page."""
        return 1000 * self.usage.main_cpu / self.urls

    def row(self) -> str:
        """A row of the table that HEAD begins."""
        usage = self.usage
        cells = (
            self.mode,
            f"{self.urls}",
            f"{usage.seconds:.1f}",
            f"{self.rate:.1f}",
            f"{1000 * usage.seconds / self.urls:.2f}",
            f"{self.main_ms:.2f}",
            f"{1000 * usage.workers_cpu / self.urls:.2f}",
            f"{1000 * self.site_cpu / self.urls:.2f}",
            f"{usage.main_peak / _MEGABYTE:.0f}",
            f"{usage.worker_peak / _MEGABYTE:.0f}" if usage.worker_peak else "–",
            f"{self.outcome.articles}",
            self.outcome.lost or "–",
        )
        return f"| {' | '.join(cells)} |"


HEAD = (
    "| mode | URLs | seconds | pages/s | wall ms/page | main CPU ms/page | workers CPU ms/page | site CPU ms/page "
    "| main MB | worker MB | articles | lost |\n" + "| --- " * 12 + "|"
)


def measure(command: list[str], *, cwd: Path, log: Path) -> Usage:
    """Run a command to its end and say what it used; its output goes to `log`.

    CPU and peak memory of the main process are the kernel's own account (Linux counts the peak in KiB), those of
    its descendants are sampled. Whatever goes wrong here, the command and what it started are ended.
    Raises SystemExit with the end of the log when the command fails.
    """
    usage, ended = Usage(), threading.Event()
    steering = ("newscrawl_", "scrapy_", "http_proxy", "https_proxy", "all_proxy")
    kept = {name: value for name, value in os.environ.items() if not name.lower().startswith(steering)}
    started = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**kept, "PYTHONPATH": str(cwd)},
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    main = psutil.Process(process.pid)

    def watch() -> None:
        while not ended.wait(_SECONDS_BETWEEN_SAMPLES):
            usage.sample(main)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        _, status, resources = os.wait4(process.pid, 0)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    finally:
        ended.set()
        watcher.join()
    usage.seconds = time.monotonic() - started
    usage.main_cpu = resources.ru_utime + resources.ru_stime
    usage.main_peak = resources.ru_maxrss * 1024
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        _print_end(log)
        raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}; its log ends above")
    return usage


def bare(site: Site, folder: Path) -> tuple[Usage, Outcome]:
    """A bare spider with trafilatura inline and Scrapy's feed."""
    feed = folder / "articles.jsonl"
    spider = ROOT / "benchmarks" / "bare_spider.py"
    # A project without settings, so that Scrapy's own defaults hold whatever lies above the folder.
    (folder / "scrapy.cfg").write_text("[settings]\n", encoding="utf-8")
    usage = measure(
        _scrapy("runspider", str(spider), "-a", f"home={site.home}", "-o", str(feed), **_BARE),
        cwd=folder,
        log=folder / "crawl.log",
    )
    articles = len(feed.read_bytes().splitlines())
    return usage, Outcome(articles, f"{site.urls - articles} without text" if articles < site.urls else "")


def newscrawl(site: Site, folder: Path, **settings: object) -> tuple[Usage, Outcome]:
    """This project with everything on, into SQLite."""
    project = Project.make(folder / "project", local_source(site.home))
    usage = measure(
        project.command("-a", "sources=local", LOG_LEVEL=_BARE["LOG_LEVEL"], **settings),
        cwd=project.folder,
        log=folder / "crawl.log",
    )
    outcome = _outcome(project, site.urls)
    if _UNKNOWN in outcome.lost:
        _print_end(folder / "crawl.log")
    return usage, outcome


def unarchived(site: Site, folder: Path) -> tuple[Usage, Outcome]:
    """The same without its archive."""
    return newscrawl(site, folder, NEWSCRAWL_ARCHIVE=0)


def fetch(site: Site, folder: Path) -> tuple[Usage, Outcome]:
    """Scrapy with this project's settings, fetching alone."""
    spider = ROOT / "benchmarks" / "fetch_spider.py"
    settings = {**HASTE, "LOG_LEVEL": _BARE["LOG_LEVEL"]}
    command = _scrapy("runspider", str(spider), "-a", f"home={site.home}", **settings)
    return measure(command, cwd=ROOT, log=folder / "crawl.log"), Outcome(0)


MODES: dict[str, Callable[[Site, Path], tuple[Usage, Outcome]]] = {
    "bare": bare,
    "newscrawl": newscrawl,
    "unarchived": unarchived,
    "fetch": fetch,
}


def run(mode: str, site: Site) -> Round:
    """One run of a mode over a site, in a folder of its own that is removed afterwards."""
    with TemporaryDirectory(prefix="newscrawl-benchmark-") as folder:
        before = site.cpu_seconds()
        usage, outcome = MODES[mode](site, Path(folder))
        return Round(mode, site.urls, usage, site.cpu_seconds() - before, outcome)


def compare(pages: Path, urls: int, rounds: int, modes: list[str]) -> bool:
    """Run the modes in turn and print a row for each run, then the ratios; says whether no page is unaccounted for."""
    done: list[Round] = []
    with Site(pages, urls) as site:
        print(HEAD, flush=True)
        for _ in range(rounds):
            for mode in modes:
                done.append(run(mode, site))
                print(done[-1].row(), flush=True)
    rates = {mode: [one.rate for one in done if one.mode == mode] for mode in modes}
    print()
    if {"bare", "newscrawl"} <= rates.keys():
        ratios = [ours / theirs for ours, theirs in zip(rates["newscrawl"], rates["bare"], strict=True)]
        each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"newscrawl : bare = {statistics.median(ratios):.2f} (median of {each})")
    if {"newscrawl", "unarchived"} <= rates.keys():
        cost = [
            statistics.median(one.main_ms for one in done if one.mode == mode) for mode in ("newscrawl", "unarchived")
        ]
        print(f"main CPU ms a page with and without archive: {cost[0]:.2f}, {cost[1]:.2f} (medians)")
    for mode in modes:
        print(f"{mode}: {statistics.median(rates[mode]):.1f} pages/s (median)")
    return all(_complete(one) for one in done)


def scale(pages: Path, sizes: list[int]) -> bool:
    """Run this project at several numbers of URLs, and print what a page costs at each and between them."""
    done: list[Round] = []
    print(HEAD, flush=True)
    for urls in sizes:
        with Site(pages, urls) as site:
            done.append(run("newscrawl", site))
        print(done[-1].row(), flush=True)
    print()
    for less, more in pairwise(done):
        pages_between = more.urls - less.urls
        cpu = 1000 * (more.usage.main_cpu - less.usage.main_cpu) / pages_between
        wall = 1000 * (more.usage.seconds - less.usage.seconds) / pages_between
        print(f"from {less.urls} to {more.urls} URLs: {cpu:.2f} ms of main CPU, {wall:.2f} ms of wall a further page")
    return all(_complete(one) for one in done)


def _print_end(log: Path) -> None:
    sys.stderr.write(log.read_text(encoding="utf-8", errors="replace")[-4000:])


def _scrapy(*arguments: str, **settings: object) -> list[str]:
    options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    return [sys.executable, "-m", "scrapy", *arguments, *options]


def _outcome(project: Project, urls: int) -> Outcome:
    """Every page is in the database and the feed, or has a disposition that says why not."""
    stored = project.count("SELECT count(*) FROM articles")
    lines = sum(len(feed.read_bytes().splitlines()) for feed in project.feeds())
    ends = project.rows(
        "SELECT disposition, coalesce(reason, ''), count(*) FROM dispositions "
        "WHERE disposition NOT IN ('stored_new', 'duplicate') GROUP BY 1, 2 ORDER BY 3 DESC"
    )
    lost = [f"{count} {end}{f' ({reason})' if reason else ''}" for end, reason, count in ends]
    unknown = urls - stored - sum(count for *_, count in ends)
    if unknown:
        lost.append(f"{_UNKNOWN} {unknown} pages")
    if lines != stored:
        lost.append(f"{_UNKNOWN} feed lines: {lines} for {stored} articles")
    return Outcome(lines, ", ".join(lost))


_UNKNOWN = "UNACCOUNTED:"


def _complete(one: Round) -> bool:
    return _UNKNOWN not in one.outcome.lost


def main() -> None:
    """Run what the arguments ask for; exit code 1 when a page of ours is unaccounted for."""
    arguments = argparse.ArgumentParser(
        prog="python -m benchmarks.throughput", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    arguments.add_argument("--pages", type=Path, required=True, help="a folder of *.html or *.html.gz in any depth")
    arguments.add_argument("--urls", type=int, default=2000)
    arguments.add_argument("--rounds", type=int, default=2)
    arguments.add_argument("--modes", nargs="+", choices=MODES, default=list(MODES))
    arguments.add_argument("--scale", metavar="URLS,URLS", help="numbers of URLs, for this project alone")
    given = arguments.parse_args()
    if given.scale:
        complete = scale(given.pages, [int(urls) for urls in given.scale.split(",")])
    else:
        complete = compare(given.pages, given.urls, given.rounds, given.modes)
    sys.exit(0 if complete else 1)


if __name__ == "__main__":
    main()
