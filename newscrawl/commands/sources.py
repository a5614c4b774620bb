"""`scrapy sources`: the sources there are, whether their files are right, what of one works today, and new ones."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.commands.crawl import lighten_workers, set_up_log
from newscrawl.commands.savefixture import save_cases
from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError, NewscrawlError
from newscrawl.extensions.run_log import RunLog
from newscrawl.sources import Source
from newscrawl.sources.registry import load_sources, select
from newscrawl.spiders.survey import SurveySpider
from newscrawl.surveying.adding import (
    Destination,
    asked_again,
    destination_of,
    refuse_known,
    require_writable,
    write_source,
)
from newscrawl.surveying.drafting import discovery_of, draft
from newscrawl.surveying.expecting import held, measured
from newscrawl.surveying.report import documents_table, held_table, sample_lines
from newscrawl.surveying.survey import Polled, Survey

_PAGES = 6
# A look is no crawl: it shows no bar, and tells nothing of how the sources do.
_NOT_FOR_LOOKS = ("newscrawl.extensions.progress.Progress", "newscrawl.extensions.health.Health")


class Command(ScrapyCommand):
    """Exit code 1 when a source file is wrong, when nothing could be added, or when a tested source does not work."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def short_desc(self) -> str:
        return "List the sources, check their files (--check), try one (--test ID), add one (--add HOMEPAGE)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--check", action="store_true", help="check every source file and list no source")
        ways.add_argument("--add", metavar="HOMEPAGE", help="look at an outlet, and write its source file")
        ways.add_argument("--test", metavar="ID", help="tell what of a source works today")
        parser.add_argument("--pages", type=int, default=_PAGES, metavar="N", help=f"articles to read ({_PAGES})")
        parser.add_argument("--to", metavar="FOLDER", help="of --add: folder of sources (default: NEWSCRAWL_SOURCES)")
        parser.add_argument("--id", metavar="ID", help="of --add: the source's id (default: made of the host)")
        parser.add_argument("--country", metavar="CODE", help="of --add: its country (default: by the host, else xx)")
        parser.add_argument(
            "--fixtures", metavar="FOLDER", help="of --add: where its answers go (default: NEWSCRAWL_OUTPUT/fixtures)"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        if opts.pages < 1:
            raise UsageError(f"--pages {opts.pages} is no number of pages; write 1 or more", print_help=False)
        if opts.add is not None or opts.test is not None:
            # Scrapy asks this when the options are read.
            self.requires_crawler_process = True
            self.settings.set("LOG_ENABLED", True, priority="cmdline")
            extensions = {**self.settings["EXTENSIONS"], **dict.fromkeys(_NOT_FOR_LOOKS)}
            self.settings.set("EXTENSIONS", extensions, priority="cmdline")
            if not opts.loglevel:
                self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")
        set_up_log(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if args:
            raise UsageError(f"unknown argument {' '.join(args)}")
        try:
            configuration = Configuration.read(self.settings)
            registry = load_sources(*configuration.source_folders)
            if opts.add is not None:
                destination = destination_of(
                    opts.add,
                    registry,
                    folder=opts.to or self.settings["NEWSCRAWL_SOURCES"],
                    base=configuration.project,
                    source_id=opts.id,
                    country=opts.country,
                )
                if opts.fixtures:
                    require_writable(configuration.project / opts.fixtures)
                self._add(opts, destination, configuration, registry)
            elif opts.test is not None:
                self._test(opts, select(registry, opts.test), configuration, registry)
            elif opts.check:
                print(f"{len(registry)} source files are right")
            else:
                _console().print(_list(registry))
        except (NewscrawlError, OSError) as error:
            print(error, file=sys.stderr)
            self.exitcode = 1

    def _add(
        self, opts: argparse.Namespace, to: Destination, configuration: Configuration, registry: dict[str, Source]
    ) -> None:
        survey = Survey(homepage=opts.add, source=to.source, is_new=True, most_pages=opts.pages)
        self._look(survey, registry)
        if opts.id is None:
            # The address that was given may have led to another site.
            refuse_known(survey.source.homepage, registry)
        _show(survey)
        chosen = discovery_of(survey).chosen
        if not chosen:
            raise ConfigurationError(
                f"{opts.add}: nothing was found that lists articles; write the file by hand, as docs/sources.md has it"
            )
        if not survey.articles:
            raise ConfigurationError(
                f"{opts.add}: no page that it lists was read as an article; `scrapy extract URL --explain` says why, "
                "and `[[rules]]` of a file written by hand can mend it (docs/sources.md)"
            )
        live = None if configuration.replay else configuration.clock().date()
        source = write_source(to, draft(survey, to.source.country, live))
        print(f"\nWritten: {to.file}")
        if configuration.replay or not configuration.archive:
            print("No fixtures: nothing was archived.")
        else:
            folder = configuration.project / opts.fixtures if opts.fixtures else configuration.output / "fixtures"
            count, told = save_cases(folder, asked_again(survey), configuration, source)
            print(f"Fixtures: {count} answers in {folder / source.source_id}; they are the outlet's: keep them private")
            for line in told:
                print(line, file=sys.stderr)
        print(f"Next:     scrapy crawl news -a sources={source.source_id} -s NEWSCRAWL_SOURCES={to.folder}")

    def _test(
        self,
        opts: argparse.Namespace,
        chosen: list[Source],
        configuration: Configuration,
        registry: dict[str, Source],
    ) -> None:
        if len(chosen) != 1:
            raise ConfigurationError("test one source at a time: scrapy sources --test ID")
        (source,) = chosen
        survey = Survey(homepage=source.homepage, source=source, is_new=False, most_pages=opts.pages)
        self._look(survey, registry)
        _show(survey)
        results = held(source.expect, measured(survey), len(survey.articles)) if survey.articles else []
        if results:
            _console().print(held_table(results))
        named = [document for document in survey.documents if document.via is None]
        broken = [document.url for document in named if not _is_of_use(survey, document)]
        unread = [sample.url for sample in survey.samples if not sample.is_article]
        missed = [one.key for one in results if not one.kept]
        print()
        print(f"{len(named) - len(broken)} of {len(named)} discovery documents work, ", end="")
        print(f"{len(survey.articles)} of {len(survey.samples)} pages were read as articles.")
        name = f"{source.source_id}.toml"
        file = next(path for folder in configuration.source_folders for path in folder.rglob(name))
        if broken or missed or not survey.articles or 2 * len(unread) > len(survey.samples):
            self.exitcode = 1
            print(f"{source.source_id} does not work as its file says.")
            for line in _next_steps(source, broken, unread, missed):
                print(line)
            print(f"File: {file}")
        elif configuration.replay is not None:
            print(f"{source.source_id} works, by the answers that are stored.")
        else:
            print(f"{source.source_id} works. Write it down in {file}:\ntried_live = {configuration.clock():%Y-%m-%d}")

    def _look(self, survey: Survey, registry: dict[str, Source]) -> None:
        """Have the spider fill the survey. Raises ConfigurationError when it could not."""
        assert self.crawler_process is not None
        lighten_workers()
        crawler = self.crawler_process.create_crawler(SurveySpider)
        crawling: Any = self.crawler_process.crawl(crawler, survey=survey, registry=registry)
        self.crawler_process.start()
        failure = crawling.exception() if crawling.done() and not crawling.cancelled() else None
        run_log = crawler.get_extension(RunLog) if crawler.spider is not None else None
        if failure or run_log is None or not run_log.succeeded or not survey.is_whole:
            why = failure or "the log says why"
            raise ConfigurationError(f"{survey.homepage}: the look did not come to its end ({why}); no file is written")
        if survey.failure:
            raise ConfigurationError(f"{survey.homepage}: {survey.failure}; {_remedy(survey.failure)}")


def _remedy(failure: str) -> str:
    """What to do where a front page cannot be had for the reason that the look gives."""
    if failure.startswith("content type"):
        return "that is no web page: name the address of its front page"
    if failure == "robots":
        return "its robots.txt forbids us the front page: ask the outlet for leave"
    if failure.startswith("private address"):
        return "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1 allows such"
    if failure in ("http 401", "http 403", "http 429", "http 451"):
        return "it refuses us: set NEWSCRAWL_CONTACT, and ask the outlet for leave"
    return "mend the address (http:// or https://, with or without www.), or try again later"


def _next_steps(source: Source, broken: list[str], unread: list[str], missed: list[str]) -> Iterator[str]:
    """What to do about each kind of failure, a line each."""
    if broken:
        yield (
            f"Documents: mend or replace {', '.join(broken)}; `scrapy sources --add {source.homepage} --id NEW_ID` "
            "finds what there is now"
        )
    if unread:
        yield (
            f"Pages:     `scrapy extract {unread[0]} --explain` says what is read of one; "
            "`[[rules]]` or `[articles]` mend it"
        )
    if missed:
        yield f"Promises:  {', '.join(missed)}: mend the reading with `[[rules]]`, or promise less in `[expect]`"


def _is_of_use(survey: Survey, document: Polled) -> bool:
    children = survey.children_of(document.url)
    return document.works and (not children or any(child.works for child in children))


def _show(survey: Survey) -> None:
    _console().print(documents_table(survey))
    print("Articles")
    for line in sample_lines(survey.samples):
        print(line)


def _list(registry: dict[str, Source]) -> Table:
    table = Table("source", "country", "languages", "outlet", "discovery", "tried live")
    for source in registry.values():
        ways = ((source.feeds, "feeds"), (source.sitemaps, "sitemaps"), (source.sections, "sections"))
        table.add_row(
            source.source_id,
            source.country,
            " ".join(source.languages),
            source.outlet,
            ", ".join(f"{len(urls)} {name}" for urls, name in ways if urls),
            str(source.tried_live or "never") + (", paused" if source.paused else ""),
        )
    return table


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 160)
