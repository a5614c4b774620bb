from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import HtmlResponse, Response

from newscrawl.archive.reader import iterate
from newscrawl.middlewares.compression import READ_AT_MOST
from newscrawl.middlewares.stored import answer_to
from tests.archive.foreign import ARTICLE, browsertrix, common_crawl, http, wget

URL = "http://news.example/a"


def answered(folder: Path, content: bytes, *, as_sent: bool = False, most_bytes: int = 0, **meta: Any) -> Response:
    warc = folder / "a.warc.gz"
    warc.write_bytes(content)
    (stored,) = iterate(warc)
    return answer_to(Request(URL, meta=meta), stored, as_sent=as_sent, most_bytes=most_bytes)


def response(head: bytes, body: bytes = b"", truncated: str | None = None) -> bytes:
    fields = [("WARC-Record-ID", "<r>"), ("WARC-Date", "2024-05-01T10:00:00Z")]
    fields += [("WARC-Truncated", truncated)] if truncated else []
    return gzip.compress(http("response", URL, head + b"\r\n" + body, *fields))


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    "content",
    [
        common_crawl({URL: ARTICLE}),
        browsertrix(URL, ARTICLE),
        wget(URL, gzip.compress(ARTICLE)),
        response(OK + b"Content-Encoding: gzip\r\n", gzip.compress(ARTICLE)),
        response(OK + b"Content-Encoding: gzip\r\n", ARTICLE),
    ],
    ids=["common crawl", "browsertrix", "wget", "coded", "only said to be coded"],
)
def test_others_answers_come_decoded(tmp_path: Path, content: bytes) -> None:
    found = answered(tmp_path, content)
    assert (found.status, found.body, found.url) == (200, ARTICLE, URL)
    assert isinstance(found, HtmlResponse)
    assert "Content-Encoding" not in found.headers


def test_ours_keep_their_coding_and_their_headers(tmp_path: Path) -> None:
    head = OK + b"Content-Encoding: gzip\r\nLink: <a>\r\nLink: <\xe9>\r\n"
    found = answered(tmp_path, response(head, gzip.compress(ARTICLE)), as_sent=True)
    assert gzip.decompress(found.body) == ARTICLE
    assert found.headers["Content-Encoding"] == b"gzip"
    assert found.headers.getlist("Link") == [b"<a>", b"<\xe9>"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (response(OK + b"Content-Length: 2\r\n", b"ab", "length"), DownloadCancelledError),
        (response(OK + b"X-Crawler-Content-Length: 9\r\nContent-Length: 0\r\n", b"", "length"), DownloadCancelledError),
        (response(OK, b"ab", "time"), DownloadTimeoutError),
        (response(OK, b"ab", "disconnect"), ResponseDataLossError),
        (response(OK + b"X-Crawler-Transfer-Encoding: chunked\r\n", b"", "disconnect"), ResponseDataLossError),
        (response(OK + b"Content-Encoding: gzip\r\n", gzip.compress(b"<p>The ferry.</p>")[:-9]), ResponseDataLossError),
        (response(OK, b"", "disconnect"), DownloadFailedError),
        (response(b"nonsense\r\n", b"ab"), DownloadFailedError),
        (response(OK, b"a" * 101), DownloadCancelledError),
        (response(OK + b"Content-Encoding: gzip\r\n", gzip.compress(b"a" * 101)), DownloadCancelledError),
    ],
)
def test_what_is_not_whole_raises_what_the_downloader_raised(
    tmp_path: Path, content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        answered(tmp_path, content, most_bytes=100)


def test_of_a_robots_txt_the_beginning_is_enough(tmp_path: Path) -> None:
    content = response(OK, b"User-agent: *\n" * 9, "unspecified")
    found = answered(tmp_path, content, as_sent=True, **{READ_AT_MOST: 100})
    assert (len(found.body), found.flags) == (126, ["download_stopped"])
    with pytest.raises(ResponseDataLossError):
        answered(tmp_path, content, as_sent=True, **{READ_AT_MOST: 1000})
