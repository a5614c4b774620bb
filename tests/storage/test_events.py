from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from newscrawl.items import TO_HOME, TO_SECTION, Disposition, Visit
from newscrawl.storage import retractions, runs
from newscrawl.storage.database import Database
from newscrawl.storage.ends import TRIVIAL, End
from newscrawl.storage.schema import ArticleRow, DispositionRow, EventRow, RevisionRow
from newscrawl.urls import url_key
from tests.storage.test_articles import NOW, article, store

URL, OTHER, HOME = "https://news.example/1", "https://news.example/2", "https://news.example/"
HOUR = timedelta(hours=1)


def end(
    database: Database,
    disposition: Disposition,
    reason: str | None = None,
    *,
    final: str = URL,
    through: tuple[str, ...] = (),
    status: int | None = 410,
    run_id: str = "run",
) -> None:
    visit = Visit(candidate_key=url_key((*through, final)[0]), final_url=final, redirect_urls=through, status=status)
    with database.session() as session:
        runs.end_visits(session, [End(visit, disposition, NOW + HOUR, reason)], run_id=run_id)


def visited(database: Database, url: str = URL, text: str = "", through: tuple[str, ...] = ()) -> None:
    one = article(url, **({"text": text} if text else {}))
    assert one.visit is not None
    one.visit = Visit(
        candidate_key=url_key((*through, url)[0]), final_url=url, redirect_urls=through, status=200,
        payload_digest=one.visit.payload_digest, fingerprint=one.visit.fingerprint,
    )  # fmt: skip
    with database.session() as session:
        runs.store_visits(session, [(one, NOW + 2 * HOUR)], run_id="run")


def events(database: Database) -> list[tuple[str, str, str | None, int | None]]:
    with database.reading() as session:
        rows = session.execute(
            select(EventRow.url, EventRow.kind, EventRow.target, EventRow.status).order_by(EventRow.event_id)
        )
        return [(url, kind, target, status) for url, kind, target, status in rows]


def test_a_page_that_goes_is_told_once_until_it_comes_back(database: Database) -> None:
    store(database, article())
    for _ in range(2):
        end(database, Disposition.GONE, "http 410")
    assert events(database) == [(URL, "gone", None, 410)]
    visited(database)
    visited(database)
    assert events(database) == [(URL, "gone", None, 410), (URL, "returned", None, 200)]
    end(database, Disposition.GONE, "http 404", status=404)
    assert [kind for _, kind, _, _ in events(database)] == ["gone", "returned", "gone"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RevisionRow)) == 1
        assert session.scalars(select(EventRow.at).order_by(EventRow.event_id)).all() == [
            NOW + HOUR, NOW + 2 * HOUR, NOW + HOUR,
        ]  # fmt: skip


def test_another_way_of_being_away_is_another_event(database: Database) -> None:
    store(database, article())
    end(database, Disposition.NOT_ARTICLE, TO_HOME, final=HOME, through=(URL,), status=200)
    end(database, Disposition.NOT_ARTICLE, TO_SECTION, final=HOME + "news/", through=(URL,), status=200)
    end(database, Disposition.GONE, "http 404")
    assert [(kind, target) for _, kind, target, _ in events(database)] == [
        ("redirected_home", HOME),
        ("redirected_to_section", HOME + "news/"),
        ("gone", None),
    ]


def test_what_passes_or_says_nothing_of_an_article_is_no_event(database: Database) -> None:
    store(database, article())
    for disposition, reason in (
        (Disposition.FAILED, "http 503"),
        (Disposition.TIMED_OUT, "no whole answer in time"),
        (Disposition.BLOCKED, "robots"),
        (Disposition.INVALID, "no_body"),
        (Disposition.NOT_ARTICLE, "content type application/pdf"),
        (Disposition.TRUNCATED, "too large"),
    ):
        end(database, disposition, reason)
    end(database, Disposition.GONE, "http 404", final=OTHER)
    assert events(database) == []


def test_an_alias_that_is_gone_says_nothing_of_the_article(database: Database) -> None:
    store(database, article())
    visited(database, through=("https://news.example/old",))
    end(database, Disposition.GONE, "http 404", final="https://news.example/old")
    assert events(database) == []


def test_a_redirect_that_ends_nowhere_takes_all_of_its_articles_with_it(database: Database) -> None:
    store(database, article())
    store(database, article(OTHER, text="نص آخر"))
    end(database, Disposition.GONE, "http 404", final=OTHER, through=(URL,), status=404)
    assert events(database) == [(URL, "gone", OTHER, 404), (OTHER, "gone", None, 404)]


def test_a_page_that_moved_stays_an_article_of_its_own(database: Database) -> None:
    store(database, article())
    visited(database, OTHER, "نص آخر للخبر", through=(URL,))
    assert events(database) == [(URL, "moved", OTHER, 200)]
    with database.reading() as session:
        away = session.execute(select(ArticleRow.url_key, ArticleRow.away).order_by(ArticleRow.article_id)).all()
    assert [tuple(row) for row in away] == [("news.example/1", "moved"), ("news.example/2", None)]


def test_a_new_state_after_an_absence_is_a_revision_and_a_return(database: Database) -> None:
    store(database, article())
    end(database, Disposition.GONE, "http 410")
    visited(database, text="نص جديد")
    assert [kind for _, kind, _, _ in events(database)] == ["gone", "returned"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RevisionRow)) == 2


def test_events_go_with_an_article_that_is_taken_down(database: Database) -> None:
    store(database, article())
    end(database, Disposition.GONE, "http 410")
    with database.session() as session:
        assert retractions.retract(session, URL, reason="asked to", now=NOW) is not None
    assert events(database) == []


def test_a_trivial_change_is_unchanged_and_its_end_says_so(database: Database) -> None:
    first = article(substance_hash="s1:a")
    store(database, first)
    second = article(text="نص آخر", substance_hash="s1:a")
    with database.session() as session:
        ((stored, written),) = runs.store_visits(session, [(second, NOW + HOUR)], run_id="run")
        assert (stored.disposition, stored.differs_trivially) == (Disposition.UNCHANGED, True)
        assert written == {"news.example/1": Disposition.UNCHANGED}
        assert session.scalars(select(DispositionRow.reason)).all() == [TRIVIAL]
