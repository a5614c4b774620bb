"""Who wrote the article: the line as printed, and those named in it.

Evidence in order: what the source's rule points to, JSON-LD, meta elements, microdata, elements near the headline that
call themselves author or byline, a line there that says "by", a line behind the text that does, the credit of reporters
that closes the story, elements anywhere that name one and the same author; and where nobody is named, the agency or the
initials beside the date, then those that close the story.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from newscrawl.extraction import jsonld
from newscrawl.extraction.byline.closing import closing_lines, credits_source, reporters_in
from newscrawl.extraction.byline.names import (
    LABEL_WORDS,
    has_capitals,
    is_credited_organisation,
    is_initials,
    is_person,
    is_plain_name,
    sentence_words,
    squeezed,
)
from newscrawl.extraction.byline.places import (
    DATED,
    LEAD,
    Place,
    announces,
    labelled,
    near_headline,
    printed_byline,
    segments,
    spaced,
)
from newscrawl.extraction.byline.text import (
    Byline,
    announced_within,
    names_organisation,
    parse_authors,
    split_names,
    unique,
)
from newscrawl.extraction.metadata import Metadata, host_names
from newscrawl.extraction.microdata import item_name
from newscrawl.extraction.tree import Line
from newscrawl.items import Evidence
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key

_META = ("article:author", "article:author_name", "parsely-author", "byl", "sailthru.author", "cxenseparse:author")
_LATE_META = ("dc.creator", "dc:creator", "dcterms.creator", "citation_author")
_ORGANISATION_TYPES = frozenset(("Organization", "NewsMediaOrganization", "Corporation"))
_EMPHASIS = frozenset(("strong", "b", "em", "i"))
_NAME_AND_DATE = re.compile(r"([^\d|•·]{5,40}?)\s*[|•·]\s*(?:\w+,?\s+){0,2}\d{1,4}\b")
_TITLE_PARTS = re.compile(r"\s+[|\-–—»:]+\s+|\s*\|\s*")
# Nobody signs with more.
_MOST_NAMES = 50
_LONGEST_DATED = 160
_LONGEST_TOLD = 100


@dataclass(frozen=True)
class _Claim:
    """What one piece of evidence says of the authors."""

    texts: Sequence[str]
    evidence: Evidence
    pseudonyms: bool = False
    """Whether one word may be a name here."""
    organisations: bool = False
    """Whether agencies and named desks count here."""

    def authors(self, outlets: Iterable[str]) -> list[str]:
        return unique(
            name
            for text in islice(self.texts, _MOST_NAMES)
            for name in parse_authors(text, outlets, pseudonyms=self.pseudonyms, organisations=self.organisations)
        )


def read_byline(metadata: Metadata, lines: Sequence[Line], headline_line: int | None) -> Byline:
    """The page's byline. `headline_line` is the number of the headline's line: a byline stands near it.

    A login name (one word without a capital) is believed only where no other name is told.
    """
    outlets: Sequence[str] = metadata.outlet_names or _named_in_title(metadata)
    if metadata.is_personal:
        outlets = tuple(outlet for outlet in outlets if not is_person(outlet))
    near = near_headline(lines, headline_line)
    if ruled := _ruled_byline(metadata, near, outlets):
        return ruled
    hosts = {squeezed(name) for name in host_names(metadata.url)}
    login: Byline | None = None
    initials: str | None = None
    for claim in _claims(metadata, near, outlets):
        if authors := _without_host(claim.authors(outlets), hosts):
            raw = printed_byline(near, authors, outlets) or ", ".join(claim.texts)
            byline = Byline(raw, authors, evidence=claim.evidence)
            if not _is_login(authors):
                return byline
            login = login or byline
        initials = initials or next(filter(is_initials, islice(claim.texts, _MOST_NAMES)), None)
    said = [text for place in near for text in segments(place.line) if announces(text, place, outlets)]
    for text, authors in chain(
        ((text, parse_authors(text, outlets)) for text in said),
        _announced_with_date(near, outlets),
        _named_with_date(near, lines),
        _names_over_lead(near) if _names_outlet(metadata, outlets) else (),
    ):
        if authors and not _is_login(authors):
            return Byline(text, authors)
        login = login or (Byline(text, authors) if authors else None)
    closing = list(closing_lines(lines, headline_line, outlets))
    reported = next((Byline(text, names) for text in closing if (names := reporters_in(text, outlets))), None)
    if found := login or reported or _one_and_the_same(labelled(lines), outlets):
        return found
    # Beside letters and agencies an outlet may stand as its host does.
    called = (*outlets, *host_names(metadata.url))
    return Byline(
        next((text for text in said if len(text) <= LEAD), None)
        or _told_organisation(near, outlets)
        or _signed_at_headline(near, called)
        or initials
        or next((text for text in closing if credits_source(text, called)), None)
    )


def _ruled_byline(metadata: Metadata, near: Sequence[Place], outlets: Sequence[str]) -> Byline | None:
    """What the source's rule reads: where it points to the authors each text is a name, or a line of them."""
    texts, line = metadata.ruled.texts.get("authors", ()), metadata.ruled.first("byline")
    if texts:
        named = unique(name for text in texts for name in (parse_authors(text, outlets, organisations=True) or [text]))
        return Byline(line or printed_byline(near, named, outlets) or ", ".join(texts), named, evidence=Evidence.RULE)
    if line:
        return Byline(line, parse_authors(line, outlets, pseudonyms=True, organisations=True), evidence=Evidence.RULE)
    return None


def byline_in_script(texts: Sequence[str], outlets: Sequence[str]) -> Byline:
    """The byline that the data of a script give."""
    authors = _Claim(texts, Evidence.SCRIPT).authors(outlets)
    return Byline(", ".join(texts), authors, evidence=Evidence.SCRIPT) if authors else Byline()


def _named_in_title(metadata: Metadata) -> list[str]:
    """The outlet that nothing else names: what ends the page's title, behind the headline. In scripts with capitals
    that may be a person's own site, and the host tells."""
    headline, *others = _TITLE_PARTS.split(metadata.page_title or "")
    is_outlet = others and fold_key(headline) == fold_key(metadata.headline or "") and not has_capitals(others[-1])
    return others[-1:] if is_outlet else []


def _without_host(authors: list[str], hosts: set[str]) -> list[str]:
    """The authors without a name that the host bears: that is the outlet's, but for a person's own site."""
    others = [name for name in authors if squeezed(name) not in hosts]
    return others or [name for name in authors if " " in name]


def _is_login(authors: Sequence[str]) -> bool:
    """Whether the authors are one single word without a capital, by which a system knows a writer."""
    return len(authors) == 1 and " " not in authors[0] and authors[0][0].islower()


def _claims(metadata: Metadata, near: Sequence[Place], outlets: Sequence[str]) -> Iterator[_Claim]:
    """What names the authors, evidence by evidence."""
    yield _Claim(_json_ld_authors(metadata, outlets), Evidence.JSON_LD, pseudonyms=True, organisations=True)
    yield _Claim(metadata.meta.get("author", ()), Evidence.META)
    for name in _META:
        yield _Claim(metadata.meta.get(name, ()), Evidence.META, organisations=True)
    items = [item_name(element) for element in metadata.microdata.get("author", ())]
    yield _Claim(items, Evidence.MICRODATA, pseudonyms=True, organisations=True)
    yield from _told_claims(near, outlets)
    for name in _LATE_META:
        yield _Claim(metadata.meta.get(name, ()), Evidence.META)


def _json_ld_authors(metadata: Metadata, outlets: Sequence[str]) -> list[str]:
    """The names that JSON-LD gives as the article's authors; of organisations only agencies and named desks."""
    for property_name in ("author", "creator"):
        found: list[str] = []
        for value in jsonld.resolved(metadata.node.get(property_name), metadata.nodes):
            names = jsonld.texts(value) or _name_parts(value)
            if isinstance(value, dict) and _ORGANISATION_TYPES & set(jsonld.types_of(value)):
                names = [name for name in names if is_credited_organisation(name, outlets)]
            found.extend(names)
        if found:
            return found
    return []


def _name_parts(value: object) -> list[str]:
    if not isinstance(value, dict):
        return []
    parts = (jsonld.first_text(value.get(name)) for name in ("givenName", "familyName"))
    name = " ".join(part for part in parts if part)
    return [name] if name else []


def _told_claims(near: Sequence[Place], outlets: Sequence[str]) -> Iterator[_Claim]:
    """What stands in elements that call it an author's, of each line the reading that names most."""
    for place in near:
        if place.line.block.tag == "h1":
            continue
        claims = [_Claim(texts, Evidence.TEXT, pseudonyms=naming) for texts, naming in place.told_texts]
        yield from sorted(claims, key=lambda claim: -sum(map(is_person, claim.authors(outlets))))


def _announced_with_date(near: Sequence[Place], outlets: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Lines at the headline that say when and by whom the story was published, with those that they name."""
    for place in near:
        if len(place.line.text) > _LONGEST_DATED or not DATED.search(place.line.text):
            continue
        text = spaced([clean(piece.text) for piece in place.line.pieces])
        if place.at_headline or place.told or ":" in text:
            yield place.line.text, announced_within(text, outlets)


def _named_with_date(near: Sequence[Place], lines: Sequence[Line]) -> Iterator[tuple[str, list[str]]]:
    """Lines at the headline of a name, a bar and a date. What stands on the page once more is a section's name."""
    for place in near:
        match = _NAME_AND_DATE.match(place.line.text) if place.at_headline else None
        names = split_names(match[1]) if match else []
        if match and names and all(has_capitals(name) and is_plain_name(name) for name in names):
            key = fold_key(match[1])
            if not any(line.key == key for line in lines):
                yield place.line.text, names


def _names_over_lead(near: Sequence[Place]) -> Iterator[tuple[str, list[str]]]:
    """A line of nothing but emphasised names right before the text."""
    place = next((place for place in reversed(near) if place.at_headline), None)
    if place is None or not all(piece.parent.tag in _EMPHASIS for piece in place.line.pieces if piece.text.strip()):
        return
    names = split_names(place.line.text)
    if all(has_capitals(name) and is_plain_name(name) for name in names):
        yield place.line.text, names


def _names_outlet(metadata: Metadata, outlets: Sequence[str]) -> bool:
    """Whether structured data name the outlet itself as the author, which says that the author stands elsewhere."""
    keys = {fold_key(outlet) for outlet in outlets}
    given = [
        *(
            name
            for value in jsonld.resolved(metadata.node.get("author"), metadata.nodes)
            for name in jsonld.texts(value)
        ),
        *metadata.meta.get("author", ()),
    ]
    return any(len(name) <= _LONGEST_TOLD and fold_key(name) in keys for name in given)


def _signed_at_headline(near: Sequence[Place], outlets: Iterable[str]) -> str | None:
    """A line between headline and story, a date beside it, that is nothing but an agency's name or initials."""
    for place in near:
        if place.at_headline and (place.dated or place.told) and not (place.line.is_heading or place.beside_author):
            for text in segments(place.line):
                if credits_source(text, outlets):
                    # An outlet that is not known may stand before it in an element of its own.
                    whole = place.line.text
                    return whole if len(whole) <= LEAD and not DATED.search(whole) else text
    return None


def _one_and_the_same(texts: Iterable[str], outlets: Sequence[str]) -> Byline | None:
    """The byline that all these texts agree on, whichever part of the page they stand in."""
    found: dict[tuple[str, ...], Byline] = {}
    for text in texts:
        if authors := parse_authors(text, outlets, pseudonyms=True) or announced_within(text, outlets):
            found.setdefault(tuple(map(fold_key, authors)), Byline(text, authors))
    return next(iter(found.values())) if len(found) == 1 else None


def _told_organisation(near: Sequence[Place], outlets: Sequence[str]) -> str | None:
    """A line, or an element within one, that calls itself a byline and names an outlet or another organisation, but no
    author."""
    keys = {fold_key(outlet) for outlet in outlets}
    for place in near:
        # A date often stands beside it, on the same line.
        within = [] if place.line.block.tag == "h1" else [text for texts, _ in place.told_texts for text in texts]
        for text in [place.line.text, *within] if place.told else within:
            if len(text) > _LONGEST_TOLD or any(map(str.isdigit, text)) or sentence_words(text):
                continue
            if not LABEL_WORDS.isdisjoint(fold_key(text).split()):
                continue
            if any(names_organisation(part) or fold_key(part) in keys for part in split_names(text)):
                return text
    return None
