from __future__ import annotations

from sqlalchemy import func, select

from newscrawl.duplicates import fingerprint
from newscrawl.items import Fingerprint
from newscrawl.storage import articles, sketches
from newscrawl.storage.database import Database
from newscrawl.storage.schema import PostingRow, SketchRow
from tests.storage.test_articles import article, store
from tests.storage.test_relations import EDITED, OTHER, STORY, begin, count, url
from tests.test_duplicates import story


def test_candidates_share_two_hashes_those_with_the_most_first(database: Database) -> None:
    for number in range(1, 6):
        store(database, article(url(number), text="خبر قصير"))
    with database.session() as session:
        connection = session.connection()
        lowest = -(1 << 63)

        def entered(**by_article: list[int]) -> dict[int, list[int]]:
            texts = {int(name[1:]): Fingerprint(None, tuple(sketch)) for name, sketch in by_article.items()}
            return sketches.enter(connection, texts)

        assert entered(_1=[lowest, -7, 0, 3], _2=[0, 4, (1 << 63) - 1]) == {1: [], 2: []}
        assert entered(_3=[-7, 0, 3, 5], _4=[-7, 5, 9]) == {3: [1], 4: [3]}
        assert entered(_5=[lowest, -7, 0, 4, 5]) == {5: [1, 3, 2, 4]}


def test_a_sketch_takes_the_place_of_the_one_before(database: Database) -> None:
    store(database, article(url(1), text=STORY))
    store(database, article(url(2), text=OTHER))
    with database.session() as session:
        connection = session.connection()
        told = fingerprint(OTHER)
        assert sketches.enter(connection, {1: told}) == {1: [2]}
        assert set(session.scalars(select(PostingRow.hash).where(PostingRow.article_id == 1))) == set(told.sketch)
        stored = sketches.of_articles(connection, [1, 2, 3])
        assert {key: text.shingles for key, text in stored.items()} == dict.fromkeys((1, 2), told.shingles)
        assert stored[2].digest == told.digest
        assert sketches.enter(connection, {1: fingerprint("")}) == {1: []}
        assert session.scalars(select(SketchRow.article_id)).all() == [2]
        assert set(session.scalars(select(PostingRow.article_id))) == {2}


def test_what_is_forgotten_is_found_no_more(database: Database) -> None:
    store(database, article(url(1), text=STORY))
    store(database, article(url(2), text=EDITED))
    with database.session() as session:
        sketches.forget(session.connection(), [1, 2, 3])
    assert count(database, PostingRow) == count(database, SketchRow) == 0


def test_what_many_texts_share_makes_no_candidates(database: Database) -> None:
    boilerplate = " ".join(story(60, seed=4))
    begin(database)
    with database.session() as session:
        texts = [f"{boilerplate} {' '.join(story(300, seed=100 + number))}" for number in range(70)]
        articles.store(session, [article(url(number), text=one) for number, one in enumerate(texts)], run_id="run")
        having = select(func.count(PostingRow.article_id)).group_by(PostingRow.hash).having(func.count() > 1)
        assert set(session.scalars(having)) == {64}
        found = sketches.enter(session.connection(), {70: fingerprint(texts[0])})
        assert found == {70: [1]}
