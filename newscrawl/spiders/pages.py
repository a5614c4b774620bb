"""From Scrapy's response to our page."""

from __future__ import annotations

from datetime import datetime

from scrapy.http import Response

from newscrawl.items import Page


def page_of(response: Response, fetched_at: datetime) -> Page:
    """The fetched page as extraction takes it."""
    return Page(
        url=response.url,
        body=response.body,
        headers=headers_of(response),
        fetched_at=fetched_at,
        status=response.status,
    )


def headers_of(response: Response) -> dict[str, str]:
    """The headers as text, repeated ones joined; latin-1 keeps every byte."""
    return {name.decode("latin-1"): b", ".join(values).decode("latin-1") for name, values in response.headers.items()}
