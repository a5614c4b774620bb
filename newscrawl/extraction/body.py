"""The article's body as typed blocks: trafilatura finds it in a tree from which everything else was cut."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree, html
from trafilatura import bare_extraction

from newscrawl.items import Block, BlockType
from newscrawl.text.clean import clean

logger = logging.getLogger(__name__)

# trafilatura deletes format characters, which part Persian words. Private-use characters stand in for them meanwhile.
_JOINERS = {"\u200c": "\ue00c", "\u200d": "\ue00d"}
_HIDE = str.maketrans(_JOINERS)
_SHOW = str.maketrans({hidden: shown for shown, hidden in _JOINERS.items()})
_BLOCKS = frozenset(("body", "p", "head", "quote", "list", "item", "table", "row", "div", "main", "section", "article"))
_TYPES: dict[str, BlockType] = {"head": "heading", "quote": "quote", "item": "list_item"}


def read_blocks(tree: html.HtmlElement, url: str) -> list[Block]:
    """The blocks of the body that trafilatura finds in the tree, in order; none where it finds none.

    The tree is copied, not changed.
    """
    copy = deepcopy(tree)
    _hide_joiners(copy)
    try:
        document = bare_extraction(
            copy, url=url, include_comments=False, include_tables=True, with_metadata=False, deduplicate=False
        )
    except Exception:
        # It reads anything that calls itself HTML, and which errors it may raise is not stated: a page that it
        # cannot read has no body, which the caller tells by the missing blocks.
        logger.exception("trafilatura cannot read %s", url)
        return []
    if document is None or document.body is None:
        return []
    return [
        Block(kind, text)
        for kind, raw in _flat(document.body)
        if (text := clean(raw.translate(_SHOW)))
    ]


def _hide_joiners(tree: html.HtmlElement) -> None:
    for element in tree.iter():
        for attribute in ("text", "tail"):
            text = getattr(element, attribute)
            if text and ("\u200c" in text or "\u200d" in text):
                setattr(element, attribute, text.translate(_HIDE))


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
