# ruff: noqa: DTZ001 (a time without offset is what these pages state)
"""Times as pages print them, and the order in which evidence is believed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from newscrawl.extraction.dates import TimeReader, zone_of
from newscrawl.items import PublicationTime
from tests.extraction.newspaper import FETCHED, LEAD, SECOND, paragraphs, read, source, whole_page

CAIRO = timezone(timedelta(hours=3))


@pytest.mark.parametrize(
    ("text", "language", "time"),
    [
        ("2024-05-19T10:30:00+03:00", "ar", datetime(2024, 5, 19, 10, 30, tzinfo=CAIRO)),
        ("2024-05-19T10:30:00.123Z", "ar", datetime(2024, 5, 19, 10, 30, tzinfo=UTC)),
        ("2024-05-19 10:30", "ar", datetime(2024, 5, 19, 10, 30)),
        ("2024-05-19", "ar", date(2024, 5, 19)),
        ("Sun, 19 May 2024 10:30:00 +0300", "en", datetime(2024, 5, 19, 10, 30, tzinfo=CAIRO)),
        ("الأحد، 19 مايو 2024 - 05:30 م", "ar", datetime(2024, 5, 19, 17, 30)),
        ("الأحد 19 مايو 2024 09:05 صـ", "ar", datetime(2024, 5, 19, 9, 5)),
        ("١٩ مايو ٢٠٢٤ ٠٥:٣٠ مساءً", "ar", datetime(2024, 5, 19, 17, 30)),
        ("19 أيار / مايو 2024", "ar", date(2024, 5, 19)),
        ("5 كانون الثاني 2024", "ar", date(2024, 1, 5)),
        ("3 غشت 2023", "ar", date(2023, 8, 3)),
        ("12 فيفري 2024 12:10 ص", "ar", datetime(2024, 2, 12, 0, 10)),
        (
            "04 آب/اغسطس 2013، آخر تحديث 02:21 (GMT+0400)",
            "ar",
            datetime(2013, 8, 4, 2, 21, tzinfo=timezone(timedelta(hours=4))),
        ),
        ("2023/12/25 - 1:59 صباحًا", "ar", datetime(2023, 12, 25, 1, 59)),
        ("19/05/2024 10:30", "ar", datetime(2024, 5, 19, 10, 30)),
        ("۲۹ بهمن ۱۳۹۸ - ۰۶:۵۵", "fa", datetime(2020, 2, 18, 6, 55)),
        ("31 شهریور 1402", "fa", date(2023, 9, 22)),
        ("1 مهر 1402", "fa", date(2023, 9, 23)),
        ("30 اسفند 1399", "fa", date(2021, 3, 20)),
        ("11 ذو القعدة 1445", "ar", date(2024, 5, 19)),
        ("20 Nisan 2024", "tr", date(2024, 4, 20)),
        ("יום ראשון 03.03.2024 ... 13:52", "he", datetime(2024, 3, 3, 13, 52)),
        ("May 19, 2024", "en", date(2024, 5, 19)),
        ("19. Mai 2024, 10:30 Uhr", "de", datetime(2024, 5, 19, 10, 30)),
        ("19 mai 2024 à 10h30", "fr", datetime(2024, 5, 19, 10, 30)),
        ("19 de mayo de 2024", "es", date(2024, 5, 19)),
        ("منذ ساعتين", "ar", datetime(2024, 5, 20, 10, 0, tzinfo=UTC)),
        ("منذ 3 أيام", "ar", date(2024, 5, 17)),
        # ambiguous, whole dates that no calendar has, no whole date, the future
        ("03/04/2024", "en", None),
        ("31/02/2024", "ar", None),
        ("0000-00-00T00:00:00", "ar", None),
        ("عام 2023", "ar", None),
        ("مايو 2024", "ar", None),
        ("2024-05-20T12:00:01Z", "ar", None),
        ("2031-01-01", "ar", None),
        ("", "ar", None),
    ],
)
def test_texts(text: str, language: str, time: PublicationTime | None) -> None:
    found = TimeReader(language=language, fetched_at=FETCHED).read(text)
    assert found == time
    assert type(found) is type(time)


def test_source_s_zone_makes_a_naive_time_aware() -> None:
    found = TimeReader(language="ar", zone=zone_of("Africa/Cairo")).read("19 مايو 2024 05:30 م")
    assert found == datetime(2024, 5, 19, 17, 30, tzinfo=ZoneInfo("Africa/Cairo"))


@pytest.mark.parametrize("text", ["منذ ساعتين", "2 hours ago", "yesterday"])
def test_relative_time_is_not_read_without_the_instant_of_the_fetch(text: str) -> None:
    assert TimeReader(language="en").read(text) is None


def test_unknown_zone_is_none() -> None:
    assert zone_of("Nowhere/Town") is None


META = '<meta property="article:published_time" content="2024-05-18T08:00:00+00:00">'
JSON_LD = (
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x",'
    '"datePublished":"2024-05-17T07:00:00Z"}</script>'
)
PRINTED = "<div class=when>الخميس 16 مايو 2024 06:00 م</div>"


@pytest.mark.parametrize(
    ("head", "raw"),
    [
        (META + JSON_LD, "2024-05-17T07:00:00Z"),
        (META, "2024-05-18T08:00:00+00:00"),
        ("", "الخميس 16 مايو 2024 06:00 م"),
    ],
)
def test_order_of_evidence(head: str, raw: str) -> None:
    assert read(whole_page(paragraphs(LEAD, SECOND), head=head, above=PRINTED)).published_at_raw == raw


def test_what_cannot_be_read_yields_to_the_next_evidence() -> None:
    head = JSON_LD.replace("2024-05-17T07:00:00Z", "2099-01-01T00:00:00Z") + META
    assert read(whole_page(paragraphs(LEAD), head=head)).published_at == datetime(2024, 5, 18, 8, tzinfo=UTC)


def test_time_element_near_the_headline() -> None:
    article = read(
        whole_page(paragraphs(LEAD), above='<time datetime="2024-05-16T18:00">أمس</time>'), source(timezone="UTC")
    )
    assert article.published_at == datetime(2024, 5, 16, 18, tzinfo=UTC)


def test_header_s_clock_and_years_in_the_body_are_no_dates() -> None:
    html = whole_page(
        paragraphs(LEAD, "وكانت الحديقة قد أغلقت في 3 مارس 2021 بسبب أعمال الصيانة التي طالت كل أقسامها ومرافقها.")
    )
    html = html.replace("<header>", "<header><div>الإثنين 20 مايو 2024 09:00 ص</div>")
    assert read(html).published_at is None


def test_modified_line_is_not_the_publication() -> None:
    article = read(whole_page(paragraphs(LEAD), above=f"{PRINTED}<div>آخر تحديث: 17 مايو 2024 07:00 م</div>"))
    assert article.published_at == datetime(2024, 5, 16, 18)
    assert article.modified_at == datetime(2024, 5, 17, 19)
