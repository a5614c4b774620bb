from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.extraction import extract
from newscrawl.extraction.dates import TimeReader
from newscrawl.extraction.passing import lasting
from newscrawl.items import Page

FETCHED_AT = datetime(2026, 6, 1, tzinfo=UTC)
PASSING = [
    ("ar", "آخر تحديث: السبت 2 مايو 2026 - 10:30 مساءً", "آخر تحديث: الأحد 3 مايو 2026 - 9:05 صباحًا"),
    ("ar", "آخر تحديث منذ ساعتين", "آخر تحديث منذ 5 ساعات"),
    ("ar", "منذ 5 دقائق", "منذ ساعة"),
    ("ar", "تم التحديث في 2026-05-03 10:30", "تم التحديث في 2026-05-04 11:30"),
    ("ar", "عدد المشاهدات: 1٬234", "عدد المشاهدات: 1٬235"),
    ("ar", "12 تعليقاً", "13 تعليقاً"),
    ("en", "Last updated: Saturday 2 May 2026, 10:30 PM GMT", "Last updated: Sunday 3 May 2026, 9:05 AM GMT"),
    ("en", "Updated 5 minutes ago", "Updated 2 hours ago"),
    ("en", "1.2k views", "1.3k views"),
    ("fr", "Mis à jour le 3 mars 2026 à 10h30", "Mis à jour le 4 mars 2026 à 8h15"),
    ("fr", "Publié le 2 mars 2026 - Mis à jour le 3 mars 2026", "Publié le 2 mars 2026 - Mis à jour le 5 mars 2026"),
    ("fr", "1 234 vues", "1 300 vues"),
    ("de", "Zuletzt aktualisiert am 3. März 2026, 10:30 Uhr", "Zuletzt aktualisiert am 4. März 2026, 11:30 Uhr"),
    ("es", "Actualizado el 3 de marzo de 2026", "Actualizado el 4 de marzo de 2026"),
    ("tr", "Son güncelleme: 3 Mart 2026 10:30", "Son güncelleme: 4 Mart 2026 10:31"),
    ("fa", "آخرین به‌روزرسانی: ۳ اردیبهشت ۱۴۰۵", "آخرین به‌روزرسانی: ۴ اردیبهشت ۱۴۰۵"),
    ("he", "עודכן: 3.3.2026 10:30", "עודכן: 4.3.2026 11:30"),
    ("ru", "Обновлено: 3 марта 2026, 10:30", "Обновлено: 4 марта 2026, 10:31"),
]
LASTING = [
    ("en", "Updated: 3 people died", "Updated: 5 people died"),
    ("en", "Update 3 May 2026: five people died", "Update 3 May 2026: six people died"),
    ("en", "Published on 3 May 2026", "Published on 4 May 2026"),
    ("en", "3 views of the city", "4 views of the city"),
    ("en", "The court met on 3 May 2026.", "The court met on 4 May 2026."),
    ("en", "1,234 people", "1,235 people"),
    ("ar", "تحديث: ارتفاع عدد القتلى إلى 5", "تحديث: ارتفاع عدد القتلى إلى 6"),
    ("ar", "تحديث بيانات 3 مايو 2026 يرفع عدد القتلى إلى 5 وفقا لما أعلنته الشرطة في المدينة اليوم",
           "تحديث بيانات 4 مايو 2026 يرفع عدد القتلى إلى 5 وفقا لما أعلنته الشرطة في المدينة اليوم"),
]  # fmt: skip


def read(language: str, text: str) -> list[str]:
    return lasting(text, TimeReader(language, None, FETCHED_AT)).split()


@pytest.mark.parametrize(("language", "one", "other"), PASSING)
def test_the_time_of_an_update_an_age_and_a_counter_pass(language: str, one: str, other: str) -> None:
    assert read(language, one) == read(language, other)


@pytest.mark.parametrize(("language", "one", "other"), LASTING)
def test_what_else_a_line_says_lasts(language: str, one: str, other: str) -> None:
    assert read(language, one) != read(language, other)


def test_long_texts_are_left_as_they_are() -> None:
    text = "Updated 3 May 2026. " + "The council met again. " * 6
    assert lasting(text, TimeReader("en", None, FETCHED_AT)) == text


def test_pages_that_differ_in_these_have_one_substance_and_the_body_keeps_them() -> None:
    html = """<html lang=en><head><title>The harbour opens</title></head><body><article><h1>The harbour opens</h1>
    <p>The old harbour opened again on Monday after two years of work, and the first ships came in before noon.</p>
    <p>{}</p><p>The council said that {} ships are expected in the first week, and that fees stay as they were.</p>
    </article></body></html>"""

    def article(line: str, ships: str = "40") -> tuple[str | None, str | None, str]:
        page = Page(url="https://news.example/1", body=html.format(line, ships).encode(), fetched_at=FETCHED_AT)
        read = extract(page)
        return read.content_hash, read.substance_hash, read.body or ""

    first, second = article("1,234 views"), article("1,299 views")
    assert first[0] != second[0]
    assert first[1] == second[1]
    assert "1,234 views" in first[2]
    assert article("1,234 views", "41")[1] != first[1]
