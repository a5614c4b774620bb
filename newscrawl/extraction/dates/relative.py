"""Times that count from the moment of reading: "منذ ساعتين", "2 hours ago", "yesterday 17:20".

Nothing longer than days is read: "a week ago" is any of seven days. All texts are folded.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

from dateparser.data.languages_info import language_order
from dateparser.date import DateDataParser

from newscrawl.extraction.dates.clock import clocks
from newscrawl.items import PublicationTime

_SECOND, _MINUTE, _HOUR, _DAY = 1, 60, 3600, 86400
_UNITS = {
    name: seconds
    for names, seconds in (
        ("ثانيه ثواني ثوان", _SECOND), ("ثانيتين", 2 * _SECOND),
        ("دقيقه دقائق دقايق", _MINUTE), ("دقيقتين", 2 * _MINUTE),
        ("ساعه ساعات ساعت", _HOUR), ("ساعتين", 2 * _HOUR),
        ("يوم ايام روز", _DAY), ("يومين", 2 * _DAY),
    )
    for name in names.split()
}  # fmt: skip
_NUMBERS = {
    name: number
    for number, names in enumerate(
        (
            "يك واحد واحده", "دو", "ثلاث ثلاثه سه", "اربع اربعه چهار", "خمس خمسه پنج", "ست سته شش", "سبع سبعه هفت",
            "ثمان ثماني ثمانيه هشت", "تسع تسعه نه", "عشر عشره ده",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_WORDS_OF_AGE = r"(?:(?P<number>\d{1,3}|" + "|".join(_NUMBERS) + r")\s+)?(?P<unit>" + "|".join(_UNITS) + ")"
_ARABIC = re.compile(rf"(?:منذ|قبل|من)\s+(?:حوالي\s+|نحو\s+)?{_WORDS_OF_AGE}(?:\s+واحده?)?(?:\s+تقريبا)?")
_PASSED = re.compile(rf"{_WORDS_OF_AGE}\s+(?:مضت|مضي|پيش|قبل)")
# What stands in front of a time in a line of its own.
_LABEL = re.compile(
    r"^\W*(?:تم )?(?:نشر(?:ت)?|النشر|اخر تحديث|تحديث|published|posted|updated|veroffentlicht|publie|publicado)?\W*"
)
_SEPARATORS = re.compile(r"\s*[|•·–—]\s*|\s+-\s+")
_DAYS_AGO = {
    name: days
    for days, names in enumerate(
        (
            "today heute aujourd'hui hoy oggi hoje vandaag idag bugun bugün сегодня сьогодні היום اليوم امروز",
            "yesterday gestern hier ayer ieri ontem gisteren igar dun dün вчера вчора אתמול امس ديروز البارحه",
        )
    )
    for name in names.split()
}
_DAY_AND_CLOCK = re.compile(
    r"(?P<word>[^\W\d]+(?:'[^\W\d]+)?)[\s,،:]*(?:um|at|a|as|alle|kl\.?|om|ore|в|о|الساعه|ساعت|ב)?[\s,،-]*(?=\d)"
)
# The words by which languages that dateparser reads tell that a time lies back.
_AGO = re.compile(
    r"(?<!\w)(?:ago|vor|il y a|hace|ha|fa|atras|geleden|once|sedan|siden|sitten|temu|назад|тому|לפני|lalu|truoc|pred)"
    r"(?!\w)"
)
_LONGEST = 40


def time_ago(text: str, fetched_at: datetime, language: str | None) -> PublicationTime | None:
    """The time that a short folded text gives as an age, or as a time of today or yesterday, counted from the aware
    `fetched_at`; None where it gives none, or says more than that. Hours and minutes give a minute, days a day."""
    for part in _SEPARATORS.split(text):
        part = _LABEL.sub("", part).strip(" ()[].")
        if not 3 <= len(part) <= _LONGEST:
            continue
        found = _age(part, fetched_at) or _of_these_days(part, fetched_at)
        if found is None and language and any(map(str.isdigit, part)) and _AGO.search(part):
            found = _by_dateparser(part, fetched_at, language)
        if found is not None:
            return found
    return None


def _age(text: str, fetched_at: datetime) -> PublicationTime | None:
    match = _ARABIC.fullmatch(text) or _PASSED.fullmatch(text)
    if match is None:
        return None
    number = match["number"] or "1"
    seconds = _UNITS[match["unit"]]
    count = int(number) if number.isdigit() else _NUMBERS[number]
    return _before(fetched_at, timedelta(seconds=seconds * count), days=seconds >= _DAY)


def _of_these_days(text: str, fetched_at: datetime) -> PublicationTime | None:
    match = _DAY_AND_CLOCK.match(text)
    days = _DAYS_AGO.get(match["word"]) if match else None
    if match is None or days is None:
        return None
    found = next(iter(clocks(text)), None)
    if found is None or found[0] > match.end() or len(text) - found[1] > 8:
        return None
    return datetime.combine(fetched_at.date() - timedelta(days=days), found[2])


def _by_dateparser(text: str, fetched_at: datetime, language: str) -> PublicationTime | None:
    parser = _dateparser(language)
    found = parser.get_date_data(text) if parser else None
    if found is None or found.date_obj is None or found.period not in ("time", "day"):
        return None
    age = _BASE - found.date_obj.replace(tzinfo=None)
    if not timedelta(0) < age < timedelta(days=28):
        return None
    return _before(fetched_at, age, days=age >= timedelta(days=1))


def _before(fetched_at: datetime, age: timedelta, *, days: bool) -> PublicationTime:
    moment = (fetched_at - age).replace(second=0, microsecond=0)
    return moment.date() if days else moment


_BASE = datetime(2001, 3, 3)  # noqa: DTZ001 (only the distance from it is used)


@lru_cache(maxsize=64)
def _dateparser(language: str) -> DateDataParser | None:
    if language not in language_order:
        return None
    return DateDataParser(languages=[language], settings={"PARSERS": ["relative-time"], "RELATIVE_BASE": _BASE})
