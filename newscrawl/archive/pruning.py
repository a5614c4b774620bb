"""Removes a closed WARC and its index, wherever they are, and leaves a note that says so in their place.

The note comes first. Killed anywhere in between, it can be done again.
"""

from __future__ import annotations

import json
import os
from datetime import datetime

from newscrawl.archive.files import PRUNED, WARC, Names, lock, sync_folder
from newscrawl.archive.location import Location
from newscrawl.exceptions import ArchiveError


def remove(location: Location, warc: str, pruned_at: datetime) -> None:
    """Remove the files of a WARC that was pruned then. Raises ArchiveError when they cannot be removed, or a mover is
    at them.
    """
    names = Names(location.folder, warc.removesuffix(WARC))
    note = location.folder / (warc + PRUNED)
    try:
        location.folder.mkdir(parents=True, exist_ok=True)
        part = note.with_name(note.name + ".part")
        with part.open("w", encoding="utf-8") as file:
            file.write(json.dumps({"warc": warc, "pruned_at": pruned_at.isoformat()}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.rename(note)
        sync_folder(location.folder)
        _remove_here(names)
    except OSError as error:
        raise ArchiveError(f"cannot remove {names.warc}: {error}; make its folder writable, and prune again") from error
    if location.store is not None:
        for name in (names.warc.name, names.index.name):
            location.store.remove(name)


def _remove_here(names: Names) -> None:
    try:
        with names.warc.open("rb") as file:
            if not lock(file.fileno()):
                raise ArchiveError(f"{names.warc} is being moved to the store; prune again when that is done")
            names.warc.unlink()
    except FileNotFoundError:
        pass
    names.index.unlink(missing_ok=True)
    sync_folder(names.folder)
