"""`scrapy copies`: the copies of an article across all sources."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError, StoreError
from newscrawl.items import RelationKind, plain
from newscrawl.storage import checks, retractions
from newscrawl.storage.database import Session
from newscrawl.storage.syndication import Copy, Syndication, syndication_of
from newscrawl.urls import is_http, url_key

_SAID = {
    RelationKind.EXACT: "the same words",
    RelationKind.NEAR: "the same text, edited",
    RelationKind.CONTAINED: "holds the article and more",
    RelationKind.CONTAINS: "a part of the article",
    RelationKind.OVERLAP: "shares passages",
    RelationKind.NONE: "a copy of a copy",
}


class Command(ScrapyCommand):
    """Exit code 0 when the article is stored, 1 when it is not or was taken down, or the database cannot be read."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def syntax(self) -> str:
        return "[options] <URL>"

    def short_desc(self) -> str:
        return (
            "Tell the copies of an article in all sources: who had it first, how they differ, which agency they credit"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print them as one JSON object")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one URL")
        if not is_http(args[0]):
            raise UsageError(f"{args[0]} is no absolute http(s) URL, or one that is too long", print_help=False)
        assert self.settings is not None
        try:
            with checks.opened(Configuration.read(self.settings).database_url) as session:
                story = syndication_of(session, url_key(args[0]))
                missing = None if story else _why_not(session, args[0])
        except ConfigurationError as error:
            raise UsageError(str(error), print_help=False) from error
        except StoreError as error:
            self._fail(str(error))
            return
        if story is None:
            self._fail(str(missing))
        elif opts.json:
            print(json.dumps(plain(story), ensure_ascii=False, indent=2))
        else:
            console = Console(highlight=False, soft_wrap=True)
            for line in _told(story):
                console.print(line)

    def _fail(self, message: str) -> None:
        print(f"newscrawl: {message}", file=sys.stderr)
        self.exitcode = 1


def _why_not(session: Session, url: str) -> str:
    tombstone = retractions.of_url(session, url_key(url))
    if tombstone is not None:
        at = tombstone.at.isoformat(timespec="seconds")
        return f"{url} was taken down {at} ({tombstone.reason}); `scrapy retract --undo {url}` lifts that"
    return (
        f"no article of {url} is stored; `scrapy explain {url}` tells what is known of it, "
        f'`scrapy crawl news -a urls="{url}"` fetches it'
    )


def _told(story: Syndication) -> Iterator[Text]:
    yield Text(story.url_key, style="bold")
    if len(story.copies) == 1:
        yield Text("  no copy of it is stored")
    else:
        credit = f"; credited: {', '.join(story.agencies)}" if story.agencies else "; no agency is credited"
        yield Text(f"  {len(story.copies)} copies of one story, the earliest first{credit}")
        for number, copy in enumerate(story.copies, 1):
            yield from _copy(f"{number}. ", copy)
    if story.overlaps:
        yield Text("Shares passages with", style="bold")
        for copy in story.overlaps:
            yield from _copy("", copy)


def _copy(number: str, copy: Copy) -> Iterator[Text]:
    indent = " " * (2 + len(number))
    yield Text(f"  {number}{copy.source or 'no source'}: {copy.headline or 'no headline'}")
    yield Text(f"{indent}{copy.url}")
    published = f"published {copy.published_at.isoformat()}" if copy.published_at else "no time of publication"
    yield Text(f"{indent}{published}, first seen {copy.first_fetched_at.isoformat(timespec='seconds')}")
    if copy.relation is None:
        yield Text(f"{indent}the article that was asked for")
    else:
        shares = f"{copy.containment:.0%} of the article stands in it, {copy.contained:.0%} of it in the article"
        yield Text(f"{indent}{_SAID[copy.relation]} ({copy.relation}): {shares}")
    if copy.agencies:
        yield Text(f"{indent}credits {', '.join(copy.agencies)}")
