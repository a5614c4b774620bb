"""The report of a checkup: one JSON document, and one page of HTML that loads nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from newscrawl.exporting.output import replacing
from newscrawl.health.judging import Incident
from newscrawl.health.shares import FIELDS
from newscrawl.health.space import bytes_a_day, days_until_full, in_bytes
from newscrawl.items import plain
from newscrawl.monitoring import plots
from newscrawl.monitoring.checkup import Checkup
from newscrawl.monitoring.summaries import Summary, duration, summary

DAYS_SHOWN = 56


def write(folder: Path, checkup: Checkup) -> list[Path]:
    """Write `health.json` and `health.html` into the folder, each whole or not at all.

    Raises OSError or ConfigurationError when one cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    summaries = [summary(history, checkup.at, DAYS_SHOWN) for history in checkup.histories]
    document = json.dumps(as_document(checkup, summaries), ensure_ascii=False, indent=1)
    written = []
    for name, text in (("health.json", document + "\n"), ("health.html", as_page(checkup, summaries))):
        with replacing(folder / name) as file:
            file.write(text.encode())
        written.append(folder / name)
    return written


def as_document(checkup: Checkup, summaries: Sequence[Summary]) -> dict[str, Any]:
    """Everything as JSON's types."""
    last = checkup.spaces[-1] if checkup.spaces else None
    return {
        "at": plain(checkup.at),
        "run": checkup.run_id,
        "findings": [incident_as_json(incident) for incident in checkup.lasting],
        "ended": [incident_as_json(one) for one in checkup.incidents if one.ended_at is not None],
        "disk": None
        if last is None
        else {
            "database": last.database,
            "archive": last.archive,
            "free": last.free,
            "total": last.total,
            "bytes_a_day": bytes_a_day(checkup.spaces),
            "days_until_full": days_until_full(checkup.spaces),
        },
        "sources": [_as_json(one) for one in summaries],
    }


def incident_as_json(incident: Incident) -> dict[str, Any]:
    """An incident as one flat object."""
    times = {name: plain(getattr(incident, name)) for name in ("began_at", "seen_at", "ended_at")}
    return {"number": incident.number, **_as_json(incident.finding), **times}


def as_page(checkup: Checkup, summaries: Sequence[Summary]) -> str:
    """The page."""
    # Here, since it is not needed at a crawl's start.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    lasting = checkup.lasting
    bad = {one.finding.source: one.finding.since for one in reversed(lasting)}

    def volume(one: Summary) -> str:
        since = bad.get(one.source)
        first = next((n for n, day in enumerate(one.days) if since is not None and day >= since), None)
        titles = [f"{day}: {count}" for day, count in zip(one.days, one.published, strict=True)]
        return plots.bars(one.published, titles, first)

    def coverage(one: Summary) -> str:
        return plots.lines([(name, getattr(one, name)) for name in FIELDS])

    environment = Environment(
        loader=PackageLoader("newscrawl.monitoring", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        percent=lambda share: "·" if share is None else f"{share:.0%}",
        duration=duration,
        durations=plots.durations,
        volume=volume,
        coverage=coverage,
    )
    return environment.get_template("report.html").render(
        at=checkup.at.strftime("%Y-%m-%d %H:%M UTC"),
        run=checkup.run_id,
        disk=_disk(checkup),
        lasting=lasting,
        ended=[incident for incident in checkup.incidents if incident.ended_at is not None],
        summaries=summaries,
        days=DAYS_SHOWN,
    )


def _disk(checkup: Checkup) -> str:
    if not checkup.spaces:
        return ""
    last, left = checkup.spaces[-1], days_until_full(checkup.spaces)
    full = f"; at this rate it is full in {left:.0f} days" if left is not None and left < 3650 else ""
    return (
        f"The archive has {in_bytes(last.archive)}, the database {in_bytes(last.database)}; "
        f"{in_bytes(last.free)} of the disk are free{full}."
    )


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_json(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _as_json(getattr(value, name)) for name in value.__dataclass_fields__}
    return plain(value)
