"""The generated pages are those that items.py gives, and what they say of a feed line is true of real ones."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from docs.generate import article_schema, pages
from newscrawl.extraction import extract
from newscrawl.items import (
    FEED_FIELDS,
    Article,
    Capture,
    NearDuplicate,
    Page,
    RelationKind,
    Visit,
    feed_line,
)
from tests.crawling import FIXTURES, Crawl

FETCHED_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ARTICLES = sorted(FIXTURES.glob("*/*/article.json"))
formats = FormatChecker(formats=["date"])


@formats.checks("date-time", raises=ValueError)
def _is_instant(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(article_schema(), format_checker=formats)


def line_of(case: Path) -> dict[str, Any]:
    """The feed line of a fixture's article, as a reader of the feed gets it."""
    answer = json.loads((case / "response.json").read_text(encoding="utf-8"))
    body = (case / answer["body"]).read_bytes()
    page = Page(url=answer["url"], body=body, headers=dict(answer["headers"]), fetched_at=FETCHED_AT)
    line: dict[str, Any] = json.loads(json.dumps(feed_line(extract(page)), ensure_ascii=False))
    return line


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_the_committed_page_is_the_generated_one(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == pages()[path], "run `make docs`"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(article_schema())


@pytest.mark.parametrize("case", [path.parent for path in ARTICLES], ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_fixtures_line_is_valid(case: Path, validator: Draft202012Validator) -> None:
    line = line_of(case)
    assert line["headline"]
    validator.validate(line)


def test_every_line_of_a_crawls_feed_is_valid(demonstration: Crawl, validator: Draft202012Validator) -> None:
    lines = demonstration.lines()
    assert lines
    for line in lines:
        validator.validate(line)


def test_a_line_with_all_that_an_article_may_hold_is_valid(validator: Draft202012Validator) -> None:
    article = Article(
        id="0",
        url="https://outlet.example/1",
        url_key="outlet.example/1",
        published_at=date(2021, 8, 27),
        modified_at=datetime(2021, 8, 27, 17, 30, 1, 500),  # noqa: DTZ001 - a time without offset is what is tried
        near_duplicates=[NearDuplicate(url_key="a", relation=RelationKind.NEAR, containment=0.5, contained=1.0)],
        capture=Capture(warc="a.warc.gz", offset=0, length=1, record_id="<urn:uuid:0>", payload_digest="sha256:0"),
        visit=Visit(candidate_key="a", final_url="https://outlet.example/1"),
    )
    validator.validate(json.loads(json.dumps(feed_line(article))))


def test_the_schema_names_the_feeds_fields_in_order_and_not_the_visit() -> None:
    schema = article_schema()
    assert list(schema["properties"]) == schema["required"] == FEED_FIELDS
    assert "Visit" not in schema["$defs"]


def test_every_field_says_what_it_holds() -> None:
    described = list(_fields(article_schema()))
    assert len(described) > len(FEED_FIELDS)
    assert [name for name, field in described if not field.get("description")] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("headline", 7),
        ("published_at", "yesterday"),
        ("published_at", "2021-08-27T17:30"),
        ("fetched_at", "2021-08-27"),
        ("fetched_at", "2021-08-27T17:30:00"),
        ("authors", None),
        ("blocks", [{"type": "caption", "text": "a"}]),
        ("related_links", [{"position": 1}]),
        ("visit", None),
    ],
)
def test_a_wrong_line_is_refused(name: str, value: object, validator: Draft202012Validator) -> None:
    line = copy.deepcopy(line_of(ARTICLES[0].parent))
    validator.validate(line)
    with pytest.raises(ValidationError):
        validator.validate({**line, name: value})


def test_a_line_without_one_of_the_fields_is_refused(validator: Draft202012Validator) -> None:
    line = line_of(ARTICLES[0].parent)
    for name in FEED_FIELDS:
        with pytest.raises(ValidationError):
            validator.validate({key: value for key, value in line.items() if key != name})


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from schema["properties"].items()
    for definition in schema["$defs"].values():
        yield from definition.get("properties", {}).items()
