"""Lines sorted on disk and found by how they begin: an index of any length in little memory."""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

_BYTES_AT_ONCE = 1 << 23
_BLOCK = 1 << 12
# Fewer than the 256 files that some systems let a process open.
_RUNS_AT_ONCE = 64


class SortedLines:
    """Takes lines in any order, then gives them back in that of their bytes. Its files have no name and end with it."""

    def __init__(self, folder: Path, *, bytes_at_once: int = _BYTES_AT_ONCE) -> None:
        """The files lie in the folder; so many bytes of lines are kept in memory before they are written."""
        self._folder = folder
        self._bytes_at_once = bytes_at_once
        self._waiting: list[bytes] = []
        self._bytes = 0
        self._runs: list[IO[bytes]] = []
        self._files = ExitStack()
        self._sorted: IO[bytes]
        self._size = 0

    def add(self, line: bytes) -> None:
        """Take a line, with its line feed."""
        self._waiting.append(line)
        self._bytes += len(line)
        if self._bytes > self._bytes_at_once:
            self._write_run()

    def sort(self) -> None:
        """Sort what was taken; from now on it can be looked through, and nothing more is taken."""
        self._write_run()
        self._sorted = self._merged()
        self._sorted.flush()
        self._size = self._sorted.tell()

    def beginning_with(self, beginning: bytes) -> Iterator[bytes]:
        """The lines that begin so, in order. Several threads may look at once."""
        for _, line in self._from(self._first_not_before(beginning)):
            if not line.startswith(beginning):
                return
            yield line

    def close(self) -> None:
        """Give the disk its room back."""
        self._files.close()

    def _write_run(self) -> None:
        if not self._waiting:
            return
        if len(self._runs) == _RUNS_AT_ONCE:
            self._runs = [self._merged()]
        run = self._new_file()
        run.writelines(sorted(self._waiting))
        self._runs.append(run)
        self._waiting, self._bytes = [], 0

    def _merged(self) -> IO[bytes]:
        if len(self._runs) == 1:
            return self._runs[0]
        merged = self._new_file()
        for run in self._runs:
            run.seek(0)
        merged.writelines(heapq.merge(*self._runs))
        for run in self._runs:
            run.close()
        return merged

    def _new_file(self) -> IO[bytes]:
        return self._files.enter_context(TemporaryFile(dir=self._folder))

    def _from(self, at: int) -> Iterator[tuple[int, bytes]]:
        """The lines that begin at this byte or later, each with that at which it does."""
        # One byte earlier, and without the line of which it is the last: that tells whether one begins here.
        start, rest, within = max(at - 1, 0), b"", at > 0
        # Not mapped into memory, where what was once looked at would count as taken.
        while piece := os.pread(self._sorted.fileno(), _BLOCK, start + len(rest)):
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                if not within:
                    yield start, line + b"\n"
                within = False
                start += len(line) + 1

    def _first_not_before(self, beginning: bytes) -> int:
        low, high = 0, self._size
        while low < high:
            middle = (low + high) // 2
            start, line = next(self._from(middle), (high, None))
            if line is not None and line < beginning:
                low = start + 1
            else:
                high = middle
        return low
