"""WACZ 1.1.1: WARCs, their index and a list of pages as one file that is browsed without a server.

The form is that of https://specs.webrecorder.net/wacz/1.1.1/.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO
from zipfile import ZipFile, ZipInfo

from newscrawl.archive.files import WARC, sync_folder
from newscrawl.archive.index import merge_archive
from newscrawl.archive.location import Location
from newscrawl.exceptions import ArchiveError

_CHUNK = 1 << 20
# Lines of the index that a reader unpacks to find one: the number of cdxj-indexer.
_LINES = 300
_PAGES = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPage:
    """A page by which a reader of the package begins."""

    url: str
    """Absolute URL as archived."""
    date: datetime
    """Aware instant of its capture."""
    title: str | None = None
    text: str | None = None
    """What full-text search looks in."""


def package(
    target: Path,
    location: Location,
    warcs: Iterable[str],
    pages: Iterable[ListedPage],
    *,
    created: datetime,
    software: str,
    title: str | None = None,
    left_out: Collection[str] = (),
    progress: Callable[[int], None] = lambda size: None,
) -> None:
    """Write a WACZ of closed WARCs, wherever each is. `target` is there whole or as it was before.

    The WARCs go in as they are. The lines of URLs whose `url_key` is in `left_out` are not in the index. `progress` is
    told how many bytes of WARCs were written each time. Raises ArchiveError for a WARC that is not closed.
    """
    closed = sorted(warcs)
    for warc in closed:
        if not warc.endswith(WARC):
            raise ArchiveError(f"{warc} is not closed; end its crawl, or recover it")
    with TemporaryDirectory(prefix=target.name + ".", dir=target.parent) as folder:
        merged, part = Path(folder) / "index.cdxj", Path(folder) / target.name
        merge_archive(location, closed, merged, left_out)
        with ZipFile(part, "w") as zipped:
            contents = _Contents(zipped, created)
            for warc in closed:
                with location.open(warc) as (file, _):
                    contents.add("archive/" + warc, _chunks(file, progress))
            blocks: list[bytes] = []
            contents.add("indexes/index.cdx.gz", _packed(merged, blocks))
            contents.add("indexes/index.idx", blocks)
            contents.add("pages/pages.jsonl", _lines(pages))
            described = {
                "profile": "data-package",
                "wacz_version": "1.1.1",
                "created": _time(created),
                "software": software,
                "resources": contents.resources,
                **({"title": title} if title else {}),
            }
            digest = contents.add("datapackage.json", [json.dumps(described, indent=2).encode()])
            signed = {"path": "datapackage.json", "hash": digest}
            contents.add("datapackage-digest.json", [json.dumps(signed, indent=2).encode()])
        part.rename(target)
        sync_folder(target.parent)


class _Contents:
    def __init__(self, zipped: ZipFile, created: datetime) -> None:
        self._zipped = zipped
        self._moment = created.astimezone(UTC).timetuple()[:6]
        self.resources: list[dict[str, Any]] = []

    def add(self, path: str, chunks: Iterable[bytes]) -> str:
        """Add a file, stored as it is, since readers ask for ranges of it. Its digest."""
        state, size = hashlib.sha256(), 0
        with self._zipped.open(ZipInfo(path, self._moment), "w", force_zip64=True) as file:
            for chunk in chunks:
                file.write(chunk)
                state.update(chunk)
                size += len(chunk)
        digest = "sha256:" + state.hexdigest()
        self.resources.append({"name": path.rpartition("/")[2], "path": path, "hash": digest, "bytes": size})
        return digest


def _chunks(file: BinaryIO, progress: Callable[[int], None]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
        progress(len(chunk))


def _packed(index: Path, blocks: list[bytes]) -> Iterator[bytes]:
    """The index in gzip members; `blocks` is filled with the lines that say where each begins."""
    blocks.append(b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n')
    offset = 0
    with index.open("rb") as lines:
        while several := list(islice(lines, _LINES)):
            packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
            member = packer.compress(b"".join(several)) + packer.flush()
            digest = "sha256:" + hashlib.sha256(member).hexdigest()
            place = json.dumps({"offset": offset, "length": len(member), "digest": digest})
            blocks.append(b" ".join([*several[0].split(b" ", 2)[:2], place.encode()]) + b"\n")
            offset += len(member)
            yield member


def _lines(pages: Iterable[ListedPage]) -> Iterator[bytes]:
    yield json.dumps(_PAGES).encode() + b"\n"
    for number, page in enumerate(pages, start=1):
        said = {"id": str(number), "url": page.url, "ts": _time(page.date), "title": page.title, "text": page.text}
        line = {name: value for name, value in said.items() if value is not None}
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _time(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
