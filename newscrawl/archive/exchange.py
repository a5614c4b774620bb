"""One request and its answer, as the download handler records them and the archive writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer as they went over the wire, framing taken off."""

    url: str
    """Absolute URL as asked for, without fragment."""
    request: bytes
    """Request line, headers, blank line and body, as sent."""
    head: bytes
    """Status line and headers of the final answer as received, up to and with the blank line; interim answers (1xx)
    are left out. Where the answer broke off within it, or is none, what was received; b"" when no answer came."""
    body: bytes
    """The body as received: content codings kept, chunked framing and trailers removed."""
    started_at: datetime
    """When the request was begun: aware, UTC, microseconds."""
    ip_address: str | None
    """The address that answered; None behind a proxy."""
    truncated: Literal["length", "time", "disconnect", "unspecified"] | None = None
    """Why head or body end early (WARC 1.1, 5.13); None for a whole answer."""
    protocol: str | None = None
    """"h2" for HTTP/2, None for HTTP/1."""
    via: str | None = None
    """The URL that led here; known above the handler."""
    discovery: str | None = None
    """How the URL was found; known above the handler."""
