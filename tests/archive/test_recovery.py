from __future__ import annotations

import gzip
import io
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.archive import files, recovery
from newscrawl.archive.location import Location
from newscrawl.archive.reader import iterate, read_capture
from newscrawl.archive.records import record
from newscrawl.archive.recovery import Recovered, recover, whole_end
from newscrawl.exceptions import ArchiveError
from newscrawl.items import Capture
from tests.archive.exchanges import ARABIC, CASES, NOON, exchange, original, pages, writer

STEM = "news-20260131120000-0000100000000"
PAGES = pages(3, most=100)
PAGE = exchange("page", b"Content-Type: text/html\r\n", ARABIC)


@dataclass(frozen=True)
class Written:
    """What a writer that was killed would have left, had it been let to write all of it."""

    content: bytes
    captures: list[Capture]
    ends: list[int]
    """Where each record ends."""

    def leave(self, folder: Path, size: int | None = None) -> Path:
        """The file as a killed writer leaves it, cut to a size."""
        folder.mkdir(exist_ok=True)
        (folder / f"{STEM}.cdxj.open").write_bytes(b"half a li")
        path = folder / f"{STEM}.warc.gz.open"
        path.write_bytes(self.content[:size])
        return path


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    monkeypatch.setattr("secrets.token_hex", lambda _: "00000000")
    folder = tmp_path / "written"
    with writer(folder) as archive:
        made = [archive.write(page) for page in PAGES]
        assert made[0]
        first = PAGES[0]
        made.append(archive.write(replace(first, started_at=NOON + timedelta(days=1)), original(made[0], first)))
        made.append(archive.write(replace(CASES["304"].exchange, url=first.url), original(made[0], first)))
    content = (folder / f"{STEM}.warc.gz").read_bytes()
    shutil.rmtree(folder)
    captures = [capture for capture in made if capture]
    return Written(content, captures, [at for at in range(1, len(content) + 1) if _is_end(content, at)])


def _is_end(content: bytes, at: int) -> bool:
    """By Python's own gzip, which reads members one after another and refuses half ones."""
    if at < len(content) and content[at : at + 3] != b"\x1f\x8b\x08":
        return False
    try:
        gzip.decompress(content[:at])
    except (EOFError, gzip.BadGzipFile):
        return False
    return True


def check(folder: Path, written: Written, size: int, recovered: list[Recovered]) -> None:
    """A file that was cut to a size holds every record that was whole, and its tail the rest."""
    (one,) = recovered
    end = max((at for at in written.ends if at <= size), default=0)
    warc, tail = folder / f"{STEM}.warc.gz", folder / f"{STEM}.warc.gz.tail"
    whole = [capture for capture in written.captures if capture.offset + capture.length <= size]
    assert one.warc == warc
    assert one.cut == size - end
    assert [found.capture for found in one.found] == whole
    assert (warc.read_bytes() if end else b"") == written.content[:end]
    assert (tail.read_bytes() if size > end else b"") == written.content[end:size]
    expected = {warc: end, tail: size > end, folder / f"{STEM}.cdxj": end}
    assert set(folder.iterdir()) == {path for path, there in expected.items() if there}
    if end:
        lines = (folder / f"{STEM}.cdxj").read_bytes().splitlines()
        assert lines == sorted(lines)
        assert len(lines) == len([capture for capture in whole if capture != written.captures[-1]])
        assert [exchange.capture for exchange in iterate(warc)] == whole
    assert recover(folder) == []


def test_a_file_cut_anywhere_keeps_what_was_whole(written: Written, tmp_path: Path) -> None:
    sizes = {0, 1, *written.ends, *(at - 1 for at in written.ends), *(at + 1 for at in written.ends[:-1])}
    sizes |= set(random.Random(3).sample(range(len(written.content)), 20))
    for size in sorted(sizes):
        folder = tmp_path / str(size)
        written.leave(folder, size)
        check(folder, written, size, recover(folder))


@pytest.mark.slow
def test_a_file_cut_at_every_byte_keeps_what_was_whole(
    written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Thousands of files; that they would survive a power cut is not what is asked here.
    monkeypatch.setattr(os, "fsync", lambda _: None)
    for size in range(len(written.content) + 1):
        folder = tmp_path / "cut"
        written.leave(folder, size)
        check(folder, written, size, recover(folder))
        shutil.rmtree(folder)


class PowerCut(BaseException):
    """Ends a process where it stands: nothing in the code may catch it."""


@contextmanager
def power_cut(after: int) -> Iterator[None]:
    """Ends at the call of that number that changes what is on the disk, before or after it."""
    calls = 0

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == after:
                raise PowerCut
            return original(*arguments, **options)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for place, name in [(os, "fsync"), (os, "ftruncate"), (Path, "rename"), (Path, "unlink")]:
            patch.setattr(place, name, counted(getattr(place, name)))
        patch.setattr(shutil, "copyfileobj", counted(shutil.copyfileobj))
        yield


@pytest.mark.parametrize("size_of", ["torn", "whole"])
def test_recovery_that_was_itself_cut_short_is_done_again(size_of: str, written: Written, tmp_path: Path) -> None:
    size = len(written.content) - (40 if size_of == "torn" else 0)
    step, steps_with_a_result = 0, []
    while True:
        step += 1
        folder = tmp_path / str(step)
        written.leave(folder, size)
        try:
            with power_cut(step):
                recover(folder)
            break
        except PowerCut:
            again = recover(folder)
        warc, tail = folder / f"{STEM}.warc.gz", folder / f"{STEM}.warc.gz.tail"
        end = max(at for at in written.ends if at <= size)
        assert warc.read_bytes() == written.content[:end]
        assert (tail.read_bytes() if tail.exists() else b"") == written.content[end:size]
        assert (folder / f"{STEM}.cdxj").exists()
        assert not [path for path in folder.iterdir() if path.suffix in (".open", ".part")]
        steps_with_a_result.append(bool(again))
    assert step > 5
    assert any(steps_with_a_result)


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        capture = archive.write(PAGE)
        before = {path: path.read_bytes() for path in tmp_path.iterdir()}
        assert recover(tmp_path) == []
        assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
        again = archive.write(PAGE)
    assert [exchange.capture for exchange in iterate(next(tmp_path.glob("*.gz")))] == [capture, again]


def test_a_file_that_is_closed_meanwhile_is_left_alone(
    written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written.leave(tmp_path)

    def late(file: int) -> bool:
        path.rename(tmp_path / f"{STEM}.warc.gz")
        return files.lock(file)

    monkeypatch.setattr(recovery, "lock", late)
    assert recover(tmp_path) == []
    assert (tmp_path / f"{STEM}.warc.gz").read_bytes() == written.content


def test_a_journal_whose_file_held_nothing_whole_is_removed(tmp_path: Path) -> None:
    journal = tmp_path / "news-20260101000000-00001ab.cdxj.open"
    journal.touch()
    assert recover(tmp_path) == []
    assert not journal.exists()


def test_a_journal_that_outlived_its_writer_is_removed(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        archive.write(PAGE)
    before = set(tmp_path.iterdir())
    (warc,) = tmp_path.glob("*.gz")
    (tmp_path / warc.name.replace(".warc.gz", ".cdxj.open")).write_bytes(b"left")
    assert recover(tmp_path) == []
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("length", [0, 1, (1 << 18) - 600, 1 << 18, (1 << 18) + 1, 3 << 18, 5_000_000])
@pytest.mark.parametrize("kind", ["random", "zeros"])
def test_records_of_any_size_are_walked(length: int, kind: str) -> None:
    block = random.Random(length).randbytes(length) if kind == "random" else bytes(length)
    made = [record([("WARC-Type", "resource")], content) for content in (b"first", block, b"last")]
    assert whole_end(io.BytesIO(b"".join(made))) == len(b"".join(made))
    assert whole_end(io.BytesIO(b"".join(made)[:-1])) == len(b"".join(made[:2]))
    assert whole_end(io.BytesIO(made[0] + made[1][:-1])) == len(made[0])


def test_what_is_no_whole_record_ends_the_file() -> None:
    good = record([("WARC-Type", "resource")], b"block")
    plain = gzip.decompress(good)
    assert whole_end(io.BytesIO(good + good)) == 2 * len(good)
    for bad in (
        plain.replace(b"Content-Length: 5", b"Content-Length: 6"),
        plain.replace(b"Content-Length: 5", b"Content-Length: 4"),
        plain.replace(b"Content-Length: 5", b"X: 1"),
        plain[:-4],
        plain.replace(b"WARC/1.1", b"HTTP/1.1"),
        b"",
    ):
        assert whole_end(io.BytesIO(good + gzip.compress(bad) + good)) == len(good)
    assert whole_end(io.BytesIO(good + bytes(50) + good)) == len(good)
    torn = bytearray(good)
    torn[-6] ^= 1
    assert whole_end(io.BytesIO(good + bytes(torn) + good)) == len(good)


def test_a_folder_that_refuses_is_told(written: Written, tmp_path: Path) -> None:
    (tmp_path / f"{STEM}.warc.gz.open").mkdir()
    with pytest.raises(ArchiveError, match="cannot recover"):
        recover(tmp_path)


def test_a_folder_that_is_not_there_has_nothing_to_recover(tmp_path: Path) -> None:
    assert recover(tmp_path / "missing") == []


def test_what_was_recovered_can_be_read(written: Written, tmp_path: Path) -> None:
    written.leave(tmp_path, len(written.content) - 1)
    (one,) = recover(tmp_path)
    for found, page in zip(one.found[:3], PAGES, strict=True):
        assert (found.url, found.date, found.status) == (page.url, page.started_at, 200)
        assert read_capture(Location(tmp_path), found.capture).body == page.body


@pytest.mark.parametrize("closed", [False, True])
def test_what_is_recovered_is_told_while_its_file_says_that_it_is_not(
    written: Written, tmp_path: Path, closed: bool
) -> None:
    folder = tmp_path / "recovered"
    path = written.leave(folder)
    if closed:
        path = path.rename(path.with_suffix(""))
    told: list[recovery.Found] = []

    def fail(_: list[recovery.Found]) -> None:
        raise RuntimeError("the database is gone")

    def take(found: list[recovery.Found]) -> None:
        assert path.exists()
        assert (folder / f"{STEM}.cdxj.open").exists()
        told.extend(found)

    with pytest.raises(RuntimeError, match="the database is gone"):
        recover(folder, fail)
    recover(folder, take)
    assert [one.capture for one in told] == written.captures
    first = written.captures[0].record_id
    assert [one.refers_to for one in told] == [None, None, None, first, first]
    assert not list(folder.glob("*.open"))
    recover(folder, fail)
