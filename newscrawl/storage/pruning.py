"""Which WARCs may go, by age, and what goes with them; the database knows before a file does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from newscrawl.storage.database import insert_unless_known
from newscrawl.storage.schema import CaptureRow, DocumentRow, FrontierRow, PrunedRow, RevisionRow, table

_CAPTURES, _PRUNED = table(CaptureRow).c, table(PrunedRow).c
_ORIGINALS = table(CaptureRow).alias("originals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """A WARC that is old enough, and what the database has of it."""

    warc: str
    bytes: int
    captures: int
    last: datetime
    """Of its latest capture."""
    revisions: int
    """Those whose bytes stand in it."""
    repeated: int
    """Answers of WARCs that stay and that repeat what stands in it."""


def chosen(
    session: Session, sizes: Mapping[str, int], before: datetime, *, repeated_too: bool
) -> tuple[list[Going], list[Going]]:
    """Of the closed WARCs with these bytes, those whose last capture is older: the ones that go, and the ones that are
    kept because WARCs that stay repeat what they hold; with `repeated_too` none is kept.
    """
    rows = session.execute(
        select(_CAPTURES.warc, func.count(), func.max(_CAPTURES.captured_at).label("last"))
        .where(_CAPTURES.warc.not_in(select(_PRUNED.warc)))
        .group_by(_CAPTURES.warc)
        .having(func.max(_CAPTURES.captured_at) < before)
        .order_by(_CAPTURES.warc)
    )
    old = {warc: (count, last) for warc, count, last in rows if warc in sizes}
    repeats = [
        (by, of, count)
        for by, of, count in session.execute(
            select(_CAPTURES.warc, _ORIGINALS.c.warc, func.count())
            .join(_ORIGINALS, _ORIGINALS.c.record_id == _CAPTURES.refers_to)
            .where(_CAPTURES.warc != _ORIGINALS.c.warc, _CAPTURES.warc.not_in(select(_PRUNED.warc)))
            .group_by(_CAPTURES.warc, _ORIGINALS.c.warc)
        )
    ]
    going = set(old)
    # What is kept repeats earlier files in turn.
    while not repeated_too and (needed := {of for by, of, _ in repeats if of in going and by not in going}):
        going -= needed
    counted = session.execute(
        select(_CAPTURES.warc, func.count())
        .join(table(RevisionRow), table(RevisionRow).c.capture_id == _CAPTURES.capture_id)
        .group_by(_CAPTURES.warc)
    )
    held: dict[str, int] = dict(counted.all())
    everything = [
        Going(
            warc=warc,
            bytes=sizes[warc],
            captures=count,
            last=last,
            revisions=held.get(warc, 0),
            repeated=sum(many for by, of, many in repeats if of == warc and by not in going),
        )
        for warc, (count, last) in old.items()
    ]
    return [one for one in everything if one.warc in going], [one for one in everything if one.warc not in going]


def decide(session: Session, going: Collection[Going], now: datetime) -> None:
    """Note that these WARCs are pruned. From the commit on nothing refers to what they hold, and the pages of which
    they hold the answer are asked for whole, since a 304 would repeat what is gone.
    """
    if not going:
        return
    rows = [{"warc": one.warc, "bytes": one.bytes, "captures": one.captures, "pruned_at": now} for one in going]
    session.connection().execute(insert_unless_known(session.get_bind().dialect.name, PrunedRow), rows)
    for one in going:
        records = select(_CAPTURES.record_id).where(_CAPTURES.warc == one.warc)
        for row in (FrontierRow, DocumentRow):
            session.execute(
                update(row).where(row.record_id.in_(records)).values(etag=None, last_modified=None, record_id=None)
            )


def unfinished(session: Session) -> dict[str, datetime]:
    """The WARCs that were decided upon, and whose files may still be there; when that was."""
    rows = session.execute(select(_PRUNED.warc, _PRUNED.pruned_at).where(_PRUNED.removed.is_(False)))
    return dict(rows.all())


def finish(session: Session, warc: str) -> None:
    """Note that the files of a pruned WARC are gone."""
    session.execute(update(PrunedRow).where(PrunedRow.warc == warc).values(removed=True))


def every(session: Session) -> set[str]:
    """The WARCs that are pruned, gone or not."""
    return set(session.scalars(select(_PRUNED.warc)))
