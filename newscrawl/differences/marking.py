"""How differences are shown on a line: in colour on a terminal, else as `[-old-] {+new+}`; right to left where the
language is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.text import Text

from newscrawl.differences.comparing import FieldChange, Operation, Passage, words_between

_RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "ku", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"])
# Right-to-left isolate, and what ends it (Unicode Standard Annex 9).
_RLI, _PDI = "\u2067", "\u2069"
_CONTEXT = 5
_UNSPACED = 4
"""Words on each piece between two spaces, on average, from which a text counts as written without spaces."""
_STYLES = {"same": "", "removed": "red strike", "added": "green"}
_MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
_LONGEST_FIELD = 300


@dataclass(frozen=True, slots=True)
class Marks:
    """What marks removed and added words."""

    colour: bool
    whole: bool = False
    """Whether what is the same is shown whole."""

    def line(self, operations: Iterable[Operation], language: str | None) -> Text:
        """A passage on one line, in the direction of its language."""
        several = list(operations)
        text = Text()
        for number, operation in enumerate(several):
            said = operation.text
            if operation.kind == "same":
                said = said if self.whole else _shortened(operation, first=not number, last=number + 1 == len(several))
            # Spaces stand outside of the marks, and between what went and what came.
            if said[:1].isspace() or (number and operation.kind == "added" and several[number - 1].kind == "removed"):
                text.append(" ")
            body = self._marked(operation.kind, said.strip())
            text.append(body, style=_STYLES[operation.kind] if self.colour else "")
        return _isolated(text, language)

    def body(self, passages: Sequence[Passage], language: str | None) -> Iterator[Text]:
        """The passages line by line; of those that are the same between others the beginnings of the first and last."""
        for is_same, group in groupby(passages, key=lambda passage: passage.is_same):
            several = list(group)
            if is_same and len(several) > 3 and not self.whole:
                yield self._beginning(several[0], language)
                yield Text(f"… {len(several) - 2} paragraph(s) as before …", style="dim")
                yield self._beginning(several[-1], language)
                continue
            for passage in several:
                if is_same and not self.whole:
                    yield self._beginning(passage, language)
                else:
                    yield self.line(passage.operations, language)

    def values(self, change: FieldChange, language: str | None) -> Text:
        """What a field was and is: texts by words, others whole."""
        if change.name in ("description", "section") and change.before and change.after:
            return self.line(words_between(change.before, change.after), language)
        text = Text()
        for kind, value in (("removed", change.before), ("added", change.after)):
            if value in (None, []):
                continue
            if text:
                text.append(" ")
            said = ", ".join(value) if isinstance(value, list) else str(value)
            said = said if len(said) <= _LONGEST_FIELD or self.whole else f"{said[:_LONGEST_FIELD]}…"
            part = Text(self._marked(kind, said), style=_STYLES[kind] if self.colour else "")
            text.append(_isolated(part, None))
        return text

    def _beginning(self, passage: Passage, language: str | None) -> Text:
        text = "".join(operation.text for operation in passage.operations)
        pieces, joint, context = _pieces(text, [word for operation in passage.operations for word in operation.words])
        said = joint.join(pieces[: 2 * context]) + (f"{joint}…" if len(pieces) > 2 * context else "")
        return _isolated(Text(said, style="dim"), language)

    def _marked(self, kind: str, text: str) -> str:
        return text if self.colour or not text else _MARKS[kind].format(text)


def _shortened(operation: Operation, *, first: bool, last: bool) -> str:
    """Words that are the same, as far as they stand next to others that are not."""
    pieces, joint, context = _pieces(operation.text, operation.words)
    behind = [] if first else pieces[: context + 1]
    before = [] if last else pieces[-context:]
    if len(pieces) <= len(behind) + len(before) + 2:
        return operation.text
    return joint.join([*behind, "…", *before])


def _pieces(text: str, words: Sequence[str]) -> tuple[list[str], str, int]:
    """The pieces by which a text is shortened, what joins them, and how many of them stand beside a change: what spaces
    part, or in scripts that write none the words themselves, which are single characters then."""
    pieces = text.split(" ")
    if len(words) < _UNSPACED * len(pieces):
        return pieces, " ", _CONTEXT
    found, end = [], 0
    for word in words:
        begin, end = end, text.index(word, end) + len(word)
        found.append(text[begin:end])
    return found, "", 2 * _CONTEXT


def _isolated(text: Text, language: str | None) -> Text:
    """The text set apart from what stands beside it, where it runs from right to left."""
    strong = (unicodedata.bidirectional(character) for character in text.plain)
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    if not (first != "L" or (language in _RIGHT_TO_LEFT and _has_right_to_left(text.plain))):
        return text
    return Text(_RLI).append(text).append(_PDI)


def _has_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
