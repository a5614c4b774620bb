"""What a page lets readers of screens skip is no body, and its list of stories related."""

from __future__ import annotations

import pytest

from tests.extraction.newspaper import LEAD, RELATED, SECOND, THIRD, paragraphs, read, whole_page

PROMO = (
    '<a href="/podcast"><div><img src="/i.jpg" alt=""></div></a><h3>بودكاست النهر</h3>'
    "<p>برنامج أسبوعي يروي قصص الناس على ضفتي النهر ويستضيف من يصنعونها كل يوم جمعة.</p><p>الحلقات</p>"
)
POST = (
    "<blockquote><p>نرحب بكم جميعا في الحديقة الجديدة على ضفة النهر صباح كل يوم من أيام الأسبوع</p>"
    '— محافظ المدينة (@gov) <a href="https://twitter.com/gov/1">May 12, 2024</a></blockquote><p>المحتوى غير متاح</p>'
)
LIST = "<ul>" + "".join(f'<li><a href="/r/{n}">{headline}</a></li>' for n, headline in enumerate(RELATED)) + "</ul>"
SAID = [
    ("تخطى البودكاست وواصل القراءة", "نهاية البودكاست"),
    ("تخطى تويتر مشاركة, 1", "نهاية تويتر مشاركة, 1"),
    ("از پادکست رد شوید و به خواندن ادامه دهید", "پایان پادکست"),
    ("Skip River Voice podcast and continue reading", "End of River Voice podcast"),
    ("skip past newsletter promotion", "after newsletter promotion"),
    ("Saltar Recomendamos y continuar leyendo", "Final de Recomendamos"),
    ("Pule Podcast e continue lendo", "Fim do Podcast"),
    ("Ignorer Podcast et continuer la lecture", "Fin de Podcast"),
    ("Пропустить Подкаст и продолжить чтение.", "Конец истории Подкаст"),
    ("Podcast haberini atla ve okumaya devam et", "Podcast haberinin sonu"),
    ("Lewati Podcast dan lanjutkan membaca", "Akhir dari Podcast"),
    ("छोड़कर पॉडकास्ट आगे बढ़ें", "पॉडकास्ट समाप्त"),
]


@pytest.mark.parametrize(("skip", "end"), SAID)
@pytest.mark.parametrize("box", [PROMO, POST])
def test_box_to_be_skipped_is_no_body(skip: str, end: str, box: str) -> None:
    opened = f'<div><a href="#end">{skip}</a></div>'
    body = f'<p>{LEAD}</p><section>{opened}{box}<p id="end" class="vh">{end}</p></section>{paragraphs(SECOND, THIRD)}'
    assert [block.text for block in read(whole_page(body)).blocks] == [LEAD, SECOND, THIRD]
    body = f"<p>{LEAD}</p><p>{skip}</p>{box}<p>{end}</p>{paragraphs(SECOND, THIRD)}"
    assert [block.text for block in read(whole_page(body)).blocks] == [LEAD, SECOND, THIRD]


def test_list_to_be_skipped_is_related() -> None:
    box = f"<p>تخطى اقرأ أيضاً وواصل القراءة</p><p><strong>اقرأ أيضاً</strong></p>{LIST}<p>نهاية اقرأ أيضاً</p>"
    article = read(whole_page(f"<p>{LEAD}</p>{box}{paragraphs(SECOND, THIRD)}"))
    assert [(link.headline, link.placement) for link in article.related_links] == [(text, "inline") for text in RELATED]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_invitation_to_skip_what_has_no_end_is_cut_alone() -> None:
    article = read(whole_page(f"<p>{LEAD}</p><p>تخطى البودكاست وواصل القراءة</p>{paragraphs(SECOND, THIRD)}"))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("Skip the queue and continue reading your book at the park.", "End of the queue, said the mayor."),
        ("Skip the old bridge", "End of the road"),
        ("تخطى الفريق عقبة الجيران", "نهاية الموسم"),
    ],
)
def test_sentences_that_speak_of_skipping_and_ends_stay(first: str, last: str) -> None:
    article = read(whole_page(paragraphs(LEAD, first, SECOND, last, THIRD)))
    assert [block.text for block in article.blocks] == [LEAD, first, SECOND, last, THIRD]


def test_what_holds_the_article_is_not_skipped() -> None:
    body = f"<p>Skip story and continue reading</p>{paragraphs(LEAD, SECOND, THIRD)}<p>End of story</p>"
    assert [block.text for block in read(whole_page(body)).blocks] == [LEAD, SECOND, THIRD]
