"""Lossy keys for matching and search: texts that a reader takes for the same fold to the same key."""

import re
import unicodedata

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
_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Lower-case key of a text without vowel signs, accents and spelling variants; spaces stay."""
    text = unicodedata.normalize("NFKC", text).translate(_ARABIC).casefold()
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """The folded words of a text, punctuation left out."""
    return _WORD.findall(fold(text))


def fold_key(text: str) -> str:
    """The folded words of a text joined with single spaces: equal for texts that read the same."""
    return " ".join(words(text))
