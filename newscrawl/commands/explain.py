"""`scrapy explain`: the whole story of one URL."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import datetime

from rich.console import Console
from rich.text import Text
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError, StoreError
from newscrawl.items import Capture, plain
from newscrawl.storage import checks
from newscrawl.storage.story import Captured, Discovery, Ended, Happened, Polled, Revised, Stored, Story
from newscrawl.storage.telling import story_of
from newscrawl.urls import is_http, url_key


class Command(ScrapyCommand):
    """Exit code 0 when anything is known of the URL, 1 when it was never seen or the database cannot be read."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def syntax(self) -> str:
        return "[options] <URL>"

    def short_desc(self) -> str:
        return "Tell the story of one URL: found where, what became of it, archived where, stored as what"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print the story as one JSON object")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one URL")
        if not is_http(args[0]):
            raise UsageError(f"{args[0]} is no absolute http(s) URL, or one that is too long", print_help=False)
        assert self.settings is not None
        try:
            with checks.opened(Configuration.read(self.settings).database_url) as session:
                story = story_of(session, args[0], url_key(args[0]))
        except ConfigurationError as error:
            raise UsageError(str(error), print_help=False) from error
        except StoreError as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            self.exitcode = 1
            return
        self.exitcode = 0 if story.is_known else 1
        if opts.json:
            print(json.dumps({"known": story.is_known, **plain(story)}, ensure_ascii=False, indent=2))
            return
        console = Console(highlight=False, soft_wrap=True)
        for line in _told(story):
            console.print(line)


def _told(story: Story) -> Iterator[Text]:
    yield _heading(story.url_key)
    if not story.is_known:
        yield _line("never seen: no source named it, and no crawl asked for it")
        yield _line("`scrapy crawl news -a urls=URL` fetches it")
        return
    if (tombstone := story.retraction) is not None:
        yield _line(f"retracted {_time(tombstone.at)}: {tombstone.reason}; it is neither fetched nor stored again")
    if (rest := story.rest) is not None:
        yield _line(f"its host {rest.host} rests until {_time(rest.until)}, for the {rest.rests}. time: {rest.reason}")
    if story.article is None:
        yield _line("no article is stored of it")
    elif story.alias is not None:
        yield _line(f"leads to the article {story.article.url_key} ({story.alias}), whose story this is")
    for heading, lines in (
        ("Found", [_discovery(one) for one in story.discoveries]),
        ("Read as a discovery document", [_poll(one) for one in story.polls]),
        ("What became of it", [_end(one) for one in story.dispositions]),
        ("Archived", [_capture(one) for one in story.captures]),
    ):
        if lines:
            yield _heading(heading)
            for line in lines:
                yield _line(line)
    if story.article is not None:
        yield from _article(story.article)


def _article(article: Stored) -> Iterator[Text]:
    yield _heading("Article")
    yield _line(f"{article.url_key}, id {article.id}, source {article.source or 'none'}")
    yield _line(f"first fetched {_time(article.first_fetched_at)}, last {_time(article.last_fetched_at)}")
    for alias in article.aliases:
        yield _line(f"also at {alias.url_key} ({alias.kind})")
    if article.duplicate_of:
        yield _line(f"copy of {article.duplicate_of}")
    for key in article.duplicates:
        yield _line(f"has a copy: {key}")
    if article.trivially_changed_at is not None:
        last = _time(article.trivially_changed_at)
        yield _line(f"differed trivially {article.trivial_changes} time(s), last {last}; that makes no revision")
    for event in article.events:
        yield _line(happened(event))
    for one in article.opt_outs:
        yield _line(f"opted out: {one.signal}, in {one.stated_in} since {_time(one.since)}: {one.text}")
    for revision in article.revisions:
        yield from _revision(revision)
    if article.related_links:
        yield _heading("Related links")
    for link in article.related_links:
        where = f"stored as {link.article}" if link.article else "no stored article is known for it"
        yield _line(f"{link.position}. {link.headline} ({link.url or 'no link'}): {where}")
    if article.named_by:
        yield _heading("Named as a related link by")
    for key in article.named_by:
        yield _line(key)


def _revision(revision: Revised) -> Iterator[Text]:
    yield _heading(f"Revision {revision.number}")
    yield _line(f"fetched {_time(revision.fetched_at)} from {revision.url} in run {revision.run}")
    yield _line(f"payload {revision.payload_digest}")
    bytes_in = f"bytes in {_place(revision.capture)}" if revision.capture else "bytes not archived"
    yield _line(bytes_in + _pruned(revision.pruned_at))
    yield _line(f"in feed {revision.feed}" if revision.feed else "in no feed yet")
    for reading in revision.extractions:
        current = ", current" if reading.current else ""
        yield _line(f"read by {reading.extractor} {_time(reading.at)}{current}: {reading.headline or 'no headline'}")
        yield _line(f"  content {reading.content_hash}")


def _discovery(one: Discovery) -> str:
    via = f" via {one.via}" if one.via else ""
    source = f" of source {one.source}" if one.source else ""
    due = f", due {_time(one.due_at)}" if one.due_at else ""
    tries = f", after {one.tries} failed tries" if one.tries else ""
    run = f", last taken by run {one.run}" if one.run else ""
    return f"{_time(one.first_seen)} {one.url} by {one.kind}{via}{source}; now {one.state}{due}{tries}{run}"


def _poll(one: Polled) -> str:
    came = one.error or f"{one.found} candidate(s), {one.new} of them new"
    return f"{_time(one.at)} {one.kind} of source {one.source}, status {one.status}: {came}; run {one.run}"


def _end(one: Ended) -> str:
    status = f", status {one.status}" if one.status else ""
    reason = f" ({one.reason})" if one.reason else ""
    return f"{_time(one.at)} {one.disposition}{reason}{status}: {one.url}; run {one.run}"


def _capture(one: Captured) -> str:
    line = f"{_time(one.at)} {one.url} in {_place(one.place)}, record {one.place.record_id}{_pruned(one.pruned_at)}"
    if one.repeats is not None:
        return f"{line}; repeats what stands in {_place(one.repeats)}"
    return f"{line}; repeats {one.refers_to}, which is not known" if one.refers_to else line


def happened(event: Happened) -> str:
    """An event in words."""
    target = f" to {event.target}" if event.target else ""
    status = f", status {event.status}" if event.status else ""
    return f"{_time(event.at)} {event.kind.replace('_', ' ')}{target}{status}: {event.url}; run {event.run}"


def _pruned(at: datetime | None) -> str:
    return f"; pruned {_time(at)}, the bytes are gone" if at is not None else ""


def _place(capture: Capture) -> str:
    return f"{capture.warc} at byte {capture.offset}, {capture.length} bytes"


def _time(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")


def _heading(text: str) -> Text:
    return Text(text, style="bold")


def _line(text: str) -> Text:
    return Text(f"  {text}")
