"""`scrapy sources`: the sources there are, and whether their files are right."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError
from newscrawl.sources.registry import load_sources


class Command(ScrapyCommand):
    """Lists the sources; exit code 1 when a source file is wrong."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def short_desc(self) -> str:
        return "List the sources, or check their files (--check)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--check", action="store_true", help="check every source file and list no source")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if args:
            raise UsageError(f"unknown argument {' '.join(args)}")
        try:
            registry = load_sources(*Configuration.read(self.settings).source_folders)
        except ConfigurationError as error:
            print(error, file=sys.stderr)
            self.exitcode = 1
            return
        if opts.check:
            print(f"{len(registry)} source files are right")
            return
        table = Table("source", "country", "languages", "outlet", "discovery", "tried live")
        for source in registry.values():
            ways = ((source.feeds, "feeds"), (source.sitemaps, "sitemaps"), (source.sections, "sections"))
            table.add_row(
                source.source_id,
                source.country,
                " ".join(source.languages),
                source.outlet,
                ", ".join(f"{len(urls)} {name}" for urls, name in ways if urls),
                str(source.tried_live or "never"),
            )
        Console(width=None if sys.stdout.isatty() else 160).print(table)
