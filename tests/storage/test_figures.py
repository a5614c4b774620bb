from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from newscrawl.discovery.revisits import ROBOTS_UNREACHABLE
from newscrawl.health.figures import Day, History, Space
from newscrawl.health.histograms import bin_of
from newscrawl.items import Article, Disposition, RelatedLink, Visit
from newscrawl.sources import Source
from newscrawl.storage import figures, runs
from newscrawl.storage.database import Database
from newscrawl.storage.documents import Document
from newscrawl.storage.ends import End
from tests.storage.test_articles import NOW, TEXT, article, with_digest

TODAY = NOW.date()
SOURCE = Source(source_id="news", outlet="News", homepage="https://news.example", country="xx")


def run(
    database: Database, run_id: str, *stored: Article, ends: tuple[Disposition, ...] = (), polls: tuple[Any, ...] = ()
) -> None:
    """A run that stored these articles, ended further URLs so, and fetched documents with these errors."""
    with database.session() as session:
        runs.begin(session, run_id, spider="news", arguments={}, sources=[SOURCE], now=NOW)
        session.flush()
        if stored:
            runs.store_visits(session, [(one, NOW) for one in stored], run_id=run_id)
        for number, end in enumerate(ends):
            url = f"https://news.example/{run_id}/{number}"
            visit = Visit(candidate_key=url, final_url=url, source="news")
            runs.end_visits(session, [End(visit, end, NOW)], run_id=run_id)
        if polls:
            one = {"run_id": run_id, "source_id": "news", "url": "u", "kind": "feed", "status": 200, "refused": 0}
            document = Document(source_id="news", url="u", kind="feed")
            told = [{**one, "at": at, "found": found, "new": 0, "error": error} for at, found, error in polls]
            runs.add_polls(session, [(values, document) for values in told])
        runs.finish(session, run_id, counts={}, now=NOW)


def count(database: Database) -> None:
    with database.session() as session:
        for run_id in figures.uncounted(session):
            assert figures.count(session, run_id)


def history(database: Database, since: date = date.min) -> History:
    with database.session() as session:
        return figures.histories(session, [SOURCE], since)[0]


def test_articles_count_on_their_days(database: Database) -> None:
    morning = datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)
    link = RelatedLink(position=1, headline="other")
    run(
        database,
        "run",
        article("https://news.example/1", published_at=morning, authors=["A"], related_links=[link]),
        article("https://news.example/2", text="two " * 30, published_at=date(2025, 12, 30), authors=["A", "B"]),
        article("https://news.example/3", text="three " * 30),
        article("https://news.example/4", text=TEXT, published_at=date(2020, 1, 1)),
    )
    count(database)
    known = history(database)
    today = known.day(TODAY)
    assert (today.stored, today.duplicates, today.published) == (4, 1, 2), "one that tells no day counts on its first"
    assert (today.authors, today.published_at, today.related_links) == (2, 3, 1)
    assert sum(today.characters.values()) == 4
    assert today.characters[bin_of(len("three " * 30))] >= 1
    assert today.latencies == {bin_of(7200): 1}
    assert known.day(date(2025, 12, 30)).published == 1
    assert set(known.days) == {TODAY, date(2025, 12, 30)}, "what is years old is on no day"


def test_revision_is_no_article_of_its_own(database: Database) -> None:
    run(database, "a", article())
    run(database, "b", with_digest(article(text="another text " * 20, content_hash="v1:b"), "sha256:b"))
    count(database)
    today = history(database).day(TODAY)
    assert (today.stored, today.revisions) == (1, 1)


def test_ends_and_fetches_of_documents_are_counted(database: Database) -> None:
    ends = (Disposition.FAILED, Disposition.TIMED_OUT, Disposition.GONE, Disposition.BLOCKED, Disposition.UNCHANGED)
    later = NOW + timedelta(hours=2)
    polls = ((NOW, 0, "gone"), (later, 5, None), (NOW, 5, "cut short"), (NOW + timedelta(days=1), 0, None))
    run(database, "run", ends=ends, polls=polls)
    count(database)
    known = history(database)
    assert known.day(TODAY) == Day(fetched=4, failed=2, asked=3, unanswered=1, last_asked_at=later)
    assert known.day(TODAY + timedelta(days=1)).asked == 1
    assert known.last_asked_at == NOW + timedelta(days=1)


def test_pages_whose_robots_txt_cannot_be_had_failed_and_those_that_it_forbids_did_not(database: Database) -> None:
    reasons = (f"{ROBOTS_UNREACHABLE}: http 503", f"{ROBOTS_UNREACHABLE}: http 503", "robots.txt", "retracted")
    with database.session() as session:
        runs.begin(session, "run", spider="news", arguments={}, sources=[SOURCE], now=NOW)
        session.flush()
        for number, reason in enumerate(reasons):
            visit = Visit(
                candidate_key=f"news.example/{number}", final_url=f"https://news.example/{number}", source="news"
            )
            runs.end_visits(session, [End(visit, Disposition.BLOCKED, NOW, reason)], run_id="run")
        runs.finish(session, "run", counts={}, now=NOW)
    count(database)
    assert history(database).day(TODAY) == Day(fetched=2, failed=2)


def test_runs_add_up_and_each_counts_once(database: Database) -> None:
    run(database, "a", article("https://news.example/1"), polls=((NOW, 1, None),))
    count(database)
    run(database, "b", article("https://news.example/2", text="two " * 30), polls=((NOW, 1, None),))
    count(database)
    count(database)
    with database.session() as session:
        assert figures.uncounted(session) == []
        assert not figures.count(session, "a")
    today = history(database).day(TODAY)
    assert (today.stored, today.asked, sum(today.characters.values())) == (2, 2, 2)


def test_run_that_lasts_is_not_counted_and_one_that_died_is(database: Database) -> None:
    with database.session() as session:
        for run_id in ("lasts", "died"):
            runs.begin(session, run_id, spider="news", arguments={}, sources=[SOURCE], now=NOW)
        session.flush()
        runs.bury(session, ["died"])
    with database.session() as session:
        assert figures.uncounted(session) == ["died"]


def test_only_what_is_asked_for_is_read(database: Database) -> None:
    run(database, "run", article(published_at=date(2025, 12, 1)), polls=((NOW, 1, None),))
    count(database)
    assert set(history(database, TODAY).days) == {TODAY}
    with database.session() as session:
        assert figures.histories(session, [], date.min) == []
        assert figures.source_ids(session) == ["news"]


def test_space_of_a_day_is_that_of_its_last_run(database: Database) -> None:
    first = Space(day=TODAY, database=1, archive=2, free=3, total=10**13)
    last = Space(day=TODAY, database=2, archive=4, free=1, total=10**13)
    with database.session() as session:
        for space in (first, last):
            figures.enter_space(session, space)
    with database.session() as session:
        assert figures.spaces(session, TODAY) == [last]
        assert figures.spaces(session, TODAY + timedelta(days=1)) == []
        assert figures.database_bytes(session, database) > 10_000


@pytest.mark.parametrize("other", [runs.SURVEY, runs.TAKING_IN])
def test_the_last_run_is_a_crawl(database: Database, other: str) -> None:
    with database.session() as session:
        assert figures.last_run(session) is None
    run(database, "run")
    with database.session() as session:
        runs.begin(session, "other", spider=other, arguments={}, sources=[], now=NOW + timedelta(hours=1))
    with database.session() as session:
        assert figures.last_run(session) == ("run", NOW, NOW, "finished")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.slow
def test_two_crawlers_that_end_together_lose_nothing(database: Database) -> None:
    from concurrent.futures import ThreadPoolExecutor

    for number in range(8):
        run(database, f"run{number}", article(f"https://news.example/{number}", text=f"{number} " * 40))

    def count_one(number: int) -> bool:
        with database.session() as session:
            return figures.count(session, f"run{number % 8}")

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(count_one, range(16)))
    assert sum(done) == 8
    today = history(database).day(TODAY)
    assert (today.stored, sum(today.characters.values())) == (8, 8)
