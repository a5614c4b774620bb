"""From Scrapy's response to our page."""

from __future__ import annotations

from datetime import datetime

from scrapy.http import Response

from newscrawl.items import Archived, Page, Validators

_LONGEST = 1000
_LONGEST_TYPE = 100
_HTML_TYPES = ("text/html", "application/xhtml+xml")


def page_of(response: Response, fetched_at: datetime) -> Page:
    """The fetched page as extraction takes it."""
    return Page(
        url=response.url,
        body=response.body,
        headers=headers_of(response),
        fetched_at=fetched_at,
        status=response.status,
    )


def no_html(response: Response) -> str | None:
    """What the answer is by its header where it is no HTML; None where it may be a page."""
    content_type = (response.headers.get("Content-Type") or b"text/html").decode("latin-1")
    media_type = content_type.partition(";")[0].strip().lower()
    return None if media_type in _HTML_TYPES else f"content type {media_type[:_LONGEST_TYPE]}"


def headers_of(response: Response) -> dict[str, str]:
    """The headers as text, repeated ones joined; latin-1 keeps every byte."""
    return {name.decode("latin-1"): b", ".join(values).decode("latin-1") for name, values in response.headers.items()}


def validators_of(response: Response, archived: Archived | None) -> Validators | None:
    """By what the server tells later whether this answer still holds; None where it gives nothing for that.

    `archived`: where the answer is.
    """
    etag, last_modified = (_header(response, name) for name in ("ETag", "Last-Modified"))
    return Validators.given(etag, last_modified, archived.capture.record_id if archived is not None else None)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    text = value.decode("latin-1").strip() if value is not None else ""
    return text if text and len(text) <= _LONGEST and text.isprintable() else None
