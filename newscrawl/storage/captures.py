"""Captures: what is archived where, and which payloads are archived already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from newscrawl.items import Archived, Capture
from newscrawl.storage.database import insert_unless_known
from newscrawl.storage.schema import ArticleRow, CaptureRow, PrunedRow, RevisionRow, table
from newscrawl.urls import is_http, url_key

PLACE = tuple(field.name for field in fields(Capture))
"""The columns that make a Capture."""

_CAPTURES = table(CaptureRow).c
_IDS = select(_CAPTURES.record_id, _CAPTURES.capture_id).where(
    _CAPTURES.record_id.in_(bindparam("keys", expanding=True))
)
# The latest: it was archived anew where the one before was not to be had any more.
_LATEST = (
    select(func.max(_CAPTURES.capture_id))
    .where(_CAPTURES.payload_digest.in_(bindparam("keys", expanding=True)), _CAPTURES.refers_to.is_(None))
    .where(_CAPTURES.warc.not_in(select(table(PrunedRow).c.warc)))
    .group_by(_CAPTURES.payload_digest)
)
_ORIGINALS = select(table(CaptureRow)).where(_CAPTURES.capture_id.in_(_LATEST))
_BY_RECORD_ID = select(table(CaptureRow)).where(_CAPTURES.record_id == bindparam("record"))
_BY_RECORD_IDS = select(table(CaptureRow)).where(_CAPTURES.record_id.in_(bindparam("keys", expanding=True)))
_LAST_OF_URL = (
    select(table(CaptureRow))
    .where(_CAPTURES.url == bindparam("url"), _CAPTURES.captured_at >= bindparam("since"))
    .order_by(_CAPTURES.captured_at.desc(), _CAPTURES.capture_id.desc())
    .limit(1)
)
_KEYS_AT_ONCE = 500


def add(session: Session, groups: Sequence[Sequence[Archived]]) -> list[None]:
    """Enter archived answers, group by group; those that are there already are left alone."""
    add_unless_known(session.connection(), [archived for group in groups for archived in group])
    return [None] * len(groups)


def add_unless_known(connection: Connection, answers: Collection[Archived]) -> dict[str, int]:
    """Enter archived answers that are not there yet; the capture_id of each by its record_id."""
    rows = [
        {
            **asdict(archived.capture),
            "url": archived.url,
            "captured_at": archived.captured_at,
            "refers_to": archived.refers_to,
        }
        for archived in answers
    ]
    if rows:
        connection.execute(insert_unless_known(connection.dialect.name, CaptureRow), rows)
    return dict(_rows(connection, _IDS, [row["record_id"] for row in rows]))


def originals(session: Session, digests: Iterable[str]) -> dict[str, Archived]:
    """By payload digest, the last answer that was archived with that payload of its own, where there is one."""
    found = _rows(session.connection(), _ORIGINALS, digests)
    return {
        row.payload_digest: Archived(capture=capture_in(row), url=row.url, captured_at=row.captured_at) for row in found
    }


def originals_of(session: Session, record_ids: Iterable[str]) -> dict[str, Archived]:
    """By WARC-Record-ID, the answers of these records; of a revisit, the one that it repeats."""
    connection = session.connection()
    found = {row.record_id: row for row in _rows(connection, _BY_RECORD_IDS, record_ids)}
    repeated = {row.refers_to for row in found.values()} - {None}
    originals = {row.record_id: row for row in _rows(connection, _BY_RECORD_IDS, sorted(repeated))}
    answers = {key: row if row.refers_to is None else originals.get(row.refers_to) for key, row in found.items()}
    return {key: _archived(row) for key, row in answers.items() if row is not None}


def place_of(session: Session, record_id: str | None) -> Capture | None:
    """Where the record of this WARC-Record-ID stands, such as the one that a revisit repeats; None when unknown."""
    if record_id is None:
        return None
    row = session.connection().execute(_BY_RECORD_ID, {"record": record_id}).one_or_none()
    return None if row is None else capture_in(row)


def last_of(session: Session, url: str, since: datetime) -> Archived | None:
    """The last answer of a URL that was archived since an aware instant; None without one."""
    row = session.connection().execute(_LAST_OF_URL, {"url": url, "since": since}).one_or_none()
    return None if row is None else _archived(row)


def of_urls(session: Session, keys: Collection[str]) -> list[Archived]:
    """Every archived answer of pages, by their url_keys, in the order of archiving. Reads the whole table."""
    hosts = sorted({key.partition("/")[0] for key in keys})
    # No index knows url_keys; the databases leave little for us to compare.
    likely = or_(*(func.lower(_CAPTURES.url).contains(host, autoescape=True) for host in hosts))
    rows = session.connection().execute(select(table(CaptureRow)).where(likely).order_by(_CAPTURES.capture_id))
    return [_archived(row) for row in rows if is_http(row.url) and url_key(row.url) in keys]


def of_revision(session: Session, key: str, number: int) -> Archived | None:
    """The archived answer of an article's revision, by url_key and number; None where there is none."""
    statement = (
        select(table(CaptureRow))
        .join(table(RevisionRow), table(RevisionRow).c.capture_id == _CAPTURES.capture_id)
        .join(table(ArticleRow), table(ArticleRow).c.article_id == table(RevisionRow).c.article_id)
        .where(table(ArticleRow).c.url_key == key, table(RevisionRow).c.number == number)
    )
    row = session.connection().execute(statement).one_or_none()
    return None if row is None else _archived(row)


def capture_in(row: Any, prefix: str = "") -> Capture:
    """The capture whose columns, each of PLACE behind the prefix, a row has."""
    return Capture(**{name: getattr(row, prefix + name) for name in PLACE})


def original_in(row: Any) -> Capture | None:
    """The same of `originals`, outer-joined to a revisit's `refers_to`, behind `original_`; None where none is."""
    return None if row.original_record_id is None else capture_in(row, "original_")


def _archived(row: Any) -> Archived:
    return Archived(capture=capture_in(row), url=row.url, captured_at=row.captured_at, refers_to=row.refers_to)


def _rows(connection: Connection, statement: Select[Any], keys: Iterable[str]) -> list[Any]:
    """The rows of a statement for a list of keys; some at a time, since databases bound its length."""
    ordered = list(keys)
    return [
        row
        for start in range(0, len(ordered), _KEYS_AT_ONCE)
        for row in connection.execute(statement, {"keys": ordered[start : start + _KEYS_AT_ONCE]})
    ]
