from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from newscrawl.health.figures import Finding, Kind, Severity
from newscrawl.health.judging import Changes, follow
from newscrawl.storage import findings, runs
from newscrawl.storage.database import Database
from tests.storage.test_articles import NOW

SILENT = Finding(
    kind=Kind.SILENT,
    source="news",
    since=date(2026, 1, 1),
    severity=Severity.ERROR,
    figures="no article in 1 day(s)",
    remedy="look",
)
DISK = replace(SILENT, kind=Kind.DISK_FULL, source=None)
DAY = timedelta(days=1)


def begun(database: Database) -> None:
    with database.session() as session:
        runs.begin(session, "run", spider="news", arguments={}, sources=[], now=NOW)


def look(database: Database, *found: Finding, days: int = 0) -> tuple[int, int]:
    """What a run of a later day enters: how many began and ended."""
    now = NOW + days * DAY
    with database.session() as session:
        changes = follow(findings.lasting(session), found, {"news"}, now)
        began, ended = findings.enter(session, changes, run_id="run", now=now)
        return len(began), len(ended)


def test_incident_begins_lasts_and_ends(database: Database) -> None:
    begun(database)
    assert look(database, SILENT, DISK) == (2, 0)
    later = replace(SILENT, figures="no article in 3 day(s)", since=date(2026, 1, 2))
    assert look(database, later, DISK, days=1) == (0, 0)
    with database.session() as session:
        one, disk = findings.lasting(session)
        assert one.finding == replace(later, since=SILENT.since), (
            "it is told as it was met last, and since its beginning"
        )
        assert (one.began_at, one.seen_at, disk.finding) == (NOW, NOW + DAY, DISK)
        assert set(findings.by_source([one, disk])) == {"news", None}
    assert look(database, DISK, days=4) == (0, 1)
    assert look(database, DISK, SILENT, days=5) == (1, 0)
    with database.session() as session:
        assert [incident.ended_at for incident in findings.since(session, NOW + 4 * DAY)] == [None, None, NOW + 4 * DAY]
        assert len(findings.since(session, NOW + 5 * DAY)) == 2


def test_silence_that_becomes_a_drop_is_the_same_incident(database: Database) -> None:
    begun(database)
    look(database, SILENT)
    assert look(database, replace(SILENT, kind=Kind.VOLUME_DROP), days=1) == (0, 0)
    with database.session() as session:
        (one,) = findings.lasting(session)
        assert one.finding.kind == Kind.VOLUME_DROP


def test_what_another_run_entered_meanwhile_is_not_new(database: Database) -> None:
    begun(database)
    changes = Changes(began=[SILENT], lasting=[], ended=[])
    for expected in (1, 0):
        with database.session() as session:
            began, _ = findings.enter(session, changes, run_id="run", now=NOW)
            assert len(began) == expected


def test_each_notifier_is_told_once_of_begin_and_end(database: Database) -> None:
    begun(database)
    look(database, SILENT)
    with database.session() as session:
        began, ended = findings.untold(session, "mail")
        assert (len(began), len(ended)) == (1, 0)
        findings.tell(session, "mail", began, "began")
    with database.session() as session:
        assert findings.untold(session, "mail") == ([], [])
        assert len(findings.untold(session, "chat")[0]) == 1
    look(database, days=5)
    with database.session() as session:
        _, ended = findings.untold(session, "mail")
        assert len(ended) == 1
        assert findings.untold(session, "chat") == ([], []), "what it never heard of is over"
        findings.tell(session, "mail", ended, "ended")
    with database.session() as session:
        assert findings.untold(session, "mail") == ([], [])
