"""A crawl held against what its sources promised and against their own past; and incidents, told once each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from statistics import median

from newscrawl.health.figures import DAY, Finding, History, Kind, Severity, Space
from newscrawl.health.shares import judge_shares
from newscrawl.health.space import judge_space
from newscrawl.health.volume import judge_volume

_LEAST_UNASKED_DAYS = 3
_TIMES_UNASKED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A finding that was met in one or more runs."""

    number: int
    finding: Finding
    """As it was met last."""
    began_at: datetime
    """When it was first met."""
    seen_at: datetime
    """When it was last met."""
    ended_at: datetime | None = None
    """When it was no longer met; None while it lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a run makes of the incidents that lasted."""

    began: Sequence[Finding]
    lasting: Sequence[tuple[Incident, Finding]]
    """With what was found this time."""
    ended: Sequence[Incident]


def judge(histories: Sequence[History], spaces: Sequence[Space], now: datetime) -> list[Finding]:
    """Everything that is wrong with these sources and with the disk, the errors first."""
    findings = list(judge_space(spaces, now))
    for history in histories:
        if history.last_asked_at is None:
            findings.append(_never_ran(history, now))
        else:
            findings += _asking(history, now)
            findings += judge_volume(history, now)
            findings += judge_shares(history, now)
    return sorted(findings, key=lambda finding: (finding.severity, finding.source or "", finding.kind))


def follow(lasting: Sequence[Incident], findings: Sequence[Finding], judged: Collection[str], now: datetime) -> Changes:
    """Which incidents began, last and ended.

    `judged` are the sources that were looked at; incidents of others last. One ends when it is two days since it was
    met: a single good day among bad ones is no end.
    """
    known = {incident.finding.subject: incident for incident in lasting}
    found = {finding.subject: finding for finding in findings}
    return Changes(
        began=[finding for subject, finding in found.items() if subject not in known],
        lasting=[(known[subject], finding) for subject, finding in found.items() if subject in known],
        ended=[
            incident
            for subject, incident in known.items()
            if subject not in found
            and (incident.finding.source is None or incident.finding.source in judged)
            and incident.seen_at.date() <= now.date() - 2 * DAY
        ],
    )


def _never_ran(history: History, now: datetime) -> Finding:
    return Finding(
        kind=Kind.NEVER_RAN,
        source=history.source,
        since=now.date(),
        severity=Severity.ERROR,
        figures="no run has ever asked for one of its feeds, sitemaps or sections",
        remedy=f"try it alone, and see what the log says: scrapy crawl news -a sources={history.source}",
    )


def _asking(history: History, now: datetime) -> Iterator[Finding]:
    """A source that was asked and no longer is."""
    last = history.last_asked_at
    assert last is not None
    days = sorted(day for day, was in history.days.items() if was.asked)
    gap = median((b - a).days for a, b in pairwise(days)) if len(days) > 1 else 1
    without = (now - last) / DAY
    if without > max(_LEAST_UNASKED_DAYS, _TIMES_UNASKED * gap):
        yield Finding(
            kind=Kind.NOT_ASKED,
            source=history.source,
            since=last.date() + DAY,
            severity=Severity.ERROR,
            figures=f"asked for nothing in {without:.0f} days; usual is every {gap:.0f} day(s)",
            remedy=f"see whether its host rests after failures, then try it alone: scrapy crawl news -a "
            f"sources={history.source}",
        )


def newest(histories: Sequence[History]) -> date | None:
    """The last day of publication among these sources."""
    return max((day for history in histories for day, was in history.days.items() if was.published), default=None)
