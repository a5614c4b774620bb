"""Sources with a past in the database, and a checkup of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime

from newscrawl.health.figures import DAY, Day, History, Space
from newscrawl.monitoring.checkup import Checkup, check_up
from newscrawl.sources import Source
from newscrawl.storage import runs
from newscrawl.storage.database import Database
from newscrawl.storage.schema import SourceDayRow
from tests.health.simulated import BEGIN, Outlet, history, noon

SOURCES = [
    Source(source_id=name, outlet=name, homepage=f"https://{name}.example", country="xx") for name in ("post", "مرسى")
]
SPACE = Space(day=BEGIN, database=10**9, archive=10**10, free=10**11, total=10**12)
DAYS = 42
THEN = BEGIN + DAYS * DAY


def remember(database: Database, known: History) -> None:
    """Enter a source's days."""
    with database.session() as session:
        for day, was in known.days.items():
            values = {field.name: getattr(was, field.name) for field in fields(Day)}
            for name in ("characters", "latencies"):
                values[name] = {str(number): count for number, count in values[name].items()}
            session.merge(SourceDayRow(source_id=known.source, day=day, **values))


def silenced(days: int = DAYS + 5) -> History:
    """A source that nothing has come of for five days."""
    known = history(Outlet(), days, random.Random(1))
    return replace(
        known,
        days={
            day: was if day < THEN else Day(asked=was.asked, last_asked_at=was.last_asked_at)
            for day, was in known.days.items()
        },
    )


def begin(database: Database, run_id: str = "run") -> None:
    """Enter a run."""
    with database.session() as session:
        runs.begin(session, run_id, spider="news", arguments={}, sources=SOURCES, now=noon(THEN))


def checked(
    database: Database,
    now: datetime,
    *,
    judged: tuple[str, ...] = ("post",),
    sources: Sequence[Source] = SOURCES,
    is_whole: bool = True,
) -> Checkup:
    """A checkup of that moment."""
    space = replace(SPACE, day=now.date())
    with database.session() as session:
        return check_up(session, sources, judged=judged, space=space, run_id="run", now=now, is_whole=is_whole)
