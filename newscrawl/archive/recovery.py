"""Closes the WARCs that a killed writer left open.

A file is cut after its last whole record, not after its last whole exchange: a response whose request or metadata is
lost is the page's bytes all the same, and articles are traced to responses. A request is never left alone, for it
stands behind its response.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from newscrawl.archive.files import INDEX, OPEN, WARC, Names, finish, is_named, lock, sync_folder
from newscrawl.archive.index import line_of
from newscrawl.archive.reader import StoredExchange, iterate
from newscrawl.archive.records import MOST_HEAD
from newscrawl.exceptions import ArchiveError
from newscrawl.items import Capture

logger = logging.getLogger(__name__)

_CHUNK = 1 << 18
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n")


@dataclass(frozen=True, slots=True)
class Found:
    """A whole answer of a recovered file: little, since a file may hold tens of thousands."""

    capture: Capture
    """As its writer gave it, or was about to."""
    url: str
    """Absolute URL as asked for."""
    date: datetime
    """Aware instant at which the request was begun."""
    status: int | None
    """HTTP status; None when the status line states none."""
    truncated: bool
    """Whether the body is known not to be whole."""
    refers_to: str | None = None
    """WARC-Record-ID of the answer that a revisit repeats; None for a response."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of one WARC that a killed writer had left open."""

    warc: Path
    """Its final name; there is no such file when none of its records was whole."""
    found: list[Found]
    """Its whole answers, in the order of writing."""
    cut: int
    """Bytes cut off its end, kept in the file of the same name with `.tail`."""


def recover(folder: Path, before_closing: Callable[[list[Found]], None] = lambda _: None) -> list[Recovered]:
    """Close every open WARC of a folder whose writer is dead. Killed at any moment, it can be done again.

    `before_closing` is given what a file holds while it is still open, to enter it where it must be known; and what
    one holds whose writer had closed it and died before it was entered.

    Raises ArchiveError for a file that cannot be read or written.
    """
    recovered = []
    for path in sorted(folder.glob("*" + WARC + OPEN)):
        names = Names(folder, path.name.removesuffix(WARC + OPEN))
        try:
            with path.open("r+b") as file:
                # A file that was closed while this waited is no longer the one of that name.
                if lock(file.fileno()) and is_named(file.fileno(), path):
                    recovered.append(_recover(names, file, before_closing))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ArchiveError(
                f"cannot recover {path}: {error}; make it readable and writable, and start again"
            ) from error
    _remove_leftovers(folder, before_closing)
    return recovered


def whole_end(file: BinaryIO) -> int:
    """The offset at which the last whole record of a file of ours ends, all before it whole too."""
    end = 0
    for member_end, beginning, size in _members(file):
        head, blank, _ = beginning.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        if not (blank and head.startswith(b"WARC/") and length):
            break
        if size != len(head) + 4 + int(length[1]) + 4:
            break
        end = member_end
    return end


def _recover(names: Names, file: BinaryIO, before_closing: Callable[[list[Found]], None]) -> Recovered:
    end = whole_end(file)
    size = os.fstat(file.fileno()).st_size
    if end < size:
        _keep_tail(names.tail, file, end)
        os.ftruncate(file.fileno(), end)
    if end == 0:
        names.open.unlink()
        names.journal.unlink(missing_ok=True)
        logger.warning("%s: held no whole record; its %d bytes are kept in %s", names.open, size, names.tail.name)
        return Recovered(names.warc, [], size)
    os.fsync(file.fileno())
    found, lines = [], []
    for one in iterate(names.open):
        lines.append(line_of(one))
        found += _found(one)
    before_closing(found)
    finish(names, lines)
    names.journal.unlink(missing_ok=True)
    kept = f"; {size - end} bytes after the last whole record are kept in {names.tail.name}" if end < size else ""
    logger.warning("%s: its writer died; closed with %d answers%s", names.warc, len(found), kept)
    return Recovered(names.warc, found, size - end)


def _members(file: BinaryIO) -> Iterator[tuple[int, bytes, int]]:
    """End, beginning and unpacked size of each whole gzip member, up to the first that is not."""
    file.seek(0)
    at, left = 0, b""
    while True:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        beginning, size = b"", 0
        while not unpacker.eof:
            packed = left or file.read(_CHUNK)
            if not packed:
                return
            try:
                unpacked = unpacker.decompress(packed, _CHUNK)
            except zlib.error:
                return
            beginning += unpacked[: MOST_HEAD - len(beginning)]
            size += len(unpacked)
            left = unpacker.unused_data or unpacker.unconsumed_tail
            at += len(packed) - len(left)
        yield at, beginning, size


def _keep_tail(path: Path, file: BinaryIO, end: int) -> None:
    part = path.with_name(path.name + ".part")
    file.seek(end)
    with part.open("wb") as tail:
        shutil.copyfileobj(file, tail)
        tail.flush()
        os.fsync(tail.fileno())
    part.rename(path)
    sync_folder(path.parent)


def _found(one: StoredExchange) -> list[Found]:
    if one.capture is None or one.date is None:
        return []
    refers_to = one.original.record_id if one.original else None
    return [Found(one.capture, one.url, one.date, one.status, one.truncated is not None, refers_to)]


def _remove_leftovers(folder: Path, before_closing: Callable[[list[Found]], None]) -> None:
    """Journals whose WARC was closed by a writer that died a moment later, and of WARCs that held nothing whole."""
    for journal in folder.glob("*" + INDEX + OPEN):
        names = Names(folder, journal.name.removesuffix(INDEX + OPEN))
        if names.warc.exists():
            before_closing([found for one in iterate(names.warc) for found in _found(one)])
            journal.unlink(missing_ok=True)
        elif not names.open.exists() and not names.warc.exists():
            # A recovery that was killed had removed the file. A writer begins its file before its journal.
            journal.unlink(missing_ok=True)
