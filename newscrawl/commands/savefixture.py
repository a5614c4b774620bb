"""`scrapy savefixture`: cuts one capture out of the archive into a fixture case."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.archive.fixture import fixture_case
from newscrawl.archive.location import location_of
from newscrawl.archive.reader import StoredExchange, read_capture
from newscrawl.commands.extract import page_in
from newscrawl.configuration import Configuration
from newscrawl.exceptions import ArchiveError, ConfigurationError, NewscrawlError
from newscrawl.items import Archived, Article, plain
from newscrawl.sources import Source
from newscrawl.sources.registry import load_sources, owner
from newscrawl.storage import captures, retractions
from newscrawl.storage.database import Database, Session, is_missing
from newscrawl.urls import host_of, is_http, url_key
from newscrawl.workers.reading import read_page

_EXPECTED = (
    "url", "canonical_url", "outlet", "headline", "page_title", "description", "byline", "authors", "published_at",
    "modified_at", "language", "section", "keywords", "main_image", "blocks", "related_links",
)  # fmt: skip
_LONGEST = 60
_SHORT = 4


class Command(ScrapyCommand):
    """Exit code 1 when there is no such capture, it cannot be read, or its case stands already."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012

    def syntax(self) -> str:
        return "[options] <URL>"

    def short_desc(self) -> str:
        return "Cut one archived page out as a fixture, with its present article as expectation"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--case", metavar="NAME", help="the case's folder (default: made from the URL)")
        parser.add_argument("--revision", type=int, metavar="N", help="the capture of this revision of the article")
        parser.add_argument(
            "--at", metavar="TIME", help="the last capture not after this time, such as 2026-05-03T12:00Z"
        )
        parser.add_argument("--to", default="fixtures", metavar="FOLDER", help="where cases lie (default: fixtures)")
        parser.add_argument("--force", action="store_true", help="overwrite a case that stands already")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if len(args) != 1 or not is_http(args[0]):
            raise UsageError("name one absolute http(s) URL")
        if opts.at and opts.revision is not None:
            raise UsageError("give --at or --revision, not both", print_help=False)
        if opts.case and not re.fullmatch(r"[\w-]+", opts.case):
            raise UsageError(f"--case {opts.case} is no name of letters, digits, - and _", print_help=False)
        at = _time(opts.at) if opts.at else None
        try:
            configuration = Configuration.read(self.settings)
            exchange = archived_answer(configuration, args[0], opts.revision, at)
            source = owner(load_sources(*configuration.source_folders), exchange.url)
            group = source.source_id if source else _name(host_of(exchange.url))
            case = configuration.project / opts.to / group / (opts.case or case_name(exchange.url))
            if case.exists() and not opts.force:
                raise ConfigurationError(
                    f"{case} stands already; name another with --case, or overwrite it with --force"
                )
            told = save_case(case, exchange, source)
        except (NewscrawlError, OSError) as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            self.exitcode = 1
            return
        print(f"{case}: {', '.join(sorted(path.name for path in case.iterdir()))}")
        for line in told:
            print(line, file=sys.stderr)


def archived_answer(
    configuration: Configuration, url: str, revision: int | None = None, at: datetime | None = None
) -> StoredExchange:
    """The archived answer that is asked for. Raises ArchiveError when there is none, or the URL was retracted."""
    if is_missing(configuration.database_url):
        raise ArchiveError(f"there is no {configuration.database_url} yet; crawl first, or name its NEWSCRAWL_OUTPUT")
    database = Database(configuration.database_url)
    try:
        with database.telling(), database.reading() as session:
            archived = _captured(session, url, revision, at)
            return read_capture(
                location_of(configuration),
                archived.capture,
                lambda original: captures.place_of(session, original.record_id),
            )
    finally:
        database.close()


def _captured(session: Session, url: str, revision: int | None, at: datetime | None) -> Archived:
    key = url_key(url)
    if retractions.among(session, [key]):
        raise ArchiveError(f"{url} was retracted; `scrapy retract --list` says why")
    if revision is not None:
        of_revision = captures.of_revision(session, key, revision)
        if of_revision is None:
            raise ArchiveError(
                f"{url} has no archived revision {revision}; leave --revision out for its newest capture"
            )
        return of_revision
    found = sorted(captures.of_urls(session, {key}), key=lambda one: one.captured_at)
    if not found:
        raise ArchiveError(f"the archive holds no capture of {url}; crawl it first: scrapy crawl news -a urls={url}")
    until = [one for one in found if at is None or one.captured_at <= at]
    if not until:
        raise ArchiveError(f"the first capture of {url} is of {found[0].captured_at.isoformat()}; name a later --at")
    return until[-1]


def save_case(case: Path, exchange: StoredExchange, source: Source | None) -> list[str]:
    """Write a case, whole or not at all; what is to be told of it beside its place."""
    told = []
    answer, payload = fixture_case(exchange)
    if not exchange.decoded().whole:
        told.append(f"The capture is cut short ({exchange.truncated or 'its body ends too early'}).")
    case.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{case.name}.", dir=case.parent) as folder:
        part = Path(folder) / case.name
        part.mkdir()
        _write_json(part / "response.json", answer)
        if payload:
            (part / answer["body"]).write_bytes(payload)
        if answer["status"] != 200 or answer["body"] != "page.html":
            told.append("It is no page of an article: no article.json.")
        else:
            # From the files, so that the article is what whoever reads them will find.
            article = read_page(page_in(part / "page.html"), source).article
            if article.headline and article.body:
                _write_json(part / "article.json", _expectation(article))
                told.append("article.json is what extraction reads today: hold it against what a reader sees.")
            else:
                told.append(f"It holds no article (no {'body' if article.headline else 'headline'}): no article.json.")
        if case.exists():
            case.rename(Path(folder) / "before")
        part.rename(case)
    return told


def save_cases(
    folder: Path, urls: Iterable[str], configuration: Configuration, source: Source
) -> tuple[int, list[str]]:
    """Cut the last archived answer to each URL out as a case of the source, unless its case stands already. Says how
    many were cut, and why others were not."""
    told: list[str] = []
    names: Counter[str] = Counter()
    count = 0
    for url in dict.fromkeys(urls):
        name = case_name(url)
        names[name] += 1
        case = folder / source.source_id / (f"{name}_{names[name]}" if names[name] > 1 else name)
        if case.exists():
            told.append(f"{case} stands already, and is left as it is")
            continue
        try:
            save_case(case, archived_answer(configuration, url), source)
        except ArchiveError as error:
            told.append(str(error))
        else:
            count += 1
    return count, told


def _expectation(article: Article) -> dict[str, Any]:
    fields = {name: plain(getattr(article, name)) for name in _EXPECTED}
    # What is unknown is left out: the form takes that for no claim.
    return {name: value for name, value in fields.items() if value is not None}


def _write_json(file: Path, value: dict[str, Any]) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def case_name(url: str) -> str:
    """A name for a URL's case: the last parts of the path in words, for a name of moderate length."""
    parts = [part for part in unquote(urlsplit(url).path).split("/") if part]
    name = _name(parts[-1].rpartition(".")[0] or parts[-1]) if parts else ""
    if len(name) < _SHORT and len(parts) > 1:
        name = _name("_".join(parts[-2:]))
    return name[:_LONGEST].strip("_") or "home"


def _name(text: str) -> str:
    return re.sub(r"\W+", "_", text.lower()).strip("_")


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--at {text} is no time; write it like 2026-05-03T12:00Z", print_help=False) from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)
