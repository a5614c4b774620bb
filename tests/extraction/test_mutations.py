"""Broken pages by the thousand: each is read without an error, in bounded time and memory, always to the same bytes."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.crawling import ROOT, environment
from tests.extraction.mutations import LONGEST, mutated, originals

PAGES = 5_000
HALF = PAGES // 2
AGAIN = 250
# Each process reads a half, a part of the other's half, and a part of its own once more at the end.
SHARES = ((0, HALF, HALF, HALF + AGAIN, 0, AGAIN), (HALF, PAGES, 0, AGAIN, HALF, HALF + AGAIN))


def test_a_number_stands_for_one_page() -> None:
    pages = originals()
    made = [mutated(pages, number) for number in range(30)]
    assert made == [mutated(pages, number) for number in range(30)]
    assert len({page.body for page in made} - {page.body for page in pages}) > 25


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_mutated_pages_are_read_alike_in_time_and_memory(tmp_path: Path) -> None:
    readers = [_reader(tmp_path, seed, share) for seed, share in enumerate(SHARES)]
    faults: list[str] = []
    digests: dict[int, set[str]] = defaultdict(set)
    for seed, (reader, share) in enumerate(zip(readers, SHARES, strict=True)):
        reader.wait(timeout=300)
        lines = (tmp_path / f"{seed}.out").read_text(encoding="utf-8").splitlines()
        for line in lines:
            number, *end = line.split("\t")
            if end[0] == "fault":
                faults.append(f"page {number}: {end[1]}")
            digests[int(number)].add(end[0])
        numbers = [number for at in range(0, len(share), 2) for number in range(*share[at : at + 2])]
        if len(lines) < len(numbers):
            last = "\n".join((tmp_path / f"{seed}.log").read_text(encoding="utf-8").splitlines()[-3:])
            ended = f"ended its reader ({reader.returncode}; {-signal.SIGPROF} is over {LONGEST} s of processor time)"
            faults.append(f"page {numbers[len(lines)]} {ended} {last}")
    faults += [f"page {number}: not the same line each time" for number, found in digests.items() if len(found) > 1]
    assert not faults, "\n".join([*sorted(set(faults)), "python -m tests.extraction.mutations NUMBER  shows the page"])
    assert len(digests) == PAGES


def _reader(folder: Path, seed: int, share: tuple[int, ...]) -> subprocess.Popen[str]:
    """A process with this hash seed that reads the pages of its share, its lines and its log in files of the folder."""
    with (folder / f"{seed}.out").open("w") as lines, (folder / f"{seed}.log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.extraction.mutations", *map(str, share)],
            cwd=ROOT,
            env=environment(PYTHONHASHSEED=str(seed)),
            stdout=lines,
            stderr=log,
            text=True,
        )
