"""The files of an archive's folder: their names, and the one that is being written.

A WARC is `<stem>.warc.gz.open` while it is written, and its writer holds a lock on it. When it is closed, its index is
written beside it and it is renamed to `<stem>.warc.gz`; from then on it never changes.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from newscrawl.exceptions import ArchiveError

WARC = ".warc.gz"
OPEN = ".open"
INDEX = ".cdxj"
PRUNED = ".pruned"
"""Follows the name of a WARC that was removed for its age: a note that says when."""
MERGED = "index.cdxj"
"""The name under which the indexes of all WARCs are merged, unless another is asked for."""


@dataclass(frozen=True, slots=True)
class Names:
    """The paths of one WARC and of what stands beside it."""

    folder: Path
    stem: str

    @property
    def warc(self) -> Path:
        """The closed WARC."""
        return self.folder / (self.stem + WARC)

    @property
    def open(self) -> Path:
        """The WARC while it is written."""
        return self.folder / (self.stem + WARC + OPEN)

    @property
    def index(self) -> Path:
        """The closed WARC's sorted index."""
        return self.folder / (self.stem + INDEX)

    @property
    def journal(self) -> Path:
        """The index while the WARC is written: a line a capture, in the order of writing."""
        return self.folder / (self.stem + INDEX + OPEN)

    @property
    def tail(self) -> Path:
        """What recovery cut off."""
        return self.folder / (self.stem + WARC + ".tail")


class OpenFile:
    """The WARC that is being written, with its journal. Of one thread at a time.

    Raises ArchiveError where the system refuses, and from then on: what was appended before is whole, and the next
    start recovers it.
    """

    def __init__(self, names: Names) -> None:
        """Make the file and lock it. Raises FileExistsError when the name is taken."""
        self.names = names
        self.size = 0
        self._failed = False
        if names.warc.exists():
            raise FileExistsError(names.warc)
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
        self._file = os.open(names.open, flags, 0o644)
        try:
            # Between these two lines a recovery may take the new file for a dead writer's, and remove it.
            if not lock(self._file) or not is_named(self._file, names.open):
                raise FileExistsError(names.open)
            self._journal = os.open(names.journal, flags, 0o644)
            sync_folder(names.folder)
        except BaseException:
            os.close(self._file)
            raise

    def append(self, records: bytes) -> int:
        """Append bytes in one write, or nothing of them. The offset at which they begin."""
        offset = self.size
        try:
            self._write(self._file, records)
        except ArchiveError:
            # Half a record would make whatever follows it unreadable. Where this fails too, recovery does it.
            with suppress(OSError):
                os.ftruncate(self._file, offset)
            raise
        self.size += len(records)
        return offset

    def note(self, line: bytes) -> None:
        """Append a capture's line to the journal."""
        self._write(self._journal, line)

    def sync(self) -> None:
        """Return when all that was appended would survive a power cut."""
        self._refuse_after_failure()
        try:
            os.fsync(self._file)
        except OSError as error:
            # The system forgets what it could not write: a second fsync would succeed without it.
            self._failed = True
            raise ArchiveError(
                f"{self.names.open} could not be written to its disk: {error}; what was archived since the last "
                "commit is uncertain: mend the disk, and start again"
            ) from error

    def close(self, *, keep_journal: bool = False) -> None:
        """Sync, index and rename the file, and let go of it; after a failure only let go, for recovery to find it.

        A journal that is kept beside the closed file tells recovery that what the file holds is not yet entered where
        it must be known.
        """
        try:
            if self._failed:
                return
            self.sync()
            finish(self.names, self.names.journal.read_bytes().splitlines(keepends=True))
            if not keep_journal:
                self.names.journal.unlink()
        except OSError as error:
            raise ArchiveError(
                f"cannot close {self.names.open}: {error}; mend the folder, the next start recovers the file"
            ) from error
        finally:
            os.close(self._journal)
            os.close(self._file)

    def _write(self, file: int, content: bytes) -> None:
        self._refuse_after_failure()
        try:
            written = os.write(file, content)
            # Only a full disk, or more than 2 GB at once, makes the system write in parts.
            while written < len(content):
                written += os.write(file, memoryview(content)[written:])
        except OSError as error:
            self._failed = True
            raise ArchiveError(
                f"cannot write to {self.names.open}: {error}; make room or mend the folder, and start again"
            ) from error

    def _refuse_after_failure(self) -> None:
        if self._failed:
            raise ArchiveError(f"{self.names.open} failed before; start again, which recovers what is whole of it")


def require_writable(folder: Path) -> None:
    """Make a folder. Raises ArchiveError when it cannot be made, or takes no files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ArchiveError(
            f"cannot write to the archive's folder {folder}: {error}; make it writable, or name another folder"
        ) from error


def holds(folder: Path, warc: str) -> bool:
    """Whether a WARC of this name is in the folder, closed or still written."""
    # In this order, since it may be closed in between.
    return (folder / (warc + OPEN)).exists() or (folder / warc).exists()


def is_written(path: Path) -> bool:
    """Whether a living writer holds the `.open` file. Raises FileNotFoundError when it was closed meanwhile."""
    with path.open("rb") as file:
        # Who has just made an empty one may be about to lock it, and must not find it locked.
        if os.fstat(file.fileno()).st_size == 0:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def finish(names: Names, lines: Iterable[bytes]) -> None:
    """Give a synced `.open` file its index and its final name. Killed anywhere in between, it can be done again."""
    write_whole(names.index, b"".join(sorted(lines)))
    names.open.rename(names.warc)
    sync_folder(names.folder)


def lock(file: int) -> bool:
    """Take the lock that tells that a file's writer lives; False when another holds it.

    The system frees it when its process dies; a program that the process starts does not inherit it.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_named(file: int, path: Path) -> bool:
    """Whether the open file still bears this name."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole, or as it was before."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


def sync_folder(folder: Path) -> None:
    """Return when the names in the folder would survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
