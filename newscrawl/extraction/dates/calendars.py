"""Months by the names that pages give them, and the days of the calendars that pages count in.

Gregorian everywhere, Jalali (solar) in Iran and Afghanistan, Hijri (Umm al-Qura) in the Arab world, Buddhist years in
Thailand. Every function answers a Gregorian day, or None where no calendar has such a day.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import convertdate.persian
from hijridate import Hijri

from newscrawl.text.fold import fold


def _by_name(*months: str) -> dict[str, int]:
    return {fold(name): number for number, names in enumerate(months, 1) for name in names.split()}


# Hebrew writes "in" as a letter before the name, Kurdish "of" as one behind it.
_HEBREW = (
    "ינואר", "פברואר", "מרץ", "אפריל", "מאי", "יוני", "יולי", "אוגוסט", "ספטמבר", "אוקטובר", "נובמבר", "דצמבר",
)  # fmt: skip
_KURDISH = (
    "کانوونی_دووەم", "شوبات", "ئازار", "نیسان", "ئایار", "حوزەیران", "تەممووز",
    "ئاب", "ئەیلوول", "تشرینی_یەکەم", "تشرینی_دووەم", "کانوونی_یەکەم",
)  # fmt: skip
# Egypt and the Gulf, the Levant and Iraq, the Maghreb; Persian, Turkish; European languages.
_GREGORIAN = _by_name(*(f"{hebrew} ב{hebrew}" for hebrew in _HEBREW))
_GREGORIAN |= _by_name(*(f"{kurdish} {kurdish}ی" for kurdish in _KURDISH))
_GREGORIAN |= _by_name(
    "يناير كانون_الثاني كانون_ثاني جانفي جانفيي ژانویه ocak oca january jan janvier janv januar"
    " janner jän januari enero ene gennaio gen janeiro",
    "فبراير شباط فيفري فوریه subat şubat şub february feb fevrier fevr february februar feber"
    " februari febrero febbraio fevereiro fev",
    "مارس اذار مرس mart mar march mars marz märz marzo março marco maart mrt",
    "ابريل نيسان افريل آوریل nisan nis april apr avril avr abril abr aprile",
    "مايو ايار ماي مي مه mayis mayıs may mai mayo maggio mag maio mei maj",
    "يونيو يونية يونيه حزيران جوان ژوئن haziran haz june jun juin juni junio giugno giu junho",
    "يوليو يولية يوليه تموز جويلية جويليه يوليوز ژوئیه temmuz tem july jul juillet juil juli julio luglio lug julho",
    "اغسطس اب اوت غشت agustos ağustos agu ağu august aug aout août agosto ago augustus augusti",
    "سبتمبر ايلول شتنبر سپتامبر eylul eylül eyl september sep sept septembre septiembre settembre set setembro",
    "اكتوبر اكتبر تشرين_الاول تشرين_اول اکتبر ekim eki october oct octobre oktober okt octubre ottobre ott outubro out",
    "نوفمبر تشرين_الثاني تشرين_ثاني نونبر نوامبر kasim kasım kas november nov novembre noviembre novembro",
    "ديسمبر كانون_الاول كانون_اول دجنبر دسامبر aralik aralık ara december dec decembre décembre"
    " dezember dez diciembre dic dicembre dezembro",
)
_ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
# Iran; Afghanistan in Dari and in Pashto.
_JALALI = _by_name(
    "فروردین حمل وری",
    "اردیبهشت ثور غویی",
    "خرداد جوزا غبرګولی",
    "تیر سرطان چنګاښ",
    "مرداد امرداد اسد زمری",
    "شهریور سنبله وږی",
    "مهر میزان تله",
    "آبان عقرب لړم",
    "آذر قوس لیندۍ",
    "دی جدی مرغومی",
    "بهمن دلو سلواغه",
    "اسفند حوت کب",
)
_HIJRI = _by_name(
    "محرم المحرم",
    "صفر",
    "ربيع_الاول ربيع_اول",
    "ربيع_الاخر ربيع_الثاني ربيع_ثاني",
    "جمادي_الاولي جمادي_الاول جمادي_اولي جمادي_اول",
    "جمادي_الاخره جمادي_الثانيه جمادي_الثاني جمادي_الاخر جمادي_ثانيه",
    "رجب",
    "شعبان",
    "رمضان",
    "شوال",
    "ذو_القعده ذي_القعده ذوالقعده ذيالقعده",
    "ذو_الحجه ذي_الحجه ذوالحجه ذيالحجه",
)
_IN_TWO_WORDS = {name.replace("_", " "): name for name in (*_GREGORIAN, *_HIJRI) if "_" in name}
_BUDDHIST_AHEAD = 543
_FIRST_HIJRI, _FIRST_JALALI, _FIRST_GREGORIAN = 1300, 1200, 1600


def with_months_in_one_word(text: str) -> str:
    """A folded text whose months of two words ("تشرين الاول") are joined by `_`, so that each is one word."""
    for two, one in _IN_TWO_WORDS.items():
        if two in text:
            text = text.replace(two, one)
    return text


def in_english(name: str) -> str | None:
    """The English name of the Gregorian month that a folded word names; None for any other word."""
    return _ENGLISH[_GREGORIAN[name] - 1] if name in _GREGORIAN else None


def is_month(name: str) -> bool:
    """Whether a folded word names a month of any of the calendars."""
    return name in _GREGORIAN or name in _JALALI or name in _HIJRI


def is_lunar(name: str, year: int) -> bool:
    """Whether month and year are the Hijri calendar's."""
    return name in _HIJRI and _FIRST_HIJRI < year < 1500


def named_day(year: int, month: str, day: int) -> date | None:
    """The day of a month that is given by its folded name; the year tells the calendar."""
    if year > _FIRST_GREGORIAN:
        return gregorian(year, _GREGORIAN[month], day) if month in _GREGORIAN else None
    if month in _JALALI and _FIRST_JALALI < year < 1500:
        return _jalali(year, _JALALI[month], day)
    if is_lunar(month, year):
        return _hijri(year, _HIJRI[month], day)
    return None


# From Monday on, in full and as they are cut short; letters as they fold.
_WEEKDAYS = _by_name(
    "monday mon montag mo lundi lun lunes lunedi segunda seg maandag ma pazartesi pzt الاثنين اثنين الإثنين دوشنبه"
    " понедельник пн poniedziałek pon",
    "tuesday tue tues dienstag di mardi mar martes martedi terca ter dinsdag sali sal الثلاثاء ثلاثاء вторник вт"
    " wtorek wt",
    "wednesday wed mittwoch mi mercredi mer miercoles mie mercoledi quarta qua woensdag wo carsamba car الأربعاء أربعاء"
    " چهارشنبه среда ср sroda sr",
    "thursday thu thur thurs donnerstag do jeudi jeu jueves jue giovedi gio quinta qui donderdag persembe per"
    " الخميس خميس پنجشنبه четверг чт czwartek czw",
    "friday fri freitag fr vendredi ven viernes vie venerdi sexta sex vrijdag vr cuma cum الجمعة جمعة جمعه пятница пт"
    " piatek pt",
    "saturday sat samstag sonnabend sa samedi sam sabado sab sabato zaterdag za cumartesi cmt السبت سبت شنبه суббота сб"
    " sobota sob",
    "sunday sun sonntag so dimanche dim domingo dom domenica zondag zo pazar paz الأحد أحد یکشنبه воскресенье вс"
    " niedziela nd",
)


def weekday_of(word: str) -> int | None:
    """The day of the week that a folded word names, Monday being 1; None for any other word."""
    return _WEEKDAYS.get(word)


def numbered_day(year: int, month: int, day: int, language: str | None) -> date | None:
    """The day of a month that is given by its number; years before 1500 are Jalali in the languages of Iran and
    Afghanistan, else Hijri."""
    if year > _FIRST_GREGORIAN:
        return gregorian(year, month, day)
    if not _FIRST_JALALI < year < 1500:
        return None
    return _jalali(year, month, day) if language in ("fa", "ps", "prs") else _hijri(year, month, day)


def gregorian(year: int, month: int, day: int) -> date | None:
    """The day; a year beyond 2400 is a Buddhist one."""
    try:
        return date(year - _BUDDHIST_AHEAD if year > 2400 else year, month, day)
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
    return gregorian(*convertdate.persian.to_gregorian(year, 1, 1))


def _hijri(year: int, month: int, day: int) -> date | None:
    try:
        found = Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return None
    return date(found.year, found.month, found.day)
