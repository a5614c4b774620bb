"""`scrapy search`: the stored articles that have some words."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Collection, Iterator
from datetime import date

from rich.console import Console
from rich.text import Text
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError, StoreError
from newscrawl.sources import registry
from newscrawl.storage import checks, search
from newscrawl.storage.database import Session
from newscrawl.storage.reindexing import reindex
from newscrawl.storage.search import Answer, Filters, Found
from newscrawl.text.language import primary_language
from newscrawl.text.search_match import Marked, Matcher
from newscrawl.text.search_query import Query, parse

_LIMIT = 10
# Letters that run from right to left, and signs that turn the direction.
_TURNS = re.compile("[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]")
_ISOLATED, _ISOLATED_END = "\u2068", "\u2069"
_DATES = "dates are those that the pages print; an article without one counts from the day (UTC) of its first fetch"


class Command(ScrapyCommand):
    """Exit code 0 when it could search, with or without a hit; 1 when it could not."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def syntax(self) -> str:
        return "[options] WORDS"

    def short_desc(self) -> str:
        return "Find stored articles by their words"

    def long_desc(self) -> str:
        return (
            'All WORDS must occur; "a phrase" in any quotation marks, -without, this OR that. Give them as one '
            "argument, in single quotes. In Arabic, hamza, ta marbuta, vowel signs and the article do not matter."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--source", action="append", default=[], metavar="ID", help="only this source; again, or ID,ID"
        )
        parser.add_argument("--since", metavar="DATE", help=f"from this day on, as 2026-01-31; {_DATES}")
        parser.add_argument("--until", metavar="DATE", help="up to this day")
        parser.add_argument("--language", metavar="TAG", help="only articles in this language, such as ar")
        parser.add_argument("--limit", type=int, default=_LIMIT, metavar="N", help=f"at most N articles ({_LIMIT})")
        parser.add_argument("--json", action="store_true", help="print each article as a line of JSON")
        parser.add_argument(
            "--reindex",
            action="store_true",
            help="instead of a search, make the indexes of words and of copies anew from what is stored",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if bool(args) == opts.reindex:
            raise UsageError("name the words to search for, or --reindex without words")
        assert self.settings is not None
        try:
            if opts.reindex:
                print(f"indexed: {reindex(Configuration.read(self.settings).database_url)} article(s)")
                return
            query = parse(" ".join(args))
            filters = _filters(opts)
            answer = self._answer(query, filters, opts.limit)
        except (ConfigurationError, StoreError) as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            self.exitcode = 1
            return
        matcher = Matcher(query)
        if opts.json:
            for one in answer.found:
                print(json.dumps(_line(matcher, one), ensure_ascii=False))
        else:
            console = Console(highlight=False, soft_wrap=True)
            for number, one in enumerate(answer.found, 1):
                for line in _told(matcher, one, number, is_terminal=console.is_terminal):
                    console.print(line)
        _close(answer, filters)

    def _answer(self, query: Query, filters: Filters, limit: int) -> Answer:
        configuration = Configuration.read(self.settings or {})
        with checks.opened(configuration.database_url) as session:
            _check_sources(session, configuration, filters.sources)
            return search.search(session, query, filters, limit=limit)


def _filters(opts: argparse.Namespace) -> Filters:
    language = primary_language(opts.language)
    if opts.language and language is None:
        raise ConfigurationError(f"--language {opts.language} is no language tag; write ar, en, fa")
    if not 1 <= opts.limit <= search.RANKED:
        raise ConfigurationError(f"--limit {opts.limit}: give a number from 1 to {search.RANKED}")
    since, until = _day("--since", opts.since), _day("--until", opts.until)
    if since and until and since > until:
        raise ConfigurationError(f"--since {since} is after --until {until}: nothing can lie between")
    sources = tuple(name for given in opts.source for name in given.split(",") if name)
    return Filters(sources=sources, language=language, since=since, until=until)


def _day(option: str, given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise ConfigurationError(f"{option} {given} is no day; write it as 2026-01-31") from error


def _check_sources(session: Session, configuration: Configuration, given: Collection[str]) -> None:
    """Raises ConfigurationError for a source that is neither stored nor in a source file."""
    if strangers := sorted(set(given) - set(search.source_ids(session))):
        registry.select(registry.load_sources(*configuration.source_folders), ",".join(strangers))


def _line(matcher: Matcher, one: Found) -> dict[str, object]:
    passage, headline = matcher.snippet(one.body), matcher.marked(one.headline)
    return {
        "id": one.id,
        "url": one.url,
        "url_key": one.url_key,
        "source": one.source,
        "outlet": one.outlet,
        "headline": one.headline,
        "published_at": one.published_at,
        "first_fetched_at": one.first_fetched_at.isoformat(),
        "language": one.language,
        "score": one.score,
        "snippet": passage.text,
        "marks": {"headline": headline.marks, "snippet": passage.marks},
    }


def _told(matcher: Matcher, one: Found, number: int, *, is_terminal: bool) -> Iterator[Text]:
    headline = _shown(matcher.marked(one.headline), is_terminal=is_terminal)
    headline.stylize("bold")
    yield Text.assemble(f"{number}. ", headline)
    outlet = _isolated(Text(one.outlet or one.source or "outlet unknown"), is_terminal=is_terminal)
    day = one.day if one.published_at else f"no date, first fetched {one.day}"
    yield Text.assemble("   ", outlet, f", {day}")
    yield Text(f"   {one.url}")
    yield Text.assemble("   ", _shown(matcher.snippet(one.body), is_terminal=is_terminal))
    yield Text()


def _shown(passage: Marked, *, is_terminal: bool) -> Text:
    """A passage with its words marked: by colour on a terminal, else by asterisks."""
    shown, place = Text(), 0
    for start, end in passage.marks:
        word = passage.text[start:end]
        shown.append(passage.text[place:start])
        shown.append(word if is_terminal else f"*{word}*", style="bold yellow")
        place = end
    shown.append(passage.text[place:])
    return _isolated(shown, is_terminal=is_terminal)


def _isolated(shown: Text, *, is_terminal: bool) -> Text:
    """The text kept from turning what stands beside it on a terminal's line; what is piped stays as printed."""
    if not is_terminal or not _TURNS.search(shown.plain):
        return shown
    return Text.assemble(_ISOLATED, shown, _ISOLATED_END)


def _close(answer: Answer, filters: Filters) -> None:
    shown = len(answer.found)
    if not shown:
        told = "no article answers; fewer words, or this OR that, find more"
    elif answer.is_cut:
        told = f"{shown} of many: ranked were {answer.ranked}, those with the words in their headline and the newest"
    else:
        told = f"{shown} of {answer.ranked}" + ("; --limit shows more" if shown < answer.ranked else "")
    print(told, file=sys.stderr)
    if filters.since or filters.until:
        print(_DATES, file=sys.stderr)
