"""Proofs that nothing is lost and nothing doubled: kill -9 at random moments, several crawlers, a full disk.

`python -m benchmarks.durability kills --kills 100 --urls 3000 --database sqlite`
`python -m benchmarks.durability crawlers --crawlers 4 --urls 1000`
`python -m benchmarks.durability disk --urls 500`
Exit code 1 when anything was lost, doubled or left behind.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from benchmarks.archived import archive_faults
from benchmarks.crawling import Crawl, Project, database_of, local_source, postgresql
from benchmarks.loopback import ROOT
from benchmarks.site import Site, path_of, read_pages
from newscrawl.urls import url_key

_SETTINGS = {"NEWSCRAWL_PAGE_TIMEOUT": 20}
_STORED = ("stored_new", "stored_revision", "duplicate")
# Seconds within which every process of a killed crawl must be gone.
_PATIENCE = 5.0
# Seconds within which a crawl must go on after a worker was killed: a page's time limit and the pool's grace.
_STALL = 60.0
_IN_NAMESPACE = "NEWSCRAWL_BENCHMARK_MOUNTS"

Ends = dict[str, bool]
"""By url_key of every page of the site: whether it is an article, which must be stored."""
Say = Callable[[str], None]


@dataclass(slots=True)
class Report:
    """What killing came to."""

    kills: int = 0
    worker_kills: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    progress: list[float] = field(default_factory=list)
    """At each kill, the share of URLs that were done."""
    under_way: int = 0
    """URLs that were leased at a kill; of these the next run fetches what was not archived."""
    rounds: int = 0
    pause: float = 0.0
    """Seconds from a worker's kill to the next URL's end, the longest."""
    gone: float = 0.0
    """Seconds from a kill until no process was left, the longest."""
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def stored_of(folder: Path, pages: Path, urls: int) -> list[bool]:
    """Of each page of the folder `pages`, whether an undisturbed crawl stores it; `folder` is to work in."""
    many = min(len(read_pages(pages)), urls)
    with Site(pages=pages, urls=many) as site:
        project = Project.make(folder, local_source(site.home))
        with project.started(**_SETTINGS) as crawl:
            if crawl.wait() != 0:
                raise SystemExit(f"the undisturbed crawl failed:\n{crawl.messages()}")
        stored = _stored(project)
        return [url_key(site.home + path_of(number)) in stored for number in range(many)]


def expected(sites: list[Site], stored: list[bool]) -> Ends:
    """What must become of each page of the sites, whose page `n` is page `n % len(stored)` of the folder."""
    return {url_key(url): stored[number % len(stored)] for site in sites for number, url in enumerate(site.addresses())}


def faults(project: Project, ends: Ends, *, again: int = 0, payloads_once: bool = True) -> list[str]:
    """What is wrong with a database, its feeds and archive after the last run; nothing when all is stored once.

    What should be stored is known here alone; whether what is stored agrees with itself, `scrapy verify` tells.

    `again` pages may have ended more than once: those that a killed crawler had under way on a shared database.
    Crawlers that run together may each archive one payload, when they meet it at once: then not `payloads_once`.
    """
    wrong: list[str] = []

    def compare(what: str, found: Counter[str], wanted: Counter[str]) -> None:
        for name, difference in (("lost", wanted - found), ("too many", found - wanted)):
            if difference:
                wrong.append(f"{what}: {difference.total()} {name}, such as {next(iter(difference))}")

    articles = Counter(key for key, stored in ends.items() if stored)
    compare("articles", Counter(key for (key,) in project.rows("SELECT url_key FROM articles")), articles)
    revisions = project.rows(
        "SELECT a.url_key, r.number, r.run_id, count(e.extraction_id), sum(CASE WHEN e.is_current THEN 1 ELSE 0 END)"
        " FROM revisions r JOIN articles a ON a.article_id = r.article_id"
        " LEFT JOIN extractions e ON e.revision_id = r.revision_id"
        " GROUP BY r.revision_id, a.url_key, r.number, r.run_id"
    )
    compare("revisions", Counter(key for key, *_ in revisions), articles)
    wrong += [
        f"{key}: revision {row[0]}, extractions {row[2:]}" for key, *row in revisions if (row[0], *row[2:]) != (1, 1, 1)
    ]
    done = Counter(key for (key,) in project.rows("SELECT url_key FROM frontier WHERE state = 'done'"))
    compare("frontier, done", done, Counter(ends.keys()))
    left = project.rows("SELECT state, count(*) FROM frontier WHERE state <> 'done' GROUP BY state")
    wrong += [f"frontier: {count} URLs are {state}" for state, count in left]

    ended = project.rows("SELECT url_key, disposition, run_id FROM dispositions")
    stored = Counter(key for key, end, _ in ended if end in _STORED)
    compare("dispositions, stored", stored, articles)
    compare(
        "dispositions, not stored",
        Counter({key for key, end, _ in ended if end == "invalid"}),
        Counter(ends.keys()) - articles,
    )
    if len(ended) > len(ends) + again:
        twice = [key for key, count in Counter(key for key, *_ in ended).items() if count > 1]
        wrong.append(f"dispositions: {len(twice)} URLs ended more than once, such as {twice[0]}")
    wrong += [
        f"dispositions: {key} {end} ({reason})"
        for key, end, reason in project.rows("SELECT url_key, disposition, reason FROM dispositions")
        if end not in (*_STORED, "invalid", "unchanged")
    ]
    by_run = {(key, run) for key, end, run in ended if end in _STORED}
    wrong += [
        f"{key}: stored by run {run}, whose disposition says otherwise"
        for key, _, run, *_ in revisions
        if (key, run) not in by_run
    ]

    # Counted here too, since verify reads the database as the feed's writer does.
    lines: Counter[str] = Counter()
    for path in project.feeds():
        try:
            read = project.lines(path)
        except ValueError as error:
            wrong.append(f"feed {path.name}: {error}")
            continue
        lines.update(f"{line['url_key']} {line['revision']} {line['run']}" for line in read)
    compare("feed lines", lines, Counter(f"{key} {number} {run}" for key, number, run, *_ in revisions))
    return wrong + project.verify() + archive_faults(project, payloads_once=payloads_once)


def kill_often(
    empty: Callable[[int], AbstractContextManager[Project]],
    ends: Ends,
    *,
    kills: int,
    within: float,
    seed: int,
    worker_every: int = 5,
    say: Say = lambda _: None,
) -> Report:
    """Kill crawls until `kills` have counted, each at a random moment.

    That lies up to `within` seconds after the crawl's start, or, every second time, after its first page.
    Every `worker_every`-th kill falls on a worker, after which the crawl must go on by itself; of the others every
    fourth waits for a feed in the making. When a crawl has done everything, `empty(round)` gives an empty
    project; each of these ends with a run that nobody kills, and is looked at then.
    """
    began = time.monotonic()
    chance, report = random.Random(seed), Report()
    while report.kills + report.worker_kills < kills and not report.faults:
        with empty(report.rounds) as project:
            _kill_until_done(
                project, ends, report, chance, kills=kills, within=within, worker_every=worker_every, say=say
            )
        report.rounds += 1
    report.seconds = time.monotonic() - began
    return report


def _kill_until_done(
    project: Project,
    ends: Ends,
    report: Report,
    chance: random.Random,
    *,
    kills: int,
    within: float,
    worker_every: int,
    say: Say,
) -> None:
    known: set[str] = set()
    while report.kills + report.worker_kills < kills and not report.faults:
        runs = _known_runs(project)
        with project.started(**_SETTINGS) as crawl:
            while report.kills + report.worker_kills < kills and not report.faults:
                number = report.kills + report.worker_kills
                on_worker = number % worker_every == worker_every - 1
                at_feed = not on_worker and number % 4 == 1
                at_work = not on_worker and number % 2 == 0
                _wait(crawl, project, chance.uniform(0, within), at_feed=at_feed, at_work=at_work)
                if not crawl.alive:
                    break
                if on_worker:
                    _kill_worker(crawl, project, report, chance)
                    continue
                crawl.send(signal.SIGKILL)
                if crawl.wait(_PATIENCE) == -signal.SIGKILL:
                    report.kills += 1
                    _look_after_kill(crawl, project, ends, report, known, runs, say)
                break
            if crawl.process.returncode == -signal.SIGKILL:
                continue
            if report.kills + report.worker_kills < kills:
                # It ended by itself: everything is done, and the next kill needs an empty database.
                report.faults += _end(crawl, project, ends)
                say(f"a crawl has done everything after {report.kills + report.worker_kills} kills")
                return
    with project.started(**_SETTINGS) as crawl:
        report.faults += _end(crawl, project, ends)


def _end(crawl: Crawl, project: Project, ends: Ends, *, payloads_once: bool = True) -> list[str]:
    code = crawl.wait(1200)
    wrong = faults(project, ends, payloads_once=payloads_once)
    if code != 0:
        wrong.insert(0, f"exit code {code}; its log ends: {crawl.messages()[-2000:]}")
    return wrong


def _wait(crawl: Crawl, project: Project, seconds: float, *, at_feed: bool, at_work: bool) -> None:
    done = count(project, "SELECT count(*) FROM dispositions")
    while at_work and crawl.alive and count(project, "SELECT count(*) FROM dispositions") == done:
        time.sleep(0.05)
    deadline = time.monotonic() + seconds
    folder = project.output / "feeds"
    while crawl.alive and time.monotonic() < deadline:
        if at_feed and any(folder.glob("*.partial")):
            return
        time.sleep(0.0005 if at_feed else 0.005)


def _kill_worker(crawl: Crawl, project: Project, report: Report, chance: random.Random) -> None:
    workers: list[psutil.Process] = []
    while crawl.alive and not (workers := crawl.workers()):
        time.sleep(0.01)
    if not workers:
        return
    before = count(project, "SELECT count(*) FROM dispositions")
    victim = chance.choice(workers)
    try:
        victim.kill()
    except psutil.NoSuchProcess:
        return
    killed = time.monotonic()
    report.worker_kills += 1
    report.phases["worker"] += 1
    while crawl.alive and time.monotonic() < killed + _STALL:
        if count(project, "SELECT count(*) FROM dispositions") > before:
            break
        time.sleep(0.05)
    else:
        if crawl.alive:
            report.faults.append(f"the crawl stood still for {_STALL:g} s after its worker was killed")
    report.pause = max(report.pause, time.monotonic() - killed)


def _look_after_kill(
    crawl: Crawl, project: Project, ends: Ends, report: Report, known: set[str], runs: set[str], say: Say
) -> None:
    killed = time.monotonic()
    left = crawl.left(_PATIENCE)
    report.gone = max(report.gone, time.monotonic() - killed)
    report.faults += [f"outlived its crawl: {process}" for process in left]
    phase, leased, done = "starting", 0, 0
    if new := _known_runs(project) - runs:
        states = dict(project.rows("SELECT run_id, state FROM runs"))
        polled = count(project, f"SELECT count(*) FROM polls WHERE run_id = '{next(iter(new))}'")
        phase = "crawling" if polled else "polling"
        if states[next(iter(new))] == "finished":
            phase = "ending"
    if any(path.name.endswith(".partial") for path in project.feeds()):
        phase = "feeding"
    if _known_runs(project):
        stored = _stored(project)
        if lost := known - stored:
            report.faults.append(f"{len(lost)} articles that were stored before the kill are lost")
        known |= stored
        leased = count(project, "SELECT count(*) FROM frontier WHERE state = 'leased'")
        done = count(project, "SELECT count(*) FROM frontier WHERE state = 'done'")
    report.phases[phase] += 1
    report.progress.append(done / len(ends))
    if new:
        report.under_way += leased
    say(f"kill {report.kills + report.worker_kills}: {phase}, {done} of {len(ends)} URLs done, {leased} under way")


def _known_runs(project: Project) -> set[str]:
    try:
        return {run for (run,) in project.rows("SELECT run_id FROM runs")}
    except DBAPIError:
        # Killed before the database stood.
        return set()


def count(project: Project, query: str) -> int:
    """The one number that a query gives; 0 when the database does not stand yet."""
    try:
        return project.count(query)
    except DBAPIError:
        return 0


@dataclass(slots=True)
class Together:
    """What several crawlers on one database came to."""

    codes: list[int]
    """Exit codes; the last run's is the last."""
    shares: list[int]
    """URLs that ended in each run, in the order of their starts."""
    under_way: set[str]
    """The url_keys that the killed crawl had leased and not ended."""
    seconds: float
    """Until the crawlers had ended; without the last run."""
    faults: list[str]


def crawl_together(project: Project, ends: Ends, *, crawlers: int, kill: bool) -> Together:
    """Start crawlers at the same moment on one empty database, kill one in the middle, then run once more."""
    began = time.monotonic()
    leased: list[tuple[Any, ...]] = []
    with ExitStack() as stack:
        crawls = [stack.enter_context(project.started(**_SETTINGS)) for _ in range(crawlers)]
        while kill and any(crawl.alive for crawl in crawls):
            if count(project, "SELECT count(*) FROM dispositions") >= len(ends) // 3:
                # Stopped first: what it holds is read before another crawler can take it over.
                crawls[0].send(signal.SIGSTOP)
                leased = project.rows("SELECT run_id, url_key FROM frontier WHERE state = 'leased'")
                crawls[0].send(signal.SIGKILL)
                break
            time.sleep(0.02)
        codes = [crawl.wait() for crawl in crawls]
        wanted = [-signal.SIGKILL if kill and crawl is crawls[0] else 0 for crawl in crawls]
        wrong = [
            f"exit code {code}; its log ends: {crawl.messages()[-2000:]}"
            for crawl, code, right in zip(crawls, codes, wanted, strict=True)
            if code != right
        ]
    seconds = time.monotonic() - began
    with project.started(**_SETTINGS) as crawl:
        wrong += _end(crawl, project, ends, payloads_once=False)
        codes.append(crawl.wait())
    died = {run for (run,) in project.rows("SELECT run_id FROM runs WHERE state = 'died'")}
    under_way = {key for run, key in leased if run in died}
    shares = [
        count
        for _, count in project.rows(
            "SELECT r.run_id, count(d.url_key) FROM runs r LEFT JOIN dispositions d ON d.run_id = r.run_id"
            " GROUP BY r.run_id, r.started_at ORDER BY r.started_at"
        )
    ]
    return Together(codes, shares, under_way, seconds, wrong)


def fill_disk(project: Project, ends: Ends, *, size: int, small: Path) -> list[str]:
    """Crawl onto a file system of so many bytes at `small`, which then grows; what is wrong then.

    The process must be in a mount namespace of its own.
    """
    wrong: list[str] = []

    def mount(options: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(small)], check=True)

    def crawl(code: int, *messages: str) -> None:
        began = time.monotonic()
        with project.started(**_SETTINGS) as crawl:
            ended = crawl.wait(1200)
            said = crawl.messages()
        print(f"exit code {ended} after {time.monotonic() - began:.1f} s, {len(_stored(project))} articles stored")
        wrong.extend(f"nothing said {message!r}: {said[-2000:]}" for message in messages if message not in said)
        if ended != code:
            wrong.append(f"exit code {ended}; its log ends: {said[-2000:]}")

    small.mkdir(parents=True)
    mount(f"size={size}")
    try:
        crawl(1, "disk is full", "mend it and run again: what was stored is kept")
        stored = _stored(project)
        mount("remount,size=50%")
        crawl(0)
        if lost := stored - _stored(project):
            wrong.append(f"{len(lost)} articles that were stored before the disk was full are lost")
        return wrong + faults(project, ends)
    finally:
        subprocess.run(["umount", str(small)], check=True)


def _stored(project: Project) -> set[str]:
    return {key for (key,) in project.rows("SELECT url_key FROM articles")}


def _emptied(project: Project, server: URL | None, name: str) -> Callable[[int], AbstractContextManager[Project]]:
    @contextmanager
    def empty(number: int) -> Iterator[Project]:
        if server is None:
            yield project.anew(f"{name}-{number}")
            return
        with database_of(server, f"{name}_{number}") as url:
            yield project.anew(f"{name}-{number}", database_url=url)

    return empty


def _say(line: str) -> None:
    print(line, flush=True)


def _print_kills(report: Report, urls: int) -> None:
    shares = sorted(report.progress)
    middle = f"{shares[0]:.0%} to {shares[-1]:.0%}, median {shares[len(shares) // 2]:.0%}" if shares else "none"
    print(f"kills counted: {report.kills} of the main process, {report.worker_kills} of a worker")
    print(f"where they fell: {', '.join(f'{phase} {count}' for phase, count in report.phases.most_common())}")
    print(f"share of the {urls} URLs done at a kill: {middle}")
    print(f"crawls from empty to done: {report.rounds}; URLs under way at a kill: {report.under_way}")
    print(
        f"longest until all processes were gone: {report.gone:.2f} s; pause after a worker's kill: {report.pause:.1f} s"
    )
    print(f"seconds: {report.seconds:.0f}")


def main() -> int:
    """Run one proof; 1 when it failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.durability", description=__doc__)
    parser.add_argument("proof", choices=("kills", "crawlers", "disk"))
    parser.add_argument("--pages", type=Path, default=ROOT / "fixtures", help="a folder of *.html or *.html.gz")
    parser.add_argument("--urls", type=int, default=3000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--within", type=float, default=8.0, help="seconds in which a kill falls")
    parser.add_argument("--crawlers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--bytes", type=int, default=4_000_000, help="size of the file system of the proof `disk`")
    given = parser.parse_args()
    if given.proof == "disk" and not os.environ.get(_IN_NAMESPACE):
        # A namespace in which an unprivileged user may mount.
        os.environ[_IN_NAMESPACE] = "1"
        os.execvp("unshare", ["unshare", "-rm", sys.executable, "-m", "benchmarks.durability", *sys.argv[1:]])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="newscrawl-durability-")))
        server = None
        if given.database == "postgresql" or given.proof == "crawlers":
            server = stack.enter_context(postgresql())
        stored = stored_of(folder / "reference", given.pages, given.urls)
        many = 2 * given.crawlers if given.proof == "crawlers" else 1
        # A host belongs to one crawler at a time: each site has an address of its own.
        sites = [
            stack.enter_context(Site(given.pages, given.urls // many, address=f"127.0.0.{number}"))
            for number in range(1, many + 1)
        ]
        ends = expected(sites, stored)
        project = Project.make(folder / "project", *(local_source(site.home) for site in sites))
        empty = _emptied(project, server, given.proof)
        kind = "sqlite" if server is None else "postgresql"
        print(f"{len(ends)} URLs, {sum(ends.values())} of them articles; {kind}; seed {given.seed}", flush=True)
        if given.proof == "kills":
            report = kill_often(empty, ends, kills=given.kills, within=given.within, seed=given.seed, say=_say)
            _print_kills(report, len(ends))
            wrong = report.faults
        elif given.proof == "disk":
            small = project.anew("small")
            wrong = fill_disk(small, ends, size=given.bytes, small=small.output)
        else:
            result = crawl_together(stack.enter_context(empty(0)), ends, crawlers=given.crawlers, kill=True)
            print(f"exit codes {result.codes}; URLs ended in each run {result.shares}; {result.seconds:.1f} s")
            print(f"under way when one was killed: {len(result.under_way)}")
            wrong = result.faults
    print("\n".join(wrong) if wrong else "0 lost, 0 doubled")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
