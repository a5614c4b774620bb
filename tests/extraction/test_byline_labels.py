"""Words beside an author: those that announce one, a writer's role, and labels of boxes that name nobody."""

from __future__ import annotations

import pytest

from newscrawl.extraction.byline.names import is_person
from newscrawl.extraction.byline.text import parse_authors
from tests.extraction.newspaper import LEAD, SECOND, THIRD, paragraphs, read, whole_page

DATE = "<p>12/05/2024</p>"
STORY = [LEAD, SECOND, THIRD]


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("حاورتها رنا الحسيني", "رنا الحسيني"),
        ("حاورهم: باسل قنديل", "باسل قنديل"),
        ("أضافه رنا الحسيني", "رنا الحسيني"),
        ("أضيف بواسطة رنا الحسيني", "رنا الحسيني"),
        ("أرسل بواسطة رنا الحسيني", "رنا الحسيني"),
        ("الكاتب، رنا الحسيني", "رنا الحسيني"),
        ("ئامادەکردنی: ڕێبوار عەلی", "ڕێبوار عەلی"),
        ("نووسینی: ڕێبوار عەلی", "ڕێبوار عەلی"),
        ("Author, Ann Lee", "Ann Lee"),
        ("Автор, Ольга Петрова", "Ольга Петрова"),
    ],
)
def test_words_that_announce_an_author(line: str, author: str) -> None:
    article = read(whole_page(paragraphs(*STORY), above=f"<p>{line}</p>{DATE}"))
    assert (article.byline, article.authors) == (line, [author])
    assert [block.text for block in article.blocks] == STORY


@pytest.mark.parametrize(
    "line", ["أضافه المجلس إلى الخطة", "حاورها الجمهور بعد العرض", "من القاهرة", "من قلب الحدث", "نووسینی مێژوو"]
)
def test_sentences_that_begin_with_such_a_word(line: str) -> None:
    assert read(whole_page(paragraphs(line, *STORY), above=DATE)).authors == []


def test_from_before_a_name_in_an_author_s_element() -> None:
    article = read(whole_page(paragraphs(*STORY), above=f'<div class="byline">من رنا الحسيني</div>{DATE}'))
    assert (article.byline, article.authors) == ("من رنا الحسيني", ["رنا الحسيني"])
    article = read(whole_page(paragraphs(*STORY), above=f'<div class="byline">من القاهرة</div>{DATE}'))
    assert article.authors == []


@pytest.mark.parametrize(
    ("heading", "author", "role"),
    [
        ("معلومات المقال", "الكاتب، ", "الدور، "),
        ("معلومات المقال", "الكاتبة، ", "الصفة، "),
        ("درباره مقاله", "نویسنده، ", "شغل، "),
        ("Article information", "Author, ", "Role, "),
        ("Информация о статье", "Автор, ", "Место работы, "),
    ],
)
def test_a_list_of_author_and_role(heading: str, author: str, role: str) -> None:
    box = (
        f'<section aria-labelledby="article-byline"><strong class="visually-hidden">{heading}</strong><ul role="list">'
        f'<li><span class="visually-hidden">{author}</span><span>رنا الحسيني</span></li>'
        f'<li><span class="visually-hidden">{role}</span><span>مراسلة صوت النهر - عمّان</span></li></ul></section>'
    )
    article = read(whole_page(paragraphs(*STORY), above=box + DATE))
    assert article.authors == ["رنا الحسيني"]
    assert article.byline == f"{author}رنا الحسيني"
    assert [block.text for block in article.blocks] == STORY


@pytest.mark.parametrize(
    "label",
    [
        "معلومات المقال",
        "تفاصيل الخبر",
        "بيانات المقالة",
        "نبذة عن الكاتب",
        "حول الكاتب",
        "جميع المقالات",
        "درباره نویسنده",
        "بیشتر بخوانید",
        "زانیاری بابەت",
        "פרטי הכתבה",
        "על הכותב",
        "Article Details",
        "About Ann",
        "Über den Autor",
        "Artikel Details",
        "Informations Article",
        "Sobre el Autor",
        "Detalhes do Artigo",
        "Yazar Hakkında",
        "Haber Detayları",
        "Detail Berita",
        "Об Авторе",
    ],
)
def test_the_label_of_a_box_of_facts_names_nobody(label: str) -> None:
    assert not is_person(label)
    article = read(whole_page(paragraphs(*STORY), above=f'<div class="author"><span>{label}</span></div>{DATE}'))
    assert (article.byline, article.authors) == (None, [])
    box = f'<div class="author-meta"><h4>{label}</h4><p class="author">كريم ناصر</p></div>{DATE}'
    assert read(whole_page(paragraphs(*STORY), above=box)).authors == ["كريم ناصر"]


@pytest.mark.parametrize("name", ["علي فوزي", "آن ماري حداد", "هدى مراد", "سارة كاظم"])
def test_names_like_words_of_sentences_are_names(name: str) -> None:
    assert parse_authors(f"كتب: {name}") == [name]
