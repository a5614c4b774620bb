"""What a reader asks for: words, phrases in quotes, words that must not occur, alternatives."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newscrawl.exceptions import ConfigurationError
from newscrawl.text.search_words import keys

_MOST_WORDS = 64
_DIRECTION_MARKS = dict.fromkeys(
    [0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)],
)
_QUOTES = '"«»“”„‟＂'
_PART = re.compile(
    rf"(?P<minus>(?<!\S)[-−](?=\S))?(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)|(?P<word>[^\s|{_QUOTES}]+))|\|"
)
_OR = {"OR", "|"}


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or words that stand one after the other."""

    keys: tuple[str, ...]
    """As `search_words.keys` gives them; at least one."""


@dataclass(frozen=True, slots=True)
class Query:
    """An article answers when it has a term of each group, and none of the unwanted."""

    wanted: tuple[tuple[Term, ...], ...]
    """Groups of alternatives; at least one."""
    unwanted: tuple[Term, ...] = ()


def parse(text: str) -> Query:
    """What is asked for by `words "a phrase" -without this OR that`; OR (or |) binds its two neighbours.

    Every quotation mark opens a phrase or closes it, the last may be missing. What is written as one word and is
    several (covid-19) is a phrase. Raises ConfigurationError where nothing is asked for, or more than 64 words.
    """
    wanted: list[list[Term]] = []
    unwanted: list[Term] = []
    is_alternative = False
    for minus, asked in _parts(text.translate(_DIRECTION_MARKS)):
        if asked in _OR:
            is_alternative = bool(wanted)
            continue
        words = tuple(keys(asked))
        if not words:
            continue
        if minus:
            unwanted.append(Term(words))
        elif is_alternative:
            wanted[-1].append(Term(words))
        else:
            wanted.append([Term(words)])
        is_alternative = False
    if not wanted:
        raise ConfigurationError(
            "nothing can be found by what has no word that must occur"
            if unwanted
            else f'no word to search for in {text!r}: name words, a "phrase in quotes", -without, this OR that'
        )
    if sum(len(term.keys) for terms in (*wanted, unwanted) for term in terms) > _MOST_WORDS:
        raise ConfigurationError(f"more than {_MOST_WORDS} words are asked for: leave some out")
    return Query(tuple(map(tuple, wanted)), tuple(unwanted))


def _parts(text: str) -> list[tuple[bool, str]]:
    """Each part, and whether it is unwanted; OR as it stands."""
    found, place = [], 0
    while (match := _PART.search(text, place)) is not None:
        place = match.end()
        if match["phrase"] is not None:
            place += place < len(text)
            # In quotes it is a word like any other.
            found.append((match["minus"] is not None, f" {match['phrase']} "))
        else:
            found.append((match["minus"] is not None, match["word"] or "|"))
    return found
