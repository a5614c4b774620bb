"""Reads exchanges back, from our own WARCs and from those of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from newscrawl.archive.decoding import MOST_BYTES, Decoded, decode
from newscrawl.archive.digests import agrees, digest, normal_digest
from newscrawl.archive.exchange import Original
from newscrawl.archive.files import OPEN
from newscrawl.archive.heads import Head, parse_head, split_message
from newscrawl.archive.location import Location
from newscrawl.archive.parsing import Record, date, record_of, records, streamed_records, url
from newscrawl.exceptions import ArchiveError
from newscrawl.items import Capture

Lookup = Callable[[Original], Capture | None]
"""From what a revisit says of its original to the capture of the original; None when it is unknown."""

_REQUESTS_KEPT = 64
_AT_ONCE = 32
"""Captures that are read together, and so in memory together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredExchange:
    """An archived answer with what stands beside it in the archive."""

    url: str
    """WARC-Target-URI."""
    date: datetime | None
    """Aware instant of WARC-Date; None when the record of another's WARC states none that can be read."""
    head: bytes
    """Status line and headers with the blank line, as archived."""
    body: bytes
    """The body as archived, content coding and what there is of framing kept; of an unresolved revisit empty."""
    answer: Head
    """What the head says."""
    capture: Capture | None
    """Where the record stands; None where it cannot be read alone (a file compressed as one)."""
    record_id: str | None = None
    """WARC-Record-ID."""
    profile: str | None = None
    """WARC-Profile of a revisit; None for a response."""
    original: Original | None = None
    """What a revisit refers to, as far as it says so; None for a response."""
    truncated: str | None = None
    """WARC-Truncated: why the body is not whole; None when it is."""
    payload_digest: str | None = None
    """WARC-Payload-Digest as it stands."""
    payload_type: str | None = None
    """WARC-Identified-Payload-Type."""
    ip_address: str | None = None
    """WARC-IP-Address."""
    request: bytes | None = None
    """The request as sent; None when the archive has none beside the answer."""
    via: str | None = None
    """URL of the document that named the URL."""
    discovery: str | None = None
    """How the URL was found."""

    @property
    def status(self) -> int | None:
        """Status code; None when the status line states none."""
        return self.answer.status

    @property
    def reason(self) -> str:
        """Reason phrase."""
        return self.answer.reason

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Names and values as archived, in their order."""
        return self.answer.headers

    def decoded(self, limit: int = MOST_BYTES) -> Decoded:
        """The page's own bytes, and whether they are all. Raises ArchiveError when they are more than `limit`."""
        decoded = decode(self.answer, self.body, limit)
        return replace(decoded, whole=decoded.whole and self.truncated is None)


def read_capture(location: Location, capture: Capture, lookup: Lookup | None = None) -> StoredExchange:
    """The answer at a capture's place, in a WARC that is closed or still written. Its request is not read.

    A revisit is given the body of its original, which `lookup` finds; a 304 the original's head too.

    Raises ArchiveError where the file is missing or holds another record, and for a revisit of an unknown original.
    """
    (found,) = read_captures(location, [capture], lookup)
    if isinstance(found, ArchiveError):
        raise found
    return found


def read_captures(
    location: Location, captures: Iterable[Capture], lookup: Lookup | None = None
) -> Iterator[StoredExchange | ArchiveError]:
    """What `read_capture` gives for each, or the error that it raises; those of one WARC are asked for in one call."""
    waiting = iter(captures)
    while several := list(islice(waiting, _AT_ONCE)):
        exchanges = _parsed(location, several)
        places = [_original_of(one, capture, lookup) for one, capture in zip(exchanges, several, strict=True)]
        originals = iter(_parsed(location, [place for place in places if isinstance(place, Capture)]))
        for one, place in zip(exchanges, places, strict=True):
            yield one if place is None else _resolved(one, next(originals) if isinstance(place, Capture) else place)


def parse_capture(member: bytes, capture: Capture) -> StoredExchange:
    """The answer in the bytes at a capture's place; a revisit without a body. Raises ArchiveError for other bytes."""
    record = record_of(member, capture.warc)
    at = _at(capture)
    if record.record_id != capture.record_id:
        raise ArchiveError(f"{at} holds {record.record_id}, not {capture.record_id}: it was changed; restore it")
    if agrees(record.fields.get("warc-block-digest"), record.block) is False:
        raise ArchiveError(f"the record in {at} does not have its own digest: it was changed; restore it")
    exchange = _stored(record, capture.warc, (capture.offset, capture.length))
    if exchange is None or exchange.capture is None:
        raise ArchiveError(f"{at} holds a {record.kind} record, and no answer; look for the capture in the index")
    held = exchange.capture.payload_digest
    if held != capture.payload_digest:
        raise ArchiveError(f"{at} holds the payload {held}, not {capture.payload_digest}: restore the file")
    return exchange


def resolve(revisit: StoredExchange, original: StoredExchange) -> StoredExchange:
    """The revisit with the body of its original; a 304 with the original's head too.

    Raises ArchiveError when the original is a revisit itself, or has another payload.
    """
    at = f"the revisit {revisit.record_id} of {revisit.url}"
    if original.profile is not None:
        raise ArchiveError(f"{at} is said to repeat {original.record_id}, which is itself one; look further back")
    promised = revisit.original.payload_digest if revisit.original else None
    held = original.capture.payload_digest if original.capture else normal_digest(original.payload_digest)
    if promised and promised != held:
        raise ArchiveError(f"{at} repeats the payload {promised}, and {original.record_id} holds {held}")
    if revisit.status == 304:
        revisit = replace(revisit, head=original.head, answer=original.answer)
    return replace(revisit, body=original.body, payload_type=original.payload_type)


def iterate(path: Path) -> Iterator[StoredExchange]:
    """Every answer over HTTP of a WARC, in the file's order, with its request where it stands near; revisits without
    a body.

    Raises ArchiveError after the whole ones where the file is cut or broken.
    """
    return _exchanges(records(path), path.name.removesuffix(OPEN))


def iterate_closed(location: Location, warc: str) -> Iterator[StoredExchange]:
    """The same of a closed WARC, which need not lie in the folder; from a store it is read as it comes."""
    with location.open(warc) as (file, size):
        yield from _exchanges(streamed_records(file, size, warc), warc)


def _exchanges(found: Iterable[Record], name: str) -> Iterator[StoredExchange]:
    waiting: StoredExchange | None = None
    requests: dict[str, bytes] = {}
    try:
        for record in found:
            if record.kind in ("response", "revisit"):
                if waiting:
                    yield waiting
                waiting = _stored(record, name, record.place)
                if waiting:
                    waiting = _with_request(waiting, record, requests)
            elif record.kind == "request" and waiting and _belongs(record, waiting):
                waiting = replace(waiting, request=record.block)
            elif record.kind == "request":
                _keep(record, requests)
            elif record.kind == "metadata" and waiting and _belongs(record, waiting):
                said = dict(parse_head(b"\n" + record.block).headers)
                waiting = replace(waiting, via=said.get("via"), discovery=said.get("discovery"))
    except ArchiveError:
        if waiting:
            yield waiting
        raise
    if waiting:
        yield waiting


def _parsed(location: Location, captures: Sequence[Capture]) -> list[StoredExchange | ArchiveError]:
    """The answers as they stand in their files, or why there is none."""
    by_warc: dict[str, list[int]] = {}
    for number, capture in enumerate(captures):
        by_warc.setdefault(capture.warc, []).append(number)
    parsed: dict[int, StoredExchange | ArchiveError] = {}
    for warc, numbers in by_warc.items():
        try:
            members = location.read(warc, [(captures[number].offset, captures[number].length) for number in numbers])
        except ArchiveError as error:
            parsed.update(dict.fromkeys(numbers, error))
            continue
        for number, member in zip(numbers, members, strict=True):
            try:
                parsed[number] = parse_capture(member, captures[number])
            except ArchiveError as error:
                parsed[number] = error
    return [parsed[number] for number in range(len(captures))]


def _original_of(
    exchange: StoredExchange | ArchiveError, capture: Capture, lookup: Lookup | None
) -> Capture | ArchiveError | None:
    """Where the body of a revisit is; None for what has its own."""
    if isinstance(exchange, ArchiveError) or exchange.original is None:
        return None
    where = f"{_at(capture)} repeats an answer of {exchange.original.url}"
    place = lookup(exchange.original) if lookup else None
    return place or ArchiveError(f"{where} that is not known; bring the WARC that holds it back")


def _resolved(
    revisit: StoredExchange | ArchiveError, original: StoredExchange | ArchiveError
) -> StoredExchange | ArchiveError:
    if isinstance(revisit, ArchiveError) or isinstance(original, ArchiveError):
        return original
    try:
        return resolve(revisit, original)
    except ArchiveError as error:
        return error


def _at(capture: Capture) -> str:
    return f"{capture.warc} at byte {capture.offset}"


def _stored(record: Record, name: str, place: tuple[int, int] | None) -> StoredExchange | None:
    if record.kind not in ("response", "revisit") or record.url is None:
        return None
    # A revisit may leave out its head, and with it the type of its block.
    if not record.is_http and (record.block or record.kind == "response"):
        return None
    head, body = split_message(record.block)
    fields = record.fields
    revisit = record.kind == "revisit"
    stated = fields.get("warc-payload-digest")
    capture = None
    if place and record.record_id:
        payload_digest = normal_digest(stated) or digest(body)
        capture = Capture(
            warc=name, offset=place[0], length=place[1], record_id=record.record_id, payload_digest=payload_digest
        )
    return StoredExchange(
        url=record.url,
        date=record.date,
        head=head,
        body=b"" if revisit else body,
        answer=parse_head(head),
        capture=capture,
        record_id=record.record_id,
        profile=fields.get("warc-profile", "") if revisit else None,
        original=_original(record, stated) if revisit else None,
        truncated=fields.get("warc-truncated"),
        payload_digest=stated,
        payload_type=fields.get("warc-identified-payload-type"),
        ip_address=fields.get("warc-ip-address"),
    )


def _original(record: Record, stated: str | None) -> Original:
    fields = record.fields
    return Original(
        # WARC/1.0 names neither: the same URL at an earlier time is meant.
        url=url(fields.get("warc-refers-to-target-uri")) or record.url or "",
        date=date(fields.get("warc-refers-to-date")),
        payload_digest=normal_digest(stated),
        record_id=fields.get("warc-refers-to"),
    )


def _with_request(exchange: StoredExchange, record: Record, requests: dict[str, bytes]) -> StoredExchange:
    named = record.fields.get("warc-concurrent-to")
    for key in (named, exchange.record_id, f"{exchange.url} {exchange.date}"):
        if key in requests:
            return replace(exchange, request=requests[key])
    return exchange


def _keep(record: Record, requests: dict[str, bytes]) -> None:
    # Common Crawl's and wget's requests come before their answers; the former name them by URL and date only.
    for key in (record.record_id, record.fields.get("warc-concurrent-to"), f"{record.url} {record.date}"):
        if key:
            requests[key] = record.block
    while len(requests) > _REQUESTS_KEPT:
        del requests[next(iter(requests))]


def _belongs(record: Record, exchange: StoredExchange) -> bool:
    named = record.fields.get("warc-concurrent-to") or record.fields.get("warc-refers-to")
    if named:
        return named == exchange.record_id
    return (record.url, record.date) == (exchange.url, exchange.date)
