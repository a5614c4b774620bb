from __future__ import annotations

import zlib
from datetime import UTC, datetime

import pytest

from newscrawl.archive.fixture import fixture_case
from newscrawl.archive.heads import parse_head
from newscrawl.archive.reader import StoredExchange
from newscrawl.exceptions import ArchiveError

URL = "https://news.example/a"


def stored(head: bytes, body: bytes = b"") -> StoredExchange:
    whole = head.replace(b"\n", b"\r\n") + b"\r\n"
    date = datetime(2026, 5, 3, 12, 0, 1, tzinfo=UTC)
    return StoredExchange(url=URL, date=date, head=whole, body=body, answer=parse_head(whole), capture=None)


def test_what_told_of_the_transfer_is_left_out_and_undone() -> None:
    body = zlib.compress("خبر".encode("windows-1256"))
    head = (
        b"HTTP/1.1 200 OK\ncontent-type: text/html; charset=windows-1256\nContent-Encoding: deflate\nSet-Cookie: a=b\n"
        b"X-Crawler-Transfer-Encoding: chunked\nContent-Length: %d\ndate: Sun, 03 May 2026 10:00:00 GMT\n" % len(body)
    )
    answer, payload = fixture_case(stored(head, body))
    assert payload == "خبر".encode("windows-1256")
    assert answer == {
        "url": URL,
        "status": 200,
        "headers": [["content-type", "text/html; charset=windows-1256"], ["Date", "Sun, 03 May 2026 10:00:00 GMT"]],
        "body": "page.html",
    }


@pytest.mark.parametrize("date", [b"", b"Date: noon\n", b"Date: Sun, 03 May 2026 10:00:00 -0000\n"])
def test_an_answer_without_a_date_gets_its_captures(date: bytes) -> None:
    answer, _ = fixture_case(stored(b"HTTP/1.1 200 OK\n" + date))
    assert answer["headers"] == [["Date", "Sun, 03 May 2026 12:00:01 GMT"]]
    assert answer["body"] is None


def test_a_redirects_target_is_absolute() -> None:
    answer, _ = fixture_case(stored(b"HTTP/1.1 301 Moved\nlocation: ../b?x#y\n"))
    assert answer["headers"][0] == ["Location", "https://news.example/b?x#y"]


@pytest.mark.parametrize(
    ("kind", "name"), [(b"Application/RSS+xml; charset=x", "feed.xml"), (b"image/png", "document.bin")]
)
def test_the_payloads_file_is_named_by_its_type(kind: bytes, name: str) -> None:
    assert fixture_case(stored(b"HTTP/1.1 200 OK\nContent-Type: " + kind + b"\n", b"x"))[0]["body"] == name


@pytest.mark.parametrize("head", [b"nonsense\n", b"HTTP/1.1 200 OK\nContent-Encoding: exi\n"])
def test_what_no_fixture_can_hold_is_refused(head: bytes) -> None:
    with pytest.raises(ArchiveError, match=r"no status|cannot be undone"):
        fixture_case(stored(head))
