"""Lossy keys for matching and search: texts that a reader takes for the same fold to the same key."""

import re
import unicodedata
from functools import lru_cache

# One form for the letters that Arabic-script writers interchange: the alefs, the seats of hamza,
# yeh and alef maqsura, teh marbuta and heh, Persian and Arabic kaf; no tatweel, no joiners, no
# direction marks; ASCII digits.
_ARABIC = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىیئ", "ي"),
        "ؤ": "و",
        **dict.fromkeys("ةۀە", "ه"),
        "ک": "ك",
        **dict.fromkeys("ـء\u200b\u200c\u200d\u200e\u200f\u061c\ufeff\u00ad", None),
        **{chr(0x660 + digit): str(digit) for digit in range(10)},
        **{chr(0x6F0 + digit): str(digit) for digit in range(10)},
    }
)
# Vowel signs and accents: every combining character of the Basic Multilingual Plane.
_COMBINING = re.compile(
    "[" + "".join(chr(code) for code in range(0x300, 0x10000) if unicodedata.combining(chr(code))) + "]+"
)
_VARIED = re.compile("[" + "".join(map(chr, _ARABIC)) + "]")
_LONGEST_KEPT = 2000
_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Lower-case key of a text without vowel signs, accents and spelling variants; spaces stay."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text)
    if _VARIED.search(text):
        text = text.translate(_ARABIC)
    return _COMBINING.sub("", unicodedata.normalize("NFD", text.casefold()))


def words(text: str) -> list[str]:
    """The folded words of a text, punctuation left out."""
    return _WORD.findall(fold(text))


def fold_key(text: str) -> str:
    """The folded words of a text joined with single spaces: equal for texts that read the same."""
    # One page asks for the keys of its paragraphs again and again; long texts would fill memory.
    return _kept_key(text) if len(text) <= _LONGEST_KEPT else " ".join(words(text))


@lru_cache(maxsize=1024)
def _kept_key(text: str) -> str:
    return " ".join(words(text))
