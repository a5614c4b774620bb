"""From an archived body to the page's own bytes.

A claim of the head is believed where the bytes bear it out: wget archives chunked framing as it came, Common Crawl
and others archive decoded bodies, some below the headers of the encoded ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from newscrawl.archive.heads import Head
from newscrawl.codings import DECODERS, CodingBroken, CodingCutShort
from newscrawl.exceptions import ArchiveError

MOST_BYTES = 1 << 28
"""Bytes to which a body is decoded unless another limit is given."""

_CHUNK_HEAD = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
# WHATWG MIME Sniffing, 3: binary data bytes.
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_LOOKED_AT = 1445


@dataclass(frozen=True, slots=True)
class Decoded:
    """The bytes of a page."""

    body: bytes
    whole: bool
    """Whether framing and content codings came to their end."""


def decode(head: Head, body: bytes, limit: int = MOST_BYTES, *, beginning: int | None = None) -> Decoded:
    """The body without the framing and the content codings that its head claims and its bytes bear out.

    With `beginning`, no more than about so many bytes are decoded. Raises ArchiveError for more than `limit`.
    """
    whole = True
    if "chunked" in _listed(head, "transfer-encoding"):
        body, whole = _unchunked(body)
    for coding in reversed(_listed(head, "content-encoding")):
        if coding == "identity":
            continue
        if coding.encode("latin-1") not in DECODERS:
            break
        undone = _undone(body, coding, limit, beginning)
        if undone is None:
            break
        body, whole = undone.body, whole and undone.whole
    return Decoded(body, whole)


def uncoded(head: Head) -> str | None:
    """The content coding that a head claims and that `decode` does not know; None when it knows all."""
    codings = _listed(head, "content-encoding")
    return next((one for one in codings if one != "identity" and one.encode("latin-1") not in DECODERS), None)


def _listed(head: Head, name: str) -> list[str]:
    return [word for value in head.all(name) for word in value.lower().replace(" ", "").split(",") if word]


def _undone(body: bytes, coding: str, limit: int, beginning: int | None) -> Decoded | None:
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in DECODERS[coding.encode("latin-1")](body):
            pieces.append(piece)
            size += len(piece)
            if beginning is not None and size >= beginning:
                break
            if size > limit:
                raise ArchiveError(f"a body of {len(body)} bytes in {coding} decodes to more than {limit}; raise it")
    except (CodingCutShort, CodingBroken):
        # br and bare deflate have no mark to know them by: text that was never coded may begin like a coded body.
        if not _BINARY.search(body, 0, _LOOKED_AT):
            return None
        return Decoded(b"".join(pieces), whole=False)
    return Decoded(b"".join(pieces), whole=True)


def _unchunked(body: bytes) -> tuple[bytes, bool]:
    pieces: list[bytes] = []
    at = 0
    while chunk := _CHUNK_HEAD.match(body, at):
        size = int(chunk[1], 16)
        if size == 0:
            return b"".join(pieces), True
        pieces.append(body[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        if at > len(body):
            return b"".join(pieces), False
        line_end = body[at : at + 2]
        at += 2 if line_end == b"\r\n" else 1 if line_end[:1] == b"\n" else 0
    # Without a first chunk it is no framing at all.
    return (b"".join(pieces), False) if pieces else (body, True)
