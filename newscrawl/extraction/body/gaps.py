"""What trafilatura leaves out of the body: the standfirst, headings, and the rest of an article that advertisements,
pictures or the posts of a live blog part into several containers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from lxml import etree

from newscrawl.extraction.body.said import Said
from newscrawl.extraction.phrases import heading_of
from newscrawl.extraction.tree import Line
from newscrawl.items import Block
from newscrawl.text.fold import fold_key

_PROSE = 40
_WIDEST_GAP = 8
_LONGEST_HEADING = 200
# So many lines without one of the article's may follow it before nothing more of it is looked for.
_FARTHEST = 60
_STANDFIRST_WITHIN = 15
# A heading of as many words introduces the story; a shorter one may be its headline in other words.
_SENTENCE_WORDS = 15
# Words of classes, ids and properties by which pages name what introduces the story, joined by hyphens.
_STANDFIRST = re.compile(
    r"(?:^|-)(?:lead|stand-?first|excerpt|intro|dec?k|chap[oô]|chapeau|sapo|abstract|epigraph|tagline|summary|highlights"
    r"|(?:key|bullet)-?points?|sub-?(?:head(?:line|ing)?|titles?|lines?)|alternative-?headline)(?:$|-)"
)
_NO_STANDFIRST = re.compile(r"(?:^|-)(?:ai|paywall|related|promo|newsletter|author)(?:$|-)")
_BESIDE = frozenset(("form", "details", "button", "aside", "nav"))
_WORDS = re.compile(r"[^\W\d_]+")
_LONGEST_NAMES = 200
# A standfirst that a page names so may be short, if it is more than a label.
_LEAST_SAID, _LEAST_WORDS = 15, 4

Placed = tuple[Block, int | None]
"""A block, and the number of the line that it shows where one line of the page says just the same."""


def complete(
    blocks: Sequence[Block],
    lines: Sequence[Line],
    shown: Mapping[str, Sequence[int]],
    headline_line: int | None,
    description: str | None,
) -> list[Placed]:
    """The blocks with what the page's lines show to belong to them and they lack. Lines that were cut stay out.

    `shown` is the page's `lines_by_text`, `headline_line` the number of the line that shows the headline, `description`
    what the page says of itself.
    """
    blocks = _in_page_order(blocks, shown)
    places = _places(blocks, shown)
    at = [place for place in places if place is not None]
    if not at:
        return [(block, None) for block in blocks]
    said = Said(block.text for block in blocks)
    restored = {number: _block(lines[number]) for number in _missing(lines, at, said)}
    first = min(at)
    if headline_line is not None and headline_line < first:
        introduction = _standfirst(lines, headline_line, first, description)
        restored.update((number, block) for number, block in introduction if not said.holds(lines[number].key))
    _add_headings(restored, lines, at, said)
    return _merged(blocks, places, restored, lines)


def _in_page_order(blocks: Sequence[Block], shown: Mapping[str, Sequence[int]]) -> Sequence[Block]:
    """The blocks in the order in which the page shows them: trafilatura appends what it finds at a second look.

    A block that no line or more than one shows stays behind the one before it.
    """
    alike = [shown.get(fold_key(block.text), ()) for block in blocks]
    found = [numbers[0] for numbers in alike if len(numbers) == 1]
    if all(before < behind for before, behind in pairwise(found)):
        return blocks
    place, places = -1, []
    for numbers in alike:
        place = numbers[0] if len(numbers) == 1 else place
        places.append(place)
    return [blocks[number] for number in sorted(range(len(blocks)), key=places.__getitem__)]


def _places(blocks: Sequence[Block], shown: Mapping[str, Sequence[int]]) -> list[int | None]:
    """For each block the number of the line that it shows, in rising order; None where no line is the same."""
    places: list[int | None] = []
    last = -1
    for block in blocks:
        alike = shown.get(fold_key(block.text), ())
        behind = bisect_right(alike, last)
        here = alike[behind] if behind < len(alike) else None
        last = last if here is None else here
        places.append(here)
    return places


def _block(line: Line) -> Block:
    if line.is_heading:
        return Block("heading", line.text)
    tags = {line.block.tag, *(element.tag for element in _up(line.block, 2))}
    return Block("quote" if "blockquote" in tags else "list_item" if line.block.tag == "li" else "paragraph", line.text)


def _missing(lines: Sequence[Line], at: Sequence[int], said: Said) -> Iterator[int]:
    """The numbers of the lines that are built like the body's prose and stand between its lines or behind them."""
    prose = [lines[number] for number in at if lines[number].plain_length >= _PROSE]
    parents = {line.container for line in prose}
    shapes = {shape for line in prose if (shape := _shape(line)) is not None}
    first, last, within = min(at), max(at), set(at)
    quiet = 0
    list_of: etree._Element | None = None
    for number in range(first, len(lines)):
        line = lines[number]
        if number in within:
            quiet = 0
            if line.block.tag != "li":
                list_of = line.container if line.text.endswith((":", "：")) else None
            continue
        if list_of is not None and line.block.tag == "li" and line.stands and line.key and not said.holds(line.key):
            # A list that the text introduces is the article's own, be it all links.
            listed = line.block.getparent()
            if listed is not None and listed.getparent() is list_of and _is_in_page(line):
                yield number
                continue
        quiet += 1
        if number > last and (quiet > _FARTHEST or _ends(line)):
            return
        if line.plain_length < _PROSE or line.is_heading or not _is_text(line):
            continue
        is_alike = _shape(line) in shapes or (number < last and line.block.tag == "p" and line.container in parents)
        if is_alike and not said.holds(line.key):
            quiet = 0
            yield number


def _ends(line: Line) -> bool:
    """Whether what follows this line is another article, or none."""
    if line.links and all((link.get("href") or "").startswith("#") for link in line.links):
        # A tab, or what a table of contents names.
        return False
    is_headline = line.is_heading and (line.block.tag == "h1" or not line.plain_length)
    if not is_headline and heading_of(line.text, line.key) is None:
        return False
    return not any(element.tag in ("aside", "nav") for element in line.block.iterancestors())


def _is_text(line: Line) -> bool:
    """Whether a line stands whole in the page and says more outside links than in them."""
    linked = sum(len(piece.text.strip()) for piece in line.pieces if piece.link is not None)
    return bool(line.key) and line.stands and 2 * linked <= len(line.text) and _is_in_page(line)


def _is_in_page(line: Line) -> bool:
    """Whether a line's element was not cut out of the page, as captions are."""
    return any(element.tag == "html" for element in line.block.iterancestors())


def _add_headings(restored: dict[int, Block], lines: Sequence[Line], at: Sequence[int], said: Said) -> None:
    """Add the headings that stand as close to the text behind them as that text to the text before it."""
    known = sorted({*at, *restored})
    for before, behind in pairwise(known):
        between = [number for number in range(before + 1, behind) if lines[number].stands]
        if len(between) > _WIDEST_GAP:
            continue
        shared: etree._Element | None = None
        for number in between:
            line = lines[number]
            if not line.is_heading or line.links or len(line.text) > _LONGEST_HEADING or line.block.tag == "h1":
                continue
            if not _is_text(line) or said.holds(line.key):
                continue
            shared = _shared(lines[before].block, lines[behind].block) if shared is None else shared
            near = _shared(line.block, lines[behind].block)
            if near is None or shared is None:
                continue
            if near is line.block.getparent() or (near is not shared and shared in near.iterancestors()):
                restored[number] = Block("heading", line.text)


def _standfirst(
    lines: Sequence[Line], headline_line: int, first: int, description: str | None
) -> Iterator[tuple[int, Block]]:
    """The lines between headline and body that introduce the story: what the page also gives as its description, and
    text that its class names so or that stands in a heading."""
    told = fold_key(description or "")
    for number in range(headline_line + 1, first)[:_STANDFIRST_WITHIN]:
        line = lines[number]
        if not _is_text(line) or line.plain_length < _LEAST_SAID or len(line.key.split()) < _LEAST_WORDS:
            continue
        named = _is_introduction(line, lines[headline_line])
        same = told.startswith(line.key) or (len(told) >= _PROSE and line.key.startswith(told))
        tells = line.block.tag == "h2" and (
            line.text.endswith((".", "۔", "。")) or len(line.text.split()) >= _SENTENCE_WORDS
        )
        if (same or named or (tells and line.plain_length >= _PROSE)) and heading_of(line.text, line.key) is None:
            yield number, Block("list_item" if line.block.tag == "li" else "paragraph", line.text)


def _is_introduction(line: Line, headline: Line) -> bool:
    """Whether a line stands in a box that is named for what introduces a story and does not hold the headline; of a
    short one the innermost box tells, of a short heading its own name."""
    levels = 2 if line.plain_length >= _PROSE else 0 if line.is_heading else 1
    around = [element for element in (line.block, *_up(line.block, 2)) if element not in headline.block.iterancestors()]
    if any(element.tag in _BESIDE or _NO_STANDFIRST.search(_named(element)) for element in around):
        return False
    return any(_STANDFIRST.search(_named(element)) for element in around[: levels + 1]) or any(
        element.get("itemprop") == "description" for element in around[:1]
    )


def _named(element: etree._Element) -> str:
    """The words of an element's class, id and property, joined by hyphens."""
    names = " ".join(element.get(attribute, "") for attribute in ("class", "id", "itemprop"))
    return "-".join(_WORDS.findall(names[:_LONGEST_NAMES].lower()))


def _up(element: etree._Element, levels: int) -> list[etree._Element]:
    return [ancestor for _, ancestor in zip(range(levels), element.iterancestors(), strict=False)]


def _shape(line: Line) -> tuple[object, ...] | None:
    """By what the paragraphs of one article are known to be alike wherever they stand: the tags and classes of their
    containers. None where no class tells them from anything else."""
    container = line.container
    if container is not None and container.tag == "blockquote":
        container = container.getparent()
    if container is None:
        return None
    around = [container, *_up(container, 1)]
    classes = [element.get("class") for element in around]
    if not classes[0]:
        return None
    return (line.block.tag, *((element.tag, name) for element, name in zip(around, classes, strict=True)))


def _shared(left: etree._Element, right: etree._Element) -> etree._Element | None:
    """The innermost element that holds both; None where one of them was cut out of the page."""
    above = {left, *left.iterancestors()}
    return next((element for element in (right, *right.iterancestors()) if element in above), None)


def _merged(
    blocks: Sequence[Block], places: Sequence[int | None], restored: dict[int, Block], lines: Sequence[Line]
) -> list[Placed]:
    """The blocks and the restored ones in the page's order; a block without a place stays behind the one before it."""
    merged: list[Placed] = []
    waiting = deque(sorted(restored))
    for block, place in zip(blocks, places, strict=True):
        while waiting and place is not None and waiting[0] < place:
            merged.append((restored[waiting[0]], waiting.popleft()))
        is_heading = place is not None and block.type == "paragraph" and lines[place].is_heading
        merged.append((Block("heading", block.text) if is_heading else block, place))
    merged.extend((restored[number], number) for number in waiting)
    return merged
