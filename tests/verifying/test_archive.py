"""What lies in the archive's folder, and what should."""

from __future__ import annotations

import fcntl
import os
import shutil

import pytest

from newscrawl.archive.files import OpenFile
from newscrawl.archive.location import Location
from newscrawl.archive.writer import ArchiveWriter
from newscrawl.verifying.archive import archive_findings
from newscrawl.verifying.findings import Looked
from tests.archive.exchanges import exchange, writer
from tests.crawling import FIXTURES, Crawl
from tests.verifying.case import Case, alive


def test_a_file_that_is_missing_is_told_once_with_what_it_costs(case: Case) -> None:
    name, index = case.warc.name, case.index.name
    case.warc.unlink()
    findings, _ = case.verified()
    warc, stray = [one for one in findings if one.kind != "revision"]
    assert (warc.where, warc.remedy) == (name, f"bring it back into {case.archive}")
    # Of the second crawl all but the page that changed and what has no body.
    assert warc.what == (
        "it is missing, and with it 9 capture(s), the bytes of 4 revision(s), and what 6 revisit(s) in other files "
        "repeat"
    )
    assert (stray.kind, stray.where, stray.what) == ("index", index, f"there is no {name}")


@pytest.mark.slow
def test_without_archive_nothing_is_missed(case: Case) -> None:
    shutil.rmtree(case.output)
    assert case.crawl(NEWSCRAWL_ARCHIVE=0).code == 0
    findings, looked = case.verified()
    assert (findings, looked.revisions, looked.traced, looked.warcs) == ([], 4, 0, 0)


def test_what_was_replayed_is_not_missed(demonstration: Crawl) -> None:
    findings, looked = Case(demonstration.output, FIXTURES, "").verified()
    assert (findings, looked.traced, looked.warcs) == ([], 0, 0)
    assert looked.lines == looked.revisions > 10


def test_strange_files(case: Case) -> None:
    (case.archive / "notes.txt").touch()
    (case.archive / "other.cdxj.open").touch()
    (case.archive / "other.warc.gz.tail").touch()
    (case.archive / "index.cdxj").touch()
    assert case.findings() == [
        "notes.txt: it is none of the archive's files",
        "other.cdxj.open: there is no other.warc.gz",
    ]


@pytest.fixture
def writing(case: Case) -> ArchiveWriter:
    """A writer in the midst of a file, whose first answer is entered and whose second is not."""
    opened = writer(case.archive)
    first = opened.write(exchange("first", b"Content-Type: text/html\r\n", b"first"))
    assert first is not None
    case.execute(
        'INSERT INTO captures (warc, "offset", length, record_id, payload_digest, url, captured_at)'
        " VALUES (?, ?, ?, ?, ?, 'http://news.example/first', '2026-01-31 12:00:00')",
        first.warc, first.offset, first.length, first.record_id, first.payload_digest,
    )  # fmt: skip
    assert opened.write(exchange("second", b"Content-Type: text/html\r\n", b"second")) is not None
    return opened


def file_of(opened: ArchiveWriter) -> OpenFile:
    assert opened._file is not None
    return opened._file


def test_a_living_writers_file_is_read_as_far_as_it_is_entered(case: Case, writing: ArchiveWriter) -> None:
    findings, looked = case.verified()
    assert findings == []
    assert (looked.warcs, looked.live, looked.captures) == (3, 1, 18)
    # Half a record that it is about to end.
    with file_of(writing).names.open.open("ab") as file:
        file.write(b"\x1f\x8b\x08half")
    assert case.findings() == []
    writing.close()


def test_what_is_entered_of_a_living_writers_file_must_be_whole(case: Case, writing: ArchiveWriter) -> None:
    path = file_of(writing).names.open
    content = path.read_bytes()
    (end,) = case.rows('SELECT "offset" + length FROM captures WHERE warc LIKE ?', path.name.removesuffix(".open"))[0]
    path.write_bytes(content[: end - 5] + b"\0" + content[end - 4 :])
    (told,) = case.findings()
    assert "its gzip checksum or length does not hold" in told
    writing.close()


@pytest.mark.slow
def test_a_dead_writers_file_is_told_and_mended_by_the_next_crawl(case: Case, writing: ArchiveWriter) -> None:
    names = file_of(writing).names
    # The system frees the lock of a killed process when it closes its files.
    os.close(file_of(writing)._file)
    (end,) = case.rows('SELECT "offset" + length FROM captures WHERE warc = ?', names.warc.name)[0]
    assert case.findings() == [f"{names.open.name}: its crawl died; what stands behind byte {end} may not be entered"]
    assert case.crawl().code == 0
    assert names.warc.exists()
    assert case.findings() == []


@pytest.mark.slow
def test_a_file_that_was_not_entered_before_its_crawl_died(case: Case) -> None:
    opened = writer(case.archive, keep_journals=True)
    opened.write(exchange("first", b"Content-Type: text/html\r\n", b"first"))
    names = file_of(opened).names
    opened._close(keep_journal=True)
    assert case.findings() == [f"{names.warc.name}: its crawl died before all of it was entered"]
    with alive(case):
        assert case.findings() == []
    assert case.crawl().code == 0
    assert case.findings() == []


def test_a_file_is_looked_for_under_its_other_name(case: Case) -> None:
    """A crawl closes its file while it is looked at."""
    path = case.warc
    opened = path.with_name(path.name + ".open")
    path.rename(opened)
    with opened.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        database = case.database()

        def close(_: int) -> None:
            if opened.exists():
                opened.rename(path)

        assert list(archive_findings(database, Location(case.archive), Looked(), close)) == []
        database.close()
    assert path.exists()
