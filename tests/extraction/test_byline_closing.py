"""Bylines without a name: agencies and initials at the headline or under the story; and the credits that close one."""

from __future__ import annotations

import pytest

from newscrawl.extraction.byline.text import parse_authors
from tests.extraction.newspaper import LEAD, SECOND, THIRD, paragraphs, read, whole_page

DATE = "<p>12/05/2024</p>"
STORY = [LEAD, SECOND, THIRD]


@pytest.mark.parametrize(
    "credit",
    [
        "م. ع. ح",
        "أ.ب.ج",
        "م.ع / ح.س",
        "ن. ر",
        "A. B. C.",
        "(رويترز)",
        "(د ب أ)",
        "بترا",
        "(أ ف ب، رويترز)",
        "(وكالات)",
        "AFP",
        "وكالة أنباء الشمال",
        "خبرگزاری شمال",
        "القاهرة - رويترز",
    ],
)
def test_agency_or_initials_are_the_byline_and_nobody_s_name(credit: str) -> None:
    for above, under in ((credit, ""), ("", credit)):
        html = whole_page(paragraphs(*STORY, under), above=(f"<p>{above}</p>" if above else "") + DATE)
        article = read(html)
        assert (article.byline, article.authors) == (credit, []), (above, under)
        assert [block.text for block in article.blocks] == STORY


def test_initials_in_an_author_s_element_or_in_metadata_name_nobody() -> None:
    above = '<p class="author">بقلم: م. ع. ح</p>'
    article = read(whole_page(paragraphs(*STORY), above=above))
    assert (article.byline, article.authors) == ("بقلم: م. ع. ح", [])
    article = read(whole_page(paragraphs(*STORY), head='<meta name="author" content="م. ع. ح">'))
    assert (article.byline, article.authors) == ("م. ع. ح", [])


@pytest.mark.parametrize(
    "credit",
    [
        "صوت النهر / م.ع (رويترز، أ ف ب)",
        "م.ع/ح.س (د ب أ، رويترز)",
        "ع.ج/ أ.ح (أ ف ب)",
        "as/kle (dpa, rtr)",
        "النص: صوت النهر / أ ف ب",
        "Text by: AFP",
        "صوت النهر/ س.ف",
    ],
)
def test_a_credit_of_outlet_initials_and_agencies(credit: str) -> None:
    site = '<meta property="og:site_name" content="صوت النهر">'
    for above, under in ((f"<p>{credit}</p>", ""), ("", credit)):
        article = read(whole_page(paragraphs(*STORY, under), above=above + DATE, head=site))
        assert (article.byline, article.authors) == (credit, []), (above, under)
        assert [block.text for block in article.blocks] == STORY
        named = f'{site}<meta name="author" content="كريم ناصر">'
        article = read(whole_page(paragraphs(*STORY, under), above=above + DATE, head=named))
        assert article.authors == ["كريم ناصر"]
        assert [block.text for block in article.blocks] == STORY


@pytest.mark.parametrize(
    ("published", "changed", "minutes", "text"),
    [
        ("نشرت في: ", "آخر تحديث: ", "4 دقائق", "النص: نهر24 / أ ف ب"),
        ("Publié le : ", "Modifié le : ", "4 min", "Texte par : نهر24 avec AFP"),
        ("Issued on: ", "Modified: ", "4 min read", "Text by: نهر24"),
        ("Veröffentlicht am: ", "Aktualisiert: ", "Lesezeit: 4 Minuten", "Text: نهر24 / dpa"),
        ("منتشر شده در: ", "به‌روزرسانی: ", "زمان مطالعه: 4 دقیقه", "متن: نهر24 / AFP"),
    ],
)
def test_a_block_of_times_reading_time_and_credit(published: str, changed: str, minutes: str, text: str) -> None:
    above = (
        f'<div class="meta"><div><span>{published}12/03/2024 - 10:22</span>  <span>{changed}12/03/2024 - 11:40</span>'
        f"</div><div>{minutes}</div><div>{text}</div></div>"
    )
    site = '<meta property="og:site_name" content="نهر 24">'
    article = read(whole_page(paragraphs(*STORY), above=above, head=site))
    assert (article.byline, article.authors) == (text, [])
    assert str(article.published_at) == "2024-03-12 10:22:00"
    assert str(article.modified_at) == "2024-03-12 11:40:00"
    assert [block.text for block in article.blocks] == STORY


@pytest.mark.parametrize("first", ["Nach 20 Minuten war alles vorbei.", "4 دقائق غيرت المدينة.", "20 minutes"])
def test_minutes_in_a_sentence_or_behind_the_lead_are_body(first: str) -> None:
    texts = [first, *STORY] if first[-1] == "." else [*STORY, first, *STORY]
    assert first in [block.text for block in read(whole_page(paragraphs(*texts), above=DATE)).blocks]


@pytest.mark.parametrize(
    "above",
    [
        f'<figure><img src="/1.jpg"><figcaption>رويترز</figcaption></figure>{DATE}',
        f'<div class="photo-credit">AFP</div>{DATE}',
        f"<p>U.S.</p>{DATE}",
        f"<p>القاهرة</p>{DATE}",
        f"<p>أخبار</p>{DATE}",
    ],
)
def test_a_picture_s_credit_a_section_or_a_place_is_no_byline(above: str) -> None:
    assert read(whole_page(paragraphs(*STORY), above=above)).byline is None


def test_a_person_goes_before_the_agency() -> None:
    article = read(whole_page(paragraphs("كتب: كريم ناصر", *STORY, "(رويترز)"), above=DATE))
    assert (article.byline, article.authors) == ("كتب: كريم ناصر", ["كريم ناصر"])
    assert [block.text for block in article.blocks] == STORY


def test_an_agency_under_a_teaser_beside_the_story_is_not_its_byline() -> None:
    aside = f'<aside><div class="card"><p>{THIRD}</p><p>(رويترز)</p></div></aside>'
    assert read(whole_page(paragraphs(LEAD, SECOND), above=DATE).replace("</main>", f"</main>{aside}")).byline is None


@pytest.mark.parametrize(
    ("credit", "authors"),
    [
        ("(إعداد كريم ناصر - تحرير سلمى حداد)", ["كريم ناصر"]),
        ("(إعداد كريم ناصر للنشرة العربية - تحرير سلمى حداد وهدى مراد)", ["كريم ناصر"]),
        (
            "(تغطية صحفية كريم ناصر وليلى منصور – إعداد حسن جمال للنشرة العربية – تحرير سلمى حداد)",
            ["كريم ناصر", "ليلى منصور", "حسن جمال"],
        ),
        ("(Reporting by Ann Lee and Bob Stone; Editing by Carl Weiss)", ["Ann Lee", "Bob Stone"]),
        (
            "Reporting by Ann Lee in London; Additional reporting by Bob Stone; Editing by Carl Weiss and Eva Gil",
            ["Ann Lee", "Bob Stone"],
        ),
        ("(Reportage Jeanne Petit, édité par Luc Morel)", ["Jeanne Petit"]),
        ("(Bericht von Anna Weiss, redigiert von Karl Braun)", ["Anna Weiss"]),
        ("(Reporte de Ana Gil; editado en español por Luis Vega)", ["Ana Gil"]),
        ("(Reportagem de Ana Souza; edição de Davi Lima)", ["Ana Souza"]),
    ],
)
def test_the_credit_that_closes_a_story_names_reporters_and_no_editors(credit: str, authors: list[str]) -> None:
    article = read(whole_page(paragraphs(*STORY, credit), above=DATE))
    assert (article.byline, article.authors) == (credit, authors)
    assert [block.text for block in article.blocks] == STORY
    article = read(whole_page(paragraphs("كتبت: هدى مراد", *STORY, credit), above=DATE))
    assert article.authors == ["هدى مراد"]
    assert [block.text for block in article.blocks] == STORY


@pytest.mark.parametrize(
    "last",
    [
        "وختم بالقول إن إعداد القهوة يحتاج إلى وقت، وإن تحرير الوقت من العمل نعمة.",
        "Reporting by officials was late, he said, and editing by hand took them a week.",
    ],
)
def test_a_last_sentence_with_the_words_of_a_credit_is_body(last: str) -> None:
    article = read(whole_page(paragraphs(*STORY, last), above=DATE))
    assert (article.byline, article.authors) == (None, [])


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("إعداد: كريم ناصر، تحرير: سلمى حداد", ["كريم ناصر"]),
        ("By Ann Lee, edited by Bob Stone", ["Ann Lee"]),
        ("Penulis: Dewi Lestari | Editor: Rina Wati", ["Dewi Lestari"]),
        ("تحرير: سلمى حداد", ["سلمى حداد"]),
    ],
)
def test_editors_behind_writers_are_no_authors(line: str, names: list[str]) -> None:
    assert parse_authors(line) == names
