"""`scrapy retract`: takes an article down, lists what was taken down, or lifts that."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.configuration import Configuration
from newscrawl.exceptions import NewscrawlError
from newscrawl.extensions.feed import rewrite_feed
from newscrawl.storage import captures, retractions, runs
from newscrawl.storage.database import Database, is_missing
from newscrawl.storage.retractions import Retracted, Tombstone
from newscrawl.urls import is_http, url_key

_LOCK = "scrapy retract"


class Command(ScrapyCommand):
    """Exit code 1 when it cannot be done: a wrong setting, a database or feed that cannot be written or is held by a
    crawl, no tombstone to lift."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def syntax(self) -> str:
        return '<URL> --reason "..." | --list | --undo <URL>'

    def short_desc(self) -> str:
        return "Take an article down for good, list what was taken down (--list), or lift that (--undo URL)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--reason", help="why; it stands on the tombstone")
        parser.add_argument("--list", action="store_true", help="show every tombstone")
        parser.add_argument("--undo", metavar="URL", help="lift the tombstone of this URL; its page is due again")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        reason = " ".join((opts.reason or "").split())
        if len(args) + bool(opts.list) + bool(opts.undo) != 1:
            raise UsageError("name one URL with its --reason, or --list, or --undo URL")
        if args and not reason:
            raise UsageError('say why: scrapy retract URL --reason "..."', print_help=False)
        if reason and not args:
            raise UsageError("--reason belongs to a URL that is to be retracted", print_help=False)
        url = opts.undo or (args[0] if args else None)
        if url is not None and not is_http(url):
            raise UsageError(f"{url} is no absolute http(s) URL", print_help=False)
        try:
            configuration = Configuration.read(self.settings)
            if opts.list:
                _list(configuration)
                return
            with _held(configuration) as database:
                done = _undo(database, configuration, opts.undo) if opts.undo else None
                if args:
                    done = _retract(database, configuration, args[0], reason)
                feeds = _write_feeds(database, configuration)
        except NewscrawlError as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            self.exitcode = 1
            return
        if not (done and feeds):
            self.exitcode = 1


@contextmanager
def _held(configuration: Configuration) -> Iterator[Database]:
    """The database, with the lock that on SQLite keeps crawls out. Raises StoreBusy while one runs there."""
    database = Database(configuration.database_url)
    try:
        with database.telling(), runs.RunLock(database, _LOCK):
            yield database
    finally:
        database.close()


def _list(configuration: Configuration) -> None:
    if is_missing(configuration.database_url):
        print("Nothing was retracted.")
        return
    database = Database(configuration.database_url)
    try:
        with database.telling(), database.reading() as session:
            tombstones = retractions.every(session)
    finally:
        database.close()
    for tombstone in tombstones:
        print(f"{tombstone.at:%Y-%m-%d %H:%M} UTC  {tombstone.url}\n    {_who(tombstone)}; reason: {tombstone.reason}")
        for key in tombstone.covered:
            if key != tombstone.url_key:
                print(f"    also {key}")
    if not tombstones:
        print("Nothing was retracted.")


def _retract(database: Database, configuration: Configuration, url: str, reason: str) -> bool:
    with database.session() as session:
        retracted = retractions.retract(session, url, reason=reason, now=configuration.clock())
    if retracted is None:
        with database.reading() as session:
            tombstone = retractions.of_url(session, url_key(url))
        assert tombstone is not None
        print(f"{url} was retracted on {tombstone.at:%Y-%m-%d}; reason: {tombstone.reason}")
    else:
        _tell(retracted)
        tombstone = retracted.tombstone
    _tell_of_bytes(database, tombstone)
    return True


def _undo(database: Database, configuration: Configuration, url: str) -> bool:
    with database.session() as session:
        tombstone = retractions.undo(session, url, now=configuration.clock())
    if tombstone is None:
        print(f"newscrawl: {url} is not retracted; `scrapy retract --list` shows what is", file=sys.stderr)
        return False
    print(f"{tombstone.url} may be stored again, and is due. What was stored of it is gone; the next crawl fetches it.")
    return True


def _write_feeds(database: Database, configuration: Configuration) -> bool:
    """Write again the feeds from which something was retracted, those too that a killed command left."""
    with database.reading() as session:
        stale = runs.with_stale_feed(session)
    for run_id, name in stale:
        path = configuration.output / "feeds" / name
        try:
            with database.session() as session:
                lines = rewrite_feed(session, run_id, path)
        except OSError as error:
            print(
                f"newscrawl: feed {path} still holds what was retracted: {error}; mend that, and run this again",
                file=sys.stderr,
            )
            return False
        if lines is not None:
            print(f"Taken out of feed {path}, which has {lines} line(s) now.")
        elif not path.exists():
            print(f"Feed {path} is not there: whoever took it has what was retracted in it.")
    return True


def _tell(retracted: Retracted) -> None:
    tombstone = retracted.tombstone
    if retracted.revisions:
        print(f"{tombstone.url} is retracted: {_who(tombstone)}, {retracted.revisions} revision(s) removed.")
    else:
        print(f"{tombstone.url} is retracted. No article of it was stored; none will be.")
    for key in tombstone.covered:
        if key != tombstone.url_key:
            print(f"It covers {key} too.")
    for key in retracted.copies:
        print(f"{key} holds the same text or stood behind one of its addresses, and stays: retract it too if need be.")


def _tell_of_bytes(database: Database, tombstone: Tombstone) -> None:
    with database.reading() as session:
        archived = captures.of_urls(session, {tombstone.url_key, *tombstone.covered})
    if not archived:
        return
    print("Its bytes stay in the archive, for a closed WARC never changes; whoever must destroy them finds them here:")
    for one in archived:
        place = f"{one.capture.warc} at byte {one.capture.offset}, {one.capture.length} bytes long"
        repeats = f", repeats {one.refers_to}" if one.refers_to else ""
        print(f"    {place} ({one.captured_at:%Y-%m-%d %H:%M} UTC, {one.url}{repeats})")


def _who(tombstone: Tombstone) -> str:
    of_source = f" of {tombstone.source}" if tombstone.source else ""
    return f"article {tombstone.public_id}{of_source}"
