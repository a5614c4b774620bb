"""SIGINT and SIGTERM, once and twice, to the process and to its group, with pages under way."""

from __future__ import annotations

import signal
import time
from collections import Counter

import pytest

from benchmarks.crawling import Project
from benchmarks.durability import count, faults
from tests.durability.site import serve, stories, wait_until_stored
from tests.server import Answer, Server

SIGNALS = [(signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGTERM, True)]
"""Ctrl-C, `kill`, a service manager."""
SLOW = 1.5
"""Seconds in which the site answers."""


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "group"), SIGNALS)
def test_a_crawl_that_is_asked_to_end_ends_what_is_under_way(
    server: Server, project: Project, sent: signal.Signals, group: bool
) -> None:
    ends = serve(server, 60, seconds=SLOW)
    with project.started() as crawl:
        wait_until_stored(project, crawl, 4)
        asked = time.monotonic()
        crawl.send(sent, group=group)
        assert crawl.wait(60) == 0, crawl.messages()
        assert time.monotonic() - asked < SLOW + 8
        assert not crawl.left()
    assert "Traceback" not in crawl.messages()
    assert project.rows("SELECT state FROM runs") == [("finished",)]
    assert project.rows("SELECT count(*) FROM frontier WHERE state = 'leased'") == [(0,)]
    (feed,) = project.feeds()
    assert len(project.lines(feed)) == count(project, "SELECT count(*) FROM revisions") < len(ends)
    serve(server, 60)
    with project.started() as crawl:
        assert crawl.wait(60) == 0, crawl.messages()
    assert "died" not in crawl.messages()
    assert faults(project, ends) == []
    # What was under way at the signal was finished.
    assert set(Counter(stories(server)).values()) == {1}


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "group"), SIGNALS[:2])
def test_a_second_signal_ends_it_at_once_and_loses_nothing(
    server: Server, project: Project, sent: signal.Signals, group: bool
) -> None:
    ends = serve(server, 40, seconds=0.2)
    server.routes["/2026/01/story-0.html"] = Answer(body=b"", seconds=20)
    with project.started() as crawl:
        wait_until_stored(project, crawl, 5)
        crawl.send(sent, group=group)
        time.sleep(1)
        assert crawl.alive, crawl.messages()
        crawl.send(sent, group=group)
        asked = time.monotonic()
        crawl.wait(15)
        assert time.monotonic() - asked < 5
        assert not crawl.left()
    serve(server, 40)
    with project.started() as crawl:
        assert crawl.wait(60) == 0, crawl.messages()
    assert faults(project, ends) == []
