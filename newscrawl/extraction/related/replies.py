"""Boxes of readers' comments, newsletters and polls, told by their heading."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from newscrawl.extraction.related.cards import contains
from newscrawl.extraction.tree import Line

# Letters of a line from which on it may be a paragraph of an article.
SHORTEST_PROSE = 50
_MOST_SHORT_PROSE = 150
_REPLY_PARTS = ("form", "input", "button", "textarea", "select")
_REPLY_NAME = re.compile(
    r"com+ent|kom+ent|reacties|yorum|respond|disqus|repl(?:y|ies)|newsletter|subscri|poll|vote|survey", re.IGNORECASE
)


def cut_replies(lines: Sequence[Line], number: int, prose: int) -> int:
    """Cut the box of replies that the line with this number heads, unless it holds prose enough to be the article.

    `prose` is the number of letters of all lines. Returns the number of the line that follows the box.
    """
    heading = lines[number]
    box = heading.block
    for _ in range(3):
        parent = box.getparent()
        if parent is None or parent.tag in ("body", "html", "main", "article"):
            break
        box = parent
        if number + 1 < len(lines) and contains(box, lines[number + 1].block):
            break
    end = number
    while end < len(lines) and contains(box, lines[end].block):
        end += 1
    begins = number == 0 or not contains(box, lines[number - 1].block)
    held = sum(line.plain_length for line in lines[number:end])
    if not begins or box is heading.block or 3 * held > prose or _holds_article(lines, box, number, end):
        return number + 1
    for line in lines[number:end]:
        line.cut()
    return end


def _holds_article(lines: Sequence[Line], box: etree._Element, number: int, end: int) -> bool:
    """Whether the lines of a box of replies may be the article's: prose, and nothing that replies are made of."""
    told = [line for line in lines[number + 1 : end] if not _is_in(line.block, box, (*_REPLY_PARTS, "li"))]
    prose = [line for line in told if line.plain_length >= SHORTEST_PROSE]
    if not prose and sum(line.plain_length for line in told) < _MOST_SHORT_PROSE:
        return False
    names = " ".join(f"{element.get('class', '')} {element.get('id', '')}" for element in box.iter())
    if next(box.iter(*_REPLY_PARTS), None) is None and not _REPLY_NAME.search(names):
        return True
    parent = box.getparent()
    goes_on = parent is not None and any(
        line.plain_length >= SHORTEST_PROSE and contains(parent, line.block) for line in lines[end:]
    )
    return goes_on and len(prose) > 1


def _is_in(element: etree._Element, box: etree._Element, tags: Sequence[str]) -> bool:
    """Whether an element stands, within a box, in an element of one of the tags."""
    for outer in (element, *element.iterancestors()):
        if outer is box:
            return False
        if outer.tag in tags:
            return True
    return False
