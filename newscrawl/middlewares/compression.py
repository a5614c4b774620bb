"""Undoing the content coding of answers, and telling bodies that are cut or broken from those that are whole.

Scrapy's own middleware hands on as much as it could decode, as if that were all.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from gzip import BadGzipFile, GzipFile
from io import BytesIO

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils._compression import _DecompressionMaxSizeExceeded, brotli, zstd  # type: ignore[attr-defined]

READ_AT_MOST = "read_at_most"
"""Key of a request's meta: of its answer the first so many bytes are enough, whether it is whole or not."""

_MOST_CODINGS = 5
_CHUNK = 1 << 16


class BodyCutShort(IgnoreRequest):
    """The coded body ends before its coding says that it is at its end."""


class BodyBroken(IgnoreRequest):
    """The body is not of the coding that its headers name."""


class ContentCodingMiddleware(HttpCompressionMiddleware):
    """Scrapy's middleware, which raises BodyCutShort and BodyBroken."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """The response with its body decoded."""
        codings = response.headers.getlist("Content-Encoding")
        at_most: int | None = request.meta.get(READ_AT_MOST)
        if at_most is not None and codings:
            return response.replace(body=self._beginning(response.body, codings, at_most))
        return super().process_response(request=request, response=response)

    def _handle_encoding(self, body: bytes, content_encoding: list[bytes], max_size: int) -> tuple[bytes, list[bytes]]:
        codings, _ = self._split_encodings(content_encoding)
        if len(codings) > _MOST_CODINGS:
            raise BodyBroken(f"its headers name {len(codings)} content codings in a row")
        return super()._handle_encoding(body, content_encoding, max_size)

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        # Closed also where it is too large: the exception holds on to this frame until it has been dealt with.
        with BytesIO() as decoded:
            for piece in _DECODERS[encoding](body):
                decoded.write(piece)
                if max_size and decoded.tell() > max_size:
                    raise _DecompressionMaxSizeExceeded(decoded.tell(), max_size)
            return decoded.getvalue()

    def _beginning(self, body: bytes, codings: list[bytes], at_most: int) -> bytes:
        for coding in self._split_encodings(codings)[0][:_MOST_CODINGS]:
            decoded = BytesIO()
            with suppress(BodyCutShort, BodyBroken):
                for piece in _DECODERS[coding](body):
                    decoded.write(piece)
                    if decoded.tell() >= at_most:
                        break
            body = decoded.getvalue()
        return body[:at_most]


def _gzip(body: bytes) -> Iterator[bytes]:
    stream = GzipFile(fileobj=BytesIO(body))
    begun = False
    try:
        while piece := stream.read1(_CHUNK):
            begun = True
            yield piece
    except EOFError:
        raise BodyCutShort("its gzip coding is cut short") from None
    except zlib.error as error:
        raise BodyBroken(f"its gzip coding is broken: {error}") from error
    except BadGzipFile as error:
        # A wrong checksum, or bytes after the end: browsers look at neither.
        if not begun:
            raise BodyBroken(f"its gzip coding is broken: {error}") from error


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
        raise BodyBroken(f"its deflate coding is broken: {error}") from error
    yield stream.flush()
    if body and not stream.eof:
        raise BodyCutShort("its deflate coding is cut short")


def _br(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    piece = body
    try:
        while body and not stream.is_finished():
            decoded = stream.process(piece, output_buffer_limit=_CHUNK)
            piece = b""
            if not decoded and not stream.is_finished():
                raise BodyCutShort("its br coding is cut short")
            yield decoded
    except brotli.error as error:
        raise BodyBroken(f"its br coding is broken: {error}") from error


def _zstd(body: bytes) -> Iterator[bytes]:
    stream = zstd.ZstdFile(BytesIO(body))
    try:
        while body and (piece := stream.read(_CHUNK)):
            yield piece
    except EOFError:
        raise BodyCutShort("its zstd coding is cut short") from None
    except zstd.ZstdError as error:
        raise BodyBroken(f"its zstd coding is broken: {error}") from error


_DECODERS: dict[bytes, Callable[[bytes], Iterator[bytes]]] = {
    b"gzip": _gzip,
    b"x-gzip": _gzip,
    b"deflate": _deflate,
    b"br": _br,
    b"zstd": _zstd,
}
