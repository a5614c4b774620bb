"""What one byline says: prefixes, outlets and places off, joined names parted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from newscrawl.extraction.byline.names import (
    is_credited_agency,
    is_credited_organisation,
    is_filing_place,
    is_organisation,
    is_person,
    is_pseudonym,
)
from newscrawl.items import Evidence
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key

# Words that announce an author, folded where matched. What follows them is a name.
PREFIX = re.compile(
    r"""^\s*[~*•|·]*\s*(?:
      (?:كتب(?:ت|ه|ها|وا)?|بقلم|(?:(?:نشر|أضيف(?:ت)?|أرسل(?:ت)?)\ )?بواسطة|(?:أضاف|أرسل|نشر)ت?ه(?:ا)?
         |حوار|تقرير|تحقيق|إعداد|اعداد|تحرير|متابعة|متابعات|تغطية(?:\ صحفية)?
         |شارك(?:ت|وا)?\ في\ التغطية(?:\ الصحفية)?|ترجمة|تصوير
         |حاورت?(?:ه|ها|هم|هما)|أجر[ىت](?:ه|ها)?\ (?:الحوار|المقابلة|الحديث)|كتابة|خاص(?=\s*[:/])|أعده|أعدها|رصد|
         الكاتب(?:ة)?|المؤلف|الصحفي(?:ة)?|مراسل(?:ة)?|المراسل|نوشته|نویسنده|توسط|از|گزارش(?:گر)?(?:\s+از)?
         |خبرنگار|به\ قلم|مصنف|(?:(?:ال)?نص|متن)(?=\s*[:：])
         |(?:لە\ )?نوو?سینی|نوو?سەر(?:ی)?|ئامادەکردنی?|ئامادەکار(?:ی)?|ڕاپۆرتی?|وەرگێڕانی|پەیامنێر|هەواڵنێر)
         (?:\s+(?:وتصوير|وتقديم|وإعداد|وتحرير|وترجمة|وحوار|ومتابعة|الدكتور(?:ة)?))?
      |(?:written|posted|reported|submitted|created|added|story|words|text|article|analysis|opinion|interview|published
         |report|(?:additional\ )?reporting|writing|compiled)?\s*\bby\b
         |author(?:s)?|reporter|reportage(?:\ de)?|reporte\ de|reportagem\ de
      |(?:publié|soumis|envoyé|proposé|écrit|rédigé|posté|article|texte|propos\ recueillis)?\s*\bpar\b
      |(?:veröffentlicht|verfasst|geschrieben|erstellt|gespeichert|eingestellt|eingereicht|gepostet|artikel|beitrag|bericht|text
         |interview|ein\ (?:artikel|gastbeitrag|kommentar|beitrag|bericht|interview))?\s*\bvon\b
      |autor(?:in(?:nen)?|es|as?|en)?(?:\s*/\s*-?(?:in|autor(?:in)?))?|autore|auteurs?|redaktion(?=\s*[:：])
      |(?:escrito|publicado|enviado|redactado|texto)?\s*\bpor\b|(?:scritto|pubblicato|inviato)\ da|a\ cura\ di|di
      |(?:geschreven|gepubliceerd|geplaatst|ingediend)?\s*\bdoor\b|(?:skrevet|skriven|publisert|publicerad)?\s*\ba[fv]\b
      |texte?(?:\s*(?:&|und|and|et)\s*(?:fotos?|bilder|photos?))?
      |yazan|yazar|muhabir|nivîskar|amadekar|haber
      |(?:נכתב\ )?על\ ידי|מאת|כתב(?:ה)?|автор(?:ы|ка|ки)?|текст|tekst|words(?=\s*:)|लेखक
      |oprac(?:owa\w+|\.)?|napisała?|rozmawiała?|autork[ai]|autorzy|napsala?|připravila?|zpracovala?|írta|szerző(?:k)?
      |teksti|kirjoittajat?|toimittaja|oleh|penulis|pewarta|jurnalis|laporan|tác\ giả|συντάκτ(?:ης|ρια)
      |γράφει(?:\ [οη])?|беседовала?|подготовила?|журналіст(?:ка)?|লেখক|প্রতিবেদক|تحریر|رپورٹ(?:ر)?
      |作者|记者|記者|撰文|撰稿|文(?=\s*[:：/／])|取材・文|執筆|筆者|글(?=\s*[:：])
    )(?![^\W\d_])\s*[:：،,/\-–—]*\s*""",
    re.IGNORECASE | re.VERBOSE,
)
"""The words at the begin of a byline that announce its names, with the colon, comma or dash behind them."""
# "From" where elements say that a name follows: no name begins with it.
_FROM = re.compile(r"^\s*من\s+(?=\S)")
_ARABIC_PREFIX_GLUED = re.compile(r"^\s*(?:كتب(?:ت)?|بقلم|حوار|تقرير|إعداد|اعداد|تحرير)\s*[:/\-–—]+\s*")
# Where an author is announced inside a line that says when, where and by whom a story was published.
_ANNOUNCED_WITHIN = re.compile(
    r"(?:(?:^|[\d|·•,;/]|\s[–—\-]|\b(?:uhr|[ap]m|posted|written|published|submitted|created|publicado|enviado|escrito|publié|soumis|écrit"
    r"|veröffentlicht|verfasst|geschrieben|erstellt|gespeichert|geplaatst|geschreven))\s*(?:by|von|par|por|door)"
    r"|\b(?:autor(?:in)?|author|auteur|text|redaktion)\s*:)\s*(?=[^\W\d_])",
    re.IGNORECASE,
)
_BEHIND_NAMES = re.compile(
    r"\s+(?:on|am(?:/um)?|um|at|le|el|il|den|op|em|updated|published|aktualisiert)\s.*|\s*[|·•»(@].*|\s[-–—]\s.*|\s*//.*|[,\s]*\d.*",
    re.IGNORECASE | re.DOTALL,
)
# Where or for whom an author writes: "Ann Lee in Berlin", "Ann Lee for the River Voice".
_WHEREABOUTS = re.compile(
    r"\s+(?:in|for|für|aus|à)\s+(?:(?:the|die|das|den)\s+)?(?=[^\W\d_]).*$|\s+للنشرة\b.*$", re.IGNORECASE
)
_OFFICE = re.compile(
    r"\s*(?:기자|특파원|記者|特派員)(?:\s+외\s+\d+명)?$"
    r"|\s+(?:(?:staff|senior|chief|special)\s+)*(?:writer|reporter|correspondent|columnist)$",
    re.IGNORECASE,
)
# An account or an address behind a name.
_HANDLE = re.compile(r"(?<=[^\W\d_])\s+\(?(?:@\w+|[\w.+-]+@[\w-]+\.[\w.-]+)\)?")
# Whoever took the pictures, behind whoever wrote the text.
_PICTURES = re.compile(
    r"(?<=\w)[\s\-–—,،;|/]+(?:تصوير|عدسة|صور|photos?|fotos?|bilder|photography)\s*(?:[:：/–—-]|by\b).*$",
    re.IGNORECASE | re.DOTALL,
)
# When a story was published, behind its author.
_PUBLISHED = re.compile(
    r"(?<=\w)\s+(?:(?:publié|mis à jour|published|updated|posted|veröffentlicht|aktualisiert|publicado|actualizado)\b"
    r"|(?:نشر )?في \d).*$"
    r"|(?<=\w)\s+(?:on|am(?:/um)?|um|at|le|el|il|den|op|em|på|في|در)\s+(?:[^\W\d_]{2,10}[.,،]*\s+)?\d.*$",
    re.IGNORECASE | re.DOTALL,
)
_FOOTNOTE = re.compile(r"(?<=[^\W\d_])[\d*†,]{1,4}$")
OUTLET = "\ufffc"
"""Stands for an outlet among the parts of a byline."""
_JOINED = re.compile(
    r"\s*(?:[,،;؛/|&+]|\n|\s[-–—ـ]\s)\s*|\s+(?:and|et|und|y|e|och|og|en|ve|و)\s+|\s+[وו](?=\S{3,}\s+\S)",
    re.IGNORECASE,
)
_INITIAL_LAST = re.compile(r"\s(?:[^\W\d_]|[JS]r)$")
# Who edited a story, behind who wrote it.
_EDITED = re.compile(
    r"\s*(?:تحرير|مراجعة|تدقيق|ویرایش|ویراستار|עריכה|(?:edit(?:ing|ed)|redigiert|bearbeitet|édité|revu)(?:\s+\w+)?\s+(?:by|von|par)"
    r"|editado(?:\s+en\s+\w+)?\s+por|edi[cç][aã]o\s+(?:de|por)|edición\s+de|editing|editors?|editör|redaktör|redaktor|редактор"
    r"|penyunting|责任编辑|责编|编辑|編輯|編集)(?![^\W\d_])",
    re.IGNORECASE,
)
_WITH = re.compile(r"\s+(?:with|avec|mit)\s+", re.IGNORECASE)
# Where an outlet writes from, behind its name and that of its edition.
_PLACE = re.compile(r"(?: [^\W\d_]+)? [–—] [^,;|]+")
_EDGES = " .:،,-–—|/\"'«»()*•~"
_MARKS = "[\u064b-\u0652\u0670\u0640]*"
_ALIKE = ("اأإآٱ", "يىیئ", "هةۀ", "كک", "وؤ")
_LONGEST = 300


@dataclass
class Byline:
    """What the page says of its authors."""

    raw: str | None = None
    """The line as printed, else the value that names the authors."""
    authors: list[str] = field(default_factory=list)
    """Those named, in order."""
    outlet: str | None = None
    """The outlet's name that stood in the same line, where the line told it."""
    evidence: Evidence = Evidence.TEXT
    """What names the authors; `raw` is the printed line also where something else does."""


def parse_authors(
    line: str, outlets: Iterable[str] = (), *, pseudonyms: bool = False, organisations: bool = False
) -> list[str]:
    """The names in a byline: prefixes, outlets, places and editors off, names joined by "and" parted.

    Persons only; where asked for, also a line of one word by which a writer calls himself, and news agencies and named
    desks. An empty list where the line names nobody.
    """
    text = clean(re.sub(r"<[^<>]*>", " ", line))
    if len(text) > _LONGEST or "http" in text:
        return []
    text = _PUBLISHED.sub("", _PICTURES.sub("", _HANDLE.sub("", text)))
    for _ in range(2):
        text = _ARABIC_PREFIX_GLUED.sub("", PREFIX.sub("", text))
    place, colon, behind = text.partition(":")
    text = _FROM.sub("", behind if colon and is_filing_place(place) else text)
    whole = text.strip(_EDGES)
    if organisations and is_credited_organisation(whole, outlets):
        return [whole]
    if pseudonyms and is_pseudonym(whole, outlets):
        return [whole]
    for outlet in outlets:
        text = _behind_outlet(text, outlet)
    text = re.sub(r"\([^()]*\)", " | ", text)
    first, *helpers = _WITH.split(text)
    if helpers and is_person(split_names(first)[-1].strip(_EDGES) if split_names(first) else "", outlets):
        text = _WITH.sub(" | ", text)
    names: list[str] = []
    is_edited = False
    for part in split_names(text):
        is_edited = bool(_EDITED.match(part)) or (is_edited and not PREFIX.match(part))
        if is_edited:
            continue
        name = _trimmed(clean(_OFFICE.sub("", _WHEREABOUTS.sub("", PREFIX.sub("", part)))))
        if is_person(name, outlets) or (organisations and is_credited_organisation(name, outlets)):
            names.append(name)
    return unique(names)


def _behind_outlet(text: str, outlet: str) -> str:
    """A byline with a bar in place of the outlet, and without the place from which it writes, which a dash sets off:
    "Ana Souza, Voz Minas — Belo Horizonte"."""
    pattern = parting(outlet)
    named = pattern.search(text)
    place = named and _PLACE.fullmatch(text, named.end())
    return text[: named.start()] if named and place and named.start() else pattern.sub(" | ", text)


def _trimmed(name: str) -> str:
    """A name without the punctuation and the footnote marks around it; the point of an initial stays."""
    trimmed = name.strip(_EDGES)
    if " " in trimmed:
        trimmed = _FOOTNOTE.sub("", trimmed)
    return f"{trimmed}." if _INITIAL_LAST.search(trimmed) and f"{trimmed}." in name else trimmed


def announced_within(line: str, outlets: Iterable[str] = ()) -> list[str]:
    """The names that a line announces anywhere in it, as "12 May 2024 | by Ann Lee | 3 comments" does: persons, or one
    word by which a writer calls himself."""
    match = _ANNOUNCED_WITHIN.search(line)
    if match is None:
        return []
    return parse_authors(_BEHIND_NAMES.sub("", line[match.end() :]), outlets, pseudonyms=True)


def name_parts(text: str, outlets: Iterable[str]) -> list[str]:
    """What stands behind a prefix: names, outlets (as `OUTLET`) and places, each by itself, dates left out."""
    for outlet in outlets:
        text = parting(outlet).sub(f" | {OUTLET} | ", text)
    text = _PICTURES.sub("", _WITH.sub(" | ", re.sub(r"\([^()]*\)", " | ", text)))
    text = _PUBLISHED.sub("", text)
    named = (_OFFICE.sub("", _WHEREABOUTS.sub("", f" {part}")) for part in split_names(text))
    parts = (part.strip(" .:،,-–—|/\"'«»*•") for part in named)
    return [part for part in parts if part and (not re.search(r"\d", part) or is_credited_agency(part))]


def split_names(text: str) -> list[str]:
    """The parts of a text between what joins names."""
    return [part for part in _JOINED.split(text) if part and part.strip()]


def is_label(text: str) -> bool:
    """Whether a text is nothing but a word that announces an author."""
    prefix = PREFIX.match(text)
    return prefix is not None and prefix.end() == len(text)


def names_organisation(part: str) -> bool:
    """Whether a part of a byline is an outlet or holds a word of organisations."""
    return part == OUTLET or is_organisation(part)


def holds(text: str, name: str) -> bool:
    """Whether a name stands in a text as words of their own."""
    key = fold_key(name)
    return bool(key) and f" {key} " in f" {fold_key(text)} "


def unique(names: Iterable[str]) -> list[str]:
    """The names that differ when folded, each as it stands first."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(fold_key(name), name)
    return list(found.values())


def name_pattern(name: str) -> re.Pattern[str]:
    """A pattern for a name wherever it stands, whatever the variants of its Arabic letters and its spaces."""
    return compiled(loose(name), _flag(name))


def parting(outlet: str) -> re.Pattern[str]:
    """A pattern that parts an outlet from what it is glued to; in scripts with capitals, short names of outlets stand
    inside other words as well."""
    return bounded(outlet) if _has_case(outlet) else name_pattern(outlet)


def bounded(name: str) -> re.Pattern[str]:
    """A pattern for a name that is no part of longer words."""
    return compiled(rf"(?<!\w)(?:{loose(name)})(?!\w)", _flag(name))


@lru_cache(maxsize=1024)
def compiled(expression: str, flag: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """`re.compile`, kept for the names that a page asks for again and again."""
    return re.compile(expression, flag)


@lru_cache(maxsize=1024)
def loose(name: str) -> str:
    """A regular expression for a name whatever the variants of its Arabic letters, its vowel signs and its spaces,
    those before a number written or not."""
    parts = []
    cleaned = clean(name)
    for before, character, behind in zip(f" {cleaned}", cleaned, f"{cleaned[1:]} ", strict=False):
        if character.isspace():
            parts.append(r"\s*" if behind.isdigit() else r"\s+")
            continue
        if character.isdigit() and before.isalpha():
            parts.append(r"\s*")
        alike = next((letters for letters in _ALIKE if character in letters), None)
        # No vowel signs stand behind letters that have case, and a set behind each of them makes patterns dear.
        marks = "" if _has_case(character) else _MARKS
        parts.append((f"[{alike}]" if alike else re.escape(character)) + marks)
    return "".join(parts) or r"(?!)"


def _flag(name: str) -> re.RegexFlag:
    # Sets of letters compile many times faster where case counts, and Arabic has none.
    return re.IGNORECASE if _has_case(name) else re.NOFLAG


def _has_case(text: str) -> bool:
    return text.lower() != text.upper()
