"""Who is at it: what makes two runs do the same, and what is told of the one that is under way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newscrawl.exceptions import RunUnderWay, StoreBusy
from newscrawl.storage import alive, runs, underway
from newscrawl.storage.database import Database

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'newscrawl.db'}")


def test_runs_of_the_same_sources_are_of_one_group() -> None:
    assert underway.group_of({"sources": "b, a"}) == underway.group_of({"sources": "a,b"})
    assert len({underway.group_of(one) for one in ({}, {"sources": "a"}, {"urls": "a"}, {"sources": "a,b"})}) == 4


def test_who_would_do_the_same_is_told_so_and_who_would_not_is_told_to_wait(database: Database) -> None:
    with runs.RunLock(database, "first", group="sources=a", now=NOON):
        with pytest.raises(RunUnderWay, match=r"first, process \d+ on .*since 2026-01-31T12:00:00.*1 h 30 min ago"):
            runs.RunLock(database, "second", group="sources=a", now=NOON + timedelta(minutes=90)).__enter__()
        with pytest.raises(StoreBusy) as refused:
            runs.RunLock(database, "second", group="sources=b", now=NOON).__enter__()
        assert not isinstance(refused.value, RunUnderWay)
    database.close()


def test_a_lock_that_nobody_holds_is_nobody_s(database: Database) -> None:
    url = str(database.url)
    assert alive.holder(url, "") is None
    with runs.RunLock(database, "first", group="", now=NOON):
        held = alive.holder(url, "sources=a")
        assert held is not None
        assert (held.run_id, held.since) == ("first", NOON.isoformat())
    assert alive.holder(url, "") is None
    database.close()


def test_a_lock_file_of_an_earlier_version_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("20260131T120000Z-00000000, process 5")
    assert underway.holder_of(tmp_path / "lock") is None
    refused = underway.refusal(None, "database", group="", now=NOON)
    assert "another run (unknown)" in str(refused)
    assert not isinstance(refused, RunUnderWay)
