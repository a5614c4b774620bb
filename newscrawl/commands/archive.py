"""`scrapy archive`: lists the WARCs, merges their indexes, packages them, moves them to the store."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from rich.console import Console
from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column, Table
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl import __version__
from newscrawl.archive.files import INDEX, MERGED
from newscrawl.archive.index import merge_archive
from newscrawl.archive.listing import Listed, State, listing
from newscrawl.archive.location import Location, location_of
from newscrawl.archive.moving import move_closed, waiting
from newscrawl.archive.wacz import ListedPage, package
from newscrawl.configuration import Configuration
from newscrawl.exceptions import ArchiveError, ConfigurationError, NewscrawlError
from newscrawl.storage import holdings, retractions
from newscrawl.storage.database import Database
from newscrawl.storage.holdings import Held, Selection, StoredPage
from newscrawl.urls import url_key

_WACZ = ".wacz"


class Command(ScrapyCommand):
    """Exit code 1 when it cannot be done: nothing is archived, or a setting, the folder, store or database is wrong."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def short_desc(self) -> str:
        return "List the WARCs, merge their indexes (--index), package them (--wacz FILE), move them (--move)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="list as JSON, an object a line")
        parser.add_argument(
            "--index", nargs="?", const="", metavar="FILE.cdxj", help="merge every index into one (archive/index.cdxj)"
        )
        parser.add_argument("--wacz", metavar="FILE.wacz", help="package WARCs, index and pages for a browser")
        parser.add_argument("--move", action="store_true", help="move closed WARCs to NEWSCRAWL_ARCHIVE_STORE now")
        chosen = parser.add_argument_group("pages of the package")
        chosen.add_argument("--source", metavar="ID", help="those of one source")
        chosen.add_argument("--since", metavar="DAY", type=since, help="captured on this day (UTC) or later")
        chosen.add_argument("--until", metavar="DAY", type=until, help="captured on this day (UTC) or earlier")
        chosen.add_argument("--text", action="store_true", help="with their text, for full-text search")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError(f"unknown argument {' '.join(args)}")
        if (opts.index is not None) + bool(opts.wacz) + bool(opts.move) + bool(opts.json) > 1:
            raise UsageError("name one of --index, --wacz, --move and --json", print_help=False)
        if not opts.wacz and (opts.source or opts.since or opts.until or opts.text):
            raise UsageError("--source, --since, --until and --text belong to --wacz FILE", print_help=False)
        assert self.settings is not None
        try:
            configuration = Configuration.read(self.settings)
            location = location_of(configuration)
            if opts.index is not None:
                target = _target(opts.index or location.folder / MERGED, INDEX, location)
                _index(location, target, left_out(configuration))
            elif opts.wacz:
                selection = Selection(source_id=opts.source, since=opts.since, until=opts.until)
                _wacz(configuration, location, _target(opts.wacz, _WACZ, location), selection, with_text=opts.text)
            elif opts.move:
                _move(location)
            else:
                _list(configuration, location, as_json=opts.json)
        except (NewscrawlError, OSError) as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            self.exitcode = 1


def left_out(configuration: Configuration) -> Collection[str]:
    """The `url_key`s that neither merged index nor package may name. Their bytes stay in the WARCs."""
    return retractions.of_database(configuration.database_url)


def _list(configuration: Configuration, location: Location, *, as_json: bool) -> None:
    held = _held(configuration)
    found = listing(location)
    if as_json:
        for one in found:
            print(json.dumps(_line(one, held.get(one.warc))))
        return
    if not found:
        print(f"nothing is archived in {location}", file=sys.stderr)
        return
    table = Table(Column("WARC", overflow="fold"), "state", "size", "captures", "first", "last")
    for one in found:
        line = _line(one, held.get(one.warc))
        moments = (str(line[name])[:16].replace("T", " ") if line[name] else "–" for name in ("first", "last"))
        captures = "–" if line["captures"] is None else f"{line['captures']:,}"
        table.add_row(one.warc, one.state, decimal(one.bytes), captures, *moments)
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    total = sum(held[one.warc].captures for one in found if one.warc in held)
    print(f"{_many(len(found), 'WARC')}, {decimal(sum(one.bytes for one in found))}, {_many(total, 'capture')}")
    if any(one.state is State.LEFT_OPEN for one in found):
        print("What is left open is closed by the next crawl.")


def _line(one: Listed, held: Held | None) -> dict[str, object]:
    return {
        "warc": one.warc,
        "state": one.state,
        "bytes": one.bytes,
        "captures": held.captures if held else None,
        "first": held.first.isoformat() if held else None,
        "last": held.last.isoformat() if held else None,
    }


def _index(location: Location, target: Path, hidden: Collection[str]) -> None:
    warcs = _closed(location)
    target.parent.mkdir(exist_ok=True)
    with _bar("merging", None):
        merge_archive(location, warcs, target, hidden)
    print(f"{target}: the index of {_many(len(warcs), 'WARC')}")


def _wacz(
    configuration: Configuration, location: Location, target: Path, selection: Selection, *, with_text: bool
) -> None:
    sizes = {one.warc: one.bytes for one in listing(location) if one.state in (State.CLOSED, State.STORED)}
    closed = _closed(location)
    hidden = left_out(configuration)
    database = Database.existing(configuration.database_url)
    try:
        with database.telling(), database.reading() as session:
            needed = holdings.warcs_of(session, selection)
            warcs = set(closed) if selection == Selection() else needed & set(closed)
            if not needed and not warcs:
                raise ConfigurationError("no stored page is of that source and time; ask for others")
            if not warcs:
                raise ArchiveError(f"no WARC of those pages is closed and here: {_some(needed)}; bring them back")
            listed = _Pages(holdings.pages(session, selection), warcs, hidden, with_text=with_text)
            with _bar("packaging", sum(sizes.get(warc, 0) for warc in warcs)) as bar:
                package(
                    target,
                    location,
                    warcs,
                    listed,
                    created=configuration.clock(),
                    software=f"newscrawl {__version__}",
                    left_out=hidden,
                    progress=lambda size: bar.advance(bar.task_ids[0], size),
                )
    finally:
        database.close()
    print(f"{target}: {_many(len(warcs), 'WARC')}, {_many(listed.count, 'page')}, {decimal(target.stat().st_size)}")
    if listed.absent:
        why = f"whose WARC is still written, or not here: {_some(needed - warcs)}"
        print(f"left out: {_many(listed.absent, 'page')} {why}", file=sys.stderr)


class _Pages:
    """The pages of the package, and how many there were once they were taken."""

    def __init__(
        self, stored: Iterator[StoredPage], warcs: AbstractSet[str], hidden: Collection[str], *, with_text: bool
    ) -> None:
        self.count = 0
        self.absent = 0
        self._stored = stored
        self._warcs = warcs
        self._hidden = hidden
        self._with_text = with_text

    def __iter__(self) -> Iterator[ListedPage]:
        for page in self._stored:
            if page.url_key in self._hidden or url_key(page.url) in self._hidden:
                continue
            if not {page.warc, page.original_warc or page.warc} <= self._warcs:
                self.absent += 1
                continue
            self.count += 1
            text = page.body if self._with_text else None
            yield ListedPage(url=page.url, date=page.captured_at, title=page.headline, text=text)


def _move(location: Location) -> None:
    if location.store is None:
        raise ConfigurationError("there is no store to move to; name one in NEWSCRAWL_ARCHIVE_STORE")
    location.store.require_usable()
    moved = 0
    sizes = {one.warc: one.bytes for one in listing(location)}
    with _bar("moving", sum(sizes.get(names.warc.name, 0) for names in waiting(location))) as bar:
        for names in move_closed(location):
            moved += 1
            bar.advance(bar.task_ids[0], sizes.get(names.warc.name, 0))
    print(f"{_many(moved, 'WARC')} moved to {location.store.url}")


def _closed(location: Location) -> list[str]:
    closed = location.closed()
    if not closed:
        raise ArchiveError(
            f"no closed WARC is in {location}; crawl first, or name another folder with -s NEWSCRAWL_OUTPUT=..."
        )
    return closed


def _held(configuration: Configuration) -> dict[str, Held]:
    try:
        database = Database.existing(configuration.database_url)
    except ConfigurationError:
        # WARCs of which no database knows are listed too.
        return {}
    try:
        with database.telling(), database.reading() as session:
            return holdings.by_warc(session)
    finally:
        database.close()


def _target(name: str | Path, suffix: str, location: Location) -> Path:
    """Where to write. What is there is replaced, but nothing that may be the archive's own."""
    target = Path(name)
    if target.suffix != suffix:
        raise UsageError(f"{target} does not end in {suffix}; name a file that does", print_help=False)
    if target.is_dir() or (not target.parent.is_dir() and target.parent != location.folder):
        raise UsageError(f"{target} cannot be written: name a file in a folder that exists", print_help=False)
    if target.parent.resolve() == location.folder.resolve() and location.holds(target.stem + ".warc.gz"):
        raise UsageError(f"{target} is the index of one WARC; name another file", print_help=False)
    return target


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Progress]:
    console = Console(stderr=True)
    counted = (BarColumn(), DownloadColumn(), TimeRemainingColumn()) if total is not None else (TimeElapsedColumn(),)
    with Progress(
        SpinnerColumn(), TextColumn(what), *counted, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        bar.add_task(what, total=total)
        yield bar


def _some(names: AbstractSet[str]) -> str:
    return ", ".join(sorted(names)[:3]) + (" ..." if len(names) > 3 else "")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def since(text: str) -> datetime:
    """The beginning of a day (UTC), or an instant with its offset. Raises argparse.ArgumentTypeError for others."""
    return _instant(text, timedelta(0))


def until(text: str) -> datetime:
    """The same with the end of the day."""
    return _instant(text, timedelta(days=1))


def _instant(text: str, end_of_day: timedelta) -> datetime:
    """A day (UTC) or an instant with its offset."""
    try:
        if len(text) == len("2026-01-31"):
            return datetime.combine(date.fromisoformat(text), time(tzinfo=UTC)) + end_of_day
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no day such as 2026-01-31, and no instant") from error
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} states no offset; write one, such as {text}+00:00")
    return instant
