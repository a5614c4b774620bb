"""Which news agencies an article credits: in byline, authors and outlet, in the place line that opens its text
("القاهرة (أ ش أ) - "), or in the line that closes it.

A story about an agency names it too, so a name counts only where credits stand. Full names are looked for as folded
words. A short name that is also a word, a person's or a company's ("AP", "وفا") counts only as printed, standing alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from newscrawl.text.fold import fold_key, words

# An agency a line: the name that we tell; its full names; its short names as printed.
_TABLE = """
AA | Anadolu, Anadolu Ajansı, الأناضول, آناتولی, אנדולו | AA
AAP | Australian Associated Press | AAP
Adnkronos | Adnkronos |
AFP | Agence France-Presse, فرانس برس, فرانس پرس, خبرگزاری فرانسه, أ ف ب, סוכנות הידיעות הצרפתית | AFP, אי אף פי
AGERPRES | Agerpres |
ANSA | agenzia Ansa | ANSA, Ansa
AP | Associated Press, أسوشيتد برس, أسوشييتد برس, أسوشيتدبرس, آسوشیتدپرس, סוכנות AP | AP, أ ب, ا ب, איי פי
APA | Austria Presse Agentur | APA
APS | وكالة الأنباء الجزائرية, Algérie Presse Service | APS, وأج, واج
Belga | Agence Belga, Belga News Agency | Belga, BELGA
Bernama | Bernama |
CTK | Czech News Agency | CTK, ČTK
DHA | Demirören Haber Ajansı | DHA
dpa | Deutsche Presse-Agentur, د ب أ, وكالة الأنباء الألمانية | dpa, DPA
EFE | Agencia EFE, وكالة إفي | EFE, إفي
epd | Evangelischer Pressedienst | epd
Europa Press | Europa Press |
Fars | خبرگزاری فارس, وكالة فارس, Fars News Agency |
IHA | İhlas Haber Ajansı | IHA, İHA
INA | وكالة الأنباء العراقية, Iraqi News Agency | INA, واع
Interfax | Interfax, إنترفاكس, اینترفکس |
IRNA | خبرگزاری جمهوری اسلامی, Islamic Republic News Agency | IRNA, ایرنا, إيرنا, إرنا
ISNA | خبرگزاری دانشجویان ایران, Iranian Students News Agency | ISNA, ایسنا, إيسنا
KNA | Katholische Nachrichten-Agentur | KNA
KUNA | وكالة الأنباء الكويتية, Kuwait News Agency | KUNA, كونا
Kyodo | Kyodo News, 共同通信 | Kyodo
Lusa | Agência Lusa | Lusa, LUSA
MAP | وكالة المغرب العربي للأنباء, Maghreb Arabe Presse | MAP, ومع
Mehr | خبرگزاری مهر, وكالة مهر, Mehr News Agency |
MENA | أ ش أ, أنباء الشرق الأوسط, Middle East News Agency | MENA
NNA | الوكالة الوطنية للإعلام | NNA
PA Media | PA Media, Press Association | PA
PAP | Polska Agencja Prasowa | PAP
Petra | وكالة الأنباء الأردنية, Jordan News Agency | Petra, بترا
PTI | Press Trust of India | PTI
QNA | وكالة الأنباء القطرية, Qatar News Agency | QNA, قنا
Reuters | Reuters, رويترز, رویترز, רויטרס | rtr
RIA Novosti | RIA Novosti, نوفوستي, نووستی |
SANA | وكالة الأنباء السورية, Syrian Arab News Agency | SANA, سانا
SDA | Keystone-SDA, Keystone-ATS, Schweizerische Depeschenagentur | SDA, ATS
SID | Sport-Informations-Dienst | SID
SPA | وكالة الأنباء السعودية, Saudi Press Agency | SPA, واس
Sputnik | وكالة سبوتنيك, Sputnik News | Sputnik, سبوتنيك, اسپوتنیک
SUNA | وكالة السودان للأنباء | SUNA, سونا
TAP | وكالة تونس أفريقيا للأنباء, Tunis Afrique Presse | TAP, وات
Tasnim | خبرگزاری تسنیم, وكالة تسنيم, Tasnim News Agency |
TASS | ITAR-TASS, وكالة تاس, خبرگزاری تاس | TASS, تاس
UPI | United Press International | UPI
WAFA | وكالة الأنباء الفلسطينية, الأنباء والمعلومات الفلسطينية | WAFA, وفا
WAM | وكالة أنباء الإمارات, Emirates News Agency | WAM, وام
Xinhua | Xinhua, شينخوا, شینهوا, 新华社, 新華社 |
Yonhap | Yonhap, يونهاب, 연합뉴스 |
"""
# "Reuters Institute" is no agency, and neither is what is told of one.
_NO_AGENCY_AFTER = frozenset(words("institute foundation institut fondation fundación stiftung enstitüsü"))
_NO_AGENCY_BEFORE = frozenset(words("معهد مؤسسة پژوهشگاه בית"))
# What stands before an agency's name in a credit.
_CREDITING = frozenset(
    words(
        "by from via with source sources agency agencies material reporting and the c copyright von mit quelle quellen"
        " agentur agenturen und par avec agence agences et por con fuente agencia agencias y kaynak ajansı ve haber"
        " المصدر مصدر المصادر عن من نقلا وكالة وكالات الأنباء أنباء و منبع به نقل از خبرگزاری סוכנות סוכנויות מאת מקור"
    )
)
_BREAK = re.compile(
    r"[()\[\]{}«»\"|/\\+*&,،;؛:©]|\s[-–—ـ]+|[-–—ـ]+\s|[–—]|^[-–—ـ]+|[-–—ـ]+$|\s(?:and|und|et|y|e|ve|و|with|mit|avec|con)\s"
)
_SPACE = re.compile(r"[.\s\d]+")
# "CAIRO, Jan 5 (Reuters) -", "القاهرة - (د ب أ)": brackets near the begin of a line, a dash or the like beside them.
_IN_BRACKETS = re.compile(
    r"^(?:[^()\[\]]{0,70}[-–—ـ:/،,]\s*[(\[]([^()\[\]]{2,60})[)\]]|[^()\[\]]{0,70}[(\[]([^()\[\]]{2,60})[)\]]\s*[-–—ـ:/.،,])"
)
# "القاهرة - رويترز - ", "ANKARA / AA - ", "دبي ـ أ ف ب: ".
_PLACE_BREAK = re.compile(r"\s[-–—ـ|/]+\s|[–—/|]|(?<=\s)ـ+|ـ+(?=\s)")
_PLACES_WORDS, _PLACES_PARTS = 6, 3
_CLOSING = re.compile(r"[(\[]([^()\[\]]{2,60})[)\]][\s.]*$")
_CLOSING_WORDS = 8


def credited(
    *, byline: str | None = None, authors: Iterable[str] = (), outlet: str | None = None, body: str | None = None
) -> list[str]:
    """The agencies that an article's fields credit, by the names of the table, in the order of the arguments."""
    found: list[str] = []
    for text in (byline, *authors, outlet):
        if text:
            found += [*_full(words(text)), *_alone(text)]
    lines = [line.strip() for line in (body or "").splitlines() if line.strip()]
    if lines:
        found += [*_of_place_line(lines[0]), *_of_closing_line(lines[-1])]
    return list(dict.fromkeys(found))


def _of_place_line(line: str) -> Iterator[str]:
    bracketed = _IN_BRACKETS.match(line)
    if bracketed is not None:
        yield from _alone(bracketed[1] or bracketed[2])
    before, *parts = _PLACE_BREAK.split(line, maxsplit=_PLACES_PARTS)
    if parts:
        # What stands before the text itself; a colon may end it.
        last, colon, _ = parts[-1].partition(":")
        for part in [before, *parts[:-1], *([last] if colon else [])]:
            if len(part.split()) <= _PLACES_WORDS:
                yield from _alone(part)


def _of_closing_line(line: str) -> Iterator[str]:
    if len(line.split()) <= _CLOSING_WORDS:
        yield from _alone(line)
    elif (closing := _CLOSING.search(line)) is not None:
        yield from _alone(closing[1])


def _full(folded: Sequence[str]) -> Iterator[str]:
    """Agencies whose full names stand among folded words."""
    for at, word in enumerate(folded):
        for name, agency in _FULL.get(word, ()):
            after, before = folded[at + len(name) : at + len(name) + 1], folded[max(at - 1, 0) : at]
            if tuple(folded[at : at + len(name)]) == name and not (
                _NO_AGENCY_AFTER.intersection(after) or _NO_AGENCY_BEFORE.intersection(before)
            ):
                yield agency


def _alone(text: str) -> Iterator[str]:
    """Agencies that stand alone in a part of a text, but for what credits them."""
    for part in _BREAK.split(text):
        printed = _SPACE.sub(" ", part).split()
        while printed and fold_key(printed[0]) in _CREDITING:
            del printed[0]
        if agency := _PRINTED.get(" ".join(printed)) or _WHOLE.get(fold_key(" ".join(printed))):
            yield agency


def _read_table() -> tuple[dict[str, list[tuple[tuple[str, ...], str]]], dict[str, str], dict[str, str]]:
    full: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    whole: dict[str, str] = {}
    printed: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        agency, names, short = (part.strip() for part in line.split("|"))
        for name in filter(None, map(words, names.split(", "))):
            full.setdefault(name[0], []).append((tuple(name), agency))
            whole[" ".join(name)] = agency
            # Arabic writes "and" as part of the word.
            joined = ("و" + name[0], *name[1:])
            full.setdefault(joined[0], []).append((joined, agency))
            whole[" ".join(joined)] = agency
        printed.update(dict.fromkeys(filter(None, short.split(", ")), agency))
    return full, whole, printed


_FULL, _WHOLE, _PRINTED = _read_table()
