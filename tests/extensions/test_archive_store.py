"""Real crawls whose closed WARCs move to a real store."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from newscrawl.archive.location import Location
from newscrawl.archive.reader import StoredExchange, iterate_closed, read_capture, read_captures
from newscrawl.archive.store import Store
from newscrawl.items import Capture
from newscrawl.storage import captures
from newscrawl.storage.database import Database
from tests.archive.exchanges import exchange
from tests.archive.exchanges import writer as open_writer
from tests.crawling import HASTE, ROOT, Crawl, command, environment, scrapy, write_source
from tests.object_store import ObjectStore
from tests.server import Answer, Server, page, robots, rss

# The first run sets the server's environment up.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

STORIES = [f"/2026/story-{number}.html" for number in range(4)]


@dataclass(frozen=True)
class Site:
    """A server, a project that crawls it, and its store."""

    server: Server
    folder: Path
    store: ObjectStore
    url: str

    @property
    def location(self) -> Location:
        return Location(self.folder / "output" / "archive", Store(self.url))

    def local(self) -> list[str]:
        return sorted(path.name for path in self.location.folder.iterdir())

    def crawl(self, *arguments: str, **settings: Any) -> Crawl:
        given = {"NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_BUNDLED_SOURCES": 0, **HASTE}
        given |= {"NEWSCRAWL_SOURCES": self.folder / "sources", "NEWSCRAWL_ARCHIVE_STORE": self.url, **settings}
        return scrapy(
            "crawl", "news", *arguments, output=self.folder / "output", variables=self.store.variables, **given
        )

    def ask(self, *arguments: str) -> Crawl:
        """Run another command on what was crawled."""
        output = self.folder / "output"
        return scrapy(*arguments, output=output, variables=self.store.variables, NEWSCRAWL_ARCHIVE_STORE=self.url)

    def exchanges(self) -> list[list[StoredExchange]]:
        """File by file, the oldest first."""
        return [list(iterate_closed(self.location, warc)) for warc in self.location.closed()]

    def bodies(self, crawl: Crawl) -> dict[str, bytes]:
        """By path, the page's own bytes at the capture of each stored revision."""
        rows = crawl.rows(
            'SELECT revisions.url, warc, "offset", length, record_id, captures.payload_digest '
            "FROM revisions JOIN captures USING (capture_id)"
        )
        database = Database(f"sqlite:///{self.folder / 'output' / 'newscrawl.db'}")
        try:
            with database.reading() as session:
                found = read_captures(
                    self.location,
                    [
                        Capture(warc=warc, offset=offset, length=length, record_id=record_id, payload_digest=digest)
                        for _, warc, offset, length, record_id, digest in rows
                    ],
                    lambda original: captures.place_of(session, original.record_id),
                )
                return {
                    url.removeprefix(self.server.home): one.decoded().body if isinstance(one, StoredExchange) else b""
                    for (url, *_), one in zip(rows, found, strict=True)
                }
        finally:
            database.close()


@pytest.fixture
def site(tmp_path: Path, object_server: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name, value in object_server.variables.items():
        monkeypatch.setenv(name, value)
    with Server() as server:
        for path in STORIES:
            server.routes[path] = Answer(body=page(path))
        server.routes["/robots.txt"] = robots("User-agent: *\nDisallow:\n")
        server.routes["/feed"] = rss(*(server.home + path for path in STORIES))
        write_source(tmp_path / "sources", "local", server.home)
        yield Site(server, tmp_path, object_server, object_server.bucket())


PAGES = {path: page(path) for path in STORIES}


def test_a_crawl_moves_its_files_and_the_next_refers_to_them(site: Site) -> None:
    first = site.crawl(NEWSCRAWL_ARCHIVE_MAX_BYTES=3000)
    assert first.code == 0, first.stderr
    assert site.local() == []
    assert len(site.location.closed()) > 2
    assert site.bodies(first) == PAGES
    second = site.crawl("-a", "sources=local")
    assert second.code == 0, second.stderr
    assert site.local() == []
    *old, new = site.exchanges()
    originals = {one.record_id for several in old for one in several}
    assert len(new) == 5, "robots.txt is kept"
    assert all(one.profile and one.original and one.original.record_id in originals for one in new)
    assert second.rows("SELECT count(*) FROM captures WHERE refers_to IS NULL") == [(6,)]
    assert site.bodies(second) == PAGES
    assert site.ask("verify").stdout.endswith("all agrees\n")
    site.store.remove(site.url, site.location.closed()[0])
    said = site.ask("verify")
    assert said.code == 1
    assert "it is missing, and with it" in said.stdout


def test_what_was_retracted_is_in_no_merged_index(site: Site) -> None:
    assert site.crawl().code == 0
    target = site.folder / "merged.cdxj"
    assert site.ask("archive", "--index", str(target)).code == 0
    assert site.server.home + STORIES[0] in target.read_text(encoding="utf-8")
    assert site.ask("retract", site.server.home + STORIES[0], "--reason", "a test").code == 0
    assert site.ask("archive", "--index", str(target)).code == 0
    assert site.server.home + STORIES[0] not in target.read_text(encoding="utf-8")
    assert site.server.home + STORIES[1] in target.read_text(encoding="utf-8")
    assert site.ask("verify").stdout.endswith("all agrees\n")


def test_what_was_archived_into_the_folder_moves_once_there_is_a_store(site: Site) -> None:
    site.crawl(NEWSCRAWL_ARCHIVE_STORE="")
    assert len(site.local()) == 2
    assert site.location.store is not None
    assert site.location.store.sizes() == {}
    crawl = site.crawl("-a", "sources=local")
    assert crawl.code == 0, crawl.stderr
    assert site.local() == []
    old, new = site.exchanges()
    assert (len(old), len(new)) == (6, 5)
    assert all(one.profile for one in new)


def test_a_store_that_goes_down_loses_nothing(site: Site) -> None:
    def going_down() -> Answer:
        site.store.gate.shut()
        return Answer(body=page(STORIES[3]))

    site.server.routes[STORIES[3]] = going_down
    try:
        crawl = site.crawl(NEWSCRAWL_ARCHIVE_MAX_BYTES=3000)
        assert crawl.code == 1
        assert "ERROR: closed WARCs stay in" in crawl.stderr
        assert "the next run moves them" in crawl.stderr
        assert "Traceback" not in crawl.stderr
        assert len(crawl.lines()) == 4
        stayed = site.local()
        assert stayed
        down = site.crawl("-a", "sources=local")
        assert down.code == 1
        assert "newscrawl: cannot list the store" in down.stderr
        assert "check NEWSCRAWL_ARCHIVE_STORE" in down.stderr
        assert "Traceback" not in down.stderr
        assert site.local() == stayed
        asked = len(site.server.asked)
    finally:
        site.store.gate.open()
    site.server.routes[STORIES[3]] = Answer(body=page(STORIES[3]))
    assert len(site.server.asked) == asked
    again = site.crawl("-a", "sources=local")
    assert again.code == 0, again.stderr
    assert site.local() == []
    assert {name for name in stayed if name.endswith(".gz")} < set(site.location.closed())
    assert site.bodies(again) == PAGES
    assert again.rows("SELECT count(*) FROM captures WHERE refers_to IS NULL") == [(6,)]


def test_what_a_killed_run_left_is_closed_entered_and_moved(site: Site) -> None:
    archive = open_writer(site.location.folder)
    one = archive.write(exchange("first", b"Content-Type: text/html\r\n", b"first"))
    assert one is not None
    # As the system does it for a process that dies.
    os.close(archive._file._file)  # type: ignore[union-attr]
    crawl = site.crawl()
    assert crawl.code == 0, crawl.stderr
    assert site.local() == []
    assert one.warc in site.location.closed()
    assert crawl.rows("SELECT record_id FROM captures WHERE warc = ?", one.warc) == [(one.record_id,)]
    assert read_capture(site.location, one).body == b"first"


def test_a_run_that_is_told_to_stop_does_not_wait_for_a_slow_store(site: Site) -> None:
    noise = random.Random(1).randbytes(400_000).hex()
    site.server.routes[STORIES[0]] = Answer(body=page("noise") + f"<!-- {noise} -->".encode())
    site.server.routes[STORIES[3]] = Answer(body=page(STORIES[3]), seconds=20)
    settings = {
        "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_BUNDLED_SOURCES": 0, **HASTE,
        "NEWSCRAWL_SOURCES": site.folder / "sources", "NEWSCRAWL_ARCHIVE_STORE": site.url,
        "NEWSCRAWL_ARCHIVE_MAX_BYTES": 1000, "NEWSCRAWL_STOP_TIMEOUT": 1,
    }  # fmt: skip
    site.store.gate.stall(100_000)
    try:
        run = subprocess.Popen(
            command("crawl", "news", output=site.folder / "output", **settings),
            cwd=ROOT, env=environment(**site.store.variables), stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        assert site.store.gate.reached.wait(60)
        run.terminate()
        began = time.monotonic()
        _, said = run.communicate(timeout=60)
        assert time.monotonic() - began < 15
    finally:
        site.store.gate.release()
    assert run.returncode == 0, said
    assert "the next run moves them" in said
    stayed = {name for name in site.local() if name.endswith(".warc.gz")}
    assert stayed
    site.server.routes[STORIES[3]] = Answer(body=page(STORIES[3]))
    crawl = site.crawl()
    assert crawl.code == 0, crawl.stderr
    assert site.local() == []
    assert stayed <= set(site.location.closed())


def test_a_wrong_store_ends_the_run_before_it_asks(site: Site) -> None:
    for url, said in (
        ("s3://no-such-bucket/x", "NoSuchBucket"),
        ("gs://bucket/x", "write s3://BUCKET/PREFIX"),
    ):
        crawl = site.crawl(NEWSCRAWL_ARCHIVE_STORE=url)
        assert crawl.code == 1
        assert said in crawl.stderr
        assert "Traceback" not in crawl.stderr
    crawl = site.crawl(NEWSCRAWL_ARCHIVE_MAX_BYTES=10**10)
    assert crawl.code == 1
    assert "write at most 5000000000" in crawl.stderr
    assert not site.server.asked
    assert not (site.folder / "output" / "newscrawl.db").exists()
