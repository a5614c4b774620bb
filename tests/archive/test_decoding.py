from __future__ import annotations

import gzip
import re
from itertools import pairwise

import brotli
import pytest

from newscrawl.archive.decoding import Decoded, decode
from newscrawl.archive.heads import parse_head
from newscrawl.exceptions import ArchiveError
from tests.archive.exchanges import ARABIC, CASES, CODINGS


def decoded(head: bytes, body: bytes, **options: int) -> Decoded:
    return decode(parse_head(b"HTTP/1.1 200 OK\r\n" + head), body, **options)


def chunked(body: bytes, line_end: bytes = b"\r\n", extension: bytes = b"") -> bytes:
    chunks = [body[start:end] for start, end in pairwise([*range(0, len(body), 700), len(body)])]
    framed = [b"%x%s%s%s%s" % (len(chunk), extension, line_end, chunk, line_end) for chunk in [*chunks, b""]]
    return b"".join(framed)


@pytest.mark.parametrize("name", CASES)
def test_every_case_gives_its_page(name: str) -> None:
    case = CASES[name]
    # The framing is off already: what a foreign WARC would state of it must do no harm.
    assert decode(parse_head(case.exchange.head), case.exchange.body).body == case.page


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br", "zstd", "GZIP", "identity", "unheard-of"])
@pytest.mark.parametrize("page", [ARABIC, b"ok", b"{}", b""], ids=len)
def test_a_claim_that_the_bytes_do_not_bear_out_is_not_believed(coding: str, page: bytes) -> None:
    assert decoded(b"Content-Encoding: %s\r\n" % coding.encode(), page) == Decoded(page, whole=True)


@pytest.mark.parametrize("name", CODINGS)
def test_of_a_cut_body_what_can_be_read_is_given(name: str) -> None:
    coding = name.removeprefix("bare-").encode()
    page = b"".join(b"%d\n" % number for number in range(20_000))
    body = CODINGS[name](page)
    got = decoded(b"Content-Encoding: %s\r\n" % coding, body[: len(body) // 2])
    assert not got.whole
    assert page.startswith(got.body)
    # How much a decoder holds back is its own matter.
    assert got.body or name in ("br", "zstd", "deflate", "bare-deflate")


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("extension", [b"", b";name=value", b"  "])
def test_framing_that_was_archived_is_undone(line_end: bytes, extension: bytes) -> None:
    head = b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n"
    body = chunked(gzip.compress(ARABIC * 50), line_end, extension)
    assert decoded(head, body) == Decoded(ARABIC * 50, whole=True)


def test_framing_that_is_cut_gives_what_came() -> None:
    body = chunked(ARABIC)
    got = decoded(b"Transfer-Encoding: chunked\r\n", body[:2000])
    assert not got.whole
    assert ARABIC.startswith(got.body)
    assert len(got.body) > 1900


def test_codings_in_several_headers_are_undone_from_the_last() -> None:
    body = brotli.compress(gzip.compress(ARABIC))
    assert decoded(b"Content-Encoding: gzip\r\ncontent-encoding: br\r\n", body) == Decoded(ARABIC, whole=True)


def test_a_body_that_grows_beyond_the_limit_is_refused() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    with pytest.raises(ArchiveError, match=re.escape("gzip decodes to more than 1000000")):
        decoded(b"Content-Encoding: gzip\r\n", bomb, limit=1_000_000)


def test_only_the_beginning_is_decoded_where_it_is_enough() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    assert 1445 <= len(decoded(b"Content-Encoding: gzip\r\n", bomb, beginning=1445).body) < 200_000
