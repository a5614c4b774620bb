from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from newscrawl.duplicates import fingerprint
from newscrawl.items import Article, Block, Disposition, RelatedLink, Visit, feed_line
from newscrawl.storage import articles, revisions, runs
from newscrawl.storage.database import Database
from newscrawl.storage.schema import (
    ArticleRow,
    AuthorRow,
    ExtractionRow,
    RelatedLinkRow,
    RevisionRow,
    RunRow,
    UrlAliasRow,
)
from newscrawl.urls import article_id, url_key

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TEXT = "ترجع بداية العداوة بين الجماعتين لعام عندما ضبطت الجماعة تجارا يبيعون البضائع لجمع الأموال لحساب الجماعة الأخرى"


def article(url: str = "https://news.example/1", *, text: str = TEXT, **fields: Any) -> Article:
    key = url_key(url)
    values: dict[str, Any] = {
        "headline": "عنوان الخبر",
        "source": "news",
        "fetched_at": NOW,
        "content_hash": f"v1:{text}",
        "extractor": "test/1",
        "blocks": [Block("paragraph", text)],
        "body": text,
        "visit": Visit(
            candidate_key=key, final_url=url, payload_digest=f"sha256:{text}", fingerprint=fingerprint(text)
        ),
    }
    return Article(id=str(article_id(key)), url=url, url_key=key, **{**values, **fields})


def store(database: Database, one: Article, run_id: str = "run") -> articles.Stored:
    with database.session() as session:
        if not session.get(RunRow, run_id):
            runs.begin(session, run_id, spider="news", arguments={}, sources=[], now=NOW)
            session.flush()
        return articles.store(session, [one], run_id=run_id)[0]


def with_digest(one: Article, digest: str) -> Article:
    assert one.visit is not None
    return replace(one, visit=replace(one.visit, payload_digest=digest))


def test_article_comes_back_as_it_was_stored(database: Database) -> None:
    stored = article(
        canonical_url="https://news.example/one",
        outlet="محطة",
        page_title="صفحة",
        authors=["إيمان فهيم", "محمد علي"],
        published_at=datetime(2021, 8, 25, 17, 30, tzinfo=timezone(timedelta(hours=2))),
        published_at_raw="الأربعاء 25 أغسطس 2021 05:30 مـ",
        modified_at=date(2021, 8, 26),
        language="ar",
        keywords=["أ", "ب"],
        blocks=[Block("heading", "لماذا"), Block("paragraph", TEXT)],
        related_links=[
            RelatedLink(position=1, headline="أول", url="https://news.example/2", label="اقرأ أيضاً"),
            RelatedLink(position=2, headline="ثان", placement="aside"),
        ],
    )
    assert store(database, stored) == articles.Stored(Disposition.STORED_NEW, 1, 1)
    with database.session() as session:
        (read,) = revisions.of_run(session, "run")
    assert feed_line(read) == {**feed_line(stored), "revision": 1, "run": "run"}


def test_same_payload_and_same_content_are_unchanged(database: Database) -> None:
    store(database, article())
    assert store(database, article()).disposition is Disposition.UNCHANGED
    assert store(database, with_digest(article(), "sha256:other")).disposition is Disposition.UNCHANGED
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(RevisionRow)) == 1


def test_other_content_is_a_revision(database: Database) -> None:
    store(database, article())
    second = store(database, article(text=TEXT + " تصحيح"))
    assert (second.disposition, second.revision) == (Disposition.STORED_REVISION, 2)
    with database.session() as session:
        current = session.scalars(select(ExtractionRow).where(ExtractionRow.is_current)).one()
        assert current.body == TEXT + " تصحيح"
        assert [one.revision for one in revisions.of_run(session, "run")] == [1, 2]


def test_page_that_returns_to_an_earlier_state_is_a_revision_again(database: Database) -> None:
    for text in (TEXT, TEXT + " تصحيح", TEXT):
        last = store(database, article(text=text))
    assert (last.disposition, last.revision) == (Disposition.STORED_REVISION, 3)


def test_another_extractor_on_the_same_payload_makes_an_extraction_and_no_revision(database: Database) -> None:
    first = article()
    store(database, first)
    newer = with_digest(article(text=TEXT + " أدق", extractor="test/2"), f"sha256:{TEXT}")
    assert store(database, newer).disposition is Disposition.UNCHANGED
    with database.session() as session:
        readings = session.execute(
            select(ExtractionRow.extractor, ExtractionRow.is_current).order_by(ExtractionRow.extraction_id)
        ).all()
        assert [tuple(row) for row in readings] == [("test/1", False), ("test/2", True)]
        (line,) = revisions.of_run(session, "run")
        assert line.extractor == "test/1", "the feed line is the state at storing"


def test_what_became_known_as_furniture_makes_no_revision(database: Database) -> None:
    store(database, article(content_hash="v1:with promo", whole_hash="v1:with promo"))
    newer = article(
        text=TEXT + "!", extractor="test/1 furniture/2", content_hash="v1:without", whole_hash="v1:with promo"
    )
    assert store(database, newer).disposition is Disposition.UNCHANGED
    with database.session() as session:
        readings = session.execute(
            select(ExtractionRow.content_hash, ExtractionRow.is_current).order_by(ExtractionRow.extraction_id)
        )
        assert [tuple(row) for row in readings] == [("v1:with promo", False), ("v1:without", True)]
    changed = article(text=TEXT + "?", extractor="test/1 furniture/2", content_hash="v1:new", whole_hash="v1:new")
    assert store(database, changed).disposition is Disposition.STORED_REVISION


def counted(database: Database) -> tuple[int, int, datetime | None]:
    """Revisions, trivial changes, and the time of the last of these."""
    with database.reading() as session:
        row = session.scalars(select(ArticleRow)).one()
        revisions = session.scalar(select(func.count()).select_from(RevisionRow)) or 0
        return revisions, row.trivial_changes, row.trivially_changed_at


def test_trivial_changes_are_counted_each_state_once(database: Database) -> None:
    def met(text: str, hours: int, substance: str = "s1:a", **fields: Any) -> articles.Stored:
        at = NOW + timedelta(hours=hours)
        hashes = {"substance_hash": substance, "whole_hash": f"v1:{text}", "whole_substance_hash": substance}
        return store(database, article(text=text, fetched_at=at, **{**hashes, **fields}))

    met(TEXT, 0)
    assert met(TEXT + ".", 1).disposition is Disposition.UNCHANGED
    assert met(TEXT + ".", 2).differs_trivially
    assert counted(database) == (1, 1, NOW + timedelta(hours=1)), "the same state, met again"
    met(TEXT + "!", 3)
    assert counted(database) == (1, 2, NOW + timedelta(hours=3))
    assert not met(TEXT, 4).differs_trivially
    met(TEXT + "!", 5)
    assert counted(database) == (1, 3, NOW + timedelta(hours=5))
    assert met(TEXT + " تصحيح", 6, "s1:b").disposition is Disposition.STORED_REVISION
    assert counted(database) == (2, 3, NOW + timedelta(hours=5))
    assert met(TEXT + ".", 7).disposition is Disposition.STORED_REVISION, "as the first was, and not as the last one"
    # What became known as furniture makes no difference.
    known = {"extractor": "test/1 furniture/2", "whole_substance_hash": "s1:a", "content_hash": "v1:less"}
    assert met(TEXT + ",", 8, "s1:less", **known).differs_trivially


def test_texts_without_substance_hash_are_not_taken_for_one(database: Database) -> None:
    store(database, article())
    assert store(database, article(text=TEXT + ".")).disposition is Disposition.STORED_REVISION


def test_a_change_that_another_version_read_is_not_stored_before_it_is_compared(database: Database) -> None:
    store(database, article())
    newer = article(text=TEXT + " أدق", extractor="test/2")
    told = store(database, newer)
    assert told == articles.Stored(Disposition.UNCHANGED, 1, 1, outdated=1)
    assert counted(database)[0] == 1
    newer = article(text=TEXT + " أدق", extractor="test/2")
    assert newer.visit is not None
    newer.visit = replace(newer.visit, is_compared=True)
    assert store(database, newer).disposition is Disposition.STORED_REVISION
    again = article(text=TEXT + " فيه أكثر", extractor="test/2 furniture/7")
    assert store(database, again).disposition is Disposition.STORED_REVISION, "furniture makes no other version"


def test_later_copies_name_the_earliest(database: Database) -> None:
    ends = [store(database, article(f"https://news.example/{number}")) for number in (1, 2, 3)]
    assert [end.disposition for end in ends] == [
        Disposition.STORED_NEW,
        Disposition.DUPLICATE,
        Disposition.DUPLICATE,
    ]
    assert [end.duplicate_of for end in ends] == [None, "news.example/1", "news.example/1"]


def test_spelling_variants_are_copies_and_short_texts_are_not(database: Database) -> None:
    store(database, article())
    variant = article("https://other.example/1", text=TEXT.replace("الأخرى", "الاخري"), source="other")
    assert store(database, variant).duplicate_of == "news.example/1"
    store(database, article("https://news.example/8", text="خبر قصير"))
    assert store(database, article("https://news.example/9", text="خبر قصير")).duplicate_of is None


@pytest.mark.parametrize(
    "link",
    [
        RelatedLink(position=1, headline="بعنوان آخر", url="http://www.news.example/2?utm_source=x"),
        RelatedLink(position=1, headline="عنوانُ الهدف"),
    ],
    ids=["by URL", "by headline"],
)
@pytest.mark.parametrize("target_first", [True, False])
def test_related_links_are_resolved_whenever_the_target_comes(
    database: Database, link: RelatedLink, target_first: bool
) -> None:
    target = article("https://news.example/2", text="نص الهدف", headline="عنوان الهدف")
    naming = article("https://news.example/1", related_links=[link])
    for one in (target, naming) if target_first else (naming, target):
        store(database, one)
    with database.session() as session:
        target_id = session.scalar(select(ArticleRow.article_id).where(ArticleRow.url_key == "news.example/2"))
        assert session.scalars(select(RelatedLinkRow.target_id)).one() == target_id


def test_headline_of_another_source_resolves_nothing(database: Database) -> None:
    link = RelatedLink(position=1, headline="عنوان الهدف")
    store(database, article("https://news.example/1", related_links=[link]))
    store(database, article("https://other.example/2", text="نص", headline="عنوان الهدف", source="other"))
    with database.session() as session:
        assert session.scalars(select(RelatedLinkRow.target_id)).one() is None


def some_that_name_each_other() -> list[Article]:
    """Articles that name, copy and repeat each other."""

    def links(*targets: str) -> list[RelatedLink]:
        return [
            RelatedLink(
                position=position, headline=f"عنوان {target}", url=None if by_name else f"https://n.example/{target}"
            )
            for position, (target, by_name) in enumerate(((one.strip("*"), "*" in one) for one in targets), 1)
        ]

    def one(name: str, **fields: Any) -> Article:
        fields = {"text": f"{TEXT} {name}", "headline": f"عنوان {name}", **fields}
        return article(f"https://n.example/{name}", **fields)

    return [
        one("a", related_links=links("b", "*c", "nowhere"), authors=["إيمان فهيم"]),
        one("b", related_links=links("a", "*a", "*b"), authors=["محمد علي", "إيمان فهيم"]),
        one("copy", text=f"{TEXT} b", headline="عنوان b"),
        one("c", related_links=links("copy", "*b")),
        one("a", text=f"{TEXT} copy again", related_links=links("c"), authors=["محمد علي"]),
        one("b", extractor="test/2", related_links=links("*d")),
        one("a", text=f"{TEXT} b"),
        one("d", source="other", headline="عنوان a"),
        one("c"),
        one("e", text=f"{TEXT} c"),
    ]


@pytest.mark.parametrize("stored_before", [0, 3])
def test_what_is_stored_together_is_as_if_stored_one_by_one(
    database: Database, tmp_path: Path, stored_before: int
) -> None:
    def state(database: Database) -> list[Any]:
        with database.session() as session:
            lines = [feed_line(one) for one in revisions.of_run(session, "run")]
            links = select(
                ExtractionRow.article_id, ExtractionRow.body, RelatedLinkRow.position, RelatedLinkRow.target_id
            ).join(ExtractionRow, ExtractionRow.extraction_id == RelatedLinkRow.extraction_id)
            current = select(ExtractionRow.article_id, ExtractionRow.body).where(ExtractionRow.is_current)
            rows = (links, current, select(ArticleRow.url_key, ArticleRow.text_digest, ArticleRow.duplicate_of))
            return [
                sorted(lines, key=lambda line: (line["url_key"], line["revision"])),
                *(sorted(map(repr, session.execute(statement))) for statement in rows),
            ]

    some = some_that_name_each_other()
    alone = Database(f"sqlite:///{tmp_path / 'alone.db'}")
    one_by_one = [store(alone, one) for one in some]
    together = [store(database, one) for one in some[:stored_before]]
    with database.session() as session:
        if not stored_before:
            runs.begin(session, "run", spider="news", arguments={}, sources=[], now=NOW)
            session.flush()
        together += articles.store(session, some[stored_before:], run_id="run")
    assert [one.disposition for one in together] == [one.disposition for one in one_by_one]
    assert state(database) == state(alone)
    alone.close()


def test_authors_are_shared_between_articles(database: Database) -> None:
    store(database, article(authors=["إيمان فهيم"]))
    store(database, article("https://news.example/2", text="نص", authors=["محمد علي", "إيمان فهيم"]))
    with database.session() as session:
        assert session.scalars(select(AuthorRow.name).order_by(AuthorRow.author_id)).all() == ["إيمان فهيم", "محمد علي"]
        assert [one.authors for one in revisions.of_run(session, "run")] == [
            ["إيمان فهيم"],
            ["محمد علي", "إيمان فهيم"],
        ]


def test_alias_leads_to_the_article_and_stays_with_the_first(database: Database) -> None:
    first, second = store(database, article()), store(database, article("https://news.example/2", text="نص"))
    assert first.article_id is not None
    assert second.article_id is not None
    with database.session() as session:
        articles.add_alias(session, "news.example/old", first.article_id, "redirect")
        articles.add_alias(session, "news.example/old", second.article_id, "redirect")
        assert session.scalars(select(UrlAliasRow.article_id)).all() == [first.article_id]


def test_article_without_visit_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="without its visit"):
        store(database, article(visit=None))
