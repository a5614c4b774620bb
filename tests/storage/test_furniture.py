from __future__ import annotations

from datetime import UTC, datetime

from newscrawl.items import Article, Block, Fingerprint, Furniture, Visit
from newscrawl.storage import articles, furniture, runs
from newscrawl.storage.database import Database
from newscrawl.storage.schema import RunRow
from newscrawl.text.fold import fold_key
from newscrawl.urls import article_id, url_key

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PROMO = "تابعوا نشراتنا على مدار الساعة"
HEADLINE = "وزير الري يتفقد أعمال تطهير الترع"


def article(number: int, *lines: str, headline: str | None = None, copy: bool = False, source: str = "news") -> Article:
    url = f"https://{source}.example/{number}"
    texts = [f"فقرة أولى من الخبر رقم {number}", *lines]
    digest = "sha256:copy" if copy else f"sha256:{source}{number}"
    return Article(
        id=str(article_id(url_key(url))), url=url, url_key=url_key(url), source=source,
        headline=headline or f"عنوان {number}", fetched_at=NOW, content_hash=f"v1:{number}", extractor="test/1",
        blocks=[Block("paragraph", text) for text in texts], body="\n".join(texts),
        visit=Visit(candidate_key=url_key(url), final_url=url, payload_digest=digest, fingerprint=Fingerprint(digest)),
    )  # fmt: skip


def learn(database: Database, *some: Article, run: str = "run") -> int:
    with database.session() as session:
        if not session.get(RunRow, run):
            runs.begin(session, run, spider="news", arguments={}, sources=[], now=NOW)
            session.flush()
        articles.store(session, some, run_id=run)
        return furniture.learn(session, run)


def known(database: Database) -> dict[str, Furniture]:
    with database.session() as session:
        return furniture.load(session)


def test_a_line_of_many_articles_is_learnt_once(database: Database) -> None:
    assert learn(database, *(article(number, PROMO) for number in range(10))) == 1
    assert known(database)["news"].lines == {fold_key(PROMO)}
    assert learn(database, *(article(number, PROMO + " .") for number in range(10, 20)), run="next") == 0


def test_what_a_story_repeats_is_no_furniture(database: Database) -> None:
    everything = [article(number, *[PROMO] * (number < 10)) for number in range(60)]
    assert learn(database, *everything) == 0
    few = [article(number, PROMO, source="small") for number in range(9)]
    assert learn(database, *few) == 0


def test_the_headline_of_another_article_is_learnt_sooner(database: Database) -> None:
    named = article(1, headline=HEADLINE)
    two = [article(number, HEADLINE) for number in (2, 3)]
    assert learn(database, named, *two) == 0
    assert learn(database, article(4, HEADLINE + "!")) == 1
    assert known(database)["news"].lines == {fold_key(HEADLINE)}


def test_an_article_may_begin_with_its_own_headline(database: Database) -> None:
    assert learn(database, *(article(number, HEADLINE, headline=HEADLINE) for number in range(5))) == 0


def test_short_headlines_stand_as_subheadings_too(database: Database) -> None:
    assert learn(database, article(1, headline="الطقس اليوم"), *(article(n, "الطقس اليوم") for n in (2, 3, 4))) == 0


def test_copies_make_no_furniture(database: Database) -> None:
    assert learn(database, *(article(number, PROMO, copy=True) for number in range(20))) == 0


def test_sources_have_furniture_of_their_own_and_versions_tell_its_state(database: Database) -> None:
    learn(database, *(article(number, PROMO) for number in range(10)))
    learn(database, *(article(number, PROMO, source="other") for number in range(10)))
    before = known(database)
    assert before["news"] == before["other"]
    learn(database, article(20, headline=HEADLINE), *(article(number, HEADLINE) for number in range(21, 24)))
    assert known(database)["news"].version != before["news"].version
    assert known(database)["other"] == before["other"]
