from __future__ import annotations

import json
from datetime import UTC, date, datetime

from newscrawl.items import (
    FEED_FIELDS,
    Article,
    Block,
    Capture,
    NearDuplicate,
    Page,
    RelatedLink,
    RelationKind,
    Visit,
    feed_line,
)


def article(**fields: object) -> Article:
    return Article(id="0", url="https://news.example/a", url_key="news.example/a", **fields)  # type: ignore[arg-type]


def test_feed_line_has_every_field_in_order_and_not_the_visit() -> None:
    line = feed_line(article(visit=Visit(candidate_key="k", final_url="https://news.example/a")))
    assert list(line) == FEED_FIELDS
    assert FEED_FIELDS[:4] == ["id", "url", "canonical_url", "url_key"]
    assert FEED_FIELDS[-2:] == ["extractor", "run"]
    assert "visit" not in line


def test_unknown_is_null_or_an_empty_list() -> None:
    line = feed_line(article())
    known = {name: value for name, value in line.items() if value is not None and value != []}
    assert set(known) == {"id", "url", "url_key"}


def test_feed_line_is_plain_json() -> None:
    line = feed_line(
        article(
            published_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
            modified_at=date(2026, 1, 3),
            blocks=[Block("heading", "عنوان")],
            related_links=[RelatedLink(position=1, headline="خبر")],
            near_duplicates=[
                NearDuplicate(url_key="b.example/", relation=RelationKind.NEAR, containment=0.5, contained=1.0)
            ],
            capture=Capture(warc="a.warc.gz", offset=1, length=2, record_id="<r>", payload_digest="sha256:0"),
        )
    )
    assert json.loads(json.dumps(line)) == line
    assert line["published_at"] == "2026-01-02T03:04:00+00:00"
    assert line["modified_at"] == "2026-01-03"
    assert line["blocks"] == [{"type": "heading", "text": "عنوان"}]
    assert line["related_links"] == [
        {"position": 1, "headline": "خبر", "url": None, "label": None, "placement": "inline"}
    ]
    assert line["near_duplicates"][0]["relation"] == "near"
    assert line["capture"]["warc"] == "a.warc.gz"


def test_the_visit_is_no_part_of_what_an_article_is() -> None:
    visited = article(visit=Visit(candidate_key="k", final_url="https://news.example/a"))
    assert visited == article()


def test_headers_are_read_whatever_their_case() -> None:
    page = Page(url="https://news.example/a", body=b"", headers={"content-TYPE": "text/html"})
    assert page.header("Content-Type") == "text/html"
    assert page.header("Content-Language") is None
