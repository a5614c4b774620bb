"""`scrapy verify`: whether database, archive and feeds agree."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.archive.location import location_of
from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError, StoreError
from newscrawl.storage.database import Database
from newscrawl.verifying import Finding, Looked, verify
from newscrawl.verifying.everything import size_of


class Command(ScrapyCommand):
    """Exit code 0 when all agrees, 1 when something does not, 2 for a wrong command line or setting."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def short_desc(self) -> str:
        return "Check that database, WARC files and feeds agree; tell what does not, and what to do"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print a JSON object a finding, a line each")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError(f"unknown argument {' '.join(args)}")
        assert self.settings is not None
        looked, found = Looked(), 0
        console = Console(stderr=True)
        columns = (TextColumn("verifying"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        bar = Progress(
            *columns, console=console, transient=True, redirect_stdout=False, disable=not console.is_terminal
        )

        def tell(finding: Finding) -> None:
            line = _as_json(finding) if opts.json else str(finding)
            if console.is_terminal and sys.stdout.isatty():
                # Above the bar, which would else be drawn over it.
                console.print(line, soft_wrap=True, markup=False, highlight=False)
            else:
                print(line, flush=True)

        try:
            configuration = Configuration.read(self.settings)
            database = Database.existing(configuration.database_url)
        except ConfigurationError as error:
            raise UsageError(str(error), print_help=False) from error
        except StoreError as error:
            tell(Finding("database", "database", str(error), "then verify again"))
            self.exitcode = 1
            return
        archive, feeds = location_of(configuration), configuration.output / "feeds"
        try:
            with bar:
                task = bar.add_task("", total=size_of(archive, feeds))
                for finding in verify(database, archive, feeds, looked, progress=lambda read: bar.advance(task, read)):
                    found += 1
                    tell(finding)
        finally:
            database.close()
        self.exitcode = 1 if found else 0
        summary = f"verified: {looked}; {f'{found} finding(s)' if found else 'all agrees'}"
        print(summary, file=sys.stderr if opts.json else sys.stdout)


def _as_json(finding: Finding) -> str:
    said = {("next" if name == "remedy" else name): value for name, value in asdict(finding).items()}
    return json.dumps(said, ensure_ascii=False)
