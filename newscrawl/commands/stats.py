"""`scrapy stats`: how the sources do, at the terminal."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError, StoreError
from newscrawl.health.figures import Severity
from newscrawl.health.space import days_until_full, in_bytes
from newscrawl.monitoring import prometheus
from newscrawl.monitoring.checkup import DAYS_READ, Checkup, look
from newscrawl.monitoring.report import as_document
from newscrawl.monitoring.summaries import Summary, duration, summary
from newscrawl.sources.registry import load_sources, select
from newscrawl.storage import checks, figures
from newscrawl.storage.database import Database

_DAYS = 28
_STEPS = "▁▂▃▄▅▆▇█"
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}

Run = tuple[str, datetime, datetime | None, str]


class Command(ScrapyCommand):
    """Exit code 0; 1 for a database that cannot be read, an unknown source, or a file that cannot be written."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def short_desc(self) -> str:
        return "Tell how the sources do: articles, coverage, errors, findings, trends"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--source", nargs="+", metavar="ID", help="only these sources")
        parser.add_argument("--days", type=int, default=_DAYS, metavar="N", help=f"of the last N days ({_DAYS})")
        parser.add_argument("--json", action="store_true", help="print it as one JSON object")
        parser.add_argument("--prometheus", metavar="FILE", help="write FILE for node_exporter, and print nothing")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError(f"unknown argument {' '.join(args)}; name sources with --source")
        if not 1 <= opts.days <= DAYS_READ:
            raise UsageError(f"--days {opts.days} is not a number from 1 to {DAYS_READ}", print_help=False)
        assert self.settings is not None
        try:
            self._tell(Configuration.read(self.settings), opts)
        except (ConfigurationError, StoreError, OSError) as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            self.exitcode = 1

    def _tell(self, configuration: Configuration, opts: argparse.Namespace) -> None:
        registry = load_sources(*configuration.source_folders)
        sources = select(registry, ",".join(opts.source)) if opts.source else list(registry.values())
        database = Database.existing(configuration.database_url)
        try:
            with checks.looking(database) as session:
                now = configuration.clock()
                checkup, run = look(session, sources, now), figures.last_run(session)
        finally:
            database.close()
        if opts.source:
            chosen = {source.source_id for source in sources}
            checkup = checkup.of(chosen)
        summaries = [summary(history, checkup.at, opts.days) for history in checkup.histories]
        if opts.prometheus:
            prometheus.write(Path(opts.prometheus), checkup, summaries, run and run[1])
        elif opts.json:
            print(
                json.dumps({**as_document(checkup, summaries), "last_run": _as_json(run)}, ensure_ascii=False, indent=1)
            )
        else:
            console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 180)
            for part in _told(checkup, summaries, run, is_chosen=bool(opts.source)):
                console.print(part)


def sparkline(counts: Sequence[int]) -> str:
    """A count a character: the most is a full block, none a dot."""
    most = max(counts, default=0)
    return "".join("·" if not count else _STEPS[round(count / most * (len(_STEPS) - 1))] for count in counts)


def _told(
    checkup: Checkup, summaries: Sequence[Summary], run: Run | None, *, is_chosen: bool
) -> Iterator[Text | Table]:
    yield Text(_run_told(run, checkup.at))
    asked = [one for one in summaries if one.last_asked_at is not None or is_chosen]
    if asked:
        yield _table(asked, checkup)
    if len(asked) < len(summaries):
        yield Text(f"{len(summaries) - len(asked)} source(s) have never been asked: `scrapy sources` lists all")
    if checkup.spaces:
        last, left = checkup.spaces[-1], days_until_full(checkup.spaces)
        full = f", full in {left:.0f} days as it fills now" if left is not None else ""
        yield Text(
            f"Disk: {in_bytes(last.free)} free{full}; archive {in_bytes(last.archive)}, "
            f"database {in_bytes(last.database)}"
        )
    for incident in checkup.lasting:
        finding = incident.finding
        kind = finding.kind.replace("_", " ")
        line = Text(f"{finding.source or 'disk'}: {kind} since {finding.since}", _STYLES[finding.severity])
        yield line + Text(f": {finding.figures}\n  {finding.remedy}", "not bold default")
    if not checkup.lasting:
        yield Text("No finding.")


def _table(summaries: Sequence[Summary], checkup: Checkup) -> Table:
    days = len(summaries[0].days)
    table = Table("source", "last asked", "newest")
    for heading in ("stored", "published", "authors", "dated", "related", "copies", "body", "latency", "errors"):
        table.add_column(heading, justify="right")
    table.add_column(f"articles a day, {days} days", no_wrap=True)
    table.add_column("findings", justify="right")
    found = [incident.finding.source for incident in checkup.lasting]
    for one in summaries:
        coverage = [_percent(one.coverage[name]) for name in ("authors", "published_at", "related_links")]
        table.add_row(
            one.source,
            _ago(one.last_asked_at, checkup.at) if one.last_asked_at else "never",
            str(one.newest or "·"),
            str(one.stored),
            str(sum(one.published)),
            *coverage,
            _percent(one.duplicates),
            f"{one.characters:.0f}" if one.characters else "·",
            duration(one.median_latency),
            _percent(one.errors),
            sparkline(one.published),
            str(found.count(one.source) or "·"),
        )
    return table


def _percent(share: float | None) -> str:
    return "·" if share is None else f"{share:.0%}"


def _run_told(run: Run | None, now: datetime) -> str:
    if run is None:
        return "No run yet: `scrapy crawl news`"
    run_id, begun, ended, state = run
    if state == "finished" and ended is not None:
        state = f"finished after {duration((ended - begun).total_seconds())}"
    return f"Last run {run_id}: began {_ago(begun, now)}, {state}"


def _ago(moment: datetime, now: datetime) -> str:
    """How long ago a moment is; it may lie ahead where a clock was wrong, or NEWSCRAWL_NOW set."""
    seconds = (now - moment).total_seconds()
    return f"{duration(seconds)} ago" if seconds >= 0 else f"{duration(-seconds)} ahead of the clock"


def _as_json(run: Run | None) -> dict[str, str | None] | None:
    if run is None:
        return None
    run_id, begun, ended, state = run
    return {"run": run_id, "began": begun.isoformat(), "ended": ended.isoformat() if ended else None, "state": state}
