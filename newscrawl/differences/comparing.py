"""What differs between two states of an article, word by word and field by field.

Paragraphs that are the same hold the comparison; what stands between them is compared by words, so that a sentence that
moved from one paragraph into the next shows as such. Texts are compared as printed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from newscrawl.items import Article, Block, plain

Kind = Literal["same", "removed", "added"]
BREAK = "¶"
"""The word that stands for the beginning of another paragraph within a passage."""
FIELDS = ("authors", "published_at", "modified_at", "description", "section", "main_image")

# Chinese and Japanese put no spaces: a character is a word. Thai, Lao, Burmese and Khmer put none either: a consonant
# is one, with the vowels written before it and the signs that follow.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SYLLABIC = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1780-\u17d3"
_LEADING = "\u0e40-\u0e44\u0ec0-\u0ec4"
_FOLLOWING = "\u0e30-\u0e3a\u0e45-\u0e4e\u0eb0-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3"
_UNIT = rf"[{_UNSPACED}][\u0300-\u036f\u3099\u309a\ufe00-\ufe0f]*|[{_LEADING}]*[{_SYLLABIC}][{_FOLLOWING}]*"
# Any other word with what joins its parts, or one mark; vowel signs and joiners belong to their word.
_WORD = (
    rf"(?:(?![{_UNSPACED}{_SYLLABIC}])"
    r"[\w\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff\u200c\u200d])+"
)
_TOKEN = re.compile(rf"{_UNIT}|{_WORD}(?:[-'’.,:/٫٬]{_WORD})*|\S")
# Pairs of equal words that are looked at: with more, what takes seconds are words that stand everywhere.
_MOST_PAIRS = 500_000


@dataclass(frozen=True, slots=True)
class Operation:
    """A run of words that stayed, went or came."""

    kind: Kind
    words: tuple[str, ...]
    text: str
    """The same as printed, spaces included."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or several that changed into one another."""

    operations: tuple[Operation, ...]

    @property
    def is_same(self) -> bool:
        return all(operation.kind == "same" for operation in self.operations)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that is another, as the feed line has it."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Differences:
    """All that differs between two states."""

    headline: Passage | None
    """None where it is the same."""
    fields: tuple[FieldChange, ...]
    passages: tuple[Passage, ...]
    """The body, whole, in order."""
    retyped: int
    """Paragraphs of the same text that are of another type, such as a heading that was a paragraph."""

    @property
    def body_differs(self) -> bool:
        return any(not passage.is_same for passage in self.passages)


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    space: str
    """What stands before it."""


def differences(before: Article, after: Article) -> Differences:
    """What differs between two states of an article."""
    headline = words_between(before.headline or "", after.headline or "")
    changed = [FieldChange(name, plain(getattr(before, name)), plain(getattr(after, name))) for name in FIELDS]
    return Differences(
        headline=None if before.headline == after.headline else Passage(headline),
        fields=tuple(one for one in changed if one.before != one.after),
        passages=tuple(_passages(before.blocks, after.blocks)),
        retyped=_retyped(before.blocks, after.blocks),
    )


def words_between(before: str, after: str) -> tuple[Operation, ...]:
    """The operations that make of one text the other, in order. What is removed stands before what is added for it."""
    return tuple(_operations(_tokens(before), _tokens(after)))


def _passages(before: Sequence[Block], after: Sequence[Block]) -> Iterator[Passage]:
    old, new = [block.text for block in before], [block.text for block in after]
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Passage(words_between(text, text)) for text in old[a:b])
        else:
            yield from _parted(_operations(_joined(old[a:b]), _joined(new[c:d])), tag)


def _parted(operations: Iterator[Operation], tag: str) -> Iterator[Passage]:
    """Passages end where both states begin another paragraph; where one has nothing, at each of the other's."""
    gathered: list[Operation] = []
    for operation in operations:
        if operation.kind != "same" and tag == "replace":
            gathered.append(operation)
            continue
        pieces = operation.text.split(BREAK) if BREAK in operation.words else [operation.text]
        for number, piece in enumerate(pieces):
            if number and gathered:
                yield Passage(tuple(gathered))
                gathered = []
            if text := piece.strip() if len(pieces) > 1 else piece:
                gathered.append(Operation(operation.kind, tuple(token.word for token in _tokens(text)), text))
    if gathered:
        yield Passage(tuple(gathered))


def _retyped(before: Sequence[Block], after: Sequence[Block]) -> int:
    types = {block.text: block.type for block in before}
    return sum(types.get(block.text, block.type) != block.type for block in after)


def _tokens(text: str) -> list[_Token]:
    found, end = [], 0
    for match in _TOKEN.finditer(text):
        found.append(_Token(match[0], text[end : match.start()]))
        end = match.end()
    return found


def _joined(texts: Sequence[str]) -> list[_Token]:
    return _tokens(f" {BREAK} ".join(texts))


def _operations(before: list[_Token], after: list[_Token]) -> Iterator[Operation]:
    for (a, b), (c, d), is_same in _runs([token.word for token in before], [token.word for token in after]):
        if is_same:
            yield _operation("same", after[c:d])
            continue
        if a < b:
            yield _operation("removed", before[a:b])
        if c < d:
            yield _operation("added", after[c:d])


def _operation(kind: Kind, tokens: list[_Token]) -> Operation:
    return Operation(kind, tuple(token.word for token in tokens), "".join(one.space + one.word for one in tokens))


_Run = tuple[tuple[int, int], tuple[int, int], bool]


def _runs(before: list[str], after: list[str]) -> list[_Run]:
    """Runs of words, same and changed by turns. A few words that stayed between longer runs that changed are counted
    with these: words that stand everywhere would tear a new sentence into pieces."""
    matcher = SequenceMatcher(_too_frequent(before, after).__contains__, before, after, autojunk=False)
    runs: list[_Run] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        runs.append(((a, b), (c, d), tag == "equal"))
        while len(runs) >= 3 and runs[-2][2] and not runs[-1][2] and _is_scrap(*runs[-3:]):
            first, _, last = runs[-3:]
            runs[-3:] = [((first[0][0], last[0][1]), (first[1][0], last[1][1]), False)]
    return runs


def _is_scrap(first: _Run, same: _Run, last: _Run) -> bool:
    length = same[0][1] - same[0][0]
    return length <= min(max(run[0][1] - run[0][0], run[1][1] - run[1][0]) for run in (first, last)) / 2


def _too_frequent(before: list[str], after: list[str]) -> set[str]:
    """Words that stand so often in both that to try every pair would take seconds."""
    counts, others = Counter(before), Counter(after)
    pairs = {word: count * others[word] for word, count in counts.items() if word in others}
    total, frequent = sum(pairs.values()), set()
    for word in sorted(pairs, key=lambda word: (-pairs[word], word)):
        if total <= _MOST_PAIRS:
            break
        frequent.add(word)
        total -= pairs[word]
    return frequent
