"""A crawl of the fixtures over sources with a past: what it finds, and who hears of it."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.health.figures import DAY, Day, History
from newscrawl.storage.database import Database
from tests.crawling import FIXTURES, HASTE, Crawl, scrapy
from tests.health.simulated import BEGIN, Outlet, history
from tests.monitoring.checked import remember
from tests.monitoring.test_notifiers import Mailbox, smtp_server, web_server

TODAY = date(2026, 4, 20)
SILENT_SINCE = date(2026, 4, 14)
LEDGER = "harbour_ledger"


def silent_past() -> History:
    """Six weeks of twenty articles a day, and then six days of none."""
    shift = SILENT_SINCE - BEGIN - 56 * DAY
    past = history(Outlet(), 62, random.Random(3), source=LEDGER)
    days = {}
    for day, was in past.days.items():
        asked = was.last_asked_at + shift if was.last_asked_at else None
        was = replace(was, last_asked_at=asked)
        days[day + shift] = was if day + shift < SILENT_SINCE else Day(asked=was.asked, last_asked_at=asked)
    return replace(past, days=days)


@pytest.fixture
def crawl(tmp_path: Path, migrated_sqlite: Path) -> Callable[..., Crawl]:
    """Crawls the source at the noon of a day, that many days after the first."""
    (tmp_path / "newscrawl.db").write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'newscrawl.db'}")
    remember(database, silent_past())
    database.close()

    def run(days: int = 0, **settings: Any) -> Crawl:
        now = datetime(2026, 4, 20, 12, tzinfo=UTC) + days * DAY
        options = {**HASTE, "NEWSCRAWL_REPLAY": FIXTURES, "NEWSCRAWL_NOW": now.isoformat(), **settings}
        return scrapy("crawl", "news", "-a", f"sources={LEDGER}", output=tmp_path, **options)

    return run


def findings(done: Crawl) -> list[tuple[Any, ...]]:
    return done.rows("SELECT kind, source_id, since, ended_at IS NULL FROM findings")


@pytest.mark.slow
def test_incident_is_told_once_by_log_report_code_mail_and_webhook(crawl: Callable[..., Crawl]) -> None:
    mailbox = Mailbox()
    with smtp_server(mailbox) as port, web_server() as (web, posted):
        told = f"smtp://127.0.0.1:{port}/?from=a@x.example&to=b@x.example http://127.0.0.1:{web}/hook"
        first = crawl(NEWSCRAWL_NOTIFY=told, NEWSCRAWL_HEALTH_EXIT_CODE=3)
        again = crawl(NEWSCRAWL_NOTIFY=told, NEWSCRAWL_HEALTH_EXIT_CODE=3)
    assert (first.code, again.code) == (3, 0), first.stderr
    assert findings(again) == [("silent", LEDGER, "2026-04-14", 1)]
    assert f"{LEDGER}: silent since 2026-04-14" in first.stderr
    assert f"{LEDGER}: silent since" not in again.stderr
    assert "1 finding(s) last" in again.stderr
    assert len(mailbox.taken) == len(posted) == 1
    assert posted[0][1]["began"][0]["source"] == LEDGER
    document = json.loads((again.output / "health" / "health.json").read_text(encoding="utf-8"))
    assert [one["kind"] for one in document["findings"]] == ["silent"]
    page = (again.output / "health" / "health.html").read_text(encoding="utf-8")
    assert f'id="{LEDGER}"' in page


def test_findings_change_no_exit_code_unless_asked_to(crawl: Callable[..., Crawl]) -> None:
    done = crawl()
    assert done.code == 0
    assert len(findings(done)) == 1


@pytest.mark.slow
def test_notifier_that_fails_loses_nothing_and_fails_nothing(crawl: Callable[..., Crawl]) -> None:
    mailbox = Mailbox("554 no")
    with smtp_server(mailbox) as port:
        told = f"smtp://u:secret@127.0.0.1:{port}/?from=a@x.example&to=b@x.example"
        first = crawl(NEWSCRAWL_NOTIFY=told)
        assert first.code == 0
        assert "was not told of 1 incident(s)" in first.stderr
        assert "secret" not in first.stderr
        assert len(findings(first)) == 1
    with web_server(500) as (web, _):
        hook = f"http://127.0.0.1:{web}/hook"
        assert "was not told" in crawl(NEWSCRAWL_NOTIFY=hook).stderr
    # The same port may be another's by now; a notifier is known by its URL.
    with web_server() as (web, posted):
        assert crawl(NEWSCRAWL_NOTIFY=f"http://127.0.0.1:{web}/hook").code == 0
    assert len(posted) == 1


def test_notifier_that_is_none_ends_the_run_before_it_begins(crawl: Callable[..., Crawl]) -> None:
    done = crawl(NEWSCRAWL_NOTIFY="smtp://mail.example")
    assert done.code == 1
    assert "NEWSCRAWL_NOTIFY: smtp://mail.example names no mail server" in done.stderr
    assert done.rows("SELECT count(*) FROM runs") == [(0,)]


@pytest.mark.slow
def test_report_that_cannot_be_written_is_told(crawl: Callable[..., Crawl], tmp_path: Path) -> None:
    (tmp_path / "health").write_text("in the way")
    done = crawl()
    assert done.code == 1
    assert "cannot be written" in done.stderr
    assert len(findings(done)) == 1
    (tmp_path / "health").unlink()
    assert crawl().code == 0


def test_runs_of_before_are_counted(demonstration: Crawl, tmp_path: Path) -> None:
    assert demonstration.rows("SELECT count(*) FROM runs WHERE NOT counted") == [(0,)]
    stored = demonstration.rows("SELECT source_id, SUM(stored) FROM source_days GROUP BY source_id")
    articles = demonstration.rows("SELECT source_id, count(*) FROM articles GROUP BY source_id")
    assert sorted(stored) == sorted(articles)
    assert demonstration.rows("SELECT count(*) FROM findings") == [(0,)]
    assert logging.getLevelName(logging.ERROR) not in demonstration.stderr
