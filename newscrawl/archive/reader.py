"""Reads exchanges back, from our own WARCs and from those of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from newscrawl.archive.decoding import MOST_BYTES, Decoded, decode
from newscrawl.archive.digests import agrees, digest, normal_digest
from newscrawl.archive.exchange import Original
from newscrawl.archive.files import OPEN
from newscrawl.archive.heads import Head, parse_head, split_message
from newscrawl.archive.parsing import Record, date, record_of, records, url
from newscrawl.exceptions import ArchiveError
from newscrawl.items import Capture

Lookup = Callable[[Original], Capture | None]
"""From what a revisit says of its original to the capture of the original; None when it is unknown."""

_REQUESTS_KEPT = 64


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


def read_capture(folder: Path, capture: Capture, lookup: Lookup | None = None) -> StoredExchange:
    """The answer at a capture's place, in a WARC that is closed or still written. Its request is not read.

    A revisit is given the body of its original, which `lookup` finds in the same folder; a 304 the original's head too.

    Raises ArchiveError when the file is missing, holds another record there or one that was changed, or when a
    revisit's original is unknown.
    """
    exchange = parse_capture(_bytes(folder, capture), capture)
    if exchange.original is None:
        return exchange
    place = lookup(exchange.original) if lookup else None
    if place is None:
        raise ArchiveError(
            f"{_at(capture)} repeats an answer of {exchange.original.url} that is not known; "
            "bring the WARC that holds it back"
        )
    return resolve(exchange, parse_capture(_bytes(folder, place), place))


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
    name = path.name.removesuffix(OPEN)
    waiting: StoredExchange | None = None
    requests: dict[str, bytes] = {}
    try:
        for record in records(path):
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


def _bytes(folder: Path, capture: Capture) -> bytes:
    if Path(capture.warc).name != capture.warc:
        raise ArchiveError(f"{capture.warc!r} is no bare file name")
    closed = folder / capture.warc
    # The third, for the file that was closed between the first two.
    for path in (closed, folder / (capture.warc + OPEN), closed):
        try:
            with path.open("rb") as file:
                file.seek(capture.offset)
                return file.read(capture.length)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ArchiveError(f"cannot read {path}: {error}") from error
    raise ArchiveError(f"{folder} holds no {capture.warc}; bring it back there, or name the folder that holds it")


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
