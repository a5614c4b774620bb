"""A writer that is killed at any moment loses nothing that was whole."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newscrawl.archive.index import merge_archive
from newscrawl.archive.location import Location
from newscrawl.archive.reader import StoredExchange, iterate, read_capture
from newscrawl.archive.recovery import recover
from newscrawl.items import Capture
from tests.archive.endless import page, said
from tests.archive.exchanges import writer
from tests.crawling import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

KILLS = 20


def write_and_kill(folder: Path, seconds: float) -> list[Capture]:
    """What a writer said to have written until it was killed, so long after its first exchange."""
    writing = subprocess.Popen(
        [sys.executable, "-m", "tests.archive.endless", folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert writing.stdout
    lines = [writing.stdout.readline()]
    time.sleep(seconds)
    writing.kill()
    lines += writing.communicate()[0].splitlines()
    assert writing.returncode == -9
    # The last line may be cut as the WARC may.
    return [said(line) for line in lines if line.endswith(("}", "}\n"))]


def kill_recovery(folder: Path, seconds: float) -> None:
    """Recover in another process, which is killed too."""
    call = (
        "import sys, pathlib; from newscrawl.archive.recovery import recover; "
        "print(flush=True); recover(pathlib.Path(sys.argv[1]))"
    )
    recovering = subprocess.Popen([sys.executable, "-c", call, folder], cwd=ROOT, stdout=subprocess.PIPE)
    assert recovering.stdout
    recovering.stdout.readline()
    time.sleep(seconds)
    recovering.kill()
    recovering.communicate()


def everything(folder: Path, already: set[Path]) -> list[StoredExchange]:
    """All answers of the closed files that were not there before, in the order of writing."""
    found = [one for path in set(folder.glob("*.warc.gz")) - already for one in iterate(path)]
    return sorted(found, key=lambda one: int(one.url.rpartition("/")[2]))


def test_what_was_whole_when_the_writer_was_killed_is_kept_once(tmp_path: Path) -> None:
    chance = random.Random()
    cut = 0
    with writer(tmp_path) as alive:
        beside = [alive.write(page(0))]
        for round_number in range(KILLS):
            already = set(tmp_path.glob("*.warc.gz"))
            told = write_and_kill(tmp_path, chance.uniform(0, 0.25))
            left = {path: path.read_bytes() for path in tmp_path.glob("*.warc.gz.open")}
            if round_number % 2:
                kill_recovery(tmp_path, chance.uniform(0, 0.01))
            for recovered in recover(tmp_path):
                warc, tail = recovered.warc, Path(f"{recovered.warc}.tail")
                cut += recovered.cut > 0
                whole = warc.read_bytes() if warc.exists() else b""
                assert whole + (tail.read_bytes() if tail.exists() else b"") == left[Path(f"{warc}.open")]
            assert len(list(tmp_path.glob("*.open"))) == 2
            found = everything(tmp_path, already)
            # The last may be whole though its writer did not live to say so.
            assert [one.capture for one in found][: len(told)] == told
            assert len(found) - len(told) in (0, 1)
            for number, one in enumerate(found):
                assert one.capture
                assert read_capture(Location(tmp_path), one.capture).body == page(number).body
            beside.append(alive.write(page(round_number)))
    assert [one.capture for path in tmp_path.glob(f"{beside[0].warc}") for one in iterate(path)] == beside  # type: ignore[union-attr]
    location = Location(tmp_path)
    merge_archive(location, location.closed(), tmp_path / "index.cdxj")
    lines = (tmp_path / "index.cdxj").read_bytes().splitlines()
    assert len(lines) == len(set(lines)) == len(everything(tmp_path, set()))
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".open", ".part")]
    print(f"{KILLS} kills, {cut} of them left a torn tail")
