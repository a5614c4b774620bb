from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from newscrawl.health.figures import DAY, Finding, History, Kind, Severity, Space
from newscrawl.health.judging import Incident
from newscrawl.monitoring import report
from newscrawl.monitoring.checkup import Checkup
from tests.health.simulated import BEGIN, Outlet, history, noon

NOW = noon(BEGIN + 60 * DAY)
HOSTILE = "<script>alert(1)</script> & \"'"
FINDING = Finding(
    kind=Kind.COVERAGE_DROP,
    source="post",
    field="authors",
    since=BEGIN + 57 * DAY,
    severity=Severity.WARNING,
    figures=HOSTILE,
    remedy="look at it",
)


@pytest.fixture
def checkup() -> Checkup:
    lasting = Incident(number=2, finding=FINDING, began_at=NOW, seen_at=NOW)
    ended = replace(lasting, number=1, ended_at=NOW)
    return Checkup(
        at=NOW,
        run_id="run",
        histories=[history(Outlet(), 60, random.Random(1)), History(source="never", days={})],
        spaces=[
            Space(day=BEGIN + n * DAY, database=10**9, archive=10**10, free=(100 - n) * 10**9, total=10**12)
            for n in range(60)
        ],
        incidents=[lasting, ended],
    )


def written(folder: Path, checkup: Checkup) -> tuple[dict[str, Any], str]:
    files = report.write(folder / "health", checkup)
    assert sorted((folder / "health").iterdir()) == sorted(files), "nothing half written is left"
    document = json.loads((folder / "health" / "health.json").read_text(encoding="utf-8"))
    return document, (folder / "health" / "health.html").read_text(encoding="utf-8")


def test_document_has_findings_sources_and_disk(tmp_path: Path, checkup: Checkup) -> None:
    document, _ = written(tmp_path, checkup)
    assert (document["run"], document["at"]) == ("run", NOW.isoformat())
    (finding,) = document["findings"]
    assert (finding["kind"], finding["source"], finding["since"]) == ("coverage_drop", "post", "2026-03-03")
    assert [one["number"] for one in document["ended"]] == [1]
    assert document["disk"]["bytes_a_day"] == 10**9
    assert document["disk"]["days_until_full"] == 41
    post, never = document["sources"]
    assert len(post["days"]) == len(post["published"]) == len(post["authors"]) == report.DAYS_SHOWN
    assert sum(post["published"]) > 500
    assert 0.7 < post["coverage"]["authors"] < 0.9
    assert never["last_asked_at"] is None


def test_page_shows_them_and_loads_nothing(tmp_path: Path, checkup: Checkup) -> None:
    _, page = written(tmp_path, checkup)
    tree = html.document_fromstring(page)
    assert HOSTILE in tree.text_content()
    assert "<script" not in page
    assert not re.search(r"(src|href)\s*=\s*[\"'](?!#)", page)
    assert "http://" not in page
    assert "https://" not in page
    assert len(tree.findall(".//svg")) == 3, "three plots of the source that was asked"
    assert len(tree.xpath("//rect[@class='bad']")) >= 2, "the days of the finding are marked"
    assert len(tree.xpath("//polyline[contains(@class, 'authors')]")) >= 1
    assert "1.0 GB, the database" not in page
    assert "full in 41 days" in page


def test_page_without_findings_says_so(tmp_path: Path, checkup: Checkup) -> None:
    _, page = written(tmp_path, replace(checkup, incidents=[], spaces=[]))
    assert "No finding" in page


def test_report_takes_the_place_of_the_one_before(tmp_path: Path, checkup: Checkup) -> None:
    written(tmp_path, checkup)
    document, _ = written(tmp_path, replace(checkup, run_id="later"))
    assert document["run"] == "later"
