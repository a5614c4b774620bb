from __future__ import annotations

import gzip

import pytest

from newscrawl.archive.heads import parse_head
from newscrawl.archive.payload_type import payload_type
from tests.archive.exchanges import ARABIC


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (b"Content-Type: text/html; charset=utf-8", ARABIC, "text/html"),
        (b"Content-Type: TEXT/HTML", b"a line before the page", "text/html"),
        (b"X: 1", ARABIC, "text/html"),
        (b"Content-Encoding: gzip\r\nContent-Type: text/html", gzip.compress(ARABIC), "text/html"),
        (b"Content-Encoding: gzip", gzip.compress(ARABIC), "text/html"),
        (b"Content-Type: text/html\r\nContent-Encoding: gzip", gzip.compress(ARABIC)[:60], "text/html"),
        (b"Content-Type: application/rss+xml", b"<?xml version='1.0'?><rss>", "application/rss+xml"),
        (b"X: 1", b"<?xml version='1.0'?><rss>", "text/xml"),
        (b"Content-Type: application/json", b'{"a": 1}', "application/json"),
        (b"X: 1", b"%PDF-1.7", "application/pdf"),
        (b"Content-Type: \xe9/\xe9", b"text", "text/plain"),
        (b"Content-Type: text/html", b"", None),
    ],
)
def test_a_body_is_taken_for_what_a_browser_takes_it_for(head: bytes, body: bytes, expected: str | None) -> None:
    assert payload_type(parse_head(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n"), body) == expected
