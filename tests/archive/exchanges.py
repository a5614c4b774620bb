"""Exchanges as servers give them, good and bad, written by hand."""

from __future__ import annotations

import gzip
import random
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli

from newscrawl.archive.exchange import Exchange, Original
from newscrawl.archive.writer import ArchiveWriter
from newscrawl.items import Capture

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NOON = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
ARABIC = "<!DOCTYPE html><html lang=ar><title>خبر</title><p>نص الخبر كاملاً.</p></html>".encode() * 40


@dataclass(frozen=True, slots=True)
class Case:
    """An exchange, and what a reader must get of it."""

    exchange: Exchange
    page: bytes
    """The decoded body."""
    status: int = 200


def exchange(path: str, head: bytes, body: bytes = b"", **changes: object) -> Exchange:
    """An exchange with a server of our own; its head may leave out the status line."""
    if not head.startswith((b"HTTP/", b"ICY")):
        head = b"HTTP/1.1 200 OK\r\n" + head
    request = b"GET /%s HTTP/1.1\r\nHost: news.example\r\nAccept-Encoding: gzip, br, zstd\r\n\r\n" % path.encode()
    made = Exchange(
        url=f"http://news.example/{path}",
        request=request,
        head=head + b"\r\n",
        body=body,
        started_at=NOON,
        ip_address="127.0.0.1",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def original(capture: Capture, of: Exchange) -> Original:
    """What a later exchange needs to know of an archived one."""
    return Original(url=of.url, date=of.started_at, payload_digest=capture.payload_digest, record_id=capture.record_id)


def writer(folder: Path, **options: object) -> ArchiveWriter:
    """A writer whose clock stands still at noon."""
    return ArchiveWriter(folder, "news", lambda: NOON, **options)  # type: ignore[arg-type]


def pages(count: int, seed: int = 1, most: int = 3000) -> list[Exchange]:
    """Pages that differ, each a second after the one before."""
    chance = random.Random(seed)
    return [
        exchange(
            f"page/{number}",
            b"Content-Type: text/html\r\n",
            b"<html>%d %s" % (number, chance.randbytes(chance.randint(0, most)).hex().encode()),
            started_at=NOON + timedelta(seconds=number),
            via="http://news.example/feed" if number % 2 else None,
            discovery="feed" if number % 2 else None,
        )
        for number in range(count)
    ]


def _bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gzip,
    "deflate": zlib.compress,
    "bare-deflate": _bare_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
_HTML = b"Content-Type: text/html; charset=utf-8\r\n"


def _coded(name: str) -> Case:
    coding = name.removeprefix("bare-").encode()
    body = CODINGS[name](ARABIC)
    head = _HTML + b"Content-Encoding: %s\r\nContent-Length: %d\r\n" % (coding, len(body))
    return Case(exchange(name, head, body), ARABIC)


def _plain(path: str, head: bytes, body: bytes = ARABIC, status: int = 200, **changes: object) -> Case:
    return Case(exchange(path, head, body, **changes), body, status)


_CUT = _gzip(ARABIC)[:200]
CASES: dict[str, Case] = {
    **{name: _coded(name) for name in CODINGS},
    "plain": _plain("plain", _HTML + b"Content-Length: %d\r\n" % len(ARABIC)),
    "until close": _plain("until-close", _HTML),
    "chunked": _plain("chunked", _HTML + b"Transfer-Encoding: chunked\r\n"),
    "chunked with length": _plain("length", _HTML + b"transfer-encoding : Chunked\r\nContent-Length: 9\r\n"),
    "chunked gzip": Case(
        exchange(
            "chunked-gzip",
            _HTML + b"Content-Encoding: gzip\r\nTransfer-Encoding:\r\n\tchunked\r\nX-After: 1\r\n",
            _gzip(ARABIC),
        ),
        ARABIC,
    ),
    "two codings": Case(
        exchange("two", _HTML + b"Content-Encoding: gzip, br\r\n", brotli.compress(_gzip(ARABIC))), ARABIC
    ),
    "204": _plain("204", b"HTTP/1.1 204 No Content\r\nX-A: 1\r\n", b"", 204),
    "304": _plain("304", b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n', b"", 304),
    "redirect": _plain("redirect", b"HTTP/1.1 301 Moved\r\nLocation: /plain\r\nContent-Length: 5\r\n", b"moved", 301),
    "not found": _plain("404", b"HTTP/1.1 404 Nicht Da\r\nContent-Length: 4\r\n", b"nope", 404),
    "odd reason": _plain("reason", b"HTTP/1.1 200 Tr\xe8s  bien (\xd8\xa7)\r\n" + _HTML),
    "no reason": _plain("no-reason", b"HTTP/1.1 200\r\n" + _HTML),
    "http/1.0": _plain("old", b"HTTP/1.0 200 OK\r\n" + _HTML),
    "duplicate headers": _plain("twice", _HTML + b"set-cookie: a=1\r\nX-B: 2\r\nSet-Cookie: b=2\r\n"),
    "latin-1 header": _plain("latin-1", _HTML + b"X-Author: Andr\xe9\r\nX-Raw: \xff\xfe\r\n"),
    "folded header": _plain("folded", _HTML + b"X-Long: one\r\n two\r\n\tthree\r\n"),
    "colon-less line": _plain("colon-less", _HTML + b"this is no header\r\nX-After: 1\r\n"),
    "line feeds only": _plain("lf", b"HTTP/1.1 200 OK\nContent-Type: text/html\nX-B: 2\n"),
    "empty body": _plain("empty", _HTML + b"Content-Length: 0\r\n", b""),
    "empty gzip": _plain("empty-gzip", _HTML + b"Content-Encoding: gzip\r\n", b""),
    "short body": _plain("short", _HTML + b"Content-Length: 99999\r\n", truncated="disconnect"),
    "cut gzip": Case(
        exchange("cut", _HTML + b"Content-Encoding: gzip\r\n", _CUT, truncated="time"),
        zlib.decompressobj(31).decompress(_CUT),
    ),
    "http/2": _plain("h2", _HTML, protocol="h2"),
    "claims gzip": _plain("claims-gzip", _HTML + b"Content-Encoding: gzip\r\n"),
    "robots.txt": _plain("robots.txt", b"Content-Type: text/plain\r\n", b"User-agent: *\nDisallow:\n"),
    "Arabic URL": _plain("خبر", _HTML, request=b"GET /%D8%AE%D8%A8%D8%B1 HTTP/1.1\r\n\r\n"),
    "binary": _plain("image", b"Content-Type: image/jpeg\r\n", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 300),
    "line breaks in the body": _plain(
        "breaks", b"Content-Type: text/plain\r\n", b"\r\n\r\n\n\nHTTP/1.1 200 OK\r\n\r\n"
    ),
}
