"""Where an archive's files are: a folder in which they are written, and a store to which closed ones move.

A file is looked for in the folder first. It moves from there to the store and never back, so that who misses it in the
folder finds it in the store.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO

from newscrawl.archive.files import OPEN, PRUNED, WARC, holds
from newscrawl.archive.store import Store
from newscrawl.exceptions import ArchiveError

if TYPE_CHECKING:
    # Workers read archives too, and load nothing that checks settings.
    from newscrawl.configuration import Configuration

_CHUNK = 1 << 20


class Location:
    """The files of an archive by their bare names, wherever each is."""

    def __init__(self, folder: Path, store: Store | None = None) -> None:
        self.folder = folder
        self.store = store

    def __str__(self) -> str:
        return f"{self.folder} and {self.store.url}" if self.store is not None else str(self.folder)

    def holds(self, warc: str) -> bool:
        """Whether there is a WARC of this name, closed or still written. Cheap: asks the store at most once a minute.

        Raises ArchiveError when the store cannot be asked.
        """
        return holds(self.folder, warc) or (self.store is not None and self.store.holds(warc))

    def has(self, name: str) -> bool:
        """Whether there is a closed file of this name, such as an index. Raises ArchiveError as `holds` does."""
        return (self.folder / name).exists() or (self.store is not None and self.store.holds(name))

    def closed(self) -> list[str]:
        """The names of the closed WARCs, sorted, asked for now. Raises ArchiveError when the store cannot be asked."""
        names = {path.name for path in self.folder.glob("*" + WARC)}
        if self.store is not None:
            names |= {name for name in self.store.sizes() if name.endswith(WARC)}
        return sorted(names)

    def read(self, warc: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """What stands at each offset and length of a WARC, closed or still written; less where it ends before.

        Raises ArchiveError when there is no such file, or it cannot be read.
        """
        if Path(warc).name != warc:
            raise ArchiveError(f"{warc!r} is no bare file name")
        closed = self.folder / warc
        # The third, for the file that was closed between the first two.
        for path in (closed, self.folder / (warc + OPEN), closed):
            try:
                with path.open("rb") as file:
                    return [_read(file, offset, length) for offset, length in ranges]
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ArchiveError(f"cannot read {path}: {error}") from error
        if self.store is not None:
            try:
                return self.store.read(warc, ranges)
            except FileNotFoundError:
                pass
        raise self._missing(warc)

    @contextmanager
    def open(self, name: str) -> Iterator[tuple[BinaryIO, int]]:
        """A closed file to be read from its beginning, a piece at a time, and its bytes.

        Raises ArchiveError when there is no such file, or it cannot be read.
        """
        try:
            file = (self.folder / name).open("rb")
        except FileNotFoundError:
            file = None
        except OSError as error:
            raise ArchiveError(f"cannot read {self.folder / name}: {error}") from error
        if file is not None:
            with file:
                yield file, os.fstat(file.fileno()).st_size
            return
        try:
            size, pieces = self.store.stream(name) if self.store is not None else (None, iter(()))
        except FileNotFoundError:
            size = None
        if size is None:
            raise self._missing(name)
        yield BufferedReader(_Streamed(pieces)), size

    @contextmanager
    def spooled(self, name: str, folder: Path) -> Iterator[BinaryIO]:
        """As `open`, for a file that is read piece by piece beside many others: one of the store is copied into the
        folder first, and the copy is gone afterwards.
        """
        with self.open(name) as (file, _):
            if not isinstance(file, _Streamed):
                yield file
                return
            with TemporaryFile(dir=folder) as copy:
                shutil.copyfileobj(file, copy, _CHUNK)
                copy.seek(0)
                yield copy

    def _missing(self, name: str) -> ArchiveError:
        try:
            note = json.loads((self.folder / (name + PRUNED)).read_text(encoding="utf-8"))
            return ArchiveError(f"{name} was pruned at {note['pruned_at']}: its bytes are gone")
        except FileNotFoundError:
            # It is missing for another reason.
            pass
        except (OSError, ValueError, KeyError) as error:
            return ArchiveError(f"{name} was pruned: its bytes are gone; when, its note does not tell ({error})")
        if self.store is None:
            return ArchiveError(f"{self.folder} holds no {name}; bring it back there, or name the place that holds it")
        return ArchiveError(f"neither {self.folder} nor {self.store.url} holds {name}; bring it back to one of them")


def location_of(configuration: Configuration) -> Location:
    """The archive of a project. Raises ConfigurationError for a store that is named wrongly; it is not asked yet."""
    url = configuration.archive_store
    return Location(configuration.archive_folder, Store(url) if url else None)


class _Streamed(RawIOBase):
    """Pieces as a file that is read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")
        self._at = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        self._at += size
        return size


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)
