"""Lines sorted on disk and found by how they begin: an index of any length in little memory."""

from __future__ import annotations

import heapq
import mmap
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

_BYTES_AT_ONCE = 1 << 23
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
        self._lines: mmap.mmap | bytes = b""

    def add(self, line: bytes) -> None:
        """Take a line, with its line feed."""
        self._waiting.append(line)
        self._bytes += len(line)
        if self._bytes > self._bytes_at_once:
            self._write_run()

    def sort(self) -> None:
        """Sort what was taken; from now on it can be looked through, and nothing more is taken."""
        self._write_run()
        file = self._merged()
        if file.seek(0, 2):
            self._lines = self._files.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def beginning_with(self, beginning: bytes) -> Iterator[bytes]:
        """The lines that begin so, in order."""
        at = self._first_not_before(beginning)
        while at < len(self._lines):
            end = self._lines.find(b"\n", at) + 1
            line = self._lines[at:end]
            if not line.startswith(beginning):
                return
            yield line
            at = end

    def close(self) -> None:
        """Give the disk its room back."""
        self._lines = b""
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

    def _first_not_before(self, beginning: bytes) -> int:
        low, high = 0, len(self._lines)
        while low < high:
            middle = (low + high) // 2
            start = self._lines.rfind(b"\n", 0, middle) + 1
            end = self._lines.find(b"\n", middle) + 1
            if self._lines[start:end] < beginning:
                low = end
            else:
                high = start
        return low
