from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.items import Archived, Article, Capture
from newscrawl.storage import articles, holdings, runs
from newscrawl.storage.database import Database
from newscrawl.storage.holdings import Held, Selection
from newscrawl.storage.schema import RunRow
from tests.storage.test_articles import article

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def captured(number: int, warc: str, source: str, *, refers_to: int | None = None) -> Article:
    """An article whose page was archived `number` hours after noon."""
    one = article(f"https://{source}.example/{number}", text=f"نص {number}", source=source, headline=f"خبر {number}")
    capture = Capture(
        warc=warc, offset=100 * number, length=100, record_id=f"<urn:{number}>", payload_digest=f"sha256:{number}"
    )
    archived = Archived(
        capture=capture,
        url=one.url,
        captured_at=NOON + timedelta(hours=number),
        refers_to=None if refers_to is None else f"<urn:{refers_to}>",
    )
    assert one.visit is not None
    return replace(one, visit=replace(one.visit, archived=archived))


@pytest.fixture
def filled(database: Database) -> Database:
    with database.session() as session:
        runs.begin(session, "run", spider="news", arguments={}, sources=[], now=NOON)
        session.flush()
        assert session.get(RunRow, "run")
        everyone = [
            captured(1, "a.warc.gz", "orchard"),
            captured(2, "a.warc.gz", "harbour"),
            captured(3, "b.warc.gz", "harbour"),
            captured(4, "c.warc.gz", "orchard", refers_to=1),
            article("https://orchard.example/none", source="orchard"),
        ]
        articles.store(session, everyone, run_id="run")
    return database


def test_what_each_warc_holds(filled: Database) -> None:
    with filled.reading() as session:
        held = holdings.by_warc(session)
    hours = [NOON + timedelta(hours=number) for number in range(5)]
    assert held == {
        "a.warc.gz": Held(2, hours[1], hours[2]),
        "b.warc.gz": Held(1, hours[3], hours[3]),
        "c.warc.gz": Held(1, hours[4], hours[4]),
    }


@pytest.mark.parametrize(
    ("selection", "numbers", "warcs"),
    [
        (Selection(), [1, 2, 3, 4], "abc"),
        (Selection(source_id="harbour"), [2, 3], "ab"),
        (Selection(since=NOON + timedelta(hours=2), until=NOON + timedelta(hours=3)), [2], "a"),
        # Its payload is in the first.
        (Selection(since=NOON + timedelta(hours=4)), [4], "ac"),
        (Selection(source_id="nobody"), [], ""),
    ],
)
def test_pages_are_chosen_with_the_warcs_that_they_need(
    filled: Database, selection: Selection, numbers: list[int], warcs: str
) -> None:
    with filled.reading() as session:
        found = list(holdings.pages(session, selection))
        needed = holdings.warcs_of(session, selection)
    assert [(one.headline, one.body, one.captured_at) for one in found] == [
        (f"خبر {number}", f"نص {number}", NOON + timedelta(hours=number)) for number in numbers
    ]
    assert [one.original_warc for one in found] == ["a.warc.gz" if number == 4 else None for number in numbers]
    assert needed == {f"{letter}.warc.gz" for letter in warcs}
