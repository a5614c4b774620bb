"""Where on a page a byline may stand: the lines near the headline, and what calls one a byline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

from lxml import etree

from newscrawl.extraction.byline.names import (
    MOST_WORDS,
    NO_NAME_WORDS,
    ORGANISATION_WORDS,
    has_capitals,
    is_capitalised,
    is_credited_agency,
    is_filing_place,
    is_plain_name,
    sentence_words,
)
from newscrawl.extraction.byline.text import (
    OUTLET,
    PREFIX,
    bounded,
    holds,
    is_label,
    name_parts,
    names_organisation,
    split_names,
)
from newscrawl.extraction.tree import Line, Piece, text_of
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key

LEAD = 60
"""Least letters of a line that is prose: where the first stands, the head of the article ends."""
DATED = re.compile(r"\d{4}|\d{1,2}[:/.]\d{2}")
SENTENCE_END = re.compile(r"[.!?؟。…]\s*$")
TELLING_CLASS = re.compile(
    r"(?:^|\s)(?:posted-|written-)?by(?:\s|$)|author|byline|by-line|writer|writ(?:e|ten)[-_]?by|katib|kateb|journalist|autor|auteur|reporter",
    re.IGNORECASE,
)
"""What class or id of an element says of a byline."""
_NO_AUTHOR_CLASS = re.compile(
    r"comment|author-?_?(?:bio|desc)|biograph|related|widget|social|share|avatar|image|img|photo|caption|foto"
    r"|copyright|reporterr?-?box",
    re.IGNORECASE,
)
# Elements that name the author himself: rel=author, hCard, classes of nothing but the author's name.
_NAMING = re.compile(
    r"(?:^|\s)(?:(?:post|entry|article|meta|the|by)?[-_]*author(?:[-_]*name)?|fn|vcard|author[-_]link)(?:\s|$)",
    re.IGNORECASE,
)
_AUTHOR_PATH = re.compile(
    r"/(?:authors?|writers?|editors?|auteurs?|autor(?:en|es)?|journalists?|reporters?|yazar(?:lar)?|profile)/",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*[:：،,/–—]|\s+-\s")
# Prefixes that may announce a person without a colon. The others are nouns that begin a headline or a sentence as well.
_ANNOUNCING = re.compile(
    r"\s*(?:كتبت?\b|بقلم|(?:\w+\s+)?بواسطة|حاورت?ه\w*|(?:أضاف|أرسل|نشر)ت?ه\w*|نوشته|نویسنده|به\s+قلم|מאת|(?:\w+\s+)?by\b|(?:\w+\s+)?par\b|propos\s+recueillis"
    r"|(?:\w+\s+)?von\b|ein\s+\w+\s+von|(?:\w+\s+)?por\b|di\b|\w+\s+da\b|a\s+cura\s+di|(?:\w+\s+)?door\b"
    r"|(?:\w+\s+)?a[fv]\b|yazan|oprac\b|oleh\b|napisała?\b|rozmawiała?\b)",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"\s*(?:photos?|fotos?|image|bild(?:er)?|credit|تصوير|صورة)\s*:", re.IGNORECASE)
# A name with the writer's account or address behind it.
_SIGNED = re.compile(r"([^\W\d_][^@|]{3,40}?)\s+\(?(?:@\w+|[\w.+-]+@[\w-]+\.[\w.-]+)\)?")
# What a writer is to the outlet, as a line of its own beside the writer's.
_ROLE = re.compile(
    r"(?:الدور|الصفة|المسمى الوظيفي|شغل|سمت|عہدہ|role|rôle|rolle|rol|función|título del autor|função|ruolo|unvan|görevi"
    r"|место работы|должность|місце роботи|посада|peranan|पदनाम|职位|職位|תפקיד|پیشە)\s*[:：،,]\s*\S",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s?[-–—ـ/|]\s?")
_PARTED = re.compile(r"[()]|(?<=\w)\s?:\s")
_LABEL = re.compile(
    r"\s*(?:بقلم|بواسطة|كتبت?|الكاتبة?|نویسنده|נכתב|מאת|authors?|autor(?:in)?(?:/autor(?:in)?)?|autore|auteure?|text|texte|by|von"
    r"|par|por|(?:verfasst|geschrieben|erstellt|gespeichert|veröffentlicht) von|(?:written|posted|submitted) by"
    r"|écrit par|publié par|soumis par|escrito por|publicado por|enviado por|autorka|oprac(?:owa\w+)?|автор(?:ка|ы)?"
    r"|penulis|pewarta|συντάκτ(?:ης|ρια)|szerző|kirjoittaja|作者|记者|記者|লেখক|প্রতিবেদক|लेखक)(?![^\W\d_]{2})",
    re.IGNORECASE,
)
# By what a writer or an editor signs within a credit: a few letters, small ones in scripts with capitals, or initials.
_SIGNATURE = re.compile(r"(?:(?![A-ZÀ-Þ])[^\W\d_]){1,3}|[^\W\d_](?:\s?\.\s?[^\W\d_]){1,3}")
_COMMENT = re.compile(r"comment", re.IGNORECASE)
_FURTHEST_OUT = 6
_LONGEST_TOLD = 400
_LONGEST_SEGMENT = 100
_LONGEST_CLASS = 400
_FURTHEST = 60


@dataclass(eq=False)
class Place:
    """A line where a byline may stand."""

    line: Line
    at_headline: bool
    """Whether it stands between the headline and the first prose."""
    dated: bool
    """Whether a date stands on it or on one of the two lines before and behind it."""
    headline: str
    """The key of the headline, which names no author."""

    @cached_property
    def told(self) -> bool:
        """Whether the elements around the line call it an author or a byline."""
        return self._telling(self.line.pieces[0]) is not None

    @cached_property
    def told_texts(self) -> list[tuple[list[str], bool]]:
        """What stands on the line in elements that call it an author's: the texts of each such element as one and one
        by one, and whether it names the author himself; several that name authors first together."""
        groups: dict[etree._Element, list[str]] = {}
        for piece in self.line.pieces:
            if (text := clean(piece.text)) and (element := self._telling(piece)) is not None:
                groups.setdefault(element, []).append(text)
        naming = [spaced(group) for element, group in groups.items() if _is_naming(element)]
        together = [(naming, True)] if len(naming) > 1 and sum(map(len, naming)) <= _LONGEST_SEGMENT else []
        return together + [
            (texts, is_naming)
            for element, group in groups.items()
            for is_naming in (_is_naming(element),)
            for texts in ([spaced(group)], group)
            if sum(map(len, texts)) <= _LONGEST_SEGMENT
        ]

    @cached_property
    def beside_author(self) -> bool:
        """Whether the elements around the line are a picture's or call themselves something that names no author."""
        around = _surroundings(self.line.pieces[0].parent)[:_FURTHEST_OUT]
        return any(outer.tag in ("figure", "figcaption") or _tells(named(outer)) is False for outer in around)

    @cached_property
    def is_label_and_name(self) -> bool:
        """Whether the line begins with a label ("Author", "By") that is set apart from the name behind it."""
        pieces = [text for piece in self.line.pieces if (text := clean(piece.text))]
        return len(pieces) > 1 and is_label(pieces[0]) and len(self.line.text) <= _LONGEST_SEGMENT

    def _telling(self, piece: Piece) -> etree._Element | None:
        """The element around a piece that calls it an author's."""
        first = piece.parent
        for element in (first, *islice(first.iterancestors(), 4)):
            if not element.keys():
                continue
            telling = _tells(named(element))
            if telling is False:
                return None
            if telling or _AUTHOR_PATH.search(element.get("href", "")):
                if any(_COMMENT.search(named(outer)) for outer in _surroundings(element)[:_FURTHEST_OUT]):
                    return None
                # A class on the element of the whole article speaks of the page, not of the line.
                return element if len(text_of(element)) <= _LONGEST_TOLD else None
        return None


def near_headline(lines: Sequence[Line], headline_line: int | None) -> list[Place]:
    """The places where a byline may stand: some before the headline, and after it down to the third line of prose.

    Where no line shows the headline, the lines before the first prose stand for its neighbours.
    """
    if headline_line is None:
        first_prose = next((number for number, line in enumerate(lines) if line.plain_length >= 2 * LEAD), None)
        headline_line = -1 if first_prose is None else max(-1, first_prose - 10)

    def _is_standfirst(number: int) -> bool:
        behind = lines[number + 1] if number + 1 < len(lines) else None
        return (
            -1 < headline_line == number - 1
            and behind is not None
            and behind.plain_length < LEAD
            and not behind.is_heading
            and lines[number].plain_length < 3 * LEAD
        )

    prose, end, head_end = 0, headline_line + 1, None
    for end, line in enumerate(lines[headline_line + 1 : headline_line + _FURTHEST], headline_line + 1):
        if head_end is None and line.plain_length >= LEAD and not (line.is_heading or _is_standfirst(end)):
            head_end = end
        prose += line.plain_length >= 2 * LEAD
        if prose == 3:
            break
    head_end = end if head_end is None else head_end
    places = []
    headline = lines[headline_line].key if headline_line >= 0 else ""
    for number in range(max(0, headline_line - 5), end):
        at_headline = headline_line < number < head_end
        beside = lines[max(headline_line + 1, number - 2) : min(head_end, number + 3)] if at_headline else ()
        dated = any(len(line.text) <= LEAD and DATED.search(line.text) for line in beside)
        places.append(Place(lines[number], at_headline, dated, headline))
    return places


def segments(line: Line) -> list[str]:
    """A short line, and the parts of it that stand in elements of their own."""
    if len(line.pieces) == 1:
        return [line.text] if 0 < len(line.text) <= _LONGEST_SEGMENT else []
    parts = [text for piece in line.pieces if (text := clean(piece.text))]
    whole = (line.text, spaced(parts)) if len(line.text) <= _LONGEST_SEGMENT else ()
    return [text for text in dict.fromkeys((*parts, *whole)) if 0 < len(text) <= _LONGEST_SEGMENT]


def labelled(lines: Iterable[Line]) -> Iterator[str]:
    """The lines of the whole page that name an author behind a label: with a colon ("Author: Ann Lee"), set apart, in
    elements that call it a byline, or with a date; comments left out."""
    for line in lines:
        text = line.text
        if len(text) > LEAD or not _LABEL.match(text) or line.is_heading:
            continue
        place = Place(line, at_headline=False, dated=False, headline="")
        shown = ":" in text[:20] or DATED.search(text) or place.is_label_and_name or place.told
        if shown and not any(_tells(named(outer)) is False for outer in _surroundings(line.pieces[0].parent)):
            yield spaced([piece.text for piece in line.pieces])


def spaced(texts: Sequence[str]) -> str:
    """Texts of elements of one line as one, with a space where style alone parts two words."""
    return re.sub(r" ([,،;])", r"\1", clean(" ".join(texts)))


def announces(text: str, place: Place, outlets: Iterable[str]) -> bool:
    """Whether a text says "by" and then nothing but persons, outlets and places.

    A colon behind the prefix, or elements that tell of an author, count anywhere. Without them the text has to stand
    at the headline, and a date or an organisation has to show that it is no sentence.
    """
    prefix = PREFIX.match(text)
    if prefix is None:
        signed = place.at_headline and _SIGNED.fullmatch(text)
        return bool(signed and is_plain_name(signed[1])) or is_place_line(text, place, outlets)
    if len(text) == prefix.end() or SENTENCE_END.search(text):
        return False
    if place.line.is_heading and not (place.at_headline and DATED.search(place.line.text)):
        return False
    parts = name_parts(text[prefix.end() :], outlets)
    if not parts:
        return False
    first = parts[0]
    if not (names_organisation(first) and len(first.split()) <= MOST_WORDS) and not is_plain_name(first):
        return False
    if any(len(part.split()) > 4 or sentence_words(part) for part in parts[1:]):
        return False
    if place.told or place.is_label_and_name:
        return True
    if not _ANNOUNCING.match(text) and _is_noun_phrase(first, place):
        return False
    if prefix[0].rstrip()[-1:] in (":", "："):
        return True
    if not place.at_headline:
        return False
    if _SEPARATOR.search(prefix[0]):
        return True
    if not _ANNOUNCING.match(text) or not is_capitalised(first):
        return False
    if place.dated or any(names_organisation(part) for part in parts):
        return True
    # Alone on its line, in a script whose capitals tell a name from other words.
    return text == place.line.text and all(has_capitals(part) and is_plain_name(part) for part in parts)


def is_place_line(text: str, place: Place, outlets: Iterable[str]) -> bool:
    """Whether a text at the headline, with a date beside it, says where or for whom a report was filed and by whom, and
    no more: "Cairo - a person", "(Abu Dhabi - the outlet)", "a person - the outlet"."""
    if not (place.at_headline and place.dated) or place.line.is_heading or SENTENCE_END.search(text):
        return False
    parts = name_parts(_PARTED.sub(" | ", text), outlets)
    others = [part for part in parts if not is_filing_place(part)]
    if OUTLET in others and len(others) == 2 and _DASH.search(text):
        others.remove(OUTLET)
    return len(parts) > len(others) > 0 and all(
        names_organisation(part) or (is_plain_name(part) and not _is_noun_phrase(part, place)) for part in others
    )


def names_office(text: str, outlets: Iterable[str]) -> bool:
    """Whether a text names nothing but outlets, agencies and desks, and perhaps the place that a report was filed
    from."""
    parts = name_parts(_PARTED.sub(" | ", text), outlets)
    offices = [part for part in parts if part == OUTLET or _is_office(part)]
    return bool(offices) and all(part in offices or is_filing_place(part) for part in parts)


def tells_role(text: str) -> bool:
    """Whether a text says what the writer is to the outlet, behind a label."""
    return _ROLE.match(text) is not None


def credits_agency(text: str, outlets: Iterable[str]) -> bool:
    """Whether a text names an agency and nothing but agencies, outlets and desks, perhaps a place, and perhaps the
    letters that writers sign with: "Cairo - Reuters", "the outlet / ab (dpa, AFP)"."""
    if is_credited_agency(text):
        return True
    parted = _PARTED.sub(" | ", text)
    parts = name_parts(parted, outlets)
    letters = [part for part in parts if not (part == OUTLET or _is_office(part) or is_filing_place(part))]
    credited = any(map(is_credited_agency, name_parts(parted, ()))) or (OUTLET in parts and bool(letters))
    return credited and len(letters) < len(parts) and all(map(_SIGNATURE.fullmatch, letters))


def _is_office(part: str) -> bool:
    return is_credited_agency(part) or set(fold_key(part).split()) <= ORGANISATION_WORDS


def _is_noun_phrase(text: str, place: Place) -> bool:
    """Whether what follows "report:" or "interview:" speaks of the story: in words of the headline, as a link to
    another story, or as a noun and its genitive with an article."""
    words = fold_key(text).split()
    told_of = {word for word in words if len(word) > 2 and word not in NO_NAME_WORDS} & set(place.headline.split())
    is_link = bool(place.line.links) and not place.line.plain_length
    genitive = len(words) == 2 and words[1].startswith("ال") and words[0].endswith(("ه", "ات", "ين"))
    return bool(told_of) or is_link or genitive


def names_only(text: str, place: Place, authors: Sequence[str], outlets: Sequence[str]) -> bool:
    """Whether a text holds known authors and, beside them, no more than prefix, outlet, date and place."""
    if not authors or SENTENCE_END.search(text):
        return False
    prefix = PREFIX.match(text)
    rest = text[prefix.end() :] if prefix else text
    if not any(holds(rest, author) for author in authors):
        return False
    for part in split_names(rest):
        left, named_one = part, False
        for name in (*authors, *outlets):
            left, count = bounded(name).subn(" ", left)
            named_one = named_one or bool(count)
        words = fold_key(left).split()
        if all(word in ORGANISATION_WORDS for word in words):
            continue
        if not place.at_headline or len(words) > 6:
            return False
        is_place = not named_one and len(words) <= 3 and not sentence_words(left) and is_capitalised(left)
        if not is_place and not DATED.search(left):
            return False
    return True


def printed_byline(places: Sequence[Place], authors: Sequence[str], outlets: Sequence[str]) -> str | None:
    """The byline near the headline that names most of the authors, the first among them: one that announces them before
    one of mere names, one without a date before one with it, and of these the shortest."""
    found = [
        text
        for place in places
        for text in segments(place.line)
        if holds(text, authors[0])
        and not _CREDIT.match(text)
        and (names_only(text, place, authors, outlets) or (place.told and not SENTENCE_END.search(text)))
    ]

    def rank(text: str) -> tuple[int, bool, bool, int]:
        return (
            -sum(holds(text, author) for author in authors),
            bool(DATED.search(text)),
            not PREFIX.match(text),
            len(text),
        )

    return min(found, key=rank, default=None)


def named(element: etree._Element) -> str:
    """What an element is called: class, id, itemprop and rel in one text of bounded length."""
    name = " ".join([element.get(attribute, "") for attribute in ("class", "id", "itemprop", "rel")])
    return name[:_LONGEST_CLASS]


def _surroundings(element: etree._Element) -> list[etree._Element]:
    """An element and those around it, but for the ones whose names speak of the whole page."""
    return [outer for outer in (element, *element.iterancestors()) if outer.tag not in _WHOLE_PAGE]


# Elements whose classes speak of the whole page or the whole article.
_WHOLE_PAGE = ("html", "body", "main", "article")


def _is_naming(element: etree._Element) -> bool:
    """Whether an element names the author himself, rather than calling what is in it a byline."""
    return bool(_NAMING.search(named(element)) or _AUTHOR_PATH.search(element.get("href", "")))


@lru_cache(maxsize=1024)
def _tells(name: str) -> bool | None:
    """Whether class and id of an element call it an author's; False for what stands beside one, None for all else."""
    told = [_word_tells(word) for word in name.split()]
    return False if False in told else True if True in told else None


@lru_cache(maxsize=8192)
def _word_tells(word: str) -> bool | None:
    """As `_tells`, for one of the words that an element is called by."""
    if _NO_AUTHOR_CLASS.search(word):
        return False
    return True if TELLING_CLASS.search(word) or _NAMING.search(word) else None
