"""One WARC: whole to its last byte, with just the answers that the table has of it, and the index that says so."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from newscrawl.archive.files import Names, is_written
from newscrawl.archive.location import Location
from newscrawl.archive.records import warc_url
from newscrawl.archive.walking import Damaged, Walked, walk
from newscrawl.exceptions import ArchiveError
from newscrawl.storage import alive, captures, checks
from newscrawl.storage.checks import Entered
from newscrawl.storage.database import Database
from newscrawl.verifying.findings import Finding, Looked, Progress
from newscrawl.verifying.index import Index
from newscrawl.verifying.revision import FETCH, revision_findings

_RESTORE = "restore the file from a copy"
_BRING = "bring back the WARC that holds it, under its name with `.open` behind it: the next crawl enters it"


def warc_findings(
    database: Database, location: Location, names: Names, looked: Looked, progress: Progress
) -> Iterator[Finding]:
    """What is wrong with the WARC, closed or still written, and with what the table says of it."""
    given = (database, location, names, looked, progress)
    try:
        try:
            written = is_written(names.open)
            yield from _OpenWarc(*given).findings(written=written)
        except FileNotFoundError:
            # It is closed, or held nothing and was removed by a recovery.
            if location.holds(names.warc.name):
                yield from _ClosedWarc(*given).findings()
    except (OSError, ArchiveError) as error:
        yield Finding("warc", names.warc.name, f"it cannot be read ({error})", "make it readable, then verify again")


class _Warc(ABC):
    """A file held against the rows of its name, both in the order of their offsets."""

    def __init__(
        self, database: Database, location: Location, names: Names, looked: Looked, progress: Progress
    ) -> None:
        self._database = database
        self._location = location
        self._names = names
        self._name = names.warc.name
        self._looked = looked
        self._progress = progress
        self._rows: Iterator[Entered] = iter(())
        self._row: Entered | None = None
        self._answers = 0
        self._elsewhere = 0
        """Of these, the ones that the table has in another place."""
        self._known = True
        """Whether the table has any answer of this file."""
        self._exchange: str | None = None
        """Identifier of the first record of the exchange at hand; None behind what is damaged."""
        self._followed: set[str] = set()
        """The kinds of its further records that were met."""
        self._unanswered: set[str] = set()
        """Requests without answer."""

    def _walk(self, file: BinaryIO, end: int) -> Iterator[Finding]:
        self._rows = checks.entered(self._database, self._name)
        self._row = next(self._rows, None)
        for found in walk(file, end):
            self._progress(found.length)
            if isinstance(found, Damaged):
                yield from self._damaged(found)
                continue
            self._looked.records += 1
            if found.offset == 0 and found.kind != "warcinfo":
                yield self._at(0, "it does not begin with its warcinfo record", _RESTORE)
            yield from self._order(found)
            if found.is_answer:
                self._answers += 1
                yield from self._compare(found)
        yield from self._behind(end)

    def _order(self, found: Walked) -> Iterator[Finding]:
        """Behind an answer stands its request, behind that its metadata; none of them twice."""
        named = found.fields.get("warc-concurrent-to")
        if found.is_answer or (found.kind == "request" and named is None):
            self._exchange, self._followed = found.record_id, set()
            if not found.is_answer and found.record_id in self._unanswered:
                yield self._at(found.offset, f"the request {found.record_id} stands a second time", _RESTORE)
            if not found.is_answer:
                self._unanswered.add(found.record_id)
        elif found.kind in ("request", "metadata"):
            if self._exchange is not None and (named != self._exchange or found.kind in self._followed):
                what = f"a {found.kind} record stands here that belongs to {named}: alone, or a second time"
                yield self._at(found.offset, what, _RESTORE)
            self._followed.add(found.kind)

    def _damaged(self, found: Damaged) -> Iterator[Finding]:
        self._exchange = None
        end = found.offset + found.length
        what = f"no whole record stands in {found.length} bytes: {found.what}"
        yield self._at(found.offset, what, _RESTORE)
        for row in self._passed(end):
            for revision in row.revisions:
                what = f"its bytes stand in what is damaged of {self._name}, at byte {row.capture.offset}"
                yield Finding("revision", str(revision), what, FETCH)

    def _passed(self, offset: int) -> Iterator[Entered]:
        """The rows before this offset that were not compared yet."""
        while self._row is not None and self._row.capture.offset < offset:
            yield self._row
            self._row = next(self._rows, None)

    def _compare(self, found: Walked) -> Iterator[Finding]:
        for row in self._passed(found.offset):
            yield self._nothing_there(row)
        if self._row is None or self._row.capture.offset != found.offset:
            yield from self._not_entered(found)
            return
        row, self._row = self._row, next(self._rows, None)
        self._looked.captures += 1
        held = {
            "record_id": found.record_id,
            "length": found.length,
            "payload_digest": found.payload_digest,
            "refers_to": found.fields.get("warc-refers-to"),
            "url": found.url,
        }
        said = {
            "record_id": row.capture.record_id,
            "length": row.capture.length,
            "payload_digest": row.capture.payload_digest,
            "refers_to": row.refers_to,
            "url": warc_url(row.url),
        }
        for name, value in held.items():
            if said[name] != value:
                what = f"table captures has the {name} {said[name]}, and the record {value}"
                remedy = f"the file is whole there: set {name} of that row to what the record says"
                yield Finding("capture", f"{self._name} at byte {found.offset}", what, remedy)
        yield from self._original(row)
        for revision in row.revisions:
            wrong = list(revision_findings(revision, row, found, self._location))
            yield from wrong
            self._looked.traced += not wrong

    def _not_entered(self, found: Walked) -> Iterator[Finding]:
        # Rows are read ahead: it may have been entered since, or be about to.
        in_flight = self._is_in_flight()
        with checks.looking(self._database) as session:
            place = captures.place_of(session, found.record_id)
        if place is None and not in_flight:
            what = f"table captures does not know the answer {found.record_id} of {found.url}"
            yield self._at(found.offset, what, f"if the file belongs here, {self._reenter()}")
        elif place is not None and (place.warc, place.offset) != (self._name, found.offset):
            self._elsewhere += 1
            if not self._known:
                # One finding tells of the whole file.
                return
            what = f"the answer {found.record_id} stands twice: here, and in {place.warc} at byte {place.offset}"
            yield self._at(found.offset, what, "restore the one that was changed from a copy")

    @abstractmethod
    def _is_in_flight(self) -> bool:
        """Whether an answer of the file that is not entered is no finding, or none of its own."""

    def _original(self, row: Entered) -> Iterator[Finding]:
        if row.refers_to is None:
            return
        where = f"{self._name} at byte {row.capture.offset}"
        if row.original is None:
            what = f"it repeats {row.refers_to}, which table captures does not know"
            yield Finding("capture", where, what, _BRING)
        elif row.original_repeats:
            what = f"it repeats {row.refers_to}, which is a revisit itself"
            yield Finding("capture", where, what, "report how it came to this; the page's bytes stand further back")

    def _behind(self, end: int) -> Iterator[Finding]:
        """Rows behind the last record."""
        behind = 0
        for row in chain(() if self._row is None else (self._row,), self._rows):
            behind += 1
            for revision in row.revisions:
                yield Finding("revision", str(revision), f"{self._name} ends before its bytes, at {end}", FETCH)
        if behind:
            yield self._at(end, f"the file ends here, and {behind} capture(s) of the table stand behind", _RESTORE)

    def _nothing_there(self, row: Entered) -> Finding:
        where = f"{self._name} at byte {row.capture.offset}"
        what = f"table captures has the answer {row.capture.record_id} of {row.url} here, where none begins"
        return Finding("capture", where, what, _RESTORE)

    def _at(self, offset: int, what: str, remedy: str) -> Finding:
        return Finding("warc", f"{self._name} at byte {offset}", what, remedy)

    def _reenter(self) -> str:
        return (
            f"rename it to {self._names.open.name} while no crawl runs: the next one indexes it anew, and enters what "
            "the table lacks"
        )


class _ClosedWarc(_Warc):
    def findings(self) -> Iterator[Finding]:
        # Its journal goes when all is entered, and what it holds is read after that.
        being_entered = self._names.journal.exists()
        self._index = Index(self._location, self._names)
        abandoned = being_entered and self._is_abandoned()
        with checks.looking(self._database) as session:
            self._known = checks.extent(session, self._name)[0] > 0 or being_entered
        with self._location.open(self._name) as (file, size):
            self._looked.warcs += 1
            if not size:
                yield Finding("warc", self._name, "it is empty", _RESTORE)
            yield from self._walk(file, size)
        if abandoned:
            what = "its crawl died before all of it was entered"
            yield Finding("warc", self._name, what, "the next `scrapy crawl news` enters it")
        elif self._answers and not self._known:
            what = f"the database knows none of its {self._answers} answer(s)"
            if self._elsewhere:
                what += f" here, and {self._elsewhere} of them in other files"
            remedy = f"take it away if it is a copy or of another database; else {self._reenter()}"
            yield Finding("warc", self._name, what, remedy)
        yield from self._index.findings()

    def _compare(self, found: Walked) -> Iterator[Finding]:
        self._index.expect(found)
        yield from super()._compare(found)

    def _is_in_flight(self) -> bool:
        # One finding tells of a file that is all unknown, or was not entered to its end.
        return not self._known or self._names.journal.exists()

    def _is_abandoned(self) -> bool:
        with checks.looking(self._database) as session:
            running = checks.running(session)
        return len(alive.dead(self._database, running)) == len(running)


class _OpenWarc(_Warc):
    def findings(self, *, written: bool) -> Iterator[Finding]:
        """What is wrong with as much of it as is entered."""
        with checks.looking(self._database) as session:
            end = checks.extent(session, self._name)[1]
        with self._names.open.open("rb") as file:
            self._looked.warcs += 1
            self._looked.live += written
            yield from self._walk(file, end)
        if not written:
            what = f"its crawl died; what stands behind byte {end} may not be entered"
            yield Finding(
                "warc", self._names.open.name, what, "the next `scrapy crawl news` enters it and closes the file"
            )

    def _is_in_flight(self) -> bool:
        # Captures are entered in groups, and not in the order of their offsets.
        return True

    def _behind(self, end: int) -> Iterator[Finding]:
        # Entered since it was looked up how far to read.
        yield from ()
