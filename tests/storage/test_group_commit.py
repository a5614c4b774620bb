from __future__ import annotations

import asyncio
import random
import string
import threading
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from newscrawl.exceptions import StoreError
from newscrawl.storage.database import Database
from newscrawl.storage.schema import AuthorRow


def add(session: Session, names: list[Any]) -> list[Any]:
    session.add_all(AuthorRow(name=name, name_key="key") for name in names)
    session.flush()
    return names


def add_unless_known(session: Session, names: list[str]) -> list[None]:
    for name in names:
        if session.scalar(select(AuthorRow).where(AuthorRow.name == name)) is None:
            add(session, [name])
    return [None] * len(names)


def ask(database: Database, *names: Any, function: Any = add) -> list[Any]:
    async def crawl() -> list[Any]:
        asked = (database.run_grouped(function, name) for name in names)
        return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(crawl())


def stored(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(select(AuthorRow.name).order_by(AuthorRow.author_id)))


def test_many_share_a_commit_and_keep_their_order(database: Database) -> None:
    commits = 0

    def count(_connection: Any) -> None:
        nonlocal commits
        commits += 1

    event.listen(database.engine, "commit", count)
    names = [str(number) for number in range(250)]
    assert ask(database, *names) == stored(database) == names
    assert 3 <= commits <= 6


def test_a_result_is_told_after_its_commit(database: Database) -> None:
    async def crawl() -> list[str]:
        await database.run_grouped(add, "a")
        return await asyncio.to_thread(stored, database)

    assert asyncio.run(crawl()) == ["a"]


def test_one_bad_row_fails_alone(database: Database) -> None:
    first, bad, wrong, last = ask(database, "a", None, ValueError, "b")
    assert (first, last) == ("a", "b")
    assert isinstance(bad, IntegrityError)
    assert isinstance(wrong, Exception)
    assert stored(database) == ["a", "b"]
    assert ask(database, "c") == ["c"], "what a row did wrong does not end the thread"


def test_what_runs_alone_is_a_transaction_of_its_own_in_its_turn(database: Database) -> None:
    async def crawl() -> list[Any]:
        return list(
            await asyncio.gather(
                database.run_grouped(add, "a"),
                database.run(lambda session: session.scalar(select(func.count()).select_from(AuthorRow))),
                database.run_grouped(add, "b"),
            )
        )

    assert asyncio.run(crawl()) == ["a", 1, "b"]


@pytest.mark.slow
def test_two_crawlers_at_one_row_store_it_once(postgresql_url: str) -> None:
    names = [str(number) for number in range(100)]
    databases = [Database(postgresql_url) for _ in range(2)]
    answers: list[list[Any]] = []
    threads = [
        threading.Thread(
            target=lambda one, order: answers.append(ask(one, *order, function=add_unless_known)), args=(one, order)
        )
        for one, order in zip(databases, (names, names[::-1]), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[None] * 100] * 2
    assert sorted(stored(databases[0])) == sorted(names)
    for database in databases:
        database.close()


@pytest.mark.slow
def test_a_key_that_postgresql_cannot_index_fails_alone(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    endless = "".join(random.Random(1).choices(string.printable, k=20_000))
    first, refused, last = ask(database, "a", endless, "b")
    assert (first, last) == ("a", "b")
    assert isinstance(refused, OperationalError)
    database.close()


@pytest.mark.slow
def test_after_a_lost_connection_nothing_more_is_stored(postgresql_url: str) -> None:
    database = Database(postgresql_url)

    def lose(session: Session, names: list[str]) -> list[Any]:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return add(session, names)

    assert ask(database, "a") == ["a"]
    assert [type(one) for one in ask(database, "b", function=lose)] == [StoreError]
    (refused,) = ask(database, "c")
    assert isinstance(refused, StoreError)
    assert "run again" in str(refused)
    assert stored(database) == ["a"]
    database.close()


def test_a_guard_that_refuses_ends_all(database: Database) -> None:
    refusing = False

    def guard(_session: Session) -> None:
        if refusing:
            raise StoreError("another run took over")

    database.guard = guard
    assert ask(database, "a") == ["a"]
    refusing = True
    assert [str(one) for one in ask(database, "b", "c")] == ["another run took over"] * 2
    refusing = False
    assert [str(one) for one in ask(database, "d")] == ["another run took over"]
    assert stored(database) == ["a"]
