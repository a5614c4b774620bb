from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.commands.stats import sparkline
from newscrawl.health.figures import DAY
from newscrawl.storage.database import Database
from tests.crawling import Crawl, scrapy_here
from tests.health.simulated import noon
from tests.monitoring.checked import SOURCES, THEN, begin, checked, remember, silenced

NOW = noon(THEN + 5 * DAY)


@pytest.fixture
def stats(database: Database, tmp_path: Path) -> Any:
    """Runs `scrapy stats` on a database with a source that has gone silent and one that was never asked."""
    for source in SOURCES:
        file = tmp_path / "sources" / "xx" / f"{source.source_id.replace('مرسى', 'marsa')}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f'outlet = "{source.outlet}"\nhomepage = "{source.homepage}"\nfeeds = ["{source.homepage}/f"]\n'
        )
    begin(database)
    remember(database, silenced())
    checked(database, NOW)

    def run(*arguments: str, now: datetime = NOW) -> Crawl:
        return scrapy_here(
            "stats",
            *arguments,
            output=tmp_path,
            NEWSCRAWL_DATABASE_URL=database.url.render_as_string(hide_password=False),
            NEWSCRAWL_SOURCES=tmp_path / "sources",
            NEWSCRAWL_BUNDLED_SOURCES=0,
            NEWSCRAWL_NOW=now.isoformat(),
        )

    return run


def test_table_tells_sources_findings_and_disk(stats: Any) -> None:
    told = stats()
    assert told.code == 0, told.stderr
    assert "Last run run: began" in told.stdout
    (row,) = [line for line in told.stdout.splitlines() if line.startswith("│ post")]
    assert "█" in row
    assert row.rstrip(" │1").endswith("·····"), "the last days are empty"
    assert "1 source(s) have never been asked" in told.stdout
    assert f"post: silent since {THEN}" in told.stdout
    assert "100.0 GB free" in told.stdout


def test_a_run_of_later_than_the_clock_is_told_as_such(stats: Any) -> None:
    told = stats("--source", "post", now=NOW - 9 * DAY)
    assert told.code == 0, told.stderr
    assert "ahead of the clock" in told.stdout
    assert not re.search(r"-\d+ \w+ ago", told.stdout)


def test_json_tells_the_same(stats: Any) -> None:
    told = stats("--json", "--days", "7")
    document = json.loads(told.stdout)
    assert document["last_run"]["run"] == "run"
    assert [finding["kind"] for finding in document["findings"]] == ["silent"]
    post = next(one for one in document["sources"] if one["source"] == "post")
    assert len(post["published"]) == 7
    assert post["newest"] == str(THEN - DAY)


def test_chosen_source_is_told_alone(stats: Any) -> None:
    document = json.loads(stats("--json", "--source", "marsa").stdout)
    assert [one["source"] for one in document["sources"]] == ["marsa"]
    assert document["findings"] == []
    assert "never" in stats("--source", "marsa").stdout


def test_prometheus_gets_its_file(stats: Any, tmp_path: Path) -> None:
    told = stats("--prometheus", str(tmp_path / "newscrawl.prom"))
    assert (told.code, told.stdout) == (0, "")
    text = (tmp_path / "newscrawl.prom").read_text(encoding="utf-8")
    assert 'newscrawl_finding{field="",kind="silent",severity="error",source="post"} 1.0' in text
    assert stats("--prometheus", str(tmp_path / "newscrawl.txt")).code == 1


def test_what_there_is_not_is_told(stats: Any, tmp_path: Path) -> None:
    unknown = stats("--source", "pots")
    assert unknown.code == 1
    assert "did you mean 'post'" in unknown.stderr
    assert stats("post").code == 2
    assert stats("--days", "0").code == 2
    missing = scrapy_here("stats", output=tmp_path / "none")
    assert missing.code == 1
    assert "crawl first" in missing.stderr


def test_sparkline_shows_the_most_and_nothing() -> None:
    assert sparkline([0, 1, 50, 100]) == "·▁▅█"
    assert sparkline([0, 0]) == "··"
    assert sparkline([]) == ""
