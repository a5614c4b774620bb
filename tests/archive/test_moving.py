"""Closed files move to a real store; whatever dies on the way, nothing is lost and nothing overwritten."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from newscrawl.archive.files import OPEN
from newscrawl.archive.location import Location
from newscrawl.archive.moving import Mover, move_closed
from newscrawl.archive.reader import iterate, iterate_closed, read_capture, read_captures
from newscrawl.archive.store import Store
from newscrawl.exceptions import ArchiveError
from newscrawl.items import Capture
from tests.archive.exchanges import CASES, original, pages, writer
from tests.crawling import ROOT, environment
from tests.object_store import ObjectStore

# The first run sets the server's environment up.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

REPEATED = CASES["gzip"].exchange


@pytest.fixture
def location(s3: ObjectStore, tmp_path: Path) -> Location:
    """An archive whose closed files are to move."""
    folder = tmp_path / "archive"
    folder.mkdir()
    return Location(folder, Store(s3.bucket()))


def fill(folder: Path, count: int = 20, most: int = 3000) -> list[Capture]:
    with writer(folder, max_bytes=20_000) as archive:
        captures = [archive.write(page) for page in pages(count, most=most)]
    return [capture for capture in captures if capture]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def moved(location: Location) -> list[str]:
    return [names.warc.name for names in move_closed(location)]


def ended(location: Location) -> Mover:
    mover = Mover(location)
    mover.look()
    mover.finish()
    for _ in range(600):
        if not mover.working:
            return mover
        time.sleep(0.1)
    raise AssertionError("the mover does not end")


def held(s3: ObjectStore, location: Location, names: list[str] | dict[str, bytes]) -> dict[str, bytes | None]:
    assert location.store is not None
    return {name: s3.object(location.store.url, name) for name in names}


def test_what_is_closed_moves_and_is_read_from_there(s3: ObjectStore, location: Location) -> None:
    captures = fill(location.folder)
    files = contents(location.folder)
    exchanges = {name: list(iterate(location.folder / name)) for name in files if name.endswith(".warc.gz")}
    assert len(exchanges) > 1
    assert moved(location) == sorted(exchanges)
    assert contents(location.folder) == {}
    assert held(s3, location, files) == files
    assert location.closed() == sorted(exchanges)
    assert all(location.holds(name) for name in exchanges)
    assert {name: list(iterate_closed(location, name)) for name in exchanges} == exchanges
    assert [read_capture(location, one).body for one in captures] == [page.body for page in pages(20)]
    assert moved(location) == []


def test_one_request_reads_many_captures_of_a_file(s3: ObjectStore, location: Location) -> None:
    with writer(location.folder) as archive:
        captures = [capture for page in pages(30) if (capture := archive.write(page))]
    moved(location)
    fresh = Location(location.folder, Store(location.store.url))  # type: ignore[union-attr]
    asked = s3.gate.requests
    assert len(list(read_captures(fresh, captures))) == 30
    assert s3.gate.requests - asked == 1


def test_a_revisit_finds_its_payload_wherever_each_lies(location: Location) -> None:
    with writer(location.folder) as archive:
        first = archive.write(REPEATED)
    assert first is not None
    moved(location)
    with writer(location.folder) as archive:
        again = archive.write(replace(REPEATED, url=REPEATED.url + "-again"), original(first, REPEATED))
    assert again is not None
    for _ in range(2):
        read = read_capture(location, again, lambda _: first)
        assert (read.profile is not None, read.body) == (True, REPEATED.body)
        moved(location)
    assert contents(location.folder) == {}


def test_a_file_that_is_written_or_not_entered_stays(location: Location) -> None:
    archive = writer(location.folder, max_bytes=1, keep_journals=True)
    one, two = archive.write(pages(2)[0]), archive.write(pages(2)[1])
    assert one is not None
    assert two is not None
    assert moved(location) == []
    (filled,) = archive.filled
    filled.journal.unlink()
    assert moved(location) == [one.warc]
    assert (location.folder / (two.warc + OPEN)).exists()
    archive.close()
    assert moved(location) == [two.warc]


@pytest.mark.parametrize("die_before", [1, 2])
def test_killed_before_a_file_is_taken_away_the_next_finishes_it(
    s3: ObjectStore, location: Location, die_before: int
) -> None:
    fill(location.folder, 3)
    files = contents(location.folder)
    kill = f"""
import os, pathlib, signal, sys
from newscrawl.archive.location import Location
from newscrawl.archive.moving import move_closed
from newscrawl.archive.store import Store
unlink, count = pathlib.Path.unlink, 0
def dying(self, *arguments, **options):
    global count
    count += 1
    if count == {die_before}:
        os.kill(os.getpid(), signal.SIGKILL)
    unlink(self, *arguments, **options)
pathlib.Path.unlink = dying
list(move_closed(Location(pathlib.Path(sys.argv[1]), Store(sys.argv[2]))))
"""
    died = subprocess.run(
        [sys.executable, "-c", kill, location.folder, location.store.url],  # type: ignore[union-attr]
        cwd=ROOT, env=environment(), check=False,
    )  # fmt: skip
    assert died.returncode == -9
    left = contents(location.folder)
    assert len(left) == 3 - die_before
    assert held(s3, location, files) == files
    assert len(moved(location)) == 2 - die_before
    assert contents(location.folder) == {}
    assert held(s3, location, files) == files


def test_an_upload_that_is_cut_is_done_again(s3: ObjectStore, location: Location) -> None:
    with writer(location.folder) as archive:
        for page in pages(100, most=30_000):
            archive.write(page)
    files = contents(location.folder)
    s3.gate.most = 300_000
    s3.gate.reached.clear()
    try:
        with pytest.raises(ArchiveError, match="cannot put"):
            moved(location)
    finally:
        s3.gate.most = None
    assert s3.gate.reached.is_set()
    assert contents(location.folder) == files
    assert len(moved(location)) == 1
    assert contents(location.folder) == {}
    assert held(s3, location, files) == files


def test_killed_while_a_file_is_sent_nothing_half_is_left(s3: ObjectStore, location: Location) -> None:
    with writer(location.folder) as archive:
        # More than the system takes off a sender's hands, and sends on when that is dead.
        for page in pages(60, most=400_000):
            archive.write(page)
    files = contents(location.folder)
    (warc,) = (name for name in files if name.endswith(".warc.gz"))
    move = """
import pathlib, sys
from newscrawl.archive.location import Location
from newscrawl.archive.moving import move_closed
from newscrawl.archive.store import Store
list(move_closed(Location(pathlib.Path(sys.argv[1]), Store(sys.argv[2]))))
"""
    s3.gate.stall(300_000)
    try:
        moving = subprocess.Popen(
            [sys.executable, "-c", move, location.folder, location.store.url],  # type: ignore[union-attr]
            cwd=ROOT, env=environment(**s3.variables),
        )  # fmt: skip
        assert s3.gate.reached.wait(30)
        moving.kill()
        assert moving.wait() == -9
    finally:
        s3.gate.release()
    assert contents(location.folder) == files
    assert held(s3, location, [warc]) == {warc: None}
    assert moved(location) == [warc]
    assert held(s3, location, files) == files


def test_the_same_object_counts_as_moved_and_another_is_never_overwritten(s3: ObjectStore, location: Location) -> None:
    fill(location.folder)
    files = contents(location.folder)
    (first, second, *others) = sorted(name for name in files if name.endswith(".warc.gz"))
    place = "/" + location.store.url.removeprefix("s3://")  # type: ignore[union-attr]
    forged = bytes([files[second][0] ^ 1]) + files[second][1:]
    assert s3.ask("PUT", f"{place}/{first}", files[first])[0] == 200
    assert s3.ask("PUT", f"{place}/{second}", forged)[0] == 200
    with pytest.raises(ArchiveError, match=f"holds another {second}.*compare the two"):
        moved(location)
    assert location.closed() == sorted([first, second, *others])
    stem = second.removesuffix(".warc.gz")
    assert contents(location.folder) == {name: files[name] for name in (second, stem + ".cdxj")}
    there = {name: files[name] for name in (first, *others)}
    assert held(s3, location, [first, second, *others]) == {**there, second: forged}


def test_while_the_store_is_down_files_stay_and_move_when_it_is_back(
    s3: ObjectStore, location: Location, caplog: pytest.LogCaptureFixture
) -> None:
    fill(location.folder)
    files = contents(location.folder)
    s3.gate.shut()
    try:
        mover = ended(location)
    finally:
        s3.gate.open()
    assert isinstance(mover.error, ArchiveError)
    assert contents(location.folder) == files
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "the next run moves them" in caplog.text
    mover = ended(location)
    assert mover.error is None
    assert contents(location.folder) == {}
    assert held(s3, location, files) == files
