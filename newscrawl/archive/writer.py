"""Writes exchanges into WARC files, none of them twice.

The archive holds what went over the wire: the content coding stays, a revisit stands where a payload is archived
already. What is changed of a head, `heads.archived_head` says. Nothing here is for several threads at once.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from newscrawl.archive.composing import compose, warcinfo
from newscrawl.archive.exchange import Exchange, Original
from newscrawl.archive.files import Names, OpenFile, require_writable
from newscrawl.archive.index import cdxj_line
from newscrawl.archive.records import warc_fields, warc_url
from newscrawl.clock import Clock
from newscrawl.exceptions import ArchiveError, ConfigurationError
from newscrawl.items import Capture

_PREFIX = re.compile(r"[A-Za-z0-9_-]+")
_TRIES = 100


class ArchiveWriter:
    """Writes into a folder, a file at a time; the first exchange makes the first file.

    Several writers may share a folder. Captures name a file as it is called once it is closed.
    """

    def __init__(
        self,
        folder: Path,
        prefix: str,
        clock: Clock,
        *,
        info: Mapping[str, str] | None = None,
        max_bytes: int = 1_000_000_000,
        max_age: timedelta = timedelta(days=1),
        keep_journals: bool = False,
    ) -> None:
        """`info` goes into each file's warcinfo, such as `software`, `operator`, `isPartOf` (WARC/1.1, 6.2).

        A file is closed when it has reached `max_bytes` or `max_age`, and the next exchange begins another.
        With `keep_journals` the journal of such a file stays until who takes it from `filled` removes it: until then
        recovery takes what the file holds for unknown.
        Raises ConfigurationError for a prefix that is no plain name, ValueError for an `info` of several lines,
        ArchiveError for a folder that cannot be made or written to.
        """
        if not _PREFIX.fullmatch(prefix):
            raise ConfigurationError(f"{prefix!r} cannot begin the names of WARCs; use letters, digits, - and _")
        require_writable(folder)
        self._folder = folder
        self._prefix = prefix
        self._clock = clock
        self._info = dict(info or {})
        warc_fields(self._info.items())
        self._max_bytes = max_bytes
        self._max_age = max_age
        # Writers that begin in the same second, on any machine, must not choose the same names.
        self._random = secrets.token_hex(4)
        self._serial = 0
        self._keep_journals = keep_journals
        self.filled: list[Names] = []
        """Files that were closed for their size or age, and whose journals stay."""
        self._file: OpenFile | None = None
        self._begun_at: datetime | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, exchange: Exchange, known: Original | None = None) -> Capture | None:
        """Archive an exchange; its records reach the system in one write, and the disk with `sync`.

        `known` is an archived answer that this one may repeat. It becomes a revisit when it has the same payload, or
        is a 304; a payload that is empty or not whole never does. The capture is that of the response or revisit, its
        payload_digest that of the payload as archived (of a 304 the original's); None when no answer came.

        Raises ArchiveError when it cannot be written, and from then on until a new writer begins; ValueError for an
        exchange that was begun at no certain instant.
        """
        composed = compose(exchange, known)
        if composed is None:
            return None
        file = self._open_file()
        offset = file.append(composed.records)
        if composed.answer is None:
            return None
        answer = composed.answer
        capture = Capture(
            warc=file.names.warc.name,
            offset=offset,
            length=answer.length,
            record_id=answer.record_id,
            payload_digest=answer.payload_digest,
        )
        file.note(
            cdxj_line(
                warc_url(exchange.url),
                exchange.started_at,
                answer.head,
                (capture.warc, capture.offset, capture.length),
                revisit=answer.revisit,
                digest=answer.stated_digest,
                payload_type=answer.payload_type,
            )
        )
        return capture

    def sync(self) -> None:
        """Return when every capture given so far would survive a power cut. Raises ArchiveError when it may not."""
        if self._file:
            self._file.sync()

    def close(self) -> None:
        """Close the file at hand: synced, indexed, renamed. The next exchange would begin another."""
        self._close(keep_journal=False)

    def _close(self, *, keep_journal: bool) -> None:
        file, self._file = self._file, None
        if file:
            file.close(keep_journal=keep_journal)
            if keep_journal:
                self.filled.append(file.names)

    def _open_file(self) -> OpenFile:
        now = self._clock().astimezone(UTC)
        if self._file and self._begun_at:
            if self._file.size < self._max_bytes and now - self._begun_at < self._max_age:
                return self._file
            self._close(keep_journal=self._keep_journals)
        self._file, self._begun_at = self._new_file(now), now
        return self._file

    def _new_file(self, now: datetime) -> OpenFile:
        for _ in range(_TRIES):
            self._serial += 1
            stem = f"{self._prefix}-{now:%Y%m%d%H%M%S}-{self._serial:05}{self._random}"
            try:
                file = OpenFile(Names(self._folder, stem))
            except FileExistsError:
                continue
            except OSError as error:
                raise ArchiveError(
                    f"cannot begin a WARC in {self._folder}: {error}; make it writable, or name another folder"
                ) from error
            file.append(warcinfo(now, file.names.warc.name, self._info))
            return file
        raise ArchiveError(f"{self._folder} takes no new WARC: {_TRIES} names in a row were taken; name another folder")
