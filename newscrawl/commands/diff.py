"""`scrapy diff`: what changed between the revisions of an article."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from rich.console import Console
from rich.text import Text
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.commands.explain import happened
from newscrawl.configuration import Configuration
from newscrawl.differences import Differences, Operation, differences
from newscrawl.differences.marking import Marks
from newscrawl.exceptions import ConfigurationError, StoreError
from newscrawl.items import plain
from newscrawl.storage import checks
from newscrawl.storage.history import History, Kept, history_of, read_alike
from newscrawl.storage.readings import base
from newscrawl.urls import is_http, url_key


@dataclass(frozen=True, slots=True)
class Compared:
    """Two revisions, and what differs between them as they were read."""

    before: Kept
    after: Kept
    extractors: tuple[str, str]
    language: str | None
    found: Differences

    @property
    def read_alike(self) -> bool:
        """Whether one extractor read both."""
        one, other = map(base, self.extractors)
        return one == other


class Command(ScrapyCommand):
    """Exit code 1 when no article is stored of the URL, or the database cannot be read; 2 for a wrong command line."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def syntax(self) -> str:
        return "[options] <URL> [REVISION [REVISION]]"

    def short_desc(self) -> str:
        return "Show what changed between the revisions of an article, word by word"

    def long_desc(self) -> str:
        return (
            "Without revisions: each against the one before, the oldest first, and when the page went away or came "
            "back. One REVISION: that against the one before. Two: the first against the second."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print the operations as one JSON object")
        parser.add_argument("--whole", action="store_true", help="do not shorten what is the same")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if not 1 <= len(args) <= 3:
            raise UsageError("name one URL, and up to two of its revisions")
        if not is_http(args[0]):
            raise UsageError(f"{args[0]} is no absolute http(s) URL, or one that is too long", print_help=False)
        wanted = [_number(one) for one in args[1:]]
        assert self.settings is not None
        try:
            with checks.opened(Configuration.read(self.settings).database_url) as session:
                history = history_of(session, url_key(args[0]))
        except ConfigurationError as error:
            raise UsageError(str(error), print_help=False) from error
        except StoreError as error:
            self._fail(str(error))
            return
        if history is None:
            self._fail(f"no article is stored of {args[0]}; `scrapy explain {args[0]}` tells what is known of it")
            return
        compared = [_compare(before, after) for before, after in _pairs(history, wanted)]
        if opts.json:
            print(json.dumps(_data(history, compared), ensure_ascii=False, indent=2))
            return
        console = Console(highlight=False, soft_wrap=True)
        marks = Marks(colour=console.is_terminal and not console.no_color, whole=opts.whole)
        for line in _told(history, compared, marks, all_of_it=not wanted):
            console.print(line)

    def _fail(self, message: str) -> None:
        print(f"newscrawl: {message}", file=sys.stderr)
        self.exitcode = 1


def _number(text: str) -> int:
    if not text.isdecimal():
        raise UsageError(f"{text} is no number of a revision", print_help=False)
    return int(text)


def _pairs(history: History, wanted: list[int]) -> list[tuple[Kept, Kept]]:
    if not wanted:
        return list(pairwise(history.revisions))
    kept = {revision.number: revision for revision in history.revisions}
    numbers = wanted if len(wanted) == 2 else [wanted[0] - 1, wanted[0]]
    for number in wanted:
        if number not in kept:
            raise UsageError(f"there is no revision {number}; {history.url_key} has 1 to {max(kept)}", print_help=False)
    if numbers[0] not in kept:
        raise UsageError(f"revision {wanted[0]} is the first: there is none before it", print_help=False)
    return [(kept[numbers[0]], kept[numbers[1]])]


def _compare(before: Kept, after: Kept) -> Compared:
    one, other = read_alike(before, after)
    return Compared(
        before, after, (one.extractor or "", other.extractor or ""), other.language or one.language,
        differences(one, other),
    )  # fmt: skip


def _data(history: History, compared: list[Compared]) -> dict[str, Any]:
    return {
        "url_key": history.url_key,
        "revisions": [
            {"revision": one.number, "fetched_at": plain(one.fetched_at), "url": one.url, "run": one.run}
            for one in history.revisions
        ],
        "trivial_changes": history.trivial_changes,
        "trivially_changed_at": plain(history.trivially_changed_at),
        "events": plain(list(history.events)),
        "differences": [
            {
                "before": one.before.number,
                "after": one.after.number,
                "read_alike": one.read_alike,
                "extractors": list(one.extractors),
                "language": one.language,
                "headline": one.found.headline and [_operation(each) for each in one.found.headline.operations],
                "fields": [
                    {"name": field.name, "before": field.before, "after": field.after} for field in one.found.fields
                ],
                "body": [[_operation(each) for each in passage.operations] for passage in one.found.passages],
                "retyped": one.found.retyped,
            }
            for one in compared
        ],
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {"kind": operation.kind, "words": list(operation.words), "text": operation.text}


def _told(history: History, compared: list[Compared], marks: Marks, *, all_of_it: bool) -> Iterator[Text]:
    yield Text(f"{history.url_key}: {len(history.revisions)} revision(s)", style="bold")
    for one in compared[:1]:
        if one.before.number == 1:
            yield Text(f"  revision 1 of {_time(one.before.fetched_at)} is the first")
    told: list[tuple[datetime, list[Text]]] = []
    if all_of_it:
        told += [(event.at, [Text(happened(event), style="bold")]) for event in history.events]
    # A page has come back before it is compared.
    told += [(one.after.fetched_at, list(_comparison(one, marks))) for one in compared]
    for _, lines in sorted(told, key=lambda one: one[0]):
        yield Text()
        yield from lines
    if all_of_it and len(history.revisions) == 1:
        yield Text("  there is nothing to compare: the page has had one state")
    if all_of_it and history.trivially_changed_at is not None:
        last = _time(history.trivially_changed_at)
        yield Text(f"\nIt also differed trivially {history.trivial_changes} time(s), last {last}.")


def _comparison(one: Compared, marks: Marks) -> Iterator[Text]:
    before, after, found = one.before, one.after, one.found
    yield Text(
        f"Revision {before.number} → {after.number}, fetched {_time(before.fetched_at)} → {_time(after.fetched_at)}",
        style="bold",
    )
    if not one.read_alike:
        yield Text(f"  read by different extractors, {one.extractors[0]} and {one.extractors[1]}: some may be theirs")
        if before.is_archived or after.is_archived:
            yield Text(f"  `scrapy reextract --url {after.url} --apply` reads both alike")
    if found.headline is not None:
        line = marks.line(found.headline.operations, one.language)
        yield Text("  ").append("HEADLINE CHANGED", style="bold").append("  ").append(line)
    for field in found.fields:
        yield Text(f"  {field.name}: ").append(marks.values(field, one.language))
    if found.retyped:
        yield Text(f"  {found.retyped} paragraph(s) are of another type, such as heading")
    if found.body_differs:
        for line in marks.body(found.passages, one.language):
            yield Text("    ").append(line)
    elif found.headline is None:
        yield Text("  the text is the same")


def _time(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")
