"""How well an article answers a query, and where its words stand.

One rule for every database: the database finds articles, this says which of them answer, and in what order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from newscrawl.text.search_query import Query, Term
from newscrawl.text.search_words import as_ending, endings, forms_of, places, printed_words

# A word in the headline counts as four in the body; one that is found by what is written as one word with it, half.
_HEADLINE_WEIGHT = 4.0
_JOINED_WEIGHT = 0.5
# BM25's measure of a word's number in a text of so many words, with the usual constants (k1 = 1.2, b = .75). The number
# of articles that have the word (idf) is left out: it would change an article's place with every run.
_SATURATION, _LENGTH_SHARE, _USUAL_WORDS = 1.2, 0.75, 400
_DIGITS = 6
# Characters: longer is what a script without spaces puts between two, and no other text has it again.
_LONGEST_KEPT = 64
_SNIPPET = 240
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, and the places in it that answer the query."""

    text: str
    marks: tuple[tuple[int, int], ...]
    """Start and end in characters, in order, none within another."""


class Matcher:
    """Holds texts against one query. It keeps what it has met of their words, so that many texts cost little."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._words = _Asked(query)

    def score(self, headline: str, body: str) -> float | None:
        """How well a text answers, from 0 to 1; None when it does not. Nothing else that is stored changes it."""
        (named, in_headline), (said, in_body) = map(self._words.found, (headline, body))
        if any(_count(term, found) for term in self._query.unwanted for found in (in_headline, in_body)):
            return None
        length = 1 - _LENGTH_SHARE + _LENGTH_SHARE * (named + said) / _USUAL_WORDS
        total = 0.0
        for terms in self._query.wanted:
            number = sum(_HEADLINE_WEIGHT * _count(term, in_headline) + _count(term, in_body) for term in terms)
            if not number:
                return None
            total += number / (number + _SATURATION * length)
        return round(total / len(self._query.wanted), _DIGITS)

    def marked(self, text: str) -> Marked:
        """The text with each word marked that answers the query."""
        return Marked(text, tuple((start, end) for start, end, _ in self._marks(text)))

    def snippet(self, text: str) -> Marked:
        """The passage of about 240 characters that answers the query best, the first of several; else the beginning."""
        found = self._marks(text)
        text = text.replace("\n", " ")
        start, end = _passage(text, found)
        before, after = _CUT * (start > 0), _CUT * (end < len(text))
        shift = len(before) - start
        inside = tuple((first + shift, last + shift) for first, last, _ in found if start <= first and last <= end)
        return Marked(before + text[start:end] + after, inside)

    def _marks(self, text: str) -> list[tuple[int, int, int]]:
        """Start and end of each word that answers, in order, and the first group of the query that asks for it."""
        printed = printed_words(text)
        # A sign that is several words has one place.
        spans = [span for span, word in zip(places(text), printed, strict=True) for _ in forms_of(word)]
        _, found = self._words.found(text)
        marks: dict[tuple[int, int], int] = {}
        for group, terms in enumerate(self._query.wanted):
            for term in terms:
                for number, _ in _occurrences(term, found):
                    for one in range(number, number + len(term.keys)):
                        marks.setdefault(spans[one], group)
        return [(*span, group) for span, group in sorted(marks.items())]


Found = dict[str, dict[int, float]]
"""By key: at which words of a text it stands, and what it counts there."""
_Piece = tuple[int, list[tuple[int, str, float]]]
"""What stands between two spaces: the number of its words; at which of them a key stands, and what it counts there."""


class _Asked:
    """Tells where the keys of a query stand in texts.

    Most of what stands between two spaces is one word that is not asked for. Such pieces are told from the others all
    at once, and remembered, so that the words of a text are looked up and seldom read.
    """

    def __init__(self, query: Query) -> None:
        self._keys = {key for group in (*query.wanted, query.unwanted) for term in group for key in term.keys}
        self._ends = tuple(map(as_ending, self._keys))
        self._passed: set[str] = set()
        """Pieces that are one word which is not asked for."""
        self._read: dict[str, _Piece] = {}

    def found(self, text: str) -> tuple[int, Found]:
        """The number of a text's words, and where the keys stand."""
        pieces = text.split()
        passed = self._passed
        others = [(place, piece) for place, piece in enumerate(pieces) if piece not in passed]
        if new := {piece for _, piece in others} - self._read.keys():
            self._meet(list(new))
            others = [other for other in others if other[1] not in passed]
        found: Found = {key: {} for key in self._keys}
        more = 0
        for place, piece in others:
            words, asked_for = self._read.get(piece) or self._read_piece(piece)
            for step, key, weight in asked_for:
                found[key][place + more + step] = weight
            more += words - 1
        return len(pieces) + more, found

    def _meet(self, pieces: list[str]) -> None:
        for piece, ending in zip(pieces, endings(pieces), strict=True):
            if ending and not ending.endswith(self._ends):
                self._passed.add(piece)
            elif len(piece) <= _LONGEST_KEPT:
                self._read[piece] = self._read_piece(piece)

    def _read_piece(self, piece: str) -> _Piece:
        read = [one for printed in printed_words(piece) for one in forms_of(printed)]
        asked_for = [
            (step, form, 1.0 if form == one[0] else _JOINED_WEIGHT)
            for step, one in enumerate(read)
            for form in one
            if form in self._keys
        ]
        return len(read), asked_for


def _count(term: Term, found: Found) -> float:
    """How often the term occurs, by weight."""
    return sum(weight for _, weight in _occurrences(term, found))


def _occurrences(term: Term, found: Found) -> Iterable[tuple[int, float]]:
    """Where the term begins, and what it counts there."""
    first, *rest = (found[key] for key in term.keys)
    if not rest:
        return first.items()
    # Something may be joined to a phrase, and not within it: "market and fish" is no fish market.
    return [
        (number, weight)
        for number, weight in first.items()
        if all(others.get(number + step) == 1 for step, others in enumerate(rest, 1))
    ]


def _passage(text: str, marks: list[tuple[int, int, int]]) -> tuple[int, int]:
    """Start and end of the passage with most of the groups, then most of the marks, at the bounds of words."""
    best, best_value = 0, (0, 0)
    for number, (start, _, _) in enumerate(marks):
        inside = []
        for mark in marks[number:]:
            if mark[1] > start + _SNIPPET * 3 // 4:
                break
            inside.append(mark[2])
        value = (len(set(inside)), len(inside))
        if value > best_value:
            best, best_value = start, value
    start = max(0, min(best - _SNIPPET // 4, len(text) - _SNIPPET))
    if start:
        start = text.find(" ", start, best + 1) + 1 or best
    end = start + _SNIPPET
    if end >= len(text):
        return start, len(text)
    space = text.rfind(" ", start, end + 1)
    return start, space if space > best else end
