"""What a page says about its article outside the body: headline, outlet, description, section, keywords, image.

Evidence in order: the source's rule, JSON-LD, OpenGraph and meta elements, microdata, then the page's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from lxml import etree, html

from newscrawl.extraction import jsonld
from newscrawl.extraction.evidence import Told, first_told
from newscrawl.extraction.headline import Claims, Heading, choose_headline, headings_of, shown_heading, without_outlet
from newscrawl.extraction.languages import by_script, language_of, may_be_in
from newscrawl.extraction.microdata import article_properties, item_name
from newscrawl.extraction.rules import Ruled
from newscrawl.extraction.sections import is_home, printed_section
from newscrawl.extraction.tree import absolute_url, base_url, text_of
from newscrawl.items import Evidence
from newscrawl.sources.source import Source
from newscrawl.text.clean import clean, clean_or_none
from newscrawl.text.fold import fold_key
from newscrawl.text.language import primary_language
from newscrawl.urls import host_of

# What content systems put in place of an image.
_NO_IMAGE = re.compile(
    r"/(?:blank|spacer|pixel|transparent|placeholder|1x1)\.(?:gif|jpe?g|png|svg|webp)(?:[?#]|$)", re.IGNORECASE
)
# Identifiers that content systems send among the keywords.
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Forms of companies, which stand in the name of who owns an outlet and not in the outlet's.
_COMPANY = re.compile(
    r"\b(?:AG|GmbH|Ltd|LLC|Inc|PLC|S\.?A|S\.?r\.?l|S\.p\.A|B\.?V|N\.?V|A/S|Oy|AB|ASA?|KG|Sp\. z o\.o)\b\.?$|^شركة "
)
_SECTION_META = ("article:section", "section", "cxenseparse:recs:category", "dc.subject")
_HEADLINE_META = ("headline", "parsely-title", "sailthru.title")
# More names than this are no outlet's, and each costs time on every line.
_MOST_OUTLETS = 12
_LONGEST_OUTLET = 100
# What calls itself a headline and is longer is cut.
_LONGEST_CLAIM = 2000
_KEYWORD_SEPARATORS = re.compile(r"[,،;؛|]")


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
    """Elements by lower-case itemprop, those of other items than the page's article left out."""
    nodes: list[jsonld.Node] = field(default_factory=list)
    """The JSON-LD nodes."""
    ruled: Ruled = field(default_factory=Ruled)
    """What the source's rule reads."""

    @classmethod
    def read(
        cls,
        tree: html.HtmlElement,
        url: str,
        source: Source | None = None,
        content_language: str | None = None,
        ruled: Ruled | None = None,
    ) -> Metadata:
        """The evidence in a parsed page that was fetched from `url`."""
        meta = _read_meta(tree)
        titles = [*meta.get("og:title", ()), text_of(next(tree.iter("title"), None))]
        return cls(
            tree=tree,
            url=url,
            source=source,
            content_language=content_language,
            meta=meta,
            microdata=article_properties(tree, titles),
            nodes=jsonld.read_nodes(tree),
            ruled=ruled or Ruled(),
        )

    @cached_property
    def node(self) -> jsonld.Node:
        """The JSON-LD node of the article."""
        urls = (self.url, self.canonical_url, self.first_meta("og:url"))
        titles = [
            *self.meta.get("og:title", ()),
            self.page_title,
            *(text_of(heading) for heading in self.tree.iter("h1")),
        ]
        return jsonld.article_node(self.nodes, [url for url in urls if url], [title for title in titles if title])

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

    @property
    def outlet_names(self) -> tuple[str, ...]:
        """Every name that page and source give the outlet, the page's first."""
        return tuple(self._outlets)

    @cached_property
    def _outlets(self) -> dict[str, Evidence]:
        authors = jsonld.resolved(self.node.get("author"), self.nodes)
        publishers = [
            name
            for value in self._publishers
            # Who publishes himself is an author, and no outlet.
            if not jsonld.is_person(value)
            for name in jsonld.texts(value)
        ]
        organisations = [
            name
            for node in self.nodes
            if {"NewsMediaOrganization", "WebSite"} & set(jsonld.types_of(node)) and node not in authors
            for name in jsonld.texts(node.get("name"))
        ]
        known = [self.source.outlet] if self.source else []
        declared = [name for key in ("publisher", "dc.publisher") for name in self.meta.get(key, ())]
        claimed = (
            (Evidence.RULE, self.ruled.texts.get("outlet", ())),
            (Evidence.JSON_LD, publishers),
            (Evidence.META, self.meta.get("og:site_name", ())),
            (Evidence.MICRODATA, map(item_name, self.microdata.get("publisher", ()))),
            (Evidence.JSON_LD, organisations),
            (Evidence.SOURCE, known),
            (Evidence.META, declared),
        )
        outlets: dict[str, Evidence] = {}
        for evidence, names in claimed:
            for name in map(clean, names):
                if 0 < len(name) <= _LONGEST_OUTLET and not re.match(r"https?:|@", name):
                    outlets.setdefault(name, evidence)
        return dict(islice(outlets.items(), _MOST_OUTLETS))

    @cached_property
    def is_personal(self) -> bool:
        """Whether the site is a person's own, by what JSON-LD says of its publisher."""
        return any(jsonld.is_person(value) for value in self._publishers)

    @cached_property
    def _publishers(self) -> list[jsonld.Value]:
        return jsonld.resolved(self.node.get("publisher"), self.nodes)

    @cached_property
    def outlet(self) -> Told[str] | None:
        """The outlet named on the page, else the source's; a company that owns it only where nothing else is named."""
        if ruled := self.ruled.first("outlet"):
            return Told(ruled, Evidence.RULE)
        # The first that is neither a company's name nor a line of names, else the first.
        own = (name for name in self._outlets if not _COMPANY.search(name) and not re.search(r"\s[|\-–—]\s", name))
        name = next(own, next(iter(self._outlets), None))
        return Told(name, self._outlets[name]) if name else None

    @cached_property
    def headline(self) -> str | None:
        """The story's title as shown to readers."""
        if ruled := self.ruled.first("headline"):
            return ruled
        chosen = choose_headline(self._claims, self._headings[0], self._shown_heading)
        return self.without_outlet(chosen) if chosen else None

    @property
    def headline_evidence(self) -> Evidence:
        """What the headline was read from; what a heading shows is text, also where a claim says it whole."""
        if self.ruled.first("headline"):
            return Evidence.RULE
        if self.shown_headline is not None:
            return Evidence.TEXT
        return Evidence.JSON_LD if jsonld.first_text(self.node.get("headline")) else Evidence.META

    @property
    def shown_headline(self) -> str | None:
        """The text of the heading that shows the headline, which may lack its roof line or bear more."""
        # What a rule points to need not be what the page's claims have taken for its headline.
        if self.ruled.first("headline"):
            return None
        return self._shown_heading.text if self._shown_heading else None

    @cached_property
    def _shown_heading(self) -> Heading | None:
        return shown_heading(self._claims, self._headings[0])

    @cached_property
    def _claims(self) -> Claims:
        claims = (
            jsonld.first_text(self.node.get("headline")) or self.first_meta(*_HEADLINE_META),
            self.first_meta("og:title"),
            self.first_meta("twitter:title"),
            self.page_title,
        )
        return Claims(*(self.without_outlet(claim[:_LONGEST_CLAIM]) if claim else None for claim in claims))

    def without_outlet(self, text: str) -> str:
        """A title without the outlet's name at either end, as told from the names known and from the host."""
        return without_outlet(text, self._outlet_keys)

    @cached_property
    def _outlet_keys(self) -> set[str]:
        names = (*self.outlet_names, *self._headings[1], *host_names(self.url))
        return {key for name in names if (key := fold_key(name))}

    @cached_property
    def _headings(self) -> tuple[list[Heading], list[str]]:
        return headings_of(self.tree, self.microdata.get("headline", ()), self.url, self.outlet_names)

    @cached_property
    def description(self) -> Told[str] | None:
        """Standfirst or summary that the page gives."""
        names = ("og:description", "description", "twitter:description", "dc.description")
        claims = [*self._ruled("description"), *self._data("description"), (Evidence.META, self.first_meta(*names))]
        return first_told(claims)

    @cached_property
    def section(self) -> Told[str] | None:
        """Section of the outlet, where nothing states one as the page prints it."""
        claims = [
            *self._data("articleSection"),
            *self._metas(*_SECTION_META),
            *((Evidence.MICRODATA, _value(element)) for element in self.microdata.get("articlesection", ())),
        ]
        if ruled := self.ruled.first("section"):
            return Told(ruled, Evidence.RULE)
        # Several sections in one text stand side by side without a space; a comma inside a name has one behind it.
        first = ((evidence, re.split(r",(?=\S)", claim)[0].strip()) for evidence, claim in claims if claim)
        stated = first_told((evidence, section) for evidence, section in first if not is_home(section))
        if stated is not None:
            return stated
        return first_told([(Evidence.TEXT, printed_section(self.tree, self.headline, self._outlet_keys))])

    @cached_property
    def keywords(self) -> Told[list[str]] | None:
        """Keywords that the page gives, each once."""
        names = ("article:tag", "news_keywords", "keywords", "parsely-tags", "sailthru.tags")
        in_meta = [value for name in names for value in self.meta.get(name, ())]
        claims = (
            (Evidence.RULE, self.ruled.texts.get("keywords", ())),
            (Evidence.JSON_LD, jsonld.texts(self.node.get("keywords"))),
            (Evidence.META, in_meta),
        )
        return first_told((evidence, _keywords(texts)) for evidence, texts in claims)

    @cached_property
    def main_image(self) -> Told[str] | None:
        """Absolute URL of the main image."""
        images = self.microdata.get("image", ())
        claims: list[tuple[Evidence, str | None]] = [
            *self._ruled("main_image"),
            *(
                (Evidence.JSON_LD, url)
                for url in jsonld.image_urls(jsonld.resolved(self.node.get("image"), self.nodes))
            ),
            *self._metas("og:image", "og:image:url", "twitter:image", "twitter:image:src"),
            *((Evidence.JSON_LD, url) for url in jsonld.image_urls(self.node.get("thumbnailUrl"))),
            *self._metas("thumbnail", "parsely-image-url", "sailthru.image.full"),
            *((Evidence.MICRODATA, element.get("content") or element.get("src")) for element in images),
        ]
        urls = ((evidence, absolute_url(self.base, claim)) for evidence, claim in claims if claim)
        return first_told((evidence, url) for evidence, url in urls if url and not _NO_IMAGE.search(url))

    def language(self, text: str) -> Told[str] | None:
        """The first language claimed, by the page and then by the source, that the text may be written in; where
        nothing is claimed, the one that the text tells."""
        attributes = ("lang", "{http://www.w3.org/XML/1998/namespace}lang", "xml:lang")
        names = ("og:locale", "content-language", "dc.language", "language")
        claims = (
            (Evidence.RULE, self.ruled.rule.language),
            (Evidence.META, next(filter(None, map(self.tree.get, attributes)), None)),
            (Evidence.JSON_LD, jsonld.first_text(self.node.get("inLanguage"))),
            (Evidence.META, self.first_meta(*names)),
            (Evidence.HEADER, self.content_language),
            (Evidence.SOURCE, self.source.main_language if self.source else None),
        )
        languages = [(evidence, one) for evidence, claim in claims if (one := primary_language(claim))]
        if not languages:
            return first_told([(Evidence.TEXT, language_of(text))])
        return first_told((evidence, by_script(text, one)) for evidence, one in languages if may_be_in(text, one))

    def _ruled(self, name: str) -> list[tuple[Evidence, str | None]]:
        return [(Evidence.RULE, text) for text in self.ruled.texts.get(name, ())]

    def _data(self, name: str) -> list[tuple[Evidence, str | None]]:
        return [(Evidence.JSON_LD, text) for text in jsonld.texts(self.node.get(name))]

    def _metas(self, *names: str) -> list[tuple[Evidence, str | None]]:
        return [(Evidence.META, self.first_meta(name)) for name in names]


def host_names(url: str) -> list[str]:
    """The names that a URL's host gives its site: the host, and each of its labels but the last and the common ones."""
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


def _keywords(texts: Iterable[str]) -> list[str]:
    words = [clean(word) for text in texts for word in _KEYWORD_SEPARATORS.split(text)]
    return list(dict.fromkeys(word for word in words if word and not _IDENTIFIER.fullmatch(word)))


def _value(element: etree._Element) -> str | None:
    return clean_or_none(element.get("content")) or clean_or_none(text_of(element))
