from __future__ import annotations

import threading
from typing import Any

import pytest
from alembic import command
from sqlalchemy import func, select

from newscrawl.duplicates import fingerprint
from newscrawl.items import Article, NearDuplicate, RelationKind
from newscrawl.storage import articles, read_again, retractions, revisions, runs
from newscrawl.storage.database import Database, alembic_config
from newscrawl.storage.read_again import ReadAgain
from newscrawl.storage.schema import ArticleRow, PostingRow, RelationRow, RevisionRow, RunRow, SketchRow
from tests.storage.test_articles import NOW, article, store
from tests.test_duplicates import LONG, edited, story

STORY = " ".join(LONG)
EDITED = " ".join(edited(LONG, 12))
HALF = " ".join(LONG[:200])
QUARTER = " ".join(LONG[:110] + story(290, seed=2))
OTHER = " ".join(story(400, seed=3))


def url(number: int) -> str:
    return f"https://news.example/{number}"


def begin(database: Database) -> None:
    with database.session() as session:
        runs.begin(session, "run", spider="news", arguments={}, sources=[], now=NOW)


def links(database: Database) -> dict[tuple[str, str], str]:
    """By the last parts of their URLs, how an article relates to one stored earlier."""
    with database.session() as session:
        names = {
            article_id: key.rpartition("/")[2]
            for article_id, key in session.execute(select(ArticleRow.article_id, ArticleRow.url_key))
        }
        rows = session.execute(select(RelationRow.article_id, RelationRow.other_id, RelationRow.kind))
        return {(names[one], names[other]): kind for one, other, kind in rows}


def near(database: Database) -> dict[str, list[NearDuplicate]]:
    """By url_key what the feed would tell now."""
    with database.session() as session:
        return {one.url_key: one.near_duplicates for one in revisions.of_run(session, "run")}


def count(database: Database, row: Any) -> int:
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def some() -> list[Article]:
    return [article(url(number), text=text) for number, text in enumerate((STORY, EDITED, HALF, QUARTER, OTHER))]


FOUND = {
    ("1", "0"): "near",
    ("2", "0"): "contained",
    ("2", "1"): "overlap",
    ("3", "0"): "overlap",
    ("3", "2"): "overlap",
}


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_what_relates_is_linked_however_it_comes(database: Database, at_once: int) -> None:
    begin(database)
    several = some()
    for start in range(0, len(several), at_once):
        with database.session() as session:
            articles.store(session, several[start : start + at_once], run_id="run")
    assert links(database) == FOUND


def test_the_feed_tells_copies_by_what_they_share_and_leaves_hints_out(database: Database) -> None:
    for one in (*some(), article(url(9), text=STORY.upper())):
        last = store(database, one)
    told = near(database)
    assert [(one.url_key, one.relation) for one in told["news.example/0"]] == [
        ("news.example/9", RelationKind.EXACT),
        ("news.example/2", RelationKind.CONTAINS),
        ("news.example/1", RelationKind.NEAR),
    ]
    first = told["news.example/2"][0]
    assert (first.url_key, first.relation) == ("news.example/0", RelationKind.CONTAINED)
    assert first.containment == 1.0
    assert first.contained == pytest.approx(196 / 396)
    assert told["news.example/4"] == told["news.example/3"] == []
    assert list(last.near_duplicates) == told["news.example/9"]


def test_links_follow_the_current_text(database: Database) -> None:
    store(database, article(url(0), text=STORY))
    store(database, article(url(1), text=EDITED))
    store(database, article(url(0), text=OTHER))
    assert links(database) == {("1", "0"): "none"}, "a feed may tell of it"
    assert near(database)["news.example/1"] == []
    store(database, article(url(2), text=OTHER))
    store(database, article(url(0), text=STORY))
    assert links(database) == {("1", "0"): "near", ("2", "0"): "none"}


def test_a_text_read_again_gets_the_links_of_the_new_reading(database: Database) -> None:
    store(database, article(url(0), text=STORY))
    store(database, article(url(1), text=OTHER))
    with database.session() as session:
        revision_id = session.scalars(
            select(RevisionRow.revision_id).join(ArticleRow).where(ArticleRow.url_key == "news.example/1")
        ).one()
        better = article(url(1), text=EDITED, extractor="test/2")
        again = ReadAgain(revision_id=revision_id, article=better, fingerprint=fingerprint(EDITED))
        assert read_again.store_again(session, [again], now=NOW) == 1
    assert links(database) == {("1", "0"): "near"}


def test_a_text_too_short_leaves_the_index(database: Database) -> None:
    store(database, article(url(0), text=STORY))
    store(database, article(url(0), text="خبر قصير"))
    assert count(database, PostingRow) == count(database, SketchRow) == 0


def test_a_retraction_takes_links_and_postings_and_marks_the_feeds_that_may_tell(database: Database) -> None:
    for number, one in enumerate([*some(), article(url(5), text=STORY)]):
        store(database, one, f"run {number}")
    store(database, article(url(5), text=OTHER), "run 6")
    with database.session() as session:
        postings = session.scalar(select(func.count()).where(PostingRow.article_id == 1))
        for run_id in session.scalars(select(RunRow.run_id)):
            runs.set_feed(session, run_id, f"{run_id}.jsonl")
    assert postings
    with database.session() as session:
        retractions.retract(session, url(0), reason="a court's order", now=NOW)
        stale = set(session.scalars(select(RunRow.run_id).where(RunRow.feed_is_stale)))
        assert session.scalar(select(func.count()).where(PostingRow.article_id == 1)) == 0
    assert stale == {"run 0", "run 1", "run 2", "run 3", "run 5", "run 6"}, "run 5 told of it when its text was another"
    assert not [pair for pair in links(database) if "0" in pair]


def test_the_copies_of_a_text_that_many_have_are_found(database: Database) -> None:
    begin(database)
    with database.session() as session:
        several = [article(url(number), text=STORY) for number in range(70)]
        stored = articles.store(session, several, run_id="run")
    assert len(stored[-1].near_duplicates) == 8
    assert {one.relation for one in stored[-1].near_duplicates} == {RelationKind.EXACT}


def test_a_database_from_before_gets_an_index_when_it_is_opened(database: Database) -> None:
    for one in some():
        store(database, one)
    right = links(database)
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0008")
    Database(database.url.render_as_string(hide_password=False)).close()
    assert links(database) == right
    assert count(database, PostingRow) > 0


@pytest.mark.slow
def test_copies_that_two_crawlers_store_at_one_moment_are_linked(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    begin(database)

    def later() -> None:
        with database.session() as session:
            articles.store(session, [article(url(2), text=EDITED)], run_id="run")

    storing = threading.Thread(target=later)
    with database.session() as session:
        articles.store(session, [article(url(1), text=STORY)], run_id="run")
        storing.start()
        storing.join(0.3)
        assert storing.is_alive(), "it would look before the other's text is there"
    storing.join(20)
    assert not storing.is_alive()
    assert set(links(database).values()) == {"near"}
    database.close()


@pytest.mark.slow
def test_a_copy_is_linked_while_another_crawler_stores_its_original_anew(postgresql_url: str) -> None:
    """The one holds the article's row and waits for its turn to compare, the other has the turn and names the row."""
    database = Database(postgresql_url)
    store(database, article(url(0), text=STORY))

    def anew() -> None:
        with database.session() as session:
            articles.store(session, [article(url(0), text=STORY + " تصحيح")], run_id="run")

    storing = threading.Thread(target=anew)
    with database.session() as session:
        articles.store(session, [article(url(1), text=OTHER)], run_id="run")
        storing.start()
        storing.join(0.5)
        assert storing.is_alive()
        articles.store(session, [article(url(2), text=EDITED)], run_id="run")
    storing.join(20)
    assert not storing.is_alive()
    assert links(database) == {("2", "0"): "near"}
    with database.session() as session:
        assert session.scalar(select(func.max(RevisionRow.number))) == 2
    database.close()


@pytest.mark.slow
def test_no_copy_is_missed_while_four_crawlers_store(postgresql_url: str) -> None:
    Database(postgresql_url).close()
    stories = [story(200, seed=100 + number) for number in range(30)]
    together = threading.Barrier(4)
    failures: list[BaseException] = []

    def crawl(crawler: int) -> None:
        database = Database(postgresql_url)
        try:
            for start in range(0, len(stories), 10):
                several = []
                for number, words in enumerate(stories[start : start + 10], start):
                    own = " ".join(word + "x" if at % 40 == crawler else word for at, word in enumerate(words))
                    several.append(article(f"https://news.example/{number}-{crawler}", text=own))
                together.wait(30)
                with database.session() as session:
                    articles.store(session, several, run_id="run")
        except BaseException as error:
            failures.append(error)
            together.abort()
        finally:
            database.close()

    database = Database(postgresql_url)
    begin(database)
    crawlers = [threading.Thread(target=crawl, args=(number,)) for number in range(4)]
    for one in crawlers:
        one.start()
    for one in crawlers:
        one.join(60)
    assert not failures
    assert list(links(database).values()) == ["near"] * 30 * 6
    database.close()
