from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.archive.heads import archived_head, parse_head, split_message

ODD = b"HTTP/1.1 200 Tr\xe8s  bien\r\ncontent-type:text/html\r\nX-B: 1\r\nx-b:  2 \r\nX-C: a\r\n\tb\r\nno colon\r\n\r\n"


def test_a_head_without_framing_stays_byte_for_byte() -> None:
    assert archived_head(ODD, 10) == ODD


def test_a_stated_length_stays_even_if_it_is_not_the_bodys() -> None:
    head = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n"
    assert archived_head(head, 0) == head


def test_line_feeds_become_line_ends() -> None:
    assert archived_head(b"HTTP/1.1 200 OK\nA: 1\r\nB: 2\n\n", 0) == b"HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\n\r\n"


def test_a_head_without_its_blank_line_gets_one() -> None:
    assert archived_head(b"HTTP/1.1 200 OK\r\nA: 1", 0) == b"HTTP/1.1 200 OK\r\nA: 1\r\n\r\n"


def test_removed_framing_is_renamed_and_the_length_stated() -> None:
    head = b"HTTP/1.1 200 OK\r\ntransfer-ENCODING : gzip,\r\n chunked\r\nContent-Length: 7\r\nA: 1\r\n\r\n"
    assert archived_head(head, 42) == (
        b"HTTP/1.1 200 OK\r\nX-Crawler-transfer-ENCODING : gzip,\r\n chunked\r\nX-Crawler-Content-Length: 7\r\nA: 1\r\n"
        b"Content-Length: 42\r\n\r\n"
    )


def test_a_folded_line_is_no_framing() -> None:
    head = b"HTTP/1.1 200 OK\r\nA: 1\r\n Transfer-Encoding: chunked\r\n\r\n"
    assert archived_head(head, 3) == head


def test_the_length_of_a_truncated_body_is_its_own() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nA: 1\r\n\r\n"
    assert archived_head(head, 5, truncated=True) == (
        b"HTTP/1.1 200 OK\r\nX-Crawler-Content-Length: 99\r\nA: 1\r\nContent-Length: 5\r\n\r\n"
    )
    assert archived_head(head, 99, truncated=True) == head


def test_a_head_is_read_leniently() -> None:
    head = parse_head(ODD)
    assert (head.status, head.reason) == (200, "Très  bien")
    assert head.headers == [("content-type", "text/html"), ("X-B", "1"), ("x-b", "2"), ("X-C", "a b")]
    assert head.all("x-b") == ["1", "2"]
    assert head.first("x-c") == "a b"
    assert head.first("missing") is None


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        (b"HTTP/1.1 200", 200, ""),
        (b"HTTP/2 404 ", 404, ""),
        (b"ICY 200 OK", 200, "OK"),
        (b"HTTP/1.0  503  Try later", 503, "Try later"),
        (b"HTTP/1.1 20", None, ""),
        (b"<html>", None, ""),
        (b"", None, ""),
    ],
)
def test_status_lines(line: bytes, status: int | None, reason: str) -> None:
    head = parse_head(line + b"\r\nA: 1\r\n\r\n")
    assert (head.status, head.reason, head.headers) == (status, reason, [("A", "1")])


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n", b"\n\r\n"])
def test_a_message_is_split_at_its_first_blank_line(end: bytes) -> None:
    body = b"\r\n\r\nX: 1\n\n"
    assert split_message(b"HTTP/1.1 200 OK\r\nA: 1" + end + body) == (b"HTTP/1.1 200 OK\r\nA: 1" + end, body)


def test_a_message_without_blank_line_is_all_head() -> None:
    assert split_message(b"HTTP/1.1 200 OK\r\nA: 1\r\n") == (b"HTTP/1.1 200 OK\r\nA: 1\r\n", b"")


@given(st.binary())
def test_no_bytes_are_too_odd(head: bytes) -> None:
    parse_head(head)
    archived = archived_head(b"HTTP/1.1 200 OK\r\n" + head, 3, truncated=True)
    assert archived.endswith(b"\r\n\r\n")
    assert archived_head(archived, 3, truncated=True) == archived
