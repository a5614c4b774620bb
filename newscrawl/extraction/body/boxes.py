"""Boxes beside and inside the article that are not its text, told by the names that pages give them: captions, authors'
notes, promotion, newsletters.

A name is only a hint: a box that holds much prose, or the headline, stays whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from lxml import etree

from newscrawl.extraction.tree import Line

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PROMOTION = frozenset(
    (
        "promo",
        "promos",
        "promotion",
        "promobox",
        "newsletter",
        "newsletters",
        "signup",
        "cta",
        "ctas",
        "bio",
        "bios",
        "biography",
        "recirc",
        "recirculation",
        "disclaimer",
        "mostread",
        "popular",
        "trending",
        "pullquote",
        "outbrain",
        "taboola",
        "subscribe",
        "onward",
        "upsell",
        "permission",
        "permissions",
    )
)
_PAIRS = frozenset(
    (
        ("author", "box"), ("author", "info"), ("about", "author"), ("author", "description"), ("comment", "policy"),
        ("sign", "up"), ("most", "read"), ("most", "viewed"), ("most", "popular"), ("ad", "text"),
        ("access", "comments"), ("pull", "quote"), ("latest", "news"), ("latest", "box"),
    )
)  # fmt: skip
_CAPTION = frozenset(
    (
        "caption",
        "captions",
        "figcaption",
        "credit",
        "credits",
        "legend",
        "photocredit",
        "imagecredit",
        "copyright",
        "image",
        "img",
        "photo",
        "picture",
        "bild",
        "absatzbild",
        "foto",
        "video",
        "gallery",
        "galerie",
    )
)
_NEGATED = frozenset(("no", "has", "with", "without", "is", "not"))
_LONGEST_NAMES = 400
_LONGEST_CAPTION = 400
_LONGEST_BOX = 1200
# A box that holds more than this share of the page's prose may be the article itself.
_LARGEST_SHARE = 0.25
_ARTICLE = frozenset(("html", "body", "main", "article"))


def cut_boxes(lines: Sequence[Line], headline_line: int | None) -> None:
    """Cut the lines of captions and of boxes whose class or id names them as furniture. `headline_line` is the number
    of the line that shows the headline."""
    kinds: dict[etree._Element, Mapping[etree._Element, bool]] = {}
    boxes: dict[etree._Element, list[int]] = {}
    are_captions: dict[etree._Element, bool] = {}
    for number, line in enumerate(lines):
        if not line.plain_length:
            continue
        for box, is_caption in _boxes_around(line.block, kinds).items():
            boxes.setdefault(box, []).append(number)
            are_captions[box] = is_caption
    prose = sum(line.plain_length for line in lines if line.stands)
    for box, held in boxes.items():
        if headline_line in held:
            continue
        said = sum(len(lines[number].text) for number in held)
        told = sum(lines[number].plain_length for number in held)
        if said <= (_LONGEST_CAPTION if are_captions[box] else _LONGEST_BOX) and told <= _LARGEST_SHARE * prose:
            for number in held:
                lines[number].cut()


def _boxes_around(
    element: etree._Element, known: dict[etree._Element, Mapping[etree._Element, bool]]
) -> Mapping[etree._Element, bool]:
    """The named boxes that an element stands in, itself included, and whether each is a caption. `known` keeps the
    answers, so that each element is asked once."""
    above: list[etree._Element] = []
    place: etree._Element | None = element
    while place is not None and place not in known:
        above.append(place)
        place = place.getparent()
    found: Mapping[etree._Element, bool] = known[place] if place is not None else MappingProxyType({})
    for inner in reversed(above):
        kind = None if inner.tag in _ARTICLE else _kind(inner)
        if kind is not None:
            found = {**found, inner: kind}
        known[inner] = found
    return found


def _kind(element: etree._Element) -> bool | None:
    """Whether an element is a caption by its tag or name; False for another furniture box; None for any other."""
    if element.tag == "figcaption":
        return True
    classes, name = element.get("class") or "", element.get("id") or ""
    return _kind_of(classes[:_LONGEST_NAMES], name[:_LONGEST_NAMES]) if classes or name else None


@lru_cache(maxsize=4096)
def _kind_of(classes: str, identity: str) -> bool | None:
    names = classes.split()
    # An id may be made of the text of a heading.
    if any(_named_for(name)[0] for name in names):
        return True
    return False if any(_named_for(name)[1] for name in (*names, identity)) else None


@lru_cache(maxsize=8192)
def _named_for(name: str) -> tuple[bool, bool]:
    """Whether one class or id is the name of a caption, and whether it is that of promotion. Pages differ in how they
    put classes together more than in the classes."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words or words[0] in _NEGATED:
        return False, False
    is_promotion = not _PROMOTION.isdisjoint(words) or not _PAIRS.isdisjoint(pairwise(words))
    return not _CAPTION.isdisjoint(words), is_promotion
