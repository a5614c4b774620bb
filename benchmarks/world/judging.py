"""What an archive has, held against what its world published, corrected, deleted and suffered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from benchmarks.world.outlets import BEGIN, Outlet
from benchmarks.world.server import NEWEST, SITEMAP_DAYS
from benchmarks.world.stories import Story
from newscrawl.discovery.revisits import DEFAULT, next_look

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_LONGEST = 7 * _DAY
_LATEST = timedelta(hours=6)
"""What is published later than this before the end may be caught by the run that comes next."""
_ANY = frozenset({"silent", "stale", "volume_drop", "not_asked", "errors"})
FINDINGS = {
    "silent": _ANY,
    "down": _ANY,
    "refusing": _ANY,
    "broken_feed": _ANY,
    "template": frozenset({"coverage_drop", "short_bodies"}),
    "flood": frozenset({"flood"}),
}
"""Which findings tell of what befalls an outlet."""
_ECHO = timedelta(days=4)
"""So long after an incident what is found of its source may still be its echo."""


@dataclass(slots=True)
class Verdict:
    """Figures of a world's archive; shares from 0 to 1."""

    published: int = 0
    caught: int = 0
    missed: list[str] = field(default_factory=list)
    corrections: int = 0
    seen: int = 0
    unseen: list[str] = field(default_factory=list)
    deletions: int = 0
    noted: int = 0
    copies: int = 0
    related: int = 0
    revisions: dict[str, int] = field(default_factory=dict)
    """By source, all that are stored."""
    incidents: dict[str, str] = field(default_factory=dict)
    false_alarms: list[str] = field(default_factory=list)

    def shares(self) -> dict[str, float]:
        """Caught articles, seen corrections, noted deletions, related copies."""
        pairs = {
            "articles_caught": (self.caught, self.published),
            "corrections_seen": (self.seen, self.corrections),
            "deletions_noted": (self.noted, self.deletions),
            "copies_related": (self.related, self.copies),
        }
        return {name: round(part / whole, 4) if whole else 1.0 for name, (part, whole) in pairs.items()}


class Judge:
    """Judges the archive in a SQLite file whose world ended at an instant."""

    def __init__(
        self, database: Path, home: Mapping[int, str], stories: Mapping[int, Sequence[Story]], end: datetime
    ) -> None:
        self._database = database
        self._home = home
        self._stories = stories
        self._end = end

    def verdict(self, outlets: Sequence[Outlet]) -> Verdict:
        """Everything that there is to say."""
        fetches: dict[str, list[datetime]] = {}
        for url, at in self._rows(
            "SELECT articles.url_key, revisions.fetched_at FROM revisions JOIN articles USING (article_id)"
        ):
            fetches.setdefault(url, []).append(_instant(at))
        gone = {key for (key,) in self._rows("SELECT url_key FROM events JOIN articles USING (article_id)")}
        related = {
            frozenset(pair)
            for pair in self._rows(
                "SELECT a.url_key, b.url_key FROM relations JOIN articles a USING (article_id) "
                "JOIN articles b ON b.article_id = other_id WHERE kind != 'none' AND kind != 'overlap'"
            )
        }
        verdict = Verdict()
        for source, count in self._rows(
            "SELECT source_id, count(*) FROM revisions JOIN articles USING (article_id) GROUP BY source_id"
        ):
            verdict.revisions[source] = count
        for outlet in outlets:
            for story in self._stories[outlet.number]:
                self._judge(story, fetches.get(self._key(story), []), gone, related, verdict)
        self._judge_findings(outlets, verdict)
        return verdict

    def stored_by_the_last_run(self) -> int:
        """Number of its revisions."""
        ((count,),) = self._rows(
            "SELECT count(*) FROM revisions WHERE run_id = (SELECT run_id FROM runs ORDER BY started_at DESC LIMIT 1)"
        )
        return int(count)

    def _judge(
        self, story: Story, fetched: list[datetime], gone: set[str], related: set[frozenset[str]], verdict: Verdict
    ) -> None:
        key = self._key(story)
        last = min(self._end, story.deleted or self._end)
        if story.published <= self._end - _LATEST and self._could_be_met(story):
            verdict.published += 1
            verdict.caught += bool(fetched)
            if not fetched:
                verdict.missed.append(f"{key} of {story.published:%d %H:%M}")
        if not fetched:
            return
        changes = [story.published, *story.corrections]
        for at in story.corrections:
            read = max((one for one in fetched if one <= at), default=None)
            if read is None:
                # It stood in the page when this was first read.
                continue
            deadline = at + 2 * _interval(max(one for one in changes if one <= read), read, at)
            if deadline <= last and not story.outlet.suffers_between(at, deadline):
                verdict.corrections += 1
                seen = any(at <= one <= deadline for one in fetched)
                verdict.seen += seen
                if not seen:
                    verdict.unseen.append(f"{key} of {story.published:%d %H:%M}, corrected {at:%d %H:%M}")
        if story.deleted is not None:
            deadline = story.deleted + 2 * _interval(story.changed(fetched[-1]), fetched[-1], story.deleted)
            if deadline <= self._end and fetched[0] < story.deleted:
                verdict.deletions += 1
                verdict.noted += key in gone
        if story.copy_of is not None and story.copy_of.published <= self._end - _LATEST:
            verdict.copies += 1
            verdict.related += frozenset((key, self._key(story.copy_of))) in related

    def _could_be_met(self, story: Story) -> bool:
        """Whether a document of its outlet named it at a whole hour at which both of them answered."""
        outlet = story.outlet
        later = [one for one in self._stories[outlet.number] if one.published > story.published]
        hour = story.published.replace(minute=0, second=0) + _HOUR
        while hour <= self._end and story.is_there(hour) and hour - story.published < _LONGEST:
            newer = sum(one.is_there(hour) for one in later)
            names = any(
                path == "/sitemaps.xml"
                or (hour - story.published <= SITEMAP_DAYS * _DAY if path == "/sitemap.xml" else newer < NEWEST)
                for path in outlet.discovery
            )
            if names and not any(outlet.suffers(kind, hour) for kind in ("down", "refusing", "broken_feed")):
                return True
            hour += _HOUR
        return False

    def _judge_findings(self, outlets: Sequence[Outlet], verdict: Verdict) -> None:
        found = self._rows("SELECT source_id, kind, began_at FROM findings ORDER BY began_at")
        for outlet in outlets:
            own = [(kind, _instant(began)) for source, kind, began in found if source == outlet.source_id]
            for incident in outlet.incidents:
                told = [
                    (kind, began)
                    for kind, began in own
                    if kind in FINDINGS[incident.kind] and incident.begins <= began <= incident.ends + _ECHO
                ]
                name = f"{incident.kind} of {outlet.source_id}"
                when = (told[0][1] - incident.begins) / timedelta(hours=1) if told else None
                verdict.incidents[name] = "missed" if when is None else f"{told[0][0]} after {when:.0f} h"
            for kind, began in own:
                if not any(one.begins <= began <= one.ends + _ECHO for one in outlet.incidents):
                    verdict.false_alarms.append(f"{kind} of {outlet.source_id} on day {(began - BEGIN).days}")
        verdict.false_alarms += [f"{kind} of the disk" for source, kind, _ in found if source is None]

    def _key(self, story: Story) -> str:
        return self._home[story.outlet.number].removeprefix("http://") + story.path

    def _rows(self, query: str) -> list[Any]:
        engine = create_engine(f"sqlite:///{self._database}")
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(query)))
        finally:
            engine.dispose()


def _interval(anchor: datetime, read: datetime, moment: datetime) -> timedelta:
    """Between which two looks a moment falls, at an article that last changed at `anchor` and was read at `read`."""
    before = read
    while (after := next_look(anchor, before, DEFAULT)) <= moment:
        before = after
    return after - before


def _instant(value: str) -> datetime:
    instant = datetime.fromisoformat(value)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
