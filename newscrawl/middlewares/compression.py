"""Undoing the content coding of answers, and telling bodies that are cut or broken from those that are whole.

Scrapy's own middleware hands on as much as it could decode, as if that were all.
"""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils._compression import _DecompressionMaxSizeExceeded

from newscrawl.codings import DECODERS, CodingBroken, CodingCutShort

READ_AT_MOST = "read_at_most"
"""Key of a request's meta: of its answer the first so many bytes are enough, whether it is whole or not."""

_MOST_CODINGS = 5


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
        if response.status == 304:
            # It names the coding of the answer that it stands for, and has no body (RFC 9110, 15.4.5).
            return response
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
            try:
                for piece in DECODERS[encoding](body):
                    decoded.write(piece)
                    if max_size and decoded.tell() > max_size:
                        raise _DecompressionMaxSizeExceeded(decoded.tell(), max_size)
            except CodingCutShort as error:
                raise BodyCutShort(str(error)) from error
            except CodingBroken as error:
                raise BodyBroken(str(error)) from error
            return decoded.getvalue()

    def _beginning(self, body: bytes, codings: list[bytes], at_most: int) -> bytes:
        for coding in self._split_encodings(codings)[0][:_MOST_CODINGS]:
            decoded = BytesIO()
            with suppress(CodingCutShort, CodingBroken):
                for piece in DECODERS[coding](body):
                    decoded.write(piece)
                    if decoded.tell() >= at_most:
                        break
            body = decoded.getvalue()
        return body[:at_most]
