from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, text

from newscrawl.exceptions import ConfigurationError
from newscrawl.items import Article, Fingerprint
from newscrawl.storage import articles, read_again, retractions, runs, search, search_index
from newscrawl.storage.database import Database, alembic_config
from newscrawl.storage.read_again import ReadAgain
from newscrawl.storage.search import Answer, Filters
from newscrawl.text.search_query import parse
from newscrawl.text.search_words import search_words
from tests.conftest import own_database
from tests.storage.stories import STORIES, name_of, story
from tests.storage.test_articles import NOW, article, store, with_digest


def fill(database: Database, several: list[Article]) -> None:
    with database.session() as session:
        runs.begin(session, "run", spider="news", arguments={}, sources=[], now=NOW)
        session.flush()
        articles.store(session, several, run_id="run")


@pytest.fixture(scope="module")
def sqlite_stories(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    file = shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("stories") / "newscrawl.db")
    database = Database(f"sqlite:///{file}")
    fill(database, [story(name) for name in STORIES])
    yield database
    database.close()


@pytest.fixture(scope="module")
def postgresql_stories(postgresql_server: URL, migrated_postgresql: str) -> Iterator[Database]:
    with own_database(postgresql_server, migrated_postgresql) as url:
        database = Database(url)
        fill(database, [story(name) for name in STORIES])
        yield database
        database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def stories(request: pytest.FixtureRequest) -> Database:
    database: Database = request.getfixturevalue(f"{request.param}_stories")
    return database


def look(database: Database, asked: str, *, limit: int = 50, **filters: Any) -> Answer:
    with database.reading() as session:
        return search.search(session, parse(asked), Filters(**filters), limit=limit)


def names(database: Database, asked: str, **filters: Any) -> list[str]:
    return [name_of(one.url_key) for one in look(database, asked, **filters).found]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        # The article, alone and behind what is written as one word with it.
        ("القاهرة", ["cairo", "in_cairo", "and_cairo", "to_cairo"]),
        ("قاهره", ["cairo", "in_cairo", "and_cairo", "to_cairo"]),
        ("بالقاهرة", ["cairo", "in_cairo", "and_cairo", "to_cairo"]),
        ("ألماني", ["germans", "the_german"]),
        ("الألماني", ["germans", "the_german"]),
        ("اللجنة", ["the_committee", "committee"]),
        ("ليل", ["long_god"]),
        # What is joined to a word without article is found by the word, and not the other way round.
        ("مصر", ["egypt", "and_egypt"]),
        ("بمصر", ["egypt"]),
        # Words that only look as if something were joined to them.
        ("الله", ["god"]),
        ("والد", ["father"]),
        ("ولد", ["father"]),
        ("بلال", ["bilal"]),
        ("كلام", ["talk"]),
        ("كمال", ["money"]),
        ("مال", []),
        # Hamza, ta marbuta, alef maqsura, vowel signs, tatweel, digits.
        ("مدرسة", ["school", "schools"]),
        ("المدرسه", ["school", "schools"]),
        ("السوق", ["schools"]),
        ("مسؤول", ["opinion"]),
        ("المسئول يعد", ["opinion"]),
        ("مصطفي", ["mustafa"]),
        ("2027", ["year", "opinion"]),
        ("٢٠٢٧", ["year", "opinion"]),
        # Persian, in letters of an Arabic keyboard; Hebrew without vowel signs; Turkish, French, English.
        ("كتابخانه", ["persian"]),
        ("12 اتوبوس", ["persian_bus"]),
        ("שוק", ["hebrew"]),
        ("istanbul", ["istanbul_caps", "istanbul"]),
        ("İSTANBUL", ["istanbul_caps", "istanbul"]),
        ("kadikoy besiktas", ["istanbul"]),
        ("cafe", ["cafe_plain", "cafe"]),
        ("école", ["cafe", "cafe_plain"]),
        # The headline before the body, and what says it often before what says it once.
        ("harbour", ["harbour", "harbour_many", "market_square", "harbour_old"]),
        ("HARBOUR -market", ["harbour_many", "harbour_old"]),
        # Phrases, whatever the quotation marks, also of what is written as one word.
        ("وزارة الصحة", ["health", "ministry"]),
        ('"وزارة الصحة"', ["health"]),
        ("«وزارة الصحة»", ["health"]),
        ("“وزارة الصحة", ["health"]),
        ('وزارة -"وزارة الصحة"', ["ministry"]),
        ("covid 19", ["covid", "covid_other"]),
        ("covid-19", ["covid"]),
        # Alternatives.
        ("ferry OR vapur", ["harbour_old", "istanbul"]),
        ("harbour ferry | pilots", ["harbour_old"]),
        ('harbour "sold out" | ferry', ["harbour", "harbour_old"]),
        ("nowhere", []),
    ],
)
def test_readers_find(stories: Database, asked: str, expected: list[str]) -> None:
    assert names(stories, asked) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"sources": ["delta"]}, ["in_cairo", "and_cairo"]),
        ({"sources": ["delta", "nile"]}, ["cairo", "in_cairo", "and_cairo", "to_cairo"]),
        ({"sources": ["port"]}, []),
        ({"language": "ar"}, ["cairo", "in_cairo", "and_cairo", "to_cairo"]),
        ({"language": "fa"}, []),
        ({"since": date(2026, 1, 4)}, ["in_cairo", "and_cairo", "to_cairo"]),
        ({"until": date(2026, 1, 4)}, ["cairo", "to_cairo"]),
        ({"since": date(2026, 1, 5), "until": date(2026, 1, 5), "language": "ar"}, ["and_cairo"]),
        ({"since": date.min, "until": date.max}, ["cairo", "in_cairo", "and_cairo", "to_cairo"]),
    ],
)
def test_filters(stories: Database, filters: dict[str, Any], expected: list[str]) -> None:
    assert names(stories, "القاهرة", **filters) == expected


def test_an_article_without_date_counts_from_its_first_fetch(stories: Database) -> None:
    day = NOW.date()
    assert names(stories, "العبارات", since=day, until=day) == ["and_egypt"]
    assert names(stories, "العبارات", since=date(2026, 1, 3)) == []
    assert names(stories, "العبارات", until=date(2026, 1, 1)) == []
    (one,) = look(stories, "العبارات").found
    assert (one.day, one.published_at) == (day.isoformat(), None)


def test_no_more_than_the_limit_is_given_and_all_are_counted(stories: Database) -> None:
    answer = look(stories, "harbour", limit=1)
    assert [name_of(one.url_key) for one in answer.found] == ["harbour"]
    assert (answer.ranked, answer.is_cut) == (4, False)


def test_sources_are_known_by_what_is_stored(stories: Database) -> None:
    with stories.reading() as session:
        assert search.source_ids(session) == ["bazaar", "bosphorus", "delta", "nile", "port", "rivage"]


def test_what_is_found_tells_its_article(stories: Database) -> None:
    (one,) = look(stories, "شیراز").found
    expected = story("persian")
    assert (one.id, one.url, one.source, one.outlet) == (expected.id, expected.url, "bazaar", "Bazaar")
    assert (one.headline, one.body, one.language) == (expected.headline, expected.body, "fa")
    assert (one.published_at, one.day, one.first_fetched_at) == ("2026-01-05T09:00:00+00:00", "2026-01-05", NOW)


_SIGNS = "\"«»“”()*^:+-|'\\{}"
_PIECES = st.sampled_from(
    [*(word for one in STORIES.values() for word in one[3].split()), *_SIGNS, "OR", "AND", "NEAR"]
)
_ASKED = st.one_of(st.lists(_PIECES, max_size=8).map(" ".join), st.text(max_size=40))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_ASKED)
def test_nothing_that_is_asked_breaks_the_engine(stories: Database, asked: str) -> None:
    try:
        query = parse(asked)
    except ConfigurationError:
        return
    with stories.reading() as session:
        search.search(session, query, Filters(), limit=5)


@pytest.mark.slow
def test_both_engines_give_the_same_answers(sqlite_stories: Database, postgresql_stories: Database) -> None:
    chance = random.Random(6)
    vocabulary = [word for one in STORIES.values() for word in f"{one[3]} {one[4]}".split()]
    answered = 0
    for _ in range(300):
        words = chance.sample(vocabulary, k=chance.choice([1, 1, 2, 3]))
        asked = chance.choice([" ", " OR ", " -"]).join(words)
        here, there = (look(database, asked) for database in (sqlite_stories, postgresql_stories))
        assert here == there, asked
        answered += len(here.found)
    assert answered > 300


def test_what_was_retracted_is_not_found_and_its_words_are_gone(database: Database) -> None:
    fill(database, [story("cairo"), story("in_cairo")])
    with database.session() as session:
        retractions.retract(session, "https://stories.example/cairo", reason="asked for", now=NOW)
    assert names(database, "القاهرة") == ["in_cairo"]
    assert held(database, "النهر") == held(database, "القاهرة حديقة") == 0
    # SQLite gives the next article the number of the last one that went.
    with database.session() as session:
        retractions.retract(session, "https://stories.example/in_cairo", reason="asked for", now=NOW)
    store(database, story("harbour"))
    assert names(database, "harbour") == ["harbour"]
    assert held(database, "القاهرة") == 0


def test_a_revision_changes_the_words(database: Database) -> None:
    store(database, story("harbour"))
    store(database, story("harbour", headline="Harbour market is closed", body="Storm keeps the boats away."))
    assert names(database, "closed storm") == ["harbour"]
    assert names(database, "early") == names(database, "fishermen") == []
    assert (held(database, "early"), held(database, "harbour"), held(database, "boats")) == (0, 1, 1)


def test_a_page_that_comes_twice_in_one_group_is_found_by_its_last_words(database: Database) -> None:
    fill(database, [story("harbour"), story("harbour", body="Storm keeps the boats away.")])
    assert names(database, "storm") == ["harbour"]
    assert held(database, "fishermen") == 0


def test_another_extractors_reading_changes_the_words_and_an_earlier_one_brings_them_back(database: Database) -> None:
    first = with_digest(story("harbour"), "sha256:page")
    other = with_digest(story("harbour", body="Only these words were read.", extractor="test/2"), "sha256:page")
    store(database, first)
    store(database, other)
    assert (names(database, "only words"), names(database, "fishermen")) == (["harbour"], [])
    store(database, first)
    assert (names(database, "only words"), names(database, "fishermen")) == ([], ["harbour"])
    assert (held(database, "only"), held(database, "fishermen")) == (0, 1)


def test_reading_again_changes_the_words(database: Database) -> None:
    store(database, story("harbour"))
    again = replace(story("harbour", headline="Another headline", body="Other words."), extractor="test/2")
    with database.session() as session:
        revision = session.execute(text("SELECT revision_id FROM revisions")).scalar_one()
        told = ReadAgain(revision_id=revision, article=again, fingerprint=Fingerprint(None))
        read_again.store_again(session, [told], now=NOW)
    assert (names(database, "another other"), names(database, "harbour")) == (["harbour"], [])
    assert held(database, "fishermen") == 0


def test_a_workers_words_are_taken_if_they_are_of_the_text_that_is_stored(database: Database) -> None:
    one = story("harbour")
    made = search_words(one.headline, one.body)
    assert one.visit is not None
    one.visit = replace(one.visit, search_words=replace(made, words="marked by hand"))
    other = story("cairo")
    assert other.visit is not None
    other.visit = replace(other.visit, search_words=made)
    fill(database, [one, other])
    assert (held(database, "marked"), held(database, "harbour"), held(database, "القاهرة")) == (1, 0, 1)


def test_an_unchanged_page_stays_as_it_was_found(database: Database) -> None:
    store(database, story("harbour"))
    store(database, story("harbour"))
    assert names(database, "fishermen") == ["harbour"]


def test_a_transaction_that_fails_leaves_no_words(database: Database) -> None:
    store(database, story("harbour"))
    with pytest.raises(RuntimeError), database.session() as session:
        articles.store(session, [story("cairo"), story("harbour", body="Changed.")], run_id="run")
        raise RuntimeError
    assert (names(database, "fishermen"), held(database, "changed"), held(database, "القاهرة")) == (["harbour"], 0, 0)


def test_the_migration_fills_the_index_of_what_is_stored(database: Database) -> None:
    fill(database, [story(name) for name in STORIES])
    before = [names(database, asked) for asked in ("القاهرة", "harbour", "cafe")]
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0008")
    with database.engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    assert [names(database, asked) for asked in ("القاهرة", "harbour", "cafe")] == before
    assert [len(one) for one in before] == [4, 4, 2]
    retract_all(database)
    assert held(database, "harbour") == 0


def test_an_index_without_spans_gets_them(database: Database) -> None:
    fill(database, [article(f"https://n.example/{n}", text=f"ferry {n}") for n in range(5)])

    def words() -> list[Any]:
        with database.reading() as session:
            if session.connection().dialect.name == "sqlite":
                return [held(database, "ferry")]
            return list(session.scalars(text("SELECT words FROM article_search ORDER BY article_id")))

    before = words()
    for revision in ("0019", "head"):
        with database.engine.begin() as connection:
            migrate = command.downgrade if revision == "0019" else command.upgrade
            migrate(alembic_config(connection), revision)
        assert (words() == before) == (revision == "head" or before == [5])
    assert len(names(database, "ferry")) == 5


def test_an_article_of_more_words_than_postgresql_takes_is_stored_and_found(database: Database) -> None:
    body = " ".join(f"{number:060d}" for number in range(30_000))
    store(database, article(text=body, headline="Endless list"))
    assert len(look(database, "endless").found) == 1
    assert len(look(database, f"{5:060d}").found) == 1


def test_no_more_are_ranked_than_are_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "RANKED", 3)
    monkeypatch.setattr(search, "_AT_ONCE", 2)
    several = [article(f"https://n.example/{n}", text=f"ferry number {n}", headline="News") for n in range(8)]
    fill(database, [article("https://n.example/named", text="old", headline="Ferry"), *several])
    answer = look(database, "ferry")
    assert [name_of(one.url_key) for one in answer.found] == ["named", "7", "6", "5"]
    assert (answer.ranked, answer.is_cut) == (4, True)
    assert names(database, "number") == ["7", "6", "5"]


def test_a_rare_phrase_of_frequent_words_is_looked_for_as_long_as_is_bounded(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_LOOKED_AT", 5)
    monkeypatch.setattr(search, "_AT_ONCE", 2)
    texts = ["red then blue", "red blue", *["blue, red"] * 3]
    fill(database, [article(f"https://n.example/{n}", text=f"{one} {n}") for n, one in enumerate(texts)])
    assert names(database, '"red blue"') == ["1"]
    monkeypatch.setattr(search, "_LOOKED_AT", 3)
    answer = look(database, '"red blue"')
    assert (answer.found, answer.is_cut) == ([], True)


def test_no_span_of_articles_is_passed_over_and_none_looked_through_twice(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (search, search_index):
        monkeypatch.setattr(module, "SPAN", 3)
    several = [article(f"https://n.example/{n}", text=f"ferry {n} {'red' if n % 5 else 'blue'}") for n in range(30)]
    fill(database, several)
    for first, most, at_once in ((1, 1, 1), (1, 4, 2), (2, 2, 5), (4, 64, 2)):
        monkeypatch.setattr(search, "_FIRST_SPANS", first)
        monkeypatch.setattr(search, "_MOST_SPANS", most)
        monkeypatch.setattr(search, "_AT_ONCE", at_once)
        for asked, numbers in (("ferry", range(30)), ("blue", range(0, 30, 5)), ("ferry 3", [3]), ("green", [])):
            with database.reading() as session:
                found = [
                    name_of(one.url_key)
                    for one in search._candidates(session, parse(asked), Filters(), only_headlines=False)
                ]
            assert found == [str(number) for number in reversed(numbers)]


def held(database: Database, word: str) -> int:
    """How many articles the engine's index has under all of the words, whatever they say now."""
    with database.reading() as session:
        dialect = session.connection().dialect.name
        asked = search._asked(dialect, parse(word), only_headlines=False)
        where = "MATCH :asked" if dialect == "sqlite" else "@@ CAST(:asked AS tsquery)"
        column = "article_search" if dialect == "sqlite" else "words"
        statement = text(f"SELECT count(*) FROM article_search WHERE {column} {where}")
        return int(session.execute(statement, {"asked": asked}).scalar_one())


def retract_all(database: Database) -> None:
    with database.session() as session:
        for name in STORIES:
            retractions.retract(session, f"https://stories.example/{name}", reason="asked for", now=NOW)
