"""Every feed and sitemap among the fixtures, those named by their defect included, is read or refused with an error."""

import json
import time
from pathlib import Path

import pytest

from newscrawl.discovery import read_feed, read_sitemap

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES = sorted(path.parent for room in ("feeds", "sitemaps") for path in FIXTURES.glob(f"{room}/*/response.json"))


@pytest.mark.skipif(not CASES, reason="no fixtures of feeds and sitemaps yet")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_document_gives_pages_or_tells_why_not(case: Path) -> None:
    response = json.loads((case / "response.json").read_text(encoding="utf-8"))
    body = (case / response["body"]).read_bytes()
    read = read_feed if case.parent.name == "feeds" else read_sitemap
    started = time.process_time()
    found = read(body, response["url"], {name: value for name, value in response["headers"]})  # noqa: C416
    assert time.process_time() - started < 3
    assert found.candidates or found.sitemaps or found.error
    assert found.error is None or response["url"] in str(found.error)
