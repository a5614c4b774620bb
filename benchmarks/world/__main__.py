"""Crawl a simulated world on its schedule, and hold the archive against it: `python -m benchmarks.world --days 30`.

Thirty outlets on loopback publish in four languages, correct, delete, copy from one another and rotate their read-also
blocks; some go silent, fail, lose their template or flood. A run starts every hour of the world's time: most in this
process, every eighth as `scrapy crawl news` itself. The figures go to summary.json in the output folder; the exit code
is 1 when one of them is short of its bound.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.log import configure_logging
from scrapy.utils.project import get_project_settings
from twisted.internet import asyncioreactor
from twisted.python.failure import Failure

from benchmarks.loopback import HASTE, ROOT
from benchmarks.world.judging import Judge, Verdict
from benchmarks.world.outlets import BEGIN, Outlet, outlets
from benchmarks.world.server import World
from benchmarks.world.stories import publish

_HOUR = timedelta(hours=1)
_LEAST = {"articles_caught": 0.995, "corrections_seen": 0.95}
_MOST_REQUESTS = 1.3
"""Pages that outlets sent whole which say when a page has changed, for each revision that they brought."""
_MONTH = 30
_SEED = 1


@dataclass(slots=True)
class Project:
    """The project as it crawls the world: where it writes, and how it is set."""

    output: Path
    settings: dict[str, Any] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    """What went wrong in runs, in words."""

    @classmethod
    def make(cls, output: Path, several: Sequence[Outlet], world: World) -> Project:
        """A fresh folder with a source file for each outlet; what an earlier demonstration left there is removed."""
        marker = output / "world"
        if output.exists() and not marker.exists():
            raise SystemExit(f"{output} is no folder of an earlier world; name one that is new")
        shutil.rmtree(output, ignore_errors=True)
        folder = output / "sources" / "xx"
        folder.mkdir(parents=True)
        marker.touch()
        for outlet in several:
            file = folder / f"{outlet.source_id}.toml"
            file.write_text(outlet.source_file(world.home(outlet)), encoding="utf-8")
        settings = {
            **HASTE,
            "NEWSCRAWL_OUTPUT": output,
            "NEWSCRAWL_SOURCES": output / "sources",
            "NEWSCRAWL_BUNDLED_SOURCES": 0,
            # The world's clock stands still while a run lasts: nothing is gained by waiting.
            "NEWSCRAWL_PATIENCE": 1,
            "LOG_LEVEL": "ERROR",
            "LOG_FILE": output / "crawl.log",
        }
        return cls(output, settings)

    async def crawl_here(self, now: datetime) -> None:
        """One run in this process."""
        from newscrawl.extensions.run_log import RunLog

        settings = get_project_settings()
        extensions = {**settings.getdict("EXTENSIONS"), "newscrawl.extensions.progress.Progress": None}
        own = {name: str(value) for name, value in self.settings.items()}
        settings.setdict({**own, "NEWSCRAWL_NOW": now.isoformat(), "EXTENSIONS": extensions}, priority="cmdline")
        runner = AsyncCrawlerRunner(settings)
        crawler = runner.create_crawler("news")
        await runner.crawl(crawler)
        run_log = crawler.get_extension(RunLog)
        if run_log is None or not run_log.succeeded:
            self.failed.append(f"the run of {now:%d %H:%M} did not do its work")
        # A run freezes what is loaded, so that it is looked through no more: here that would keep every run's leavings.
        gc.unfreeze()
        gc.collect()

    def crawl(self, now: datetime, *arguments: str) -> None:
        """One run through the command."""
        code, told = self.scrapy("crawl", "news", *arguments, NEWSCRAWL_NOW=now.isoformat())
        if code:
            self.failed.append(f"scrapy crawl of {now:%d %H:%M} ended with exit code {code}: {told}")

    def scrapy(self, *arguments: str, **settings: Any) -> tuple[int, str]:
        """Exit code of `scrapy ...`, and what it printed; where it failed without a word, the end of its errors."""
        options = [f"{name}={value}" for name, value in {**self.settings, **settings}.items()]
        line = [sys.executable, "-m", "scrapy", *arguments, *(part for one in options for part in ("-s", one))]
        done = subprocess.run(line, cwd=ROOT, capture_output=True, encoding="utf-8")
        return done.returncode, done.stdout or (done.stderr[-500:] if done.returncode else "")


async def live(days: int, count: int, command_every: int, output: Path, console: Console) -> dict[str, Any]:
    """Crawl a world of so many days, and sum up."""
    several = outlets(days, count)
    stories = publish(several, days, _SEED)
    hours = [BEGIN + hour * _HOUR for hour in range(1, 24 * days + 1)]
    began = time.monotonic()
    commands = 0
    with World(several, stories) as world, Progress(console=console) as bar:
        project = Project.make(output, several, world)
        task = bar.add_task("runs", total=len(hours))
        for number, now in enumerate(hours):
            world.now = now
            if number % command_every == 0:
                project.crawl(now)
                commands += 1
            else:
                await project.crawl_here(now)
            bar.advance(task)
        crawled = Counter(world.requests)
        _, told = project.scrapy("verify", "--json", NEWSCRAWL_NOW=hours[-1].isoformat())
        homes = {outlet.number: world.home(outlet) for outlet in several}
        # Named, so that everything is due at once; a minute later each, as nothing is due twice in one instant. The
        # first finds what changed since the last looks, the second nothing.
        named = "sources=" + ",".join(outlet.source_id for outlet in several)
        project.crawl(hours[-1] + timedelta(minutes=1), "-a", named)
        before = Counter(world.requests)
        project.crawl(hours[-1] + timedelta(minutes=2), "-a", named)
        again = world.requests - before
        judge = Judge(output / "newscrawl.db", homes, stories, hours[-1])
        verdict = judge.verdict(several)
    summary = _summary(verdict, several, crawled, again)
    return {
        "days": days,
        "outlets": len(several),
        "runs": len(hours),
        "runs_through_the_command": commands,
        "seconds": round(time.monotonic() - began, 1),
        **summary,
        "stored_by_the_unchanged_run": judge.stored_by_the_last_run(),
        "verify": told.splitlines(),
        "failed_runs": project.failed,
    }


def _summary(
    verdict: Verdict, several: Sequence[Outlet], requests: Counter[tuple[int, str]], again: Counter[tuple[int, str]]
) -> dict[str, Any]:
    by_kind = _by_kind(requests)
    honest = [outlet for outlet in several if outlet.says_when_it_changes]
    sent = sum(requests[outlet.number, "page"] for outlet in honest)
    revisions = sum(verdict.revisions.get(outlet.source_id, 0) for outlet in honest)
    articles = verdict.caught or 1
    return {
        **verdict.shares(),
        "published": verdict.published,
        "missed": verdict.missed[:20],
        "corrections": verdict.corrections,
        "unseen": verdict.unseen[:20],
        "deletions": verdict.deletions,
        "copies": verdict.copies,
        "revisions": sum(verdict.revisions.values()),
        "requests": by_kind,
        "pages_sent_per_revision": round(sent / max(revisions, 1), 3),
        "page_requests_per_article": round((by_kind["page"] + by_kind["unchanged"] + by_kind["other"]) / articles, 3),
        "requests_of_an_unchanged_run": _by_kind(again),
        "pages_sent_to_an_unchanged_run": sum(again[outlet.number, "page"] for outlet in honest),
        "incidents": verdict.incidents,
        "false_alarms": verdict.false_alarms,
    }


def _by_kind(requests: Counter[tuple[int, str]]) -> dict[str, int]:
    counts = dict.fromkeys(("robots", "discovery", "page", "unchanged", "other"), 0)
    for (_, kind), count in requests.items():
        counts[kind] += count
    return counts


def shortfalls(summary: dict[str, Any]) -> Iterator[str]:
    """What is short of its bound, in words."""
    for name, least in _LEAST.items():
        if summary[name] < least:
            yield f"{name} is {summary[name]}, less than {least}"
    if summary["pages_sent_per_revision"] > _MOST_REQUESTS:
        yield f"{summary['pages_sent_per_revision']} pages were sent for each revision, more than {_MOST_REQUESTS}"
    yield from (f"{name} was missed" for name, told in summary["incidents"].items() if told == "missed")
    allowed = max(1, summary["days"] // _MONTH)
    if len(summary["false_alarms"]) > allowed:
        yield f"{len(summary['false_alarms'])} false alarms, more than {allowed}"
    if summary["stored_by_the_unchanged_run"]:
        yield f"an unchanged run stored {summary['stored_by_the_unchanged_run']} revision(s)"
    if summary["pages_sent_to_an_unchanged_run"]:
        yield f"{summary['pages_sent_to_an_unchanged_run']} page(s) that had not changed were sent whole once more"
    yield from summary["verify"]
    yield from summary["failed_runs"]


@contextmanager
def _reactor() -> Iterator[Any]:
    """Scrapy's reactor, in a process whose workers must not load this module."""
    sys.modules["__main__"].__spec__ = find_spec("scrapy.__main__")
    asyncioreactor.install()  # type: ignore[no-untyped-call]
    from twisted.internet import reactor

    configure_logging({"LOG_INSTALL_ROOT_HANDLER": False})
    yield reactor


def _run(work: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    done: list[Any] = []
    with _reactor() as reactor:

        def end(result: Any) -> None:
            done.append(result)
            reactor.stop()

        reactor.callWhenRunning(lambda: deferred_from_coro(work).addBoth(end))
        reactor.run()
    (result,) = done
    if isinstance(result, Failure):
        result.raiseException()
    summary: dict[str, Any] = result
    return summary


def main() -> None:
    """Live through the days, write the summary, and say what is short."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--outlets", type=int, default=30)
    parser.add_argument("--command-every", type=int, default=8, metavar="RUNS")
    parser.add_argument("--output", type=Path, default=ROOT / "output" / "world")
    given = parser.parse_args()
    console = Console(stderr=True)
    summary = _run(live(given.days, given.outlets, given.command_every, given.output.absolute(), console))
    summary["short"] = list(shortfalls(summary))
    file = given.output / "summary.json"
    file.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    console.print_json(data=summary)
    console.print(f"Summary: {file}")
    sys.exit(1 if summary["short"] else 0)


if __name__ == "__main__":
    main()
