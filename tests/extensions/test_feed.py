from __future__ import annotations

import csv
import json
import sys
from datetime import datetime
from pathlib import Path

import pytest

from newscrawl.items import FEED_FIELDS
from tests.crawling import FIXTURES, Crawl, scrapy


def test_a_line_is_one_whole_json_object_with_the_fields_in_order(demonstration: Crawl) -> None:
    (feed,) = demonstration.feeds()
    text = feed.read_bytes().decode("utf-8")
    assert text.endswith("\n")
    assert "\r" not in text
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    assert demonstration.rows("SELECT count(*) FROM revisions") == [(len(lines),)]
    assert all(list(line) == FEED_FIELDS for line in lines)


def test_letters_stand_as_they_are(demonstration: Crawl) -> None:
    text = demonstration.feeds()[0].read_text(encoding="utf-8")
    assert "محطة مصر" in text
    assert "\\u06" not in text


def test_lines_tell_article_run_and_revision(demonstration: Crawl) -> None:
    (run_id,) = demonstration.run_ids()
    lines = demonstration.lines()
    assert {line["run"] for line in lines} == {run_id}
    assert {line["revision"] for line in lines} == {1}
    assert len({line["id"] for line in lines}) == len({line["url_key"] for line in lines}) == len(lines)
    assert all(line["extractor"] and line["content_hash"].startswith("v1:") for line in lines)


def test_nothing_but_whole_feeds_lies_in_the_folder(demonstration: Crawl) -> None:
    assert list((demonstration.output / "feeds").iterdir()) == demonstration.feeds()
    assert demonstration.feeds()[0].name == f"news-{demonstration.run_ids()[0]}.jsonl"


def test_scrapy_s_own_feeds_hold_the_same(demonstration: Crawl) -> None:
    ours = {line["url"]: line for line in demonstration.lines()}
    own = [json.loads(line) for line in (demonstration.output / "own.jsonl").read_text(encoding="utf-8").splitlines()]
    assert all(list(line) == FEED_FIELDS for line in own)
    for line in own:
        # Those of its time: what is stored later in the run only our feed can name.
        near = line.pop("near_duplicates")
        later = ours[line["url"]].pop("near_duplicates")
        assert all(one in later for one in near)
    assert {line["url"]: line for line in own} == ours


def test_csv_holds_the_same_with_json_where_a_field_has_parts(demonstration: Crawl) -> None:
    csv.field_size_limit(sys.maxsize)
    with (demonstration.output / "own.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == FEED_FIELDS
    assert len(rows) == len(demonstration.lines())
    ours = {line["url"]: line for line in demonstration.lines()}
    for row in rows:
        for name in ("authors", "keywords", "blocks", "related_links"):
            assert json.loads(row[name]) == ours[row["url"]][name]
        assert datetime.fromisoformat(row["fetched_at"]).utcoffset() is not None
        assert not row["published_at"] or datetime.fromisoformat(row["published_at"])


def test_a_run_that_stored_nothing_has_an_empty_feed(demonstration_again: Crawl) -> None:
    first, second = demonstration_again.feeds()
    assert first.stat().st_size > 0
    assert second.stat().st_size == 0


@pytest.mark.slow
def test_a_feed_that_cannot_be_written_fails_the_run_and_is_written_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "feeds").write_text("in the way")
    arguments = ("crawl", "news", "-a", "urls=https://mahttmsr.com/43652")
    first = scrapy(*arguments, output=tmp_path, NEWSCRAWL_REPLAY=FIXTURES, NEWSCRAWL_WORKERS=1)
    assert first.code == 1
    assert "cannot be written" in first.stderr
    assert "Feed:     not written" in first.stderr
    assert "Traceback" not in first.stderr
    assert first.rows("SELECT state, feed FROM runs") == [("finished", None)]
    (tmp_path / "feeds").unlink()
    second = scrapy(*arguments, output=tmp_path, NEWSCRAWL_REPLAY=FIXTURES, NEWSCRAWL_WORKERS=1)
    assert second.code == 0
    assert [len(feed.read_text(encoding="utf-8").splitlines()) for feed in second.feeds()] == [1, 0]
