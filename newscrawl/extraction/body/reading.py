"""The article's body as typed blocks: trafilatura finds it in a tree from which everything else was cut."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from copy import copy
from functools import lru_cache
from itertools import islice

from lxml import etree, html
from trafilatura import bare_extraction
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import Document, Extractor
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH

from newscrawl.extraction.tree import BLOCK_TAGS, HEADING_TAGS, STRING, Line, drop, text_length
from newscrawl.items import Block, BlockType
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key

logger = logging.getLogger(__name__)

# trafilatura deletes format characters, which part Persian words, and in its last resort all that is not printable.
# Letters of a script that nobody can read (Linear A) stand in for them meanwhile.
_JOINERS = {"\u200c": "\U00010600", "\u200d": "\U00010601"}
_HIDE = str.maketrans(_JOINERS)
_CONTAINERS = ("div", "section", "article", "main", "td", "center", "body")
_BARE_PROSE = 40
_LONGEST_CAPTION = 160
_MOST_PARAGRAPHS = 5000
# trafilatura counts all blocks again for each heading that it takes off their end.
_MOST_HEADINGS = 1000
# Characters to be copied for one container, in the worst case.
_MANY_CHILDREN, _MOST_COPIED = 500, 500_000_000
_WITH_MANY_CHILDREN = etree.XPath(f"//*[{_MANY_CHILDREN + 1}]/..")
_SENTENCE = 60
_SENTENCE_ENDS = (".", "!", "?", "؟", "…", "۔")
# So much of a lone block must be lines of the page before it counts as these lines run together.
_SHARE_OF_LINES = 0.8
# Elements that no reader sees, which trafilatura's last resort reads; and menus, a third of the elements of most pages,
# which it cuts out itself where it takes longest. Longer ones were left open around the page.
_UNSEEN = ("noscript", "select", "textarea", "object", "canvas", "nav", "footer")
_LONGEST_UNSEEN = 3000
_OPTIONS = Extractor(output_format="python", comments=False)
# Classes and ids of boxes: readers' comments, and articles appended to the one asked for or buttons to share it.
_NAMES = re.compile(
    r"(?P<replies>^(?:[Cc]omment(?!ary)|comol|disqus_thread|dsq-comments)|(?:article|post)-comments)"
    r"|(?P<further>mvp-post-add|infinite-?scroll|elementor-share-buttons)"
)
# Of these each such name holds one.
_NAME_HINTS = ("omment", "comol", "disqus_thread", "mvp-post-add", "infinite", "elementor-share-buttons")
_CUT = "newscrawl-cut"
_BOXES = ("div", "section", "details", "ol", "ul")
# Under this trafilatura takes a text to be too short, and looks further.
_SHORTEST_SURE = _OPTIONS.min_extracted_size
_ASIDE = frozenset(("nav", "footer", "aside"))
_BLOCKS = frozenset(("body", "p", "head", "quote", "list", "item", "table", "row", "div", "main", "section", "article"))
_TYPES: dict[str, BlockType] = {"head": "heading", "quote": "quote", "item": "list_item"}


def read_blocks(tree: html.HtmlElement, url: str, loosened: Set[etree._Element] = frozenset()) -> list[Block]:
    """The blocks of the body that trafilatura finds in the tree, in order; none where it finds none.

    `loosened` are the elements that something was cut from. Uses the tree up: its text is changed for trafilatura.
    """
    _cut_unseen(tree)
    _cut_captions(tree)
    _unlink_anchors(tree)
    _hide_joiners(tree)
    _wrap_bare_prose(tree, loosened)
    _part_bare_text(tree)
    for heading in list(islice(tree.iter(*HEADING_TAGS), _MOST_HEADINGS, None)):
        heading.tag = "p"
    try:
        body = _found(tree, url)
    except Exception:
        # It reads anything that calls itself HTML, and which errors it may raise is not stated: a page that it
        # cannot read has no body, which the caller tells by the missing blocks.
        logger.exception("trafilatura cannot read %s", url)
        return []
    if body is None:
        return []
    return [Block(kind, text) for kind, raw in _flat(body) if (text := clean(_with_joiners(raw)))]


def _found(tree: html.HtmlElement, url: str) -> etree._Element | None:
    """The body that trafilatura's own rules find, where that is a third of what the cleaned page says outside links.
    Else what it finds when it may ask readability, justext and itself once more: several times as long.

    What the rules leave out of a third is put back from the page's lines (`body_gaps`) with less beside it than the
    other readers bring.
    """
    etree.strip_elements(tree, "link", "meta")
    page = copy(tree)
    _cut_comments(page)
    tree_cleaning(page, _OPTIONS)
    linked = "".join([STRING(link) if len(link) else link.text or "" for link in page.iter("a")])
    said = len("".join(STRING(page).split())) - len("".join(linked.split()))
    body, text = extract_content(convert_tags(page, _OPTIONS), _OPTIONS)
    if len(text) >= max(_SHORTEST_SURE, said / 3):
        return body
    # Of its further readers, jusText looks for neighbours of each short paragraph among all of them.
    simple = sum(1 for _ in tree.iter(*BLOCK_TAGS)) > _MOST_PARAGRAPHS
    document = bare_extraction(tree, url=url, include_comments=False, include_tables=True, fast=simple)
    return document.body if isinstance(document, Document) else None


def part(blocks: Sequence[Block], lines: Sequence[Line], headline: int | None = None) -> list[Block]:
    """The blocks, or of a lone one that runs lines of the page together those lines that are the article's; none where
    all of them are links to other pages.

    Where trafilatura finds little, its last resort is all text of the article or page in one paragraph: headline,
    menus and all. `headline` is the number of the line that shows it.
    """
    if _are_links(blocks, lines):
        return []
    key = _joined(blocks[0].text) if len(blocks) == 1 else ""
    if not key:
        return list(blocks)
    title = lines[headline].key if headline is not None else ""
    held = {
        number: line
        for number, line in enumerate(lines)
        if line.stands and line.key and line.key != title and _joined(line.text) in key
    }
    if any(_joined(line.text) == key and not line.links for line in held.values()):
        return list(blocks)
    found = [line for line in lines if line.key and line.stands and _joined(line.text) in key]
    if _share(key, [_joined(line.text) for line in found]) < _SHARE_OF_LINES:
        return list(blocks)
    own = _prose(held, headline) or _sentences(held, None if headline is None else (headline, lines[headline]))
    return [Block("quote" if _is_quote(line) else "paragraph", line.text) for line in own]


def _are_links(blocks: Sequence[Block], lines: Sequence[Line]) -> bool:
    """Whether the page shows each block but headings in links alone, and these lead to several pages."""
    said = {fold_key(block.text) for block in blocks if block.type != "heading"}
    linked = {line.key: line for line in lines if line.key in said and not line.plain_length}
    return len(linked) == len(said) and len({link.get("href") for line in linked.values() for link in line.links}) > 1


def _joined(text: str) -> str:
    """The text's letters and digits alone: trafilatura sets spaces where none are printed, and takes others away."""
    return fold_key(text).replace(" ", "").replace("_", "")


def _share(whole: str, parts: Sequence[str]) -> float:
    """How much of a text its parts make up, each counted where it first stands."""
    covered = bytearray(len(whole))
    for found in set(parts):
        start = whole.find(found)
        covered[start : start + len(found)] = b"\1" * len(found)
    return sum(covered) / len(whole)


def _prose(held: Mapping[int, Line], headline: int | None) -> list[Line]:
    """The lines of prose, and the shorter paragraphs that stand beside the longest of them."""
    prose = {number: line for number, line in held.items() if _is_own(line) and line.plain_length >= _BARE_PROSE}
    behind = {number: line for number, line in prose.items() if headline is not None and number > headline}
    # Before the headline stand a clock and the names of editors as well: there, only whole sentences are prose.
    behind = behind or {number: line for number, line in prose.items() if line.plain_length >= _SENTENCE}
    longest = max(behind.values(), key=lambda line: line.plain_length, default=None)
    if longest is None:
        return []
    parent = longest.block.getparent()
    return [
        line
        for number, line in held.items()
        if _is_own(line)
        and (
            line.plain_length >= _SENTENCE
            or line.block is longest.block
            or (line.block.tag == "p" and line.block.getparent() is parent and number >= min(behind))
            or line is longest
        )
    ]


def _sentences(held: Mapping[int, Line], headline: tuple[int, Line] | None) -> list[Line]:
    """The short paragraphs behind the headline, in the element that holds both, that read like sentences."""
    if headline is None:
        return []
    first, title = headline
    ancestors = [element for element in title.block.iterancestors() if element.tag not in ("header", "hgroup")]
    around = next((element for element in ancestors if element.tag in ("article", "main")), next(iter(ancestors), None))
    if around is None:
        return []
    return [
        line
        for number, line in held.items()
        if number > first
        and line.block.tag == "p"
        and not line.links
        and _is_own(line)
        and around in line.block.iterancestors()
        and line.text.endswith(_SENTENCE_ENDS)
    ]


def _is_own(line: Line) -> bool:
    """Whether a line may be of the article: neither heading nor mostly link nor in a part beside the article."""
    linked = sum(len(piece.text.strip()) for piece in line.pieces if piece.link is not None)
    return (
        not line.is_heading
        and 2 * linked <= len(line.text)
        and not any(element.tag in _ASIDE for element in (line.block, *line.block.iterancestors()))
    )


def _is_quote(line: Line) -> bool:
    return any(element.tag == "blockquote" for element in (line.block, *line.block.iterancestors()))


def _cut_comments(tree: html.HtmlElement) -> None:
    """Remove boxes of readers' comments and of further articles."""
    # trafilatura does the same by regular expressions in XPath, which call Python for every element.
    names = [(box, name) for box in tree.iter(*_BOXES) for name in (box.get("class"), box.get("id")) if name]
    together = "\n".join([name for _, name in names])
    hints = [hint for hint in _NAME_HINTS if hint in together]
    has_appended = False
    for box, name in [(box, name) for box, name in names for hint in hints if hint in name]:
        kind = _named_box(name)
        if kind == "replies":
            box.tag = _CUT
        elif kind is not None:
            has_appended = True
    etree.strip_elements(tree, _CUT, with_tail=False)
    if has_appended:
        prune_unwanted_nodes(tree, RAW_TREE_PRUNE_XPATH)


@lru_cache(maxsize=4096)
def _named_box(name: str) -> str | None:
    """Whether a class or id names a box of "replies" or one with "further" articles."""
    found = _NAMES.search(name)
    return found.lastgroup if found else None


def _hide_joiners(tree: html.HtmlElement) -> None:
    said = STRING(tree)
    if "\u200c" not in said and "\u200d" not in said:
        return
    for element in tree.iter():
        for attribute in ("text", "tail"):
            text = getattr(element, attribute)
            if text and ("\u200c" in text or "\u200d" in text):
                setattr(element, attribute, text.translate(_HIDE))


def _with_joiners(text: str) -> str:
    for joiner, hidden in _JOINERS.items():
        text = text.replace(hidden, joiner)
    return text


def _cut_unseen(tree: html.HtmlElement) -> None:
    drop([element for element in tree.iter(*_UNSEEN) if len(STRING(element)) <= _LONGEST_UNSEEN])


def _unlink_anchors(tree: html.HtmlElement) -> None:
    """Take the places that links lead to for what they are: trafilatura takes a container for a menu where all links
    in it are empty, be they no more than the anchor of a section."""
    for link in tree.iter("a"):
        if link.get("href", "#").startswith("#") and not len(link) and not (link.text or "").strip():
            link.tag = "span"


def _cut_captions(tree: html.HtmlElement) -> None:
    """Remove an image's own small box with the words under it: nothing else stands in that box."""
    known: dict[etree._Element, int] = {}
    boxes: list[etree._Element] = []
    for image in tree.iter("img"):
        box = next((element for element in image.iterancestors() if text_length(element, known)), image)
        if (
            text_length(box, known) > _LONGEST_CAPTION
            or box.tag not in ("div", "figure", "span", "section")
            or box.getparent() is None
        ):
            continue
        said = STRING(box).strip()
        if len(said) <= _LONGEST_CAPTION and not any(
            True for _ in box.iter("p", "a", "h1", "h2", "h3", "h4", "h5", "h6", "li", "br")
        ):
            boxes.append(box)
    drop(boxes)


def _wrap_bare_prose(tree: html.HtmlElement, loosened: Set[etree._Element]) -> None:
    """Where something was cut, put prose that stands bare between the blocks of a container into paragraphs of its
    own: trafilatura drops the text that follows a block."""
    containers = [element for element in tree.iter(*_CONTAINERS) if element in loosened]
    for container in containers:
        runs: list[tuple[list[etree._Element | str], etree._Element | None]] = []
        run: list[etree._Element | str] = [container.text or ""]
        for child in [*container, None]:
            if child is not None and child.tag not in BLOCK_TAGS and child.tag != "br":
                run += [child, child.tail or ""]
                continue
            runs.append((run, child))
            run = [child.tail or ""] if child is not None else []
        if any(_is_prose(run, _BARE_PROSE) for run, _ in runs):
            # Its short runs too, or trafilatura would drop them between the paragraphs.
            for run, before in runs:
                if _is_prose(run, 1):
                    _wrap(container, run, before)


def _part_bare_text(tree: html.HtmlElement) -> None:
    """Put the texts that stand bare between very many elements of one container into paragraphs: trafilatura copies the
    text behind each element that it removes to all that it gathered before."""
    for container in _WITH_MANY_CHILDREN(tree):
        bare = [child for child in container if child.tail]
        if len(bare) * sum(len(child.tail or "") for child in bare) <= _MOST_COPIED:
            continue
        for child in bare:
            paragraph = html.Element("p")
            paragraph.text, child.tail = child.tail, None
            child.addnext(paragraph)


def _is_prose(run: Sequence[etree._Element | str], least: int) -> bool:
    """Whether a run has at least so many characters outside links, and more of them than in links."""
    bare = sum(len(part.strip()) for part in run if isinstance(part, str))
    elements = [part for part in run if not isinstance(part, str)]
    said = bare + sum(len(STRING(element).strip()) for element in elements)
    linked = sum(len(STRING(link)) for element in elements for link in element.iter("a"))
    return said - linked >= least and 2 * linked <= said


def _wrap(container: etree._Element, run: Sequence[etree._Element | str], before: etree._Element | None) -> None:
    """Put a paragraph around a run of text and inline elements that ends before a child of the container."""
    elements = [part for part in run if not isinstance(part, str)]
    place = container.index(elements[0]) if elements else len(container) if before is None else container.index(before)
    if place == 0:
        container.text = None
    else:
        container[place - 1].tail = None
    paragraph = etree.Element("p")
    container.insert(place, paragraph)
    paragraph.text = str(run[0])
    paragraph.extend(elements)


def _flat(body: etree._Element) -> Iterator[tuple[BlockType, str]]:
    """The texts of trafilatura's tree with their kinds; a line break ends one and begins another."""
    kinds: list[BlockType] = ["paragraph"]
    text = ""
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if element.tag in _BLOCKS:
            yield kinds[-1], text
            text = ""
            if event == "start":
                kinds.append(_TYPES.get(element.tag, kinds[-1]))
            else:
                kinds.pop()
        elif element.tag == "lb" and event == "start":
            yield kinds[-1], text
            text = ""
        elif element.tag == "cell":
            text += " "
        text += (element.text if event == "start" else element.tail) or ""
    yield kinds[-1], text
