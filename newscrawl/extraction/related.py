"""The read-also blocks of a page: found by the words of their heading, cut out of the tree, kept as data.

A block is a heading and the lines that follow it while they are links, cards or (after a heading that invites to read
on) headline-like lines. It ends at the first prose, at the next heading, and where the smallest container ends that
holds the heading and the first item. Boxes that are neither related nor body (most read, latest, tags) are cut by the
same rule and not kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from newscrawl.extraction.phrases import Heading, heading_of, opens_heading
from newscrawl.extraction.tree import HEADING_TAGS, STRING, Line, Piece, absolute_url, letters
from newscrawl.items import Placement, RelatedLink
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key
from newscrawl.urls import is_http, url_key

_MOST_LINKED = 60
_MOST_PLAIN = 15
_LONGEST_HEADLINE = 220
_LONGEST_PLAIN = 150
_MOST_PLAIN_WORDS = 24
_LONGEST_TEASER = 350
_LONGEST_MINOR = 40
# Letters of a line from which on it may be a paragraph of an article.
_SHORTEST_PROSE = 50
_MOST_SHORT_PROSE = 150
# Letters beside the links of a line that is still nothing but links: a time, a section, a bullet.
_MOST_BESIDE = 24

_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u064b-\u0652\u0670\u200c\u0640'’][^\W_]*)*")
_STRONG_SEPARATOR = re.compile(r"^\s*(?::|\.{2,}|…|\||-|–|—|»|«|<+|>+|›|‹|←|→|⇐|◄|►|\()")
_COLON = re.compile(r"^[\s:.…|]+")
_BULLET = re.compile(r"^\s*(?:[-–—•·●▪■◾◽*›>♦✔✓☑]|\d{1,2}[.)\-])\s*")
_CUT_SHORT = re.compile(r"\s*(?:\.{2,}|…)\s*$")
_SENTENCE_END = re.compile(r"(?<![.…])[.。؛،,;:]\s*$")
_STOPPED = re.compile(r"[.!?؟…:。][\s\"'»”’)\]]*$")
_PAUSE = re.compile(r"[:.…|()\n]")
# So many characters the words of a heading may take.
_FARTHEST = 90
_REPLY_PARTS = ("form", "input", "button", "textarea", "select")
_REPLY_NAME = re.compile(r"comment|respond|disqus|repl(?:y|ies)|newsletter|subscri|poll|vote|survey", re.IGNORECASE)
# Words with which Arabic and Persian prose goes on and headlines hardly begin, folded.
_GOING_ON = (
    "وقال وقالت واضاف واضافت وتابع وتابعت واكد واكدت واشار واشارت واوضح واوضحت "
    "ولفت ولفتت وكان وكانت وذكر وذكرت واعلن واعلنت "
    "وجاء وجاءت يذكر ويذكر كما فيما بينما وبحسب ومن وفي وعن وقد "
    "ويات وياتي وتاتي وكشف وكشفت ونقل ونقلت وشدد وشددت واستطرد "
    "واختتم ويشير وتشير ويري وتري ولم ولا "
    "ولكن لكن اذ حيث وبين وافاد وافادت وصرح وعلي والي ووفق ووفقا وحول وحسب وهو وهي وبعد "
    "وي گفت افزود همچنين به"
)
_CONNECTIVES = frozenset(_GOING_ON.split())


@dataclass(eq=False)
class Block:
    """One block as found on the page."""

    label: str
    line: int
    """Number of its heading's line in the page."""
    items: list[tuple[str, str | None]] = field(default_factory=list)
    """Headlines and their absolute URLs, in order."""


def cut_related(lines: Sequence[Line], base: str, page_url: str, headline_line: int | None = None) -> list[Block]:
    """The related blocks of a page in order, each cut out of the tree that the lines were read from.

    `base` is what links count from; a link to the page itself is no related link. Before the headline's line, where
    menus stand, "more" heads nothing. The cut lines' pieces are emptied.
    """
    reader = _Reader(lines, base, page_url, headline_line or 0)
    return reader.read()


def related_links(blocks: Sequence[Block], body_lines: Sequence[int]) -> list[RelatedLink]:
    """The links of the blocks, numbered from 1. A block is inline where lines of the body (`body_lines`, the numbers
    of their lines in the page) stand before and after it, else aside. Of two links alike the first is kept."""
    links: list[RelatedLink] = []
    seen: set[tuple[str, str | None]] = set()
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


def headline_like(line: Line) -> bool:
    """Whether a line without links reads like a headline rather than prose or a label."""
    text = _BULLET.sub("", line.text)
    words = _WORD.findall(text)
    if not 3 <= len(words) <= _MOST_PLAIN_WORDS or len(text) > _LONGEST_PLAIN:
        return False
    if _SENTENCE_END.search(text) or fold_key(words[0]) in _CONNECTIVES:
        return False
    return heading_of(text) is None


class _Reader:
    def __init__(self, lines: Sequence[Line], base: str, page_url: str, begin: int) -> None:
        self.begin = begin
        self.headline = lines[begin] if begin else None
        self.lines = lines
        self.base = base
        self.page_key = url_key(page_url) if is_http(page_url) else None
        self.prose = sum(line.plain_length for line in lines)

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
        kind = heading_of(line.text)
        if kind is not None:
            single_word = kind is Heading.MORE and " " not in line.key
            sure = number > self.begin or kind is not Heading.MORE
            return self._headed(number, kind) if sure and not single_word else (None, number + 1)
        return self._prefixed(number)

    # A heading that stands alone on its line

    def _headed(self, number: int, kind: Heading) -> tuple[Block | None, int]:
        line = self.lines[number]
        if line.links and (kind is Heading.MORE or not line.is_heading) and line.plain_length == 0:
            return None, number + 1
        if kind is not Heading.FURNITURE and heading_of_next(self.lines, number) is kind:
            # The same words twice (a title for readers and one for screens): the second heads the block.
            _cut(line)
            return None, number + 1
        if kind is Heading.REPLIES:
            return None, self._cut_box(number)
        linked = self._linked(number)
        if linked:
            found, after = linked
            items = self._items(found) if kind is not Heading.FURNITURE else []
            self._cut_range(number, after)
            if kind is Heading.FURNITURE or _are_topics(items):
                return None, after
            return Block(_label(line.text), number, items), after
        if kind in (Heading.READ_ALSO, Heading.RELATED):
            plain, after = self._plain(number, kind)
            if plain or kind is Heading.READ_ALSO:
                self._cut_range(number, after)
            return Block(_label(line.text), number, plain), after
        return None, number + 1

    def _cut_box(self, number: int) -> int:
        """Cut the box that a heading names, unless it holds prose enough to be the article. What follows it."""
        heading = self.lines[number]
        box = heading.block
        for _ in range(3):
            parent = box.getparent()
            if parent is None or parent.tag in ("body", "html", "main", "article"):
                break
            box = parent
            if number + 1 < len(self.lines) and _contains(box, self.lines[number + 1].block):
                break
        end = number
        while end < len(self.lines) and _contains(box, self.lines[end].block):
            end += 1
        begins = number == 0 or not _contains(box, self.lines[number - 1].block)
        held = sum(line.plain_length for line in self.lines[number:end])
        if not begins or box is heading.block or 3 * held > self.prose or self._holds_article(box, number, end):
            return number + 1
        self._cut_range(number, end)
        return end

    def _holds_article(self, box: etree._Element, number: int, end: int) -> bool:
        """Whether the lines of a box of replies may be the article's: prose, and nothing that replies are made of."""
        told = [line for line in self.lines[number + 1 : end] if not _is_in(line.block, box, (*_REPLY_PARTS, "li"))]
        prose = [line for line in told if line.plain_length >= _SHORTEST_PROSE]
        if not prose and sum(line.plain_length for line in told) < _MOST_SHORT_PROSE:
            return False
        names = " ".join(f"{element.get('class', '')} {element.get('id', '')}" for element in box.iter())
        if next(box.iter(*_REPLY_PARTS), None) is None and not _REPLY_NAME.search(names):
            return True
        parent = box.getparent()
        goes_on = parent is not None and any(
            line.plain_length >= _SHORTEST_PROSE and _contains(parent, line.block) for line in self.lines[end:]
        )
        return goes_on and len(prose) > 1

    def _linked(self, number: int) -> tuple[list[Line], int] | None:
        """The lines of links that follow a heading, and the number of the first line after the block."""
        heading = self.lines[number]
        first = next(
            (
                at
                for at in range(number + 1, min(number + 4, len(self.lines)))
                if self._is_linked(self.lines[at]) or not _is_minor(self.lines[at])
            ),
            None,
        )
        if first is None or not self._is_linked(self.lines[first]):
            return None
        container = _common_ancestor(heading.block, self.lines[first].block)
        window = self._window(first, container)
        cards = _cards([line for line in window if self._is_linked(line)], container)
        found: list[Line] = []
        after, at = first, first
        for at, line in enumerate(window, first):
            listed = bool(found) and _is_listed_with(line, found[-1]) and headline_like(line)
            if self._is_linked(line) or listed:
                found.append(line)
                after = at + 1
            elif _in_card(line, found, cards):
                after = at + 1
            elif not (_is_minor(line) and _is_beside_card(line, cards) and not line.is_heading):
                break
            if len(found) >= _MOST_LINKED:
                break
        return found, after

    def _window(self, first: int, container: etree._Element) -> list[Line]:
        """The lines from here on that stand in the container, up to the next heading of a block or long prose."""
        window = []
        for line in self.lines[first : first + 6 * _MOST_LINKED]:
            if not _contains(container, line.block) or line is self.headline:
                break
            if heading_of(line.text) not in (None, Heading.MORE) and not line.links:
                break
            if line.plain_length > _LONGEST_TEASER:
                break
            window.append(line)
        return window

    def _is_linked(self, line: Line) -> bool:
        return (
            bool(line.links)
            and not _runs_on(line)
            and (line.plain_length <= _MOST_BESIDE or 4 * line.plain_length <= letters(line.text))
        )

    def _items(self, lines: Sequence[Line]) -> list[tuple[str, str | None]]:
        """One item a link: its headline line (an h1 to h6 before others), a headline cut short made whole."""
        texts: dict[str | etree._Element, list[tuple[bool, str]]] = {}
        links: dict[str | etree._Element, etree._Element] = {}
        for line in lines:
            if not line.links:
                links[line.block] = line.block
                texts[line.block] = [(False, line.text)]
            for link in line.links:
                text = clean("".join(piece.text for piece in line.pieces if piece.link is link))
                identity = self._url(link) or link
                links.setdefault(identity, link)
                texts.setdefault(identity, []).append((line.is_heading or _in_heading(link), text))
        items = []
        for identity, found in texts.items():
            shown = [(heading, text) for heading, text in found if _says_something(text)]
            if not shown and _is_short_item(links[identity]):
                shown = [(heading, text) for heading, text in found if _says_little(text)]
            if not shown or self._is_this_page(identity):
                continue
            headings = [text for heading, text in shown if heading]
            # Of two heading lines in one link the shorter is a roof line.
            text = max(headings, key=len) if headings else shown[0][1]
            url = identity if isinstance(identity, str) else None
            items.append((_whole(_BULLET.sub("", text), links[identity]), url))
        return items

    def _plain(self, number: int, kind: Heading) -> tuple[list[tuple[str, str | None]], int]:
        """The headlines without links that follow a heading: a list as a whole, else lines that are surely a list."""
        if number + 1 >= len(self.lines):
            return [], number + 1
        heading, first = self.lines[number], self.lines[number + 1]
        if (listed := _list_of(first)) is not None and not _contains(listed, heading.block):
            found = self._listed(number + 1, listed)
        else:
            found = self._alike(number)
            if not found or not self._is_sure(number, found, kind):
                found = []
        return [(_BULLET.sub("", line.text), None) for line in found], number + 1 + len(found)

    def _listed(self, first: int, listed: etree._Element) -> list[Line]:
        """All lines of a list most of whose items read like headlines; none of any other list."""
        found: list[Line] = []
        for line in self.lines[first:]:
            if not _contains(listed, line.block):
                break
            found.append(line)
        alike = sum(headline_like(line) for line in found)
        long = any(line.plain_length > _LONGEST_HEADLINE for line in found)
        return [] if long or 2 * alike <= len(found) else found

    def _alike(self, number: int) -> list[Line]:
        """The headline-like lines that follow a heading, all built like the first of them."""
        heading, first = self.lines[number], self.lines[number + 1]
        if first.is_heading and not heading.is_heading:
            return []
        container, shape = _common_ancestor(heading.block, first.block), _shape(first, heading)
        found: list[Line] = []
        for line in self.lines[number + 1 : number + 1 + _MOST_PLAIN]:
            if line.links or not headline_like(line) or _shape(line, heading) != shape:
                break
            if not _contains(container, line.block):
                break
            found.append(line)
        return found

    def _is_sure(self, number: int, found: Sequence[Line], kind: Heading) -> bool:
        """Whether lines without links under a heading are a list of headlines rather than the article going on."""
        heading, after = self.lines[number], number + 1 + len(found)
        container = _common_ancestor(heading.block, found[-1].block)
        held = [line for line in self.lines if _contains(container, line.block)]
        own = container.tag not in ("body", "html", "main", "article")
        if own and len(held) == len(found) + 1 and held[0] is heading:
            return True
        if kind is not Heading.READ_ALSO:
            return False
        if all(_BULLET.match(line.text) for line in found):
            return True
        if _is_filled_later(heading, container) or after >= len(self.lines):
            return False
        back = self.lines[after]
        if not _contains(container, back.block):
            return False
        # A missing full stop tells headlines apart only where the article's own paragraphs have theirs.
        among = [line for line in held if line not in found and line.plain_length > _SHORTEST_PROSE]
        stopped = sum(bool(_STOPPED.search(line.text)) for line in among)
        return 4 * stopped >= 3 * len(among) and stopped > 0

    # A heading and its links on one line

    def _prefixed(self, number: int) -> tuple[Block | None, int]:
        line = self.lines[number]
        start = _prefix(line)
        if start is None:
            return None, number + 1
        offset, end, kind = start
        rest = _Rest(line, end)
        says = _says_enough if kind is Heading.READ_ALSO else _says_something
        items = [(_whole(text, link), self._url(link)) for link, text in rest.links() if says(text)]
        if items and rest.plain_length > _MOST_BESIDE:
            return None, number + 1
        if not items:
            said = _STRONG_SEPARATOR.sub("", rest.text).strip(" :-–—|<>←→")
            ends = _CUT_SHORT.search(rest.text) or not _SENTENCE_END.search(said)
            if (
                offset
                or kind is not Heading.READ_ALSO
                or not _STRONG_SEPARATOR.match(rest.raw)
                or not _says_enough(said)
            ):
                return None, number + 1
            if not ends or len(said) > _LONGEST_PLAIN or rest.plain_length == 0:
                return None, number + 1
            items = [(said, None)]
        label = _label(clean(line.raw[offset:end]))
        after = number + 1
        while after < len(self.lines) and (more := self._goes_on(line, self.lines[after])):
            items.extend(more)
            after += 1
        self._cut_range(number + 1, after)
        _cut(line, offset)
        items = [item for item in items if not self._is_this_page(item[1])]
        return (Block(label, number, items) if items and kind is not Heading.FURNITURE else None), after

    def _goes_on(self, first: Line, line: Line) -> list[tuple[str, str | None]]:
        """The items of a line that continues a line of links: nothing but links, in the same or a sibling block."""
        beside = line.block is first.block or (
            line.block.getparent() is first.block.getparent() and line.block.tag == first.block.tag
        )
        if not beside or not line.links or line.plain_length > 3 or not first.links or _prefix(line) or line.is_heading:
            return []
        return self._items([line])

    def _url(self, link: etree._Element) -> str | None:
        return absolute_url(self.base, link.get("href"))

    def _is_this_page(self, url: object) -> bool:
        return isinstance(url, str) and self.page_key is not None and url_key(url) == self.page_key

    def _cut_range(self, start: int, stop: int) -> None:
        for line in self.lines[start:stop]:
            _cut(line)


@dataclass
class _Rest:
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


def heading_of_next(lines: Sequence[Line], number: int) -> Heading | None:
    """What the line after this one heads, if it says the same words."""
    if number + 1 < len(lines) and lines[number + 1].key == lines[number].key:
        return heading_of(lines[number + 1].text)
    return None


def _prefix(line: Line) -> tuple[int, int, Heading] | None:
    """Where a heading's words stand that only links follow: at the line's start, or at the start of one of its pieces.

    The offsets of the words' begin and end in the line's raw text, and what they head.
    """
    before = _before_link(line)
    kind = heading_of(clean(before)) if before else None
    if kind in (Heading.READ_ALSO, Heading.RELATED):
        return 0, len(before), kind
    offset = 0
    for number, piece in enumerate(line.pieces):
        # Only what stands at a line's start may be followed by words without link; `_prefixed` sees to that.
        if opens_heading(line.key) if number == 0 else piece.link is None and _opens(line.pieces[number - 1], piece):
            skipped = len(piece.text) - len(piece.text.lstrip()) if number else len(line.raw) - len(line.raw.lstrip())
            found = _words_at(line.raw, offset + skipped)
            # A single word within the link ("Watch: ...") is the headline's own.
            if found and not (found[1] is Heading.MORE and piece.link is not None and piece.text.strip()):
                return (offset if number else 0), *found
        offset += len(piece.text)
    return _tail_prefix(line)


def _before_link(line: Line) -> str:
    """What stands on a line before its first link; empty where no link follows."""
    before = ""
    for piece in line.pieces if line.links else ():
        if piece.link is not None and piece.text.strip():
            return before
        before += piece.text
    return ""


def _tail_prefix(line: Line) -> tuple[int, int, Heading] | None:
    """As `_prefix`, for an invitation that ends a paragraph's text and that nothing but links follow."""
    before = _before_link(line)
    if not before or any(
        character.isalnum() for piece in _behind(line, len(before)) if piece.link is None for character in piece.text
    ):
        return None
    for word in list(_WORD.finditer(before))[-7:]:
        said = before[word.start() :]
        if heading_of(_label(clean(said))) is not Heading.READ_ALSO or " " not in clean(said):
            continue
        ahead = before[: word.start()].rstrip()
        if ahead.endswith(("(", "[")):
            return len(ahead) - 1, len(before), Heading.READ_ALSO
        if _STOPPED.search(ahead) or said.rstrip().endswith(":"):
            return len(ahead), len(before), Heading.READ_ALSO
        return None
    return None


def _behind(line: Line, offset: int) -> list[Piece]:
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
    bullet = _BULLET.match(raw, start)
    begin = bullet.end() if bullet else start
    if not opens_heading(fold_key(raw[begin : begin + _FARTHEST])):
        return None
    ends: list[int] = []
    for word in _WORD.finditer(raw, begin, begin + _FARTHEST):
        if ends and _PAUSE.search(raw, ends[-1], word.start()):
            break
        ends.append(word.end())
        if len(ends) == 7:
            break
    for end in reversed(ends):
        kind = heading_of(raw[begin:end])
        if kind in (Heading.READ_ALSO, Heading.RELATED, Heading.MORE):
            behind = raw[end : end + 3].lstrip("\u064b\u064c\u064d ")
            # A single word ("More", "طالع") is a heading only before a separator.
            if " " in fold_key(raw[begin:end]) or _STRONG_SEPARATOR.match(behind):
                return end + (len(raw[end:]) - len(raw[end:].lstrip("\u064b\u064c\u064d"))), kind
    return None


def _are_topics(items: Sequence[tuple[str, str | None]]) -> bool:
    """Whether the items are names of topics (one or two words each) and not headlines."""
    lengths = sorted(len(text.split()) for text, _ in items)
    return bool(lengths) and lengths[len(lengths) // 2] <= 2


def _says_something(text: str) -> bool:
    return (len(text.split()) >= 3 or len(text) >= 15) and len(text) <= _LONGEST_HEADLINE and heading_of(text) is None


def _says_little(text: str) -> bool:
    return any(map(str.isalpha, text)) and len(text) <= _LONGEST_HEADLINE and heading_of(text) is None


def _says_enough(text: str) -> bool:
    return _says_something(text) or (len(text.split()) == 2 and _says_little(text))


def _is_short_item(link: etree._Element) -> bool:
    """Whether a link is the only one of an item in a list whose middle item is a headline."""
    item = next(link.iterancestors("li"), None)
    listed = None if item is None else item.getparent()
    if item is None or listed is None or len({other.get("href") for other in item.iter("a")}) != 1:
        return False
    lengths = sorted(len(STRING(other).split()) for other in listed.iterchildren("li"))
    return len(lengths) > 1 and lengths[len(lengths) // 2] >= 3


def _list_of(line: Line) -> etree._Element | None:
    """The list that a line stands in."""
    return next((element for element in (line.block, *line.block.iterancestors()) if element.tag in ("ul", "ol")), None)


def _is_in(element: etree._Element, box: etree._Element, tags: Sequence[str]) -> bool:
    """Whether an element stands, within a box, in an element of one of the tags."""
    for outer in (element, *element.iterancestors()):
        if outer is box:
            return False
        if outer.tag in tags:
            return True
    return False


def _is_listed_with(line: Line, other: Line) -> bool:
    """Whether two lines are items of one list: of a list element, or paragraphs side by side with a mark each."""
    listed = _list_of(line)
    if listed is not None:
        return listed is _list_of(other)
    marked = _BULLET.match(line.text) and _BULLET.match(other.text)
    return bool(marked) and line.block.getparent() is other.block.getparent() and line.block.tag == other.block.tag


def _is_filled_later(heading: Line, container: etree._Element) -> bool:
    """Whether an empty block follows a heading: the place where a script puts the list."""
    outer = heading.block
    while outer is not container and outer.getparent() is not container:
        parent = outer.getparent()
        if parent is None:
            return False
        outer = parent
    behind = outer.getnext() if outer is not container else None
    return behind is not None and behind.tag in ("div", "ul", "ol", "section", "aside") and not STRING(behind).strip()


def _runs_on(line: Line) -> bool:
    """Whether a line is a sentence that holds a link rather than a link with a mark beside it."""
    if line.block.tag != "p":
        return False
    beside = sum(character.isalpha() for piece in line.pieces if piece.link is None for character in piece.text)
    linked = sum(character.isalpha() for piece in line.pieces if piece.link is not None for character in piece.text)
    before = _before_link(line)
    behind = "".join(piece.text for piece in _behind(line, len(before)) if piece.link is None)
    return beside > linked or (
        any(map(str.isalpha, before)) and len(behind.split()) > 1 and any(map(str.isalpha, behind))
    )


def _is_minor(line: Line) -> bool:
    return len(line.text) <= _LONGEST_MINOR and (heading_of(line.text) in (None, Heading.MORE) or bool(line.links))


def _label(text: str) -> str:
    return text.strip(" :.…|-–—»«<>()[]؛،←→►◄")


def _whole(headline: str, link: etree._Element) -> str:
    """A headline that is cut with dots, made whole from the title or alt text of its link or its card's image."""
    if not _CUT_SHORT.search(headline):
        return headline
    begin = fold_key(_CUT_SHORT.sub("", headline))
    card = link.getparent()
    scope = [link, *link.iter("img")]
    if card is not None:
        around = card.getparent()
        scope.extend((card if around is None or around.tag in ("body", "ul", "ol") else around).iter("a", "img"))
    for element in scope[:40]:
        for attribute in ("title", "alt", "aria-label"):
            text = clean(element.get(attribute) or "")
            if (
                begin
                and len(text) <= 2 * _LONGEST_HEADLINE
                and fold_key(text).startswith(begin)
                and not _CUT_SHORT.search(text)
            ):
                return text
    return headline


def _shape(line: Line, heading: Line) -> tuple[object, ...]:
    """What the lines of one list have in common: the kind of block, emphasis, a leading mark."""
    first = next((piece for piece in line.pieces if piece.text.strip()), line.pieces[0])
    tag = line.block.tag
    scope = line.block.getparent() if tag in ("li", "dd", "td") else line.block if line.block is heading.block else None
    emphasised = not first.is_tail and first.element.tag in ("strong", "b", "u")
    return tag, scope, emphasised, bool(_BULLET.match(line.text))


def _common_ancestor(left: etree._Element, right: etree._Element) -> etree._Element:
    above = {left, *left.iterancestors()}
    element = right
    while element not in above:
        parent = element.getparent()
        if parent is None:
            return element
        element = parent
    return element


def _contains(container: etree._Element, element: etree._Element) -> bool:
    return element is container or any(ancestor is container for ancestor in element.iterancestors())


def _cards(lines: Sequence[Line], container: etree._Element) -> dict[etree._Element, etree._Element]:
    """For each link of the lines its card: the largest element below the container that holds no other target."""
    targets: dict[etree._Element, set[str]] = {}
    chains: dict[etree._Element, list[etree._Element]] = {}
    for line in lines:
        for link in line.links:
            chain = [link]
            for ancestor in link.iterancestors():
                if ancestor is container:
                    break
                chain.append(ancestor)
            chains[link] = chain
            for element in chain:
                targets.setdefault(element, set()).add(link.get("href", ""))
    several = len({href for hrefs in targets.values() for href in hrefs}) > 1
    cards = {}
    for link, chain in chains.items():
        alone = [element for element in chain if len(targets[element]) == 1]
        # A lone link tells no card from the article that may follow it.
        cards[link] = alone[-1] if alone and several else link
    return cards


def _in_card(line: Line, found: Sequence[Line], cards: dict[etree._Element, etree._Element]) -> bool:
    if not found:
        return False
    return any(
        (_contains(card, line.block) and card.tag not in ("p", "a")) or line.block is card
        for card in (cards.get(link, link) for link in found[-1].links)
    ) and not (line.block is found[-1].block and line.block.tag == "p")


def _is_beside_card(line: Line, cards: dict[etree._Element, etree._Element]) -> bool:
    return any(_contains(card, line.block) for card in cards.values() if card.tag not in ("p", "a"))


def _in_heading(link: etree._Element) -> bool:
    parent = link.getparent()
    return (parent is not None and parent.tag in HEADING_TAGS) or any(element.tag in HEADING_TAGS for element in link)


def _cut(line: Line, offset: int = 0) -> None:
    """Take a line's text out of the tree, from an offset of its raw text on."""
    at = 0
    for piece in line.pieces:
        keep = max(0, min(len(piece.text), offset - at))
        at += len(piece.text)
        if keep < len(piece.text):
            piece.replace(piece.text[:keep] or None)
