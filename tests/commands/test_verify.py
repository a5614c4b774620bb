from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.crawling import Crawl, scrapy


@pytest.fixture
def output(demonstration: Crawl, tmp_path: Path) -> Path:
    """A copy of what the demonstration crawl left."""
    shutil.copytree(demonstration.output, tmp_path / "output")
    return tmp_path / "output"


@pytest.mark.slow
def test_what_agrees_is_told_with_what_was_looked_at(output: Path) -> None:
    verified = scrapy("verify", output=output)
    assert (verified.code, verified.stderr) == (0, "")
    (revisions,) = verified.rows("SELECT count(*) FROM revisions")[0]
    assert verified.stdout == (
        f"verified: {revisions} article(s) with {revisions} revision(s), 0 traced to their bytes; 0 WARC(s) with 0 "
        f"record(s) and 0 capture(s); 1 feed(s) with {revisions} line(s); all agrees\n"
    )


@pytest.mark.slow
def test_what_does_not_is_told_line_by_line(output: Path) -> None:
    (feed,) = (output / "feeds").glob("*.jsonl")
    feed.unlink()
    (output / "feeds" / "mine.jsonl").touch()
    verified = scrapy("verify", output=output)
    assert verified.code == 1
    gone, strange, summary = verified.stdout.splitlines()
    assert gone.startswith(f"{feed.name}: it cannot be read (No such file or directory); put the right file back; or")
    assert strange == f"mine.jsonl: it is of no run of the database; take it away from {output / 'feeds'}"
    assert summary.endswith("; 2 finding(s)")


@pytest.mark.slow
def test_findings_as_json(output: Path) -> None:
    (output / "feeds" / "mine.jsonl").touch()
    verified = scrapy("verify", "--json", output=output)
    assert verified.code == 1
    assert [json.loads(line) for line in verified.stdout.splitlines()] == [
        {
            "kind": "feed",
            "where": "mine.jsonl",
            "what": "it is of no run of the database",
            "next": f"take it away from {output / 'feeds'}",
        }
    ]
    assert verified.stderr.endswith("; 1 finding(s)\n")


def test_a_folder_without_database_is_not_made_one(tmp_path: Path) -> None:
    verified = scrapy("verify", output=tmp_path / "nothing")
    assert verified.code == 2
    assert f"there is no database at {tmp_path / 'nothing' / 'newscrawl.db'}; crawl first" in verified.stderr
    assert not (tmp_path / "nothing").exists()


@pytest.mark.slow
def test_a_file_that_is_no_database_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "newscrawl.db").write_bytes(b"no database" * 1000)
    verified = scrapy("verify", "--json", output=tmp_path)
    assert verified.code == 1
    (line,) = verified.stdout.splitlines()
    assert "file is not a database" in json.loads(line)["what"]
    assert "Traceback" not in verified.stderr


@pytest.mark.parametrize("argument", ["more", "--jsn"])
def test_a_wrong_command_line_is_refused(tmp_path: Path, argument: str) -> None:
    assert scrapy("verify", argument, output=tmp_path).code == 2
