# ruff: noqa: DTZ001 (a time without offset is what these pages state)
"""The footer of a node in which Drupal prints who submitted an article, and when."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from newscrawl.items import Article
from tests.extraction.newspaper import HEADLINE, LEAD, SECOND, THIRD, paragraphs, read, whole_page

STORY = [LEAD, SECOND, THIRD]
FOOTER = (
    '<footer class="node__meta"><article class="profile"><div class="user-picture"></div></article>'
    '<div class="node__submitted">{}</div></footer>'
)


def _read(said: str, lang: str, *, name: str, time: str, footer: str = FOOTER) -> Article:
    submitted = said.format(
        f'<span class="field field--name-uid"><span typeof="schema:Person">{name}</span></span>',
        f'<span class="field field--name-created">{time}</span>',
    )
    story = STORY if lang == "ar" else []
    html = whole_page(paragraphs(*story), above=footer.format(submitted), lang=lang)
    return read(html if lang == "ar" else html.replace(HEADLINE, "A bridge"))


@pytest.mark.parametrize(
    ("said", "lang", "time"),
    [
        ("Submitted by {} on {}", "en", "Sun, 05/12/2024 - 10:15"),
        ("Submitted by {} on {}", "ar", "أحد, 05/12/2024 - 10:15"),
        ("Submitted by {} on {}", "en", '<time datetime="2024-05-12T10:15">12 May 2024</time>'),
        ("أرسله {} في {}", "ar", "12 مايو 2024 - 10:15"),
        ("أضيف بواسطة {} في {}", "ar", "12 أيار 2024 - 10:15"),
        ("Soumis par {} le {}", "fr", "dim 12/05/2024 - 10:15"),
        ("Enviado por {} el {}", "es", "Dom, 12/05/2024 - 10:15"),
        ("Gespeichert von {} am/um {}", "de", "So, 12.05.2024 - 10:15"),
        ("Verfasst von {} am {}", "de", "12. Mai 2024 - 10:15"),
        ("Inviato da {} il {}", "it", "12 maggio 2024 - 10:15"),
        ("Ingediend door {} op {}", "nl", "12 mei 2024 - 10:15"),
    ],
)
def test_who_submitted_an_article_and_when(said: str, lang: str, time: str) -> None:
    name = "كريم ناصر" if lang == "ar" else "Ann Lee"
    article = _read(said, lang, name=name, time=time)
    assert article.authors == [name]
    assert article.published_at == datetime(2024, 5, 12, 10, 15)
    assert not any(name in block.text for block in article.blocks)


def test_a_day_alone() -> None:
    article = _read("أرسله {} في {}", "ar", name="كريم ناصر", time="12 مايو 2024")
    assert (article.published_at, article.byline) == (date(2024, 5, 12), "أرسله كريم ناصر في 12 مايو 2024")


def test_the_account_of_who_keeps_the_site_is_no_author() -> None:
    assert _read("Submitted by {} on {}", "en", name="admin", time="Sun, 05/12/2024 - 10:15").authors == []


def test_a_footer_that_is_the_page_s_tells_no_date() -> None:
    footer = '<footer class="site-footer"><p>{}</p></footer>'
    article = _read("أرسله {} في {}", "ar", name="كريم ناصر", time="12 مايو 2024", footer=footer)
    assert article.published_at is None
