# ruff: noqa: DTZ001 (a time without offset is what these pages state)
"""Dates in the lines of a page: which of them are the article's."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from newscrawl.items import Article, PublicationTime
from tests.extraction.newspaper import HEADLINE, LEAD, SECOND, THIRD, paragraphs, read, source, whole_page

PRINTED = "<div class=when>الخميس 16 مايو 2024 06:00 م</div>"


def page(above: str = "", *, body: str = paragraphs(LEAD, SECOND), behind: str = "", lang: str = "ar") -> Article:
    """The article of a page with this between headline and text, and this behind the text."""
    return read(whole_page(body + behind, above=above, lang=lang))


@pytest.mark.parametrize(
    ("above", "time"),
    [
        ('<time datetime="2024-05-16T18:00:00Z">أمس</time>', datetime(2024, 5, 16, 18, tzinfo=UTC)),
        ("<p>هدى سالم - القاهرة | 16 مايو 2024</p>", date(2024, 5, 16)),
        ("<p>16 مايو 2024</p><p>06:00 م</p>", datetime(2024, 5, 16, 18)),
        ("<p><b>16 مايو 2024</b><b>06:00 م</b></p>", datetime(2024, 5, 16, 18)),
        ("<p>تم النشر: <span>16 مايو 2024</span> آخر تحديث: <span>17 مايو 2024</span></p>", date(2024, 5, 16)),
        ("<p>منذ ساعتين</p>", datetime(2024, 5, 20, 10, tzinfo=UTC)),
        # a caption, in words and by its element
        ("<p>جانب من الحديقة القديمة قبل أعمال الترميم الأخيرة، 16 مايو 2021</p>", None),
        ("<figure><figcaption>الحديقة، 16 مايو 2021</figcaption></figure>", None),
        ("<p class=photo-caption>الحديقة، 16 مايو 2021</p>", None),
        # sentences, and what is only a year or a month
        ("<p>افتتحت الحديقة في 16 مايو 2021.</p>", None),
        ("<p>مايو 2024</p>", None),
    ],
)
def test_beside_the_headline(above: str, time: PublicationTime | None) -> None:
    assert page(above).published_at == time


def test_the_element_beside_the_headline_is_not_that_of_a_list() -> None:
    entries = "".join(f'<div class=entry><a href="/{day}">خبر آخر</a> {day}/05/2024</div>' for day in (1, 2, 3))
    assert page(entries).published_at is None
    assert page(entries + '<p class="author time">16/05/2024 18h00</p>').published_at == datetime(2024, 5, 16, 18)
    own = "<div class=entry><b>هدى سالم</b> 16/05/2024</div>"
    assert page(own, body=paragraphs(LEAD, SECOND, THIRD, *[LEAD] * 9), behind=entries).published_at == date(
        2024, 5, 16
    )


def test_a_line_above_the_headline_belongs_to_it_in_its_own_group_only() -> None:
    html = whole_page(paragraphs(LEAD)).replace("<h1>", "<div><span>رياضة</span><p>16 مايو 2024</p><h1>", 1)
    assert read(html.replace("</h1>", "</h1></div>", 1)).published_at == date(2024, 5, 16)


def test_header_s_clock_and_years_in_the_body_are_no_dates() -> None:
    body = paragraphs(LEAD, "وكانت الحديقة قد أغلقت في 3 مارس 2021 بسبب أعمال الصيانة التي طالت كل أقسامها ومرافقها.")
    clocks = (
        "<header><div>الإثنين 20 مايو 2024 09:00 ص</div></header>",
        "<div class=date>الإثنين 20 مايو 2024 09:00 ص</div>",
    )
    for clock in clocks:
        assert read(whole_page(body).replace("<body>", f"<body>{clock}")).published_at is None
        # The same where no line shows the headline.
        unheaded = whole_page(body).replace(f"<h1>{HEADLINE}</h1>", "")
        menu = "".join(f'<div><a href="/{number}">قسم {number}</a></div>' for number in range(12))
        assert read(unheaded.replace("<body>", f"<body>{clock}{menu}")).published_at is None


def test_modified_line_is_not_the_publication() -> None:
    article = page(f"{PRINTED}<div>آخر تحديث: 17 مايو 2024 07:00 م</div>")
    assert article.published_at == datetime(2024, 5, 16, 18)
    assert article.modified_at == datetime(2024, 5, 17, 19)
    assert article.modified_at_raw == "تحديث: 17 مايو 2024 07:00 م"


def test_only_a_change_is_no_publication() -> None:
    article = page("<div>آخر تحديث: 17 مايو 2024 07:00 م</div>")
    assert (article.published_at, article.modified_at) == (None, datetime(2024, 5, 17, 19))


def test_time_elements_of_publication_and_change_on_one_line() -> None:
    article = page(
        '<p>Updated <time datetime="2024-05-17T19:00:00Z">May 17</time>;'
        ' Posted <time datetime="2024-05-16T18:00:00Z">May 16</time></p>',
        lang="en",
    )
    assert article.published_at == datetime(2024, 5, 16, 18, tzinfo=UTC)
    assert article.modified_at == datetime(2024, 5, 17, 19, tzinfo=UTC)


def test_time_elements_whose_property_says_what_they_give() -> None:
    stamps = '<p itemscope itemtype="https://schema.org/Comment"><time itemprop="{}">2024-05-17 19:00</time></p>'
    assert page(stamps.format("dateModified")).published_at is None
    assert page(stamps.format("datePublished")).published_at == datetime(2024, 5, 17, 19)


@pytest.mark.parametrize(
    ("behind", "time"),
    [
        ("<p>تاريخ النشر: 16 مايو 2024</p>", date(2024, 5, 16)),
        ("<p>Datum 16.05.2024</p>", date(2024, 5, 16)),
        ('<p class="entry-date">16 مايو 2024 - 18:00</p>', datetime(2024, 5, 16, 18)),
        ("<p>هدى سالم | 16 مايو 2024</p>", date(2024, 5, 16)),
        ("<p>تاريخ الميلاد: 16 مايو 1981</p>", None),
        ("<ol class=comments><li>16 مايو 2024 10:00 تعليق</li></ol>", None),
        ("<footer><p>16 مايو 2024</p></footer>", None),
    ],
)
def test_behind_the_text(behind: str, time: PublicationTime | None) -> None:
    assert page(body=paragraphs(f"{LEAD} {SECOND}", f"{THIRD} {SECOND}"), behind=behind).published_at == time


@pytest.mark.parametrize(
    "lead",
    [
        "27.4.2024 - " + LEAD,
        "27.04.2024 „" + LEAD,
        "Pressemitteilung vom 27. April 2024 | Berlin – " + LEAD,
    ],
)
def test_a_date_before_the_lead(lead: str) -> None:
    article = page(body=paragraphs(lead, SECOND), lang="de")
    assert article.published_at == date(2024, 4, 27)
    assert article.published_at_raw is not None
    assert len(article.published_at_raw) < 60


def test_a_date_that_begins_a_sentence_is_no_dateline() -> None:
    assert page(body=paragraphs("27 أبريل 2024 كان يوما مشهودا. " + LEAD, SECOND)).published_at is None


def test_the_headline_may_be_shown_a_little_otherwise() -> None:
    html = whole_page(paragraphs(LEAD), above=PRINTED).replace(f"<h1>{HEADLINE}</h1>", f"<h2>{HEADLINE[:-2]}..</h2>")
    assert read(html).published_at == datetime(2024, 5, 16, 18)


def test_source_s_zone_holds_for_printed_times() -> None:
    article = read(
        whole_page(paragraphs(LEAD), above='<time datetime="2024-05-16T18:00">أمس</time>'), source(timezone="UTC")
    )
    assert article.published_at == datetime(2024, 5, 16, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "above",
    [
        "<p>تاريخ النشر: 15 أيار/مايو 2024 الساعة 09:30 | آخر تحديث: 16 أيار/مايو 2024 الساعة 11:05</p>",
        "<p>Publié le 15 mai 2024 à 18h07, mis à jour le 16 mai 2024 à 9h12</p>",
        "<p>منذ ساعتين</p>",
        "<p>Publisert: <time>15.05.2024 14:30</time></p><p>Sist oppdatert: <time>16.05.2024 15:12</time></p>",
        "<div><p>Valencia — <time>15 de mayo de 2024 08:00</time></p></div>",
    ],
)
def test_a_line_that_says_nothing_but_when_is_no_body(above: str) -> None:
    article = page(above, body=paragraphs(LEAD, SECOND, THIRD))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]
    assert article.published_at is not None


def test_lines_of_a_script_that_parts_no_words_are_no_word_before_an_update() -> None:
    prose = ["校舎は木造で山あいに建てられている。", "改修費は半分を国の補助金でまかなう。", "残りは寄付を募る予定だ。"]
    article = page("<p>2024年5月15日 14時30分</p>", body=paragraphs(*prose, LEAD))
    assert [block.text for block in article.blocks] == [*prose, LEAD]


@pytest.mark.parametrize(
    "line",
    [
        "প্রকাশ: 15.05.2024 14:30 <span>আপডেট: 16.05.2024 15:05</span>",
        "15.05.2024 14:30 <span>Τελευταία ενημέρωση: 16.05.2024 15:05</span>",
        "Dipublikasikan 15/05/2024 14:30 <span>Diperbarui 16/05/2024 15:05</span>",
    ],
)
def test_words_for_an_update_in_other_languages(line: str) -> None:
    lang = "id" if line.startswith("D") else "el"
    article = read(whole_page(paragraphs(LEAD, SECOND), above=f"<p>{line}</p>", lang=lang))
    assert (article.published_at, article.modified_at) == (datetime(2024, 5, 15, 14, 30), datetime(2024, 5, 16, 15, 5))


def test_an_age_beside_other_short_facts() -> None:
    article = page("<div><span>منذ ساعتين</span> <span>3 تعليقات</span></div>")
    assert article.published_at == datetime(2024, 5, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "above",
    [
        "<p>آخر تحديث: 17-05-2024 10:00 نشر: 16-05-2024 18:00</p>",
        "<p>Updated 17 May 2024 at 10:00, Published 16 May 2024 at 18:00</p>",
        "<p>Mis à jour le 17/05/2024 à 10:00 Publié le 16/05/2024 à 18:00</p>",
        "<p>Thu 16 May 2024 18.00 EDT Last modified on Fri 17 May 2024 10.00 EDT</p>",
    ],
)
def test_a_line_that_tells_both_times_in_either_order(above: str) -> None:
    article = page(above)
    assert article.published_at == datetime(2024, 5, 16, 18)
    assert article.modified_at == datetime(2024, 5, 17, 10)
