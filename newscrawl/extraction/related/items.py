"""What a block of related links holds: headlines, and where they lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from newscrawl.extraction.related.cards import in_heading, is_short_item
from newscrawl.extraction.related.headlines import BULLET, made_whole, says_little, says_something, shown_by
from newscrawl.extraction.tree import Line, absolute_url
from newscrawl.urls import host_of, is_http, url_key

Item = tuple[str, str | None]
"""A headline and its absolute URL."""


@dataclass(eq=False)
class Block:
    """One block as found on the page."""

    label: str
    line: int
    """Number of its heading's line in the page."""
    items: list[Item] = field(default_factory=list)
    """Headlines and their absolute URLs, in order."""


class PageLinks:
    """The links of one page. `base` is what they count from; a link to the page itself is no item."""

    def __init__(self, base: str, page_url: str) -> None:
        self.base = base
        self.page_key = url_key(page_url) if is_http(page_url) else None

    def url(self, link: etree._Element) -> str | None:
        return absolute_url(self.base, link.get("href"))

    def is_this_page(self, url: object) -> bool:
        return isinstance(url, str) and self.page_key is not None and url_key(url) == self.page_key

    def is_on_site(self, url: str) -> bool:
        return host_of(url) == host_of(self.base)

    def items(self, lines: Sequence[Line]) -> list[Item]:
        """One item a link or a line without any: its headline line (an h1 to h6 before others), a headline cut short
        made whole."""
        texts: dict[str | etree._Element | Line, list[tuple[int, str]]] = {}
        links: dict[str | etree._Element | Line, etree._Element] = {}
        for line in lines:
            if not line.links:
                links[line] = line.block
                texts[line] = [(0, line.text)]
            for link in line.links:
                text = shown_by(line, link)
                target = self.url(link) or link
                links.setdefault(target, link)
                texts.setdefault(target, []).append((2 if line.is_heading else int(in_heading(link)), text))
        items: list[Item] = []
        for identity, found in texts.items():
            shown = [(rank, text) for rank, text in found if says_something(text)]
            if not shown and is_short_item(links[identity]):
                shown = [(rank, text) for rank, text in found if says_little(text)]
            if not shown or self.is_this_page(identity):
                continue
            best = max(rank for rank, _ in shown)
            headings = [text for rank, text in shown if rank == best > 0]
            # Of two heading lines in one link the shorter is a roof line.
            text = max(headings, key=len) if headings else shown[0][1]
            url = identity if isinstance(identity, str) else None
            items.append((made_whole(BULLET.sub("", text), links[identity]), url))
        return items
