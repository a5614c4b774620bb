from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from newscrawl.items import Archived, Article, Candidate, Capture, Disposition, RelatedLink, Visit
from newscrawl.storage import articles, captures, frontier, furniture, retractions, revisions, runs
from newscrawl.storage.database import Database
from newscrawl.storage.ends import End
from newscrawl.storage.frontier import Scope
from newscrawl.storage.retractions import Retracted
from newscrawl.storage.schema import (
    ArticleAuthorRow,
    ArticleRow,
    AuthorRow,
    DispositionRow,
    ExtractionRow,
    FrontierRow,
    FurnitureRow,
    RelatedLinkRow,
    RetractedUrlRow,
    RetractionRow,
    RevisionRow,
    RunRow,
    UrlAliasRow,
)
from tests.storage.test_articles import NOW, TEXT, article, store

URL = "https://news.example/1"
KEY = "news.example/1"
LEASING: dict[str, Any] = {"busy": {}, "per_host": 9, "budget": 50, "spent": {}}


def retract(database: Database, url: str = URL, reason: str = "a court's order") -> Retracted:
    with database.session() as session:
        done = retractions.retract(session, url, reason=reason, now=NOW)
    assert done is not None
    return done


def count(database: Database, row: Any) -> int:
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def visited(one: Article, *redirects: str, candidate: str | None = None) -> Article:
    assert one.visit is not None
    visit = replace(one.visit, redirect_urls=redirects, candidate_key=candidate or one.visit.candidate_key)
    return replace(one, visit=visit)


def test_nothing_of_the_article_is_left_but_its_tombstone(database: Database) -> None:
    link = RelatedLink(position=1, headline="عنوان آخر", url="https://news.example/2")
    one = article(authors=["إيمان فهيم", "محمد علي"], related_links=[link])
    stored = store(database, one)
    other = store(database, article("https://news.example/2", text="نص آخر", authors=["محمد علي"]))
    assert stored.article_id is not None
    with database.session() as session:
        articles.add_alias(session, "news.example/old", stored.article_id, "redirect")
    done = retract(database, "http://www.news.example/1?utm_source=x#top")
    assert (done.revisions, done.copies) == (1, ())
    assert done.tombstone.covered == (KEY, "news.example/old")
    assert (done.tombstone.url, done.tombstone.public_id, done.tombstone.source) == (URL, one.id, "news")
    with database.session() as session:
        assert session.scalars(select(ArticleRow.article_id)).all() == [other.article_id]
        assert {session.scalar(select(row.article_id)) for row in (RevisionRow, ExtractionRow)} == {other.article_id}
        assert session.scalars(select(AuthorRow.name)).all() == ["محمد علي"]
        assert len(session.scalars(select(ArticleAuthorRow)).all()) == 1
        assert [one.url for one in revisions.of_run(session, "run")] == ["https://news.example/2"]
        assert retractions.every(session) == [done.tombstone]
        assert retractions.url_keys(session) == {KEY, "news.example/old"}
    assert count(database, RelatedLinkRow) == count(database, UrlAliasRow) == 0


def test_an_alias_names_the_article(database: Database) -> None:
    stored = store(database, article())
    assert stored.article_id is not None
    with database.session() as session:
        articles.add_alias(session, "news.example/old", stored.article_id, "redirect")
    assert retract(database, "https://news.example/old").tombstone.url_key == KEY
    assert count(database, ArticleRow) == 0


def test_none_of_its_addresses_is_looked_at_again(database: Database) -> None:
    old = "https://news.example/old"
    stored = store(database, article())
    assert stored.article_id is not None
    with database.session() as session:
        articles.add_alias(session, "news.example/old", stored.article_id, "redirect")
        frontier.add(session, [Candidate(url=one) for one in (URL, old)], run_id="run", now=NOW, due_now=False)
        looks = {"state": "waiting", "due_at": NOW, "anchor_at": NOW, "etag": '"1"'}
        session.execute(update(FrontierRow).values(looks))
    retract(database)
    with database.session() as session:
        rows = session.scalars(select(FrontierRow)).all()
        assert {(row.state, row.due_at, row.anchor_at, row.etag) for row in rows} == {("done", None, None, None)}
        assert frontier.lease(session, Scope(), run_id="next", now=NOW, **LEASING) == []


def test_what_others_hold_of_it_stays_and_points_to_nothing(database: Database) -> None:
    store(database, article())
    link = RelatedLink(position=1, headline="عنوان الخبر", url=URL)
    naming = article("https://news.example/2", text="نص", headline="ثان", related_links=[link])
    store(database, naming)
    with database.session() as session:
        session.add(FurnitureRow(source_id="news", line_key="k", line="l", articles=9, run_id="run"))
        visit = Visit(candidate_key=KEY, final_url=URL, source="news")
        article_id = session.scalar(select(ArticleRow.article_id).where(ArticleRow.url_key == KEY))
        runs.end_visits(session, [End(visit, Disposition.STORED_NEW, NOW, article_id=article_id)], run_id="run")
    retract(database)
    with database.session() as session:
        (kept,) = session.scalars(select(RelatedLinkRow))
        assert (kept.url, kept.target_id) == (URL, None)
        (row,) = session.scalars(select(DispositionRow))
        assert (row.url_key, row.disposition, row.article_id) == (KEY, "stored_new", None)
        assert furniture.load(session)["news"].lines == {"k"}


def test_copies_name_the_next_earliest(database: Database) -> None:
    for number in (1, 2, 3):
        store(database, article(f"https://other{number}.example/x"))
    assert retract(database, "https://other1.example/x").copies == ("other2.example/x", "other3.example/x")
    with database.session() as session:
        named = dict(session.execute(select(ArticleRow.url_key, ArticleRow.duplicate_of)).all())
        assert named == {"other2.example/x": None, "other3.example/x": "other2.example/x"}
        told = [(one.url_key, one.duplicate_of) for one in revisions.of_run(session, "run")]
        assert dict(told) == named
    retract(database, "https://other2.example/x")
    with database.session() as session:
        assert session.scalars(select(ArticleRow.duplicate_of)).all() == [None]


def test_a_copy_whose_text_became_another_names_nothing(database: Database) -> None:
    store(database, article("https://first.example/x"))
    store(database, article("https://second.example/x"))
    store(database, article("https://second.example/x", text=TEXT + " وأضيف إليه خبر آخر"), "second run")
    retract(database, "https://first.example/x")
    with database.session() as session:
        assert session.scalars(select(RevisionRow.duplicate_of)).all() == [None, None]


def test_feeds_that_told_of_it_are_marked_and_no_others(database: Database) -> None:
    store(database, article(), "first")
    store(database, article("https://other.example/copy"), "copies it")
    store(database, article("https://news.example/2", text="نص"), "another")
    store(database, article(text=TEXT + "!"), "has no feed yet")
    with database.session() as session:
        for run_id in ("first", "copies it", "another"):
            runs.finish(session, run_id, counts={}, now=NOW)
            runs.set_feed(session, run_id, f"{run_id}.jsonl")
    retract(database)
    with database.session() as session:
        assert {run_id for run_id, _ in runs.with_stale_feed(session)} == {"first", "copies it"}
        assert runs.claim_stale_feed(session, "first")
        runs.set_feed(session, "first", "first.jsonl")
        assert not runs.claim_stale_feed(session, "first")
        stale = session.scalars(select(RunRow.run_id).where(RunRow.feed_is_stale)).all()
        assert stale == ["copies it"]


def test_it_is_not_stored_again_by_any_way(database: Database) -> None:
    store(database, article())
    retract(database)
    again = [
        article(text="نص جديد"),
        visited(article("https://news.example/new", text="نص ثالث"), URL),
        visited(article("https://news.example/newer", text="نص رابع"), candidate=KEY),
    ]
    with database.session() as session:
        ends = articles.store(session, again, run_id="run")
    assert [(end.disposition, end.article_id) for end in ends] == [(Disposition.BLOCKED, None)] * 3
    assert count(database, ArticleRow) == 0


def test_near_aliases_are_refused_and_covered(database: Database) -> None:
    store(database, article())
    retract(database)
    same_text = article("https://www.news.example/1?ref=x")
    claiming = article("https://news.example/amp/1", text="نص قصير", canonical_url=URL)
    elsewhere = article("https://other.example/1")
    lying = article("https://other.example/2", text="نص آخر", canonical_url=URL)
    with database.session() as session:
        ends = articles.store(session, [same_text, elsewhere, claiming, lying], run_id="run")
    blocked, new = Disposition.BLOCKED, Disposition.STORED_NEW
    assert [end.disposition for end in ends] == [blocked, new, blocked, new]
    with database.session() as session:
        kinds = dict(session.execute(select(RetractedUrlRow.url_key, RetractedUrlRow.kind)).all())
    assert kinds == {KEY: "article", "news.example/1?ref=x": "near", "news.example/amp/1": "near"}


def test_what_is_stored_with_a_refused_one_keeps_its_place(database: Database) -> None:
    retract(database, "https://news.example/2")
    urls = [f"https://news.example/{number}" for number in (1, 2, 3)]
    with database.session() as session:
        runs.begin(session, "run", spider="news", arguments={}, sources=[], now=NOW)
        session.flush()
        ends = articles.store(session, [article(url, text=f"نص {url}") for url in urls], run_id="run")
    assert [end.disposition for end in ends] == [Disposition.STORED_NEW, Disposition.BLOCKED, Disposition.STORED_NEW]
    with database.session() as session:
        ids = dict(session.execute(select(ArticleRow.url_key, ArticleRow.article_id)).all())
    assert [ends[0].article_id, ends[2].article_id] == [ids["news.example/1"], ids["news.example/3"]]


def test_a_copy_on_the_same_host_that_is_stored_goes_on(database: Database) -> None:
    store(database, article())
    store(database, article("https://news.example/copy"))
    assert retract(database).copies == ("news.example/copy",)
    assert store(database, article("https://news.example/copy")).disposition is Disposition.UNCHANGED


def test_what_the_page_claimed_to_be_is_covered_but_not_its_home_page(database: Database) -> None:
    store(database, article("https://news.example/1?ref=x", canonical_url=URL))
    store(database, article("https://news.example/2", text="نص", canonical_url="https://news.example/"))
    store(database, article("https://news.example/3", text="نص آخر", canonical_url="https://other.example/3"))
    assert retract(database, "https://news.example/1?ref=x").tombstone.covered == (KEY, "news.example/1?ref=x")
    assert retract(database, "https://news.example/2").tombstone.covered == ("news.example/2",)
    assert retract(database, "https://news.example/3").tombstone.covered == ("news.example/3",)
    # A site whose pages all claim one address to be theirs loses no page by it.
    end = store(database, article("https://news.example/4", text="نص رابع", canonical_url=URL))
    assert end.disposition is Disposition.STORED_NEW


def test_an_article_behind_an_alias_stays_and_is_told(database: Database) -> None:
    stored = store(database, article())
    store(database, article("https://news.example/old", text="نص قديم"))
    assert stored.article_id is not None
    with database.session() as session:
        articles.add_alias(session, "news.example/old", stored.article_id, "redirect")
    done = retract(database)
    assert (done.tombstone.covered, done.copies) == ((KEY,), ("news.example/old",))


def test_a_page_that_was_never_stored_is_retracted_all_the_same(database: Database) -> None:
    done = retract(database, "https://news.example/never")
    assert done.revisions == 0
    assert done.tombstone.covered == ("news.example/never",)
    assert store(database, article("https://news.example/never")).disposition is Disposition.BLOCKED


def test_what_is_retracted_is_not_retracted_again(database: Database) -> None:
    retract(database)
    with database.session() as session:
        assert retractions.retract(session, URL, reason="another", now=NOW + timedelta(1)) is None
        assert session.scalars(select(RetractionRow.reason)).all() == ["a court's order"]


def test_leases_tell_what_is_covered(database: Database) -> None:
    retract(database)
    with database.session() as session:
        runs.begin(session, "run", spider="news", arguments={}, sources=[], now=NOW)
        found = [Candidate(url=url) for url in (URL, "https://news.example/2")]
        frontier.add(session, found, run_id="run", now=NOW, due_now=False)
        leases = frontier.lease(session, Scope(), run_id="run", now=NOW, **LEASING)
    assert {lease.url_key: lease.retracted for lease in leases} == {KEY: True, "news.example/2": False}


def test_a_redirect_to_it_is_covered_when_it_is_met(database: Database) -> None:
    retract(database)
    store(database, article("https://news.example/stored", text="نص"))
    visit = Visit(
        candidate_key="news.example/old",
        final_url=URL,
        redirect_urls=("https://news.example/old", "https://news.example/stored"),
    )
    with database.session() as session:
        end = End(visit, Disposition.BLOCKED, NOW, retractions.REASON)
        runs.end_visits(session, [end], run_id="run")
        assert retractions.url_keys(session) == {KEY, "news.example/old"}


def test_a_lifted_tombstone_makes_its_page_due(database: Database) -> None:
    store(database, article())
    retract(database)
    with database.session() as session:
        assert retractions.undo(session, "https://news.example/never", now=NOW) is None
        lifted = retractions.undo(session, "http://news.example/1", now=NOW)
    assert lifted is not None
    assert lifted.url == URL
    with database.session() as session:
        (row,) = session.scalars(select(FrontierRow))
        assert (row.url_key, row.state, row.source_id) == (KEY, "due", "news")
        assert retractions.url_keys(session) == frozenset()
    assert store(database, article()).disposition is Disposition.STORED_NEW


def test_every_archived_answer_of_a_page_is_found(database: Database) -> None:
    urls = [URL, "http://WWW.news.example/1?utm_source=x", "https://news.example/12", "https://x.example/?u=" + URL]
    archived = [
        Archived(
            capture=Capture(warc="w.warc.gz", offset=number, length=9, record_id=f"<{number}>", payload_digest="d"),
            url=url,
            captured_at=NOW,
        )
        for number, url in enumerate(urls)
    ]
    with database.session() as session:
        captures.add(session, [archived])
        assert captures.of_urls(session, {KEY}) == archived[:2]


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert retractions.of_database(f"sqlite:///{tmp_path / 'newscrawl.db'}") == frozenset()
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_what_a_crawl_stores_meanwhile_is_removed_or_refused(postgresql_url: str) -> None:
    """On PostgreSQL a retraction waits for the transactions of crawls, and they for it."""
    database = Database(postgresql_url)
    with database.session() as session:
        runs.begin(session, "run", spider="news", arguments={}, sources=[], now=NOW)
    retracting = threading.Thread(target=retract, args=(database,))
    with database.session() as session:
        runs.require_alive(session, run_id="run")
        retracting.start()
        retracting.join(0.3)
        assert retracting.is_alive()
        assert articles.store(session, [article()], run_id="run")[0].disposition is Disposition.STORED_NEW
    retracting.join(20)
    assert not retracting.is_alive()
    assert count(database, ArticleRow) == 0
    with database.session() as session:
        assert articles.store(session, [article()], run_id="run")[0].disposition is Disposition.BLOCKED
    database.close()
