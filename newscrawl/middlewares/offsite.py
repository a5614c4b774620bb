"""Keeping pages on their source's site, also where a redirect leads elsewhere."""

from __future__ import annotations

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from newscrawl.sources import Source
from newscrawl.urls import is_http


class Offsite(IgnoreRequest):
    """The request leaves the site of the source that it is made for."""


class UnusableURL(IgnoreRequest):
    """A redirect leads to what is no URL of http or https, or to one that is too long to be kept."""


class OffsiteMiddleware:
    """Ends a request that leaves the site of the source in its meta `site`; requests without one go anywhere.

    Scrapy's own middleware drops a redirect off the site without a word to its request.
    """

    def process_request(self, request: Request) -> None:
        """Raises Offsite and UnusableURL."""
        if not is_http(request.url):
            raise UnusableURL(f"{request.url[:100]} is no URL, or one that is too long")
        site: Source | None = request.meta.get("site")
        if site is not None and not site.owns(request.url):
            raise Offsite(f"{request.url} is not on the site of {site.source_id}")
