"""Loss-free repair of text: what a reader sees stays exactly as printed."""

import re
import unicodedata

# Zero-width space, word joiner, byte-order mark and soft hyphen show nothing and join nothing.
# Zero-width (non-)joiners and direction marks shape what is shown, and stay.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """NFC text without control characters, its runs of white space made one space, trimmed.

    Letters, digits, punctuation and zero-width non-joiners are kept as printed. Lone surrogates,
    which no UTF-8 file can hold, become U+FFFD.
    """
    text = text.translate(_INVISIBLE)
    text = "".join(_printable(character) for character in text)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text)).strip()


def clean_or_none(text: str | None) -> str | None:
    """`clean(text)`, None for nothing and for text that cleans to nothing."""
    return (clean(text) or None) if text else None


def _printable(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return " " if character.isspace() else ""
    return "\ufffd" if category == "Cs" else character
