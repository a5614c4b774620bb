"""The same for Prometheus: a file for the textfile collector of its node_exporter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from newscrawl.exceptions import ConfigurationError
from newscrawl.exporting.output import require_writable
from newscrawl.health.figures import midnight
from newscrawl.health.space import days_until_full
from newscrawl.monitoring.checkup import Checkup
from newscrawl.monitoring.summaries import Summary

_ENDING = ".prom"


def write(target: Path, checkup: Checkup, summaries: Sequence[Summary], last_run_at: datetime | None) -> None:
    """Write the file, whole or not at all.

    Raises ConfigurationError for a place or a name that the collector would not read, OSError when it is not written.
    """
    if target.suffix != _ENDING:
        raise ConfigurationError(
            f"{target} does not end in {_ENDING}: node_exporter reads no other files of its folder"
        )
    require_writable(target)
    # Here, since only this needs it.
    from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

    registry = CollectorRegistry()

    def gauge(name: str, help_: str, *labels: str) -> Gauge:
        return Gauge(f"newscrawl_{name}", help_, labels, registry=registry)

    if last_run_at is not None:
        begun = gauge("last_run_timestamp_seconds", "When the last run began")
        begun.set(last_run_at.timestamp())
    asked = gauge("source_last_asked_timestamp_seconds", "When a document of the source was last fetched", "source")
    newest = gauge("source_newest_timestamp_seconds", "Begin of the day of the newest article", "source")
    days = str(len(summaries[0].days)) if summaries else "0"
    published = gauge("source_articles", f"Stored articles that were published in the last {days} days", "source")
    coverage = gauge("source_coverage_ratio", f"Share of articles with the field, last {days} days", "source", "field")
    duplicates = gauge("source_duplicates_ratio", f"Share of copies, last {days} days", "source")
    characters = gauge("source_body_characters", f"Median length of a body, last {days} days", "source")
    latency = gauge("source_latency_seconds", f"Median from publication to storage, last {days} days", "source")
    errors = gauge("source_errors_ratio", f"Share of requests that failed, last {days} days", "source")
    for one in summaries:
        published.labels(one.source).set(sum(one.published))
        if one.last_asked_at is not None:
            asked.labels(one.source).set(one.last_asked_at.timestamp())
        if one.newest is not None:
            newest.labels(one.source).set(midnight(one.newest).timestamp())
        for field, share in one.coverage.items():
            if share is not None:
                coverage.labels(one.source, field).set(share)
        for what, value in (
            (duplicates, one.duplicates),
            (characters, one.characters),
            (latency, one.median_latency),
            (errors, one.errors),
        ):
            if value is not None:
                what.labels(one.source).set(value)
    lasting = gauge("finding", "1 for each finding that lasts", "source", "kind", "field", "severity")
    for incident in checkup.lasting:
        finding = incident.finding
        lasting.labels(finding.source or "", finding.kind, finding.field or "", finding.severity).set(1)
    if checkup.spaces:
        taken = gauge("bytes", "What it took when the last run ended", "what")
        for part in ("database", "archive", "free", "total"):
            taken.labels(part).set(getattr(checkup.spaces[-1], part))
        left = days_until_full(checkup.spaces)
        if left is not None:
            gauge("disk_full_days", "Days until the disk is full, as it fills now").set(left)
    write_to_textfile(str(target), registry)
