from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils._compression import brotli, zstd  # type: ignore[attr-defined]
from scrapy.utils.test import get_crawler

from newscrawl.middlewares.compression import READ_AT_MOST, BodyBroken, BodyCutShort, ContentCodingMiddleware


def _raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return bytes(stream.compress(body) + stream.flush())


_CODINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", _raw_deflate),
    ("br", brotli.compress),
    ("zstd", zstd.compress),
]
_BODIES = [b"x", b"news " * 40_000, bytes(65_536), random.Random(1).randbytes(200_000)]


def decoded(body: bytes, coding: str, **meta: object) -> bytes:
    """The body as the middleware hands it on."""
    middleware = ContentCodingMiddleware.from_crawler(get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": 1_000_000}))
    request = Request("https://news.example/", meta=meta)
    response = Response("https://news.example/", headers={"Content-Encoding": coding}, body=body)
    answer = middleware.process_response(request, response)
    assert isinstance(answer, Response)
    return answer.body


@pytest.mark.parametrize("body", _BODIES, ids=len)
@pytest.mark.parametrize(("coding", "code"), _CODINGS)
def test_a_whole_body_is_decoded(coding: str, code: Callable[[bytes], bytes], body: bytes) -> None:
    assert decoded(code(body), coding) == body


@pytest.mark.parametrize("body", _BODIES, ids=len)
@pytest.mark.parametrize(("coding", "code"), _CODINGS)
def test_a_body_cut_anywhere_is_cut_short(coding: str, code: Callable[[bytes], bytes], body: bytes) -> None:
    coded = code(body)
    for end in {2, len(coded) // 2, len(coded) - 1} - {len(coded)}:
        with pytest.raises(BodyCutShort):
            decoded(coded[:end], coding)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_of_another_coding_is_broken(coding: str) -> None:
    with pytest.raises(BodyBroken):
        decoded(b"<!doctype html><p>This is plain text, whatever the headers say.</p>" * 9, coding)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_no_body_is_no_cut_body(coding: str) -> None:
    assert decoded(b"", coding) == b""


def test_members_of_gzip_are_joined_and_bytes_after_them_left() -> None:
    assert decoded(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0 more", "gzip") == b"one two"


def test_a_wrong_checksum_costs_nothing() -> None:
    body = gzip.compress(b"news")
    assert decoded(body[:-8] + b"\0" * 8, "gzip") == b"news"


def test_codings_are_undone_in_turn_and_bounded_in_number() -> None:
    assert decoded(gzip.compress(zlib.compress(b"news")), "deflate, gzip") == b"news"
    with pytest.raises(BodyBroken, match="6 content codings"):
        decoded(gzip.compress(b""), "gzip, gzip, gzip, gzip, gzip, gzip")


@pytest.mark.parametrize(("coding", "code"), _CODINGS)
def test_of_a_body_whose_beginning_is_enough_the_beginning_is_decoded(
    coding: str, code: Callable[[bytes], bytes]
) -> None:
    coded = code(b"news " * 400 + random.Random(2).randbytes(2_000_000))
    assert decoded(coded, coding, **{READ_AT_MOST: 1000}) == b"news " * 200
    assert decoded(coded[:-2], coding, **{READ_AT_MOST: 1000}) == b"news " * 200
