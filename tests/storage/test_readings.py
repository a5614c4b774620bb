"""Which article a related link names, whatever comes first and whatever becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select, text

from newscrawl.items import Article, Disposition, RelatedLink
from newscrawl.storage import articles, read_again, retractions, runs
from newscrawl.storage.database import Database, alembic_config
from newscrawl.storage.ends import End
from newscrawl.storage.schema import ArticleRow, ExtractionRow, RelatedLinkRow, RevisionRow
from tests.storage.test_articles import NOW, TEXT, article, store

HEADLINE = "عنوان الهدف"


def page(name: str, **fields: Any) -> Article:
    return article(f"https://news.example/{name}", **{"text": f"{TEXT} {name}", "headline": f"خبر {name}", **fields})


def naming(name: str = "naming", url: str | None = None, headline: str = HEADLINE, **fields: Any) -> Article:
    return page(name, related_links=[RelatedLink(position=1, headline=headline, url=url)], **fields)


def named_by(database: Database, name: str = "naming") -> list[str | None]:
    """What the current reading's links name: the last parts of the targets' URLs."""
    target, of = ArticleRow.__table__.alias("target"), ArticleRow.url_key == f"news.example/{name}"
    statement = (
        select(target.c.url_key)
        .select_from(RelatedLinkRow)
        .join(ExtractionRow, ExtractionRow.extraction_id == RelatedLinkRow.extraction_id)
        .join(ArticleRow, ArticleRow.article_id == ExtractionRow.article_id)
        .outerjoin(target, target.c.article_id == RelatedLinkRow.target_id)
        .where(of, ExtractionRow.is_current)
        .order_by(RelatedLinkRow.position)
    )
    with database.reading() as session:
        return [key and key.partition("/")[2] for key in session.scalars(statement)]


def arrive_by_redirect(database: Database, final: Article, *passed: str) -> None:
    """What the pipeline stores when URLs redirected to the article."""
    assert final.visit is not None
    urls = tuple(f"https://news.example/{one}" for one in passed)
    with database.session() as session:
        (stored,) = articles.store(session, [final], run_id="run")
        visit = replace(final.visit, redirect_urls=urls)
        runs.end_visits(session, [End(visit, Disposition.STORED_NEW, NOW, article_id=stored.article_id)], run_id="run")


def test_a_target_that_comes_under_another_address(database: Database) -> None:
    store(database, naming(url="https://news.example/old?utm_source=x"))
    arrive_by_redirect(database, page("target"), "older", "old")
    assert named_by(database) == ["target"]
    store(database, naming("later", url="https://news.example/older"))
    assert named_by(database, "later") == ["target"]


def test_an_address_that_is_learnt_of_an_article_that_is_stored(database: Database) -> None:
    store(database, page("target"))
    store(database, naming(url="https://news.example/old"))
    assert named_by(database) == [None]
    arrive_by_redirect(database, page("target"), "old")
    assert named_by(database) == ["target"]


def test_the_first_article_of_an_address_keeps_the_links(database: Database) -> None:
    store(database, page("first"))
    arrive_by_redirect(database, page("first"), "old")
    store(database, page("second", headline=HEADLINE))
    store(database, naming(url="https://news.example/old"))
    arrive_by_redirect(database, page("second", headline=HEADLINE), "old")
    assert named_by(database) == ["first"]


@pytest.mark.parametrize("by", ["key", "alias"])
def test_what_has_the_url_takes_the_place_of_what_has_the_headline(database: Database, by: str) -> None:
    store(database, page("namesake", headline=HEADLINE))
    store(database, naming(url="https://news.example/meant"))
    assert named_by(database) == ["namesake"]
    if by == "key":
        store(database, page("meant"))
        assert named_by(database) == ["meant"]
    else:
        store(database, page("final"))
        arrive_by_redirect(database, page("final"), "meant")
        assert named_by(database) == ["final"]


def test_what_has_the_headline_never_takes_the_place_of_what_has_the_url(database: Database) -> None:
    store(database, naming(url="https://news.example/meant"))
    store(database, page("meant"))
    store(database, page("namesake", headline=HEADLINE))
    assert named_by(database) == ["meant"]


def test_a_headline_that_changes_is_found_by_links_that_came_before(database: Database) -> None:
    store(database, naming())
    store(database, page("target", headline="قبل"))
    assert named_by(database) == [None]
    assert store(database, page("target", headline="عنوانُ الهدف!", text=f"{TEXT} بعد")).revision == 2
    assert named_by(database) == ["target"]


def test_a_link_stays_with_the_article_whose_headline_it_had(database: Database) -> None:
    store(database, page("target", headline=HEADLINE))
    store(database, naming())
    store(database, page("target", headline="بعد", text=f"{TEXT} بعد"))
    store(database, page("namesake", headline=HEADLINE))
    assert named_by(database) == ["target"]


def test_links_of_every_reading_are_tied(database: Database) -> None:
    store(database, naming(url="https://news.example/first"))
    store(database, naming(url="https://news.example/second", text=f"{TEXT} بعد"))
    store(database, page("first"))
    store(database, page("second"))
    assert named_by(database) == ["second"]
    with database.reading() as session:
        targets = select(ArticleRow.url_key).join(RelatedLinkRow, RelatedLinkRow.target_id == ArticleRow.article_id)
        assert sorted(session.scalars(targets)) == ["news.example/first", "news.example/second"]


def test_a_retracted_target_is_named_no_more_until_it_is_back(database: Database) -> None:
    store(database, page("target"))
    store(database, naming(url="https://news.example/target"))
    with database.session() as session:
        retractions.retract(session, "https://news.example/target", reason="court", now=NOW)
    assert named_by(database) == [None]
    with database.session() as session:
        retractions.undo(session, "https://news.example/target", now=NOW)
    store(database, page("target"))
    assert named_by(database) == ["target"]


def test_a_retracted_targets_namesake_is_named(database: Database) -> None:
    store(database, page("target", headline=HEADLINE))
    store(database, page("namesake", headline=HEADLINE))
    store(database, page("elsewhere", headline=HEADLINE, source="other"))
    store(database, naming())
    store(database, naming("by-url", url="https://news.example/target"))
    with database.session() as session:
        retractions.retract(session, "https://news.example/target", reason="court", now=NOW)
    assert (named_by(database), named_by(database, "by-url")) == (["namesake"], ["namesake"])
    with database.session() as session:
        retractions.retract(session, "https://news.example/namesake", reason="court", now=NOW)
    assert (named_by(database), named_by(database, "by-url")) == ([None], [None])


def again(database: Database, one: Article) -> None:
    with database.session() as session:
        revision_id = session.scalar(
            select(RevisionRow.revision_id)
            .join(ArticleRow, ArticleRow.article_id == RevisionRow.article_id)
            .where(ArticleRow.url_key == one.url_key)
        )
        assert revision_id is not None
        assert one.visit is not None
        assert one.visit.fingerprint is not None
        told = read_again.ReadAgain(revision_id=revision_id, article=one, fingerprint=one.visit.fingerprint)
        read_again.store_again(session, [told], now=NOW + timedelta(days=1))


def test_a_link_that_a_later_extractor_reads(database: Database) -> None:
    store(database, page("target"))
    store(database, page("naming"))
    again(database, naming(url="https://news.example/target", extractor="test/2"))
    assert named_by(database) == ["target"]
    again(database, naming(url="https://news.example/coming", extractor="test/3"))
    assert named_by(database) == [None]
    store(database, page("coming"))
    assert named_by(database) == ["coming"]


def test_a_headline_that_a_later_extractor_reads(database: Database) -> None:
    store(database, naming())
    store(database, page("target", headline="مقروء خطأ"))
    again(database, page("target", headline=HEADLINE, extractor="test/2"))
    assert named_by(database) == ["target"]


def test_articles_find_the_links_that_name_them_by_an_index(database: Database) -> None:
    with database.session() as session:
        if database.path is None:
            # An empty table is read whole, index or not.
            session.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN" if database.path else "EXPLAIN"
        plan = session.execute(
            text(
                f"{explain} SELECT position FROM related_links WHERE (related_links.target_id IS NULL"
                " OR related_links.by_headline) AND related_links.url_key IN ('a', 'b')"
            )
        )
        assert "ix_related_links_open_url" in " ".join(map(str, plan))


def test_the_migration_tells_what_was_named_by_its_headline(database: Database) -> None:
    store(database, page("target", headline=HEADLINE))
    arrive_by_redirect(database, page("target", headline=HEADLINE), "old")
    for name, url in (("key", "target"), ("alias", "old"), ("headline", "never")):
        store(database, naming(name, url=f"https://news.example/{url}"))
    store(database, naming("bare"))
    store(database, naming("open", headline="لا أحد"))
    states = (
        select(ArticleRow.url_key, RelatedLinkRow.by_headline)
        .join(ExtractionRow, ExtractionRow.article_id == ArticleRow.article_id)
        .join(RelatedLinkRow, RelatedLinkRow.extraction_id == ExtractionRow.extraction_id)
    )
    expected = {"key": False, "alias": False, "headline": True, "bare": True, "open": False}
    for _ in range(2):
        with database.reading() as session:
            assert {key.partition("/")[2]: state for key, state in session.execute(states)} == expected
        with database.engine.begin() as connection:
            command.downgrade(alembic_config(connection), "0008")
            command.upgrade(alembic_config(connection), "head")
