"""Asking whether a page or document has changed, where its last answer gave something to tell that by."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from newscrawl.configuration import Configuration
from newscrawl.items import Validators

VALIDATORS = "validators"
"""Key of a request's meta: the Validators of the last answer that was kept."""
ANSWERED_BY = "validators_of"
"""Key of a request's meta: the URL that gave that answer, where redirects may have led there."""
NOT_MODIFIED = 304
_HEADERS = ("If-None-Match", "If-Modified-Since")


class ConditionalMiddleware:
    """Adds If-None-Match and If-Modified-Since (RFC 9110, 13.1) for a request's Validators, and lets a 304 pass.

    Not in a replay, in which nobody compares. Where a redirect leads elsewhere the condition is taken off: it is for
    another page.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if Configuration.read(crawler.settings).replay is not None:
            raise NotConfigured
        return cls()

    def process_request(self, request: Request) -> None:
        """Make the request conditional, or unconditional again."""
        validators: Validators | None = request.meta.get(VALIDATORS)
        if validators is None:
            return
        # Redirects copy both.
        for name in _HEADERS:
            request.headers.pop(name, None)
        request.meta.pop("handle_httpstatus_list", None)
        whose = request.meta.get(ANSWERED_BY)
        if whose != request.url if whose else "redirect_urls" in request.meta:
            return
        for name, value in zip(_HEADERS, (validators.etag, validators.last_modified), strict=True):
            if value is not None:
                request.headers[name] = value
        request.meta["handle_httpstatus_list"] = [NOT_MODIFIED]


def condition_of(request: Request) -> Validators | None:
    """Under which condition the request is made; None when it is made under none."""
    is_conditional = any(name in request.headers for name in _HEADERS)
    return request.meta.get(VALIDATORS) if is_conditional else None
