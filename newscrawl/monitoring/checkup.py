"""A checkup: the sources' days are read, judged, and what changed since the last checkup is entered."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from newscrawl.health.figures import DAY, History, Kind, Space
from newscrawl.health.judging import Incident, follow, judge
from newscrawl.sources import Source
from newscrawl.storage import figures, findings
from newscrawl.storage.database import Database, Session

DAYS_READ = 180
"""So far back days are read: what is normal is learnt from eight weeks, before a silence that may last."""
_ENDED_SHOWN = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """How sources and disk do."""

    at: datetime
    run_id: str | None
    """The run that ended with it; None where somebody only looks."""
    histories: Sequence[History]
    spaces: Sequence[Space]
    incidents: Sequence[Incident]
    """Those that last, and those that ended in the last two weeks; the newest first."""
    began: Sequence[Incident] = ()
    """Those that this checkup met first."""
    ended: Sequence[Incident] = ()
    """Those that it no longer met."""

    @property
    def lasting(self) -> list[Incident]:
        """The incidents that last."""
        return [incident for incident in self.incidents if incident.ended_at is None]

    def of(self, chosen: Collection[str]) -> Checkup:
        """The same of these sources alone, and of the disk."""
        kept = [one for one in self.incidents if one.finding.source is None or one.finding.source in chosen]
        return replace(self, histories=[one for one in self.histories if one.source in chosen], incidents=kept)


def check_up(
    session: Session,
    sources: Iterable[Source],
    *,
    judged: Collection[str],
    space: Space,
    run_id: str,
    now: datetime,
    is_whole: bool,
) -> Checkup:
    """Judge the sources of these ids and the disk, and enter what changed. What was found of a paused source
    ends as if it were met no more.

    A run that is not `is_whole` was told to stop: what it never asked for says nothing.
    """
    figures.enter_space(session, space)
    sources = list(sources)
    settled = {*judged, *(source.source_id for source in sources if source.paused)}
    histories, spaces = _read(session, sources, now)
    met = judge([history for history in histories if history.source in judged], spaces, now)
    if not is_whole:
        met = [finding for finding in met if finding.kind != Kind.NEVER_RAN]
    changes = follow(findings.lasting(session), met, settled, now)
    began, ended = findings.enter(session, changes, run_id=run_id, now=now)
    return Checkup(
        at=now,
        run_id=run_id,
        histories=histories,
        spaces=spaces,
        incidents=findings.since(session, now - _ENDED_SHOWN * DAY),
        began=began,
        ended=ended,
    )


def look(session: Session, sources: Iterable[Source], now: datetime) -> Checkup:
    """The same as it was entered last; judges nothing, and writes nothing."""
    histories, spaces = _read(session, sources, now)
    incidents = findings.since(session, now - _ENDED_SHOWN * DAY)
    return Checkup(at=now, run_id=None, histories=histories, spaces=spaces, incidents=incidents)


def measure(session: Session, database: Database, output: Path, archive: Path, now: datetime) -> Space:
    """What the crawl's files take now."""
    # A run that wrote nothing there yet has not made the folder.
    disk = shutil.disk_usage(next(one for one in (output, *output.parents) if one.exists()))
    return Space(
        day=now.date(),
        database=figures.database_bytes(session, database),
        archive=_bytes_in(archive),
        free=disk.free,
        total=disk.total,
    )


def _read(session: Session, sources: Iterable[Source], now: datetime) -> tuple[list[History], list[Space]]:
    since = now.date() - DAYS_READ * DAY
    return figures.histories(session, sources, since), figures.spaces(session, since)


def _bytes_in(folder: Path) -> int:
    total = 0
    for file in folder.iterdir() if folder.is_dir() else ():
        try:
            total += file.stat().st_size
        except FileNotFoundError:
            # Closed and renamed, or moved to the store, by another crawler meanwhile.
            continue
    return total
