"""Damaged indexes of words and of copies, on both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Connection, delete, insert, select, text

from newscrawl.exceptions import StoreError
from newscrawl.items import Article
from newscrawl.storage import articles, retractions, runs, search, search_index, sketches
from newscrawl.storage.database import Database
from newscrawl.storage.reindexing import reindex
from newscrawl.storage.runs import RunLock
from newscrawl.storage.schema import ArticleRow, PostingRow, table
from newscrawl.storage.search import Filters
from newscrawl.storage.search_index import Searched
from newscrawl.text.search_query import parse
from newscrawl.verifying.lookups import lookup_findings
from tests.storage.stories import STORIES, story
from tests.storage.test_articles import NOW, article
from tests.storage.test_relations import EDITED, HALF, OTHER, STORY, url
from tests.test_duplicates import story as words

_POSTINGS, _ARTICLES = table(PostingRow).c, table(ArticleRow).c
_LONG = [STORY, EDITED, HALF, OTHER]


@pytest.fixture
def stored(database: Database) -> Database:
    """Four long texts, of which three share most of theirs, and stories in six languages."""
    fill(database, [article(url(number), text=one) for number, one in enumerate(_LONG, 1)])
    fill(database, [story(name) for name in STORIES])
    return database


def fill(database: Database, several: list[Article]) -> None:
    with database.session() as session:
        if "run" not in session.scalars(text("SELECT run_id FROM runs")).all():
            runs.begin(session, "run", spider="news", arguments={}, sources=[], now=NOW)
            session.flush()
        articles.store(session, several, run_id="run")
        session.execute(text("UPDATE runs SET state = 'finished'"))


def told(database: Database) -> list[str]:
    return [f"{one.where}: {one.what}" for one in lookup_findings(database)]


def mended(database: Database) -> bool:
    reindex(database.url.render_as_string(hide_password=False))
    return not told(database)


def without_references(connection: Connection) -> None:
    """As damage knows none."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE article_search DROP CONSTRAINT fk_article_search_article_id"))


def found(database: Database, asked: str) -> list[str]:
    with database.reading() as session:
        return [one.url_key for one in search.search(session, parse(asked), Filters(), limit=300).found]


def test_sound_indexes_give_nothing(stored: Database) -> None:
    assert told(stored) == []
    with stored.session() as session:
        retractions.retract(session, url(2), reason="asked for", now=NOW)
    fill(stored, [article(url(3), text=OTHER + " كلمة جديدة")])
    assert told(stored) == []
    assert mended(stored)


def test_an_article_that_is_not_in_the_search_index(stored: Database) -> None:
    with stored.session() as session:
        search_index.remove(session.connection(), [1])
    (finding,) = lookup_findings(stored)
    assert finding.where == "article news.example/1"
    assert finding.what.startswith("the search index has ")
    assert finding.what.endswith(" word(s) fewer than its text")
    assert "`scrapy search --reindex`" in finding.remedy
    assert mended(stored)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("خبر آخر", "the search index has other words than its text"),
        ("خبر", "the search index has 1 word(s) fewer than its text"),
        ("خبر آخر جدا", "the search index has 1 word(s) more than its text"),
    ],
)
def test_an_article_with_wrong_words(database: Database, body: str, expected: str) -> None:
    fill(database, [article(url(1), text="خبر قصير"), article(url(2), text="خبر")])
    with database.session() as session:
        connection = session.connection()
        (headline,) = connection.execute(text("SELECT headline FROM extractions WHERE article_id = 1")).one()
        search_index.remove(connection, [1])
        search_index.add(connection, [Searched(1, headline, body)])
    assert found(database, "قصير") == []
    assert told(database) == [f"article news.example/1: {expected}"]
    assert mended(database)
    assert found(database, "قصير") == ["news.example/1"]


def test_what_the_indexes_hold_of_articles_that_are_gone(stored: Database) -> None:
    with stored.session() as session:
        connection = session.connection()
        without_references(connection)
        (number,) = connection.execute(select(_ARTICLES.article_id).where(_ARTICLES.url_key == "news.example/4")).one()
        connection.execute(delete(table(ArticleRow)).where(_ARTICLES.article_id == number))
        search_index.add(connection, [Searched(5_000, "سوق", "السمك")])
        connection.execute(insert(table(PostingRow)).values(hash=7, article_id=6_000))
    gone = [one.partition(": ")[0] for one in told(stored)]
    assert sorted(gone) == [f"article number {one}, which is gone" for one in (number, number, 5_000, 6_000)]
    assert mended(stored)


def test_postings_that_are_lost_or_strange(stored: Database) -> None:
    with stored.session() as session:
        connection = session.connection()
        hashes = sorted(session.scalars(select(_POSTINGS.hash).where(_POSTINGS.article_id == 4)))
        lost = delete(table(PostingRow)).where(_POSTINGS.article_id == 4, _POSTINGS.hash.in_(hashes[:3]))
        connection.execute(lost)
        connection.execute(insert(table(PostingRow)).values(hash=7, article_id=1))
        connection.execute(insert(table(PostingRow)).values(hash=8, article_id=1))
    assert told(stored) == [
        f"article news.example/4: 3 of its {len(hashes)} hashes find no copy of it",
        "article news.example/1: 2 posting(s) of it are not of its text",
    ]
    assert mended(stored)
    with stored.reading() as session:
        assert sorted(session.scalars(select(_POSTINGS.hash).where(_POSTINGS.article_id == 4))) == hashes


def test_a_hash_whose_list_is_full_lacks_nothing(database: Database) -> None:
    boilerplate = " ".join(words(60, seed=4))
    several = [f"{boilerplate} {' '.join(words(60, seed=100 + number))}" for number in range(sketches.FULL + 6)]
    fill(database, [article(url(number), text=one) for number, one in enumerate(several, 1)])
    with database.reading() as session:
        before = session.execute(select(_POSTINGS.hash, _POSTINGS.article_id).order_by(*_POSTINGS)).all()
    assert told(database) == []
    fill(database, [article(url(1), text=OTHER)])
    assert told(database) == []
    fill(database, [article(url(1), text=several[0])])
    assert mended(database)
    with database.reading() as session:
        after = session.execute(select(_POSTINGS.hash, _POSTINGS.article_id).order_by(*_POSTINGS)).all()
    assert after == before


def test_a_search_index_whose_pages_are_damaged(stored: Database) -> None:
    if stored.path is None:
        pytest.skip("PostgreSQL's own pages are not for us to damage")
    with stored.session() as session:
        session.execute(text("UPDATE article_search_data SET block = zeroblob(40) WHERE id > 10"))
    (finding,) = lookup_findings(stored)
    assert (finding.where, finding.what) == (
        "newscrawl.db", "the search index cannot be read: database disk image is malformed",
    )  # fmt: skip
    assert mended(stored)
    assert found(stored, "القطار")


def test_readings_without_article_are_not_for_this_check(database: Database) -> None:
    if database.path is None:
        pytest.skip("PostgreSQL keeps its references")
    fill(database, [article(url(1), text=OTHER), article(url(2), text=STORY)])
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("DELETE FROM articles WHERE article_id = 2")
        connection.invalidate()
    with database.reading() as session:
        assert session.scalars(select(_ARTICLES.url_key)).all() == ["news.example/1"]
    assert told(database) == []


def test_what_is_stored_meanwhile_is_no_finding(stored: Database) -> None:
    ended = threading.Event()

    def crawl() -> None:
        number = 100
        while not ended.is_set():
            number += 1
            # The first is another text each time, and its words and postings change.
            fill(stored, [article(url(n), text=" ".join(words(90, seed=number))) for n in (1, number)])

    crawling = threading.Thread(target=crawl)
    crawling.start()
    try:
        assert [told(stored) for _ in range(5)] == [[]] * 5
    finally:
        ended.set()
        crawling.join()
    assert told(stored) == []


def test_no_index_is_made_anew_while_a_run_lives(stored: Database) -> None:
    with stored.session() as session:
        runs.begin(session, "living", spider="news", arguments={}, sources=[], now=NOW)
    with RunLock(stored, "living"), pytest.raises(StoreError, match="run living is under way: wait until it has ended"):
        reindex(stored.url.render_as_string(hide_password=False))
    assert mended(stored)
