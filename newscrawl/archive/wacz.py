"""WACZ 1.1.1: WARCs, their index and a list of pages as one file that is browsed without a server.

The form is that of https://specs.webrecorder.net/wacz/1.1.1/.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile, ZipInfo

from newscrawl.archive.files import INDEX, WARC, sync_folder
from newscrawl.archive.index import merge
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
    warcs: Iterable[Path],
    pages: Iterable[ListedPage],
    *,
    created: datetime,
    software: str,
    title: str | None = None,
) -> None:
    """Write a WACZ of closed WARCs, each with its index beside it. `target` is there whole or as it was before.

    Raises ArchiveError for a WARC that is not closed or has no index.
    """
    closed = sorted(warcs)
    indexes = [_index(warc) for warc in closed]
    with TemporaryDirectory(prefix=target.name + ".", dir=target.parent) as folder:
        merged, part = Path(folder) / "index.cdxj", Path(folder) / target.name
        merge(indexes, merged)
        with ZipFile(part, "w") as zipped:
            contents = _Contents(zipped, created)
            for warc in closed:
                contents.add("archive/" + warc.name, _chunks(warc))
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


def _index(warc: Path) -> Path:
    index = warc.with_name(warc.name.removesuffix(WARC) + INDEX)
    if not warc.name.endswith(WARC) or not index.exists():
        raise ArchiveError(f"{warc} is not closed, or has no {index.name} beside it; end its crawl, or recover it")
    return index


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


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
