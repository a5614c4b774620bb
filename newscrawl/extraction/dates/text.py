"""One text that states a time, read: machine forms, dates in words and numbers of many languages, ages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateparser.data.languages_info import language_order
from dateparser.date import DateDataParser

from newscrawl.extraction.dates.calendars import (
    gregorian,
    is_lunar,
    is_month,
    named_day,
    numbered_day,
    weekday_of,
    with_months_in_one_word,
)
from newscrawl.extraction.dates.clock import clock_near, offset_of
from newscrawl.extraction.dates.form import in_form
from newscrawl.extraction.dates.relative import time_ago
from newscrawl.items import PublicationTime
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold

_ISO = re.compile(
    r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:(?:\s*t\s*|\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<offset>z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?(?!\d)"
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})?(z)?)?")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_PAIRED = r"(?:\s*[)/\-(|]\s*[^\W\d]+\s*\)?)?"
_GAP = r"[\s,،/.\-()]*"
_DAY_MONTH_YEAR = re.compile(
    rf"(?<![\d:.])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|ي)?{_GAP}(?:(?:de|of|من|شهر)\s+)?(?P<month>[^\W\d]+)\.?{_PAIRED}"
    rf"{_GAP}(?:(?:de|del|of|سنه|عام|لعام|لسنه)\s+)?(?P<year>\d{{4}})(?!\d)"
)
_MONTH_DAY_YEAR = re.compile(
    r"(?<!\w)(?P<month>[^\W\d]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?\s*[,،]?\s+"
    r"(?:\d{1,2}:\d{2}(?::\d{2})?\s+(?:[a-z]{3,4}\s+|[+-]\d{4}\s+)?)?(?P<year>\d{4})(?!\d)"
)
_YEAR_MONTH_DAY = re.compile(r"(?<!\w)(?P<year>\d{4})[\s,/.\-]+(?P<month>[^\W\d]+)\.?[\s/.\-]+(?P<day>\d{1,2})(?!\d)")
_NAMED = (_DAY_MONTH_YEAR, _MONTH_DAY_YEAR, _YEAR_MONTH_DAY)
_NUMERIC = re.compile(
    r"(?<![\d/.\-|:])(?P<first>\d{1,4})\s?(?P<mark>[/.\-|])\s?(?P<middle>\d{1,2})\s?(?P=mark)\s?(?P<last>\d{4}|\d{1,2})"
    r"(?!\d|[/.\-|]\d|:\d)"
)
_EAST_ASIAN = re.compile(
    rf"(?<!\d)(?P<year>\d{{4}})\s?(?:年|{fold('년')})\s?(?P<month>\d{{1,2}})\s?(?:月|{fold('월')})\s?(?P<day>\d{{1,2}})"
    rf"\s?(?:日|{fold('일')})"
)
# A date whose month is a word that is none of ours, for dateparser; not folded, which takes vowels from Indian words.
_WORD, _SHORT = r"[^\s\d.,،:/()|\-]{2,}", r"(?:[^\s\d.,،:/()|\-]{1,3}\s+)?"
_FOREIGN = re.compile(
    rf"(?<![\d:.])\d{{1,2}}(?:\.|-?[^\W\d]{{1,2}})?\s+{_SHORT}{_WORD}\.?,?\s+{_SHORT}\d{{4}}(?!\d)"
    rf"|(?<!\d)\d{{4}}[.,]?\s+(?:[^\W\d]\.?\s+)?{_WORD}\s+\d{{1,2}}(?!\d)"
    rf"|(?<!\w){_WORD}\.?\s+\d{{1,2}},?\s+\d{{4}}(?!\d)"
)
_BLANKED = str.maketrans(dict.fromkeys("\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\u0640", None))
_DIGIT = re.compile(r"\d")
# The day of the week before a date in numbers.
_WORD_BEFORE = re.compile(r"(?<!\w)([^\W\d_]+)[.,،]*\s+$")
_LONGEST_WEEKDAY = 16
_LONGEST = 400
_UTC_AHEAD = timedelta(hours=14)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2100, 1, 1)
# What programs write for "no time": the first second of their count.
_UNSET = datetime(1970, 1, 1, tzinfo=UTC)
# Where numbers begin with the year, and where with the month or the day, one cannot tell which.
_YEAR_FIRST = ("zh", "ja", "ko", "hu", "mn", "lt", "sv")
_EITHER_FIRST = (None, "en")
# Languages whose months are all in `calendars`.
_KNOWN_MONTHS = frozenset(("ar", "en", "de", "fr", "es", "it", "pt", "nl", "tr", "fa", "he"))


class Stated(NamedTuple):
    """A time, and where in the folded text its date stands."""

    time: PublicationTime
    start: int
    end: int


@dataclass(frozen=True)
class TimeReader:
    """Reads the texts of one page's times."""

    language: str | None = None
    """Language of the page: which order numbers come in, which calendar years of the 1400s are counted in."""
    zone: tzinfo | None = None
    """Time zone of times without offset; None leaves them naive."""
    fetched_at: datetime | None = None
    """Relative times count from here, and no time is later; None: relative times are not read."""
    utc_is_local: bool = False
    """Whether the page writes local times as if they were UTC: `Z` and `+00:00` then say nothing."""

    def read(self, text: str) -> PublicationTime | None:
        """The time that a text states: aware, naive, or a day only; None where it states no whole date, or one that
        lies after the fetch."""
        if not text or len(text) > _LONGEST:
            return None
        folded = folded_date(text)
        if _EPOCH.fullmatch(folded):
            return self._settled(datetime.fromtimestamp(int(folded[:10]), UTC))
        if match := _COMPACT.fullmatch(folded):
            return self._settled(self._compact(match))
        stated = self.find(text)
        if stated is not None:
            return stated.time
        return self._settled(time_ago(folded, self.fetched_at, self.language)) if self.fetched_at else None

    def read_as(self, text: str, form: str) -> PublicationTime | None:
        """The time that a text states in a form of `strptime`, names of months in any language; None as for `read`."""
        time = in_form(clean(text).translate(_BLANKED), form, self.language) if len(text) <= _LONGEST else None
        return self._settled(self._offset_settled(time) if isinstance(time, datetime) else time)

    def find(self, text: str) -> Stated | None:
        """The first whole date in a text, with its time of day where one stands near, and its place in
        `folded_date(text)`; None as for `read`. Ages are no dates."""
        if len(text) > _LONGEST or not _DIGIT.search(text):
            return None
        return _found(self, text)

    def _find(self, text: str) -> Stated | None:
        folded = folded_date(text)
        for match in _ISO.finditer(folded):
            if (moment := self._iso(match, folded)) is not None:
                time = self._settled(moment)
                return None if time is None else Stated(time, match.start(), match.end())
        found = self._day(folded) or self._foreign(text, folded)
        if found is None:
            return None
        day, start, end = found
        clock = clock_near(folded, start, end)
        time = self._settled(self._offset_settled(datetime.combine(day, clock)) if clock else day)
        return None if time is None else Stated(time, start, end)

    def _day(self, text: str) -> tuple[date, int, int] | None:
        lunar = None
        for form in _NAMED:
            for match in form.finditer(text):
                day = self._named(match)
                if day and is_lunar(match["month"], int(match["year"])):
                    # Beside a Hijri day stands its Gregorian one, if any.
                    lunar = lunar or (day, match.start(), match.end())
                elif day:
                    return day, match.start(), match.end()
        for form in (_EAST_ASIAN, _NUMERIC):
            for match in form.finditer(text):
                if day := self._numbered(match):
                    return day, match.start(), match.end()
        return lunar

    @staticmethod
    def _named(match: re.Match[str]) -> date | None:
        return named_day(int(match["year"]), match["month"], int(match["day"])) if is_month(match["month"]) else None

    def _numbered(self, match: re.Match[str]) -> date | None:
        if match.re is _EAST_ASIAN:
            return gregorian(int(match["year"]), int(match["month"]), int(match["day"]))
        first, middle, last = int(match["first"]), int(match["middle"]), int(match["last"])
        if len(match["first"]) == 4 and len(match["last"]) < 4:
            return numbered_day(first, middle, last, self.language)
        if len(match["first"]) > 2 or len(match["last"]) == 1:
            return None
        if len(match["last"]) == 2:
            if self.language in (*_YEAR_FIRST, *_EITHER_FIRST):
                return None
            last += 2000
        day, month = first, middle
        if month > 12 >= day or _swapped_by_weekday(match, last):
            day, month = month, day
        elif _weekday_before(match) == _weekday(last, month, day):
            return numbered_day(last, month, day, self.language)
        elif self.language in _EITHER_FIRST and day <= 12 and day != month and match["mark"] != ".":
            # 3/4/2024 is two days, by which side of the ocean reads it.
            return None
        return numbered_day(last, month, day, self.language)

    def _foreign(self, text: str, folded: str) -> tuple[date, int, int] | None:
        """The day whose month only dateparser knows, by the page's language."""
        if self.language is None or self.language in _KNOWN_MONTHS:
            return None
        for match in _FOREIGN.finditer(clean(text)):
            parser = _dateparser(self.language)
            found = parser.get_date_data(match[0]) if parser else None
            if found and found.date_obj is not None:
                moment = found.date_obj
                day = gregorian(moment.year, moment.month, moment.day)
                start = max(folded.find(folded_date(match[0])), 0)
                return (day, start, start + len(folded_date(match[0]))) if day else None
        return None

    def _iso(self, match: re.Match[str], text: str) -> PublicationTime | None:
        day = numbered_day(int(match["year"]), int(match["month"]), int(match["day"]), self.language)
        if day is None:
            return None
        if match["hour"] is None:
            clock = clock_near(text, match.start(), match.end())
            return self._offset_settled(datetime.combine(day, clock)) if clock else day
        return self._moment(day, match["hour"], match["minute"], match["second"], match["offset"])

    def _compact(self, match: re.Match[str]) -> PublicationTime | None:
        day = gregorian(int(match[1]), int(match[2]), int(match[3]))
        return self._moment(day, match[4], match[5], match[6], match[7]) if day and match[4] else day

    def _moment(
        self, day: date, hour: str, minute: str, second: str | None, offset: str | None
    ) -> PublicationTime | None:
        try:
            moment = datetime(day.year, day.month, day.day, int(hour), int(minute), int(second or 0))  # noqa: DTZ001
        except ValueError:
            return day
        return self._offset_settled(moment.replace(tzinfo=offset_of(offset)))

    def _offset_settled(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=None) if self.utc_is_local and moment.tzinfo is UTC else moment

    def _settled(self, found: PublicationTime | None) -> PublicationTime | None:
        """The time in its zone; None where it cannot be when a page was published."""
        if isinstance(found, datetime) and found.tzinfo is None and self.zone is not None:
            found = found.replace(tzinfo=self.zone)
        return found if found is not None and self._may_be(found) else None

    def _may_be(self, found: PublicationTime) -> bool:
        day = found.date() if isinstance(found, datetime) else found
        if (
            not _EARLIEST <= day < _LATEST
            or day == _UNSET.date()
            or (isinstance(found, datetime) and found.tzinfo and found == _UNSET)
        ):
            return False
        if self.fetched_at is None:
            return True
        if isinstance(found, datetime) and found.tzinfo is not None:
            return found <= self.fetched_at
        latest = self.fetched_at.astimezone(UTC).replace(tzinfo=None) + _UTC_AHEAD
        return found <= latest if isinstance(found, datetime) else found <= latest.date()


def _swapped_by_weekday(match: re.Match[str], year: int) -> bool:
    """Whether the day of the week before two numbers is right only where the first is the month."""
    named, first, second = _weekday_before(match), int(match["first"]), int(match["middle"])
    return named is not None and named == _weekday(year, first, second) != _weekday(year, second, first)


def _weekday_before(match: re.Match[str]) -> int | None:
    word = _WORD_BEFORE.search(match.string, max(match.start() - _LONGEST_WEEKDAY, 0), match.start())
    return weekday_of(word[1]) if word else None


def _weekday(year: int, month: int, day: int) -> int:
    """The day of the week, Monday being 1; 0 where there is no such day."""
    found = gregorian(year, month, day)
    return found.isoweekday() if found else 0


@lru_cache(maxsize=256)
def _found(reader: TimeReader, text: str) -> Stated | None:
    """What a reader finds in a text, which it is asked several times for each line of a page."""
    return reader._find(text)


@lru_cache(maxsize=512)
def folded_date(text: str) -> str:
    """The folded text in which a date is looked for: no direction marks, months of one word."""
    return with_months_in_one_word(fold(clean(text).translate(_BLANKED)))


def zone_of(name: str | None) -> tzinfo | None:
    """The IANA time zone of this name; None without one, and for a name that no zone bears."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=64)
def _dateparser(language: str) -> DateDataParser | None:
    """dateparser for whole dates in one language, None where it knows none; it never asks the machine's clock."""
    if language not in language_order:
        return None
    settings = {
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": ["day", "month", "year"],
        "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    return DateDataParser(languages=[language], settings=settings)
