"""What is archived: a request and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from newscrawl.archive.digests import digest

Truncation = Literal["length", "time", "disconnect", "unspecified"]
"""Why an answer is not whole, in the words of WARC-Truncated (WARC/1.1, 5.13)."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer as they went over the wire, framing taken off."""

    url: str
    """Absolute URL as asked for, without fragment."""
    request: bytes
    """Request line, headers, blank line and body, as sent."""
    head: bytes
    """Status line and headers of the final answer as received, up to and with the blank line; interim answers (1xx)
    are left out. Where the answer broke off within it, or is none, what was received; empty when no answer came."""
    body: bytes
    """The body as received: content codings kept, chunked framing and trailers removed."""
    started_at: datetime
    """Aware UTC instant, with microseconds, at which the request was begun."""
    ip_address: str | None
    """The address that answered; None behind a proxy."""
    truncated: Truncation | None = None
    """Why the answer is not whole; None when it is."""
    protocol: str | None = None
    """`h2` for HTTP/2, whose head is written as HTTP/1.1's."""
    via: str | None = None
    """URL of the document that named the URL; known above the handler."""
    discovery: str | None = None
    """How the URL was found, such as `feed`; known above the handler."""
    repeats: str | None = None
    """WARC-Record-ID of the answer that a 304 says to hold still; known above the handler."""

    @cached_property
    def payload_digest(self) -> str:
        """Digest of the body as it is archived, as `algorithm:hex`."""
        return digest(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """An archived answer that a revisit refers to; never itself a revisit."""

    url: str
    """Absolute URL as asked for."""
    date: datetime | None
    """Aware instant of its WARC-Date; None when a foreign revisit does not state it."""
    payload_digest: str | None
    """Digest of its payload as archived, as `algorithm:hex`; None when a foreign record states none."""
    record_id: str | None = None
    """Its WARC-Record-ID; None when a foreign revisit does not name it."""
