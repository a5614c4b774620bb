"""The read-also blocks of a page: found by the words of their heading, cut out of the tree, kept as data.

A block is a heading and the lines that follow it while they are links, cards or (after a heading that invites to read
on) headline-like lines. It ends at the first prose, at the next heading, and where the smallest container ends that
holds the heading and the first item. Boxes that are neither related nor body (most read, latest, tags) are cut by the
same rule and not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from lxml import etree

from newscrawl.extraction.body.closing_phrases import is_promotion
from newscrawl.extraction.phrases import Heading, heading_of, is_button
from newscrawl.extraction.related.cards import (
    cards_of,
    common_ancestor,
    contains,
    covered_lines,
    in_card,
    in_repeated,
    is_beside_card,
    is_filled_later,
    is_listed_with,
    list_of,
    scripted_reference,
    shape_of,
)
from newscrawl.extraction.related.headings import (
    STOPPED,
    before_link,
    heading_of_next,
    label_of,
    pieces_behind,
    tab_of,
)
from newscrawl.extraction.related.headlines import (
    BULLET,
    LONGEST_HEADLINE,
    are_topics,
    headline_like,
    says_no_word,
    says_something,
    shown_by_links,
)
from newscrawl.extraction.related.items import Block, Item, PageLinks
from newscrawl.extraction.related.lone import MOST_BESIDE, cut_lone, cut_prefixed
from newscrawl.extraction.related.replies import SHORTEST_PROSE, cut_replies
from newscrawl.extraction.tree import Line, absolute_url, letters
from newscrawl.items import Placement, RelatedLink
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key

_MOST_LINKED = 60
_MOST_PLAIN = 15
# So many lines before and behind a block are looked at to tell it from the article.
_AROUND = 120
# So many lines without link end a block.
_MOST_UNLINKED = 12
# So many lines may stand between a heading and the headline of its first card.
_MOST_BEFORE_CARD = 4
# A heading, links beside it, and its list.
_MOST_STEPS = 3
# Of so many paragraphs each must end in a full stop before lines without one are no paragraphs.
_SURELY_STOPPED = 3
_LONGEST_TEASER = 350
_LONGEST_MINOR = 40


def cut_related(lines: Sequence[Line], base: str, page_url: str, headline_line: int | None = None) -> list[Block]:
    """The related blocks of a page in order, each cut out of the tree that the lines were read from.

    `base` is what links count from; a link to the page itself is no related link. Before the headline's line, where
    menus stand, "more" heads nothing. The cut lines' pieces are emptied.
    """
    reader = _Reader(lines, base, page_url, headline_line or 0)
    return reader.read()


def related_links(
    blocks: Sequence[Block], body_lines: Sequence[int], before: Sequence[RelatedLink] = ()
) -> list[RelatedLink]:
    """The links of the blocks behind those `before`, numbered from 1. A block is inline where lines of the body
    (`body_lines`, the numbers of their lines in the page) stand before and after it, else aside. Of two links alike
    the first is kept."""
    links = list(before)
    seen = {(fold_key(link.headline or ""), link.url) for link in before}
    first, last = min(body_lines, default=0), max(body_lines, default=-1)
    for block in blocks:
        placement: Placement = "inline" if first < block.line < last else "aside"
        for headline, url in block.items:
            identity = (fold_key(headline), url)
            if identity in seen:
                continue
            seen.add(identity)
            links.append(
                RelatedLink(
                    position=len(links) + 1, headline=headline, url=url, label=block.label or None, placement=placement
                )
            )
    return links


class _Reader:
    def __init__(self, lines: Sequence[Line], base: str, page_url: str, begin: int) -> None:
        self.begin = begin
        self.headline = lines[begin] if begin else None
        self.lines = lines
        self.page = PageLinks(base, page_url)
        self.prose = sum(line.plain_length for line in lines)

    @cached_property
    def _covered(self) -> dict[Line, etree._Element]:
        return covered_lines(self.lines)

    def read(self) -> list[Block]:
        blocks: list[Block] = []
        number = 0
        while number < len(self.lines):
            block, after = self._block_at(number)
            if block is not None and block.items:
                blocks.append(block)
            number = max(after, number + 1)
        return blocks

    def _block_at(self, number: int) -> tuple[Block | None, int]:
        """The block whose heading is this line, and the number of the first line after it."""
        line = self.lines[number]
        kind = heading_of(line.text, line.key)
        if kind is not None:
            single_word = kind is Heading.MORE and (" " not in line.key or is_button(line.key))
            sure = number > self.begin or kind is not Heading.MORE
            return self._headed(number, kind) if sure and not single_word else (None, number + 1)
        if len(line.pieces) > 1 and line.is_heading:
            # Some themes part the words of a heading by style alone.
            spaced = clean(" ".join([piece.text for piece in line.pieces]))
            kind = heading_of(spaced)
            if kind in (Heading.READ_ALSO, Heading.RELATED):
                return self._headed(number, kind, spaced)
            if tab := tab_of(line):
                return self._headed(number, tab[1], tab[0])
        block, after = cut_prefixed(self.lines, number, self.page)
        if block is None and after == number + 1 and number > self.begin:
            block = cut_lone(self.lines, number, self.page)
        return block, after

    # A heading that stands alone on its line

    def _headed(self, number: int, kind: Heading, label: str | None = None) -> tuple[Block | None, int]:
        line = self.lines[number]
        label = label_of(label or line.text)
        is_link = line.links and (kind is Heading.MORE or not line.is_heading) and line.plain_length == 0
        if is_link and (kind not in (Heading.READ_ALSO, Heading.RELATED) or not self._is_label_in_card(number)):
            return None, number + 1
        if kind is not Heading.FURNITURE and heading_of_next(self.lines, number) is kind:
            # The same words twice (a title for readers and one for screens): the second heads the block.
            line.cut()
            return None, number + 1
        if kind is Heading.REPLIES:
            return None, cut_replies(self.lines, number, self.prose)
        linked = self._linked(number)
        if linked:
            found, after = linked
            items = self.page.items(found) if kind is not Heading.FURNITURE else []
            self._cut_range(number, after)
            if kind is Heading.FURNITURE or are_topics(items):
                return None, after
            return Block(label, number, items), after
        if kind in (Heading.READ_ALSO, Heading.RELATED):
            plain, after = self._plain(number, kind)
            if plain or kind is Heading.READ_ALSO:
                self._cut_range(number, after)
            return Block(label, number, plain), after
        return None, number + 1

    def _is_label_in_card(self, number: int) -> bool:
        """Whether the link in which a line stands goes on: a card that is one link, labelled before its headline."""
        behind = self.lines[number + 1 : number + 2]
        return any(link in line.links for line in behind for link in self.lines[number].links)

    def _linked(self, number: int) -> tuple[list[Line], int] | None:
        """The lines of links that follow a heading, and the number of the first line after the block."""
        begin = number + 1
        self._lead_covered(number)
        gathered: tuple[list[Line], int] | None = None
        for _ in range(_MOST_STEPS):
            first = self._first_linked(begin)
            if first is None:
                break
            found, after = self._gathered(number, first)
            if any(says_something(text) for line in found for text in shown_by_links(line)):
                return found, after
            # A link to all of them may stand beside the heading.
            gathered, begin = gathered or (found, after), after
        return gathered

    def _lead_covered(self, number: int) -> None:
        """Let the headlines of cards that follow a heading lead where their cards do."""
        near = enumerate(self.lines[number + 1 : number + 1 + _MOST_BEFORE_CARD], number + 1)
        first = next((at for at, line in near if line in self._covered), None)
        if first is None:
            return
        container = common_ancestor(self.lines[number].block, self.lines[first].block)
        for line in self._window(first, container):
            if line in self._covered:
                line.lead_to(self._covered[line])

    def _first_linked(self, begin: int) -> int | None:
        """The number of the first line of links, from a line on; only a few labels may stand before it."""
        for at in range(begin, min(begin + 3, len(self.lines))):
            line = self.lines[at]
            if self._is_linked(line):
                return at if heading_of(line.text, line.key) in (None, Heading.MORE) or at == begin else None
            if not _is_minor(line) or (at > begin and line.is_heading):
                return None
        return None

    def _gathered(self, number: int, first: int) -> tuple[list[Line], int]:
        """The lines of links from the first one on, and the number of the first line after the block."""
        container = common_ancestor(self.lines[number].block, self.lines[first].block)
        window = self._window(first, container)
        cards = cards_of([line for line in window if self._is_linked(line)], container)
        found: list[Line] = []
        after, at = first + 1, first
        for at, line in enumerate(window, first):
            listed = bool(found) and is_listed_with(line, found[-1]) and headline_like(line)
            if self._is_linked(line) or listed:
                found.append(line)
                after = at + 1
            elif in_card(line, found, cards) or (_is_minor(line) and in_repeated(line, found[-1], container)):
                after = at + 1
            elif is_promotion(line.text):
                continue
            elif not (_is_minor(line) and not line.is_heading and (says_no_word(line) or is_beside_card(line, cards))):
                break
            if len(found) >= _MOST_LINKED:
                break
        return found, after

    def _window(self, first: int, container: etree._Element) -> list[Line]:
        """The lines from here on that stand in the container, up to the next heading of a block or long prose."""
        window: list[Line] = []
        unlinked = 0
        for line in self.lines[first : first + 6 * _MOST_LINKED]:
            unlinked = 0 if line.links or line in self._covered else unlinked + 1
            if unlinked > _MOST_UNLINKED:
                break
            if not contains(container, line.block) or line is self.headline:
                break
            kind = heading_of(line.text, line.key)
            if kind in (Heading.FURNITURE, Heading.REPLIES) or (kind not in (None, Heading.MORE) and not line.links):
                break
            if line.plain_length > _LONGEST_TEASER:
                break
            window.append(line)
        return window

    def _is_linked(self, line: Line) -> bool:
        return (
            bool(line.links)
            and not _runs_on(line)
            and (line.plain_length <= MOST_BESIDE or 4 * line.plain_length <= letters(line.text))
        )

    def _plain(self, number: int, kind: Heading) -> tuple[list[Item], int]:
        """The headlines without links that follow a heading: a list as a whole, else lines that are surely a list."""
        if number + 1 >= len(self.lines):
            return [], number + 1
        heading, first = self.lines[number], self.lines[number + 1]
        if (listed := list_of(first)) is not None and not contains(listed, heading.block):
            found = self._listed(number + 1, listed)
        else:
            found = self._alike(number)
            if not found or not self._is_sure(number, found, kind):
                found = []
        items = [(BULLET.sub("", line.text), absolute_url(self.page.base, scripted_reference(line))) for line in found]
        return items, number + 1 + len(found)

    def _listed(self, first: int, listed: etree._Element) -> list[Line]:
        """All lines of a list most of whose items read like headlines; none of any other list."""
        found: list[Line] = []
        for line in self.lines[first:]:
            if not contains(listed, line.block):
                break
            found.append(line)
        alike = sum(headline_like(line) for line in found)
        long = any(line.plain_length > LONGEST_HEADLINE for line in found)
        return [] if long or 2 * alike <= len(found) else found

    def _alike(self, number: int) -> list[Line]:
        """The headline-like lines that follow a heading, all built like the first of them."""
        heading, first = self.lines[number], self.lines[number + 1]
        if first.is_heading and not heading.is_heading:
            return []
        container, shape = common_ancestor(heading.block, first.block), shape_of(first, heading)
        found: list[Line] = []
        for line in self.lines[number + 1 : number + 1 + _MOST_PLAIN]:
            if line.links or not headline_like(line) or shape_of(line, heading) != shape:
                break
            if not contains(container, line.block):
                break
            found.append(line)
        return found

    def _is_sure(self, number: int, found: Sequence[Line], kind: Heading) -> bool:
        """Whether lines without links under a heading are a list of headlines rather than the article going on."""
        heading, after = self.lines[number], number + 1 + len(found)
        container = common_ancestor(heading.block, found[-1].block)
        own = container.tag not in ("body", "html", "main", "article")
        beside = [self.lines[at] for at in (number - 1, after) if 0 <= at < len(self.lines)]
        if own and not any(contains(container, line.block) for line in beside):
            return True
        if kind is not Heading.READ_ALSO:
            return False
        if all(BULLET.match(line.text) for line in found):
            return True
        if is_filled_later(heading, container):
            return False
        goes_on = after < len(self.lines) and contains(container, self.lines[after].block)
        if not goes_on and not (heading.container is found[0].container and own):
            return False
        # A missing full stop tells headlines apart only where the article's own paragraphs have theirs.
        around = [*self.lines[max(0, number - _AROUND) : number], *self.lines[after : after + _AROUND]]
        among = [line for line in around if line.plain_length > SHORTEST_PROSE and contains(container, line.block)]
        stopped = sum(bool(STOPPED.search(line.text)) for line in among)
        # Where nothing of the article follows, the lines may be its last paragraphs: there it must tell more surely.
        if not goes_on:
            return stopped == len(among) >= _SURELY_STOPPED
        return 4 * stopped >= 3 * len(among) and stopped > 0

    def _cut_range(self, start: int, stop: int) -> None:
        for line in self.lines[start:stop]:
            line.cut()


def _runs_on(line: Line) -> bool:
    """Whether a line is a sentence that holds a link rather than a link with a mark beside it."""
    if line.block.tag != "p":
        return False
    beside = sum(character.isalpha() for piece in line.pieces if piece.link is None for character in piece.text)
    linked = sum(character.isalpha() for piece in line.pieces if piece.link is not None for character in piece.text)
    before = before_link(line)
    behind = "".join(piece.text for piece in pieces_behind(line, len(before)) if piece.link is None)
    return beside > linked or (
        any(map(str.isalpha, before)) and len(behind.split()) > 1 and any(map(str.isalpha, behind))
    )


def _is_minor(line: Line) -> bool:
    kind = heading_of(line.text, line.key)
    return len(line.text) <= _LONGEST_MINOR and (kind in (None, Heading.MORE) or bool(line.links))
