"""What a page states of a wall before its article."""

from __future__ import annotations

from newscrawl.extraction.charset import decode
from newscrawl.extraction.jsonld import read_nodes, texts
from newscrawl.extraction.tree import parse
from newscrawl.items import Page

_TIERS = frozenset(("locked", "metered"))


def stated_wall(page: Page) -> bool:
    """Whether the page says that its article is not free to read: by `isAccessibleForFree` in JSON-LD
    (https://developers.google.com/search/docs/appearance/structured-data/paywalled-content), or by the `<meta>`
    `article:content_tier` of Open Graph's articles. What of the text was sent, it does not tell.
    """
    tree = parse(decode(page), page.url)
    if tree is None:
        return False
    for node in read_nodes(tree):
        claim = node.get("isAccessibleForFree")
        if claim is False or any(text.rpartition("/")[2].lower() in ("false", "no") for text in texts(claim)):
            return True
    tiers = (meta.get("content") or "" for meta in tree.iter("meta") if meta.get("property") == "article:content_tier")
    return any(tier.strip().lower() in _TIERS for tier in tiers)
