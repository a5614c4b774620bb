"""Every feed and sitemap among the fixtures, those named by their defect included, is read or refused with an error."""

import json
import time
from pathlib import Path

import pytest

from newscrawl.discovery import read_feed, read_sitemap

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES = sorted(path.parent for room in ("feeds", "sitemaps") for path in FIXTURES.glob(f"{room}/*/response.json"))


# Defect: pages and sitemaps found, whether an error is told.
EXPECTED = {
    "feeds/empty": (0, 0, True),
    "feeds/entity_bomb": (0, 0, True),
    "feeds/external_entity": (0, 0, True),
    "feeds/hostile_links": (1, 0, False),
    "feeds/html_in_place_of_xml": (0, 0, True),
    "feeds/json_broken": (0, 0, True),
    "feeds/leading_blank_lines": (2, 0, False),
    "feeds/not_utf8_bytes": (2, 0, True),
    "feeds/relative_links": (2, 0, False),
    "feeds/truncated": (1, 0, True),
    "feeds/unescaped_ampersand": (1, 0, False),
    "feeds/without_entries": (0, 0, False),
    "feeds/without_links": (0, 0, True),
    "feeds/wrong_encoding_declared": (2, 0, False),
    "sitemaps/empty": (0, 0, True),
    "sitemaps/entity_bomb": (0, 0, True),
    "sitemaps/external_entity": (0, 0, True),
    "sitemaps/gz_index_naming_gz": (0, 1, False),
    "sitemaps/gz_trailing_garbage": (2, 0, False),
    "sitemaps/gz_truncated": (0, 0, True),
    "sitemaps/html_in_place_of_xml": (0, 0, True),
    "sitemaps/news": (2, 0, False),
    "sitemaps/relative_locs": (2, 0, False),
    "sitemaps/truncated": (1, 0, True),
    "sitemaps/without_namespace": (2, 0, False),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_document_gives_pages_or_tells_why_not(case: Path) -> None:
    response = json.loads((case / "response.json").read_text(encoding="utf-8"))
    body = (case / response["body"]).read_bytes()
    read = read_feed if case.parent.name == "feeds" else read_sitemap
    started = time.process_time()
    found = read(body, response["url"], dict(map(tuple, response["headers"])))
    assert time.process_time() - started < 3
    assert found.error is None or response["url"] in str(found.error)
    outcome = (len(found.candidates), len(found.sitemaps), found.error is not None)
    expected = EXPECTED.get(f"{case.parent.name}/{case.name}")
    assert outcome == expected if expected else any(outcome)
