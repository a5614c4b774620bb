"""What an answer's body is, as a browser would take it: the field without which bulk readers drop pages."""

from __future__ import annotations

from xtractmime import extract_mime

from newscrawl.archive.decoding import decode
from newscrawl.archive.heads import Head

# xtractmime reads no more (WHATWG MIME Sniffing, 5.2: the resource header).
_LOOKED_AT = 1445


def payload_type(head: Head, body: bytes) -> str | None:
    """The media type of the decoded body by the WHATWG's MIME Sniffing, which weighs what the head claims against
    what the body begins with; None for an empty body."""
    beginning = decode(head, body, beginning=_LOOKED_AT).body
    if not beginning:
        return None
    claims = tuple(value.encode("latin-1") for value in head.all("content-type"))
    identified: bytes = extract_mime(beginning[:_LOOKED_AT], content_types=claims or None)
    return identified.decode("latin-1")
