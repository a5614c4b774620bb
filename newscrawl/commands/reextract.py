"""`scrapy reextract`: reads the archive again with the current extractor, and tells what that changes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.archive.answers import warcs_below
from newscrawl.commands.archive import since, until
from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError, NewscrawlError
from newscrawl.extensions.feed import write_feed
from newscrawl.rereading.everything import reextract
from newscrawl.rereading.foreign import Held, look_into
from newscrawl.rereading.report import Change, Report, SourceReport, as_json
from newscrawl.rereading.taking_in import SPIDER, take_in
from newscrawl.storage import runs
from newscrawl.storage.database import Database, is_missing
from newscrawl.storage.rereading import Chosen
from newscrawl.urls import is_http, url_key

_LOCK = "scrapy reextract"


class Command(ScrapyCommand):
    """Exit code 0 when every chosen page was read again, 1 when some were not or it could not be done at all, 2 for a
    wrong command line."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def short_desc(self) -> str:
        return "Read the archive again with the current extractor; show what changes, store it with --apply"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--apply", action="store_true", help="store what was read; without it nothing is written")
        parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
        parser.add_argument(
            "--warc",
            metavar="PATH",
            nargs="+",
            type=Path,
            help="look into these WARCs, and those in these folders, of whomever; with --apply store what no run has "
            "told of",
        )
        chosen = parser.add_argument_group("pages")
        chosen.add_argument("--source", metavar="ID", help="those of one source")
        chosen.add_argument("--since", metavar="DAY", type=since, help="fetched on this day (UTC) or later")
        chosen.add_argument("--until", metavar="DAY", type=until, help="fetched on this day (UTC) or earlier")
        chosen.add_argument("--url", metavar="URL", help="those of one article, by any spelling of its address")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError(f"unknown argument {' '.join(args)}; name pages with --source, --since, --until or --url")
        if opts.url is not None and not is_http(opts.url):
            raise UsageError(f"{opts.url} is no absolute http(s) URL", print_help=False)
        assert self.settings is not None
        chosen = Chosen(
            source_id=opts.source, since=opts.since, until=opts.until, url_key=url_key(opts.url) if opts.url else None
        )
        if opts.warc:
            self._look_into(opts.warc, chosen, opts)
        else:
            self._reread(chosen, opts)

    def _reread(self, chosen: Chosen, opts: argparse.Namespace) -> None:
        assert self.settings is not None
        report, told = Report(), True
        try:
            configuration = Configuration.read(self.settings)
            with _database(configuration, apply=opts.apply) as database, _bar() as bar:
                task = bar.task_ids[0]
                reextract(
                    database,
                    configuration,
                    chosen,
                    apply=opts.apply,
                    began=lambda total: bar.update(task, total=total),
                    progress=lambda: bar.advance(task),
                    report=report,
                )
        except NewscrawlError as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            told = report.pages > 0
            self.exitcode = 1
        except KeyboardInterrupt:
            print("newscrawl: interrupted; what was stored is kept, run it again for the rest", file=sys.stderr)
            self.exitcode = 1
        if told:
            if opts.json:
                print(json.dumps(as_json(report, applied=opts.apply), ensure_ascii=False))
            else:
                _tell(report, applied=opts.apply)
        self._name_failures(report)

    def _look_into(self, paths: list[Path], chosen: Chosen, opts: argparse.Namespace) -> None:
        assert self.settings is not None
        held, told = Held(), True
        try:
            files = list(_warcs(paths))
            configuration = Configuration.read(self.settings)
            with ExitStack() as stack:
                database = None
                if opts.apply or not is_missing(configuration.database_url):
                    database = Database(configuration.database_url)
                    stack.callback(database.close)
                bar = stack.enter_context(_bar())
                task = bar.task_ids[0]
                bar.update(task, total=len(files))

                def progress(_: Path) -> None:
                    bar.advance(task)

                if opts.apply:
                    assert database is not None
                    run_id = take_in(files, database, configuration, chosen, held=held, progress=progress)
                    _write_feed(database, configuration, run_id)
                else:
                    look_into(files, database, configuration, chosen, held=held, progress=progress)
        except (NewscrawlError, OSError) as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            told = bool(held.answers)
            self.exitcode = 1
        except KeyboardInterrupt:
            print("newscrawl: interrupted; what was stored is kept, run it again for the rest", file=sys.stderr)
            self.exitcode = 1
        if told and opts.json:
            print(json.dumps(held.as_json(), ensure_ascii=False))
        elif told:
            _tell_held(held)
        for broken in held.broken:
            print(f"not read to its end: {broken}", file=sys.stderr)
        self._name_failures(held.report)
        if held.broken:
            self.exitcode = 1

    def _name_failures(self, report: Report) -> None:
        for failure in report.failures:
            revision = f" (revision {failure.revision})" if failure.revision is not None else ""
            print(f"not read: {failure.url}{revision}: {failure.reason}", file=sys.stderr)
        if report.failures:
            self.exitcode = 1


def _warcs(paths: list[Path]) -> Iterator[Path]:
    """The WARCs, and those in the folders, also what a run that died was still writing. Raises ConfigurationError for a
    folder that has none."""
    for path in paths:
        if not path.is_dir():
            yield path
        elif below := warcs_below(path):
            yield from below
        else:
            raise ConfigurationError(f"there is no WARC in {path}; name WARCs, or the folder that has them")


@contextmanager
def _database(configuration: Configuration, *, apply: bool) -> Iterator[Database]:
    """The database; where something is to be written, with the lock that on SQLite keeps crawls out, and that a crawl
    there holds: then StoreBusy is raised."""
    database = Database.existing(configuration.database_url)
    with ExitStack() as stack:
        stack.callback(database.close)
        if apply:
            stack.enter_context(database.telling())
            stack.enter_context(runs.RunLock(database, _LOCK))
        yield database


def _write_feed(database: Database, configuration: Configuration, run_id: str) -> None:
    path = configuration.output / "feeds" / f"{SPIDER}-{run_id}.jsonl"
    with database.telling(), database.session() as session:
        lines = write_feed(session, run_id, path, wait=True)
    print(f"{lines} revision(s) stored; feed {path}", file=sys.stderr)


@contextmanager
def _bar() -> Iterator[Progress]:
    console = Console(stderr=True)
    columns = (TextColumn("reading again"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        bar.add_task("", total=None)
        yield bar


def _tell(report: Report, *, applied: bool) -> None:
    console = _console()
    for name, source in sorted(report.sources.items()):
        _tell_source(console, name or "no source", source)
    for extractor, pages in sorted(report.extractors.items()):
        console.print(f"{pages:,} read by {extractor}", markup=False)
    if report.unarchived:
        console.print(f"{report.unarchived:,} revision(s) cannot be read again: nothing of them is archived")
    stored = f"{report.stored:,} new reading(s) stored" if applied else "nothing stored; --apply does that"
    console.print(f"{report.pages:,} revision(s) read again, {len(report.failures):,} failed; {stored}")


def _tell_held(held: Held) -> None:
    console = _console()
    for name, counts in sorted(held.answers.items()):
        console.print(f"{name or 'no source'}: {counts.total():,} answer(s)", markup=False)
        for what, count in counts.most_common():
            console.print(f"    {count:,} {what}", markup=False)
    if not held.answers:
        console.print("no answer is of that choice")
    for name, source in sorted(held.report.sources.items()):
        _tell_source(console, name or "no source", source)


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 160, highlight=False, soft_wrap=True)


def _tell_source(console: Console, name: str, source: SourceReport) -> None:
    fields = {field: one for field, one in source.fields.items() if one.differs}
    if not fields:
        console.print(f"{name}: {source.pages:,} revision(s), no field differs", markup=False)
        return
    table = Table(Column("field"), *(Column(change, justify="right") for change in Change))
    for field, one in fields.items():
        table.add_row(field, *(f"{one.counts[change]:,}" for change in Change))
    console.print(f"{escape(name)}: {source.pages:,} revision(s), {len(fields)} of {len(source.fields)} fields differ")
    console.print(table)
    for field, one in fields.items():
        for example in one.examples:
            console.print(f"{field} {example.change}: {example.url}", markup=False)
            for sign, value in (("-", example.old), ("+", example.new)):
                if value is not None:
                    console.print(f"    {sign} {value}", markup=False)
