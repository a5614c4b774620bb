"""Stored answers by the URL that they answer: an index over WARCs, ours and others', that lies on disk.

The CDXJ beside our WARCs would not do: it tells neither whether an answer is whole nor what a revisit repeats.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from newscrawl.archive.exchange import Original
from newscrawl.archive.files import OPEN, WARC
from newscrawl.archive.location import Location
from newscrawl.archive.parsing import records
from newscrawl.archive.reader import StoredExchange, iterate, parse_capture, resolve
from newscrawl.archive.sorted_lines import SortedLines
from newscrawl.exceptions import ArchiveError
from newscrawl.items import Archived, Capture
from newscrawl.urls import is_http, url_key

logger = logging.getLogger(__name__)

_BY_URL, _BY_RECORD, _BY_TIME = "u", "r", "t"
_OURS = b"software: newscrawl/"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """What is known of an archived answer without reading it."""

    path: Path
    """The WARC that holds it."""
    archived: Archived
    """Its place; `refers_to` names the record that a revisit repeats, where it names one."""
    whole: bool
    """Whether it has no WARC-Truncated."""
    as_sent: bool
    """Whether our own crawl wrote it, whose bodies are what the server sent; others' may be decoded."""
    original: Original | None
    """What a revisit repeats; None for an answer with a body of its own."""
    itself: str | None
    """Of a redirect to another spelling of its own URL that spelling; None for every other answer."""
    via: str | None = None
    """URL of the document that named it, or that redirected to it, as far as the archive says so."""
    discovery: str | None = None
    """How our crawl found it."""


def warcs_below(path: Path) -> list[Path]:
    """The WARC at the path, or those in any depth of the folder, also those still written; in the order of names."""
    if path.is_file():
        return [path]
    return sorted({found for name in ("*.warc", "*" + WARC, "*" + WARC + OPEN) for found in path.rglob(name)})


class Answers:
    """The answers to GET requests that WARCs hold. The index takes some 900 bytes of disk an answer, and
    next to no memory."""

    def __init__(
        self, paths: Sequence[Path], folder: Path, listed: Callable[[StoredExchange], bool] | None = None
    ) -> None:
        """Read the WARCs through once, and write the index into the folder. `listed` is asked of each answer that has
        date and identifier, a revisit without its body, whether `in_order` gives it.

        What cannot be served (what follows a broken record, or has no date or identifier) is said in the log.
        Raises ArchiveError where there is no answer, and for a WARC that is compressed as a whole or bears the name of
        another.
        """
        self._paths = list(paths)
        self._ours: set[int] = set()
        self._listed = listed
        self.broken: list[str] = []
        """What is wrong with files that could not be read to their end."""
        self._lines = SortedLines(folder)
        name, times = next(iter(Counter(map(_name, self._paths)).most_common(1)), ("", 0))
        if times > 1:
            raise ArchiveError(f"two WARCs are called {name}; a capture names its file, so rename or remove one")
        logger.info("%d WARC(s) are read through for their answers", len(self._paths))
        try:
            count = sum(self._add(number, path) for number, path in enumerate(self._paths))
            if not count:
                raise ArchiveError("its WARCs hold no answer that can be read; the log says why")
            self._lines.sort()
        except BaseException:
            self._lines.close()
            raise
        logger.info("%d answers are stored in them", count)

    def close(self) -> None:
        """Remove the index."""
        self._lines.close()

    def at(self, url: str, moment: datetime, followed: Collection[str] = ()) -> StoredAnswer | None:
        """The answer that the URL had at an aware moment: the latest up to then, one that is cut short only where none
        is whole; None when there is none.

        Any spelling of the URL counts that has its url_key. A redirect from one to another counts only where the URL
        is spelled so, and the answer is that of another spelling, which was not `followed` yet.
        """
        latest: StoredAnswer | None = None
        spelled: StoredAnswer | None = None
        until = _instant(moment)
        for line in self._lines.beginning_with(_beginning(_BY_URL, url_key(url))):
            if line.split(b"\t", 3)[2].decode() > until:
                break
            answer = self._answer(line)
            if answer.itself is not None:
                if answer.whole and answer.archived.url == url:
                    spelled = answer
            elif latest is None or answer.whole or not latest.whole:
                latest = answer
        if spelled is None or spelled.itself in followed or (latest is not None and latest.archived.url == url):
            return latest
        return spelled

    def in_order(self) -> Iterator[StoredAnswer]:
        """The listed answers in the order of their dates."""
        for line in self._lines.beginning_with(f"{_BY_TIME}\t".encode()):
            yield self._answer(line)

    def read(self, answer: StoredAnswer) -> tuple[StoredExchange, list[Archived]]:
        """The answer, a revisit with the body that it repeats; and its place, with that of what it repeats.

        Raises ArchiveError as `read_capture` does.
        """
        exchange = _parsed(answer)
        if answer.original is None:
            return exchange, [answer.archived]
        original = self._original_of(answer, answer.original)
        if original is None:
            raise ArchiveError(
                f"{answer.path} at byte {answer.archived.capture.offset} repeats an answer of {answer.original.url} "
                "that is not here; bring the WARC that holds it"
            )
        repeats = replace(answer.archived, refers_to=original.archived.capture.record_id)
        return resolve(exchange, _parsed(original)), [repeats, original.archived]

    def _original_of(self, answer: StoredAnswer, wanted: Original) -> StoredAnswer | None:
        if wanted.record_id:
            for line in self._lines.beginning_with(_beginning(_BY_RECORD, wanted.record_id)):
                return self._answer(line)
        if not is_http(wanted.url):
            return None
        found = None
        for line in self._lines.beginning_with(_beginning(_BY_URL, url_key(wanted.url))):
            other = self._answer(line)
            if other.original is None and _repeats(answer, wanted, other):
                found = other
        return found

    def _add(self, number: int, path: Path) -> int:
        unusable = taken = 0
        try:
            first = next(iter(records(path)), None)
            if first is not None and first.kind == "warcinfo" and _OURS in first.block:
                self._ours.add(number)
            for one in iterate(path):
                if one.capture is None and one.record_id:
                    raise _Unaddressed
                if one.capture is None or one.date is None or not is_http(one.url):
                    unusable += 1
                    continue
                listed = self._listed is not None and self._listed(one)
                if _says_something(one):
                    taken += 1
                    self._add_answer(number, one, one.capture, one.date, listed=listed)
        except _Unaddressed:
            raise ArchiveError(
                f"{path} is compressed as a whole, so that no record of it can be read alone; "
                f"run `warcio recompress {path.name} NEW`, and use the new file"
            ) from None
        except ArchiveError as error:
            logger.error("%s: what follows is left out", error)
            self.broken.append(f"{path}: {error}")
        if unusable:
            logger.warning("%s: %d answers without date or identifier are left out", path.name, unusable)
        return taken

    def _add_answer(self, number: int, one: StoredExchange, capture: Capture, date: datetime, *, listed: bool) -> None:
        fields: dict[str, Any] = {
            "file": number,
            "at": [capture.offset, capture.length, capture.record_id, capture.payload_digest],
            "url": one.url,
            "date": _instant(date),
            "whole": one.truncated is None,
            "itself": _itself(one),
            "via": one.via,
            "discovery": one.discovery,
            "original": None,
        }
        if one.original is not None:
            fields["original"] = asdict(one.original) | {"date": one.original.date and _instant(one.original.date)}
        said = json.dumps(fields)
        place = f"{_instant(date)}\t{number:06}\t{capture.offset:015}"
        self._lines.add(_beginning(_BY_URL, url_key(one.url)) + f"{place}\t{said}\n".encode())
        if one.original is None:
            self._lines.add(_beginning(_BY_RECORD, capture.record_id) + f"{said}\n".encode())
        if listed:
            self._lines.add(_beginning(_BY_TIME, place) + f"{said}\n".encode())

    def _answer(self, line: bytes) -> StoredAnswer:
        fields: dict[str, Any] = json.loads(line.rpartition(b"\t")[2])
        path = self._paths[fields["file"]]
        offset, length, record_id, payload_digest = fields["at"]
        original = None
        if stated := fields["original"]:
            original = Original(**stated | {"date": stated["date"] and datetime.fromisoformat(stated["date"])})
        return StoredAnswer(
            path=path,
            archived=Archived(
                capture=Capture(
                    warc=_name(path),
                    offset=offset,
                    length=length,
                    record_id=record_id,
                    payload_digest=payload_digest,
                ),
                url=fields["url"],
                captured_at=datetime.fromisoformat(fields["date"]),
                refers_to=original.record_id if original else None,
            ),
            whole=fields["whole"],
            as_sent=fields["file"] in self._ours,
            original=original,
            itself=fields["itself"],
            via=fields["via"],
            discovery=fields["discovery"],
        )


class _Unaddressed(Exception):
    """A record that has an identifier, and no place at which it can be read alone."""


def _parsed(answer: StoredAnswer) -> StoredExchange:
    capture = answer.archived.capture
    (member,) = Location(answer.path.parent).read(capture.warc, [(capture.offset, capture.length)])
    return parse_capture(member, capture)


def _repeats(answer: StoredAnswer, wanted: Original, other: StoredAnswer) -> bool:
    """Whether the other answer is the one that a revisit repeats which names no record."""
    if wanted.date is not None:
        # WARC/1.0 knows no fractions of a second.
        return other.archived.captured_at.replace(microsecond=0) == wanted.date.replace(microsecond=0)
    earlier = other.archived.captured_at <= answer.archived.captured_at
    return earlier and wanted.payload_digest in (None, other.archived.capture.payload_digest)


def _says_something(one: StoredExchange) -> bool:
    """Whether it answers a GET, and is no 304 that repeats no page."""
    if one.request is not None and one.request.partition(b" ")[0].upper() != b"GET":
        return False
    return one.status != 304 or one.original is not None


def _itself(one: StoredExchange) -> str | None:
    location = one.answer.first("location")
    if not location or not 300 <= (one.status or 0) < 400:
        return None
    try:
        target = urljoin(one.url, location).partition("#")[0]
    except ValueError:
        return None
    return target if is_http(target) and url_key(target) == url_key(one.url) else None


def _name(path: Path) -> str:
    return path.name.removesuffix(OPEN)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _beginning(kind: str, key: str) -> bytes:
    return "\t".join((kind, " ".join(key.split()), "")).encode()
