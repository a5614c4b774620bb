"""The simulated world lives a day, and its judge finds what it is to find."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.world.__main__ import shortfalls
from benchmarks.world.outlets import BEGIN, outlets
from benchmarks.world.stories import publish
from tests.crawling import ROOT, environment


def test_the_world_is_the_same_every_time() -> None:
    several = outlets(7)
    one, other = publish(several, 7, 1), publish(several, 7, 1)
    assert [[(story.path, story.corrections, story.deleted) for story in one[key]] for key in one] == [
        [(story.path, story.corrections, story.deleted) for story in other[key]] for key in other
    ]
    first = one[0][0]
    assert first.words(first.published).paragraphs == other[0][0].words(first.published).paragraphs


def test_a_correction_changes_the_text_and_a_copy_is_the_same_one() -> None:
    stories = [story for several in publish(outlets(7), 7, 1).values() for story in several]
    corrected = next(story for story in stories if story.corrections)
    at = corrected.corrections[0]
    before = corrected.words(at - timedelta(seconds=1)).paragraphs
    assert sum(a != b for a, b in zip(before, corrected.words(at).paragraphs, strict=True)) == 1
    copy = next(story for story in stories if story.copy_of is not None)
    assert copy.copy_of is not None
    copied = copy.words(copy.published).paragraphs
    assert copied[:-1] == copy.copy_of.words(BEGIN).paragraphs[:-1]


def test_the_demonstration_needs_only_what_a_crawl_needs() -> None:
    asked = """
import sys
before = {name.partition(".")[0] for name in sys.modules}
import benchmarks.world.__main__
from importlib.metadata import packages_distributions
found = packages_distributions()
print(*(each for name in {name.partition(".")[0] for name in sys.modules} - before for each in found.get(name, ())))
"""
    loaded = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    pinned = {line.partition("==")[0] for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()}
    names = {re.sub(r"[-_.]+", "-", name).lower() for name in loaded.split()}
    assert "scrapy" in names
    assert names <= pinned


def test_what_is_short_is_said() -> None:
    good = {
        "articles_caught": 1.0, "corrections_seen": 1.0, "pages_sent_per_revision": 1.0, "incidents": {}, "days": 7,
        "false_alarms": [], "verify": [], "failed_runs": [],
        "stored_by_the_unchanged_run": 0, "pages_sent_to_an_unchanged_run": 0,
    }  # fmt: skip
    assert list(shortfalls(good)) == []
    bad = {
        **good, "articles_caught": 0.9, "corrections_seen": 0.9, "pages_sent_per_revision": 1.4,
        "incidents": {"silent of a": "missed", "down of b": "errors after 9 h"}, "false_alarms": ["flood of c"] * 2,
        "stored_by_the_unchanged_run": 1, "pages_sent_to_an_unchanged_run": 1,
    }  # fmt: skip
    assert len(list(shortfalls(bad))) == 7


@pytest.mark.slow
def test_a_day_of_some_outlets_is_archived_whole(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "benchmarks.world", "--days", "1", "--outlets", "3", "--output", str(tmp_path / "w")]
    done = subprocess.run(line, cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8", timeout=110)
    summary = json.loads((tmp_path / "w" / "summary.json").read_text(encoding="utf-8"))
    assert (done.returncode, summary["short"]) == (0, []), done.stderr[-2000:]
    assert summary["articles_caught"] == 1.0
    assert summary["published"] > 0
    line[-1] = str(ROOT / "docs")
    again = subprocess.run(line, cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8")
    assert "is no folder of an earlier world" in again.stderr
