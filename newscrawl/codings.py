"""HTTP's content codings undone, and bodies that are cut or broken told from those that are whole."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from gzip import BadGzipFile, GzipFile
from io import BytesIO

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_CHUNK = 1 << 16


class CodingCutShort(ValueError):
    """The body ends before its coding says that it is at its end; the message names the coding."""


class CodingBroken(ValueError):
    """The body is not of the coding; the message names it."""


def _gzip(body: bytes) -> Iterator[bytes]:
    stream = GzipFile(fileobj=BytesIO(body))
    begun = False
    try:
        while piece := stream.read1(_CHUNK):
            begun = True
            yield piece
    except EOFError:
        raise CodingCutShort("its gzip coding is cut short") from None
    except zlib.error as error:
        raise CodingBroken(f"its gzip coding is broken: {error}") from error
    except BadGzipFile as error:
        # A wrong checksum, or bytes after the end: browsers look at neither.
        if not begun:
            raise CodingBroken(f"its gzip coding is broken: {error}") from error


def _deflate(body: bytes) -> Iterator[bytes]:
    # RFC 9110, 8.4.1.2: zlib's format, and "some non-conformant implementations" that send the bare stream.
    stream, left = zlib.decompressobj(), body
    try:
        first = stream.decompress(left, _CHUNK)
    except zlib.error:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        first = b""
    else:
        left = stream.unconsumed_tail
    yield first
    try:
        while left and not stream.eof:
            # Little at a time, since the stream copies what it has not yet consumed.
            piece, left = left[:_CHUNK], left[_CHUNK:]
            while piece and not stream.eof:
                yield stream.decompress(piece, _CHUNK)
                piece = stream.unconsumed_tail
    except zlib.error as error:
        raise CodingBroken(f"its deflate coding is broken: {error}") from error
    yield stream.flush()
    if body and not stream.eof:
        raise CodingCutShort("its deflate coding is cut short")


def _br(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    piece = body
    try:
        while body and not stream.is_finished():
            decoded = stream.process(piece, output_buffer_limit=_CHUNK)
            piece = b""
            if not decoded and not stream.is_finished():
                raise CodingCutShort("its br coding is cut short")
            yield decoded
    except brotli.error as error:
        raise CodingBroken(f"its br coding is broken: {error}") from error


def _zstd(body: bytes) -> Iterator[bytes]:
    stream = zstd.ZstdFile(BytesIO(body))
    try:
        while body and (piece := stream.read(_CHUNK)):
            yield piece
    except EOFError:
        raise CodingCutShort("its zstd coding is cut short") from None
    except zstd.ZstdError as error:
        raise CodingBroken(f"its zstd coding is broken: {error}") from error


DECODERS: Mapping[bytes, Callable[[bytes], Iterator[bytes]]] = {
    b"gzip": _gzip,
    b"x-gzip": _gzip,
    b"deflate": _deflate,
    b"br": _br,
    b"zstd": _zstd,
}
"""By a coding's name in lower case: the decoded body in pieces of some 64 KB, which raises CodingCutShort and
CodingBroken."""
