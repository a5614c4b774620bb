"""Telling copies: texts that read the same have the same digest."""

import hashlib

from newscrawl.text.fold import words

# Sixteen words hold twelve shingles of five: shorter texts (a stub, a caption) are alike by chance.
_LEAST_WORDS = 16


def text_digest(text: str) -> str | None:
    """`sha256:` and the hex digest of the text's folded words; None for a text under 16 words."""
    key = words(text)
    if len(key) < _LEAST_WORDS:
        return None
    return "sha256:" + hashlib.sha256(" ".join(key).encode()).hexdigest()
