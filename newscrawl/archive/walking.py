"""A WARC walked from its first byte to its last, every member held against what it states of itself.

For proofs: with zlib and hashlib alone, and nothing of what writes, reads and recovers our files, whose work it judges.
What is damaged is told, and the walk goes on behind it.
"""

from __future__ import annotations

import fcntl
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from newscrawl.archive.digests import agrees, normal_digest

_CHUNK = 1 << 16
_LOOKED_THROUGH = 1 << 20
_MAGIC = b"\x1f\x8b\x08"
_BEGINNING = b"WARC/"
_GZIP = zlib.MAX_WBITS | 16
_MOST_BYTES = 1 << 30
"""Bytes to which a member is unpacked: more than a crawl takes of any answer."""
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Walked:
    """A whole record."""

    offset: int
    length: int
    """Bytes of its gzip member."""
    fields: dict[str, str]
    """By name in lower case."""
    block: bytes

    @property
    def kind(self) -> str:
        """WARC-Type."""
        return self.fields.get("warc-type", "")

    @property
    def is_answer(self) -> bool:
        """Whether it is what a capture points to."""
        return self.kind in ("response", "revisit")

    @property
    def record_id(self) -> str:
        """WARC-Record-ID."""
        return self.fields.get("warc-record-id", "")

    @property
    def url(self) -> str:
        """WARC-Target-URI."""
        return self.fields.get("warc-target-uri", "")

    @property
    def date(self) -> datetime | None:
        """WARC-Date; None for what is no full instant."""
        try:
            instant = datetime.fromisoformat(self.fields.get("warc-date", ""))
        except ValueError:
            return None
        return instant if instant.tzinfo else None

    @property
    def payload_digest(self) -> str | None:
        """WARC-Payload-Digest as `algorithm:hex`."""
        return normal_digest(self.fields.get("warc-payload-digest"))

    @property
    def message(self) -> tuple[bytes, bytes]:
        """Head, with its blank line, and body of the HTTP message that it holds."""
        blank = _BLANK_LINE.search(self.block)
        end = blank.end() if blank else len(self.block)
        return self.block[:end], self.block[end:]


@dataclass(frozen=True, slots=True)
class Damaged:
    """Bytes in which no whole record stands."""

    offset: int
    length: int
    """Bytes up to the next record, or to the end."""
    what: str


def walk(file: BinaryIO, end: int) -> Iterator[Walked | Damaged]:
    """The records of a file up to byte `end`, and what is damaged, in order; together they are all its bytes."""
    at, left = 0, b""
    file.seek(0)
    while at < end:
        try:
            content, length, left = _member(file, left, end - at)
        except ValueError as error:
            following = _next_member(file, at + 1, end)
            yield Damaged(at, following - at, str(error))
            at, left = following, b""
            file.seek(at)
            continue
        try:
            fields, block = _record(content)
        except ValueError as error:
            yield Damaged(at, length, str(error))
        else:
            yield Walked(at, length, fields, block)
        at += length


def is_written(path: Path) -> bool:
    """Whether a living writer holds the open file."""
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                # Its writer may be about to lock it, and must not find it locked.
                return True
            # Shared, and only for a moment; the writer's own is exclusive.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _member(file: BinaryIO, left: bytes, most: int) -> tuple[bytes, int, bytes]:
    """The next member's content, its length, and what was read beyond it; `left` was read before."""
    unpacker = zlib.decompressobj(_GZIP)
    pieces: list[bytes] = []
    size = taken = 0
    while not unpacker.eof:
        packed = left or file.read(min(_CHUNK, most - taken))
        left = b""
        if not packed:
            raise ValueError("the file ends within it")
        taken += len(packed)
        try:
            piece = unpacker.decompress(packed)
        except zlib.error as error:
            checked = "data check" in str(error) or "length check" in str(error)
            wrong = "its gzip checksum or length" if checked else "its packing"
            raise ValueError(f"{wrong} does not hold ({error})") from error
        pieces.append(piece)
        size += len(piece)
        if size > _MOST_BYTES:
            raise ValueError(f"it unpacks to more than {_MOST_BYTES} bytes")
    beyond = unpacker.unused_data
    return b"".join(pieces), taken - len(beyond), beyond


def _record(content: bytes) -> tuple[dict[str, str], bytes]:
    """Fields and block. Raises ValueError when they are not what they state to be."""
    head, _, rest = content.partition(b"\r\n\r\n")
    version, *lines = head.decode("utf-8", "replace").split("\r\n")
    named = (line.partition(":") for line in lines)
    fields = {name.strip().lower(): value.strip() for name, _, value in named}
    if not version.startswith("WARC/1."):
        raise ValueError("it holds no WARC record")
    stated = fields.get("content-length", "")
    block = rest[: int(stated)] if stated.isdecimal() else b""
    if not stated.isdecimal() or rest != block + b"\r\n\r\n":
        raise ValueError(f"its block has not the {stated or 'unstated'} bytes that it states")
    if not agrees(fields.get("warc-block-digest"), block):
        raise ValueError("its block does not have its WARC-Block-Digest")
    if fields.get("warc-type") == "response":
        record = Walked(0, 0, fields, block)
        if not agrees(fields.get("warc-payload-digest"), record.message[1]):
            raise ValueError("its payload does not have its WARC-Payload-Digest")
    return fields, block


def _next_member(file: BinaryIO, start: int, end: int) -> int:
    """Where the next record begins that can be unpacked at its beginning; `end` when there is none."""
    at = start
    while at < end:
        file.seek(at)
        window = file.read(min(_LOOKED_THROUGH, end - at))
        if not window:
            break
        found = window.find(_MAGIC)
        while found >= 0:
            file.seek(at + found)
            if _begins_record(file.read(min(_CHUNK, end - at - found))):
                return at + found
            found = window.find(_MAGIC, found + 1)
        # The mark may lie across the border of two windows.
        at += max(len(window) - len(_MAGIC) + 1, 1)
    return end


def _begins_record(packed: bytes) -> bool:
    try:
        return zlib.decompressobj(_GZIP).decompress(packed, len(_BEGINNING)) == _BEGINNING
    except zlib.error:
        return False
