"""A document's poll: it ends once, and counts as read when nothing of what it names can be lost."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.discovery.documents import Findings
from newscrawl.discovery.revisits import DEFAULT
from newscrawl.downloaders.stoppable import Stopped
from newscrawl.extensions.hosts import HostRests
from newscrawl.items import Candidate
from newscrawl.sources import Source
from newscrawl.spiders.documents import Documents
from newscrawl.spiders.polling import Polling, read_by
from newscrawl.storage.documents import Document

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOME = "https://a.example"
SOURCE = Source(source_id="a", outlet="A", homepage=HOME, country="xx", feeds=(f"{HOME}/feed",))
FEED = Document(
    source_id="a",
    url=f"{HOME}/feed",
    kind="feed",
    polled_at=NOW - HOUR,
    due_at=NOW,
    read_by=read_by(SOURCE),
    etag='"0"',
)


class _RunLog:
    """Takes no candidates up, and keeps the document that it is told of."""

    run_id = "run"

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.kept: list[Document] = []

    def clock(self) -> datetime:
        return NOW

    async def add(self, candidates: Any, *, due_now: bool) -> int:
        raise RuntimeError("the database is gone")

    async def poll(self, *_: Any, document: Document, **__: Any) -> None:
        self.kept.append(document)


class _InTurn:
    """Reads a feed of one page."""

    async def read(self, *_: Any, **__: Any) -> Findings:
        return Findings([Candidate(url=f"{HOME}/news/one", source="a", kind="feed")])


@pytest.fixture
def run_log() -> _RunLog:
    return _RunLog()


@pytest.fixture
def documents(run_log: _RunLog) -> Documents:
    polling = Polling({("a", FEED.url): FEED}, lambda _: DEFAULT, everything=False)
    return Documents(polling, run_log, _InTurn())  # type: ignore[arg-type]


def poll(documents: Documents) -> Request:
    (request,) = documents.due([SOURCE])
    assert documents.under_way == 1
    return request


def fail(documents: Documents, error: Exception) -> None:
    failure: Any = Failure(error)  # type: ignore[no-untyped-call]
    failure.request = poll(documents)
    errback: Any = failure.request.errback
    ending: Coroutine[Any, Any, None] = errback(failure)
    asyncio.run(ending)


def test_a_document_whose_pages_were_not_taken_up_does_not_count_as_read(
    documents: Documents, run_log: _RunLog
) -> None:
    request = poll(documents)
    callback: Any = request.callback
    response = Response(FEED.url, headers={"ETag": '"1"'}, request=request)

    async def crawl() -> None:
        async for _ in callback(response, **{**request.cb_kwargs, "stated_at": NOW}):
            pass

    with pytest.raises(RuntimeError):
        asyncio.run(crawl())
    (kept,) = run_log.kept
    assert (kept.failures, kept.etag, kept.polled_at) == (1, '"0"', NOW - HOUR)
    assert kept.due_at is not None
    assert kept.stated_at is None
    assert (documents.under_way, run_log.changed.is_set()) == (0, True)


def test_a_document_that_brought_no_answer_is_written_down(documents: Documents, run_log: _RunLog) -> None:
    fail(documents, ConnectionError("no route"))
    assert [one.failures for one in run_log.kept] == [1]
    assert (documents.under_way, run_log.changed.is_set()) == (0, True)


def test_one_that_was_never_asked_for_ends_as_it_was(documents: Documents, run_log: _RunLog) -> None:
    fail(documents, HostRests("a.example rests"))
    assert run_log.kept == []
    assert (documents.under_way, run_log.changed.is_set()) == (0, True)


def test_one_that_the_end_of_the_run_left_undone_is_not_written_down(documents: Documents, run_log: _RunLog) -> None:
    fail(documents, Stopped("not begun"))
    assert run_log.kept == []
