from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from newscrawl.items import RelationKind
from newscrawl.storage import articles
from newscrawl.storage.database import Database
from newscrawl.storage.schema import RelationRow
from newscrawl.storage.syndication import Syndication, syndication_of
from tests.storage.test_articles import NOW, article, store
from tests.storage.test_relations import EDITED, HALF, OTHER, QUARTER, STORY, begin, url
from tests.test_duplicates import LONG, story


def told(database: Database, number: int) -> Syndication:
    with database.session() as session:
        found = syndication_of(session, f"news.example/{number}")
    assert found is not None
    return found


def order(found: Syndication) -> list[str]:
    return [copy.url_key.rpartition("/")[2] for copy in found.copies]


def test_a_story_with_its_copies_and_hints(database: Database) -> None:
    store(database, article(url(0), text=STORY, source="a", outlet="Outlet A"))
    store(database, article(url(1), text=EDITED, source="b", byline="رويترز"))
    store(database, article(url(2), text=HALF, source="c", authors=["محمد علي", "أ ف ب"], headline="النصف"))
    store(database, article(url(3), text=QUARTER))
    store(database, article(url(4), text=OTHER))
    found = told(database, 0)
    assert found.url_key == "news.example/0"
    assert [(copy.source, copy.relation, copy.agencies) for copy in found.copies] == [
        ("a", None, []),
        ("b", RelationKind.NEAR, ["Reuters"]),
        ("c", RelationKind.CONTAINS, ["AFP"]),
    ]
    assert found.agencies == ["Reuters", "AFP"]
    half = found.copies[2]
    assert (half.url, half.headline, half.outlet) == (url(2), "النصف", None)
    assert half.containment == pytest.approx(196 / 396)
    assert half.contained == 1.0
    assert [(one.url_key, one.relation) for one in found.overlaps] == [("news.example/3", RelationKind.OVERLAP)]


def test_a_copy_of_a_copy_is_of_the_story(database: Database) -> None:
    store(database, article(url(0), text=STORY))
    store(database, article(url(1), text=EDITED))
    store(database, article(url(2), text=HALF))
    found = told(database, 1)
    assert [(copy.url_key, copy.relation) for copy in found.copies] == [
        ("news.example/0", RelationKind.NEAR),
        ("news.example/1", None),
        ("news.example/2", RelationKind.OVERLAP),
    ]
    assert found.overlaps == [], "what is of the story is told there"


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_a_round_up_joins_no_stories(database: Database, first: int) -> None:
    round_up = " ".join([STORY, OTHER, *story(400, seed=4)])
    texts = (STORY, OTHER, round_up, f"{round_up} {' '.join(story(40, seed=5))}")
    for number in (*range(first, 4), *range(first)):
        store(database, article(url(number), text=texts[number]))
    assert sorted(order(told(database, 0))) == ["0", "2", "3"], "the other story has nothing of it"
    assert sorted(order(told(database, 1))) == ["1", "2", "3"]
    assert sorted(order(told(database, 2))) == ["0", "1", "2", "3"], "of a round-up its parts are told"


def test_a_cut_copy_leads_to_all_of_its_story(database: Database) -> None:
    """What keeps most of a text is no end of the chain."""
    shares = (1, 0.8, 0.6, 0.35)
    for number, share in enumerate(shares):
        store(database, article(url(number), text=" ".join(LONG[: int(share * len(LONG))])))
    assert [order(told(database, number)) for number in range(4)] == [["0", "1", "2", "3"]] * 4


def test_an_article_alone_is_its_own_story(database: Database) -> None:
    store(database, article(url(0), text=STORY))
    assert (order(told(database, 0)), told(database, 0).first) == (["0"], "news.example/0")


def test_the_copies_of_a_text_that_very_many_have_are_all_told(database: Database) -> None:
    begin(database)
    with database.session() as session:
        articles.store(session, [article(url(number), text=STORY) for number in range(70)], run_id="run")
        session.execute(delete(RelationRow).where(RelationRow.other_id != 1))
    assert len(told(database, 69).copies) == 70


def test_an_alias_leads_to_the_story_and_an_unknown_url_to_none(database: Database) -> None:
    stored = store(database, article(url(0), text=STORY))
    with database.session() as session:
        articles.add_alias(session, "news.example/old", stored.article_id or 0, "redirect")
        by_alias = syndication_of(session, "news.example/old")
        assert by_alias is not None
        assert by_alias.url_key == "news.example/0"
        assert syndication_of(session, "news.example/never") is None


def at(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("published", "fetched", "first"),
    [
        pytest.param((at(-1), at(-2)), (at(0), at(5)), "1", id="both say when"),
        pytest.param((None, None), (at(3), at(2)), "1", id="nobody says when"),
        pytest.param((None, at(1)), (at(2), at(4)), "1", id="one says when, and the other was seen later"),
        pytest.param((None, at(3)), (at(2), at(4)), "0", id="one says when, and the other was seen before"),
        pytest.param((at(-9).date(), at(1)), (at(2), at(4)), "1", id="a day is no instant"),
        pytest.param((at(-9).replace(tzinfo=None), at(1)), (at(2), at(4)), "1", id="a local time is no instant"),
    ],
)
def test_who_was_first(
    database: Database, published: tuple[datetime | None, ...], fetched: tuple[datetime, ...], first: str
) -> None:
    for number in range(2):
        several = {"published_at": published[number], "fetched_at": fetched[number]}
        store(database, article(url(number), text=STORY, **several))
    found = told(database, 0)
    assert found.first == f"news.example/{first}"
    assert order(found)[0] == first
