"""CDXJ: where in which WARC the capture of a URL stands, for pywb and other readers.

A line is `<SURT key> <14-digit time> <JSON>`. Files are sorted by their bytes, which readers rely on.
"""

from __future__ import annotations

import heapq
import json
import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, TypeVar

import surt

from newscrawl.archive.files import INDEX, WARC
from newscrawl.archive.heads import parse_head
from newscrawl.archive.location import Location
from newscrawl.archive.reader import StoredExchange, iterate_closed
from newscrawl.exceptions import ArchiveError
from newscrawl.urls import url_key

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

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


def merge_archive(location: Location, warcs: Iterable[str], target: Path, left_out: Collection[str] = ()) -> None:
    """Merge the indexes of closed WARCs, wherever each is, into one, a line at a time, in any number; `target` is there
    whole or as it was before.

    The lines of URLs whose `url_key` is in `left_out` are left out. The index of a WARC that has none is made anew from
    its records. Raises ArchiveError for a WARC or index that is missing, cannot be read or is not sorted.
    """
    # Not in the system's own folder, which may be small.
    with TemporaryDirectory(prefix=target.name + ".", dir=target.parent) as name:
        folder = Path(name)
        merged = _merge_by_turns(list(warcs), lambda warc: _index_of(location, warc, folder), folder, left_out)
        merged.rename(target)


def _merge_by_turns(
    indexes: list[_T],
    opened: Callable[[_T], AbstractContextManager[Iterable[bytes]]],
    folder: Path,
    left_out: Collection[str],
) -> Path:
    """One sorted file in the folder; no more than _AT_ONCE files are open together."""
    turns = [indexes[first : first + _AT_ONCE] for first in range(0, len(indexes), _AT_ONCE)] or [indexes]
    merged = []
    for several in turns:
        merged.append(folder / secrets.token_hex(8))
        with ExitStack() as stack, merged[-1].open("wb") as file:
            sources = [_sorted_lines(stack.enter_context(opened(index)), str(index)) for index in several]
            lines: Iterator[bytes] = heapq.merge(*sources)
            if left_out:
                lines = (line for line in lines if not _is_about(line, left_out))
            file.writelines(lines)
    return merged[0] if len(merged) == 1 else _merge_by_turns(merged, _open, folder, ())


def _is_about(line: bytes, keys: Collection[str]) -> bool:
    try:
        return url_key(json.loads(line.split(b" ", 2)[2])["url"]) in keys
    except ValueError:
        # Another's WARC may hold what has no key, such as a URL that is too long.
        return False


@contextmanager
def _index_of(location: Location, warc: str, folder: Path) -> Iterator[Iterable[bytes]]:
    name = warc.removesuffix(WARC) + INDEX
    if location.has(name):
        with location.spooled(name, folder) as file:
            yield file
    else:
        logger.warning("%s has no %s; its lines are made anew from its records", warc, name)
        yield sorted(line_of(one) for one in iterate_closed(location, warc))


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _sorted_lines(lines: Iterable[bytes], name: str) -> Iterator[bytes]:
    before = b""
    for line in lines:
        if line < before:
            raise ArchiveError(
                f"the index of {name} is not sorted; sort it by its bytes (LC_ALL=C sort), then merge again"
            )
        before = line
        yield line
