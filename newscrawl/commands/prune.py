"""`scrapy prune`: removes old WARCs, with the database knowing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import timedelta

from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.archive.files import WARC, Names
from newscrawl.archive.listing import State, listing
from newscrawl.archive.location import Location, location_of
from newscrawl.archive.pruning import remove
from newscrawl.clock import Clock
from newscrawl.configuration import Configuration
from newscrawl.exceptions import NewscrawlError, StoreBusy
from newscrawl.storage import alive, checks, pruning, runs, underway
from newscrawl.storage.database import Database
from newscrawl.storage.pruning import Going

_LOCK = "scrapy prune"


class Command(ScrapyCommand):
    """Exit code 1 when it cannot be done: a run is under way, a file cannot be removed, a setting is wrong."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def short_desc(self) -> str:
        return "Show which old WARCs would go, and what with them (--older-than DAYS); remove them (--apply)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--older-than", metavar="DAYS", type=float, help="WARCs whose last capture is older")
        parser.add_argument("--apply", action="store_true", help="remove them; without it nothing is changed")
        parser.add_argument(
            "--repeated-too", action="store_true", help="also those whose payloads later WARCs repeat, and then lose"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args or opts.older_than is None or not 0 < opts.older_than < 100_000:
            raise UsageError("name an age: --older-than DAYS", print_help=False)
        assert self.settings is not None
        try:
            configuration = Configuration.read(self.settings)
            location = location_of(configuration)
            database = Database.existing(configuration.database_url)
            try:
                self._prune(database, location, configuration.clock, opts)
            finally:
                database.close()
        except (NewscrawlError, OSError) as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            self.exitcode = 1

    def _prune(self, database: Database, location: Location, clock: Clock, opts: argparse.Namespace) -> None:
        before = clock() - timedelta(days=opts.older_than)
        if not opts.apply:
            with database.telling(), database.reading() as session:
                going, kept = pruning.chosen(session, _closed(location), before, repeated_too=opts.repeated_too)
                left = pruning.unfinished(session)
            _show(going, kept)
            if left:
                print(f"{len(left)} WARC(s) of an earlier prune are not wholly removed yet; --apply does it.")
            print("Nothing was changed; --apply removes what would go.")
            return
        # On SQLite the lock keeps crawls out; on PostgreSQL no run may live when it is decided.
        with database.telling(), runs.RunLock(database, _LOCK, now=clock()):
            with database.session() as session:
                if database.path is None:
                    underway.alone_to_begin(session)
                    _require_no_run(database)
                going, kept = pruning.chosen(session, _closed(location), before, repeated_too=opts.repeated_too)
                pruning.decide(session, going, clock())
            _show(going, kept)
            with database.reading() as session:
                left = pruning.unfinished(session)
            for warc, pruned_at in left.items():
                remove(location, warc, pruned_at)
                with database.session() as session:
                    pruning.finish(session, warc)
        print(f"{len(left)} WARC(s) removed. An index that `scrapy archive --index` has merged is to be made again.")


def _require_no_run(database: Database) -> None:
    with database.reading() as session:
        called = checks.running(session)
    living = set(called) - set(alive.dead(database, called))
    if living:
        raise StoreBusy(f"a run ({', '.join(sorted(living))}) is crawling into {database}; wait until it ends")


def _closed(location: Location) -> dict[str, int]:
    """Bytes of each WARC that is closed and entered."""
    return {
        one.warc: one.bytes
        for one in listing(location)
        if one.state in (State.CLOSED, State.STORED)
        and not Names(location.folder, one.warc.removesuffix(WARC)).journal.exists()
    }


def _show(going: Sequence[Going], kept: Sequence[Going]) -> None:
    if not going and not kept:
        print("No WARC is so old.")
        return
    table = Table("WARC", "what", "size", "captures", "last", "revisions without bytes", "repeated elsewhere")
    for what, several in (("goes", going), ("kept: repeated", kept)):
        for one in several:
            cells = (decimal(one.bytes), str(one.captures), one.last.date().isoformat(), str(one.revisions))
            table.add_row(one.warc, what, *cells, str(one.repeated))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    print(
        f"{len(going)} WARC(s) go, {decimal(sum(one.bytes for one in going))}, {sum(one.captures for one in going)} "
        f"capture(s), the bytes of {sum(one.revisions for one in going)} revision(s)"
    )
    if lost := sum(one.repeated for one in going):
        print(f"with them goes what {lost} answer(s) of WARCs that stay repeat")
    if kept:
        print(f"{len(kept)} WARC(s) are kept, since WARCs that stay repeat what they hold; --repeated-too removes them")
