"""The words by which articles are found: the same for what is stored and for what is asked.

A word has one key, by which it is asked for, and some forms, under which it is stored; its key is one of them, so a
word is always found by itself. Changing what these functions give needs a migration that fills the search index anew.
"""

from __future__ import annotations

import re
import sys
import unicodedata
import zlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain

from newscrawl.items import SearchWords
from newscrawl.text.fold import fold

_LEAST_LETTERS = 3
_LONGEST = 64
"""Characters of a key: what is longer is an address or a code, and databases bound their words."""
_MOST_BYTES = 900_000
_KEPT_WORDS = 1 << 16
_HEADLINE = "^"
"""Begins no word."""

# What a font or a keyboard puts inside of a word: marks of every script, joiners, direction marks, soft hyphens.
_MARKS = "".join(chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M")
_INSIDE = _MARKS + "\u200b\u200c\u200d\u200e\u200f\u061c\ufeff\u00ad"
_PRINTED = re.compile(rf"\w[\w{_INSIDE}]*")
_FOLDED = re.compile(rf"[\w{_MARKS}]+")
# Chinese and Japanese put no spaces: each character is a word, and what is asked for is their sequence.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_PRINTED_UNSPACED = re.compile(
    rf"{_UNSPACED.pattern}|(?!{_UNSPACED.pattern})\w(?:(?!{_UNSPACED.pattern})[\w{_INSIDE}])*"
)
# Letters that have no accent to take off, but are asked for without: Turkish, Polish, Danish, Vietnamese, Maltese.
_PLAIN = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "œ": "oe", "æ": "ae"})
_NOT_PLAIN = re.compile(f"[{''.join(map(chr, _PLAIN))}]")
# Punctuation, which stands in no word but for the low line; the rest of it leaves a piece in doubt.
_AROUND = "".join(chr(code) for code in range(0x2060) if unicodedata.category(chr(code))[0] == "P").replace("_", "")

_HAMZA_ON_A_SEAT = re.compile("[ؤئ]")
_ARABIC_WORD = re.compile("[\u0621-\u064a\u066e-\u06d3]+")
# The article, alone or behind what is written as one word with it. ل takes the article's alef away.
_ARTICLE = re.compile("[وف]?[بك]?ال")
_TO_THE = re.compile("[وف]?لل")
# "and", "in", "to" before a word without article; of the others (ف, ك) too few words have them, and too many begin so.
_JOINED = re.compile("و?[بل]|و")


def printed_words(text: str) -> list[str]:
    """The words of a text as they are printed, in order."""
    return _pattern(text).findall(text)


def places(text: str) -> list[tuple[int, int]]:
    """Start and end, in characters, of each of `printed_words`."""
    return [match.span() for match in _pattern(text).finditer(text)]


@lru_cache(maxsize=_KEPT_WORDS)
def forms_of(printed: str) -> tuple[tuple[str, ...], ...]:
    """The forms of a printed word, as `forms` gives them; of one sign that folds to several words (ﷺ), of each."""
    printed = unicodedata.normalize("NFC", printed)
    found = [forms(one) for one in _folded(printed)]
    if _HAMZA_ON_A_SEAT.search(printed):
        # مسؤول and مسئول are one word, by the custom of one country and of another.
        others = [_folded(printed.replace(*seats)) for seats in (("ؤ", "ئ"), ("ئ", "ؤ"))]
        found = [
            tuple(dict.fromkeys([*own, *(form for one in spelt for form in forms(one))]))
            for own, *spelt in zip(found, *others, strict=True)
        ]
    return tuple(found)


def keys(text: str) -> list[str]:
    """The keys of a text's words, in order: what is asked for."""
    return [one[0] for printed in printed_words(text) for one in forms_of(printed)]


def endings(pieces: Sequence[str]) -> list[str]:
    """Of each piece of a text without spaces: what all forms of its word end (`as_ending`); "" if in doubt.

    In doubt is what may be several words, or none. All are folded at once, many times as fast as by `forms_of`.
    """
    if not pieces:
        return []
    printed = [piece.strip(_AROUND) for piece in pieces]
    joined = "\n".join(printed)
    is_one = _pattern(joined).fullmatch
    return [
        ending if len(ending) <= _LONGEST and _FOLDED.fullmatch(ending) and is_one(word) else ""
        for word, ending in zip(printed, as_ending(_rewritten(fold(joined))).split("\n"), strict=True)
    ]


def as_ending(folded: str) -> str:
    """A form, or folded words, such that `endings` of a word with this form end with it, however its hamza is spelt."""
    return folded.replace("و", "ي")


def stored_words(headline: str | None, body: str | None) -> list[str]:
    """What the index holds of an article: each form once, those of the headline once more as `in_headline` gives them.

    In the order of the texts; of a text that has more of them than PostgreSQL takes (1 MB), the first.
    """
    named = _distinct(headline or "")
    found = list({**dict.fromkeys(map(in_headline, named)), **named, **_distinct(body or "")})
    if len(found) <= _MOST_BYTES // (4 * _LONGEST):
        return found
    ends = accumulate(len(form.encode()) for form in found)
    return [form for form, end in zip(found, ends, strict=True) if end <= _MOST_BYTES]


def search_words(headline: str | None, body: str | None, known: SearchWords | None = None) -> SearchWords:
    """The stored words of an article: those that are known, if they are of this text."""
    checksum = zlib.crc32(f"{headline}\n{body}".encode("utf-8", "surrogatepass"))
    if known is not None and known.checksum == checksum:
        return known
    return SearchWords(checksum, " ".join(stored_words(headline, body)))


def in_headline(form: str) -> str:
    """A form as the index holds it when it stands in the headline."""
    return _HEADLINE + form


def _distinct(text: str) -> dict[str, None]:
    return dict.fromkeys(chain.from_iterable(chain.from_iterable(map(forms_of, printed_words(text)))))


def _pattern(text: str) -> re.Pattern[str]:
    return _PRINTED_UNSPACED if _UNSPACED.search(text) else _PRINTED


def _folded(word: str) -> list[str]:
    return _FOLDED.findall(_rewritten(fold(word)))


def _rewritten(folded: str) -> str:
    return folded.translate(_PLAIN) if _NOT_PLAIN.search(folded) else folded


def forms(folded: str) -> tuple[str, ...]:
    """The forms of one folded word, its key first.

    The key of an Arabic word lacks the article (ال), also behind و ف ب ك ل, as often as three letters are left. Where
    a word may begin with و, ب or ل, or have it before it, both readings are forms; asked for is the word as it stands:
    مصر finds ومصر and بمصر, and كتاب does not find تاب.
    """
    folded = folded[:_LONGEST]
    if not _ARABIC_WORD.fullmatch(folded):
        return (sys.intern(folded),)
    found = [_without_article(folded)]
    if (to_the := _TO_THE.match(folded)) is not None:
        # للجنة is "to the paradise" and "to the committee".
        found.append(folded[to_the.end() - 1 :])
    elif (joined := _JOINED.match(folded)) is not None:
        found.append(_without_article(folded[joined.end() :]))
        if joined.end() > 1:
            found.append(_without_article(folded[1:]))
    return tuple(map(sys.intern, dict.fromkeys([found[0], *(one for one in found[1:] if len(one) >= _LEAST_LETTERS)])))


def _without_article(word: str) -> str:
    while True:
        match = _ARTICLE.match(word) or _TO_THE.match(word)
        if match is None:
            return word
        rest = word[match.end() :]
        if len(rest) < _LEAST_LETTERS and match.re is _TO_THE:
            # لليل and للغة: one of the two ل is the word's own.
            rest = word[match.end() - 1 :]
        if len(rest) < _LEAST_LETTERS:
            return word
        word = rest
