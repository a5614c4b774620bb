"""`scrapy export`: the stored articles as files for others: records, a graph, a feed."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.commands.archive import since, until
from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError, NewscrawlError
from newscrawl.exporting import csv, graph, jsonl, syndication
from newscrawl.exporting.formats import FEEDS, RECORDS, Format, format_of, graph_format
from newscrawl.exporting.output import STANDARD_OUTPUT, opened, replacing, require_writable
from newscrawl.items import Article, OptOutSignal
from newscrawl.storage import exports
from newscrawl.storage import graph as stored_graph
from newscrawl.storage.database import Database, Session
from newscrawl.storage.exports import Selection
from newscrawl.text.language import primary_language

T = TypeVar("T")

_CLOSED_PIPE = 141
"""What a shell says of a program that SIGPIPE ended."""


class Command(ScrapyCommand):
    """Exit code 1 when it cannot be done, or was interrupted: then nothing is written, and the file that was there
    stays; 2 for a wrong command line; 141 when whoever read the standard output closed it."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def short_desc(self) -> str:
        return "Write the stored articles as JSONL, CSV, Parquet, Atom or RSS, or their links as a graph"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FILE", help="where to; - is standard output, and the default")
        parser.add_argument(
            "--format", metavar="FORMAT", help=f"{', '.join((*RECORDS, *FEEDS))}; else the file's ending tells it"
        )
        parser.add_argument("--graph", metavar="FILE", help="the graph of related links: .graphml, or .parquet for two")
        parser.add_argument("--without-body", action="store_true", help="leave body and blocks out")
        parser.add_argument("--excel", action="store_true", help="CSV that Excel opens as UTF-8")
        chosen = parser.add_argument_group("articles")
        chosen.add_argument("--source", metavar="ID", nargs="+", default=[], help="those of these sources")
        chosen.add_argument("--since", metavar="DAY", help="published (else first fetched) on this day (UTC) or later")
        chosen.add_argument("--until", metavar="DAY", help="the same on this day (UTC) or earlier")
        chosen.add_argument("--run", metavar="RUN", nargs="+", default=[], help="of which these runs stored a revision")
        chosen.add_argument("--since-run", metavar="RUN", help="stored or changed since this run began")
        chosen.add_argument("--language", metavar="TAG", help="those in this language, such as ar")
        chosen.add_argument(
            "--without-opt-outs",
            metavar="SIGNAL",
            nargs="*",
            help=f"none whose page gives one of these signals ({', '.join(OptOutSignal)}); without a name, any of them",
        )
        chosen.add_argument(
            "--revisions", choices=("current", "all"), default="current", help="as read now, or every revision"
        )
        feed = parser.add_argument_group("Atom and RSS")
        feed.add_argument("--limit", metavar="N", type=int, help="at most so many entries (100)")
        feed.add_argument("--changes", action="store_true", help="of later revisions, and not of new articles")
        feed.add_argument("--feed-url", metavar="URL", help="where the feed will be found")
        feed.add_argument("--with-body", action="store_true", help="with the whole body, and not the description alone")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError(f"unknown argument {' '.join(args)}")
        assert self.settings is not None
        try:
            configuration = Configuration.read(self.settings)
            work = _graph(opts) if opts.graph else _feed(opts, configuration) if _is_feed(opts) else _records(opts)
            selection = _selection(opts)
            database = Database.existing(configuration.database_url)
            try:
                with exports.snapshot(database) as session:
                    exports.require_known(session, selection)
                    told = work(session, selection)
            finally:
                database.close()
        except NewscrawlError as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            self.exitcode = 1
        except OSError as error:
            place = opts.graph or opts.output or STANDARD_OUTPUT
            if place == STANDARD_OUTPUT:
                # Python flushes it once more at its end, and would fail once more.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if isinstance(error, BrokenPipeError):
                self.exitcode = _CLOSED_PIPE
                return
            what = "standard output" if place == STANDARD_OUTPUT else place
            why = error.strerror or error
            print(f"newscrawl: {what} cannot be written: {why}; make room, or name another place", file=sys.stderr)
            self.exitcode = 1
        except KeyboardInterrupt:
            print("newscrawl: interrupted; nothing was written", file=sys.stderr)
            self.exitcode = 1
        else:
            if told:
                print(told)


Work = Callable[[Session, Selection], str | None]
"""Writes what is chosen, and says what to tell of it."""


def _records(opts: argparse.Namespace) -> Work:
    _refuse(opts, ("limit", "changes", "feed_url", "with_body"), "belong to --format atom or rss")
    name, form = _place(opts)
    if opts.excel and form is not Format.CSV:
        raise UsageError("--excel belongs to --format csv", print_help=False)
    write = _writer(form, for_excel=opts.excel)

    def work(session: Session, selection: Selection) -> str | None:
        with_body = not opts.without_body
        # Closed before the database is, also when something goes wrong.
        with (
            closing(exports.articles(session, selection, with_body=with_body)) as chosen,
            opened(name) as file,
            _bar() as bar,
        ):
            count = write(file, bar(chosen), with_body=with_body)
        return _told(name, count, "revision" if selection.all_revisions else "article")

    return work


def _writer(form: Format, *, for_excel: bool) -> Callable[..., int]:
    if form is Format.PARQUET:
        # Here: it takes a while to load, and need not be installed.
        from newscrawl.exporting import parquet

        return parquet.write
    if form is Format.JSONL:
        return jsonl.write

    def write_csv(file: BinaryIO, articles: Iterable[Article], *, with_body: bool) -> int:
        return csv.write(file, articles, with_body=with_body, for_excel=for_excel)

    return write_csv


def _is_feed(opts: argparse.Namespace) -> bool:
    name = None if opts.output == STANDARD_OUTPUT else opts.output
    return format_of(opts.format, name) in FEEDS


def _feed(opts: argparse.Namespace, configuration: Configuration) -> Work:
    _refuse(opts, ("without_body", "excel"), "do not belong to a feed")
    if opts.revisions != "current":
        raise UsageError("a feed of revisions is made with --changes", print_help=False)
    name, form = _place(opts)
    limit = 100 if opts.limit is None else opts.limit
    if limit < 1:
        raise ConfigurationError(f"--limit {limit}: a feed has one entry or more")
    what = "Changed articles" if opts.changes else "New articles"
    filters = [*opts.source, *([opts.language] if opts.language else [])]
    channel = syndication.Channel(
        title=f"{what}: {', '.join(filters)}" if filters else what,
        name=" ".join([what, *sorted(filters)]),
        changes=opts.changes,
        url=opts.feed_url,
        with_body=opts.with_body,
        now=configuration.clock(),
    )

    def work(session: Session, selection: Selection) -> str | None:
        if opts.changes:
            articles = exports.changes(session, selection, limit)
        else:
            articles = exports.newest(session, selection, limit)
        write = syndication.write_atom if form is Format.ATOM else syndication.write_rss
        with opened(name) as file:
            count = write(file, channel, articles)
        return _told(name, count, "entry")

    return work


def _graph(opts: argparse.Namespace) -> Work:
    others = ("output", "format", "without_body", "excel", "limit", "changes", "feed_url", "with_body")
    _refuse(opts, others, "do not go with --graph FILE")
    if opts.revisions != "current":
        raise UsageError("a graph is of the links as read now: leave --revisions out", print_help=False)
    target, form = Path(opts.graph), graph_format(opts.graph)
    if form is Format.PARQUET:
        # Here, so that it is missed before anything is done.
        from newscrawl.exporting import parquet  # noqa: F401

    def work(session: Session, selection: Selection) -> str | None:
        with (
            closing(stored_graph.nodes(session, selection)) as nodes,
            closing(stored_graph.edges(session, selection)) as edges,
        ):
            if form is Format.PARQUET:
                names = " and ".join(map(str, graph.names_of_parquet(target)))
                counts = graph.write_parquet(target, nodes, edges)
            else:
                names = str(target)
                with replacing(target) as file:
                    counts = graph.write_graphml(file, nodes, edges)
        return f"{names}: {counts[0]:,} node(s), {counts[1]:,} edge(s)"

    return work


def _selection(opts: argparse.Namespace) -> Selection:
    language = primary_language(opts.language)
    if opts.language is not None and language is None:
        raise ConfigurationError(f"{opts.language!r} is no language; write a tag such as ar")
    begin, end = _moment(since, opts.since), _moment(until, opts.until)
    if begin is not None and end is not None and begin >= end:
        raise ConfigurationError(f"--until {opts.until} is before --since {opts.since}")
    return Selection(
        sources=opts.source,
        since=begin,
        until=end,
        runs=opts.run,
        since_run=opts.since_run,
        language=language,
        without_signals=_signals(opts.without_opt_outs),
        all_revisions=opts.revisions == "all",
    )


def _signals(names: Sequence[str] | None) -> Collection[OptOutSignal]:
    """None where nothing was asked, all of them where none is named."""
    if names is None:
        return ()
    unknown = sorted(set(names) - set(OptOutSignal))
    if unknown:
        raise ConfigurationError(
            f"--without-opt-outs: {unknown[0]!r} is no signal; name some of {', '.join(OptOutSignal)}"
        )
    return [OptOutSignal(name) for name in names] or list(OptOutSignal)


def _moment(read: Callable[[str], datetime], text: str | None) -> datetime | None:
    try:
        return None if text is None else read(text)
    except argparse.ArgumentTypeError as error:
        raise ConfigurationError(f"{error}; write a day such as 2026-01-31") from error


def _place(opts: argparse.Namespace) -> tuple[str, Format]:
    """Where the export goes, and in which format. Raises ConfigurationError for a place that takes none."""
    name = opts.output or STANDARD_OUTPUT
    is_file = name != STANDARD_OUTPUT
    form = format_of(opts.format, name if is_file else None)
    if is_file:
        require_writable(Path(name))
    elif form is Format.PARQUET and sys.stdout.isatty():
        raise ConfigurationError("Parquet is not for a terminal; name a file with --output, or send it through a pipe")
    return name, form


def _refuse(opts: argparse.Namespace, names: Iterable[str], why: str) -> None:
    given = [f"--{name.replace('_', '-')}" for name in names if getattr(opts, name)]
    if given:
        raise UsageError(f"{', '.join(given)}: {why}", print_help=False)


@contextmanager
def _bar() -> Iterator[Callable[[Iterable[T]], Iterable[T]]]:
    console = Console(stderr=True)
    counted = (SpinnerColumn(), TextColumn("exporting {task.completed:,.0f}"), TimeElapsedColumn())
    with Progress(*counted, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield bar.track


def _told(name: str, count: int, what: str) -> str | None:
    """The last line, for a file; standard output holds the export alone."""
    several = what.removesuffix("y") + "ies" if what.endswith("y") else what + "s"
    return None if name == STANDARD_OUTPUT else f"{name}: {count:,} {what if count == 1 else several}"
