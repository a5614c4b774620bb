"""WARCs as Common Crawl, wget and browsertrix write them, and our own."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from newscrawl.rereading.foreign import NEW, STORED, Held, look_into
from newscrawl.storage.rereading import Chosen
from tests.archive.foreign import browsertrix, common_crawl, wget
from tests.rereading.again import OLD, Archived, differing
from tests.server import page
from tests.verifying.case import STORIES

STORY = "https://news.example/2024/harbour"


def look(archived: Archived, *files: Path, **chosen: Any) -> Held:
    database = archived.database()
    try:
        return look_into(files, database, archived.configuration(), Chosen(**chosen))
    finally:
        database.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "foreign.warc.gz"


@pytest.mark.parametrize(
    "content",
    [common_crawl({STORY: page("harbour")}), wget(STORY, page("harbour")), browsertrix(STORY, page("harbour"))],
    ids=["common_crawl", "wget", "browsertrix"],
)
def test_their_pages_are_read(archived: Archived, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    held = look(archived, file)
    assert held.answers == {"": {NEW: 1}}
    assert (held.broken, held.report.failures, held.report.pages) == ([], [], 0)


def test_articles_are_told_by_source_and_compared_with_what_is_stored(archived: Archived, file: Path) -> None:
    archived.read_by(OLD)
    before = archived.readings()
    pages = {
        archived.home + STORIES[0]: page(STORIES[0]),
        archived.home + "/2026/unknown.html": page("unknown"),
        archived.home + "/2026/empty.html": page("empty", body=False),
        STORY: page("harbour"),
    }
    file.write_bytes(common_crawl(pages))
    held = look(archived, file)
    assert held.answers == {"local": {STORED: 1, NEW: 1, "no article: no_body": 1}, "": {NEW: 1}}
    assert differing(held.report) == {"headline": {"changed": 1}}
    assert archived.readings() == before
    assert look(archived, file, source_id="local", url_key=archived.key(STORIES[0])).answers == {"local": {STORED: 1}}


def test_a_truncated_page_is_no_article(archived: Archived, file: Path) -> None:
    file.write_bytes(common_crawl({STORY: page("harbour")}, truncated="length"))
    assert look(archived, file).answers == {"": {"truncated: length": 1}}


def test_bytes_that_are_not_of_their_digest_are_a_failure(archived: Archived, file: Path) -> None:
    content = gzip.decompress(browsertrix(STORY, page("harbour")))
    file.write_bytes(gzip.compress(content.replace(b"council", b"counsel")))
    held = look(archived, file)
    assert held.answers == {"": {"failed": 1}}
    assert "is not of the digest" in held.report.failures[0].reason


def test_a_cut_file_is_read_as_far_as_it_goes(archived: Archived, file: Path, tmp_path: Path) -> None:
    content = common_crawl({STORY: page("harbour"), STORY + "-2": page("second")})
    file.write_bytes(content[:-100])
    held = look(archived, file, tmp_path / "nothing.warc.gz")
    assert held.answers == {"": {NEW: 1}}
    assert [line.partition(": ")[0] for line in held.broken] == [str(file), str(tmp_path / "nothing.warc.gz")]


def test_our_own_are_read_too_with_what_is_no_page(archived: Archived) -> None:
    held = look(archived, *sorted(archived.archive.glob("*.warc.gz")))
    counts = held.answers["local"]
    assert counts[STORED] >= 3
    assert counts["no page: status 301"] >= 1
    assert counts["no page here: repeats another answer"] >= 1
    assert held.report.pages == counts[STORED]
