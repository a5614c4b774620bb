"""A WARC walked from its first byte to its last, every member held against what it states of itself.

For proofs: with zlib and hashlib alone, and nothing of what writes, reads and recovers our files, whose work it judges.
What is damaged is told, and the walk goes on behind it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from newscrawl.archive.digests import agrees, normal_digest

_CHUNK = 1 << 16
_LOOKED_THROUGH = 1 << 24
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
    """The records of a file up to byte `end`, and what is damaged, in order; together they are all its bytes.

    The file is read once, from where it stands; what is held of it is one record.
    """
    ahead = _Ahead(file, end)
    at = 0
    while at < end:
        found: Walked | Damaged
        try:
            content, length = _member(ahead)
        except ValueError as error:
            length = _to_next_member(ahead) or end - at
            found = Damaged(at, length, str(error))
        else:
            try:
                found = Walked(at, length, *_record(content))
            except ValueError as error:
                found = Damaged(at, length, str(error))
        yield found
        del ahead.content[:length]
        at += length


class _Ahead:
    """What was read of a file from the record at hand on."""

    def __init__(self, file: BinaryIO, end: int) -> None:
        self.content = bytearray()
        self._file = file
        self._left = end

    def more(self) -> bool:
        """Read some further bytes; False when there are none."""
        piece = self._file.read(min(_CHUNK, self._left))
        self._left -= len(piece)
        self.content += piece
        return bool(piece)


def _member(ahead: _Ahead) -> tuple[bytes, int]:
    """What the gzip member at hand holds, and its length."""
    unpacker = zlib.decompressobj(_GZIP)
    pieces: list[bytes] = []
    size = taken = 0
    while not unpacker.eof:
        if taken == len(ahead.content) and not ahead.more():
            raise ValueError("the file ends within it")
        packed = bytes(ahead.content[taken:])
        taken += len(packed)
        try:
            pieces.append(unpacker.decompress(packed))
        except zlib.error as error:
            checked = "data check" in str(error) or "length check" in str(error)
            wrong = "its gzip checksum or length" if checked else "its packing"
            raise ValueError(f"{wrong} does not hold ({error})") from error
        size += len(pieces[-1])
        if size > _MOST_BYTES:
            raise ValueError(f"it unpacks to more than {_MOST_BYTES} bytes")
    return b"".join(pieces), taken - len(unpacker.unused_data)


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


def _to_next_member(ahead: _Ahead) -> int:
    """The bytes up to where the next record begins that can be unpacked at its beginning, or to the end; of a long
    stretch without one, so many as were looked through."""
    start = 1
    while start < _LOOKED_THROUGH:
        found = ahead.content.find(_MAGIC, start)
        if found < 0:
            # The mark may lie across the border of two pieces.
            start = max(len(ahead.content) - len(_MAGIC) + 1, 1)
            if not ahead.more():
                return len(ahead.content)
            continue
        while len(ahead.content) - found < _CHUNK and ahead.more():
            pass
        if _begins_record(bytes(ahead.content[found : found + _CHUNK])):
            return found
        start = found + 1
    return start


def _begins_record(packed: bytes) -> bool:
    try:
        return zlib.decompressobj(_GZIP).decompress(packed, len(_BEGINNING)) == _BEGINNING
    except zlib.error:
        return False
