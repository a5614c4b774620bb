from __future__ import annotations

import errno
import gzip
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from newscrawl.archive.digests import digest
from newscrawl.archive.exchange import Exchange, Original
from newscrawl.archive.heads import archived_head
from newscrawl.archive.location import Location
from newscrawl.archive.parsing import Record, records
from newscrawl.archive.reader import read_capture
from newscrawl.archive.recovery import recover
from newscrawl.archive.writer import ArchiveWriter
from newscrawl.exceptions import ArchiveError, ConfigurationError
from newscrawl.items import Capture
from tests.archive.exchanges import ARABIC, CASES, NOON, exchange, original, pages, writer

PAGE = exchange("page", b"Content-Type: text/html\r\n", ARABIC, via="http://news.example/feed", discovery="feed")


def only_file(folder: Path) -> Path:
    (path,) = folder.glob("*.warc.gz")
    return path


def archived(folder: Path, *exchanges: Exchange, known: Original | None = None) -> list[Record]:
    """The records that a writer makes of exchanges, without the warcinfo."""
    with writer(folder) as archive:
        for one in exchanges:
            archive.write(one, known)
    return list(records(only_file(folder)))[1:]


@pytest.mark.parametrize("name", CASES)
def test_an_exchange_is_archived_as_it_came(name: str, tmp_path: Path) -> None:
    sent = CASES[name].exchange
    response, request = archived(tmp_path, sent)
    truncated = sent.truncated is not None
    assert response.block == archived_head(sent.head, len(sent.body), truncated=truncated) + sent.body
    assert request.block == sent.request
    assert response.fields["warc-payload-digest"] == digest(sent.body)
    assert response.fields["warc-block-digest"] == digest(response.block)
    assert request.fields["warc-block-digest"] == digest(request.block)
    assert response.fields.get("warc-truncated") == sent.truncated
    assert response.fields.get("warc-protocol") == sent.protocol


def test_the_records_of_an_exchange_belong_together(tmp_path: Path) -> None:
    response, request, metadata = archived(tmp_path, PAGE)
    assert [record.kind for record in (response, request, metadata)] == ["response", "request", "metadata"]
    for record in (response, request, metadata):
        assert record.url == PAGE.url
        assert record.fields["warc-date"] == "2026-01-31T12:00:00.123456Z"
    assert request.fields["warc-concurrent-to"] == response.record_id
    assert metadata.fields["warc-concurrent-to"] == response.record_id
    assert metadata.block == b"via: http://news.example/feed\r\ndiscovery: feed\r\n"
    assert response.fields["warc-ip-address"] == request.fields["warc-ip-address"] == "127.0.0.1"
    assert response.fields["warc-identified-payload-type"] == "text/html"
    assert len({record.record_id for record in (response, request, metadata)}) == 3


def test_a_file_begins_with_what_wrote_it(tmp_path: Path) -> None:
    with writer(tmp_path, info={"software": "newscrawl/1", "isPartOf": "run 7"}) as archive:
        archive.write(PAGE)
    first = next(records(only_file(tmp_path)))
    assert first.kind == "warcinfo"
    assert first.fields["warc-filename"] == only_file(tmp_path).name
    assert first.block.startswith(b"software: newscrawl/1\r\nisPartOf: run 7\r\nformat: WARC File Format 1.1\r\n")


def test_every_record_is_a_gzip_member_of_its_own_and_the_capture_names_its_place(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        captures = [archive.write(one) for one in pages(5)]
    content = only_file(tmp_path).read_bytes()
    for capture, page in zip(captures, pages(5), strict=True):
        assert capture is not None
        assert capture.warc == only_file(tmp_path).name
        member = gzip.decompress(content[capture.offset : capture.offset + capture.length])
        assert member.startswith(b"WARC/1.1\r\nWARC-Type: response\r\n")
        assert f"WARC-Record-ID: {capture.record_id}\r\n".encode() in member
        assert member.endswith(page.body + b"\r\n\r\n")
        assert capture.payload_digest == digest(page.body)


def test_an_exchange_reaches_the_system_in_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    write = os.write

    def counting(file: int, content: bytes) -> int:
        written.append(len(content))
        return write(file, content)

    with writer(tmp_path) as archive:
        archive.write(PAGE)
        monkeypatch.setattr(os, "write", counting)
        archive.write(PAGE)
        # The exchange, and its line in the journal.
        assert len(written) == 2


def test_a_payload_that_is_known_is_not_archived_again(tmp_path: Path) -> None:
    later = replace(PAGE, url=PAGE.url + "?again", started_at=NOON + timedelta(days=1))
    with writer(tmp_path) as archive:
        first = archive.write(PAGE)
        assert first is not None
        again = archive.write(later, original(first, PAGE))
    assert again is not None
    assert again.payload_digest == first.payload_digest
    revisit = next(record for record in records(only_file(tmp_path)) if record.kind == "revisit")
    assert revisit.block == archived_head(later.head, len(later.body))
    assert revisit.fields["warc-profile"].endswith("/1.1/revisit/identical-payload-digest")
    assert revisit.fields["warc-refers-to"] == first.record_id
    assert revisit.fields["warc-refers-to-target-uri"] == PAGE.url
    assert revisit.fields["warc-refers-to-date"] == "2026-01-31T12:00:00.123456Z"
    assert revisit.fields["warc-payload-digest"] == first.payload_digest


def test_a_304_refers_to_what_it_is_not_a_change_of(tmp_path: Path) -> None:
    not_modified = replace(CASES["304"].exchange, url=PAGE.url)
    known = Original(url=PAGE.url, date=NOON, payload_digest="sha256:ab", record_id="<urn:uuid:1>")
    revisit, _ = archived(tmp_path, not_modified, known=known)
    assert revisit.kind == "revisit"
    assert revisit.fields["warc-profile"].endswith("/1.1/revisit/server-not-modified")
    assert revisit.fields["warc-refers-to"] == "<urn:uuid:1>"
    assert revisit.block == not_modified.head


@pytest.mark.parametrize(
    "changes",
    [
        {"body": b""},
        {"truncated": "length"},
        {"body": ARABIC + b"more"},
        {"head": b"HTTP/1.1 304 Not Modified\r\n\r\n", "body": b"", "truncated": "disconnect"},
    ],
    ids=["empty", "truncated", "changed", "truncated 304"],
)
def test_what_is_empty_truncated_or_changed_is_no_revisit(changes: dict[str, object], tmp_path: Path) -> None:
    later = replace(PAGE, **changes)  # type: ignore[arg-type]
    # The empty payload's own digest too.
    digests = digest(b"") if later.body == b"" else digest(ARABIC)
    known = Original(url=PAGE.url, date=NOON, payload_digest=digests, record_id="<urn:uuid:1>")
    assert archived(tmp_path, later, known=known)[0].kind == "response"


def test_a_304_of_nothing_known_is_a_response(tmp_path: Path) -> None:
    assert archived(tmp_path, CASES["304"].exchange)[0].kind == "response"


def test_a_request_without_answer_is_archived_alone(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        assert archive.write(replace(PAGE, head=b"", body=b"")) is None
        assert archive.write(replace(PAGE, head=b"", body=b"", request=b"")) is None
    request, metadata = list(records(only_file(tmp_path)))[1:]
    assert (request.kind, metadata.kind) == ("request", "metadata")
    assert metadata.fields["warc-concurrent-to"] == request.record_id
    assert only_file(tmp_path).with_name(only_file(tmp_path).name.replace(".warc.gz", ".cdxj")).read_bytes() == b""


def test_times_are_written_in_utc(tmp_path: Path) -> None:
    moment = NOON.astimezone(timezone(timedelta(hours=3))).replace(microsecond=0)
    assert archived(tmp_path, replace(PAGE, started_at=moment))[0].fields["warc-date"] == "2026-01-31T12:00:00.000000Z"


def test_a_time_of_no_zone_is_refused(tmp_path: Path) -> None:
    with writer(tmp_path) as archive, pytest.raises(ValueError, match="no certain instant"):
        archive.write(replace(PAGE, started_at=NOON.replace(tzinfo=None)))


def test_no_field_leaves_its_line(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        archive.write(replace(PAGE, url="http://news.example/a\r\nWARC-Type: forged b"))
        with pytest.raises(ValueError, match="one line"):
            archive.write(replace(PAGE, discovery="feed\r\nvia: forged"))
    assert {record.url for record in records(only_file(tmp_path))} == {
        None,
        "http://news.example/a%0D%0AWARC-Type:%20forged%20b",
    }


@pytest.mark.parametrize("prefix", ["", "a/b", "..", "a b", "خبر"])
def test_a_prefix_is_a_plain_name(prefix: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot begin the names of WARCs"):
        ArchiveWriter(tmp_path, prefix, lambda: NOON)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match="name another"):
        writer(tmp_path / "file" / "archive")


def test_while_it_is_written_a_file_is_called_open_and_its_captures_can_be_read(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        assert list(tmp_path.iterdir()) == []
        capture = archive.write(PAGE)
        archive.sync()
        assert capture is not None
        assert {path.name for path in tmp_path.iterdir()} == {
            capture.warc + ".open",
            capture.warc.removesuffix(".warc.gz") + ".cdxj.open",
        }
        assert read_capture(Location(tmp_path), capture).body == ARABIC
    assert {path.suffix for path in tmp_path.iterdir()} == {".gz", ".cdxj"}
    assert read_capture(Location(tmp_path), capture).body == ARABIC


def test_a_file_is_closed_when_it_is_large(tmp_path: Path) -> None:
    with writer(tmp_path, max_bytes=10_000) as archive:
        captures = [archive.write(one) for one in pages(60)]
        closed = {path: path.read_bytes() for path in tmp_path.glob("*.warc.gz")}
        assert len(closed) > 1
        captures += [archive.write(one) for one in pages(60, seed=2)]
    for path, content in closed.items():
        assert path.read_bytes() == content
        assert 10_000 <= len(content) < 20_000
    got = [read_capture(Location(tmp_path), capture).body for capture in captures if capture]
    assert got == [page.body for page in [*pages(60), *pages(60, seed=2)]]


def test_a_file_is_closed_when_it_is_old(tmp_path: Path) -> None:
    now = NOON
    with ArchiveWriter(tmp_path, "news", lambda: now, max_age=timedelta(hours=1)) as archive:
        first = archive.write(PAGE)
        now += timedelta(minutes=59)
        second = archive.write(PAGE)
        now += timedelta(minutes=1)
        third = archive.write(PAGE)
    assert first
    assert second
    assert third
    assert first.warc == second.warc != third.warc
    assert "20260131130000" in third.warc


def test_several_writers_share_a_folder(tmp_path: Path) -> None:
    captures: list[Capture | None] = []
    with writer(tmp_path) as one, writer(tmp_path) as two:
        for page in pages(10):
            captures += [one.write(page), two.write(page)]
        assert recover(tmp_path) == []
    assert len({capture.warc for capture in captures if capture}) == 2
    assert len(list(tmp_path.glob("*.warc.gz"))) == 2
    assert all(re.fullmatch(r"news-20260131120000-\d{5}[0-9a-f]{8}\.warc\.gz", c.warc) for c in captures if c)


def test_a_name_that_is_taken_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _: "00000000")
    with writer(tmp_path) as one, writer(tmp_path) as two:
        first, second = one.write(PAGE), two.write(PAGE)
    assert first
    assert second
    assert first.warc != second.warc
    with writer(tmp_path) as three:
        third = three.write(PAGE)
    assert third
    assert third.warc not in (first.warc, second.warc)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """The system refuses to let a file grow beyond a size, as it does on a full disk: first in part, then wholly."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_when_the_disk_is_full_nothing_is_written_by_half(tmp_path: Path) -> None:
    archive = writer(tmp_path)
    kept = archive.write(PAGE)
    assert kept
    (path,) = tmp_path.glob("*.warc.gz.open")
    size = path.stat().st_size
    with file_size_limit(size + 100):
        with pytest.raises(ArchiveError, match=os.strerror(errno.EFBIG)):
            archive.write(PAGE)
        assert path.stat().st_size == size
    with pytest.raises(ArchiveError, match="start again"):
        archive.write(PAGE)
    with pytest.raises(ArchiveError, match="start again"):
        archive.sync()
    archive.close()
    (recovered,) = recover(tmp_path)
    assert [found.capture for found in recovered.found] == [kept]
    assert recovered.cut == 0


def test_a_file_is_synced_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[str, str]] = []
    fsync, rename = os.fsync, Path.rename

    def synced(file: int) -> None:
        fsync(file)
        done.append(("synced", Path(f"/proc/self/fd/{file}").readlink().name))

    def renamed(path: Path, target: Path) -> Path:
        done.append(("renamed", target.name))
        return rename(path, target)

    archive = writer(tmp_path)
    capture = archive.write(PAGE)
    assert capture
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    archive.sync()
    assert done == [("synced", capture.warc + ".open")]
    archive.close()
    index = capture.warc.removesuffix(".warc.gz") + ".cdxj"
    assert done[1:] == [
        ("synced", capture.warc + ".open"),
        ("synced", index + ".part"),
        ("renamed", index),
        ("renamed", capture.warc),
        ("synced", tmp_path.name),
    ]


def test_a_disk_that_fails_is_told_and_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    archive = writer(tmp_path)
    archive.write(PAGE)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(ArchiveError, match="uncertain"):
            archive.sync()
    with pytest.raises(ArchiveError, match="start again"):
        archive.sync()
    with pytest.raises(ArchiveError, match="start again"):
        archive.write(PAGE)
    archive.close()
    assert len(recover(tmp_path)[0].found) == 1


def test_a_program_that_the_writer_starts_does_not_hold_its_lock(tmp_path: Path) -> None:
    archive = writer(tmp_path)
    archive.write(PAGE)
    sleeper = "import time; print(flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", sleeper], close_fds=False, stdout=subprocess.PIPE)
    assert child.stdout
    try:
        child.stdout.readline()
        os.close(archive._file._file)  # type: ignore[union-attr]
        assert len(recover(tmp_path)) == 1
    finally:
        child.kill()
        child.communicate()


def test_the_machines_clock_will_do(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, "news", lambda: datetime.now(UTC)) as archive:
        assert archive.write(PAGE)
