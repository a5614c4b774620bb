"""When the page says that its article was published and modified.

Evidence in order: JSON-LD, meta elements, microdata and `time` elements, text near the headline, the URL's path.
Nothing here reads a clock: relative times count from the instant of the fetch, and without it they are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import convertdate.persian
from dateparser.date import DateDataParser
from hijridate import Hijri
from lxml import etree

from newscrawl.extraction import jsonld
from newscrawl.extraction.metadata import Metadata
from newscrawl.extraction.tree import Line, text_of
from newscrawl.items import PublicationTime
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold

_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "date.published", "publishdate",
    "publish-date", "publish_date", "pubdate", "published_at", "publication_date", "publicationdate",
    "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "article_date_original", "originalpublicationdate", "article.published",
    "dcterms.issued",
    "dcterms.created", "dc.date.issued", "dc.date.created", "dc.date", "dcterms.date", "date", "created",
    "release_date", "article:post_date",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified",
    "lastmod", "last-modified", "last_modified", "revised", "article:updated_time", "article.updated",
)  # fmt: skip
_MODIFIED_WORDS = re.compile(
    r"تحديث|تعديل|التحديث|به ?روز ?رساني|update|modifi|mis a jour|mise a jour|aktualisi|geandert|actualiz"
    r"|guncelle|עודכן|עדכון|aggiornat|atualizad|edited"
)

# Months by their folded names, from 1.
_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            # Egypt and the Gulf; the Levant and Iraq; the Maghreb; Persian; Hebrew; Turkish; European languages
            "يناير كانون_الثاني جانفي ژانويه ינואר ocak january jan janvier janv januar janner jan. enero ene"
            " gennaio janeiro januari",
            "فبراير شباط فيفري فوريه פברואר subat february feb fevrier fevr februar feber febrero febbraio"
            " fevereiro februari",
            "مارس اذار مارس מרץ מרס mart march mar mars marz marzo marco maart",
            "ابريل نيسان افريل اوريل אפריל nisan april apr avril avr abril abr aprile",
            "مايو ايار ماي مي מאי mayis mayıs may mai mayo maggio maio mei",
            "يونيو حزيران جوان يونيه ژوين ژوئن יוני haziran june jun juin juni junio giugno junho",
            "يوليو تموز جويليه يوليوز يوليه ژوييه ژوئيه יולי temmuz july jul juillet juil juli julio luglio julho",
            "اغسطس اب اوت غشت اوت אוגוסט agustos august aug aout agosto augustus",
            "سبتمبر ايلول سبتمبر شتنبر سپتامبر ספטמבר eylul september sep sept septembre septiembre settembre setembro",
            "اكتوبر تشرين_الاول اكتوبر اكتبر אוקטובר ekim october oct octobre oktober okt octubre ottobre outubro",
            "نوفمبر تشرين_الثاني نونبر نوامبر נובמבר kasim kasım november nov novembre noviembre novembro",
            "ديسمبر كانون_الاول دجنبر دسامبر דצמבר aralik aralık december dec decembre dezember dez diciembre"
            " dic dicembre dezembro",
        ),
        1,
    )
    for name in names.replace(".", "").split()
}
_JALALI_MONTHS = "فروردين ارديبهشت خرداد تير مرداد شهريور مهر ابان اذر دي بهمن اسفند"
_JALALI = {name: number for number, name in enumerate(_JALALI_MONTHS.split(), 1)} | {"امرداد": 5}
_HIJRI = {
    name: number
    for number, names in enumerate(
        (
            "محرم المحرم", "صفر", "ربيع_الاول ربيع_اول", "ربيع_الاخر ربيع_الثاني", "جمادي_الاولي جمادي_الاول",
            "جمادي_الاخره جمادي_الثانيه جمادي_الثاني جمادي_الاخر",
            "رجب", "شعبان", "رمضان", "شوال", "ذو_القعده ذي_القعده ذوالقعده", "ذو_الحجه ذي_الحجه ذوالحجه",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_TWO_WORDS = {name.replace("_", " "): name for name in (*_MONTHS, *_HIJRI) if "_" in name}
_RELATIVE_UNITS = {
    "دقيقه": 60, "دقايق": 60, "دقيقتين": 120, "ساعه": 3600, "ساعات": 3600, "ساعتين": 7200, "يوم": 86400,
    "ايام": 86400, "يومين": 172800,
    "اسبوع": 604800, "اسابيع": 604800, "اسبوعين": 1209600, "ثانيه": 1, "ثواني": 1,
    "ثوان": 1, "روز": 86400, "ساعت": 3600, "هفته": 604800,
}  # fmt: skip

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:\s*T\s*|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT"
    r"|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?(?!\d)",
    re.IGNORECASE,
)
_DAY_MONTH_YEAR = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th|er|º)?\s*(?:[\s,،/.\-]|de"
    r"|من)*\s*([^\W\d]+)\.?(?:\s*[/\-(]\s*[^\W\d]+\)?)?\s*(?:[\s,،/.\-()]|de|of|سنه|عام)*\s*(\d{4})(?!\d)"
)
_MONTH_DAY_YEAR = re.compile(r"(?<!\w)([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?\s*[,،]?\s+(\d{4})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d/.\-])(\d{1,4})\s?([/.\-])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?![\d])")
_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2})\s?[:٫]\s?(\d{2})(?:\s?:\s?(\d{2}))?(?![\d:])\s*(صباحا?|مساءا?|مسا|ظهرا|ص|م|a\.?m\.?"
    r"|p\.?m\.?|ب\.?\s?ظ|ق\.?\s?ظ|بعد ?از ?ظهر|قبل ?از ?ظهر)?(?!\w)",
    re.IGNORECASE,
)
_HOUR_H = re.compile(r"(?<![\dh])(\d{1,2})\s?(?:h|uhr)\s?(\d{2})?(?!\w)", re.IGNORECASE)
_OFFSET = re.compile(
    r"(?:\b(?:gmt|utc)\b|غرينتش|جرينتش|غرينيتش)\s*([+-]\s?\d{1,2}(?::?\d{2})?)?|(?<=\d)\s?([+-]\d{2}:?\d{2})(?!\d)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"(?:منذ|قبل|پيش)\s+(?:حوالي\s+)?(\d{1,3})?\s*(\w+)(?:\s+واحده?)?|(\d{1,3})\s+(\w+)\s+پيش")
_URL_DATE = re.compile(r"[/\-_](20[0-4]\d|19[89]\d)([/\-])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?=[/\-_.?]|$)")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_BLANKED = str.maketrans(dict.fromkeys("\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\u0640", None))
_LONGEST_LINE = 120
_PROSE = 120
_UTC_AHEAD = timedelta(hours=14)
_EARLIEST = date(1900, 1, 1)
_SENTENCE_ENDS = (".", "!", "؟", "?", "…")
# The form of an e-mail date, which names its offset.
_RFC_2822 = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|GMT|UTC|Z)\b")
# Lines that stand with the headline above it: section, date, author. A page's header holds more.
_LARGEST_GROUP = 5


@dataclass(frozen=True)
class Times:
    """What the page says of its times, parsed and as given."""

    published_at: PublicationTime | None = None
    published_at_raw: str | None = None
    modified_at: PublicationTime | None = None
    modified_at_raw: str | None = None


@dataclass(frozen=True)
class TimeReader:
    """Reads the texts of one page's times."""

    language: str | None = None
    """Language of the page: which order numbers come in, which calendar years of the 1400s are counted in."""
    zone: tzinfo | None = None
    """Time zone of times without offset; None leaves them naive."""
    fetched_at: datetime | None = None
    """Relative times count from here, and no time is later; None: relative times are not read."""

    def read(self, text: str) -> PublicationTime | None:
        """The time that a text states: aware, naive, or a day only; None where it states no whole date, or one that
        lies after the fetch."""
        text = clean(text).translate(_BLANKED)
        if not text or len(text) > 400:
            return None
        found = self._stated(text)
        if isinstance(found, datetime) and found.tzinfo is None and self.zone is not None:
            found = found.replace(tzinfo=self.zone)
        return found if found is not None and self._may_be(found) else None

    def _stated(self, text: str) -> PublicationTime | None:
        ascii_text = fold(text)
        if match := _EPOCH.fullmatch(ascii_text):
            return datetime.fromtimestamp(int(match[0][:10]), UTC)
        if match := _ISO.search(ascii_text.upper()):
            return _iso(match)
        if _RFC_2822.search(text) and (moment := _rfc_2822(text)):
            return moment
        if day := self._day(ascii_text):
            return _with_clock(day, ascii_text)
        if relative := self._relative(ascii_text):
            return relative
        return self._by_dateparser(text)

    def _day(self, text: str) -> date | None:
        for two, one in _TWO_WORDS.items():
            text = text.replace(two, one)
        hijri: date | None = None
        for pattern, day_group, month_group in ((_DAY_MONTH_YEAR, 1, 2), (_MONTH_DAY_YEAR, 2, 1)):
            for match in pattern.finditer(text):
                day, month, year = int(match[day_group]), match[month_group], int(match[3])
                if year > 1600 and month in _MONTHS:
                    if found := _day(year, _MONTHS[month], day):
                        return found
                elif month in _JALALI and 1200 < year < 1500:
                    return _jalali(year, _JALALI[month], day)
                elif month in _HIJRI and 1300 < year < 1500:
                    hijri = hijri or _hijri(year, _HIJRI[month], day)
        for match in _NUMERIC.finditer(text):
            if found := self._numeric(match):
                return found
        return hijri

    def _numeric(self, match: re.Match[str]) -> date | None:
        first, middle, last = int(match[1]), int(match[3]), int(match[4])
        if len(match[1]) == 4:
            year, month, day = first, middle, last
        elif len(match[4]) == 4:
            year, month, day = last, middle, first
            if month > 12 >= day:
                month, day = day, month
            elif self.language in (None, "en") and day <= 12 and day != month and match[2] != ".":
                # 3/4/2024 is two days, by which side of the ocean reads it.
                return None
        else:
            return None
        if 1200 < year < 1500:
            return _jalali(year, month, day) if self.language == "fa" else _hijri(year, month, day)
        return _day(year, month, day)

    def _relative(self, text: str) -> PublicationTime | None:
        match = _RELATIVE.search(text)
        if match is None or self.fetched_at is None:
            return None
        seconds = _RELATIVE_UNITS.get(match[2] or match[4])
        if seconds is None:
            return None
        number = int(match[1] or match[3] or 1)
        return _ago(self.fetched_at, timedelta(seconds=seconds * number), days=seconds >= 86400)

    def _by_dateparser(self, text: str) -> PublicationTime | None:
        """What dateparser reads in the page's language where the rules above know no month or unit: a whole date, or a
        time that counts from the fetch."""
        if self.language is None or len(text) > 60 or not re.search(r"\d", text) or not re.search(r"[^\W\d]", text):
            return None
        absolute = bool(re.search(r"\d{4}", text))
        if not absolute and self.fetched_at is None:
            return None
        parser = _dateparser(self.language, None if absolute else self.fetched_at)
        found = parser.get_date_data(text) if parser else None
        moment = found.date_obj if found else None
        if moment is None:
            return None
        if absolute or self.fetched_at is None:
            has_clock = bool(_CLOCK.search(fold(text)) or _HOUR_H.search(text))
            return moment if has_clock else moment.date()
        age = self.fetched_at.replace(tzinfo=None) - moment.replace(tzinfo=None)
        return _ago(self.fetched_at, age, days=age >= timedelta(days=1)) if age > timedelta(0) else None

    def _may_be(self, found: PublicationTime) -> bool:
        day = found.date() if isinstance(found, datetime) else found
        if day < _EARLIEST:
            return False
        if self.fetched_at is None:
            return True
        if isinstance(found, datetime) and found.tzinfo is not None:
            return found <= self.fetched_at
        latest = self.fetched_at.astimezone(UTC).replace(tzinfo=None) + _UTC_AHEAD
        return found <= latest if isinstance(found, datetime) else found <= latest.date()


def zone_of(name: str | None) -> tzinfo | None:
    """The IANA time zone of this name; None without one, and for a name that no zone bears."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def read_times(metadata: Metadata, reader: TimeReader, lines: Sequence[Line], headline_line: int | None) -> Times:
    """Published and modified time of the page, each with the text that it was read from."""
    near = _near(lines, headline_line)
    published = _first(reader, _published_claims(metadata, near))
    modified = _first(reader, _modified_claims(metadata, near))
    return Times(published[0], published[1], modified[0], modified[1])


def _first(reader: TimeReader, claims: Iterator[str]) -> tuple[PublicationTime | None, str | None]:
    for claim in claims:
        if (found := reader.read(claim)) is not None:
            return found, clean(claim)
    return None, None


def _published_claims(metadata: Metadata, near: Sequence[Line]) -> Iterator[str]:
    for name in ("datePublished", "dateCreated", "uploadDate"):
        yield from jsonld.texts(metadata.node.get(name))
    for node in metadata.nodes:
        if not metadata.node and "WebPage" in jsonld.types_of(node):
            yield from jsonld.texts(node.get("datePublished"))
    for name in _PUBLISHED_META:
        yield from metadata.meta.get(name, ())
    for element in metadata.microdata.get("datepublished", ()):
        yield element.get("content") or element.get("datetime") or text_of(element)
    for line, element in _time_elements(near):
        if not _is_update(line.text):
            yield element.get("datetime") or text_of(element)
            yield text_of(element)
    yield from (line.text for line in near if not _is_update(line.text))
    if match := _URL_DATE.search(metadata.url):
        yield f"{match[1]}-{int(match[3]):02}-{int(match[4]):02}"


def _modified_claims(metadata: Metadata, near: Sequence[Line]) -> Iterator[str]:
    yield from jsonld.texts(metadata.node.get("dateModified"))
    for name in _MODIFIED_META:
        yield from metadata.meta.get(name, ())
    for element in metadata.microdata.get("datemodified", ()):
        yield element.get("content") or element.get("datetime") or text_of(element)
    for line, element in _time_elements(near):
        if _is_update(line.text):
            yield element.get("datetime") or text_of(element)
    for line in near:
        if match := _MODIFIED_WORDS.search(fold(line.text)):
            yield fold(line.text)[match.start() :]


def _is_update(text: str) -> bool:
    """Whether a line speaks of an update before it gives a date; a date before that word is the publication's."""
    key = fold(text.translate(_BLANKED))
    match = _MODIFIED_WORDS.search(key)
    return match is not None and not re.search(r"\d{4}", key[: match.start()])


def _time_elements(near: Sequence[Line]) -> Iterator[tuple[Line, etree._Element]]:
    seen: set[etree._Element] = set()
    for line in near:
        for piece in line.pieces:
            for element in (piece.parent, *list(piece.parent.iterancestors())[:3]):
                if element.tag == "time" and element not in seen:
                    seen.add(element)
                    yield line, element


def _near(lines: Sequence[Line], headline_line: int | None) -> list[Line]:
    """The short lines where a page prints its date: those before the headline in its own small group of lines, then
    those behind it down to the second line of prose."""
    if headline_line is None:
        return []
    headline = lines[headline_line]
    before = lines[:headline_line]
    group = [line for line in before[-4:] if _in_one_group(line, headline, before)]
    prose, behind = 0, []
    for line in lines[headline_line + 1 : headline_line + 50]:
        prose += line.plain_length >= _PROSE
        if prose == 2:
            break
        behind.append(line)
    return [
        line for line in (*group, *behind) if len(line.text) <= _LONGEST_LINE and line.text[-1:] not in _SENTENCE_ENDS
    ]


def _in_one_group(line: Line, headline: Line, before: Sequence[Line]) -> bool:
    """Whether a line of those before the headline belongs to it, and not to the page's header with its clock."""
    above = {line.block, *line.block.iterancestors()}
    group = next((element for element in (headline.block, *headline.block.iterancestors()) if element in above), None)
    if group is None or group.tag in ("body", "html", "main"):
        return False
    nearest = before[-_LARGEST_GROUP - 1 :]
    return sum(group in (other.block, *other.block.iterancestors()) for other in nearest) <= _LARGEST_GROUP


def _iso(match: re.Match[str]) -> PublicationTime | None:
    day = _day(int(match[1]), int(match[2]), int(match[3]))
    if day is None or match[4] is None:
        return day
    try:
        clock = time(int(match[4]), int(match[5]), int(match[6] or 0))
    except ValueError:
        return day
    return datetime.combine(day, clock, _offset(match[7]))


def _with_clock(day: date, text: str) -> PublicationTime:
    match = _CLOCK.search(text)
    if match is None:
        hour = _HOUR_H.search(text)
        if hour is None or int(hour[1]) > 23 or int(hour[2] or 0) > 59:
            return day
        return datetime.combine(day, time(int(hour[1]), int(hour[2] or 0)))
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
    mark = re.sub(r"[\s.]", "", match[4] or "")
    if mark in ("م", "مسا", "مساء", "مساءا", "pm", "بظ", "ظهرا", "بعدازظهر") and hours < 12:
        hours += 12
    if mark in ("ص", "صباح", "صباحا", "am", "قظ", "قبلازظهر") and hours == 12:
        hours = 0
    try:
        clock = time(hours, minutes, seconds)
    except ValueError:
        return day
    offset = _OFFSET.search(text, match.end())
    return datetime.combine(day, clock, _offset(offset[1] or offset[2] or "UTC") if offset else None)


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    match = re.fullmatch(r"([+-])\s?(\d{1,2}):?(\d{2})?", text)
    if match is None or int(match[2]) > 14 or int(match[3] or 0) > 59:
        return None
    delta = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(-delta if match[1] == "-" else delta)


def _rfc_2822(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if re.search(r"\b\d{4}\b", text) else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _jalali(year: int, month: int, day: int) -> date | None:
    if not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        return None
    # The first six months have 31 days.
    begun = _nowruz(year)
    return begun and begun + timedelta(days=30 * (month - 1) + min(month - 1, 6) + day - 1)


@lru_cache(maxsize=128)
def _nowruz(year: int) -> date | None:
    """The first day of a Jalali year, by the equinox, whose computation takes many times as long as reading a page."""
    return _day(*convertdate.persian.to_gregorian(year, 1, 1))


def _hijri(year: int, month: int, day: int) -> date | None:
    try:
        gregorian = Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return None
    return date(gregorian.year, gregorian.month, gregorian.day)


def _ago(fetched_at: datetime, age: timedelta, *, days: bool) -> PublicationTime:
    moment = (fetched_at - age).replace(second=0, microsecond=0)
    return moment.date() if days else moment


@lru_cache(maxsize=64)
def _dateparser(language: str, fetched_at: datetime | None) -> DateDataParser | None:
    """dateparser for one language: for relative times from this instant, or without one for whole dates. The machine's
    clock is never asked."""
    base = (fetched_at or datetime(2000, 1, 1, tzinfo=UTC)).replace(tzinfo=None)
    settings: dict[str, Any] = {"RELATIVE_BASE": base, "RETURN_AS_TIMEZONE_AWARE": False}
    if fetched_at is None:
        settings |= {"PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"]}
    else:
        settings["PARSERS"] = ["relative-time"]
    try:
        return DateDataParser(languages=[language], settings=settings)
    except ValueError:
        return None
