from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from newscrawl.health.figures import DAY, Kind
from newscrawl.monitoring.checkup import Checkup, look, measure
from newscrawl.storage.database import Database
from tests.health.simulated import Outlet, history, noon, up_to
from tests.monitoring.checked import SOURCES, THEN, begin, checked, remember, silenced


def kinds(checkup: Checkup) -> list[Kind]:
    return [incident.finding.kind for incident in checkup.lasting]


def test_incident_is_met_once_and_lasts(database: Database) -> None:
    begin(database)
    remember(database, silenced())
    first = checked(database, noon(THEN + 5 * DAY))
    again = checked(database, noon(THEN + 5 * DAY) + DAY / 4)
    assert [incident.finding.kind for incident in first.began] == [Kind.SILENT]
    assert again.began == []
    assert kinds(first) == kinds(again) == [Kind.SILENT]
    assert first.lasting[0].finding.since == THEN


def test_incident_is_over_when_articles_come_again(database: Database) -> None:
    begin(database)
    remember(database, silenced())
    checked(database, noon(THEN + 5 * DAY))
    remember(database, up_to(history(Outlet(), 60, random.Random(1)), THEN + 12 * DAY))
    later = checked(database, noon(THEN + 12 * DAY))
    assert [incident.finding.kind for incident in later.ended] == [Kind.SILENT]
    assert later.lasting == []
    assert len(later.incidents) == 1, "for two weeks it is shown as ended"
    with database.reading() as session:
        assert look(session, SOURCES, noon(THEN + 27 * DAY)).incidents == []


def test_only_what_the_run_asked_is_judged(database: Database) -> None:
    begin(database)
    remember(database, silenced())
    assert kinds(checked(database, noon(THEN + 5 * DAY), judged=())) == []
    both = checked(database, noon(THEN + 5 * DAY), judged=("post", "مرسى"))
    assert sorted(kinds(both)) == [Kind.NEVER_RAN, Kind.SILENT]


def test_what_was_found_of_a_source_ends_when_it_is_paused(database: Database) -> None:
    begin(database)
    remember(database, silenced())
    checked(database, noon(THEN + 5 * DAY))
    assert kinds(checked(database, noon(THEN + 8 * DAY), judged=())) == [Kind.SILENT]
    paused = [replace(source, paused=True) for source in SOURCES]
    assert kinds(checked(database, noon(THEN + 8 * DAY), sources=paused)) == [Kind.SILENT]
    later = checked(database, noon(THEN + 10 * DAY), judged=(), sources=paused)
    assert (kinds(later), len(later.ended)) == ([], 1)


def test_run_that_was_stopped_says_nothing_of_what_it_never_asked(database: Database) -> None:
    begin(database)
    checkup = checked(database, noon(THEN), judged=("post", "مرسى"), is_whole=False)
    assert kinds(checkup) == []


def test_looking_changes_nothing(database: Database) -> None:
    begin(database)
    remember(database, silenced())
    now = noon(THEN + 5 * DAY)
    with database.reading() as session:
        assert look(session, SOURCES, now).incidents == []
    checked(database, now)
    with database.reading() as session:
        checkup = look(session, SOURCES, now)
    assert kinds(checkup) == [Kind.SILENT]
    assert kinds(checkup.of({"مرسى"})) == []
    assert [history.source for history in checkup.of({"post"}).histories] == ["post"]


def test_files_are_measured(database: Database, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "a.warc.gz").write_bytes(bytes(1000))
    (archive / "a.cdxj").write_bytes(bytes(50))
    with database.session() as session:
        space = measure(session, database, tmp_path, archive, noon(THEN))
        nothing = measure(session, database, tmp_path, tmp_path / "none", noon(THEN))
    assert (space.archive, nothing.archive, space.day) == (1050, 0, THEN)
    assert 0 < space.free <= space.total
    assert space.database > 10_000
