"""The records of an exchange: response or revisit, then request, then metadata, all of one WARC-Date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from newscrawl.archive.digests import digest
from newscrawl.archive.exchange import Exchange, Original
from newscrawl.archive.heads import archived_head, parse_head
from newscrawl.archive.payload_type import payload_type
from newscrawl.archive.records import (
    IDENTICAL_PAYLOAD,
    NOT_MODIFIED,
    record,
    record_id,
    warc_date,
    warc_fields,
    warc_url,
)

_Fields = list[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """The first record of an exchange that was answered."""

    record_id: str
    length: int
    """Bytes of its gzip member."""
    head: bytes
    """HTTP head as archived."""
    revisit: bool
    stated_digest: str | None
    """Its WARC-Payload-Digest."""
    payload_digest: str
    """Digest of the payload that it holds or refers to."""
    payload_type: str | None
    """Its WARC-Identified-Payload-Type."""


@dataclass(frozen=True, slots=True)
class Composed:
    """An exchange as bytes of a WARC."""

    records: bytes
    """Whole gzip members, a record each."""
    answer: Answer | None
    """None when no answer came."""


def compose(exchange: Exchange, known: Original | None) -> Composed | None:
    """The records of an exchange; None when nothing went over the wire. `known` as in `ArchiveWriter.write`."""
    if exchange.started_at.tzinfo is None:
        raise ValueError(f"the exchange of {exchange.url} was begun at no certain instant: {exchange.started_at}")
    shared: _Fields = [
        ("WARC-Target-URI", warc_url(exchange.url)),
        ("WARC-Date", warc_date(exchange.started_at)),
        ("WARC-IP-Address", exchange.ip_address),
    ]
    records: list[bytes] = []
    answer = concurrent_to = None
    if exchange.head:
        answer, first = _answer(shared, exchange, known)
        records.append(first)
        concurrent_to = answer.record_id
    if exchange.request:
        identity = record_id()
        records.append(_request(identity, shared, exchange, concurrent_to))
        concurrent_to = concurrent_to or identity
    if concurrent_to and (exchange.via or exchange.discovery):
        records.append(_metadata(shared, exchange, concurrent_to))
    return Composed(b"".join(records), answer) if records else None


def _answer(shared: _Fields, exchange: Exchange, known: Original | None) -> tuple[Answer, bytes]:
    identity = record_id()
    head = archived_head(exchange.head, len(exchange.body), truncated=exchange.truncated is not None)
    payload_digest = exchange.payload_digest
    answer = parse_head(head)
    profile = _profile(exchange, answer.status, payload_digest, known)
    identified = None
    if known is None or profile is None:
        identified = payload_type(answer, exchange.body)
        first = _response(identity, shared, exchange, head, payload_digest, identified)
        stated: str | None = payload_digest
    else:
        stated = known.payload_digest
        payload_digest = stated or payload_digest
        first = _revisit(identity, shared, profile, known, exchange, head)
    return Answer(identity, len(first), head, profile is not None, stated, payload_digest, identified), first


def _profile(exchange: Exchange, status: int | None, payload_digest: str, known: Original | None) -> str | None:
    if known is None or exchange.truncated:
        return None
    if status == 304:
        return NOT_MODIFIED
    return IDENTICAL_PAYLOAD if exchange.body and known.payload_digest == payload_digest else None


def _answer_fields(exchange: Exchange) -> _Fields:
    return [
        ("WARC-Protocol", exchange.protocol),
        ("WARC-Truncated", exchange.truncated),
        ("Content-Type", "application/http; msgtype=response"),
    ]


def _response(
    identity: str, shared: _Fields, exchange: Exchange, head: bytes, payload_digest: str, identified: str | None
) -> bytes:
    fields: _Fields = [
        ("WARC-Type", "response"),
        ("WARC-Record-ID", identity),
        *shared,
        ("WARC-Identified-Payload-Type", identified),
        ("WARC-Payload-Digest", payload_digest),
        ("WARC-Block-Digest", digest(head, exchange.body)),
        *_answer_fields(exchange),
    ]
    return record(fields, head, exchange.body)


def _revisit(identity: str, shared: _Fields, profile: str, known: Original, exchange: Exchange, head: bytes) -> bytes:
    fields: _Fields = [
        ("WARC-Type", "revisit"),
        ("WARC-Record-ID", identity),
        *shared,
        ("WARC-Profile", profile),
        ("WARC-Refers-To", known.record_id),
        ("WARC-Refers-To-Target-URI", warc_url(known.url)),
        ("WARC-Refers-To-Date", warc_date(known.date) if known.date else None),
        ("WARC-Payload-Digest", known.payload_digest),
        ("WARC-Block-Digest", digest(head)),
        *_answer_fields(exchange),
    ]
    return record(fields, head)


def _request(identity: str, shared: _Fields, exchange: Exchange, concurrent_to: str | None) -> bytes:
    fields: _Fields = [
        ("WARC-Type", "request"),
        ("WARC-Record-ID", identity),
        *shared,
        ("WARC-Concurrent-To", concurrent_to),
        ("WARC-Block-Digest", digest(exchange.request)),
        ("WARC-Protocol", exchange.protocol),
        ("Content-Type", "application/http; msgtype=request"),
    ]
    return record(fields, exchange.request)


def _metadata(shared: _Fields, exchange: Exchange, concurrent_to: str) -> bytes:
    via = warc_url(exchange.via) if exchange.via else None
    block = warc_fields([("via", via), ("discovery", exchange.discovery)])
    fields: _Fields = [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", record_id()),
        *shared[:2],
        ("WARC-Concurrent-To", concurrent_to),
        ("WARC-Block-Digest", digest(block)),
        ("Content-Type", "application/warc-fields"),
    ]
    return record(fields, block)


def warcinfo(now: datetime, name: str, info: Mapping[str, str]) -> bytes:
    """The record with which a file of this name begins."""
    block = warc_fields(
        [
            *info.items(),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
        ]
    )
    fields: _Fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", record_id()),
        ("WARC-Date", warc_date(now)),
        ("WARC-Filename", name),
        ("WARC-Block-Digest", digest(block)),
        ("Content-Type", "application/warc-fields"),
    ]
    return record(fields, block)
