"""The story's title as shown to readers: chosen among the page's headings, without the outlet's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain, islice
from urllib.parse import urlsplit

from lxml import etree

from newscrawl.extraction.tree import absolute_url
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key

_SEPARATED = re.compile(r"\s+(?:[|\-–—»«•·~/\\]+|::)\s+|\s*[|•ㅣ｜]\s*")
_SAME = 0.5
"""How like a heading has to be to what the page calls itself."""
_LONGEST = 400
_LONGEST_TITLE = 2000
_MOST_CUTS = 6
_MOST_HEADINGS = 20
# Where a page without h1 may print its headline, and how many of these are looked at.
_PRINTED_IN, _MOST_PRINTED = ("h2", "h3", "h4", "b", "strong", "p", "font"), 300
# Where else one stands if it is all that the element holds, and how many of these.
_LEAVES, _MOST_LEAVES = ("span", "div", "td"), 2000
_CUT_SHORT = 100
"""Least characters of a claim that may be cut: headlines in JSON-LD and titles of OpenGraph are."""
# Readings of Japanese and Chinese signs stand in rt and rp.
_WITHOUT_READINGS = etree.XPath("descendant::text()[not(ancestor::rt or ancestor::rp)]", smart_strings=False)
# What WordPress put between the site's name and the headline.
_FILLERS = frozenset(("blog archive", "archive"))


@dataclass(frozen=True)
class Claims:
    """What the page calls its story, each without the outlet's name; None where it says nothing."""

    data: str | None
    """The headline in JSON-LD or in a meta element of that name."""
    og: str | None
    twitter: str | None
    page_title: str | None

    def in_order(self) -> list[str]:
        """The claims in the order of evidence."""
        return [claim for claim in (self.data, self.og, self.twitter, self.page_title) if claim]


@dataclass(frozen=True)
class Heading:
    """A heading that may show the headline."""

    element: etree._Element
    text: str
    said: bool
    """Whether microdata call it the headline."""


def shown_heading(claims: Claims, headings: Sequence[Heading]) -> Heading | None:
    """The heading that shows the story's title: the one that is most like what data or OpenGraph call the story, else
    most like the page's title; without either the lone heading of a page whose title says nothing of the story."""
    named = claims.in_order()
    first_hand = [claim for claim in (claims.data, claims.og) if claim]
    if best := _best(headings, first_hand) or _best(headings, named):
        return best
    lone = _lone(headings)
    # A title that OpenGraph repeats was written for search engines; a claim of its own speaks of the story.
    is_own_claim = claims.data or (claims.og and claims.og != claims.page_title)
    if lone is None or is_own_claim:
        return None
    return lone if lone.said or len(lone.text.split()) > 1 or not named else None


def choose_headline(claims: Claims, headings: Sequence[Heading], shown: Heading | None) -> str | None:
    """The headline as the page shows it in its `shown_heading`, else the page's first claim of it.

    Where data and OpenGraph agree word for word on a text that the heading shows a part of, or more than, theirs:
    the roof line or subtitle then stands elsewhere, or in the heading.
    """
    named = claims.in_order()
    if shown is None:
        return next(iter(named), None)
    return _agreed(claims, shown.text) or _without_kicker(shown, headings, named)


def headings_of(
    tree: etree._Element, said: Iterable[etree._Element], url: str, outlets: Iterable[str]
) -> tuple[list[Heading], list[str]]:
    """The page's h1 and the elements that microdata call its headline, and the names that the site gives itself in an
    h1 which leads home."""
    outlet_keys = {fold_key(outlet) for outlet in outlets}
    found: dict[etree._Element, Heading] = {}
    site: list[str] = []
    called = [element for element in islice(said, _MOST_HEADINGS) if element.tag != "meta"]
    for element in (*islice(tree.iter("h1"), _MOST_HEADINGS), *called):
        text = _printed(element)
        if not 0 < len(text) <= _LONGEST:
            continue
        if element.tag == "h1" and _leads_home(element, url):
            site.append(text)
        elif fold_key(text) not in outlet_keys:
            found.setdefault(element, Heading(element, text, element in called))
    if not found and not site:
        found = {heading.element: heading for heading in _part_of_title(tree)}
    return list(found.values()), site


def _part_of_title(tree: etree._Element) -> list[Heading]:
    """The element that prints what stands on one side of a separator in the page's title: the longest such text, where
    nothing else says which side is the headline and which the outlet."""
    title = clean("".join(islice((_printed(element) for element in tree.iter("title")), 1)))
    if len(title) > _LONGEST:
        return []
    cuts = list(_SEPARATED.finditer(title))[:_MOST_CUTS]
    parts = {fold_key(part) for cut in cuts for part in (title[: cut.start()], title[cut.end() :])}
    leaves = (leaf for leaf in islice(tree.iter(*_LEAVES), _MOST_LEAVES) if leaf.text and not len(leaf))
    elements = chain(islice(tree.iter(*_PRINTED_IN), _MOST_PRINTED), leaves)
    printed = (Heading(element, _printed(element), False) for element in elements)
    shown = [heading for heading in printed if len(heading.text) <= _LONGEST and fold_key(heading.text) in parts - {""}]
    longest = max(shown, key=lambda heading: len(heading.text), default=None)
    return [longest] if longest and 2 * len(longest.text) > len(title) else []


def without_outlet(text: str, keys: set[str]) -> str:
    """A title without the outlet's name, given by its folded keys, at either end; separators inside a name count."""
    text = clean(text)
    if len(text) > _LONGEST_TITLE:
        return text
    for _ in range(3):
        cuts = list(_SEPARATED.finditer(text))
        if not cuts:
            break
        for cut in cuts[:_MOST_CUTS] + cuts[_MOST_CUTS:][-_MOST_CUTS:]:
            if text[: cut.start()].strip() and fold_key(text[cut.end() :]) in keys:
                text = text[: cut.start()].strip()
                break
            if text[cut.end() :].strip() and fold_key(text[: cut.start()]) in keys | _FILLERS:
                text = text[cut.end() :].strip()
                break
        else:
            head, tail = text[: cuts[0].start()], text[cuts[-1].end() :]
            if _names_outlet(tail, keys) and text[: cuts[-1].start()].strip():
                text = text[: cuts[-1].start()].strip()
            elif _names_outlet(head, keys) and text[cuts[0].end() :].strip():
                text = text[cuts[0].end() :].strip()
            else:
                break
    return text


def likeness(text: str, claims: Iterable[str]) -> float:
    """How like a text is to the claim that is most like it, from 0 to 1."""
    left = fold_key(text[:_LONGEST_TITLE])[:300]
    best = 0.0
    for right in dict.fromkeys(fold_key(claim[:_LONGEST_TITLE])[:300] for claim in claims):
        if not left or not right:
            continue
        if left == right:
            return 1.0
        # A headline that the page's title continues (a section, a slogan) is that headline.
        if len(left) > 15 and right.startswith(left):
            best = 0.99
        matcher = SequenceMatcher(None, left, right, autojunk=False)
        # The quick one is never less than the ratio, which takes time.
        if matcher.quick_ratio() > best:
            best = max(best, matcher.ratio())
    return best


def _best(headings: Sequence[Heading], claims: Sequence[str]) -> Heading | None:
    """The heading that is most like a claim, if one is like it at all."""
    scored = [(likeness(heading.text, claims), heading) for heading in headings]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best if score >= _SAME else None


def _lone(headings: Sequence[Heading]) -> Heading | None:
    """The only heading whose text the page does not repeat; one that microdata call the headline goes before."""
    times = Counter(fold_key(heading.text) for heading in headings)
    single = [heading for heading in headings if times[fold_key(heading.text)] == 1]
    said = [heading for heading in single if heading.said]
    lone = said or single
    return lone[0] if len(lone) == 1 else None


def _agreed(claims: Claims, shown: str) -> str | None:
    """What data and OpenGraph both call the story, word for word, where a heading says a part of it or more than it:
    with or without a roof line or a subtitle. No cut form of what is shown."""
    if not claims.data or not claims.og or fold_key(claims.data) != fold_key(claims.og):
        return None
    key, shown_key = fold_key(claims.og), fold_key(shown)
    is_cut = shown_key.startswith(key) and (len(claims.og) >= _CUT_SHORT or claims.og.endswith(("…", "...")))
    is_part = f" {shown_key} " in f" {key} " or f" {key} " in f" {shown_key} "
    return claims.og if is_part and key != shown_key and not is_cut else None


def _without_kicker(shown: Heading, headings: Iterable[Heading], claims: Iterable[str]) -> str:
    """A headline without the roof line that is set in an element of its own before it, as the page's claims tell."""
    for heading in headings:
        if heading.text != shown.text:
            continue
        parts = {fold_key(_printed(child)) for child in heading.element.iterdescendants()}
        for claim in claims:
            key = fold_key(claim)
            kicker = fold_key(shown.text).removesuffix(key).strip()
            if key and fold_key(shown.text).endswith(key) and kicker and parts & {kicker, key}:
                return claim
    return shown.text


def _names_outlet(segment: str, keys: set[str]) -> bool:
    key = fold_key(segment)
    squeezed = key.replace(" ", "")
    return bool(key) and any(
        key == name
        or squeezed == name.replace(" ", "")
        or (len(name) > 4 and 2 * len(name) >= len(key) and f" {name} " in f" {key} ")
        for name in keys
    )


def _leads_home(heading: etree._Element, url: str) -> bool:
    """Whether a heading is nothing but a link to the site's first page, which bears the site's name."""
    around = (outer for outer in islice(heading.iterancestors(), 2) if outer.tag == "a")
    for link in (*around, *(inner for inner in heading.iter("a") if _printed(inner) == _printed(heading))):
        target = absolute_url(url, link.get("href"))
        if target is None or target.split("#")[0] == url.split("#")[0]:
            continue
        parts = urlsplit(target)
        path = parts.path.rstrip("/")
        if parts.netloc == urlsplit(url).netloc and path.count("/") <= 1 and len(path) <= 4 and not parts.query:
            return True
    return False


def _printed(element: etree._Element) -> str:
    """An element's text without the readings that are set above its signs."""
    return clean("".join(_WITHOUT_READINGS(element)))
