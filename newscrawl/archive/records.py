"""WARC records as bytes, and the form of what stands in their fields (WARC/1.1, ISO 28500:2017)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import uuid4

from isal import isal_zlib

IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

MOST_HEAD = 1 << 15
"""Bytes of a record's own head: what fastwarc reads."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
# Most bodies come packed, and no level gains on them. On the others ISA-L's best packs as zlib's level 3 does, in a
# third of its time.
_LEVEL = isal_zlib.ISAL_BEST_COMPRESSION
_GZIP = isal_zlib.MAX_WBITS | 16


def record(fields: Iterable[tuple[str, str | None]], *block: bytes) -> bytes:
    """One whole record as a gzip member of its own, its block in parts. Fields of value None are left out.

    Raises ValueError for a field that would not stay in its line, and for more than MOST_HEAD of them.
    """
    lines = ["WARC/1.1"]
    for name, value in fields:
        if value is not None:
            lines.append(f"{name}: {_one_line(value)}")
    lines.append(f"Content-Length: {sum(map(len, block))}\r\n\r\n")
    head = "\r\n".join(lines).encode("utf-8")
    if len(head) > MOST_HEAD:
        raise ValueError(f"the head of a WARC record of {len(head)} bytes is more than readers take ({MOST_HEAD})")
    # Part by part, since joining them would copy a body of many megabytes.
    packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP)
    return b"".join([*map(packer.compress, (head, *block, b"\r\n\r\n")), packer.flush()])


def warc_fields(fields: Iterable[tuple[str, str | None]]) -> bytes:
    """A block of type application/warc-fields. Fields of value None are left out."""
    return "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields if value is not None).encode("utf-8")


def record_id() -> str:
    """A new WARC-Record-ID, in its angle brackets."""
    return f"<{uuid4().urn}>"


def warc_date(instant: datetime) -> str:
    """An aware instant as a WARC-Date, to the microsecond."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def warc_url(url: str) -> str:
    """A URL as a field: what is not printable ASCII is percent-encoded, since readers split fields at spaces."""
    return quote(url, safe=_PRINTABLE)


def _one_line(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError(f"a WARC field is one line without control characters: {value!r}")
    return value
