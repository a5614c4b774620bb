"""Where on a line the words stand that head related links, and what stands behind them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import category

from lxml import etree

from newscrawl.extraction.phrases import Heading, heading_of, is_button, names_topic, opens_heading
from newscrawl.extraction.related.headlines import BULLET, WORD
from newscrawl.extraction.tree import Line, Piece, letters
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key

STRONG_SEPARATOR = re.compile(r"^\s*(?::|\.{2,}|…|\||-|–|—|»|«|<+|>+|›|‹|←|→|⇐|◄|►|\()")
_COLON = re.compile(r"^[\s:.…|]+(?:[-–—]+\s+)?|^[-–—]+\s+")
STOPPED = re.compile(r"[.!?؟…:。][\s\"'»”’)\]]*$")
_PAUSE = re.compile(r"[:.…|()\n]")
# So many characters the words of a heading may take.
_FARTHEST = 90
# An invitation that runs into the headline without a space, as the alef at its end shows.
_GLUED_KEYS = ("اقرا ايضا", "طالع ايضا", "شاهد ايضا")
_GLUED = re.compile("\\s*(?:[اإأ]قر[اأ]|طالع|شاهد)\\s+[اأإ]يض\u064b?ا\u064b?(?=[^\\W\\d_]{2})")
_MOST_TAB_WORDS = 4
_MARKS_BEHIND = re.compile(r"[\s:.…|\-–—»>]+$")


@dataclass
class Rest:
    """What stands on a line behind the words of its heading."""

    line: Line
    start: int

    @property
    def raw(self) -> str:
        return self.line.raw[self.start :]

    @property
    def text(self) -> str:
        return clean(self.raw)

    @property
    def plain_length(self) -> int:
        return letters(self.text) - sum(letters(text) for _, text in self.links())

    def links(self) -> list[tuple[etree._Element, str]]:
        """The links and what they show behind the heading's words."""
        parts: dict[etree._Element, str] = {}
        at = 0
        for piece in self.line.pieces:
            text = piece.text[max(0, self.start - at) :]
            at += len(piece.text)
            if piece.link is not None and text.strip():
                parts[piece.link] = parts.get(piece.link, "") + text
        return [(link, _COLON.sub("", clean(text))) for link, text in parts.items()]


def heading_on(line: Line) -> tuple[int, int, Heading] | None:
    """Where a heading's words stand that only links follow: at the line's start, or at the start of one of its pieces.

    The offsets of the words' begin and end in the line's raw text, and what they head.
    """
    if len(line.pieces) == 1 and not opens_heading(line.key):
        return None
    before = before_link(line)
    kind = heading_of(clean(before)) if before else None
    if kind in (Heading.READ_ALSO, Heading.RELATED):
        return 0, len(before), kind
    if (label := _own_label(line)) is not None:
        return 0, *label
    offset = 0
    for number, piece in enumerate(line.pieces):
        # Only what stands at a line's start may be followed by words without link; `lone` sees to that.
        if opens_heading(line.key) if number == 0 else piece.link is None and _opens(line.pieces[number - 1], piece):
            skipped = len(piece.text) - len(piece.text.lstrip()) if number else len(line.raw) - len(line.raw.lstrip())
            found = _words_at(line.raw, offset + skipped)
            # A single word within the link ("Watch: ...") is the headline's own.
            if found and not (found[1] is Heading.MORE and piece.link is not None and piece.text.strip()):
                return (offset if number else 0), *found
        offset += len(piece.text)
    return _tail_prefix(line, before)


def _own_label(line: Line) -> tuple[int, Heading] | None:
    """The end of an invitation that begins a line in an element of its own, and what it heads: a label that style alone
    parts from the headline behind it."""
    first = next((number for number, piece in enumerate(line.pieces) if piece.text.strip()), 0)
    if len(line.pieces) < first + 2 or line.pieces[first].is_tail or line.pieces[first].element is line.block:
        return None
    kind = heading_of(clean(line.pieces[first].text))
    label = "".join(piece.text for piece in line.pieces[: first + 1])
    end = len(_MARKS_BEHIND.sub("", label))
    return (end, kind) if kind in (Heading.READ_ALSO, Heading.RELATED) else None


def tab_of(line: Line) -> tuple[str, Heading] | None:
    """The first of several labels that a line shows side by side, each in an element of its own, where it heads related
    links: the tab that is open; and what it heads."""
    pieces = [piece for piece in line.pieces if piece.text.strip()]
    if len(pieces) < 2 or any(piece.is_tail or _leads_away(piece.link) for piece in pieces):
        return None
    if len({piece.parent for piece in pieces}) == 1:
        return None
    first, *others = (clean(piece.text) for piece in pieces)
    kind = heading_of(first)
    if kind not in (Heading.READ_ALSO, Heading.RELATED):
        return None
    short = all(heading_of(text) is not None or len(text.split()) <= _MOST_TAB_WORDS for text in others)
    return (first, kind) if short else None


def _leads_away(link: etree._Element | None) -> bool:
    return link is not None and not link.get("href", "#").startswith(("#", "javascript:"))


def glued_end(line: Line) -> int | None:
    """Where an invitation ends that runs into the headline behind it; None where none does."""
    glued = _GLUED.match(line.raw) if line.key.startswith(_GLUED_KEYS) else None
    return glued.end() if glued else None


def before_link(line: Line) -> str:
    """What stands on a line before its first link; empty where no link follows."""
    before = ""
    for piece in line.pieces if line.links else ():
        if piece.link is not None and piece.text.strip():
            return before
        before += piece.text
    return ""


def _tail_prefix(line: Line, before: str) -> tuple[int, int, Heading] | None:
    """As `heading_on`, for an invitation that ends the text `before` the first link and that nothing but links
    follow."""
    if not before or any(
        character.isalnum()
        for piece in pieces_behind(line, len(before))
        if piece.link is None
        for character in piece.text
    ):
        return None
    for word in list(WORD.finditer(before))[-7:]:
        said = before[word.start() :]
        if heading_of(label_of(clean(said))) is not Heading.READ_ALSO or " " not in clean(said):
            continue
        ahead = before[: word.start()].rstrip()
        if ahead.endswith(("(", "[")):
            return len(ahead) - 1, len(before), Heading.READ_ALSO
        if STOPPED.search(ahead) or said.rstrip().endswith(":"):
            return len(ahead), len(before), Heading.READ_ALSO
        return None
    return None


def pieces_behind(line: Line, offset: int) -> list[Piece]:
    """The pieces of a line that begin at an offset of its raw text or later."""
    at, behind = 0, []
    for piece in line.pieces:
        if at >= offset:
            behind.append(piece)
        at += len(piece.text)
    return behind


def _opens(before: Piece, piece: Piece) -> bool:
    return not piece.is_tail or before.text.rstrip().endswith((".", "!", "؟", "?", "…", "\n"))


def _words_at(raw: str, start: int) -> tuple[int, Heading] | None:
    """The longest heading of up to seven words at this place: where it ends, and what it heads."""
    bullet = BULLET.match(raw, start)
    begin = bullet.end() if bullet else start
    if not opens_heading(fold_key(raw[begin : begin + _FARTHEST])):
        return None
    ends: list[int] = []
    for word in WORD.finditer(raw, begin, begin + _FARTHEST):
        if ends and _PAUSE.search(raw, ends[-1], word.start()):
            break
        ends.append(word.end())
        if len(ends) == 7:
            break
    for end in reversed(ends):
        kind = heading_of(raw[begin:end])
        if kind in (Heading.READ_ALSO, Heading.RELATED, Heading.MORE):
            while end < len(raw) and category(raw[end]).startswith("M"):
                end += 1
            # A single word ("More", "طالع") is a heading only before a separator.
            key = fold_key(raw[begin:end])
            marked = is_button(key) or names_topic(key)
            if (" " in key and not marked) or STRONG_SEPARATOR.match(raw[end : end + 3].lstrip()):
                return end, kind
    return None


def heading_of_next(lines: Sequence[Line], number: int) -> Heading | None:
    """What the line after this one heads, if it says the same words."""
    if number + 1 < len(lines) and lines[number + 1].key == lines[number].key:
        return heading_of(lines[number + 1].text)
    return None


def label_of(text: str) -> str:
    return text.strip(" :.…|-–—»«<>()[]【】「」《》؛،←→►◄▶■●◆")
