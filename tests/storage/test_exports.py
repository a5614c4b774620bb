from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from newscrawl.exceptions import ConfigurationError
from newscrawl.items import Article, Fingerprint, OptOutSignal, ResolvedLink
from newscrawl.storage import exports, read_again, retractions
from newscrawl.storage.database import Database
from newscrawl.storage.exports import Selection
from newscrawl.storage.schema import ArticleRow, OptOutRow
from tests.exporting.stored import FIRST, NOON, SECOND, every_text_format, exported, fill, names
from tests.storage.test_articles import TEXT, article, store

DAY = timedelta(days=1)


def resolved(one: Article) -> list[ResolvedLink]:
    links = [link for link in one.related_links if isinstance(link, ResolvedLink)]
    assert len(links) == len(one.related_links)
    return links


def test_articles_are_told_as_they_are_now_in_the_order_of_storing(database: Database) -> None:
    fill(database)
    several = exported(database)
    assert names(several) == ["target", "naming", "copy", "change", "late"]
    change = several[3]
    assert (change.headline, change.revision, change.run) == ("بعد", 2, SECOND)
    assert several[2].duplicate_of == "news.example/target"


def test_links_say_what_they_name_now(database: Database) -> None:
    fill(database)
    target, naming, *_, late = exported(database)
    links = resolved(naming)
    assert [(link.position, link.target_url_key, link.target_id) for link in links] == [
        (1, "news.example/target", target.id),
        (2, "news.example/target", target.id),
        (3, "news.example/late", late.id),
        (4, None, None),
        (5, None, None),
    ]
    assert links[2].placement == "aside"


def test_every_revision_is_told_on_request(database: Database) -> None:
    fill(database)
    several = exported(database, all_revisions=True)
    assert [(one.headline, one.revision) for one in several if one.url.endswith("/change")] == [("قبل", 1), ("بعد", 2)]
    assert names(several) == ["target", "naming", "copy", "change", "change", "late"]


def test_without_body_nothing_else_is_left_out(database: Database) -> None:
    fill(database)
    whole, without = exported(database), exported(database, with_body=False)
    assert [(one.body, one.blocks) for one in without] == [(None, [])] * len(whole)
    for one in whole:
        one.body, one.blocks = None, []
    assert without == whole


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"sources": ["other"]}, ["copy"]),
        ({"sources": ["other", "news"]}, ["target", "naming", "copy", "change", "late"]),
        ({"language": "ar"}, ["target", "naming"]),
        ({"runs": [FIRST]}, ["target", "naming", "copy", "change"]),
        ({"runs": [SECOND]}, ["change", "late"]),
        ({"since_run": SECOND}, ["change", "late"]),
        ({"since_run": FIRST}, ["target", "naming", "copy", "change", "late"]),
        ({"runs": [FIRST], "sources": ["news"], "language": "ar"}, ["target", "naming"]),
        ({"runs": [FIRST], "all_revisions": True}, ["target", "naming", "copy", "change"]),
        ({"since_run": SECOND, "all_revisions": True}, ["change", "late"]),
    ],
)
def test_each_choice_narrows(database: Database, fields: dict[str, Any], expected: list[str]) -> None:
    fill(database)
    assert names(exported(database, **fields)) == expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        # `target` has an instant (31 December 21:30 UTC), `naming` a local time, `change` a day, the others none.
        (datetime(2025, 12, 31, 21, 30, tzinfo=UTC), None, ["target", "naming", "copy", "change", "late"]),
        (datetime(2025, 12, 31, 21, 31, tzinfo=UTC), None, ["naming", "copy", "change", "late"]),
        (None, datetime(2025, 12, 31, 21, 30, tzinfo=UTC), []),
        (None, NOON, ["target"]),
        (NOON, NOON + timedelta(minutes=2), ["copy"]),
        (datetime(2026, 1, 2, tzinfo=UTC), None, ["naming", "change", "late"]),
        (datetime(2026, 1, 2, 0, 0, 1, tzinfo=UTC), datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC), ["naming"]),
        (None, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), ["target", "copy", "change"]),
        (NOON + DAY, NOON + 2 * DAY, ["late"]),
    ],
)
def test_a_time_counts_as_published_else_as_first_fetched(
    database: Database, since: datetime | None, until: datetime | None, expected: list[str]
) -> None:
    fill(database)
    assert names(exported(database, since=since, until=until)) == expected


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ([OptOutSignal.TDM], ["naming", "copy", "change", "late"]),
        ([OptOutSignal.NOAI, OptOutSignal.TDM], ["naming", "change", "late"]),
        ([OptOutSignal.NOARCHIVE], ["target", "naming", "copy", "change", "late"]),
        ([], ["target", "naming", "copy", "change", "late"]),
    ],
)
def test_what_opted_out_is_left_out(database: Database, signals: list[OptOutSignal], expected: list[str]) -> None:
    fill(database)
    with database.session() as session:
        target, copy = "news.example/target", "other.example/copy"
        for key, signal, place in ((target, "tdm", "header"), (target, "tdm", "meta"), (copy, "noai", "meta")):
            article_id = session.scalars(select(ArticleRow.article_id).where(ArticleRow.url_key == key)).one()
            session.add(OptOutRow(article_id=article_id, signal=signal, stated_in=place, text="1", since=NOON))
    assert names(exported(database, without_signals=signals)) == expected


def test_what_was_read_again_has_changed_since(database: Database) -> None:
    fill(database)
    again = article("https://news.example/target", headline="أدق", text=f"{TEXT} هدف", extractor="test/2")
    with database.session() as session:
        told = read_again.ReadAgain(revision_id=1, article=again, fingerprint=Fingerprint(None))
        read_again.store_again(session, [told], now=NOON + 2 * DAY)
    changed = exported(database, since_run=SECOND)
    assert names(changed) == ["target", "change", "late"]
    assert changed[0].headline == "أدق"
    assert (changed[0].revision, changed[0].run) == (1, FIRST)


def test_the_revision_that_is_read_anew_is_told_as_read_last(database: Database) -> None:
    fill(database)
    older = article("https://news.example/change", headline="قبل، أدق", text=f"{TEXT} قبل", extractor="test/2")
    with database.session() as session:
        kept = read_again.ReadAgain(revision_id=4, article=older, fingerprint=Fingerprint(None))
        read_again.store_again(session, [kept], now=NOON + 2 * DAY)
    told = [one for one in exported(database, all_revisions=True) if one.url.endswith("/change")]
    assert [(one.headline, one.revision) for one in told] == [("قبل، أدق", 1), ("بعد", 2)]


def test_what_was_retracted_is_not_told(database: Database) -> None:
    fill(database)
    with database.session() as session:
        retractions.retract(session, "https://news.example/target", reason="court", now=NOON)
    several = exported(database, all_revisions=True)
    assert "target" not in names(several)
    assert {link.target_url_key for one in several for link in resolved(one)} == {
        None,
        "news.example/late",
    }
    assert [one.duplicate_of for one in several] == [None] * len(several)


def test_one_state_is_told_while_others_write(database: Database) -> None:
    fill(database)
    with exports.snapshot(database) as session:
        chosen = exports.articles(session, Selection())
        first = next(chosen)
        store(database, article("https://news.example/meanwhile", headline="ليس بعد", text=f"{TEXT} آخر"))
        rest = list(chosen)
    assert names([first, *rest]) == ["target", "naming", "copy", "change", "late"]
    assert names(exported(database))[-1] == "meanwhile"


def test_newest_and_changes(database: Database) -> None:
    fill(database)
    with exports.snapshot(database) as session:
        assert names(exports.newest(session, Selection(), 2)) == ["late", "change"]
        (changed,) = exports.changes(session, Selection(), 5)
        assert (changed.revision, changed.headline) == (2, "بعد")


def test_every_change_has_its_revision(database: Database) -> None:
    fill(database)
    store(database, article("https://news.example/change", headline="أخيرا", text=f"{TEXT} أخيرا"), SECOND)
    with exports.snapshot(database) as session:
        told = exports.changes(session, Selection(), 5)
    assert [(one.revision, one.headline) for one in told] == [(3, "أخيرا"), (2, "بعد")]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"sources": ["news", "othr"]}, "of a source 'othr'; did you mean 'other'"),
        ({"sources": ["zzz"]}, "name one of news, other"),
        ({"runs": ["x"]}, f"no run 'x'; name one of {SECOND}, {FIRST}"),
        ({"since_run": "run-9"}, "no run 'run-9'; did you mean 'run-"),
    ],
)
def test_an_unknown_name_is_refused(database: Database, fields: dict[str, Any], says: str) -> None:
    fill(database)
    with exports.snapshot(database) as session, pytest.raises(ConfigurationError, match=says):
        exports.require_known(session, Selection(**fields))


def test_both_databases_give_the_same_bytes(database: Database, migrated_sqlite: Path, tmp_path: Path) -> None:
    fill(database)
    alone = Database(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'alone.db')}")
    fill(alone)
    assert dict(every_text_format(database)) == dict(every_text_format(alone))
    alone.close()
