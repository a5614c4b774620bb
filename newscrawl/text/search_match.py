"""How well an article answers a query, and where its words stand.

One rule for every database: the database finds articles, this says which of them answer, and in what order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newscrawl.text.search_query import Query, Term
from newscrawl.text.search_words import every_form, printed_words

# A word in the headline counts as four in the body; one that is found by what is written as one word with it, half.
_HEADLINE_WEIGHT = 4.0
_JOINED_WEIGHT = 0.5
# BM25's measure of a word's number in a text of so many words, with the usual constants (k1 = 1.2, b = .75). The number
# of articles that have the word (idf) is left out: it would change an article's place with every run.
_SATURATION, _LENGTH_SHARE, _USUAL_WORDS = 1.2, 0.75, 400
_DIGITS = 6
_SNIPPET = 240
_CUT = "…"

Forms = Sequence[tuple[str, ...]]
Places = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, and the places in it that answer the query."""

    text: str
    marks: tuple[tuple[int, int], ...]
    """Start and end in characters, in order, none within another."""


def score(query: Query, headline: str, body: str) -> float | None:
    """How well a text answers; None when it does not. The same for the same words, whatever else is stored."""
    fields = (_Field(headline, query), _Field(body, query))
    if any(field.count(term) for term in query.unwanted for field in fields):
        return None
    length = 1 - _LENGTH_SHARE + _LENGTH_SHARE * sum(field.words for field in fields) / _USUAL_WORDS
    total = 0.0
    for terms in query.wanted:
        in_headline, in_body = (sum(map(field.count, terms)) for field in fields)
        number = _HEADLINE_WEIGHT * in_headline + in_body
        if not number:
            return None
        total += number / (number + _SATURATION * length)
    return round(total / len(query.wanted), _DIGITS)


def marked(query: Query, text: str) -> Marked:
    """The text with each word marked that answers the query."""
    return Marked(text, tuple((start, end) for start, end, _ in _joined(_marks(query, text))))


def snippet(query: Query, text: str) -> Marked:
    """The passage of about 240 characters that answers the query best, the first of several; else the beginning."""
    found = _joined(_marks(query, text))
    text = text.replace("\n", " ")
    start, end = _passage(text, found)
    before, after = _CUT * (start > 0), _CUT * (end < len(text))
    shift = len(before) - start
    inside = tuple((first + shift, last + shift) for first, last, _ in found if start <= first and last <= end)
    return Marked(before + text[start:end] + after, inside)


class _Field:
    """The words of one text that a query asks for."""

    def __init__(self, text: str, query: Query) -> None:
        forms = every_form(text)
        self.words = len(forms)
        self._places = _places(query, forms)

    def count(self, term: Term) -> float:
        """How often the term occurs, by weight."""
        return sum(weight for _, weight in _occurrences(term, self._places))


def _places(query: Query, forms: Forms) -> dict[str, dict[int, float]]:
    """By key: at which words it stands, and what it counts there."""
    terms = (term for group in (*query.wanted, query.unwanted) for term in group)
    places: dict[str, dict[int, float]] = {key: {} for term in terms for key in term.keys}
    asked = frozenset(places)
    for number, word in enumerate(forms):
        if not asked.isdisjoint(word):
            for form in word:
                if form in places:
                    places[form][number] = 1.0 if form == word[0] else _JOINED_WEIGHT
    return places


def _occurrences(term: Term, places: dict[str, dict[int, float]]) -> Iterable[tuple[int, float]]:
    """Where the term begins, and what it counts there."""
    first, *rest = (places[key] for key in term.keys)
    for number, weight in first.items():
        # Something may be joined to a phrase, and not within it: "market and fish" is no fish market.
        if all(others.get(number + step) == 1 for step, others in enumerate(rest, 1)):
            yield number, weight


def _marks(query: Query, text: str) -> list[tuple[int, int, int]]:
    """Start and end of each word that answers, and the number of the group that asks for it."""
    words = list(printed_words(text))
    places = _places(query, [word.forms for word in words])
    found = []
    for group, terms in enumerate(query.wanted):
        for term in terms:
            for number, _ in _occurrences(term, places):
                found += [(words[one].start, words[one].end, group) for one in range(number, number + len(term.keys))]
    return sorted(set(found))


def _joined(marks: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Each place once: a word that two groups ask for counts for the first."""
    return list({(start, end): (start, end, group) for start, end, group in reversed(marks)}.values())[::-1]


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
