"""Who wrote the article: the line as printed, and the persons named in it.

Evidence in order: JSON-LD, meta elements, microdata, elements that call themselves author or byline, a line near the
headline that says "by".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice

from newscrawl.extraction import jsonld
from newscrawl.extraction.metadata import Metadata
from newscrawl.extraction.tree import Line, Piece, text_of
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key

# Words that announce an author, folded where matched. What follows them is a name.
_PREFIX = re.compile(
    r"""^\s*(?:
      (?:كتب(?:ت|ه|ها|وا)?|بقلم|حوار|تقرير|تحقيق|إعداد|اعداد|تحرير|متابعة|متابعات|تغطية|ترجمة|تصوير|حاوره
         |حاورها|حاورته|أعده|أعدها|رصد|
         الكاتب(?:ة)?|المؤلف|الصحفي(?:ة)?|مراسل(?:ة)?|المراسل|نوشته|نویسنده|از|گزارش(?:گر)?|خبرنگار|به\ قلم)
         (?:\s+(?:وتصوير|وتقديم|وإعداد))?
      |(?:written|posted|reported|story|words|text|article|analysis|opinion|interview|published)?\s*\bby\b
         |author(?:s)?|reporter
      |par|propos\ recueillis\ par|publié\ par|von|ein\ (?:artikel|gastbeitrag|kommentar)\ von|autor(?:in|es
         |a)?|por|escrito\ por|di|door|af|av|texte?
      |yazan|yazar|haber|מאת|כתב(?:ה)?
    )(?![^\W\d_])\s*[:：/\-–—]*\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_ARABIC_PREFIX_GLUED = re.compile(r"^\s*(?:كتب(?:ت)?|بقلم|حوار|تقرير|إعداد|اعداد|تحرير)\s*[:/\-–—]+\s*")
_OUTLET = "\ufffc"
_SEPARATOR = re.compile(r"\s*[:：/–—]|\s+-\s")
# Prefixes that may announce a person without a colon. The others are nouns that begin a headline or a sentence as well.
_ANNOUNCING = re.compile(
    r"\s*(?:كتبت?\b|بقلم|نوشته|نویسنده|به\s+قلم|מאת|(?:\w+\s+)?by\b|par\b|propos\s+recueillis|publié\s+par|von\b|ein\s+\w+\s+von"
    r"|por\b|escrito\s+por|di\b|door\b|af\b|av\b|yazan)",
    re.IGNORECASE,
)
# Words of sentences and of the calendar, which no name holds.
_SENTENCE_WORDS = (
    "في من إلى على عن مع أن إن بعد قبل ضد بين خلال حول منذ حتى هذا هذه التي الذي كل لا لم لن ما هو هي كان قد"
    " از به در با را که است بود شد برای این آن تا بر"
    " של על עם נגד את אל לא כל בין אחרי לפני הוא היא"
    " the a an of in on at to for from with is are was were this that no not all its his her their"
    " monday tuesday wednesday thursday friday saturday sunday january february march april june july august"
    " september october november december night morning evening noon day week month year today tomorrow"
    " montag dienstag mittwoch donnerstag freitag samstag sonntag nach bis zu lundi mardi mercredi jeudi vendredi"
    " samedi dimanche lunes martes miércoles jueves viernes sábado domingo bir bu için ile"
)
_NO_NAME_WORDS = frozenset(fold_key(word) for word in _SENTENCE_WORDS.split())
_NAME_PARTICLES = "de da do dos das del della di du la le los van von der den ter ten bin ibn al el y e"
_PARTICLES = frozenset(_NAME_PARTICLES.split())
_SENTENCE_END = re.compile(r"[.!?؟。…]\s*$")
_DATED = re.compile(r"\d{4}|\d{1,2}[:/.]\d{2}")
_JOINED = re.compile(
    r"\s*(?:[,،;؛/|&+]|\n|\s[-–—]\s)\s*|\s+(?:and|et|und|y|e|och|og|en|ve|with|avec|mit|و)\s+|\s+و(?=\S{3,}\s+\S)",
    re.IGNORECASE,
)
_JUNK = re.compile(r"https?:|www\.|@|\d|[<>{}\[\]#=_?؟!:]|\.(?:com|net|org|png|jpg)\b", re.IGNORECASE)
_ORGANISATIONS = (
    "وكالة وكالات وكاله صحيفة جريدة موقع قناة تحرير التحرير محرر المحرر محررة هيئة فريق شبكة رويترز مكتب"
    " مراسلون مراسلو متابعات خاص "
    "ترجمات ترجمة القسم قسم إدارة الإدارة أخبار الأخبار غرفة نيوز بوابة مجلة تلفزيون اليوم وحدة بالعربي"
    " عربي ادمن أدمن كاتب "
    "twitter facebook instagram linkedin email whatsapp foto photo quelle source deutsche welle admin"
    " administrator developed editor editors editorial editoriale staff desk team news newsroom agency"
    " agencies press media redaktion redaction rédaction "
    "redacción redaccion redazione redactie online reuters afp ap dpa apa ansa efe tass xinhua bloomberg"
    " webmaster logo guest contributor contributors correspondent "
    "service network tv radio gazette times post daily journal magazine website author unknown anonymous"
    " user company foundation institute "
    "association ministry university group inc ltd gmbh llc corporation club board wire report reports"
    " reporters haber merkezi ajansı ajans "
    "servisi masası haberler خبرگزاری ایسنا سردبیر دبیر سرویس گروه روزنامه خبر מערכת חדשות כתבי סוכנויות"
)
_NOT_PERSONS = frozenset(fold_key(word) for word in _ORGANISATIONS.split())
_MOST_WORDS = 6
_LEAD = 60
_LONGEST_BYLINE = 120
_LONGEST_TOLD = 400
_LONGEST_NAME = 400
_TELLING_CLASS = re.compile(
    r"author|byline|by-line|writer|writ(?:e|ten)[-_]?by|katib|kateb|journalist|autor|auteur|reporter", re.IGNORECASE
)
_NO_AUTHOR_CLASS = re.compile(
    r"comment|author-?_?(?:bio|desc)|biograph|related|widget|social|share|avatar|image|img|photo|caption|foto"
    r"|copyright",
    re.IGNORECASE,
)
_AUTHOR_PATH = re.compile(
    r"/(?:authors?|writers?|editors?|auteurs?|autor(?:en|es)?|journalists?|reporters?|yazar(?:lar)?|profile)/",
    re.IGNORECASE,
)
_INLINE_MARKS = frozenset(("span", "strong", "b", "em", "i", "a", "font", "small", "u"))
# Names in scripts that part no words.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,5}")
_MARKS = "[\u064b-\u0652\u0670\u0640]*"
_ALIKE = ("اأإآٱ", "يىیئ", "هةۀ", "كک", "وؤ")


@dataclass(eq=False)
class _Place:
    """A line where a byline may stand."""

    line: Line
    at_headline: bool
    """Whether it stands between the headline and the first prose."""
    dated: bool
    """Whether a date stands on it or on one of the two lines before and behind it."""

    @cached_property
    def told(self) -> bool:
        """Whether the elements around the line call it an author or a byline."""
        first = self.line.pieces[0].parent
        for element in (first, *islice(first.iterancestors(), 4)):
            name = " ".join([element.get(attribute, "") for attribute in ("class", "id", "itemprop", "rel")])
            telling = _tells(name[:_LONGEST_NAME])
            if telling is False:
                return False
            if telling or _AUTHOR_PATH.search(element.get("href", "")):
                # A class on the element of the whole article speaks of the page, not of the line.
                return len(text_of(element)) <= _LONGEST_TOLD
        return False


@lru_cache(maxsize=1024)
def _tells(name: str) -> bool | None:
    """Whether class and id of an element call it an author's; False for what stands beside one, None for all else."""
    if _NO_AUTHOR_CLASS.search(name):
        return False
    return True if _TELLING_CLASS.search(name) else None


@dataclass
class Byline:
    """What the page says of its authors."""

    raw: str | None = None
    """The line as printed, else the value that names the authors."""
    authors: list[str] = field(default_factory=list)
    """The persons, in order."""
    outlet: str | None = None
    """The outlet's name that stood in the same line, where the line told it."""


def read_byline(metadata: Metadata, lines: Sequence[Line], headline_line: int | None) -> Byline:
    """The page's byline. `headline_line` is the number of the headline's line: a byline stands near it."""
    outlets = metadata.outlet_names
    near = _near(lines, headline_line)
    for claims in _claims(metadata, near):
        authors = _unique(name for claim in claims for name in parse_authors(claim, outlets))
        if authors:
            return Byline(_printed(near, authors, outlets) or " ".join(claims), authors)
    said = [text for place in near for text in _segments(place.line) if _announces(text, place, outlets)]
    for text in said:
        if authors := parse_authors(text, outlets):
            return Byline(text, authors)
    told = [
        place.line.text
        for place in near
        if len(place.line.text) <= 100 and place.told and not re.search(r"\d", place.line.text)
    ]
    return Byline(next((text for text in said if len(text) <= 60), next(iter(told), None)))


def parse_authors(line: str, outlets: Iterable[str] = ()) -> list[str]:
    """The names of persons in a byline: prefixes, outlets and places off, names joined by "and" parted.

    An empty list where the line names no person.
    """
    text = clean(re.sub(r"<[^<>]*>", " ", line))
    if len(text) > 300 or "http" in text[:8]:
        return []
    names: list[str] = []
    for _ in range(2):
        text = _ARABIC_PREFIX_GLUED.sub("", _PREFIX.sub("", text))
    for outlet in outlets:
        text = _pattern(outlet).sub(" | ", text)
    text = re.sub(r"\([^()]*\)", " | ", text)
    parts = [part for part in _JOINED.split(text) if part and part.strip()]
    for part in parts:
        name = clean(_PREFIX.sub("", part)).strip(" .:،,-–—|/\"'«»()*•")
        if is_person(name, outlets):
            names.append(name)
    return _unique(names)


def is_person(name: str, outlets: Iterable[str] = ()) -> bool:
    """Whether a short text reads like the name of a person, not of an organisation, a place line or a sentence."""
    words = name.split()
    if not 1 <= len(words) <= _MOST_WORDS or not 3 <= len(name) <= 60 or _JUNK.search(name):
        return False
    keys = fold_key(name).split()
    if not keys or any(key in _NOT_PERSONS for key in keys):
        return False
    if any(fold_key(outlet) == " ".join(keys) for outlet in outlets):
        return False
    if name[0].isascii() or "LATIN" in _script(name[0]):
        capital = sum(word[0].isupper() for word in words if word[0].isalpha())
        return len(words) > 1 and capital >= len(words) / 2
    return len(words) > 1 or bool(_UNSPACED.fullmatch(name))


def byline_lines(lines: Sequence[Line], byline: Byline, outlets: Sequence[str], headline_line: int | None) -> set[str]:
    """The keys of the lines near the headline that name nobody but authors: they are no part of the body."""
    found = set()
    for place in _near(lines, headline_line):
        line = place.line
        if line.is_heading or len(line.text) > _LONGEST_BYLINE:
            continue
        told = place.told and bool(parse_authors(line.text, outlets)) and not _SENTENCE_END.search(line.text)
        if told or _announces(line.text, place, outlets) or _names_only(line.text, place, byline.authors, outlets):
            found.add(line.key)
    return found


def cut_byline(lines: Sequence[Line], byline: Byline, outlets: Sequence[str], headline_line: int | None) -> Byline:
    """Take author and outlet off the head of the lead, glued to it or not. Returns the byline with the authors and the
    outlet that only such a head told."""
    start = 0 if headline_line is None else headline_line + 1
    title = lines[headline_line].key if headline_line is not None else ""
    lead = next(
        (line for line in lines[start:] if line.plain_length >= _LEAD and not line.is_heading and line.key != title),
        None,
    )
    return byline if lead is None else _cut_head(lead, byline, outlets)


def _cut_head(lead: Line, byline: Byline, outlets: Sequence[str]) -> Byline:
    """Cut author and outlet off the begin of the lead, told by known names or by the elements they stand in."""
    raw = lead.raw
    head = _head(raw, byline.authors, outlets)
    if head is not None:
        end, outlet = head
        name = clean(_PREFIX.sub("", raw[: raw.find(outlet)] if outlet else ""))
        authors = byline.authors or ([name] if name and is_person(name, outlets) else [])
        raw_line = byline.raw or (clean(raw[:end]) if authors else None)
        _cut_to(lead, end)
        return Byline(raw_line, authors, outlet)
    marked = _marked_head(lead.pieces, byline.authors, outlets)
    if marked is None:
        return byline
    count, author, outlet = marked
    text = clean("".join(piece.text for piece in lead.pieces[:count]))
    for piece in lead.pieces[:count]:
        piece.replace(None)
    if byline.authors or not author:
        return Byline(byline.raw, byline.authors, outlet)
    return Byline(text, [author], outlet)


def _head(raw: str, authors: Sequence[str], outlets: Sequence[str]) -> tuple[int, str | None] | None:
    """Where author and outlet end at the begin of a text, and the outlet as it stands there.

    Known authors may stand with or without an outlet behind them; an unknown name only before an outlet that is glued
    to the text, which no sentence does.
    """
    prefix = _PREFIX.match(raw)
    begin = prefix.end() if prefix else len(raw) - len(raw.lstrip())
    at = begin
    for author in authors:
        if match := _compiled(rf"\s*(?:و\s*|[,،&]\s*)?{_loose(author)}").match(raw, at):
            at = match.end()
    if at > begin:
        for outlet in outlets:
            pattern = rf"[\s\-–—/|:،,(]*{_loose(outlet)}(?!\s*[,،'’])[\s)]*(?:[-–—:|/]+\s*)*"
            if match := _compiled(pattern).match(raw, at):
                return match.end(), clean(match[0]).strip(" -–—/|:،,()")
        separator = re.compile(r"\s*[-–—:|/]+\s*").match(raw, at)
        runs_on = raw[at - 1 : at].isalpha() and raw[at : at + 1].isalpha()
        if prefix and (separator or runs_on):
            return (separator.end() if separator else at), None
        return None
    for outlet in outlets:
        match = _pattern(outlet).search(raw, begin, begin + 60 + len(outlet))
        glued = match and raw[match.end() : match.end() + 1].isalpha()
        if match and glued and match.start() > begin and is_person(clean(raw[begin : match.start()]), outlets):
            return match.end(), match[0]
    return None


def _marked_head(
    pieces: Sequence[Piece], authors: Sequence[str], outlets: Sequence[str]
) -> tuple[int, str | None, str | None] | None:
    """How many leading pieces of a line are a byline set in inline elements of its own, with the author and the outlet.

    Their text runs into the next word without a space, which shows that they are set apart by style.
    """
    marked: list[str] = []
    count = 0
    for number, piece in enumerate(pieces):
        text = clean(piece.text)
        if not text:
            continue
        if piece.parent.tag not in _INLINE_MARKS or len(text.split()) > 5 or len(marked) == 3:
            break
        marked.append(text)
        count = number + 1
        telling = bool(_TELLING_CLASS.search(piece.parent.get("class") or ""))
        if telling and number + 1 < len(pieces):
            continue
    if not marked or count >= len(pieces):
        return None
    glued = pieces[count - 1].text[-1:].isalpha() and pieces[count].text[:1].isalpha()
    names = [name for name in marked if is_person(name, outlets)]
    keys = {fold_key(outlet) for outlet in outlets}
    outlet = next((name for name in marked if fold_key(name) in keys), None)
    first = marked[0]
    told = any(_TELLING_CLASS.search(piece.parent.get("class") or "") for piece in pieces[:count] if piece.text.strip())
    if not glued or not (names and first == names[0]):
        return None
    if len(marked) < 2 and not told:
        return None
    if outlet is None and len(marked) > 1:
        outlet = marked[1]
    return count, first, outlet


def _claims(metadata: Metadata, near: Sequence[_Place]) -> Iterable[list[str]]:
    """What names the authors, evidence by evidence."""
    people: list[str] = []
    for property_name in ("author", "creator"):
        for value in jsonld.resolved(metadata.node.get(property_name), metadata.nodes):
            if isinstance(value, dict) and {"Organization", "NewsMediaOrganization"} & set(jsonld.types_of(value)):
                continue
            people.extend(jsonld.texts(value) or _name_parts(value))
        if people:
            break
    yield people
    for name in (
        "author",
        "article:author",
        "article:author_name",
        "parsely-author",
        "byl",
        "sailthru.author",
        "cxenseparse:author",
    ):
        yield metadata.meta.get(name, [])
    yield [text_of(element) or element.get("content") or "" for element in metadata.microdata.get("author", ())]
    yield from ([text] for place in near for text in _segments(place.line) if place.told)
    yield metadata.meta.get("dc.creator", [])


def _name_parts(value: object) -> list[str]:
    if not isinstance(value, dict):
        return []
    parts = (jsonld.first_text(value.get(name)) for name in ("givenName", "familyName"))
    name = " ".join(part for part in parts if part)
    return [name] if name else []


def _near(lines: Sequence[Line], headline_line: int | None) -> list[_Place]:
    """The places where a byline may stand: some before the headline, and after it down to the third line of prose."""
    if headline_line is None:
        return []
    prose, end, head_end = 0, headline_line + 1, None
    for end, line in enumerate(lines[headline_line + 1 : headline_line + 60], headline_line + 1):
        if head_end is None and line.plain_length >= _LEAD and not line.is_heading:
            head_end = end
        prose += line.plain_length >= 2 * _LEAD
        if prose == 3:
            break
    head_end = end if head_end is None else head_end
    places = []
    for number in range(max(0, headline_line - 5), end):
        at_headline = headline_line < number < head_end
        beside = lines[max(headline_line + 1, number - 2) : min(head_end, number + 3)] if at_headline else ()
        dated = any(len(line.text) <= _LEAD and _DATED.search(line.text) for line in beside)
        places.append(_Place(lines[number], at_headline, dated))
    return places


def _segments(line: Line) -> list[str]:
    """A short line, and the parts of it that stand in elements of their own."""
    parts = [clean(piece.text) for piece in line.pieces]
    return [text for text in dict.fromkeys((*parts, line.text)) if 0 < len(text) <= 100]


def _announces(text: str, place: _Place, outlets: Iterable[str]) -> bool:
    """Whether a text says "by" and then nothing but persons, outlets and places.

    A colon behind the prefix, or elements that tell of an author, count anywhere. Without them the text has to stand
    at the headline, and a date or an organisation has to show that it is no sentence.
    """
    prefix = _PREFIX.match(text)
    if prefix is None or len(text) == prefix.end() or place.line.is_heading or _SENTENCE_END.search(text):
        return False
    parts = _name_parts_of(text[prefix.end() :], outlets)
    if not parts:
        return False
    organisation = bool(set(fold_key(parts[0]).split()) & _NOT_PERSONS) or parts[0] == _OUTLET
    if not (organisation and len(parts[0].split()) <= _MOST_WORDS) and not _is_plain_name(parts[0]):
        return False
    if any(len(part.split()) > 4 or set(fold_key(part).split()) & _NO_NAME_WORDS for part in parts[1:]):
        return False
    separator = prefix[0].rstrip()[-1:]
    if separator in (":", "：") or place.told:
        return True
    if not place.at_headline:
        return False
    if _SEPARATOR.search(prefix[0]):
        return True
    if not _ANNOUNCING.match(text) or not _is_capitalised(parts[0]):
        return False
    return place.dated or any(part == _OUTLET or set(fold_key(part).split()) & _NOT_PERSONS for part in parts)


def _name_parts_of(text: str, outlets: Iterable[str]) -> list[str]:
    """What stands behind the prefix: names, outlets and places, each by itself, dates left out."""
    for outlet in outlets:
        text = _pattern(outlet).sub(f" | {_OUTLET} | ", text)
    text = re.sub(r"\([^()]*\)", " | ", text)
    parts = (part.strip(" .:،,-–—|/\"'«»*•") for part in _JOINED.split(text) if part)
    return [part for part in parts if part and not re.search(r"\d", part)]


def _is_plain_name(name: str) -> bool:
    """Whether two to four words hold nothing that shows a sentence or a noun: a guess, so it is a narrow one."""
    words = fold_key(name).split()
    if _UNSPACED.fullmatch(name):
        return True
    return (
        2 <= len(words) <= 4
        and is_person(name)
        and not set(words) & _NO_NAME_WORDS
        and not (words[0].startswith("ال") and len(words[0]) > 3)
        and _is_capitalised(name)
    )


def _is_capitalised(name: str) -> bool:
    """Whether every word that has a case begins with a capital, particles of names and kinds of outlets aside."""
    return not any(
        word[0].islower() and word not in _PARTICLES and fold_key(word) not in _NOT_PERSONS for word in name.split()
    )


def _names_only(text: str, place: _Place, authors: Sequence[str], outlets: Sequence[str]) -> bool:
    """Whether a text holds known authors and, beside them, no more than prefix, outlet, date and place."""
    if not authors or _SENTENCE_END.search(text):
        return False
    prefix = _PREFIX.match(text)
    rest = text[prefix.end() :] if prefix else text
    if not any(_holds(rest, author) for author in authors):
        return False
    for part in _JOINED.split(rest):
        left = part or ""
        named = False
        for name in (*authors, *outlets):
            left, count = _bounded(name).subn(" ", left)
            named = named or bool(count)
        words = fold_key(left).split()
        if all(word in _NOT_PERSONS for word in words):
            continue
        if not place.at_headline or len(words) > 6:
            return False
        is_place = not named and len(words) <= 3 and not set(words) & _NO_NAME_WORDS and _is_capitalised(left)
        if not is_place and not _DATED.search(left):
            return False
    return True


def _printed(places: Sequence[_Place], authors: Sequence[str], outlets: Sequence[str]) -> str | None:
    """The shortest byline near the headline that names the first author."""
    found = [
        text
        for place in places
        for text in _segments(place.line)
        if _holds(text, authors[0])
        and (_names_only(text, place, authors, outlets) or (place.told and not _SENTENCE_END.search(text)))
    ]
    return min(found, key=len, default=None)


def _pattern(name: str) -> re.Pattern[str]:
    """A pattern for a name wherever it stands."""
    return _compiled(_loose(name), _flag(name))


def _holds(text: str, name: str) -> bool:
    """Whether a name stands in a text as words of their own."""
    key = fold_key(name)
    return bool(key) and f" {key} " in f" {fold_key(text)} "


def _bounded(name: str) -> re.Pattern[str]:
    """A pattern for a name that is no part of longer words."""
    return _compiled(rf"(?<!\w)(?:{_loose(name)})(?!\w)", _flag(name))


@lru_cache(maxsize=1024)
def _compiled(pattern: str, flag: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    return re.compile(pattern, flag)


def _flag(name: str) -> re.RegexFlag:
    # Sets of letters compile many times faster where case counts, and Arabic has none.
    return re.IGNORECASE if _has_case(name) else re.NOFLAG


def _unique(names: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(fold_key(name), name)
    return list(found.values())


@lru_cache(maxsize=1024)
def _loose(name: str) -> str:
    """A regular expression for a name whatever the variants of its Arabic letters, its vowel signs and its spaces."""
    parts = []
    for character in clean(name):
        if character.isspace():
            parts.append(r"\s+")
            continue
        alike = next((letters for letters in _ALIKE if character in letters), None)
        # No vowel signs stand behind letters that have case, and a set behind each of them makes patterns dear.
        marks = "" if _has_case(character) else _MARKS
        parts.append((f"[{alike}]" if alike else re.escape(character)) + marks)
    return "".join(parts) or r"(?!)"


def _has_case(text: str) -> bool:
    return text.lower() != text.upper()


def _script(character: str) -> str:
    return unicodedata.name(character, "")


def _cut_to(line: Line, end: int) -> None:
    """Empty a line's pieces up to an offset of its raw text."""
    at = 0
    for piece in line.pieces:
        length = len(piece.text)
        if at >= end:
            break
        piece.replace(piece.text[max(0, end - at) :] or None if end - at < length else None)
        at += length
