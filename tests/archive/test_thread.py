from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from newscrawl.archive.exchange import Exchange, Original
from newscrawl.archive.files import Names
from newscrawl.archive.location import Location
from newscrawl.archive.reader import iterate, read_capture
from newscrawl.archive.thread import ArchiveThread
from newscrawl.exceptions import ArchiveError, StoreError
from newscrawl.items import Archived
from tests.archive.exchanges import ARABIC, CASES, exchange, pages, writer

PAGE = exchange("page", b"Content-Type: text/html\r\n", ARABIC)


@dataclass
class Told:
    """What the thread told, and what it was asked."""

    groups: list[list[Archived]] = field(default_factory=list)
    filled: list[Names] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    asked: list[set[str]] = field(default_factory=list)
    known: dict[str, Original] = field(default_factory=dict)
    blocked: threading.Event | None = None
    fails_with: Exception | None = None
    answered: dict[str, Original] = field(default_factory=dict)

    def written(self, group: list[Archived], filled: list[Names]) -> None:
        self.groups.append(group)
        self.filled += filled

    def lookup(self, digests: Collection[str]) -> Mapping[str, Original]:
        if self.blocked is not None:
            self.blocked.wait(10)
        if self.fails_with is not None:
            raise self.fails_with
        self.asked.append(set(digests))
        return {digest: self.known[digest] for digest in digests if digest in self.known}


def crawl(folder: Path, told: Told, steps: Callable[[ArchiveThread], Coroutine[Any, Any, Any]], **options: Any) -> Any:
    """Take the steps with a thread that archives into the folder, then close it."""

    async def taken() -> Any:
        archive = writer(folder, **options)
        thread = ArchiveThread(
            archive, told.lookup, written=told.written, failed=told.errors.append, answered=lambda _: told.answered
        )
        try:
            return await steps(thread)
        finally:
            await asyncio.wait([thread.close()])

    return asyncio.run(taken())


def originals(told: Told) -> dict[str, Original]:
    """What a table of captures would know after a crawl."""
    return {
        one.capture.payload_digest: Original(
            url=one.url,
            date=one.captured_at,
            payload_digest=one.capture.payload_digest,
            record_id=one.capture.record_id,
        )
        for group in told.groups
        for one in group
        if one.refers_to is None
    }


async def give(thread: ArchiveThread, *exchanges: Exchange) -> list[Archived | None]:
    return await asyncio.gather(*(thread.give(one) for one in exchanges))


def test_what_is_given_is_written_in_its_order_and_told_before_anyone_goes_on(tmp_path: Path) -> None:
    told, given = Told(), pages(40)

    async def steps(thread: ArchiveThread) -> list[Archived | None]:
        first = await thread.give(given[0])
        assert told.groups == [[first]]
        return [first, *await give(thread, *given[1:])]

    places = crawl(tmp_path, told, steps)
    assert [one for group in told.groups for one in group] == places
    (warc,) = tmp_path.glob("*.warc.gz")
    assert [(one.url, one.date, one.capture) for one in iterate(warc)] == [
        (one.url, one.captured_at, one.capture) for one in places
    ]
    assert [(one.url, one.captured_at) for one in places] == [(one.url, one.started_at) for one in given]


def test_those_that_come_together_share_one_lookup(tmp_path: Path) -> None:
    told = Told()
    crawl(tmp_path, told, lambda thread: give(thread, *pages(100)))
    assert len(told.groups) == len(told.asked) == 1
    assert len(told.asked[0]) == 100


def test_a_payload_stands_once_in_a_run_and_across_runs(tmp_path: Path) -> None:
    first, second = Told(), Told()
    elsewhere = replace(PAGE, url="http://news.example/copy")
    one, two = crawl(tmp_path, first, lambda thread: give(thread, PAGE, elsewhere))
    second.known = originals(first)
    three, four = crawl(tmp_path, second, lambda thread: give(thread, PAGE, elsewhere))
    assert one.refers_to is None
    assert {two.refers_to, three.refers_to, four.refers_to} == {one.capture.record_id}
    assert [len(asked) for asked in second.asked] == [1]
    assert read_capture(Location(tmp_path), four.capture, lambda _: one.capture).decoded().body == ARABIC


@pytest.mark.parametrize(
    "again", [exchange("empty", b"Content-Length: 0\r\n"), replace(PAGE, truncated="disconnect"), CASES["304"].exchange]
)
def test_what_is_empty_or_not_whole_is_no_revisit_and_nothing_is_asked_for_it(tmp_path: Path, again: Exchange) -> None:
    told = Told()
    _, two = crawl(tmp_path, told, lambda thread: give(thread, again, again))
    assert two.refers_to is None
    assert told.asked == []


def test_a_304_refers_to_the_answer_under_whose_condition_it_was_asked_for(tmp_path: Path) -> None:
    told = Told()
    (one,) = crawl(tmp_path, told, lambda thread: give(thread, PAGE))
    told.answered = {"<urn:asked>": next(iter(originals(told).values()))}
    not_modified = replace(CASES["304"].exchange, url=PAGE.url)
    asked, unknown = (replace(not_modified, repeats=name) for name in ("<urn:asked>", "<urn:lost>"))
    two, three = crawl(tmp_path, told, lambda thread: give(thread, asked, unknown))
    assert (two.refers_to, three.refers_to) == (one.capture.record_id, None)
    assert two.capture.payload_digest == one.capture.payload_digest
    assert read_capture(Location(tmp_path), two.capture, lambda _: one.capture).decoded().body == ARABIC


def test_a_request_without_an_answer_has_no_place(tmp_path: Path) -> None:
    told = Told()
    assert crawl(tmp_path, told, lambda thread: give(thread, replace(PAGE, head=b"", body=b""))) == [None]
    assert told.groups == []
    assert list(tmp_path.glob("*.warc.gz"))


def test_sync_waits_for_all_that_was_given_and_syncs_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told(blocked=threading.Event())
    synced: list[int] = []
    fsync = os.fsync

    def counted(file: int) -> None:
        synced.append(os.fstat(file).st_size)
        fsync(file)

    monkeypatch.setattr(os, "fsync", counted)

    async def steps(thread: ArchiveThread) -> None:
        place = thread.give(PAGE)
        waiting = asyncio.create_task(asyncio.to_thread(thread.sync))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        assert not place.done()
        assert told.blocked is not None
        told.blocked.set()
        await waiting
        (warc,) = tmp_path.glob("*.gz.open")
        begun = len(synced)
        assert synced[-1] == warc.stat().st_size > 0
        await asyncio.to_thread(thread.sync)
        assert len(synced) == begun

    crawl(tmp_path, told, steps)


def test_who_syncs_waits_for_no_further_exchanges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newscrawl.archive.thread._SECONDS", 60)

    async def steps(thread: ArchiveThread) -> None:
        place = thread.give(PAGE)
        await asyncio.wait_for(asyncio.to_thread(thread.sync), 10)
        assert await place

    crawl(tmp_path, Told(), steps)


def test_what_waits_is_counted(tmp_path: Path) -> None:
    told = Told(blocked=threading.Event())

    async def steps(thread: ArchiveThread) -> None:
        place = thread.give(PAGE)
        assert thread.waiting == len(PAGE.request) + len(PAGE.head) + len(PAGE.body)
        assert told.blocked is not None
        told.blocked.set()
        await place
        await asyncio.to_thread(thread.sync)
        assert thread.waiting == 0

    crawl(tmp_path, told, steps)


def test_close_writes_what_waits_and_takes_no_more(tmp_path: Path) -> None:
    async def steps(thread: ArchiveThread) -> list[Archived | None]:
        places = [thread.give(one) for one in pages(5)]
        closed = thread.close()
        with pytest.raises(ArchiveError, match="after the archive was closed"):
            thread.give(PAGE)
        await closed
        return [place.result() for place in places]

    places = crawl(tmp_path, Told(), steps)
    (warc,) = tmp_path.glob("*.warc.gz")
    assert [one.capture for one in iterate(warc)] == [one.capture for one in places]
    assert not list(tmp_path.glob("*.open"))


def test_files_that_became_full_are_told_with_their_last_answers(tmp_path: Path) -> None:
    told, given = Told(), pages(20, most=1000)
    crawl(tmp_path, told, lambda thread: give(thread, *given), max_bytes=6000, keep_journals=True)
    warcs = {one.capture.warc for group in told.groups for one in group}
    assert len(told.filled) == len(warcs) - 1 >= 2
    assert {names.warc.name for names in told.filled} < warcs
    assert {path.name for path in tmp_path.glob("*.cdxj.open")} == {names.journal.name for names in told.filled}


def test_a_disk_that_is_full_fails_everything_from_then_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    write = os.write

    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    async def steps(thread: ArchiveThread) -> list[Any]:
        first = await thread.give(PAGE)
        monkeypatch.setattr(os, "write", full)
        refused = await asyncio.gather(*(thread.give(one) for one in pages(3)), return_exceptions=True)
        monkeypatch.setattr(os, "write", write)
        late = await asyncio.gather(thread.give(PAGE), return_exceptions=True)
        with pytest.raises(ArchiveError, match="No space left"):
            await asyncio.to_thread(thread.sync)
        with pytest.raises(ArchiveError, match="No space left"):
            await thread.close()
        return [first, *refused, *late]

    first, *others = crawl(tmp_path, told, steps)
    assert isinstance(first, Archived)
    assert all("make room or mend the folder" in str(error) for error in others)
    assert {str(error) for error in told.errors} == {str(others[0])}
    # It is left to recovery, which finds what was whole.
    (warc,) = tmp_path.glob("*.warc.gz.open")
    assert [one.capture for one in iterate(warc)] == [first.capture]


def test_a_sync_that_fails_fails_everything_from_then_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    async def steps(thread: ArchiveThread) -> None:
        await thread.give(PAGE)
        fsync = os.fsync
        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(ArchiveError, match="Input/output error"):
            await asyncio.to_thread(thread.sync)
        monkeypatch.setattr(os, "fsync", fsync)
        with pytest.raises(ArchiveError, match="Input/output error"):
            await asyncio.to_thread(thread.sync)
        with pytest.raises(ArchiveError, match="Input/output error"):
            await thread.give(PAGE)

    crawl(tmp_path, told, steps)
    assert len(told.errors) == 1


@pytest.mark.parametrize("error", [StoreError("the server is gone"), RuntimeError("a fault")])
def test_a_lookup_that_fails_ends_the_archive(
    tmp_path: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    told = Told(fails_with=error)

    async def steps(thread: ArchiveThread) -> None:
        with pytest.raises((StoreError, ArchiveError), match=str(error)):
            await thread.give(PAGE)

    crawl(tmp_path, told, steps)
    assert len(told.errors) == 1
    assert ("Traceback" in caplog.text) == isinstance(error, RuntimeError)


def test_an_exchange_that_no_warc_can_hold_costs_only_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    told, (before, after) = Told(), pages(2)
    endless = replace(PAGE, url="http://news.example/" + "x" * 40_000)

    async def steps(thread: ArchiveThread) -> list[Any]:
        asked = (thread.give(one) for one in (before, endless, after))
        return await asyncio.gather(*asked, return_exceptions=True)

    one, refused, two = crawl(tmp_path, told, steps)
    assert isinstance(refused, ValueError)
    assert "cannot be archived" in caplog.text
    assert told.groups == [[one, two]]
    assert told.errors == []
