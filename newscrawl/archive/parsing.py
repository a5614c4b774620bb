"""WARC records as fields and bytes, from our own files and from those of others.

fastwarc finds the records (gzip a record or a file, zstd, lz4, none) and hands their blocks over untouched. It does
not say that a file is cut: what is short of its Content-Length is told here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from fastwarc.warc import ArchiveIterator, WarcRecord

from newscrawl.exceptions import ArchiveError

_BEGINNINGS = (b"\x1f\x8b", b"WARC/")
_MOST = max(map(len, _BEGINNINGS))
_EARLIEST = "0001-01-01"
_REMEMBERED = 1 << 20
"""Bytes behind what was read last: more than the head of a record, at which the reader stands, and its buffers."""
_Found = tuple[int, bool, dict[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a WARC."""

    fields: Mapping[str, str]
    """By name in lower case; of a repeated one the last."""
    block: bytes
    place: tuple[int, int] | None
    """Offset and length in the file by which the record can be read alone; None where it cannot."""

    @property
    def kind(self) -> str:
        """WARC-Type."""
        return self.fields["warc-type"].lower()

    @property
    def record_id(self) -> str | None:
        """WARC-Record-ID as it stands, in its angle brackets."""
        return self.fields.get("warc-record-id")

    @property
    def url(self) -> str | None:
        """WARC-Target-URI; wget's lies in angle brackets."""
        return url(self.fields.get("warc-target-uri"))

    @property
    def date(self) -> datetime | None:
        """WARC-Date."""
        return date(self.fields.get("warc-date"))

    @property
    def is_http(self) -> bool:
        """Whether the block is an HTTP message."""
        return self.fields.get("content-type", "").lower().startswith("application/http")


def records(path: Path) -> Iterator[Record]:
    """The whole records of a file, in their order.

    Raises ArchiveError after them where the file is cut or is no WARC.
    """
    with path.open("rb") as file:
        yield from streamed_records(file, path.stat().st_size, path.name)


def streamed_records(file: BinaryIO, size: int, name: str) -> Iterator[Record]:
    """The same of a file of this many bytes that is read once, from its beginning."""
    yield from _records(_Watched(file), size, name)


def record_of(member: bytes, name: str) -> Record:
    """The record that these bytes of a file of this name hold. Raises ArchiveError when they hold no whole one."""
    record = next(streamed_records(BytesIO(member), len(member), name), None)
    if record is None:
        raise ArchiveError(f"{name} holds no WARC record where one should stand: it was changed; restore it")
    return record


def url(stated: str | None) -> str | None:
    """A URL as a field states it, without wget's angle brackets."""
    return stated.removeprefix("<").removesuffix(">") if stated else None


def date(stated: str | None) -> datetime | None:
    """The instant of a WARC-Date, of whatever precision (WARC/1.1, 5.4); None for what is no date."""
    text = (stated or "").strip()
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text + _EARLIEST[len(text) :])
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


class _Watched:
    """A file that remembers what was read last."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._last: deque[tuple[int, bytes]] = deque()
        self._end = 0

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._last.append((self._end, content))
        self._end += len(content)
        while self._last[0][0] + len(self._last[0][1]) < self._end - _REMEMBERED:
            self._last.popleft()
        return content

    def tell(self) -> int:
        return self._end

    def begins_at(self, offset: int) -> bool:
        """Whether a record begins there, as far as is remembered."""
        beginning = b""
        for at, content in reversed(self._last):
            first = max(offset - at, 0)
            beginning = content[first : first + _MOST] + beginning
            if at <= offset:
                return beginning.startswith(_BEGINNINGS)
        return False


def _records(file: _Watched, size: int, name: str) -> Iterator[Record]:
    waiting: _Found | None = None
    try:
        for raw in ArchiveIterator(cast("BinaryIO", file), parse_http=False):
            if waiting:
                yield _record(waiting, raw.stream_pos)
                waiting = None
            # In a file that is one gzip member the positions are those of a buffer.
            addressable = file.begins_at(raw.stream_pos)
            fields = _fields(raw)
            block = raw.reader.read()
            # A cut head is handed out as one of fewer fields.
            if "warc-type" not in fields or fields.get("content-length") != str(len(block)):
                raise ArchiveError(f"{name} is cut or broken in the record at byte {raw.stream_pos}; get a whole copy")
            waiting = (raw.stream_pos, addressable, fields, block)
    except OSError as error:
        if waiting:
            yield _record(waiting, size)
        raise ArchiveError(f"{name} is no WARC, or is cut or broken: {error}; get a whole copy") from error
    if waiting:
        yield _record(waiting, size)


def _record(found: _Found, end: int) -> Record:
    offset, addressable, fields, block = found
    return Record(fields, block, (offset, end - offset) if addressable and end > offset else None)


def _fields(raw: WarcRecord) -> dict[str, str]:
    fields = {}
    for name, value in raw.headers.items_bytes():
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        fields[name.decode("latin-1").lower()] = text
    return fields
