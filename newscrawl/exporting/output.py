"""Where an export goes: a file that is there whole or not at all, or standard output."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from newscrawl.archive.files import sync_folder
from newscrawl.exceptions import ConfigurationError

STANDARD_OUTPUT = "-"


def require_writable(target: Path) -> None:
    """Raises ConfigurationError for what is no place for a file."""
    if target.is_dir():
        raise ConfigurationError(f"{target} is a folder; name a file in it")
    # A file that is renamed onto a device or a pipe would take its place.
    if target.exists() and not target.is_file():
        raise ConfigurationError(
            f"{target} is no ordinary file; write to standard output with --output -, and send that"
        )
    folder = target.resolve().parent
    if not folder.is_dir():
        raise ConfigurationError(f"there is no folder {folder}; make it, or name another file")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigurationError(f"folder {folder} takes no files; make it writable, or name another file")


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """A file that takes the target's name once it is whole and synced; at an exception nothing is left of it.

    Raises ConfigurationError when it cannot be made, and OSError when it cannot be written to its end.
    """
    require_writable(target)
    # Of a link it is the file behind it that is replaced.
    target = target.resolve()
    partial = target.with_name(f"{target.name}.{secrets.token_hex(4)}.partial")
    try:
        file = partial.open("xb")
    except OSError as error:
        raise ConfigurationError(f"{partial} cannot be made: {error.strerror}; name another file") from error
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, partial)
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """The file of that name (`replacing`), or standard output for `-`."""
    if name != STANDARD_OUTPUT:
        with replacing(Path(name)) as file:
            yield file
        return
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()
