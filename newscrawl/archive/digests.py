"""Digests of what is archived.

A payload's digest here is of the payload as archived: after chunked framing, before the content coding is undone (WARC
/1.1, 5.9: of HTTP's entity body). The digest by which the crawl knows pages again (`workers/reading.py`) is of the
decoded body. The two are equal only where a page came without content coding, and are never compared.
"""

from __future__ import annotations

import hashlib
from base64 import b16encode, b32decode

_HEX_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}


def digest(*pieces: bytes) -> str:
    """`sha256:` and the hex digest of the pieces joined."""
    state = hashlib.sha256()
    for piece in pieces:
        state.update(piece)
    return "sha256:" + state.hexdigest()


def normal_digest(stated: str | None) -> str | None:
    """A stated digest as `algorithm:hex`, from base 16 or base 32; None when it is of no algorithm that is known."""
    algorithm, _, value = (stated or "").partition(":")
    algorithm = algorithm.strip().lower().replace("-", "")
    value = value.strip()
    length = _HEX_LENGTHS.get(algorithm)
    if length is None:
        return None
    if len(value) != length:
        try:
            value = b16encode(b32decode(value + "=" * (-len(value) % 8), casefold=True)).decode("ascii")
        except ValueError:
            return None
    return f"{algorithm}:{value.lower()}" if len(value) == length else None


def agrees(stated: str | None, *pieces: bytes) -> bool | None:
    """Whether the pieces joined have the stated digest; None when it is of no algorithm that is known."""
    wanted = normal_digest(stated)
    if wanted is None:
        return None
    algorithm, _, value = wanted.partition(":")
    state = hashlib.new(algorithm, usedforsecurity=False)
    for piece in pieces:
        state.update(piece)
    return state.hexdigest() == value
