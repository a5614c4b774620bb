# ruff: noqa: DTZ001 (a time without offset is what these pages state)
"""Times as pages write and print them, in many languages and calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from newscrawl.extraction.dates import TimeReader, zone_of
from newscrawl.items import PublicationTime
from tests.extraction.newspaper import FETCHED

CAIRO = timezone(timedelta(hours=3))
MAY_19 = date(2024, 5, 19)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time of 19 May 2024 without offset."""
    return datetime(2024, 5, 19, hour, minute, second)


MACHINE_FORMS = [
    ("2024-05-19T10:30:00+03:00", "ar", datetime(2024, 5, 19, 10, 30, tzinfo=CAIRO)),
    ("2024-05-19T10:30:00.123Z", "ar", at(10, 30).replace(tzinfo=UTC)),
    ("2024-05-19T10:30Z", "ar", at(10, 30).replace(tzinfo=UTC)),
    ("2024-05-19 10:30:05 +0300", "ar", datetime(2024, 5, 19, 10, 30, 5, tzinfo=CAIRO)),
    ("2024-05-19 10:30", "ar", at(10, 30)),
    ("2024-5-9T08:05:00", "de", datetime(2024, 5, 9, 8, 5)),
    ("2024-05-19", "ar", MAY_19),
    ("2024-05-19|10h30", "fr", at(10, 30)),
    ("20240519", "en", MAY_19),
    ("20240519T103000Z", "en", at(10, 30).replace(tzinfo=UTC)),
    ("1716114600", "en", at(10, 30).replace(tzinfo=UTC)),
    ("1716114600000", "en", at(10, 30).replace(tzinfo=UTC)),
    ("Sun, 19 May 2024 10:30:00 +0300", "en", datetime(2024, 5, 19, 10, 30, tzinfo=CAIRO)),
    ("Sun May 19 2024 10:30:00 GMT+0300 (East Africa Time)", "en", datetime(2024, 5, 19, 10, 30, tzinfo=CAIRO)),
    ("Sun May 19 10:30:00 UTC 2024", "en", at(10, 30).replace(tzinfo=UTC)),
    # What programs write for no time, and what no calendar has.
    ("1970-01-01T00:00:00Z", "en", None),
    ("1970-01-01T01:00:00+01:00", "en", None),
    ("1969-12-31T19:00:00-05:00", "en", None),
    ("0001-01-01T00:00:00", "en", None),
    ("0000-00-00T00:00:00", "ar", None),
    ("2024-13-45", "en", None),
]
ARABIC = [
    ("الأحد، 19 مايو 2024 - 05:30 م", "ar", at(17, 30)),
    ("الأحد 19 مايو 2024 09:05 صـ", "ar", at(9, 5)),
    ("19-05-2024 | 12:05 مـ", "ar", at(12, 5)),
    ("١٩ مايو ٢٠٢٤ ٠٥:٣٠ مساءً", "ar", at(17, 30)),
    ("19 مايو 2024 الساعة 05:30 مساءا", "ar", at(17, 30)),
    ("الأحد 19 مايو 2024 10:05 صبـاحا", "ar", at(10, 5)),
    ("19 مايو 2024 - 11:30 ظهرا", "ar", at(11, 30)),
    ("19 مايو 2024 - 1:30 ظهراً", "ar", at(13, 30)),
    ("19 مايو 2024 - 1:30 فجراً", "ar", at(1, 30)),
    ("19 مايو 2024 - 10:30 ليلا", "ar", at(22, 30)),
    ("12 فيفري 2024 12:10 ص", "ar", datetime(2024, 2, 12, 0, 10)),
    ("2023/12/25 - 1:59 صباحًا", "ar", datetime(2023, 12, 25, 1, 59)),
    ("19/05/2024 10:30", "ar", at(10, 30)),
    ("19 مايو 2024م، العدد 12", "ar", MAY_19),
    ("الأحد 2024/5/19 5:30 مساءً بتوقيت غرينتش", "ar", at(17, 30).replace(tzinfo=UTC)),
    (
        "04 آب/اغسطس 2013، آخر تحديث 02:21 (GMT+0400)",
        "ar",
        datetime(2013, 8, 4, 2, 21, tzinfo=timezone(timedelta(hours=4))),
    ),
    # Months of the Levant, the Maghreb and of both in a pair
    ("19 أيار / مايو 2024", "ar", MAY_19),
    ("19 (أيار) مايو 2024", "ar", MAY_19),
    ("الأحد، أيار 19، 2024", "ar", MAY_19),
    ("5 كانون الثاني 2024", "ar", date(2024, 1, 5)),
    ("يناير/كانون الثاني 15, 2024", "ar", date(2024, 1, 15)),
    ("١٥ تشرين الأول (أكتوبر) ٢٠٢٣ - ٠٢:٠٥ م", "ar", datetime(2023, 10, 15, 14, 5)),
    ("15 تشرين ثاني 2023", "ar", date(2023, 11, 15)),
    ("3 غشت 2023", "ar", date(2023, 8, 3)),
    ("3 أوت 2023", "ar", date(2023, 8, 3)),
    ("السبت 6 جويلية 2023 18:45", "ar", datetime(2023, 7, 6, 18, 45)),
    ("6 يوليوز 2023", "ar", date(2023, 7, 6)),
    ("12 شتنبر 2023", "ar", date(2023, 9, 12)),
    ("15 نونبر 2023", "ar", date(2023, 11, 15)),
    ("2 دجنبر 2023", "ar", date(2023, 12, 2)),
    ("2 جوان 2023", "ar", date(2023, 6, 2)),
    # Hijri days, and the Gregorian ones beside them
    ("11 ذو القعدة 1445", "ar", MAY_19),
    ("١ رمضان ١٤٤٥ هـ", "ar", date(2024, 3, 11)),
    ("23 جمادى الثانية 1445هـ", "ar", date(2024, 1, 5)),
    ("١٤٤٥/٠٩/٠١ هـ", "ar", date(2024, 3, 11)),
    ("1445-09-01", "ar", date(2024, 3, 11)),
    ("الأحد ١١ ذو القعدة ١٤٤٥ هـ الموافق ١٩ مايو ٢٠٢٤", "ar", MAY_19),
]
NEIGHBOURS = [
    ("۲۹ بهمن ۱۳۹۸ - ۰۶:۵۵", "fa", datetime(2020, 2, 18, 6, 55)),
    ("31 شهریور 1402", "fa", date(2023, 9, 22)),
    ("1 مهر 1402", "fa", date(2023, 9, 23)),
    ("30 اسفند 1399", "fa", date(2021, 3, 20)),
    ("۱۴۰۳/۰۲/۳۰ - ۱۲:۳۰", "fa", at(12, 30)),
    ("1403-02-30 12:30:00", "fa", at(12, 30)),
    ("یکشنبه ۳۰ اردیبهشت ۱۴۰۳ ساعت ۵:۳۰ ب.ظ", "fa", at(17, 30)),
    ("19 مه 2024", "fa", MAY_19),
    ("30 ثور 1403", "fa", MAY_19),
    ("د ۱۴۰۳ غویی ۳۰", "ps", MAY_19),
    ("19ی ئایاری 2024", "ckb", MAY_19),
    ("19 مئی 2024", "ur", MAY_19),
    ("20 Nisan 2024", "tr", date(2024, 4, 20)),
    ("19 Mayıs 2024 Pazar, 14:05", "tr", at(14, 5)),
    ("יום ראשון 19.05.2024 ... 13:52", "he", at(13, 52)),
    ("19 במאי 2024, 14:30", "he", at(14, 30)),
]
ELSEWHERE = [
    ("May 19, 2024", "en", MAY_19),
    ("May 19, 2024 at 12:05 a.m.", "en", at(0, 5)),
    ("Published 5:30 p.m. ET May 19, 2024", "en", at(17, 30)),
    ("May 19, 2024 | 5pm", "en", at(17)),
    ("May 19 10:34 2024", "en", at(10, 34)),
    ("2024 May 19", "en", MAY_19),
    ("19. Mai 2024, 10:30 Uhr", "de", at(10, 30)),
    ("19.05.24, 10.30 Uhr", "de", at(10, 30)),
    ("Sonntag, 19. Mai 2024 um 10 Uhr", "de", at(10)),
    ("19 | 05 | 2024", "de", MAY_19),
    ("19 mai 2024 à 10h30", "fr", at(10, 30)),
    ("1er mai 2024 à 9h05", "fr", datetime(2024, 5, 1, 9, 5)),
    ("19 de mayo de 2024", "es", MAY_19),
    ("19 de mayo del 2024 - 5:30 p. m.", "es", at(17, 30)),
    ("19/05/2024 17h30min", "pt", at(17, 30)),
    ("19 mag 2024 ore 17.30", "it", at(17, 30)),
    ("19 maj 2024 kl. 17.30", "sv", at(17, 30)),
    ("19 мая 2024, 17:30", "ru", at(17, 30)),
    ("19 maja 2024 godz. 17:30", "pl", at(17, 30)),
    ("19 मई 2024", "hi", MAY_19),
    ("১৭:৩০, ১৯ মে ২০২৪", "bn", at(17, 30)),
    ("19 พฤษภาคม 2567", "th", MAY_19),
    ("2024年5月19日 17時30分", "ja", at(17, 30)),
    ("2024.05.19. 오후 5:30", "ko", at(17, 30)),
    ("입력 2024년 5월 19일 오전 9:05", "ko", at(9, 5)),
]
AGES = [
    ("منذ ساعتين", "ar", datetime(2024, 5, 20, 10, 0, tzinfo=UTC)),
    ("منذ ثلاث ساعات", "ar", datetime(2024, 5, 20, 9, 0, tzinfo=UTC)),
    ("نشر منذ ١٠ دقائق", "ar", datetime(2024, 5, 20, 11, 50, tzinfo=UTC)),
    ("٣ ساعات مضت", "ar", datetime(2024, 5, 20, 9, 0, tzinfo=UTC)),
    ("منذ 3 أيام", "ar", date(2024, 5, 17)),
    ("أمس 17:20", "ar", at(17, 20)),
    ("اليوم، الساعة 10:30 ص", "ar", datetime(2024, 5, 20, 10, 30)),
    ("۲ ساعت پیش", "fa", datetime(2024, 5, 20, 10, 0, tzinfo=UTC)),
    ("دیروز ۱۰:۳۰", "fa", at(10, 30)),
    ("לפני 3 שעות", "he", datetime(2024, 5, 20, 9, 0, tzinfo=UTC)),
    ("2 saat önce", "tr", datetime(2024, 5, 20, 10, 0, tzinfo=UTC)),
    ("3 hours ago", "en", datetime(2024, 5, 20, 9, 0, tzinfo=UTC)),
    ("vor 2 Stunden", "de", datetime(2024, 5, 20, 10, 0, tzinfo=UTC)),
    ("hier à 10h30", "fr", at(10, 30)),
    # No day: a week or a month ago is any of many, and the day before an election is another.
    ("منذ أسبوع", "ar", None),
    ("منذ 3 أشهر", "ar", None),
    ("2 weeks ago", "en", None),
    ("قبل يومين من الانتخابات", "ar", None),
]
NO_DAY = [
    ("03/04/2024", "en", None),
    ("31/02/2024", "ar", None),
    ("31 February 2024", "en", None),
    ("عام 2023", "ar", None),
    ("مايو 2024", "ar", None),
    ("in 2023", "en", None),
    ("192.168.10.24", "en", None),
    ("01.23.45.67", "fr", None),
    ("@jing1989 May 19", "en", None),
    ("2024-05-20T12:00:01Z", "ar", None),
    ("2031-01-01", "ar", None),
    ("", "ar", None),
]


@pytest.mark.parametrize(
    ("text", "language", "time"), [*MACHINE_FORMS, *ARABIC, *NEIGHBOURS, *ELSEWHERE, *AGES, *NO_DAY]
)
def test_texts(text: str, language: str, time: PublicationTime | None) -> None:
    found = TimeReader(language=language, fetched_at=FETCHED).read(text)
    assert found == time
    assert type(found) is type(time)
    if isinstance(found, datetime) and isinstance(time, datetime):
        assert found.utcoffset() == time.utcoffset()


@pytest.mark.parametrize(
    ("text", "language", "hours"),
    [
        ("Rabu, 15 Mei 2024 17:30 WIB", "id", 7),
        ("15 мая 2024, 17:30 мск", "ru", 3),
        ("15.05.2024, 17:30 MESZ", "de", 2),
        ("15 May 2024 17:30 PKT", "en", 5),
        # Of India, of Israel or of Ireland.
        ("15 May 2024 17:30 IST", "en", None),
    ],
)
def test_a_zone_by_its_short_name(text: str, language: str, hours: int | None) -> None:
    zone = None if hours is None else timezone(timedelta(hours=hours))
    found = TimeReader(language=language, fetched_at=FETCHED).read(text)
    assert isinstance(found, datetime)
    assert (found.replace(tzinfo=None), found.tzinfo) == (datetime(2024, 5, 15, 17, 30), zone)


def test_source_s_zone_makes_a_naive_time_aware() -> None:
    found = TimeReader(language="ar", zone=zone_of("Africa/Cairo")).read("19 مايو 2024 05:30 م")
    assert found == datetime(2024, 5, 19, 17, 30, tzinfo=ZoneInfo("Africa/Cairo"))


@pytest.mark.parametrize("text", ["2024-05-19T17:30:00Z", "2024-05-19T17:30:00+00:00", "19 May 2024 17:30 GMT"])
def test_where_utc_is_local_its_mark_says_nothing(text: str) -> None:
    cairo = TimeReader(language="en", zone=ZoneInfo("Africa/Cairo"), utc_is_local=True)
    assert cairo.read(text) == at(17, 30).replace(tzinfo=ZoneInfo("Africa/Cairo"))
    assert TimeReader(language="en", utc_is_local=True).read(text) == at(17, 30)
    assert cairo.read(text.replace("Z", "+05:00").replace("+00:00", "+05:00").replace("GMT", "+0500")) == at(
        17, 30
    ).replace(tzinfo=timezone(timedelta(hours=5)))


@pytest.mark.parametrize("text", ["منذ ساعتين", "2 hours ago", "yesterday", "أمس 17:20"])
def test_relative_time_is_not_read_without_the_instant_of_the_fetch(text: str) -> None:
    assert TimeReader(language="en").read(text) is None


def test_no_article_is_of_the_next_century() -> None:
    assert TimeReader(language="en").read("2101-05-06") is None
    assert TimeReader(language="en").read("2099-05-06") == date(2099, 5, 6)


def test_unknown_zone_is_none() -> None:
    assert zone_of("Nowhere/Town") is None


@pytest.mark.parametrize("language", ["xx", "tlh", None])
@pytest.mark.parametrize("text", ["19 wharrgarbl 2024", "2 wharrgarbl ago"])
def test_a_language_that_no_library_knows_has_no_dates_in_words(text: str, language: str | None) -> None:
    assert TimeReader(language=language, fetched_at=FETCHED).read(text) is None


def test_a_text_longer_than_any_date_is_not_read() -> None:
    assert TimeReader(language="ar").read("19 مايو 2024 " * 50) is None
    assert TimeReader(language="ar").read("19 مايو 2024 " * 5) == MAY_19


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("Sun, 05/12/2024 - 10:15", "en", 12),
        ("Sunday 12/05/2024", None, 12),
        ("أحد, 05/12/2024 - 10:15", "ar", 12),
        ("Dom, 05/12/2024", "es", 12),
        ("dim 12/05/2024", "fr", 12),
        ("So., 05-12-2024", "de", 12),
    ],
)
def test_the_day_of_the_week_tells_day_from_month(text: str, language: str | None, day: int) -> None:
    time = TimeReader(language).read(text)
    assert time is not None
    assert (time.month, time.day) == (5, day)


def test_a_day_of_the_week_that_neither_reading_falls_on_tells_nothing() -> None:
    assert TimeReader("en").read("Mon, 05/12/2024") is None
    assert TimeReader("fr").read("lun 05/12/2024") == date(2024, 12, 5)
    assert TimeReader("fr").read("dimanche soir, 05/12/2024") == date(2024, 12, 5)
