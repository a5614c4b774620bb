"""A page that was archived and not read when its run ended is read from the archive, and not fetched again."""

from __future__ import annotations

import gzip
import signal
from dataclasses import replace

import pytest

from benchmarks.archived import archive_faults
from benchmarks.crawling import Crawl, Project
from benchmarks.durability import count
from tests.durability.site import serve, stories, wait_until
from tests.server import Answer, Server, page, redirect

_PAGES = 12


def let_no_page_be_read(server: Server, crawls: list[Crawl]) -> None:
    """Have the workers of the first crawl stopped when a page is asked for, which is answered a second later."""

    def stopping(answer: Answer) -> Answer:
        if len(crawls) == 1:
            for worker in crawls[0].workers():
                worker.send_signal(signal.SIGSTOP)
        return replace(answer, seconds=1.0)

    for path, answer in list(server.routes.items()):
        if path.startswith("/2026/") and isinstance(answer, Answer):
            server.routes[path] = lambda answer=answer: stopping(answer)  # type: ignore[misc]


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_run_fetched_and_did_not_read_is_read_by_the_next(
    server: Server, project: Project, end: signal.Signals
) -> None:
    serve(server, _PAGES)
    moved, target, packed = "/2026/01/story-0.html", "/2026/02/moved.html", "/2026/01/story-1.html"
    server.routes[target] = server.routes[moved]
    server.routes[moved] = redirect(server.home + target)
    body = gzip.compress(page("a page that comes packed"))
    server.routes[packed] = Answer(body=body, headers=(("Content-Encoding", "gzip"),))
    crawls: list[Crawl] = []
    let_no_page_be_read(server, crawls)
    project = replace(project, settings={**project.settings, "NEWSCRAWL_STOP_TIMEOUT": 1})
    with project.started() as crawl:
        crawls.append(crawl)
        wait_until(lambda: count(project, "SELECT count(*) FROM captures WHERE url LIKE '%/2026/%'") > _PAGES)
        assert count(project, "SELECT count(*) FROM articles") == 0
        crawl.send(end)
        crawl.wait(30)
    asked = stories(server)
    archived = set(project.rows("SELECT url, captured_at FROM captures"))
    with project.started() as crawl:
        crawls.append(crawl)
        assert crawl.wait(60) == 0, crawl.messages()
    assert stories(server) == asked
    stored = project.rows(
        "SELECT r.url, c.captured_at, r.fetched_at FROM revisions r JOIN captures c ON c.capture_id = r.capture_id"
    )
    assert len(stored) == _PAGES
    assert {(url, captured_at) for url, captured_at, _ in stored} <= archived
    assert all(captured_at == fetched_at for _, captured_at, fetched_at in stored)
    assert archive_faults(project) == []
