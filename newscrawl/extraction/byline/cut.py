"""Taking the byline out of the body: lines that name nobody but authors, and the head of a lead that it is glued to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from newscrawl.extraction.byline.closing import closing_lines, credits_source, reporters_in
from newscrawl.extraction.byline.names import is_person, sentence_words
from newscrawl.extraction.byline.places import (
    LEAD,
    SENTENCE_END,
    TELLING_CLASS,
    announces,
    names_office,
    names_only,
    near_headline,
    tells_role,
)
from newscrawl.extraction.byline.text import PREFIX, Byline, compiled, loose, name_pattern, parse_authors
from newscrawl.extraction.tree import Line, Piece
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key

_LONGEST_BYLINE = 120
# A place: a word, or a few.
_PLACE = r"[^\W\d_]+(?:\s[^\W\d_]+){0,2}"
_INLINE_MARKS = frozenset(("span", "strong", "b", "em", "i", "a", "font", "small", "u"))


def byline_lines(lines: Sequence[Line], byline: Byline, outlets: Sequence[str], headline_line: int | None) -> set[str]:
    """The keys of the lines near the headline that name nobody but authors, and of the credits that close the story:
    they are no part of the body."""
    found = set()
    for place in near_headline(lines, headline_line):
        line = place.line
        if line.is_heading or len(line.text) > _LONGEST_BYLINE:
            continue
        told = not SENTENCE_END.search(line.text) and place.told and bool(parse_authors(line.text, outlets))
        told = told or (place.at_headline and (tells_role(line.text) or names_office(line.text, outlets)))
        told = told or (place.at_headline and credits_source(line.text, outlets))
        if told or announces(line.text, place, outlets) or names_only(line.text, place, byline.authors, outlets):
            found.add(line.key)
            # What trafilatura leaves of a line whose author it takes for furniture.
            left = line.key
            for author in byline.authors:
                left = clean(left.replace(fold_key(author), " "))
            found |= {left} - {""}
    for text in closing_lines(lines, headline_line, outlets):
        if credits_source(text, outlets) or reporters_in(text, outlets):
            found.add(fold_key(text))
    return found


def cut_byline(lines: Sequence[Line], byline: Byline, outlets: Sequence[str], headline_line: int | None) -> Byline:
    """Take author and outlet off the head of the lead, glued to it or not. Returns the byline with the authors and the
    outlet that only such a head told."""
    start = 0 if headline_line is None else headline_line + 1
    title = lines[headline_line].key if headline_line is not None else ""
    lead = next(
        (line for line in lines[start:] if line.plain_length >= LEAD and not line.is_heading and line.key != title),
        None,
    )
    return byline if lead is None else _cut_head(lead, byline, outlets)


def _cut_head(lead: Line, byline: Byline, outlets: Sequence[str]) -> Byline:
    """Cut author and outlet off the begin of the lead, told by known names or by the elements they stand in."""
    raw = lead.raw
    head = _head(raw, byline.authors, outlets)
    if head is not None:
        end, outlet = head
        name = clean(PREFIX.sub("", raw[: raw.find(outlet)] if outlet else ""))
        authors = byline.authors or ([name] if name and is_person(name, outlets) else [])
        raw_line = byline.raw or (clean(raw[:end]) if authors else None)
        _cut_to(lead, end)
        return replace(byline, raw=raw_line, authors=authors, outlet=outlet)
    if filed := _filed_head(raw, outlets):
        if _is_set_apart(lead.pieces, filed):
            _cut_to(lead, filed.end())
        return replace(byline, raw=byline.raw or clean(filed["line"]), outlet=byline.outlet or clean(filed["outlet"]))
    if filed := _filed_head(raw, outlets):
        if _is_set_apart(lead.pieces, filed):
            _cut_to(lead, filed.end())
        return replace(byline, raw=byline.raw or clean(filed["line"]), outlet=byline.outlet or clean(filed["outlet"]))
    marked = _marked_head(lead.pieces, byline.authors, outlets)
    if marked is None:
        return byline
    count, author, outlet = marked
    text = clean("".join(piece.text for piece in lead.pieces[:count]))
    for piece in lead.pieces[:count]:
        piece.replace(None)
    if byline.authors or not author:
        return replace(byline, outlet=outlet)
    return Byline(text, [author], outlet)


def _head(raw: str, authors: Sequence[str], outlets: Sequence[str]) -> tuple[int, str | None] | None:
    """Where author and outlet end at the begin of a text, and the outlet as it stands there.

    Known authors may stand with or without an outlet behind them; an unknown name only before an outlet that is glued
    to the text, which no sentence does.
    """
    prefix = PREFIX.match(raw)
    begin = prefix.end() if prefix else len(raw) - len(raw.lstrip())
    at = begin
    said = fold_key(raw)
    # Few leads begin with their author, and to make a pattern takes long.
    for author in (author for author in authors if fold_key(author) in said):
        if match := compiled(rf"\s*(?:و\s*|[,،&]\s*)?{loose(author)}").match(raw, at):
            at = match.end()
    if at > begin:
        for outlet in outlets:
            pattern = rf"[\s\-–—/|:،,(]*{loose(outlet)}(?!\s*[,،'’])[\s)]*(?:[-–—:|/]+\s*)*"
            if match := compiled(pattern).match(raw, at):
                return match.end(), clean(match[0]).strip(" -–—/|:،,()")
        separator = re.compile(r"\s*[-–—:|/]+\s*").match(raw, at)
        runs_on = raw[at - 1 : at].isalpha() and raw[at : at + 1].isalpha()
        if prefix and (separator or runs_on):
            return (separator.end() if separator else at), None
        return None
    for outlet in outlets:
        match = name_pattern(outlet).search(raw, begin, begin + 60 + len(outlet))
        glued = match and raw[match.end() : match.end() + 1].isalpha()
        if match and glued and match.start() > begin and is_person(clean(raw[begin : match.start()]), outlets):
            return match.end(), match[0]
    return None


def _filed_head(raw: str, outlets: Sequence[str]) -> re.Match[str] | None:
    """The place and the outlet that a lead begins with, dash and colon behind them: "Riyadh – the outlet: "."""
    said = fold_key(raw[:_LONGEST_BYLINE])
    for outlet in (outlet for outlet in outlets if fold_key(outlet) in said):
        named = rf"\s*[-–—ـ،/|(«]+\s*(?P<outlet>{loose(outlet)})\s*[)»]*"
        match = compiled(rf"(?P<head>\s*(?P<line>[(«]?(?P<place>{_PLACE}){named})\s*[:\-–—]+)\s*").match(raw)
        if match and not sentence_words(match["place"]):
            return match
    return None


def _is_set_apart(pieces: Sequence[Piece], filed: re.Match[str]) -> bool:
    """Whether place and outlet stand in elements of their own, or run into the text without a space. A dateline that a
    space parts from the sentence is printed as the lead's begin, and stays."""
    if filed.end("head") == filed.end():
        return True
    said = ""
    for piece in pieces:
        if piece.parent.tag not in _INLINE_MARKS and piece.text.strip():
            return False
        said += piece.text
        if len(said.rstrip()) >= filed.end("line"):
            return len(said.rstrip()) <= filed.end("head")
    return False


def _marked_head(
    pieces: Sequence[Piece], authors: Sequence[str], outlets: Sequence[str]
) -> tuple[int, str | None, str | None] | None:
    """How many leading pieces of a line are a byline set in inline elements of its own, with the author and the outlet.

    Their text runs into the next word without a space, which shows that they are set apart by style.
    """
    marked: list[str] = []
    count = 0
    for number, piece in enumerate(pieces):
        text = clean(piece.text)
        if not text:
            continue
        if piece.parent.tag not in _INLINE_MARKS or len(text.split()) > 5 or len(marked) == 3:
            break
        marked.append(text)
        count = number + 1
        telling = bool(TELLING_CLASS.search(piece.parent.get("class") or ""))
        if telling and number + 1 < len(pieces):
            continue
    if not marked or count >= len(pieces):
        return None
    glued = pieces[count - 1].text[-1:].isalpha() and pieces[count].text[:1].isalpha()
    names = [name for name in marked if is_person(name, outlets)]
    keys = {fold_key(outlet) for outlet in outlets}
    outlet = next((name for name in marked if fold_key(name) in keys), None)
    first = marked[0]
    told = any(TELLING_CLASS.search(piece.parent.get("class") or "") for piece in pieces[:count] if piece.text.strip())
    if not glued or not (names and first == names[0]):
        return None
    if len(marked) < 2 and not told:
        return None
    if outlet is None and len(marked) > 1:
        outlet = marked[1]
    return count, first, outlet


def _cut_to(line: Line, end: int) -> None:
    """Empty a line's pieces up to an offset of its raw text."""
    at = 0
    for piece in line.pieces:
        length = len(piece.text)
        if at >= end:
            break
        piece.replace(piece.text[max(0, end - at) :] or None if end - at < length else None)
        at += length
