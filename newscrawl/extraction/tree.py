"""The page as a tree that is parsed once, and as the lines that a reader sees.

A line is a run of text that no block boundary and no `<br>` divides. Rules about neighbours (a heading, and what
follows it) are told on lines, so that they hold whatever elements the page is built from.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urljoin

from lxml import etree, html

from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key
from newscrawl.urls import is_http

_BLOCKS = (
    "address article aside blockquote body button center dd details dialog div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr html li main menu nav ol option p pre section summary table tbody td "
    "tfoot th thead tr ul video audio"
)
BLOCK_TAGS = frozenset(_BLOCKS.split())
_LINE_ENDS = BLOCK_TAGS | {"br"}
HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_INNER = frozenset(("p", "li", *HEADING_TAGS, "blockquote", "dd", "dt"))
# Elements whose text no reader sees as part of the page.
_HIDDEN = "head script style noscript template select svg iframe object textarea math canvas"
_HIDDEN_TAGS = frozenset(_HIDDEN.split())
STRING = etree.XPath("string()", smart_strings=False)
"""The text of an element and of all in it, as it stands there."""
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())
_PROGRAMS = ("script", "style", "svg", "iframe")
_DATA = "script-of-data"
# More text than this in one page is no article: the rest is left unread, which bounds time and memory.
_MOST_CHARACTERS = 3_000_000
_MOST_DATA = 1_000_000
_MOST_TEXT = 1_000_000
_MOST_ELEMENTS = 30_000
_TOO_MANY = etree.XPath(f"boolean(descendant-or-self::*[{_MOST_ELEMENTS + 1}])")
_SENTENCE_SIGN, _SENTENCE_LENGTH = "\ufdfa", 18
_DEEPEST = 150
_TOO_DEEP = "too-deep"
_DROPPED = "dropped"
# What XML, and so lxml, cannot hold, beside two code points that are no characters.
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
# The same and lone surrogates, written as a reference; each is put as a sign of no width, for without anything in its
# place what stands around it may be a reference again.
_CONTROL_REFERENCE = (
    rb"(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]|6553[45])(?!\d)"
    rb"|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF])(?![0-9a-fA-F]));?"
)
_REFERENCE = re.compile(rb"&#" + _CONTROL_REFERENCE)
_BEHIND_REFERENCE_SIGN = re.compile(_CONTROL_REFERENCE)
_NO_WIDTH = b"&#8203;"
_DOCTYPE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<!doctype[^>]*>", re.IGNORECASE)
_IS_TOO_DEEP = etree.XPath("boolean(" + "/*" * (_DEEPEST + 1) + ")")
# What fills a page without saying anything, where it begins and how it ends.
_BALLAST = re.compile(r"<!--|<(?:script|style)(?=[\s>/])[^<>]{0,4000}>", re.IGNORECASE)
_BALLAST_ENDS = {
    "script": re.compile(r"</script", re.IGNORECASE),
    "style": re.compile(r"</style", re.IGNORECASE),
    "comment": re.compile(r"-->"),
}
# An attribute as long as this is an image or a program's data.
_HUGE_ATTRIBUTE = re.compile(r"=\s{0,9}(?:\"[^\"<>]{20000,}\"|'[^'<>]{20000,}')")

# A parser compares each attribute of an element with all of its others.
_CROWDED = 30_000
_CROWDED_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{_CROWDED},}}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_MOST_ATTRIBUTES = 500

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Piece:
    """One text node: the element that holds it, whether as its text or as its tail, and the link around it."""

    element: etree._Element
    is_tail: bool
    text: str
    link: etree._Element | None = None

    @property
    def parent(self) -> etree._Element:
        """The element that the text stands in."""
        parent = self.element.getparent() if self.is_tail else None
        return self.element if parent is None else parent

    def replace(self, text: str | None) -> None:
        """Put another text, or none, in the place of this one in the tree."""
        self.text = text or ""
        if self.is_tail:
            self.element.tail = text
        else:
            self.element.text = text


@dataclass(eq=False)
class Line:
    """Text that stands on one line: its pieces in order, and the innermost block that holds it."""

    block: etree._Element
    pieces: list[Piece]
    raw: str = field(init=False)
    """The pieces' texts joined, as they stand before anything is cut."""
    text: str = field(init=False)
    """The line as printed, cleaned."""
    key: str = field(init=False)
    """Folded words of the line, for matching."""
    links: list[etree._Element] = field(init=False)
    """The links that show text on the line, in order, each once."""
    plain_length: int = field(init=False)
    """Number of letters and digits on the line outside links."""

    def __post_init__(self) -> None:
        pieces = self.pieces
        self.raw = raw = pieces[0].text if len(pieces) == 1 else "".join([piece.text for piece in pieces])
        self.text = clean(raw)
        self.key = fold_key(self.text)
        plain = [piece.text for piece in pieces if piece.link is None]
        self.plain_length = letters("".join(plain)) if plain else 0
        self.links = []
        if len(plain) < len(pieces):
            shown = [piece.link for piece in pieces if piece.link is not None and not piece.text.isspace()]
            self.links = list(dict.fromkeys(shown))

    @property
    def stands(self) -> bool:
        """Whether nothing of the line was cut."""
        if len(self.pieces) == 1:
            return len(self.pieces[0].text) == len(self.raw)
        return sum([len(piece.text) for piece in self.pieces]) == len(self.raw)

    @property
    def left(self) -> str:
        """`fold_key` of what was not cut of the line."""
        return self.key if self.stands else fold_key(clean("".join([piece.text for piece in self.pieces])))

    def lead_to(self, link: etree._Element) -> None:
        """Take the whole line for the text of a link that covers it."""
        for piece in self.pieces:
            piece.link = link
        self.links, self.plain_length = [link], 0

    def cut(self, offset: int = 0) -> None:
        """Take the line's text out of the tree, from an offset of its raw text on."""
        at = 0
        for piece in self.pieces:
            keep = max(0, min(len(piece.text), offset - at))
            at += len(piece.text)
            if keep < len(piece.text):
                piece.replace(piece.text[:keep] or None)

    @property
    def container(self) -> etree._Element | None:
        """The element whose children the line stands among: its block, or what holds the block where that is a
        paragraph, a heading or an item."""
        return self.block.getparent() if self.block.tag in _INNER else self.block

    @cached_property
    def is_heading(self) -> bool:
        """Whether the line stands in an h1 to h6."""
        element: etree._Element | None = self.block
        for _ in range(3):
            if element is None:
                return False
            if element.tag in HEADING_TAGS:
                return True
            element = element.getparent()
        return False


def lines_by_text(lines: Iterable[Line]) -> dict[str, list[int]]:
    """The numbers of the lines that show the same, in order, by the `fold_key` of what was not cut of them."""
    numbers: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if left := line.left:
            numbers.setdefault(left, []).append(number)
    return numbers


def letters(text: str) -> int:
    """Number of letters and digits in a text."""
    if text.isascii():
        return len(text.encode().translate(None, _NO_LETTERS))
    return sum(map(str.isalnum, text))


def text_length(element: etree._Element, known: dict[etree._Element, int]) -> int:
    """Characters of text in an element and all below it, white space at both ends left out. `known` keeps what was
    counted, which bounds the time on a page that asks for the same elements again and again."""
    length = known.get(element)
    if length is None:
        length = known[element] = len(STRING(element).strip())
    return length


def drop(elements: Iterable[etree._Element]) -> None:
    """Remove elements of one tree and all in them; the text behind them stays.

    Takes linear time: the text behind each is not copied to what was gathered before it.
    """
    tags = {element: element.tag for element in elements}
    if not tags:
        return
    first = next(iter(tags))
    root = next(reversed([first, *first.iterancestors()]))
    for element in tags:
        element.tag = _DROPPED
    etree.strip_elements(root, _DROPPED, with_tail=False)
    for element, tag in tags.items():
        # What rules ask for; a parser takes names of elements that cannot be given to one.
        if tag in BLOCK_TAGS:
            element.tag = tag


def drop_emptied(lines: Iterable[Line]) -> set[etree._Element]:
    """Remove the elements of lines whose text was cut, as far up as they show no text any more; what follows stays.

    Returns the elements that something was removed from.
    """
    loosened: set[etree._Element] = set()
    emptied = dict.fromkeys(piece.parent for line in lines for piece in line.pieces if not piece.text)
    known: dict[etree._Element, int] = {}
    empty: list[etree._Element] = []
    for element in emptied:
        outer = None
        for candidate in (element, *element.iterancestors()):
            if candidate.tag in ("body", "html", "head", "main", "article") or text_length(candidate, known):
                break
            outer = candidate
        parent = None if outer is None else outer.getparent()
        if outer is not None and parent is not None:
            loosened.add(parent)
            empty.append(outer)
    drop(empty)
    return loosened


def parse(text: str, url: str = "") -> html.HtmlElement | None:
    """The page's tree without comments and processing instructions; None where the text holds no element.

    Reads at most 3 million characters, 30,000 elements and a million characters of text, and unwraps elements that are
    nested deeper than 150. Of a longer page, scripts, styles, comments and huge attributes are left out first; of
    JSON-LD a million characters stay. What is still too much is left unread, and a warning that names `url` says so.
    """
    if len(text) > _MOST_CHARACTERS:
        text = _without_ballast(text)
    if _may_be_crowded(text):
        text = _CROWDED_TAG.sub(_uncrowded, text)
    if len(text) > _MOST_CHARACTERS:
        logger.warning("%s: only the first %d of %d characters are read", url, _MOST_CHARACTERS, len(text))
    try:
        tree = html.document_fromstring(_parsable(text[:_MOST_CHARACTERS]), parser=_parser())
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    _cut_programs(tree)
    if _bound(tree):
        logger.warning(
            "%s: only the first %d elements with %d characters of text are read", url, _MOST_ELEMENTS, _MOST_TEXT
        )
    if _IS_TOO_DEEP(tree):
        _flatten(tree)
    return tree


def _may_be_crowded(text: str) -> bool:
    """Whether a tag may be as long as one with too many attributes: a look at one place in some thousand characters."""
    place = 0
    while (end := place + _CROWDED) <= len(text):
        last = max(text.rfind("<", place, end), text.rfind(">", place, end))
        if last < 0 and text[place - 1 : place] == "<":
            return True
        place = end if last < 0 else last + 1
    return False


def _uncrowded(tag: re.Match[str]) -> str:
    """A tag without its attributes where it has too many of them."""
    if len(_QUOTED.sub("", tag[0]).split()) <= _MOST_ATTRIBUTES:
        return tag[0]
    return tag[0].split(maxsplit=1)[0]


def _parsable(text: str) -> bytes:
    """The text in UTF-8 without its doctype and without what no parser takes, lone surrogates among it."""
    if "\ufffe" in text or "\uffff" in text:
        text = text.replace("\ufffe", "").replace("\uffff", "")
    encoded = text.encode("utf-8", "ignore").translate(None, _CONTROLS)
    # To split at the sign and look behind it is many times as fast as to search for the pattern.
    if any(map(_BEHIND_REFERENCE_SIGN.match, encoded.split(b"&#")[1:])):
        encoded = _REFERENCE.sub(_NO_WIDTH, encoded)
    doctype = _DOCTYPE.match(encoded)
    return encoded[doctype.end() :] if doctype else encoded


def _parser() -> html.HTMLParser:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, collect_ids=False)
    # lxml.html asks a Python function for the class of each element; nothing here needs its classes of form fields.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    return parser


def _cut_programs(tree: html.HtmlElement) -> None:
    """Remove what holds neither text nor data of the page, so that no later walk passes it."""
    data = [script for script in tree.iter("script") if "ld+json" in (script.get("type") or "").lower()]
    for script in data:
        script.tag = _DATA
    etree.strip_elements(tree, *_PROGRAMS, with_tail=False)
    for script in data:
        script.tag = "script"


def _without_ballast(text: str) -> str:
    """The page's text without the insides of scripts and styles, comments and huge attributes; in linear time.

    What is never closed stays. JSON-LD stays whole or goes: half of it cannot be read.
    """
    kept: list[str] = []
    unclosed: set[str] = set()
    place = data = 0
    while opening := _BALLAST.search(text, place):
        tag = opening[0][1:7].lower()
        kind = "script" if tag == "script" else "style" if tag.startswith("style") else "comment"
        kept.append(text[place : opening.end()] if kind != "comment" else text[place : opening.start()])
        closing = None if kind in unclosed else _BALLAST_ENDS[kind].search(text, opening.end())
        if closing is None:
            unclosed.add(kind)
            kept.append(opening[0] if kind == "comment" else "")
            place = opening.end()
            continue
        inside = closing.start() - opening.end()
        if kind == "script" and "ld+json" in opening[0].lower() and data + inside <= _MOST_DATA:
            data += inside
            kept.append(text[opening.end() : closing.start()])
        place = closing.end() if kind == "comment" else closing.start()
    kept.append(text[place:])
    return _HUGE_ATTRIBUTE.sub('=""', "".join(kept))


def text_of(element: etree._Element | None) -> str:
    """Cleaned text of an element and all in it; an empty string for None."""
    return clean(STRING(element)) if element is not None else ""


def absolute_url(base: str, reference: str | None) -> str | None:
    """A reference resolved against the page's base; None where that gives no http(s) URL."""
    try:
        url = urljoin(base, clean(reference or "")) if reference else ""
    except ValueError:
        return None
    return url if is_http(url) else None


def base_url(tree: html.HtmlElement, url: str) -> str:
    """The URL that the page's references count from: its base element, else its own."""
    return absolute_url(url, next((base.get("href") for base in tree.iter("base") if base.get("href")), None)) or url


def lines_of(tree: html.HtmlElement) -> list[Line]:
    """The lines of the page's body in order, empty ones left out. Header and footer are part of the page."""
    body = tree.find("body")
    root = tree if body is None else body
    lines: list[Line] = []
    pieces: list[Piece] = []
    blocks: list[etree._Element] = [root]
    links: list[etree._Element | None] = [None]
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag, starts = element.tag, event == "start"
        if tag in _LINE_ENDS:
            if pieces:
                lines.append(Line(blocks[-1], pieces))
                pieces = []
            if tag != "br":
                if starts:
                    blocks.append(element)
                else:
                    blocks.pop()
        elif tag == "a":
            if starts and element.get("href"):
                links.append(element)
            elif links[-1] is element:
                links.pop()
        elif starts and tag in _HIDDEN_TAGS:
            walk.skip_subtree()
            continue
        text = element.text if starts else element.tail
        if text and (pieces or not text.isspace()) and (starts or element is not root):
            pieces.append(Piece(element, not starts, text, links[-1]))
    if pieces:
        lines.append(Line(root, pieces))
    return lines


def _bound(tree: html.HtmlElement) -> bool:
    """Remove what stands behind the last element and the last text that is read; whether there was any."""
    if not _TOO_MANY(tree) and _length(STRING(tree)) <= _MOST_TEXT:
        return False
    said = 0
    for number, element in enumerate(tree.iter()):
        said += _length(element.tail or "") + (0 if element.tag in _HIDDEN_TAGS else _length(element.text or ""))
        if number >= _MOST_ELEMENTS or said > _MOST_TEXT:
            break
    else:
        return False
    element.tail = None
    if element.text and _length(element.text) > _MOST_TEXT and element.tag not in _HIDDEN_TAGS:
        element.text = element.text[: _MOST_TEXT * len(element.text) // _length(element.text)]
    for child in [
        *element,
        *(later for place in (element, *element.iterancestors()) for later in place.itersiblings()),
    ]:
        parent = child.getparent()
        if parent is not None:
            parent.remove(child)
    return True


def _length(text: str) -> int:
    """Characters of a text, the one sign that folds to a whole sentence counted as these."""
    return len(text) + (_SENTENCE_LENGTH - 1) * text.count(_SENTENCE_SIGN)


def _flatten(tree: html.HtmlElement) -> None:
    depth = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start" and depth > _DEEPEST and len(element) and element.tag not in ("script", "style"):
            element.tag = _TOO_DEEP
    etree.strip_tags(tree, _TOO_DEEP)
