"""What closes or interrupts a story is no body; what only looks so is."""

from __future__ import annotations

import pytest

from newscrawl.extraction.body.closing_phrases import closes_story, is_promotion
from tests.extraction.newspaper import LEAD, SECOND, THIRD, paragraphs, read, whole_page

OTHER = '<a href="/other/9">Bridge repairs close the main road for a whole week</a>'


def texts(body: str) -> list[str]:
    return [block.text for block in read(whole_page(body)).blocks]


@pytest.mark.parametrize(
    "extra",
    [
        f"<p>{OTHER}</p>",
        f"<p><strong>{OTHER}</strong></p>",
        "<p>Sign up for our free newsletter and read the news of the town each morning.</p>",
        "<p>تابعونا على صفحتنا على فيسبوك لمعرفة المزيد</p>",
        "<p>وللمزيد من الأخبار حول النهر تابعوا صفحتنا على فيسبوك من هنا</p>",
        "<p>يمكنكم متابعة آخر الأخبار عبر تطبيقنا</p>",
        "<p>عدد القراءات: 812</p>",
        "<p>09:58</p>",
        "<div>بث مباشر</div>",
        "<p>هذا المحتوى للمشتركين فقط. اشترك الآن للوصول إلى جميع المقالات.</p>",
        "<p>This article is for subscribers only. Log in to read on.</p>",
        '<blockquote class="pull-quote"><p>يوفر المشروع مياها كانت تضيع بالتسرب</p></blockquote>',
        "<p>الرابط المختصر : https://news.example/s/17</p>",
        "<div><span>انسخ الرابط</span><span>تم نسخ الرابط</span></div>",
        "<p>مشاركة فيسبوك تويتر واتساب</p>",
        "<p>شارك القصة عبر</p>",
        "<p>Copier le lien</p>",
        "<p>Teilen | Merken | Drucken</p>",
        "<p>3 min read</p>",
        "<p>La suite après cette publicité</p>",
        "<p>Continua a leggere dopo la pubblicità</p>",
        "<p>Bizi Google News'te takip edin</p>",
        "<p>Подписывайтесь на наш канал в Telegram</p>",
        "<p>הצטרפו לערוץ הטלגרם שלנו</p>",
        "<p>برای دریافت آخرین اخبار به کانال تلگرام ما بپیوندید</p>",
        "<p>Weiterlesen nach der Anzeige</p>",
        "<p>Tekst gaat verder onder de foto</p>",
        "<p>Dalsza część artykułu pod materiałem wideo</p>",
        "<p>Artikeln fortsätter efter annonsen</p>",
        "<p>Продолжение после рекламы</p>",
        "<p>SCROLL TO CONTINUE WITH CONTENT</p>",
        "<p>📲 Siga o canal da Voz do Rio no WhatsApp</p>",
        "<p>Vídeos mais assistidos da Voz do Rio:</p>",
        "<p>Підписуйтесь на наш Telegram-канал, щоб дізнаватися новини першими</p>",
        "<p>Якщо ви помітили помилку, виділіть її та натисніть Ctrl+Enter</p>",
        "<p>Ακολουθήστε το news.example στο Google News και μάθετε πρώτοι όλες τις ειδήσεις</p>",
        "<p>Obserwuj nas w Google i bądź na bieżąco</p>",
        "<p>Volg de Stem van de rivier op Facebook</p>",
        "<p>देश और दुनिया की ताजा खबरें पढ़ने के लिए नदी की आवाज को फॉलो करें.</p>",
        "<p>ہمیں فیس بک پر فالو کریں</p>",
        "<p>Simak berita pilihan kami langsung di ponselmu lewat saluran WhatsApp kami</p>",
        "<p>この記事は会員限定記事です。</p>",
        "<p>0 comentarios</p>",
        "<p>La plaza del río, este lunes por la mañana. Foto: Ana Ruiz / Ayuntamiento</p>",
        "<p>Ponte sobre o rio, no centro da cidade — Foto: Prefeitura/Divulgação</p>",
        "<p>改造后的滨江公园。李明 摄</p>",
    ],
)
def test_link_to_another_article_and_promotion_between_paragraphs_are_no_body(extra: str) -> None:
    assert texts(f"<p>{LEAD}</p>{extra}{paragraphs(SECOND, THIRD)}") == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize(
    "end",
    [
        "<p>Reporting by Ann Fall and Tom Winter; Editing by Ida Spring</p>",
        "<p>Ann Fall is a reporter for the town desk. Write to her at ann@news.example</p>",
        "<p>© 2024 The River Voice. All rights reserved.</p>",
        "<p>17302</p>",
        "<p>م.ع/ن.ف</p>",
        "<p>انتهى/ص.ج</p>",
        "<p>(انتهى) س م</p>",
        "<p>// انتهى //15:04 ت م 0123</p>",
        "<p>انتهى / ص.ع</p>",
        "<p>(النهاية) ن ع / م ص</p>",
        "<p>پایان پیام/ ۱۲</p>",
        "<p>ENDS// ab</p>",
        "<p>م ص/س.ع</p><p>أ ش أ</p>",
        "<p>(إعداد سالم أحمد للنشرة العربية - تحرير منى علي)</p>",
        "<p>واس / كونا</p>",
        "<p>رابط مختصر: https://news.example/?p=17</p>",
        '<div>رابط الخبر <a href="https://news.example/?p=17">https://news.example/?p=17</a></div>',
        "<p>لینک کوتاه: news.example/x2</p>",
        "<p>Lien court : https://news.example/x2</p>",
        "<p>Короткая ссылка: https://news.example/x2</p>",
        '<p>معاييرنا: <a href="https://voice.example/t">مبادئ صوت النهر للثقة</a></p>',
        '<p>Nuestros Estándares: <a href="https://voice.example/t">Los Principios de la Voz</a></p>',
        "<p>私たちの行動規範：「信頼の原則」</p>",
        "<p>مشاركة</p>",
        "<p>كلمات البحث: حدائق، النهر، المدينة</p>",
        "<p>Mots-clés : parc, fleuve</p>",
        "<div><span>طباعة الخبر</span></div>",
        "<p>Yazdır</p>",
        "<p>لا توجد تعليقات</p>",
        "<p>تم النشر في: أخبار محلية</p>",
        "<p>المصدر / وكالة النهر</p>",
        "<p>(أ ش أ)</p>",
        "<p>المقال يعبر عن رأي الكاتب ولا يعبر بالضرورة عن رأي الموقع</p>",
        "<p>Have you been affected by this story? Email us at desk@news.example.</p>",
        "<p>(With inputs from PTI)</p>",
        "<p>RND/dpa</p>",
        "<p>TT</p>",
        "<p>DL</p>",
        "<p>(bay/tan)</p>",
        "<p>Źródło: PAP</p>",
        "<p>Πηγή: ΑΠΕ-ΜΠΕ</p>",
        "<p>（江海晚报记者 周敏）</p>",
        "<p>责任编辑：李昊</p>",
        "<p>저작권자 © 강의 목소리 무단전재 및 재배포 금지</p>",
        "<p>Ann Fall covers the schools of the town. Reach her at afall@news.example or 555-0134.</p>",
        "<p>Har du tips i saken? Send oss en e-post</p>",
        f"<ul><li>{OTHER}</li><li>{OTHER.replace('/9', '/8').replace('Bridge', 'Street')}</li></ul>",
    ],
)
def test_what_closes_a_story_is_no_body(end: str) -> None:
    assert texts(paragraphs(LEAD, SECOND, THIRD) + end) == [LEAD, SECOND, THIRD]


def test_quote_pulled_out_of_the_text_is_said_once() -> None:
    pulled = f"<aside><blockquote><p>{' '.join(SECOND.split()[2:12])}</p></blockquote></aside>"
    assert texts(f"<p>{LEAD}</p>{pulled}{paragraphs(SECOND, THIRD)}") == [LEAD, SECOND, THIRD]


def test_paragraph_that_a_list_says_again_is_kept() -> None:
    line = "Two cups of flour, one cup of milk and a little salt for each guest."
    assert texts(f"<p>{LEAD}</p><p>{line}</p><p>{SECOND}</p><p>{line}</p><p>{THIRD}</p>").count(line) == 2


@pytest.mark.parametrize("heading", ["Poll", "Related", "Newsletter"])
def test_subheading_over_prose_keeps_its_line(heading: str) -> None:
    assert heading in texts(f"<p>{LEAD}</p><h2>{heading}</h2>{paragraphs(SECOND, THIRD)}")


def test_list_of_links_that_the_article_introduces_is_its_own() -> None:
    items = "".join(f'<li><a href="/doc/{number}">Report number {number} on the river</a></li>' for number in range(3))
    found = texts(f"<p>{LEAD}</p><p>The council named these reports:</p><ul>{items}</ul>{paragraphs(SECOND, THIRD)}")
    assert [text for text in found if text.startswith("Report")] == [
        f"Report number {n} on the river" for n in range(3)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Reporting by the commission was late for three years, a court found, and it must now pay a fine.",
        "The river runs on.",
        "وقال المحافظ إن العمل استغرق عامين.",
        "Der Artikel geht nach Berlin.",
        "Het verhaal gaat verder na zijn dood.",
        "Historien fortsætter med at plage ham.",
        "Entre as vítimas está um grupo de quatro turistas.",
        "Resta chiuso il canale di Suez.",
        "Ακολουθήστε το μονοπάτι ως την κορυφή.",
        "Dalszy ciąg nastąpi jutro.",
        "होमपेज पर दिए गए लिंक पर क्लिक करें।",
        "残り３試合は来月行われる。",
        "声明说，双方同意继续谈判。",
        "Ani jednego słowa.",
        "¿Te ha gustado la película? Mucho.",
        "The report covers 21 lakes and will contact their owners.",
        "شارك الخبر آلاف القراء على صفحاتهم.",
        "مشاركة النساء في الانتخابات ارتفعت.",
        "رابط الخبر بالواقع ضعيف.",
        "Facebook",
        "Live music returns to the river.",
        "عاجل القطار حشود المسافرين",
        "Share prices fell.",
        "Print is not dead.",
    ],
)
def test_sentence_of_a_story_closes_nothing(text: str) -> None:
    assert not closes_story(text)
    assert not is_promotion(text)


def test_paragraph_that_speaks_of_pictures_stays() -> None:
    told = "Sie zeigte dem Gericht am Montag drei Fotos: Auf keinem war der Angeklagte zu sehen, sagte die Richterin."
    asked = "Was bleibt, ist ein Bild: Er steht am Ufer."
    assert texts(paragraphs(LEAD, told, asked, THIRD)) == [LEAD, told, asked, THIRD]


@pytest.mark.parametrize(
    "text",
    [
        "وللمزيد من الأمان تابع المهندسون العمل على الجسر حتى ساعة متأخرة من الليل",
        "شارك الرئيس في افتتاح الحديقة إلى جانب عدد من أهالي المدينة",
        "Views of the river from the new bridge were praised by visitors",
        "انتهى العمل في الجسر",
        "انتهى كل شيء.",
        "النهاية قريبة",
        "is it.",
        "(تحرير الأسعار يثير الجدل) عنوان كتاب جديد",
    ],
)
def test_sentence_that_only_begins_like_a_promotion_stays(text: str) -> None:
    assert not is_promotion(text)
    assert texts(paragraphs(LEAD, SECOND, THIRD, text))[-1] == text
