"""CDXJ: where in which WARC the capture of a URL stands, for pywb and other readers.

A line is `<SURT key> <14-digit time> <JSON>`. Files are sorted by their bytes, which readers rely on.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import surt

from newscrawl.archive.heads import parse_head
from newscrawl.archive.reader import StoredExchange
from newscrawl.exceptions import ArchiveError

# Fewer than the 256 files that some systems let a process open.
_AT_ONCE = 128


def cdxj_line(
    url: str,
    date: datetime,
    head: bytes,
    place: tuple[str, int, int],
    *,
    revisit: bool,
    digest: str | None,
    payload_type: str | None,
) -> bytes:
    """A capture's line, with its line feed, as pywb's own indexer writes it; nothing for a 304.

    pywb would hand a 304's empty answer to the reader who asked for that time; without it, it finds the page.

    `head` is that of the archived answer, `place` its file, offset and length, `digest` its WARC-Payload-Digest,
    `payload_type` its WARC-Identified-Payload-Type.
    """
    warc, offset, length = place
    answer = parse_head(head)
    if answer.status == 304:
        return b""
    kind = (answer.first("content-type") or "").partition(";")[0].strip()
    fields = {
        "url": url,
        "mime": "warc/revisit" if revisit else kind or "unk",
        "mime-detected": payload_type,
        "status": None if revisit or answer.status is None else str(answer.status),
        "digest": (digest or "-").removeprefix("sha1:"),
        "length": str(length),
        "offset": str(offset),
        "filename": warc,
    }
    stated = {name: value for name, value in fields.items() if value is not None}
    time = date.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    return f"{surt_key(url)} {time} {json.dumps(stated)}\n".encode()


def line_of(exchange: StoredExchange) -> bytes:
    """The line of an archived answer, nothing for a 304. Raises ArchiveError for one that has no place or no date."""
    if exchange.capture is None or exchange.date is None:
        raise ArchiveError(f"the answer of {exchange.url} has no place or no WARC-Date, and cannot stand in an index")
    capture = exchange.capture
    return cdxj_line(
        exchange.url,
        exchange.date,
        exchange.head,
        (capture.warc, capture.offset, capture.length),
        revisit=exchange.profile is not None,
        digest=exchange.payload_digest,
        payload_type=exchange.payload_type,
    )


def surt_key(url: str) -> str:
    """The key under which pywb looks a URL up: its canonical form, host reversed."""
    return "".join(surt.surt(url).split())


def merge(indexes: Iterable[Path], target: Path) -> None:
    """Merge sorted indexes into one, a line at a time, in any number; `target` is there whole or as it was before.

    Raises ArchiveError for an index that is not sorted, with its name.
    """
    # Not in the system's own folder, which may be small.
    with TemporaryDirectory(prefix=target.name + ".", dir=target.parent) as folder:
        step = 0
        waiting = list(indexes)
        while len(waiting) > _AT_ONCE:
            merged = []
            for first in range(0, len(waiting), _AT_ONCE):
                step += 1
                merged.append(Path(folder) / str(step))
                _merge(waiting[first : first + _AT_ONCE], merged[-1])
            waiting = merged
        part = Path(folder) / target.name
        _merge(waiting, part)
        part.rename(target)


def _merge(indexes: Iterable[Path], target: Path) -> None:
    with ExitStack() as stack, target.open("wb") as merged:
        files = [stack.enter_context(path.open("rb")) for path in indexes]
        merged.writelines(heapq.merge(*(_sorted_lines(file, Path(file.name)) for file in files)))


def _sorted_lines(lines: Iterable[bytes], path: Path) -> Iterator[bytes]:
    before = b""
    for line in lines:
        if line < before:
            raise ArchiveError(f"{path} is not sorted; sort it by its bytes (LC_ALL=C sort), then merge again")
        before = line
        yield line
