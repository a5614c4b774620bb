"""Related links of a single line: behind the words of a heading on the same line ("Read also: ..."), or alone between
paragraphs of the article."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.extraction.body.closing_phrases import is_promotion
from newscrawl.extraction.phrases import Heading
from newscrawl.extraction.related.cards import is_embedded
from newscrawl.extraction.related.headings import STRONG_SEPARATOR, Rest, glued_end, heading_on, label_of
from newscrawl.extraction.related.headlines import (
    CUT_SHORT,
    LONGEST_PLAIN,
    SENTENCE_END,
    count_words,
    made_whole,
    says_enough,
    says_something,
)
from newscrawl.extraction.related.items import Block, Item, PageLinks
from newscrawl.extraction.related.replies import SHORTEST_PROSE
from newscrawl.extraction.tree import Line
from newscrawl.text.clean import clean

MOST_BESIDE = 24
"""Letters beside the links of a line that is still nothing but links: a time, a section, a bullet."""
# Least words of a headline that no heading announces.
_LEAST_LONE_WORDS = 4


def cut_prefixed(lines: Sequence[Line], number: int, page: PageLinks) -> tuple[Block | None, int]:
    """The block on the line with this number, and on those that continue it, cut: a heading's words and links, or a
    headline, behind them. With it the number of the first line after it; the next one where there is no block."""
    line = lines[number]
    glued = glued_end(line)
    start = heading_on(line) if glued is None else (0, glued, Heading.READ_ALSO)
    if start is None:
        return None, number + 1
    offset, end, kind = start
    rest = Rest(line, end)
    says = says_enough if kind is Heading.READ_ALSO else says_something
    items: list[Item] = [(made_whole(text, link), page.url(link)) for link, text in rest.links() if says(text)]
    if items and rest.plain_length > MOST_BESIDE:
        return None, number + 1
    if not items:
        said = STRONG_SEPARATOR.sub("", rest.text).strip(" :-–—|<>←→")
        ends = CUT_SHORT.search(rest.text) or not SENTENCE_END.search(said)
        parted = glued is not None or STRONG_SEPARATOR.match(rest.raw)
        if offset or kind is not Heading.READ_ALSO or not parted or not says_enough(said):
            return None, number + 1
        if not ends or len(said) > LONGEST_PLAIN or rest.plain_length == 0:
            return None, number + 1
        items = [(said, None)]
    label = label_of(clean(line.raw[offset:end]))
    after = number + 1
    while after < len(lines) and _goes_on(line, lines[after]) and (more := page.items([lines[after]])):
        items.extend(more)
        after += 1
    for continued in lines[number + 1 : after]:
        continued.cut()
    line.cut(offset)
    items = [item for item in items if not page.is_this_page(item[1])]
    return (Block(label, number, items) if items and kind is not Heading.FURNITURE else None), after


def _goes_on(first: Line, line: Line) -> bool:
    """Whether a line continues a line of links: nothing but links, in the same or a sibling block."""
    beside = line.block is first.block or (
        line.block.getparent() is first.block.getparent() and line.block.tag == first.block.tag
    )
    return (
        beside
        and bool(line.links)
        and line.plain_length <= 3
        and bool(first.links)
        and not heading_on(line)
        and not line.is_heading
    )


def cut_lone(lines: Sequence[Line], number: int, page: PageLinks) -> Block | None:
    """The block of the line with this number, cut, where it is nothing but a link to another story of the site: what
    the page embeds, or a paragraph between two of the article's own."""
    line = lines[number]
    if len(line.links) != 1 or line.plain_length or line.is_heading:
        return None
    if not (is_embedded(line) or _interrupts(lines, number)) or is_promotion(line.text):
        return None
    items = [item for item in page.items([line]) if count_words(item[0]) >= _LEAST_LONE_WORDS]
    if not items or items[0][1] is None or not page.is_on_site(items[0][1]):
        return None
    line.cut()
    return Block("", number, items)


def _interrupts(lines: Sequence[Line], number: int) -> bool:
    """Whether paragraphs of prose stand right before and behind a paragraph, in the same element."""
    block = lines[number].block
    return block.tag == "p" and all(
        line.plain_length >= SHORTEST_PROSE and line.block.tag == "p" and line.block.getparent() is block.getparent()
        for line in (*lines[number - 1 : number], *lines[number + 1 : number + 2])
    )
