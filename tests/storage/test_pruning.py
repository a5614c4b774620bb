"""Which WARCs may go: by age, and by what repeats what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.items import Archived, Capture
from newscrawl.storage import captures, pruning
from newscrawl.storage.database import Database

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BEFORE = NOW - timedelta(days=30)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    else:
        url = f"sqlite:///{request.getfixturevalue('tmp_path') / 'newscrawl.db'}"
    database = Database(url)
    yield database
    database.close()


def archived(warc: str, days: int, record: str, repeats: str | None = None) -> Archived:
    capture = Capture(
        warc=warc, offset=int(record) * 100, length=100, record_id=f"<urn:{record}>", payload_digest=f"sha1:{record}"
    )
    return Archived(
        capture=capture,
        url=f"https://example.org/{record}",
        captured_at=NOW - timedelta(days=days),
        refers_to=f"<urn:{repeats}>" if repeats else None,
    )


def enter(database: Database, *several: Archived) -> None:
    with database.session() as session:
        captures.add(session, [several])


def names(several: list[pruning.Going]) -> list[str]:
    return [one.warc for one in several]


def test_what_is_kept_keeps_what_it_repeats_in_turn(database: Database) -> None:
    # The newest repeats the second, which repeats the first; the third repeats the fourth, and both are old.
    enter(
        database,
        archived("1", 90, "1"),
        archived("2", 80, "2", repeats="1"),
        archived("2", 80, "3"),
        archived("3", 70, "4", repeats="5"),
        archived("4", 95, "5"),
        archived("5", 1, "6", repeats="3"),
    )
    sizes = dict.fromkeys("12345", 1000)
    with database.reading() as session:
        going, kept = pruning.chosen(session, sizes, BEFORE, repeated_too=False)
        everything, none = pruning.chosen(session, sizes, BEFORE, repeated_too=True)
    assert (names(going), names(kept)) == (["3", "4"], ["1", "2"])
    assert (names(everything), none) == (["1", "2", "3", "4"], [])
    assert [one.repeated for one in everything] == [0, 1, 0, 0]


def test_a_file_goes_by_its_last_capture_and_only_when_it_is_closed(database: Database) -> None:
    enter(database, archived("1", 90, "1"), archived("1", 2, "2"), archived("2", 90, "3"), archived("3", 90, "4"))
    with database.reading() as session:
        going, kept = pruning.chosen(session, {"1": 5, "3": 7}, BEFORE, repeated_too=False)
    assert [(one.warc, one.bytes, one.captures) for one in going] == [("3", 7, 1)]
    assert kept == []


def test_from_the_decision_on_nothing_repeats_what_goes(database: Database) -> None:
    enter(database, archived("1", 90, "1"), archived("2", 1, "2"))
    with database.session() as session:
        assert set(captures.originals(session, ["sha1:1", "sha1:2"])) == {"sha1:1", "sha1:2"}
        going, _ = pruning.chosen(session, {"1": 5, "2": 5}, BEFORE, repeated_too=False)
        pruning.decide(session, going, NOW)
    with database.session() as session:
        assert set(captures.originals(session, ["sha1:1", "sha1:2"])) == {"sha1:2"}
        assert pruning.unfinished(session) == {"1": NOW}
        assert pruning.chosen(session, {"1": 5, "2": 5}, BEFORE, repeated_too=True) == ([], [])
        pruning.finish(session, "1")
        assert pruning.unfinished(session) == {}
        assert pruning.every(session) == {"1"}
