from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from io import BytesIO
from typing import Any
from uuid import UUID, uuid5

import feedparser
import pytest
from lxml import etree

from newscrawl.exporting import syndication
from newscrawl.exporting.syndication import Channel
from newscrawl.items import Article, Block
from newscrawl.storage import exports
from newscrawl.storage.database import Database
from newscrawl.storage.exports import Selection
from tests.exporting.stored import NAILS, NOON
from tests.storage.test_articles import article

ATOM = "{http://www.w3.org/2005/Atom}"
CHANNEL = Channel(title="New articles: news", name="New articles news", now=NOON)
BOTH = pytest.mark.parametrize("write", [syndication.write_atom, syndication.write_rss], ids=["atom", "rss"])
Write = Callable[[BytesIO, Channel, list[Article]], int]


def written(write: Write, articles: list[Article], **channel: Any) -> bytes:
    file = BytesIO()
    assert write(file, replace(CHANNEL, **channel), articles) == len(articles)
    return file.getvalue()


def parsed(write: Write, articles: list[Article], **channel: Any) -> Any:
    """As a feed reader sees it."""
    feed = feedparser.parse(
        written(write, articles, **channel), response_headers={"content-type": "text/xml; charset=utf-8"}
    )
    assert not feed.bozo, feed.bozo_exception
    assert feed.version == ("atom10" if write is syndication.write_atom else "rss20")
    return feed


def instant(read: Any) -> datetime:
    """A time as feedparser gives it: a struct of UTC."""
    return datetime.fromtimestamp(timegm(read), UTC)


def one(**fields: Any) -> Article:
    return article(**{"language": "ar", "revision": 1, "run": "run", **fields})


@BOTH
def test_a_reader_finds_what_is_stored(write: Write, archive: Database) -> None:
    with exports.snapshot(archive) as session:
        articles = exports.newest(session, Selection(), 100)
    feed = parsed(write, articles)
    assert feed.feed.title == CHANNEL.title
    assert [entry.title for entry in feed.entries] == [stored.headline for stored in articles]
    assert NAILS in [entry.title for entry in feed.entries]
    assert [entry.link for entry in feed.entries] == [stored.url for stored in articles]
    assert [entry.id for entry in feed.entries] == [f"urn:uuid:{stored.id}" for stored in articles]


@BOTH
def test_text_authors_and_categories(write: Write) -> None:
    story = one(description=NAILS, authors=["إيمان فهيم", "محمد علي"], section="عرب", keywords=["عرب", "a&b"])
    (entry,) = parsed(write, [story]).entries
    assert [author.name for author in entry.authors] == ["إيمان فهيم", "محمد علي"]
    assert [tag.term for tag in entry.tags] == ["عرب", "a&b"]
    assert "<صمت>" in entry.summary or "&lt;صمت&gt;" in entry.summary


@BOTH
def test_times(write: Write) -> None:
    cairo = timezone(timedelta(hours=2))
    stated = one(published_at=datetime(2026, 1, 1, 1, tzinfo=cairo), modified_at=datetime(2026, 1, 1, 9, tzinfo=cairo))
    entry, local, day = parsed(
        write,
        [
            stated,
            one(published_at=datetime.fromisoformat("2026-01-01T09:00:00")),
            one(published_at=date(2026, 1, 1), modified_at=date(2026, 1, 1)),
        ],
    ).entries
    assert tuple(entry.published_parsed)[:5] == (2025, 12, 31, 23, 0)
    assert tuple(entry.updated_parsed)[:5] == (2026, 1, 1, 7, 0)
    # No feed can say a time without offset, or a day.
    for vague in (local, day):
        assert "published" not in vague
        assert instant(vague.updated_parsed) == stated.fetched_at


def test_atom_writes_a_time_at_the_offset_of_its_page() -> None:
    cairo, mean = timezone(timedelta(hours=2)), timezone(timedelta(hours=2, minutes=5, seconds=9))
    several = [one(published_at=datetime(2026, 1, 1, 1, tzinfo=zone)) for zone in (cairo, mean)]
    root = etree.fromstring(written(syndication.write_atom, several))
    told = [element.text for element in root.iter(f"{ATOM}published")]
    assert told == ["2026-01-01T01:00:00+02:00", "2025-12-31T22:54:51+00:00"]


@BOTH
def test_the_feed_is_as_new_as_its_newest_entry(write: Write) -> None:
    later = NOON + timedelta(days=3)
    feed = parsed(write, [one(fetched_at=NOON), one(fetched_at=later), one(fetched_at=NOON)])
    assert instant(feed.feed.updated_parsed) == later
    assert instant(parsed(write, []).feed.updated_parsed) == NOON


@BOTH
def test_each_change_is_an_entry_that_names_its_revision(write: Write) -> None:
    second, third = (one(revision=number, fetched_at=NOON + timedelta(days=number)) for number in (2, 3))
    entries = parsed(write, [third, second], changes=True).entries
    assert [entry.title for entry in entries] == ["عنوان الخبر (revision 3)", "عنوان الخبر (revision 2)"]
    assert [entry.id for entry in entries] == [
        f"urn:uuid:{uuid5(UUID(third.id), f'revision {number}')}" for number in (3, 2)
    ]
    assert [[tag.term for tag in entry.tags if tag.scheme == "urn:newscrawl:revision"] for entry in entries] == [
        ["3"],
        ["2"],
    ]
    assert instant(entries[0].updated_parsed) == third.fetched_at


@BOTH
def test_the_description_stands_for_the_body_unless_that_is_asked_for(write: Write) -> None:
    blocks = [
        Block("heading", "لماذا"),
        Block("paragraph", "أولا <b>"),
        Block("list_item", "1"),
        Block("list_item", "2"),
    ]
    story = one(blocks=blocks, body="\n".join(block.text for block in blocks))
    (entry,) = parsed(write, [story]).entries
    assert "أولا &lt;b&gt;" in entry.summary or entry.summary == "أولا <b>"
    assert "لماذا" not in entry.summary
    assert "content" not in entry
    (whole,) = parsed(write, [story], with_body=True).entries
    told = re.sub(r"\s*(</?div>)\s*|(?<=>)\s+(?=<)", "", whole.content[0].value)
    assert told == (
        '<h2 dir="auto">لماذا</h2><p dir="auto">أولا &lt;b&gt;</p><ul><li dir="auto">1</li><li dir="auto">2</li></ul>'
    )


def test_language_stands_beside_each_entry() -> None:
    several = [one(), one(language="en"), one(language=None)]
    root = etree.fromstring(written(syndication.write_atom, several))
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert [entry.get(lang) for entry in root.iter(f"{ATOM}entry")] == ["ar", "en", None]
    assert "language" not in parsed(syndication.write_rss, several).feed
    feed = parsed(syndication.write_rss, [one(), one()])
    assert feed.feed.language == "ar"
    assert [entry.language for entry in feed.entries] == ["ar", "ar"]


@BOTH
def test_the_feeds_own_address(write: Write) -> None:
    address = "https://archive.example/feeds/new"
    feed = parsed(write, [one()], url=address)
    assert [link.href for link in feed.feed.links if link.rel == "self"] == [address]
    assert [link for link in parsed(write, [one()]).feed.get("links", []) if link.rel == "self"] == []


def test_a_feed_keeps_its_id_and_two_feeds_have_two() -> None:
    def told(**channel: Any) -> str:
        return str(parsed(syndication.write_atom, [one()], **channel).feed.id)

    assert told() == told(title="Another title", now=NOON + timedelta(days=1))
    assert len({told(), told(name="other"), told(url="https://a.example/f")}) == 3
    assert told().startswith("urn:uuid:")


def test_atom_has_what_the_rfc_requires() -> None:
    """RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry must have, and what only once."""
    bare = one(headline=None, outlet=None, source=None, language=None, blocks=[], body=None, description=None)
    root = etree.fromstring(written(syndication.write_atom, [bare, one(authors=["a"])], url="https://a.example/f"))
    for element in (root, *root.iter(f"{ATOM}entry")):
        names = [child.tag for child in element if isinstance(child.tag, str)]
        for once in ("id", "title", "updated"):
            assert names.count(f"{ATOM}{once}") == 1
        assert f"{ATOM}author" in names
        assert f"{ATOM}link" in names
        assert all(child.text for child in element.iter(f"{ATOM}id", f"{ATOM}title", f"{ATOM}name"))
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == bare.url


@BOTH
def test_what_xml_cannot_hold_is_marked(write: Write) -> None:
    (entry,) = parsed(write, [one(headline="a\x00b", description="c\x1bd", authors=["e\ufffe"])]).entries
    assert entry.title == "a\ufffdb"
    assert "c\ufffdd" in entry.summary
