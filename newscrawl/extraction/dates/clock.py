"""Times of day and their offsets from UTC as pages print them. All texts are folded (`newscrawl.text.fold`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, time, timedelta, timezone, tzinfo

from newscrawl.text.fold import fold

# Folding took the hamza and the vowel signs: مساءً reads مسا.
# Folded Hangul is taken apart into its letters.
_KOREAN_MORNING, _KOREAN_AFTERNOON, _KOREAN_HOUR, _KOREAN_MINUTE = map(fold, ("오전", "오후", "시", "분"))
_BEFORE_NOON = rf"صباحا?|صبح|فجرا?|ص|a\.?\s?m\.?|ق\.?\s?ظ|قبل ?از ?ظهر|上午|午前|{_KOREAN_MORNING}"
_AFTER_NOON = rf"مسا+|عصرا?|م|p\.?\s?m\.?|ب\.?\s?ظ|بعد ?از ?ظهر|下午|午後|{_KOREAN_AFTERNOON}"
_AT_NOON = r"ظهرا?"
_AT_NIGHT = r"ليلا?|شب"
_MARK = rf"{_BEFORE_NOON}|{_AFTER_NOON}|{_AT_NOON}|{_AT_NIGHT}"
_FORMS = (
    # 10:30, 10:30:59, 05:30 م, 오후 3:05
    re.compile(
        rf"(?:(?<!\w)(?P<before>{_MARK})\s?)?(?<![\d:])(?P<hours>\d{{1,2}})\s?[:٫]\s?(?P<minutes>\d{{2}})"
        rf"(?:\s?:\s?(?P<seconds>\d{{2}})(?:[.,]\d+)?)?(?![\d:])(?:\s*(?P<after>{_MARK})(?!\w))?"
    ),
    # 10h30, 10 h
    re.compile(r"(?<![\dh])(?P<hours>\d{1,2})\s?h(?:\s?(?P<minutes>\d{2})(?:\s?min|\s?m)?)?(?!\w)"),
    # 10.30 GMT
    re.compile(
        r"(?<![\d.])(?P<hours>\d{1,2})\.(?P<minutes>\d{2})(?=\s(?:gmt|utc|bst|cest|cet|edt|est|ist|aest|aedt)(?!\w))"
    ),
    # 10.30 Uhr, kl. 10.30, 10 Uhr
    re.compile(r"(?<![\d.])(?P<hours>\d{1,2})(?:\.(?P<minutes>\d{2}))?\s?uhr(?!\w)"),
    re.compile(r"(?<!\w)(?:kl\.?|klo|ore)\s?(?P<hours>\d{1,2})\.(?P<minutes>\d{2})(?![\d.])"),
    # 5 pm
    re.compile(rf"(?<![\d.,:/-])(?P<hours>\d{{1,2}})\s?(?P<after>{_BEFORE_NOON}|{_AFTER_NOON})(?!\w)"),
    # 20時19分, 오후 6시 40분
    re.compile(
        rf"(?P<before>上午|午前|下午|午後|{_KOREAN_MORNING}|{_KOREAN_AFTERNOON})?\s?(?P<hours>\d{{1,2}})\s?"
        rf"(?:時|时|点|{_KOREAN_HOUR})\s?(?P<minutes>\d{{1,2}})\s?(?:分|{_KOREAN_MINUTE})"
    ),
)
_MORNING = re.compile(_BEFORE_NOON)
_NOON = re.compile(_AT_NOON)
_NIGHT = re.compile(_AT_NIGHT)
# Short names of zones that are no other zone's as well; of ist, cst and est there are several.
_ZONES = {
    "wib": "+07", "wita": "+08", "wit": "+09", "msk": "+03", "мск": "+03", "cet": "+01", "cest": "+02", "mez": "+01",
    "mesz": "+02", "eet": "+02", "eest": "+03", "jst": "+09", "kst": "+09", "pkt": "+05", "sast": "+02", "hkt": "+08",
    "aest": "+10", "aedt": "+11",
}  # fmt: skip
_OFFSET = re.compile(
    r"(?<!\w)(?:gmt|utc)(?!\w)\s*(?P<named>[+-]\s?\d{1,2}(?::?\d{2})?)?"
    r"|(?:غرينتش|جرينتش|غرينيتش)\s*(?P<arabic>[+-]\s?\d{1,2}(?::?\d{2})?)?"
    r"|(?<=\d)\s?(?P<bare>[+-]\d{4}|\+\d{2}:\d{2})(?!\d)|(?<=\d)(?P<zulu>z)(?!\w)"
    rf"|(?<=\d )(?P<zone>{'|'.join(_ZONES)})(?!\w)"
)
# How many characters may stand between a date and its time of day, and between that and its offset.
_FARTHEST = 40
_OFFSET_FARTHEST = 25


def clock_near(text: str, start: int, end: int) -> time | None:
    """The time of day that belongs to the date at `start` to `end` of a folded text: one within it or the next
    behind it, else the last one in front of it; with its offset where one is stated. None where none stands
    near."""
    behind = in_front = None
    for begin, finish, moment in clocks(text):
        if finish <= start and start - finish <= _FARTHEST:
            in_front = max(in_front or (begin, finish, moment), (begin, finish, moment), key=lambda found: found[1])
        elif start <= begin <= end + _FARTHEST:
            behind = min(behind or (begin, finish, moment), (begin, finish, moment), key=lambda found: found[0])
    found = behind or in_front
    if found is None:
        return None
    offset = _OFFSET.search(text, found[1], found[1] + _OFFSET_FARTHEST)
    return found[2].replace(tzinfo=_stated(offset)) if offset else found[2]


def clocks(text: str) -> Iterator[tuple[int, int, time]]:
    """Each time of day in a folded text, with its place."""
    for form in _FORMS:
        for match in form.finditer(text):
            moment = _time(match)
            if moment is not None:
                yield match.start(), match.end(), moment


def offset_of(text: str | None) -> tzinfo | None:
    """The offset that `Z`, `UTC`, `+03:00`, `+3` or the like states; None for anything else."""
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    match = re.fullmatch(r"([+-])\s?(\d{1,2}):?(\d{2})?", text)
    if match is None or int(match[2]) > 14 or int(match[3] or 0) > 59:
        return None
    delta = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if not delta:
        return UTC
    return timezone(-delta if match[1] == "-" else delta)


def _stated(match: re.Match[str]) -> tzinfo | None:
    if match["zone"]:
        return offset_of(_ZONES[match["zone"]])
    return offset_of(match["named"] or match["arabic"] or match["bare"] or "UTC")


def _time(match: re.Match[str]) -> time | None:
    groups = match.groupdict()
    hours, minutes, seconds = (int(groups.get(part) or 0) for part in ("hours", "minutes", "seconds"))
    mark = groups.get("after") or groups.get("before")
    if mark and hours <= 12:
        hours = _of_day(hours, mark)
    try:
        return time(hours, minutes, seconds)
    except ValueError:
        return None


def _of_day(hours: int, mark: str) -> int:
    """The hour of the day for an hour of the half day."""
    if _MORNING.fullmatch(mark):
        return hours % 12
    if _NOON.fullmatch(mark):
        return hours if hours > 9 else hours + 12
    if _NIGHT.fullmatch(mark):
        return hours % 12 if hours == 12 or hours < 5 else hours + 12
    return hours % 12 + 12
