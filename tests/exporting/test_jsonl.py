from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from newscrawl.exporting import jsonl
from newscrawl.items import FEED_FIELDS, feed_line
from newscrawl.storage.database import Database
from tests.exporting.stored import NAILS, exported


def lines(database: Database, **how: Any) -> list[dict[str, Any]]:
    file, articles = BytesIO(), exported(database, **how)
    assert jsonl.write(file, articles, with_body=how.get("with_body", True)) == len(articles)
    return [json.loads(line) for line in file.getvalue().decode().splitlines()]


def test_a_line_is_the_feeds_with_what_its_links_name(archive: Database) -> None:
    told = lines(archive)
    assert told == [feed_line(one) for one in exported(archive)]
    assert list(told[1]) == FEED_FIELDS
    assert told[1]["headline"] == NAILS
    assert told[1]["related_links"][0] == {
        "position": 1,
        "headline": "غير ذلك",
        "url": "https://news.example/target?utm_source=x",
        "label": "اقرأ أيضاً",
        "placement": "inline",
        "target_url_key": "news.example/target",
        "target_id": told[0]["id"],
    }


def test_times_are_as_exact_as_the_page(archive: Database) -> None:
    published = [line["published_at"] for line in lines(archive)]
    assert published == ["2025-12-31T23:30:00+02:00", "2026-01-02T03:04:05", None, "2026-01-02", None]


def test_without_body_its_fields_are_left_out(archive: Database) -> None:
    for line in lines(archive, with_body=False):
        assert list(line) == [name for name in FEED_FIELDS if name not in ("body", "blocks")]


def test_arabic_stands_as_it_is(archive: Database) -> None:
    file = BytesIO()
    jsonl.write(file, exported(archive), with_body=True)
    assert "الهدف".encode() in file.getvalue()
