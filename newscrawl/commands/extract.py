"""`scrapy extract`: the article of one page, as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.http import Response

from newscrawl.commands.crawl import set_up_log
from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError
from newscrawl.items import Article, Page, feed_line, header, plain
from newscrawl.sources.registry import load_sources, owner
from newscrawl.spiders.failures import disposition_of
from newscrawl.spiders.pages import page_of
from newscrawl.urls import is_http
from newscrawl.workers.reading import read_page

_TOLD = (
    "canonical_url", "outlet", "headline", "page_title", "description", "byline", "authors", "published_at",
    "modified_at", "language", "section", "keywords", "main_image", "body", "related_links",
)  # fmt: skip
_SHOWN = 100
"""Characters of a value."""


class Command(ScrapyCommand):
    """Exit code 1 when the page cannot be had, or holds no article (no headline or no body)."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] <file or URL>"

    def short_desc(self) -> str:
        return "Print the article of one page as JSON"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--url", help="the URL that a file's page came from, for its links and its source's rules")
        parser.add_argument(
            "--explain",
            action="store_true",
            help="print, instead of the article, what each of its fields was read from",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        if not opts.loglevel:
            self.settings.set("LOG_LEVEL", "WARNING", priority="cmdline")
        set_up_log(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one file or URL")
        if opts.url and not is_http(opts.url):
            raise UsageError(f"--url {opts.url} is no absolute http(s) URL", print_help=False)
        assert self.settings is not None
        try:
            configuration = Configuration.read(self.settings)
            registry = load_sources(*configuration.source_folders)
        except ConfigurationError as error:
            raise UsageError(str(error), print_help=False) from error
        page = self._fetch(args[0], configuration) if is_http(args[0]) else page_in(Path(args[0]), opts.url)
        if page is None:
            self.exitcode = 1
            return
        article = read_page(page, owner(registry, page.url)).article
        print(_explanation(article) if opts.explain else json.dumps(feed_line(article), ensure_ascii=False, indent=2))
        if not (article.headline and article.body):
            print(f"{args[0]} holds no article: no {'body' if article.headline else 'headline'}", file=sys.stderr)
            self.exitcode = 1

    def _fetch(self, url: str, configuration: Configuration) -> Page | None:
        assert self.crawler_process is not None
        pages: list[Page] = []
        self.crawler_process.crawl(_OnePage, url=url, clock=configuration.clock, pages=pages)
        self.crawler_process.start()
        return pages[0] if pages else None


def _explanation(article: Article) -> str:
    """A line for each field that a page may tell: its name, what it was read from, and what was read."""
    lines = []
    for name in _TOLD:
        value = getattr(article, name)
        shown = json.dumps(plain(value), ensure_ascii=False)
        evidence = article.evidence.get(name, "nothing")
        lines.append(f"{name:13} {evidence:11} {shown if len(shown) <= _SHOWN else shown[:_SHOWN] + ' ...'}")
    missed = [f"rule missed   {miss}; read as without the rule" for miss in article.rule_misses]
    return "\n".join(lines + missed)


class _OnePage(Spider):
    """Fetches one page with the manners of a crawl."""

    name = "one_page"

    async def start(self) -> Any:
        yield Request(self.url, callback=self.parse, errback=self.failed)  # type: ignore[attr-defined]

    def parse(self, response: Response, **kwargs: Any) -> None:
        page = page_of(response, self.clock())  # type: ignore[attr-defined]
        self.pages.append(page)  # type: ignore[attr-defined]

    def failed(self, failure: Any) -> None:
        disposition, reason = disposition_of(failure.value)
        print(f"{self.url}: {disposition} ({reason})", file=sys.stderr)  # type: ignore[attr-defined]


def page_in(file: Path, url: str | None = None) -> Page:
    """The page in a file; beside a fixture's `response.json`, with the URL and headers that it gives. Its fetch is the
    answer's Date, where there is one that can be read.

    Raises UsageError for a file that cannot be read, or that tells no URL where none is given.
    """
    answer_file = file.with_name("response.json")
    try:
        body = file.read_bytes()
        answer = json.loads(answer_file.read_text(encoding="utf-8")) if answer_file.exists() else {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read: {error}; name a file or an http(s) URL", print_help=False) from error
    if not (url or "url" in answer):
        raise UsageError(f"{file} does not tell where it came from; add --url URL", print_help=False)
    headers = dict(answer.get("headers", []))
    return Page(url=url or answer["url"], body=body, headers=headers, fetched_at=_date(header(headers, "date")))


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return date if date is not None and date.tzinfo is not None else None
