"""Loss-free repair of text: what a reader sees stays exactly as printed."""

import re
import unicodedata

# Zero-width space, word joiner, byte-order mark and soft hyphen show nothing and join nothing; the control
# characters but white space show nothing either. Zero-width (non-)joiners and direction marks shape what is
# shown, and stay.
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """NFC text without control characters, its runs of white space made one space, trimmed.

    Letters, digits, punctuation and zero-width non-joiners are kept as printed. Lone surrogates,
    which no UTF-8 file can hold, become U+FFFD.
    """
    spaced = " ".join(text.split())
    # Most texts hold nothing but what is printed, and need no search for what is not.
    if not spaced.isprintable():
        spaced = " ".join(_SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text)).split())
    return spaced if spaced.isascii() else unicodedata.normalize("NFC", spaced)


def clean_or_none(text: str | None) -> str | None:
    """`clean(text)`, None for nothing and for text that cleans to nothing."""
    return (clean(text) or None) if text else None
