"""The log as JSON: each line an object, whatever is logged, in the crawl and in its workers."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl import logs
from newscrawl.storage import runs, underway
from newscrawl.storage.database import Database
from tests.crawling import FIXTURES, demonstrate, scrapy


def warn_of(text: str) -> None:
    """What a worker may do."""
    logging.getLogger("a worker").warning(text)


def record(message: str, *, failing: bool = False) -> logging.LogRecord:
    error = None
    if failing:
        try:
            raise ValueError("no\nnumber")
        except ValueError:
            error = sys.exc_info()
    return logging.LogRecord("newscrawl.test", logging.WARNING, __file__, 1, message, (), error)


def test_a_record_is_one_line_with_its_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_run_id", None)
    formatted = logs.JsonFormatter().format(record('line "one"\nline two: خبر\u2028'))
    assert "\n" not in formatted
    line = json.loads(formatted)
    assert (line["level"], line["logger"]) == ("WARNING", "newscrawl.test")
    assert line["message"] == 'line "one"\nline two: خبر\u2028'
    assert datetime.fromisoformat(line["time"]).utcoffset() is not None
    assert set(line) == {"time", "level", "logger", "message"}


def test_a_traceback_and_the_run_stand_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_run_id", None)
    logs.name_run("20260131T120000Z-00000000")
    line = json.loads(logs.JsonFormatter().format(record("failed", failing=True)))
    assert line["run"] == "20260131T120000Z-00000000"
    assert line["exception"].endswith("ValueError: no\nnumber")


def test_workers_log_as_they_are_told(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setenv("NEWSCRAWL_LOG_FORMAT", "json")
    logs.set_up_worker()
    warn_of("a page")
    assert json.loads(capfd.readouterr().err)["message"] == "a page"
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setenv("NEWSCRAWL_LOG_FORMAT", "text")
    logs.set_up_worker()
    assert logging.root.handlers == []


@pytest.mark.slow
def test_every_line_of_a_crawl_is_an_object(tmp_path: Path) -> None:
    crawl = demonstrate(tmp_path, NEWSCRAWL_LOG_FORMAT="json")
    assert crawl.code == 0, crawl.stderr
    lines = [json.loads(line) for line in crawl.stderr.splitlines()]
    assert {line["run"] for line in lines if "run" in line} == set(crawl.run_ids())
    assert "stored_new" in lines[-1]["message"]
    assert "revision(s) stored." in lines[-1]["message"]


@pytest.mark.slow
def test_what_ends_a_crawl_at_its_start_is_an_object_too(tmp_path: Path) -> None:
    crawl = scrapy(
        "crawl", "news", "-a", "sources=nobody", output=tmp_path, NEWSCRAWL_REPLAY=FIXTURES, NEWSCRAWL_LOG_FORMAT="json"
    )
    line = json.loads(crawl.stderr.splitlines()[-1])
    assert (crawl.code, line["level"]) == (1, "CRITICAL")
    assert "nobody" in line["message"]


@pytest.mark.slow
def test_a_run_that_another_makes_needless_is_no_failure_in_the_log(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'newscrawl.db'}")
    with runs.RunLock(database, "first", group=underway.group_of({}), now=datetime.now(UTC)):
        crawl = scrapy("crawl", "news", output=tmp_path, NEWSCRAWL_LOG_FORMAT="json")
    database.close()
    line = json.loads(crawl.stderr.splitlines()[-1])
    assert (crawl.code, line["level"]) == (0, "WARNING")
    assert "is crawling into" in line["message"]


@pytest.mark.slow
def test_a_format_that_is_none_is_refused(tmp_path: Path) -> None:
    crawl = scrapy("crawl", "news", output=tmp_path, NEWSCRAWL_LOG_FORMAT="xml")
    assert crawl.code != 0
    assert "NEWSCRAWL_LOG_FORMAT=xml is no format of the log; write text or json" in crawl.stderr
