"""What was found wrong, from the run that met it first to the one that no longer did; and whom it was told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newscrawl.health.figures import Finding, Kind, Severity
from newscrawl.health.judging import Changes, Incident
from newscrawl.storage.database import insert_unless_known
from newscrawl.storage.schema import FindingRow

Told = Literal["began", "ended"]


def lasting(session: Session) -> list[Incident]:
    """The incidents that have not ended, the oldest first."""
    rows = session.scalars(select(FindingRow).where(FindingRow.ended_at.is_(None)).order_by(FindingRow.finding_id))
    return [_incident(row) for row in rows]


def since(session: Session, at: datetime) -> list[Incident]:
    """Those that last or ended at that instant or later, the newest first."""
    kept = FindingRow.ended_at.is_(None) | (FindingRow.ended_at >= at)
    return [
        _incident(row) for row in session.scalars(select(FindingRow).where(kept).order_by(FindingRow.finding_id.desc()))
    ]


def enter(session: Session, changes: Changes, *, run_id: str, now: datetime) -> tuple[list[Incident], list[Incident]]:
    """Take down what a run found; returns the incidents that began and those that ended with it.

    One that another run entered meanwhile is not new.
    """
    add = insert_unless_known(session.get_bind().dialect.name, FindingRow).returning(FindingRow.finding_id)
    began = []
    for finding in changes.began:
        values = {**_values(finding), "subject": _subject(finding), "run_id": run_id, "began_at": now, "seen_at": now}
        number = session.scalar(add.values(**values, told={}))
        if number is not None:
            began.append(Incident(number=number, finding=finding, began_at=now, seen_at=now))
    for incident, finding in changes.lasting:
        # Since when it is so was told when it began; later looks know less of that.
        met = replace(finding, since=min(finding.since, incident.finding.since))
        row = update(FindingRow).where(FindingRow.finding_id == incident.number)
        session.execute(row.values(**_values(met), seen_at=now))
    ended = [replace(incident, ended_at=now) for incident in changes.ended]
    if ended:
        numbers = [incident.number for incident in ended]
        session.execute(update(FindingRow).where(FindingRow.finding_id.in_(numbers)).values(ended_at=now))
    return began, ended


def untold(session: Session, notifier: str) -> tuple[list[Incident], list[Incident]]:
    """What a notifier is to be told: incidents that last and that it does not know of, and ended ones that it does."""
    began, ended = [], []
    for row in session.scalars(select(FindingRow).order_by(FindingRow.finding_id)):
        known = row.told.get(notifier)
        if row.ended_at is None and known is None:
            began.append(_incident(row))
        elif row.ended_at is not None and known == "began":
            ended.append(_incident(row))
    return began, ended


def tell(session: Session, notifier: str, incidents: Iterable[Incident], what: Told) -> None:
    """Take down that a notifier was told of them."""
    numbers = [incident.number for incident in incidents]
    for row in session.scalars(select(FindingRow).where(FindingRow.finding_id.in_(numbers)).with_for_update()):
        row.told = {**row.told, notifier: what}


def _subject(finding: Finding) -> str:
    return " ".join(finding.subject)


def _values(finding: Finding) -> dict[str, Any]:
    return {
        "kind": str(finding.kind),
        "source_id": finding.source,
        "field": finding.field,
        "since": finding.since,
        "severity": str(finding.severity),
        "figures": finding.figures,
        "remedy": finding.remedy,
    }


def _incident(row: FindingRow) -> Incident:
    finding = Finding(
        kind=Kind(row.kind),
        source=row.source_id,
        field=row.field,
        since=row.since,
        severity=Severity(row.severity),
        figures=row.figures,
        remedy=row.remedy,
    )
    return Incident(
        number=row.finding_id, finding=finding, began_at=row.began_at, seen_at=row.seen_at, ended_at=row.ended_at
    )


def by_source(incidents: Sequence[Incident]) -> dict[str | None, list[Incident]]:
    """Incidents by the source that they are of."""
    found: dict[str | None, list[Incident]] = {}
    for incident in incidents:
        found.setdefault(incident.finding.source, []).append(incident)
    return found
