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
_LONGEST_KEPT = 2000
_NO_WORD = re.compile(r"\W")


class _Folded(dict[int, str]):
    """What each character folds to. None changes with its neighbours: what they compose to folds to the same as they
    do, and of text in NFC the marks that stay are in order. Each is looked up when it is first met: there are a
    million."""

    def __missing__(self, code: int) -> str:
        text = unicodedata.normalize("NFKC", chr(code)).translate(_ARABIC)
        self[code] = form = _COMBINING.sub("", unicodedata.normalize("NFD", text.casefold()))
        return form


class _InKeys(dict[int, str]):
    """The same with a space for what belongs to no word."""

    def __missing__(self, code: int) -> str:
        self[code] = form = _NO_WORD.sub(" ", _FOLDED[code])
        return form


_FOLDED, _IN_KEYS = _Folded(), _InKeys()
_ASCII_IN_KEYS = bytes(ord(_IN_KEYS[code]) if code < 128 else code for code in range(256))


def fold(text: str) -> str:
    """Lower-case key of a text without vowel signs, accents and spelling variants; spaces stay."""
    return text.lower() if text.isascii() else text.translate(_FOLDED)


def words(text: str) -> list[str]:
    """The folded words of a text, punctuation left out."""
    return _spaced(text).split()


def fold_key(text: str) -> str:
    """The folded words of a text joined with single spaces: equal for texts that read the same."""
    # One page asks for the keys of its paragraphs again and again; long texts would fill memory.
    return _kept_key(text) if len(text) <= _LONGEST_KEPT else " ".join(_spaced(text).split())


@lru_cache(maxsize=1024)
def _kept_key(text: str) -> str:
    return " ".join(_spaced(text).split())


def _spaced(text: str) -> str:
    # Bytes are translated many times as fast as characters.
    return text.encode().translate(_ASCII_IN_KEYS).decode() if text.isascii() else text.translate(_IN_KEYS)
