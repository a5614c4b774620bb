from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from newscrawl.exceptions import ArchiveError
from newscrawl.items import Archived, Capture
from newscrawl.storage import captures
from newscrawl.storage.database import Database, Session
from newscrawl.storage.schema import AuthorRow, CaptureRow

NOON = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)


def archived(number: int, payload: str = "", refers_to: str | None = None) -> Archived:
    capture = Capture(
        warc="a.warc.gz",
        offset=100 * number,
        length=100,
        record_id=f"<urn:{number}>",
        payload_digest=f"sha256:{payload or number}",
    )
    return Archived(
        capture=capture,
        url=f"http://example.org/{number}",
        captured_at=NOON + timedelta(seconds=number),
        refers_to=refers_to,
    )


def add(database: Database, *groups: list[Archived]) -> None:
    with database.session() as session:
        captures.add(session, groups)


def test_what_is_entered_twice_stands_once(database: Database) -> None:
    add(database, [archived(1), archived(2)], [archived(2), archived(3)])
    add(database, [archived(3)])
    with database.session() as session:
        rows = session.scalars(select(CaptureRow).order_by(CaptureRow.offset)).all()
        first = rows[0]
    assert [row.record_id for row in rows] == ["<urn:1>", "<urn:2>", "<urn:3>"]
    assert (first.url, first.captured_at, first.refers_to) == ("http://example.org/1", archived(1).captured_at, None)


def test_an_answer_is_found_by_its_record_and_a_revisit_gives_what_it_repeats(database: Database) -> None:
    add(database, [archived(1), archived(2, "1", "<urn:1>"), archived(3, "9", "<urn:lost>")])
    with database.session() as session:
        found = captures.originals_of(session, ["<urn:1>", "<urn:2>", "<urn:3>", "<urn:4>"])
    assert found == {"<urn:1>": archived(1), "<urn:2>": archived(1)}


def test_each_gets_the_number_of_its_row_whether_it_was_there_or_not(database: Database) -> None:
    add(database, [archived(2)])
    with database.session() as session:
        ids = captures.add_unless_known(session.connection(), [archived(1), archived(2)])
        rows = {row.record_id: row.capture_id for row in session.scalars(select(CaptureRow))}
    assert ids == rows
    assert len(ids) == 2


def test_an_original_is_never_a_revisit_and_the_last_one_counts(database: Database) -> None:
    one, revisit, anew = archived(1, "a"), archived(2, "a", "<urn:1>"), archived(3, "b")
    add(database, [one, revisit, anew, archived(4, "b")])
    with database.reading() as session:
        found = captures.originals(session, ["sha256:a", "sha256:b", "sha256:c"])
    assert found == {"sha256:a": one, "sha256:b": archived(4, "b")}


def test_more_digests_are_asked_for_than_a_statement_holds(database: Database) -> None:
    add(database, [archived(number) for number in range(1200)])
    with database.reading() as session:
        assert len(captures.originals(session, [f"sha256:{number}" for number in range(1300)])) == 1200


def test_the_place_of_a_record(database: Database) -> None:
    add(database, [archived(1)])
    with database.reading() as session:
        assert captures.place_of(session, "<urn:1>") == archived(1).capture
        assert captures.place_of(session, "<urn:2>") is None


def test_who_reads_waits_for_no_writer(database: Database) -> None:
    add(database, [archived(1)])
    found: list[Any] = []

    def read() -> None:
        with database.reading() as session:
            found.append(session.scalar(select(func.count()).select_from(CaptureRow)))

    with database.session() as session:
        captures.add(session, [[archived(2)]])
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(5)
        assert found == [1]
    read()
    assert found == [1, 2]


def authors(session: Session, names: list[str]) -> list[str]:
    session.add_all(AuthorRow(name=name, name_key=name) for name in names)
    session.flush()
    return names


def test_a_group_is_prepared_before_its_transaction(database: Database) -> None:
    before: list[int] = []

    def prepare() -> None:
        with database.reading() as session:
            before.append(session.scalar(select(func.count()).select_from(AuthorRow)) or 0)

    database.before_group = prepare

    async def crawl() -> None:
        await asyncio.gather(database.run_grouped(authors, "a"), database.run_grouped(authors, "b"))
        await database.run(authors, ["c"])
        await database.run_grouped(authors, "d")

    asyncio.run(crawl())
    assert before == [0, 3]


def test_after_an_archive_that_failed_nothing_is_stored(database: Database) -> None:
    def fail() -> None:
        raise ArchiveError("the disk is full")

    async def crawl() -> list[Any]:
        await database.run_grouped(authors, "a")
        database.before_group = fail
        asked = [database.run_grouped(authors, "b"), database.run_grouped(authors, "c")]
        said = await asyncio.gather(*asked, return_exceptions=True)
        database.before_group = None
        with pytest.raises(ArchiveError, match="the disk is full"):
            await database.run(authors, ["d"])
        return said

    assert [str(error) for error in asyncio.run(crawl())] == ["the disk is full"] * 2
    with database.session() as session:
        assert session.scalars(select(AuthorRow.name)).all() == ["a"]


def test_the_last_answer_of_a_url_since_an_instant(database: Database) -> None:
    first = archived(1)
    again = replace(archived(2), url=first.url, refers_to="<urn:1>")
    add(database, [first, again, archived(3)])
    with database.reading() as session:
        assert captures.last_of(session, first.url, first.captured_at) == again
        assert captures.last_of(session, first.url, again.captured_at) == again
        assert captures.last_of(session, first.url, again.captured_at + timedelta(microseconds=1)) is None
