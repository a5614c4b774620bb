"""Which lines of a block belong together: items of one list, lines of one card, children of one container."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from lxml import etree

from newscrawl.extraction.phrases import heading_of
from newscrawl.extraction.related.headlines import BULLET, says_something
from newscrawl.extraction.tree import HEADING_TAGS, STRING, Line
from newscrawl.text.clean import clean

_CARDS, _HIGHEST_CARD = ("article", "div", "li", "section", "td", "figure"), 4
_MOST_CARD_LINES, _LONGEST_CARD = 8, 500
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|avif)(?:$|[?#])", re.IGNORECASE)
_MAY_EMBED = ("p", "blockquote", "div", "figure")
_LEADS_TO = re.compile(r"location(?:\.href)?\s*=\s*[\"']([^\"']+)[\"']")
_EMBED = re.compile(r"wp-embedded-content|wp-block-embed")


def common_ancestor(left: etree._Element, right: etree._Element) -> etree._Element:
    above = {left, *left.iterancestors()}
    element = right
    while element not in above:
        parent = element.getparent()
        if parent is None:
            return element
        element = parent
    return element


def contains(container: etree._Element, element: etree._Element) -> bool:
    return element is container or any(ancestor is container for ancestor in element.iterancestors())


def cards_of(lines: Sequence[Line], container: etree._Element) -> dict[etree._Element, etree._Element]:
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


def covered_lines(lines: Sequence[Line]) -> dict[Line, etree._Element]:
    """The headlines of cards whose link says none itself, each with that link: one without words that is stretched
    over the card or holds its picture, or a button. Of several lines the first heading is the headline, else the first
    that says something."""
    silent = [link for link in lines[0].block.getroottree().iter("a") if _says_no_headline(link)] if lines else []
    cards = {card for link in silent for card in islice(link.iterancestors(), _HIGHEST_CARD)}
    held: dict[etree._Element, list[Line]] = {}
    for line in lines if cards else ():
        for element in (line.block, *islice(line.block.iterancestors(), _HIGHEST_CARD)):
            if element in cards and len(among := held.setdefault(element, [])) <= _MOST_CARD_LINES:
                among.append(line)
    covered: dict[Line, etree._Element] = {}
    for link in silent:
        headline = _headline_beside(link, held)
        if headline is not None:
            covered.setdefault(headline, link)
    return covered


def _says_no_headline(link: etree._Element) -> bool:
    """Whether a link leads to another page and shows no words, or those of a button."""
    said = clean(STRING(link) if len(link) else link.text or "")
    return (not said or heading_of(said) is not None) and _leads_away(link)


def _leads_away(link: etree._Element) -> bool:
    href = (link.get("href") or "#").strip()
    return not href.startswith(("#", "javascript:")) and not _PICTURE.search(href)


def _headline_beside(link: etree._Element, held: Mapping[etree._Element, Sequence[Line]]) -> Line | None:
    """The headline of the smallest element around a link that holds one, if no other link there says anything."""
    for card in islice(link.iterancestors(), _HIGHEST_CARD):
        among = held.get(card, ())
        if card.tag == "p" or len(among) > _MOST_CARD_LINES or sum(len(line.text) for line in among) > _LONGEST_CARD:
            return None
        if any(other.get("href") != link.get("href") and _leads_away(other) for other in card.iter("a")):
            return None
        said = [line for line in among if says_something(line.text)]
        if said:
            headline = next((line for line in said if line.is_heading), said[0])
            return None if any(line.links for line in said) else headline
    return None


def in_card(line: Line, found: Sequence[Line], cards: dict[etree._Element, etree._Element]) -> bool:
    if not found:
        return False
    return any(
        (contains(card, line.block) and card.tag not in ("p", "a")) or line.block is card
        for card in (cards.get(link, link) for link in found[-1].links)
    ) and not (line.block is found[-1].block and line.block.tag == "p")


def in_repeated(line: Line, last: Line, container: etree._Element) -> bool:
    """Whether a line stands with the last line of links in one of several elements alike side by side: cards that
    link to their section or author as well."""
    for outer in islice(last.block.iterancestors(), _HIGHEST_CARD):
        if outer is container:
            return False
        if outer.tag in _CARDS and contains(outer, line.block):
            alike = (outer.tag, outer.get("class"))
            return any(
                (beside.tag, beside.get("class")) == alike
                for beside in (outer.getprevious(), outer.getnext())
                if beside is not None
            )
    return False


def is_beside_card(line: Line, cards: dict[etree._Element, etree._Element]) -> bool:
    return any(contains(card, line.block) for card in cards.values() if card.tag not in ("p", "a"))


def list_of(line: Line) -> etree._Element | None:
    """The list that a line stands in."""
    return next((element for element in (line.block, *line.block.iterancestors()) if element.tag in ("ul", "ol")), None)


def is_listed_with(line: Line, other: Line) -> bool:
    """Whether two lines are items of one list: of a list element, or paragraphs side by side with a mark each."""
    listed = list_of(line)
    if listed is not None:
        # What stands below a link in its item is a teaser.
        item = _item_of(line, listed)
        is_teaser = bool(other.links) and item is not None and item is _item_of(other, listed)
        return listed is list_of(other) and not is_teaser
    marked = BULLET.match(line.text) and BULLET.match(other.text)
    return bool(marked) and line.block.getparent() is other.block.getparent() and line.block.tag == other.block.tag


def _item_of(line: Line, listed: etree._Element) -> etree._Element | None:
    """The item of a list that a line stands in; None where its text stands in the list itself."""
    outer = (line.block, *line.block.iterancestors())
    return next((element for element in outer if element.getparent() is listed), None)


def is_embedded(line: Line) -> bool:
    """Whether a line is what WordPress shows of another page that an article embeds."""
    block = line.block
    outer = [block, *islice(block.iterancestors(), 3)] if block.tag in _MAY_EMBED else []
    return any(_EMBED.search(element.get("class", "")) for element in outer)


def scripted_reference(line: Line) -> str | None:
    """Where a script leads who clicks on a line without links: the reference that its block, or what holds nothing
    else, keeps for it."""
    for element in (line.block, *islice(line.block.iterancestors(), 2)):
        if clean(STRING(element)) != line.text:
            return None
        for name in ("data-href", "data-url", "data-link"):
            if element.get(name):
                return element.get(name)
        if called := _LEADS_TO.search(element.get("onclick", "")):
            return called[1]
    return None


def is_filled_later(heading: Line, container: etree._Element) -> bool:
    """Whether an empty block follows a heading: the place where a script puts the list."""
    outer = heading.block
    while outer is not container and outer.getparent() is not container:
        parent = outer.getparent()
        if parent is None:
            return False
        outer = parent
    behind = outer.getnext() if outer is not container else None
    return behind is not None and behind.tag in ("div", "ul", "ol", "section", "aside") and not STRING(behind).strip()


def is_short_item(link: etree._Element) -> bool:
    """Whether a link is the only one of an item in a list whose middle item is a headline."""
    item = next(link.iterancestors("li"), None)
    listed = None if item is None else item.getparent()
    if item is None or listed is None or len({other.get("href") for other in item.iter("a")}) != 1:
        return False
    lengths = sorted(len(STRING(other).split()) for other in listed.iterchildren("li"))
    return len(lengths) > 1 and lengths[len(lengths) // 2] >= 3


def shape_of(line: Line, heading: Line) -> tuple[object, ...]:
    """What the lines of one list have in common: the kind of block, emphasis, a leading mark."""
    first = next((piece for piece in line.pieces if piece.text.strip()), line.pieces[0])
    tag = line.block.tag
    scope = line.block.getparent() if tag in ("li", "dd", "td") else line.block if line.block is heading.block else None
    emphasised = not first.is_tail and first.element.tag in ("strong", "b", "u")
    return tag, scope, emphasised, bool(BULLET.match(line.text))


def in_heading(link: etree._Element) -> bool:
    parent = link.getparent()
    return (parent is not None and parent.tag in HEADING_TAGS) or any(element.tag in HEADING_TAGS for element in link)
