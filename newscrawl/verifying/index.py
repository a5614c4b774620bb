"""The index of a closed WARC, held against the answers that stand in it."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator

from newscrawl.archive.files import Names
from newscrawl.archive.index import cdxj_line
from newscrawl.archive.location import Location
from newscrawl.archive.walking import Walked
from newscrawl.verifying.findings import Finding


class Index:
    """Gathers what the index must say, as eight bytes a line, while the WARC is walked."""

    def __init__(self, location: Location, names: Names) -> None:
        self._location = location
        self._names = names
        self._expected = array("Q")

    def expect(self, found: Walked) -> None:
        """Take note of an answer."""
        if found.date is None:
            return
        line = cdxj_line(
            found.url,
            found.date,
            found.message[0],
            (self._names.warc.name, found.offset, found.length),
            revisit=found.kind == "revisit",
            digest=found.fields.get("warc-payload-digest"),
            payload_type=found.fields.get("warc-identified-payload-type"),
        )
        if line:
            self._expected.append(_number(line))

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the index, once the WARC was walked."""
        stated = array("Q")
        before, unsorted = b"", 0
        if not self._location.has(self._names.index.name):
            yield self._wrong("it is missing")
            return
        with self._location.open(self._names.index.name) as (lines, _):
            for number, line in enumerate(lines, 1):
                if line < before and not unsorted:
                    unsorted = number
                before = line
                stated.append(_number(line))
        if unsorted:
            yield self._wrong(f"line {unsorted} is not in the order of its bytes, by which readers search")
        if sorted(stated) == sorted(self._expected):
            return
        held = set(self._expected)
        strange = [number for number, line in enumerate(stated, 1) if line not in held]
        if strange:
            what = (
                f"{len(strange)} line(s) say what {self._names.warc.name} does not hold, the first is line {strange[0]}"
            )
            yield self._wrong(what)
        if lacking := len(held - set(stated)):
            yield self._wrong(f"{lacking} answer(s) of {self._names.warc.name} have no line")
        if len(stated) - len(strange) > len(set(stated) & held):
            yield self._wrong("lines stand in it twice")

    def _wrong(self, what: str) -> Finding:
        remedy = (
            f"rename {self._names.warc.name} to {self._names.open.name} while no crawl runs: the next one makes its "
            "index anew"
        )
        return Finding("index", self._names.index.name, what, remedy)


def _number(line: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(line, digest_size=8).digest(), "big")
