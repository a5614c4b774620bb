"""What crawls have left, to be damaged."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newscrawl.archive.location import Location
from newscrawl.archive.walking import Walked, walk
from newscrawl.storage.database import Database
from newscrawl.storage.runs import RunLock
from newscrawl.verifying import Finding, Looked, verify
from tests.crawling import HASTE, Crawl, scrapy, write_source
from tests.server import Answer, Server, page, redirect, rss

STORIES = [f"/2026/story-{number}.html" for number in range(3)]
COPY = "/2026/copy-of-story-0.html"


@dataclass(frozen=True)
class Case:
    """An output folder, what is wrong with it, and the site that it is of."""

    output: Path
    sources: Path
    home: str

    @property
    def archive(self) -> Path:
        return self.output / "archive"

    @property
    def warc(self) -> Path:
        """The first crawl's."""
        return sorted(self.archive.glob("*.warc.gz"))[0]

    @property
    def index(self) -> Path:
        return self.warc.with_name(self.warc.name.replace(".warc.gz", ".cdxj"))

    @property
    def feed(self) -> Path:
        """The first crawl's."""
        return sorted((self.output / "feeds").glob("*.jsonl"))[0]

    def key(self, path: str) -> str:
        return self.home.removeprefix("http://") + path

    def crawl(self, *arguments: str, **settings: Any) -> Crawl:
        given = {"NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_BUNDLED_SOURCES": 0, **HASTE, **settings}
        return scrapy("crawl", "news", *arguments, output=self.output, NEWSCRAWL_SOURCES=self.sources, **given)

    def database(self) -> Database:
        """The database, to be closed."""
        return Database.existing(f"sqlite:///{self.output / 'newscrawl.db'}")

    def verified(self) -> tuple[list[Finding], Looked]:
        """What is found, and how much was looked at."""
        looked = Looked()
        database = self.database()
        try:
            return list(verify(database, Location(self.archive), self.output / "feeds", looked)), looked
        finally:
            database.close()

    def findings(self, *kinds: str) -> list[str]:
        """What is found, of these kinds where some are named, without its remedies."""
        return [f"{one.where}: {one.what}" for one in self.verified()[0] if not kinds or one.kind in kinds]

    def execute(self, statement: str, *values: Any) -> None:
        """Change the database behind its back."""
        with closing(sqlite3.connect(self.output / "newscrawl.db")) as connection, connection:
            connection.execute(statement, values)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.output / "newscrawl.db")) as connection:
            return connection.execute(query, values).fetchall()

    def records(self, warc: Path | None = None) -> list[Walked]:
        """The records of a whole WARC."""
        path = warc or self.warc
        with path.open("rb") as file:
            found = list(walk(file, path.stat().st_size))
        return [one for one in found if isinstance(one, Walked)]

    def answer(self, path: str, warc: Path | None = None) -> Walked:
        (one,) = [one for one in self.records(warc) if one.is_answer and one.url == self.home + path]
        return one

    def member(self, one: Walked) -> bytes:
        return self.warc.read_bytes()[one.offset : one.offset + one.length]

    def rewrite(self, path: Path, change: Callable[[bytes], bytes]) -> None:
        path.write_bytes(change(path.read_bytes()))


@contextmanager
def alive(case: Case) -> Iterator[str]:
    """A run that lives: called running, its lock held."""
    run_id = "20260131T120000Z-00000000"
    case.execute(
        "INSERT INTO runs (run_id, spider, started_at, state, arguments)"
        " VALUES (?, 'news', '2026-01-31 12:00:00', 'running', '{}')",
        run_id,
    )
    database = case.database()
    with RunLock(database, run_id):
        yield run_id
    database.close()
    case.execute("DELETE FROM runs WHERE run_id = ?", run_id)


@contextmanager
def crawled(folder: Path) -> Iterator[Case]:
    """Two crawls of a site: stories, one of them packed, one at a second address too; a redirect; a missing page."""
    with Server() as server:
        home, routes = server.home, server.routes
        for path in STORIES:
            routes[path] = Answer(body=page(path))
        packed = gzip.compress(page("packed"))
        routes[STORIES[1]] = Answer(body=packed, headers=(("Content-Encoding", "gzip"),))
        routes[COPY] = routes[STORIES[0]]
        routes["/2026/moved.html"] = redirect(STORIES[1], 301)
        listed = (*STORIES, COPY, "/2026/moved.html", "/2026/gone.html")
        routes["/feed"] = rss(*(home + path for path in listed))
        write_source(folder / "sources", "local", home)
        case = Case(folder / "output", folder / "sources", home)
        assert case.crawl().code == 0
        routes[STORIES[2]] = Answer(body=page("another story"))
        again = case.crawl("-a", "sources=local")
        assert again.code == 0, again.stderr
        assert case.rows("SELECT count(*) FROM revisions") == [(5,)]
        yield case
