"""What is wrong with the database alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.storage import runs
from newscrawl.storage.database import Database
from newscrawl.storage.runs import RunLock
from newscrawl.verifying.database import database_findings
from newscrawl.verifying.findings import Looked
from tests.damage import damage
from tests.verifying.case import STORIES, Case, alive


def test_an_article_without_revision(case: Case) -> None:
    key = case.key(STORIES[1])
    case.execute("DELETE FROM revisions WHERE url = ?", case.home + STORIES[1])
    told = case.findings("article")
    assert told == [f"article {key}: it has no revision"]


def test_a_revision_of_which_nothing_was_read(case: Case) -> None:
    key = case.key(STORIES[2])
    case.execute(
        "DELETE FROM extractions WHERE revision_id IN (SELECT revision_id FROM revisions WHERE url = ? AND number = 1)",
        case.home + STORIES[2],
    )
    assert case.findings("article") == [f"article {key}: nothing was read from its revision 1"]


@pytest.mark.parametrize("count", [0, 2])
def test_an_article_with_more_or_fewer_than_one_current_extraction(case: Case, count: int) -> None:
    key = case.key(STORIES[2])
    case.execute("DROP INDEX uq_extractions_current")
    case.execute(
        "UPDATE extractions SET is_current = ? WHERE article_id IN (SELECT article_id FROM articles WHERE url_key = ?)",
        count > 0, key,
    )  # fmt: skip
    assert case.findings("article") == [f"article {key}: {count} of its extractions are current, and not one"]


def test_a_reference_to_what_is_not_there(case: Case) -> None:
    case.execute("DELETE FROM articles WHERE url_key = ?", case.key(STORIES[1]))
    assert any(
        one.startswith("newscrawl.db: row ")
        and one.endswith(" of table revisions refers to a row of articles that is not there")
        for one in case.findings("database")
    )


def test_a_damaged_page_of_the_file(case: Case) -> None:
    ((page,),) = case.rows("SELECT rootpage FROM sqlite_master WHERE name = 'ix_captures_payload_digest'")
    ((size,),) = case.rows("PRAGMA page_size")
    with (case.output / "newscrawl.db").open("r+b") as file:
        file.seek((page - 1) * size + 8)
        file.write(b"\0" * 64)
    told = case.findings("database")
    assert told
    assert all(one.startswith("newscrawl.db: integrity check: ") for one in told)


def test_a_table_that_cannot_be_read_ends_the_walk(case: Case) -> None:
    damage(case.output / "newscrawl.db", "captures")
    told = case.findings("database")
    assert "cannot be read: database disk image is malformed; the file is damaged: restore a backup" in told[-1]


def test_a_run_that_died(case: Case) -> None:
    with alive(case) as run_id:
        case.execute("UPDATE frontier SET state = 'leased', run_id = ? WHERE url_key = ?", run_id, case.key(STORIES[0]))
        assert case.findings() == []
        database = case.database()
        # The system frees the lock of a process that dies.
        (lock,) = case.output.glob("*.lock")
        lock.rename(lock.with_suffix(".moved"))
        assert [f"{one.where}: {one.what}" for one in database_findings(database, Looked())] == [
            f"run {run_id}: it is called running, but its process is gone; it holds 1 lease(s)"
        ]
        database.close()


def test_a_lease_of_a_run_that_ended(case: Case) -> None:
    ((run_id,),) = case.rows("SELECT run_id FROM runs ORDER BY rowid LIMIT 1")
    case.execute("UPDATE frontier SET state = 'leased', run_id = ? WHERE url_key = ?", run_id, case.key(STORIES[0]))
    assert case.findings() == [f"run {run_id}: it is finished, but holds 1 lease(s), such as {case.key(STORIES[0])}"]


@pytest.mark.slow
def test_runs_on_postgresql_live_and_die_one_by_one(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with database.session() as session:
        for name in ("living", "dead"):
            runs.begin(session, name, spider="news", arguments={}, sources=[], now=datetime.now(UTC))
    with RunLock(database, "living"):
        told = [f"{one.where}: {one.what}" for one in database_findings(database, Looked())]
    assert told == ["run dead: it is called running, but its process is gone; it holds 0 lease(s)"]
    database.close()
