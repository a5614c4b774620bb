from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newscrawl.archive.digests import digest
from newscrawl.archive.exchange import Exchange, Original
from newscrawl.archive.heads import archived_head, parse_head
from newscrawl.archive.location import Location
from newscrawl.archive.reader import StoredExchange, iterate, read_capture
from newscrawl.exceptions import ArchiveError
from newscrawl.items import Capture
from tests.archive.exchanges import ARABIC, CASES, NOON, exchange, original, pages, writer
from tests.archive.foreign import ARTICLE, browsertrix, common_crawl, http, sha1, wget

PAGE = exchange("page", b"Content-Type: text/html\r\n", ARABIC)
LATER = NOON + timedelta(days=1)


def write(folder: Path, *written: tuple[Exchange, Original | None]) -> list[Capture]:
    with writer(folder) as archive:
        captures = [archive.write(one, known) for one, known in written]
    return [capture for capture in captures if capture]


@pytest.mark.parametrize("name", CASES)
def test_what_was_archived_is_read_back(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    (capture,) = write(tmp_path, (case.exchange, None))
    stored = read_capture(Location(tmp_path), capture)
    head = archived_head(case.exchange.head, len(case.exchange.body), truncated=case.exchange.truncated is not None)
    assert (stored.head, stored.body) == (head, case.exchange.body)
    assert (stored.status, stored.reason, stored.headers) == (
        case.status,
        parse_head(case.exchange.head).reason,
        parse_head(head).headers,
    )
    assert stored.date == case.exchange.started_at
    assert stored.truncated == case.exchange.truncated
    assert stored.capture == capture
    decoded = stored.decoded()
    assert (decoded.body, decoded.whole) == (case.page, case.exchange.truncated is None)
    (again,) = iterate(next(tmp_path.glob("*.gz")))
    assert again == replace(stored, request=case.exchange.request)


def test_a_file_is_iterated_in_its_order_with_all_that_stands_beside(tmp_path: Path) -> None:
    captures = write(tmp_path, *((page, None) for page in pages(20)))
    found = list(iterate(next(tmp_path.glob("*.gz"))))
    assert [one.capture for one in found] == captures
    for one, page in zip(found, pages(20), strict=True):
        assert (one.url, one.body, one.request) == (page.url, page.body, page.request)
        assert (one.via, one.discovery, one.ip_address) == (page.via, page.discovery, "127.0.0.1")


def test_a_revisit_is_given_the_payload_that_it_refers_to(tmp_path: Path) -> None:
    (first,) = write(tmp_path, (PAGE, None))
    later = exchange("moved", b"Content-Type: text/plain\r\nX-New: 1\r\n", ARABIC, started_at=LATER)
    (again,) = write(tmp_path, (later, original(first, PAGE)))
    asked = []

    def lookup(wanted: Original) -> Capture:
        asked.append(wanted)
        return first

    stored = read_capture(Location(tmp_path), again, lookup)
    assert asked == [original(first, PAGE)]
    assert (stored.url, stored.date, stored.capture) == (later.url, LATER, again)
    assert stored.answer.first("x-new") == "1"
    assert stored.decoded().body == ARABIC


def test_a_304_is_given_the_page_that_it_refers_to(tmp_path: Path) -> None:
    page = CASES["gzip"].exchange
    (first,) = write(tmp_path, (page, None))
    not_modified = replace(CASES["304"].exchange, url=page.url, started_at=LATER)
    (again,) = write(tmp_path, (not_modified, original(first, page)))
    assert again.payload_digest == first.payload_digest
    stored = read_capture(Location(tmp_path), again, lambda _: first)
    assert (stored.status, stored.decoded().body, stored.date) == (200, ARABIC, LATER)
    assert stored.profile is not None


def test_a_revisit_whose_original_is_unknown_is_told(tmp_path: Path) -> None:
    (first,) = write(tmp_path, (PAGE, None))
    (again,) = write(tmp_path, (replace(PAGE, started_at=LATER), original(first, PAGE)))
    with pytest.raises(ArchiveError, match="that is not known"):
        read_capture(Location(tmp_path), again)
    with pytest.raises(ArchiveError, match="that is not known"):
        read_capture(Location(tmp_path), again, lambda _: None)
    with pytest.raises(ArchiveError, match="itself one"):
        read_capture(Location(tmp_path), again, lambda _: again)
    (other,) = write(tmp_path, (replace(PAGE, body=b"another"), None))
    with pytest.raises(ArchiveError, match="repeats the payload"):
        read_capture(Location(tmp_path), again, lambda _: other)


def test_what_does_not_stand_at_its_place_is_told(tmp_path: Path) -> None:
    first, second = write(tmp_path, (PAGE, None), (replace(PAGE, body=b"another"), None))
    with pytest.raises(ArchiveError, match=re.escape(f"not {second.record_id}")):
        read_capture(Location(tmp_path), replace(second, offset=first.offset, length=first.length))
    with pytest.raises(ArchiveError, match=r"cut or broken|no WARC"):
        read_capture(Location(tmp_path), replace(first, offset=first.offset + 1))
    with pytest.raises(ArchiveError, match="cut or broken"):
        read_capture(Location(tmp_path), replace(first, length=first.length - 60))
    with pytest.raises(ArchiveError, match="holds no WARC record"):
        read_capture(Location(tmp_path), replace(first, offset=10**9))
    with pytest.raises(ArchiveError, match="holds the payload"):
        read_capture(Location(tmp_path), replace(first, payload_digest=second.payload_digest))
    with pytest.raises(ArchiveError, match="bring it back"):
        read_capture(Location(tmp_path), replace(first, warc="other.warc.gz"))
    with pytest.raises(ArchiveError, match="no bare file name"):
        read_capture(Location(tmp_path), replace(first, warc="../" + first.warc))


def test_bytes_that_were_changed_are_told(tmp_path: Path) -> None:
    (capture,) = write(tmp_path, (PAGE, None))
    path = tmp_path / capture.warc
    content = path.read_bytes()
    member = gzip.decompress(content[capture.offset : capture.offset + capture.length])
    forged = gzip.compress(member.replace(b"<html", b"<HTML"))
    path.write_bytes(content[: capture.offset] + forged)
    with pytest.raises(ArchiveError, match="does not have its own digest"):
        read_capture(Location(tmp_path), replace(capture, length=len(forged)))


def test_a_request_is_no_capture(tmp_path: Path) -> None:
    (capture,) = write(tmp_path, (PAGE, None))
    content = (tmp_path / capture.warc).read_bytes()
    member = content[capture.offset + capture.length :]
    found = re.search(rb"WARC-Record-ID: (\S+)", gzip.decompress(member))
    assert found
    request = replace(capture, offset=capture.offset + capture.length, length=len(member), record_id=found[1].decode())
    with pytest.raises(ArchiveError, match="request record"):
        read_capture(Location(tmp_path), request)


@pytest.mark.parametrize("truncated", [None, "length"])
def test_a_file_of_common_crawl_is_read(truncated: str | None, tmp_path: Path) -> None:
    made = {f"https://news.example/{number}": ARTICLE + b"%d" % number for number in range(5)}
    path = tmp_path / "CC-NEWS-1.warc.gz"
    path.write_bytes(common_crawl(made, truncated))
    found = list(iterate(path))
    assert {one.url: one.decoded().body for one in found} == made
    for one in found:
        assert one.request == f"GET {one.url} HTTP/1.1\r\n\r\n".encode()
        assert one.decoded().whole == (truncated is None)
        assert one.capture is not None
        assert one.capture.payload_digest.startswith("sha1:")
        assert read_capture(Location(tmp_path), one.capture).body == one.body
    assert found[3].date == datetime(2024, 5, 1, 10, 0, 3, tzinfo=UTC)


def test_a_file_of_wget_is_read(tmp_path: Path) -> None:
    path = tmp_path / "wget.warc.gz"
    path.write_bytes(wget("https://news.example/", gzip.compress(ARTICLE)))
    (found,) = iterate(path)
    assert found.url == "https://news.example/"
    assert found.request == b"GET / HTTP/1.1\r\n\r\n"
    assert (found.decoded().body, found.decoded().whole) == (ARTICLE, True)
    assert found.capture
    assert read_capture(Location(tmp_path), found.capture).decoded().body == ARTICLE


def test_a_file_of_browsertrix_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rec.warc.gz"
    path.write_bytes(browsertrix("https://news.example/", ARTICLE))
    (found,) = iterate(path)
    assert found.request == b"GET / HTTP/1.1\r\n\r\n"
    assert found.capture
    assert found.capture.payload_digest == digest(ARTICLE)
    assert found.decoded().body == ARTICLE


def test_old_revisits_say_less(tmp_path: Path) -> None:
    path = tmp_path / "old.warc.gz"
    bare = http(
        "revisit",
        "http://news.example/",
        b"",
        ("WARC-Date", "2024-05-01T10:00:00Z"),
        ("WARC-Payload-Digest", sha1(ARTICLE)),
        ("WARC-Record-ID", "<urn:uuid:v>"),
    )
    path.write_bytes(gzip.compress(bare) + gzip.compress(bare.replace(b"Content-Type: application/http", b"X-Y: a")))
    for found in iterate(path):
        assert found.original is not None
        assert (found.original.url, found.original.date) == ("http://news.example/", None)
        assert found.original.payload_digest is not None
        assert (found.status, found.body) == (None, b"")


def test_of_a_cut_file_the_whole_answers_are_given_first(tmp_path: Path) -> None:
    captures = write(tmp_path, *((page, None) for page in pages(5)))
    (path,) = tmp_path.glob("*.gz")
    path.write_bytes(path.read_bytes()[: captures[-1].offset + 200])
    found: list[StoredExchange] = []
    with pytest.raises(ArchiveError, match="whole copy"):
        found.extend(iterate(path))
    assert [one.capture for one in found] == captures[:-1]
