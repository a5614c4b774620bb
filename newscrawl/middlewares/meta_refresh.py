"""Following `<meta http-equiv=refresh>`, without decoding every page to look for it."""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware as ScrapyMetaRefreshMiddleware
from scrapy.http import Response

# Scrapy looks at the first 4096 characters; one is at most four bytes.
_LOOKED_AT = 4 * 4096


class MetaRefreshMiddleware(ScrapyMetaRefreshMiddleware):
    """Scrapy's, asked only about pages whose beginning has the word."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """The page, or the request that it sends the reader to."""
        if b"refresh" not in response.body[:_LOOKED_AT].lower():
            return response
        answer: Request | Response = super().process_response(request, response)
        return answer
