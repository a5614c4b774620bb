from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import pytest

from newscrawl.archive.sorted_lines import SortedLines


@pytest.mark.parametrize("bytes_at_once", [1, 100, 100_000])
def test_lines_are_found_by_how_they_begin(tmp_path: Path, bytes_at_once: int) -> None:
    # With 1, each is a file of its own until there are 64.
    lines = [b"%03d\tline %d\n" % (number // 3, number) for number in range(300)]
    random.Random(1).shuffle(lines)
    with closing(SortedLines(tmp_path, bytes_at_once=bytes_at_once)) as index:
        for line in lines:
            index.add(line)
        index.sort()
        assert list(index.beginning_with(b"")) == sorted(lines)
        assert list(index.beginning_with(b"042\t")) == sorted(line for line in lines if line.startswith(b"042\t"))
        assert next(index.beginning_with(b"000\t")) == b"000\tline 0\n"
        assert list(index.beginning_with(b"099\t"))[-1] == b"099\tline 299\n"
        assert list(index.beginning_with(b"100")) == list(index.beginning_with(b"0425")) == []
    assert list(tmp_path.iterdir()) == []


def test_without_lines_nothing_is_found(tmp_path: Path) -> None:
    with closing(SortedLines(tmp_path)) as index:
        index.sort()
        assert list(index.beginning_with(b"")) == []
