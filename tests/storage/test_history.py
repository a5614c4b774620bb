from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from newscrawl.items import Disposition, Fingerprint, Visit
from newscrawl.storage import articles, runs
from newscrawl.storage.database import Database
from newscrawl.storage.ends import End
from newscrawl.storage.history import History, Kept, history_of, read_alike
from newscrawl.storage.read_again import ReadAgain, store_again
from tests.storage.test_articles import NOW, TEXT, article, store

KEY, ALIAS = "news.example/1", "news.example/old"


def history(database: Database, key: str = KEY) -> History:
    with database.reading() as session:
        found = history_of(session, key)
    assert found is not None
    return found


def test_an_article_is_found_by_its_own_key_and_by_others(database: Database) -> None:
    store(database, article())
    store(database, article(text=TEXT + " تصحيح", fetched_at=NOW + timedelta(hours=1)))
    with database.session() as session:
        articles.add_alias(session, ALIAS, 1, "redirect")
        visit = Visit(candidate_key=KEY, final_url="https://news.example/1", status=410)
        runs.end_visits(session, [End(visit, Disposition.GONE, NOW + timedelta(hours=2))], run_id="run")
    told = history(database)
    assert told == history(database, ALIAS)
    assert [(one.number, one.fetched_at, one.is_archived) for one in told.revisions] == [
        (1, NOW, False),
        (2, NOW + timedelta(hours=1), False),
    ]
    assert [[reading.body for reading in one.readings] for one in told.revisions] == [[TEXT], [TEXT + " تصحيح"]]
    assert [(event.kind, event.at) for event in told.events] == [("gone", NOW + timedelta(hours=2))]
    # An article of its own goes before the one to which its URL led once.
    store(database, article("https://news.example/old", text="نص آخر"))
    assert history(database, ALIAS).url_key == ALIAS
    with database.reading() as session:
        assert history_of(session, "news.example/none") is None


def test_two_revisions_are_compared_as_one_extractor_reads_both(database: Database) -> None:
    store(database, article(extractor="test/1"))
    second = article(text=TEXT + " تصحيح", extractor="test/2 furniture/1")
    assert second.visit is not None
    second.visit = replace(second.visit, is_compared=True)
    store(database, second)

    def compared() -> tuple[str | None, str | None]:
        before, after = history(database).revisions
        one, other = read_alike(before, after)
        return one.extractor, other.extractor

    assert compared() == ("test/1", "test/2 furniture/1"), "nothing read both"
    for extractor in ("test/2 furniture/2", "test/2 furniture/1", "test/3"):
        again = ReadAgain(revision_id=1, article=article(extractor=extractor), fingerprint=Fingerprint(None))
        with database.session() as session:
            store_again(session, [again], now=NOW)
        expected = "test/2 furniture/1" if extractor != "test/2 furniture/2" else extractor
        assert compared() == (expected, "test/2 furniture/1")


def test_the_latest_reading_of_both_goes_before_others() -> None:
    def kept(*extractors: str) -> Kept:
        read = tuple(
            article(extractor=extractor, headline=f"{extractor} {at}") for at, extractor in enumerate(extractors)
        )
        return Kept(number=1, fetched_at=NOW, url="", run="", is_archived=True, readings=read)

    one, other = read_alike(kept("test/1", "test/2", "test/2 again"), kept("test/1", "test/2"))
    assert (one.headline, other.headline) == ("test/2 again 2", "test/2 1")
    one, other = read_alike(kept("test/1"), kept("test/1", "test/2"))
    assert (one.extractor, other.extractor) == ("test/1", "test/1")
