"""Moves closed files from an archive's folder to its store.

The index goes first, then the WARC; when both were seen to be in the store, they are taken from the folder. Killed
anywhere in between, it can be done again: what the store has is compared, not sent again. A WARC whose journal stands
is not entered everywhere yet, and stays.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Condition, Thread

from newscrawl.archive.files import INDEX, WARC, Names, is_named, lock, sync_folder
from newscrawl.archive.location import Location
from newscrawl.archive.store import MOST_BYTES, Store
from newscrawl.exceptions import ArchiveError

logger = logging.getLogger(__name__)


def waiting(location: Location) -> list[Names]:
    """The closed WARCs that can move now, the oldest first; none without a store."""
    if location.store is None:
        return []
    closed = sorted(location.folder.glob("*" + WARC))
    names = [Names(location.folder, path.name.removesuffix(WARC)) for path in closed]
    return [one for one in names if not one.journal.exists()]


def move_closed(location: Location) -> Iterator[Names]:
    """Move what is closed, each WARC with its index; gives each that has moved. Others may do the same meanwhile.

    Raises ArchiveError when the store cannot be reached, and at the end when it holds something else by the name of a
    file, or a file has no index or is too large: such a file stays.
    """
    if location.store is None:
        return
    left = []
    for names in waiting(location):
        try:
            if _move(names, location.store):
                logger.info("%s moved to %s", names.warc.name, location.store.url)
                yield names
        except _Refused as refused:
            left.append(str(refused))
    _remove_left_indexes(location.folder, location.store)
    if left:
        raise ArchiveError("; ".join(left))


class Mover:
    """Moves closed files in a thread of its own, whenever it is told that there may be some."""

    def __init__(self, location: Location) -> None:
        self.error: Exception | None = None
        """Why files stay in the folder; None when none does."""
        self._location = location
        self._state = Condition()
        self._told = False
        self._last = False
        # A daemon: a run that is told to end at once does not wait for a slow store.
        self._thread = Thread(target=self._work, name="archive-mover", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Have it look for closed files."""
        with self._state:
            self._told = True
            self._state.notify()

    def finish(self) -> None:
        """Have it look a last time, and end."""
        with self._state:
            self._told = self._last = True
            self._state.notify()

    @property
    def working(self) -> bool:
        """Whether it has not ended. Nobody should block on it: a run that is told to end at once could not."""
        return self._thread.is_alive()

    def _work(self) -> None:
        last = False
        while not last:
            with self._state:
                self._state.wait_for(lambda: self._told)
                self._told, last = False, self._last
            try:
                for _ in move_closed(self._location):
                    pass
                self.error = None
            except Exception as error:
                self._tell(error)

    def _tell(self, error: Exception) -> None:
        # Not at every file that a run closes while the store is down.
        if isinstance(error, ArchiveError) and str(error) != str(self.error):
            logger.error("closed WARCs stay in %s, the next run moves them: %s", self._location.folder, error)
        elif not isinstance(error, ArchiveError):
            logger.exception("closed WARCs stay in %s", self._location.folder)
        self.error = error


class _Refused(Exception):
    """A file that cannot move while others can; the message says why."""


def _move(names: Names, store: Store) -> bool:
    """False when another moves it."""
    try:
        with names.warc.open("rb") as file:
            if not lock(file.fileno()) or not is_named(file.fileno(), names.warc):
                return False
            if not names.index.exists():
                raise _Refused(f"{names.warc} has no {names.index.name} beside it; put it back, or take the WARC away")
            size = os.fstat(file.fileno()).st_size
            if size > MOST_BYTES:
                raise _Refused(f"{names.warc} has {size} bytes, and a store takes {MOST_BYTES}; it stays")
            for path in (names.index, names.warc):
                if not store.put(path):
                    raise _Refused(
                        f"{store.url} holds another {path.name} than {path}, and keeps it; compare the two, and take "
                        "one of them away"
                    )
            names.warc.unlink()
            sync_folder(names.folder)
            names.index.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ArchiveError(f"cannot move {names.warc}: {error}; make it readable, and its folder writable") from error
    return True


def _remove_left_indexes(folder: Path, store: Store) -> None:
    """Those of WARCs that a mover had moved when it died."""
    for index in folder.glob("*" + INDEX):
        names = Names(folder, index.name.removesuffix(INDEX))
        gone = not names.warc.exists() and not names.open.exists()
        if gone and store.holds(names.warc.name) and store.has_same(index):
            index.unlink(missing_ok=True)
