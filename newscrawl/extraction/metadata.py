"""What a page says about its article outside the body: headline, outlet, description, section, keywords, image.

Evidence in order: JSON-LD, OpenGraph and meta elements, microdata, then the page's text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from itertools import islice

from lxml import etree, html

from newscrawl.extraction import jsonld
from newscrawl.extraction.tree import absolute_url, base_url, text_of
from newscrawl.sources.source import Source
from newscrawl.text.clean import clean, clean_or_none
from newscrawl.text.fold import fold_key
from newscrawl.text.language import primary_language
from newscrawl.urls import host_of

_ITEM_PROPERTIES = etree.XPath("//*[@itemprop]")
_SEPARATED = re.compile(r"\s+(?:[|\-–—»«•·~/\\]+|::)\s+|\s*[|•]\s*")
_KEYWORD_SEPARATORS = re.compile(r"[,،;؛|]")
_SAME_HEADLINE = 0.5
_LONGEST_HEADLINE = 400
_MOST_HEADINGS = 20
_SCRIPT_OF_LANGUAGE = {
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb", "ug", "sd", "arz", "ary"), "ARABIC"),
    **dict.fromkeys(("he", "yi"), "HEBREW"),
}


@dataclass(frozen=True)
class Metadata:
    """The evidence of one page, read once; the properties choose from it."""

    tree: html.HtmlElement
    url: str
    source: Source | None = None
    content_language: str | None = None
    """The page's Content-Language header."""
    meta: dict[str, list[str]] = field(default_factory=dict)
    """Contents of the meta elements by lower-case name, property or http-equiv."""
    microdata: dict[str, list[etree._Element]] = field(default_factory=dict)
    """Elements by itemprop, those inside items of other things left out."""
    nodes: list[jsonld.Node] = field(default_factory=list)
    """The JSON-LD nodes."""

    @classmethod
    def read(
        cls, tree: html.HtmlElement, url: str, source: Source | None = None, content_language: str | None = None
    ) -> Metadata:
        """The evidence in a parsed page that was fetched from `url`."""
        return cls(
            tree=tree,
            url=url,
            source=source,
            content_language=content_language,
            meta=_read_meta(tree),
            microdata=_read_microdata(tree),
            nodes=jsonld.read_nodes(tree),
        )

    @cached_property
    def node(self) -> jsonld.Node:
        """The JSON-LD node of the article."""
        return jsonld.article_node(self.nodes, self.url)

    @cached_property
    def base(self) -> str:
        """What the page's references count from."""
        return base_url(self.tree, self.url)

    def first_meta(self, *names: str) -> str | None:
        """The first filled meta element of these names, in the names' order."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), None)

    @cached_property
    def page_title(self) -> str | None:
        """Text of the first `<title>`."""
        return clean_or_none(text_of(next(self.tree.iter("title"), None)))

    @cached_property
    def canonical_url(self) -> str | None:
        """The page's own claim of its URL."""
        for link in self.tree.iter("link"):
            if "canonical" in (link.get("rel") or "").lower().split():
                return absolute_url(self.base, link.get("href"))
        return absolute_url(self.base, self.first_meta("og:url"))

    @cached_property
    def outlet_names(self) -> tuple[str, ...]:
        """Every name that page and source give the outlet, the page's first."""
        publishers = [
            name for value in jsonld.resolved(self.node.get("publisher"), self.nodes) for name in jsonld.texts(value)
        ]
        organisations = [
            name
            for node in self.nodes
            if {"NewsMediaOrganization", "WebSite"} & set(jsonld.types_of(node))
            for name in jsonld.texts(node.get("name"))
        ]
        claimed = [*publishers, *self.meta.get("og:site_name", ()), *organisations]
        known = [self.source.outlet] if self.source else []
        names = [clean(name) for name in (*claimed, *known)]
        return tuple(dict.fromkeys(name for name in names if name and not re.match(r"https?:|@", name)))

    @property
    def outlet(self) -> str | None:
        """The outlet named on the page, else the source's."""
        return next(iter(self.outlet_names), None)

    @cached_property
    def headline(self) -> str | None:
        """The story's title as shown to readers.

        The visible h1 (or itemprop headline) that is most like what the page calls itself; without one, the page's
        own word in the order of evidence, the outlet's name taken off.
        """
        claims = [
            jsonld.first_text(self.node.get("headline")),
            self.first_meta("og:title"),
            self.first_meta("twitter:title"),
            self.page_title,
        ]
        named = [self.without_outlet(claim) for claim in claims if claim]
        shown = [text for element in self._shown_headings() if 0 < len(text := text_of(element)) <= _LONGEST_HEADLINE]
        scored = [(_most_alike(text, named), text) for text in dict.fromkeys(shown)]
        best = max(scored, key=lambda score: score[0], default=None)
        if best and (best[0] >= _SAME_HEADLINE or (len(scored) == 1 and not named)):
            return self.without_outlet(self._without_kicker(best[1], named))
        return next(iter(named), None)

    def without_outlet(self, text: str) -> str:
        """A title without the outlet's name at either end, as told from the names known and from the host."""
        keys = {fold_key(name) for name in self.outlet_names} | {fold_key(label) for label in _host_names(self.url)}
        keys.discard("")
        text = clean(text)
        for _ in range(2):
            cuts = list(_SEPARATED.finditer(text))
            if not cuts:
                break
            head, tail = text[: cuts[0].start()], text[cuts[-1].end() :]
            if _names_outlet(tail, keys) and text[: cuts[-1].start()].strip():
                text = text[: cuts[-1].start()].strip()
            elif _names_outlet(head, keys) and text[cuts[0].end() :].strip():
                text = text[cuts[0].end() :].strip()
            else:
                break
        return text

    @property
    def description(self) -> str | None:
        """Standfirst or summary that the page gives."""
        return jsonld.first_text(self.node.get("description")) or self.first_meta(
            "og:description", "description", "twitter:description", "dc.description"
        )

    @property
    def section(self) -> str | None:
        """Section of the outlet."""
        return (
            jsonld.first_text(self.node.get("articleSection"))
            or self.first_meta("article:section", "section", "cxenseparse:recs:category", "dc.subject")
            or next((text for element in self.microdata.get("articlesection", ()) if (text := _value(element))), None)
        )

    @property
    def keywords(self) -> list[str]:
        """Keywords that the page gives, each once."""
        claims = jsonld.texts(self.node.get("keywords")) or [
            value
            for name in ("article:tag", "news_keywords", "keywords", "parsely-tags", "sailthru.tags")
            for value in self.meta.get(name, ())
        ]
        words = [clean(word) for claim in claims for word in _KEYWORD_SEPARATORS.split(claim)]
        return list(dict.fromkeys(word for word in words if word))

    @property
    def main_image(self) -> str | None:
        """Absolute URL of the main image."""
        claims = [
            *jsonld.image_urls(self.node.get("image")),
            *(
                self.first_meta(name) or ""
                for name in ("og:image", "og:image:url", "twitter:image", "twitter:image:src")
            ),
            *jsonld.image_urls(self.node.get("thumbnailUrl")),
            *(element.get("content") or element.get("src") or "" for element in self.microdata.get("image", ())),
        ]
        return next((url for claim in claims if (url := absolute_url(self.base, claim))), None)

    def language(self, text: str) -> str | None:
        """The language that the page claims, as far as the script of its text agrees; else the source's."""
        claims = (
            self.tree.get("lang")
            or self.tree.get("{http://www.w3.org/XML/1998/namespace}lang")
            or self.tree.get("xml:lang"),
            jsonld.first_text(self.node.get("inLanguage")),
            self.first_meta("og:locale", "content-language", "dc.language", "language"),
            self.content_language,
            self.source.main_language if self.source else None,
        )
        script = _script_of(text)
        for claim in claims:
            language = primary_language(claim)
            if language and (script is None or _SCRIPT_OF_LANGUAGE.get(language, "") == script):
                return language
        return None

    def _without_kicker(self, shown: str, claims: list[str]) -> str:
        """A headline without the roof line that is set in an element of its own before it, as the page's"
        " claims tell."""
        for element in self._shown_headings():
            if text_of(element) != shown:
                continue
            parts = {fold_key(text_of(child)) for child in element.iterdescendants()}
            for claim in claims:
                key = fold_key(claim)
                kicker = fold_key(shown).removesuffix(key).strip()
                if key and fold_key(shown).endswith(key) and kicker and parts & {kicker, key}:
                    return claim
        return shown

    def _shown_headings(self) -> Iterable[etree._Element]:
        yield from islice(self.tree.iter("h1"), _MOST_HEADINGS)
        yield from (element for element in self.microdata.get("headline", ())[:_MOST_HEADINGS] if element.tag != "meta")


def _most_alike(text: str, claims: Iterable[str]) -> float:
    """How like a text is to the claim that is most like it, from 0 to 1."""
    left = fold_key(text)[:300]
    best = 0.0
    for right in dict.fromkeys(fold_key(claim)[:300] for claim in claims):
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


def _names_outlet(segment: str, keys: set[str]) -> bool:
    key = fold_key(segment)
    squeezed = key.replace(" ", "")
    return bool(key) and any(
        key == name
        or squeezed == name.replace(" ", "")
        or (len(name) > 4 and 2 * len(name) >= len(key) and f" {name} " in f" {key} ")
        for name in keys
    )


def _host_names(url: str) -> list[str]:
    host = host_of(url)
    labels = [label for label in host.split(".")[:-1] if len(label) > 2 and label not in ("com", "org", "net", "news")]
    return [host, *labels, *(label.replace("-", " ") for label in labels)]


def _read_meta(tree: html.HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = clean(element.get("content") or "")
        if not content:
            continue
        for attribute in ("property", "name", "http-equiv"):
            if name := (element.get(attribute) or "").strip().lower():
                found.setdefault(name, []).append(content)
    return found


def _read_microdata(tree: html.HtmlElement) -> dict[str, list[etree._Element]]:
    found: dict[str, list[etree._Element]] = {}
    for element in _ITEM_PROPERTIES(tree):
        for name in element.get("itemprop", "").lower().split():
            found.setdefault(name, []).append(element)
    return found


def _value(element: etree._Element) -> str | None:
    return clean_or_none(element.get("content")) or clean_or_none(text_of(element))


def _script_of(text: str) -> str | None:
    """The script of most letters of a text where languages are told apart by it, "" for all other scripts; None for a
    text too short to say."""
    letters = Counter(filter(str.isalpha, text[:2000]))
    if letters.total() < 20:
        return None
    scripts: Counter[str] = Counter()
    for letter, times in letters.items():
        scripts[unicodedata.name(letter, "").split(" ")[0]] += times
    return next((script for script in ("ARABIC", "HEBREW") if scripts[script] > letters.total() / 2), "")
