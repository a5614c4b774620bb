"""Related blocks in every shape: kept as data, cut out of the body, nothing of the article lost."""

from __future__ import annotations

import pytest

from newscrawl.extraction.phrases import Heading, heading_of
from tests.extraction.newspaper import LEAD, RELATED, SECOND, THIRD, paragraphs, read, whole_page

LINKS = [f'<a href="/r/{number}">{headline}</a>' for number, headline in enumerate(RELATED)]
LIST = "<ul>" + "".join(f"<li>{link}</li>" for link in LINKS) + "</ul>"
SHAPES = {
    "telling class": f'<div class="related-posts"><h4>اقرأ أيضاً</h4>{LIST}</div>',
    "neutral class": f'<div class="box"><span>مقالات ذات صلة</span>{LIST}</div>',
    "heading and list": f"<h3>أخبار متعلقة</h3>{LIST}",
    "heading in a div": f"<div><div class=t><h3>موضوعات متعلقة</h3></div><div class=b>{LIST}</div></div>",
    "heading paragraph": "<p><strong>إقرأ أيضًا:</strong></p>" + "".join(f"<p>{link}</p>" for link in LINKS),
    "quote": f"<blockquote><p>طالع أيضا</p>{LIST}</blockquote>",
    "line breaks in one paragraph": "<p>اقرأ أيضا: " + "<br>".join(LINKS) + "</p>",
    "heading line in the same paragraph": "<p><b>اقرأ أيضا</b><br>" + "<br>".join(LINKS) + "</p>",
    "cards": "<h2>قد يهمك أيضاً</h2><div class='row'>"
    + "".join(
        f'<div class="col"><a href="/r/{number}"><img src="/i.jpg" alt=""></a><span class="when">منذ ساعة</span>'
        f'<h4><a href="/r/{number}">{headline}</a></h4><p>سطر قصير تحت العنوان يشرح الخبر للقارئ.</p></div>'
        for number, headline in enumerate(RELATED)
    )
    + "</div>",
}
UNLINKED = {
    "list without links": "<h3>اقرأ أيضاً</h3><ul>" + "".join(f"<li>{text}</li>" for text in RELATED) + "</ul>",
    "lines without links": "<p>اقرأ أيضا</p>" + paragraphs(*RELATED),
    "lines with marks": "<p>اقرأ أيضا</p>" + paragraphs(*(f"- {text}" for text in RELATED)),
    "one plain paragraph each": paragraphs(*(f"اقرأ أيضا.. {text}" for text in RELATED)),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_linked_block_is_kept_and_cut(shape: str) -> None:
    article = read(whole_page(f"<p>{LEAD}</p>{shape}{paragraphs(SECOND, THIRD)}"))
    assert [link.headline for link in article.related_links] == list(RELATED)
    assert [link.url for link in article.related_links] == [f"https://news.example/r/{number}" for number in range(3)]
    assert [link.position for link in article.related_links] == [1, 2, 3]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize("shape", UNLINKED.values(), ids=UNLINKED)
def test_block_without_links_is_kept_and_cut(shape: str) -> None:
    article = read(whole_page(f"<p>{LEAD}</p>{shape}{paragraphs(SECOND, THIRD)}"))
    assert [(link.headline, link.url) for link in article.related_links] == [(text, None) for text in RELATED]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_article_goes_on_with_heading_and_prose_after_headlines_without_links() -> None:
    block = "<h3>اقرأ أيضاً</h3><ul>" + "".join(f"<li>{text}</li>" for text in RELATED) + "</ul>"
    article = read(whole_page(f"<p>{LEAD}</p>{block}<h2>لماذا تأخر افتتاح الحديقة؟</h2>{paragraphs(SECOND, THIRD)}"))
    assert [(block.type, block.text) for block in article.blocks] == [
        ("paragraph", LEAD),
        ("heading", "لماذا تأخر افتتاح الحديقة؟"),
        ("paragraph", SECOND),
        ("paragraph", THIRD),
    ]
    assert len(article.related_links) == 3


def test_single_paragraphs_between_the_body_s_own() -> None:
    first, second = f"<p>اقرأ أيضاً: {LINKS[0]}</p>", f"<p><strong>شاهد أيضا: {LINKS[1]}</strong></p>"
    article = read(whole_page(f"<p>{LEAD}</p>{first}<p>{SECOND}</p>{second}<p>{THIRD}</p>"))
    assert [(link.headline, link.label, link.placement) for link in article.related_links] == [
        (RELATED[0], "اقرأ أيضاً", "inline"),
        (RELATED[1], "شاهد أيضا", "inline"),
    ]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_block_behind_the_body_is_aside() -> None:
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD) + f"<h3>اقرأ أيضاً</h3>{LIST}"))
    assert {link.placement for link in article.related_links} == {"aside"}


def test_bare_text_behind_a_cut_block_stays() -> None:
    article = read(whole_page(f"<p>{LEAD}</p><p>اقرأ أيضا: {LINKS[0]}</p>{SECOND}<br><br>{THIRD}<br>"))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_paragraph_with_many_links_is_no_block() -> None:
    words = '<a href="/a">المحافظ</a> و<a href="/b">الأهالي</a> و<a href="/c">المتطوعون</a>'
    prose = f"وشارك في الافتتاح {words} الذين عملوا في الحديقة عامين كاملين حتى اكتملت."
    article = read(whole_page(f"<p>{LEAD}</p><p>{prose}</p><p>{THIRD}</p>"))
    assert article.related_links == []
    assert "وشارك في الافتتاح المحافظ والأهالي والمتطوعون" in (article.body or "")


def test_prose_behind_a_heading_is_not_eaten() -> None:
    article = read(whole_page(f"<p>{LEAD}</p><p>اقرأ أيضا</p>{paragraphs(SECOND, THIRD)}"))
    assert article.related_links == []
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_cut_headline_is_made_whole() -> None:
    card = f'<h3>اقرأ أيضاً</h3><ul><li><a href="/r/0" title="{RELATED[0]}">{RELATED[0][:20]}...</a></li></ul>'
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD) + card))
    assert [link.headline for link in article.related_links] == [RELATED[0]]


def test_topics_under_a_related_heading_are_no_headlines() -> None:
    topics = "<h3>ذات صلة</h3><ul>" + "".join(f'<li><a href="/t/{n}">حدائق عامة</a></li>' for n in range(3)) + "</ul>"
    assert read(whole_page(paragraphs(LEAD, SECOND, THIRD) + topics)).related_links == []


@pytest.mark.parametrize("heading", ["الأكثر قراءة", "آخر الأخبار", "اخترنا لكم", "Most read", "ترشيحاتنا"])
def test_other_boxes_are_neither_related_nor_body(heading: str) -> None:
    article = read(whole_page(f"<p>{LEAD}</p><div><h3>{heading}</h3>{LIST}</div>{paragraphs(SECOND, THIRD)}"))
    assert article.related_links == []
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_comments_and_newsletter_are_not_body() -> None:
    boxes = "<div><h3>تعليقات القراء</h3><p>شكرا لكم على الخبر الجميل.</p></div>"
    boxes += "<div><h4>النشرة البريدية</h4><p>كل صباح</p></div>"
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD) + boxes))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_link_to_the_page_itself_and_doubles_are_left_out() -> None:
    links = f'<ul><li><a href="/story/17">هذا هو عنوان الصفحة نفسها</a></li><li>{LINKS[0]}</li><li>{LINKS[0]}</li></ul>'
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD) + f"<h3>اقرأ أيضا</h3>{links}"))
    assert [link.headline for link in article.related_links] == [RELATED[0]]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("أقرأ ايضاً..", Heading.READ_ALSO),
        ("قد يعجبك", Heading.READ_ALSO),
        ("مطالب مرتبط", Heading.RELATED),
        ("بیشتر بخوانید", Heading.READ_ALSO),
        ("כתבות נוספות בנושא", Heading.RELATED),
        ("İlgili Haberler", Heading.RELATED),
        ("Related stories", Heading.RELATED),
        ("À lire aussi :", Heading.READ_ALSO),
        ("Mehr zum Thema", Heading.READ_ALSO),
        ("Lea también", Heading.READ_ALSO),
        ("Most Popular", Heading.FURNITURE),
        ("اقرأ/ي أيضاً", Heading.READ_ALSO),
        ("مواضيع متصلة", Heading.RELATED),
        ("المزيد من الأخبار حول الحديقة", Heading.MORE),
        ("More about the reservoirs", Heading.MORE),
        ("در همین زمینه بخوانید", Heading.READ_ALSO),
        ("כתבות נוספות שיעניינו אותך", Heading.READ_ALSO),
        ("Potrebbe interessarti anche", Heading.READ_ALSO),
        ("Confira também", Heading.READ_ALSO),
        ("Материалы по теме:", Heading.RELATED),
        ("Çeşitli haberler", None),
        ("यह भी पढ़ें:", Heading.READ_ALSO),
        ("関連記事", Heading.RELATED),
        ("Рекомендуем", Heading.FURNITURE),
        ("المزيد من التحديات أمام القطاع", None),
        ("More on World", None),
        ("اقرأ الكتاب قبل أن يباع", None),
        ("Related work in physics was honoured", None),
    ],
)
def test_headings_are_told_by_their_words(text: str, kind: Heading | None) -> None:
    assert heading_of(text) is kind


BARE = (
    "محافظ المدينة يشكر العاملين في المشروع ويعدهم بمكافأة",
    "الأهالي احتفلوا على ضفتي النهر حتى ساعة متأخرة من الليل",
)
STAYS = {
    "list that a script fills": f"<h3>اقرأ أيضاً</h3><div id=w></div>{paragraphs(*BARE)}",
    "list that a script fills, article goes on": f"<h3>اقرأ أيضاً</h3><div id=w></div>{paragraphs(*BARE, THIRD)}",
    "subheading": f"<h3>في نفس السياق</h3>{paragraphs(*BARE)}",
    "subheading paragraph": f"<p>في نفس السياق</p>{paragraphs(*BARE)}",
    "name of related matter": f"<h3>Related</h3>{paragraphs('Lorries are banned from the old bridge at night', THIRD)}",
    "up to the article's end": f"<p><strong>اقرأ أيضاً</strong></p>{paragraphs(*RELATED[:2], BARE[0])}",
}


@pytest.mark.parametrize("shape", STAYS.values(), ids=STAYS)
def test_paragraphs_without_full_stop_are_not_taken_for_headlines(shape: str) -> None:
    article = read(whole_page(paragraphs(LEAD, SECOND) + shape))
    assert article.related_links == []
    for text in (*BARE, THIRD, "Lorries are banned from the old bridge at night"):
        assert (text in (article.body or "")) is (text in shape)


def test_missing_full_stop_says_nothing_where_the_article_uses_none() -> None:
    block = "<p>اقرأ أيضاً</p>" + paragraphs(*BARE)
    article = read(whole_page(paragraphs(LEAD[:-1], SECOND[:-1]) + block + paragraphs(THIRD[:-1])))
    assert article.related_links == []
    assert all(text in (article.body or "") for text in BARE)


@pytest.mark.parametrize("heading", ["اقرأ أيضاً", "مقالات ذات صلة"])
def test_lines_in_a_box_of_their_own_are_related(heading: str) -> None:
    box = f"<div><h3>{heading}</h3>{paragraphs(*RELATED)}</div>"
    article = read(whole_page(f"<p>{LEAD}</p>{box}{paragraphs(SECOND, THIRD)}"))
    assert [link.headline for link in article.related_links] == list(RELATED)
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize("linked", [True, False])
def test_list_is_taken_as_a_whole(linked: bool) -> None:
    texts = [RELATED[0], "وفاة الفنان", RELATED[1], "بالصور", RELATED[2]]
    items = [f'<a href="/r/{number}">{text}</a>' if linked else text for number, text in enumerate(texts)]
    block = "<h3>اقرأ أيضاً</h3><ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
    article = read(whole_page(f"<p>{LEAD}</p>{block}{paragraphs(SECOND, THIRD)}"))
    assert [link.headline for link in article.related_links] == texts
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_list_of_prose_is_not_taken() -> None:
    prose = "<h3>اقرأ أيضاً</h3><ul>" + "".join(f"<li>{text}</li>" for text in (SECOND, THIRD)) + "</ul>"
    article = read(whole_page(f"<p>{LEAD}</p>{prose}"))
    assert article.related_links == []
    assert SECOND in (article.body or "")
    assert THIRD in (article.body or "")


@pytest.mark.parametrize("rest", ["وفاة الفنان", '<a href="/r/0">وفاة الفنان</a>'])
def test_headline_of_two_words_behind_an_invitation(rest: str) -> None:
    article = read(whole_page(f"<p>{LEAD}</p><p>اقرأ أيضاً: {rest}</p>{paragraphs(SECOND, THIRD)}"))
    assert [link.headline for link in article.related_links] == ["وفاة الفنان"]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize(
    "heading",
    ["اشترك في البناء ألف عامل", "Subscribe or lose the library", "Poll", "Comments", "تعليقات القراء", "نظرات مردم"],
)
def test_box_of_prose_is_no_box_of_replies(heading: str) -> None:
    box = f"<div><h3>{heading}</h3>{paragraphs(SECOND)}</div>"
    article = read(whole_page(f"{paragraphs(LEAD)}{box}{paragraphs(THIRD, LEAD[::-1])}"))
    assert SECOND in (article.body or "")


def test_prose_with_a_form_between_the_article_s_paragraphs_stays() -> None:
    box = f"<div><h3>Poll</h3>{paragraphs(SECOND, THIRD)}<form><input></form></div>"
    article = read(whole_page(f"<p>{LEAD}</p>{box}{paragraphs(LEAD + SECOND, THIRD + LEAD)}"))
    assert f"{SECOND}\n{THIRD}" in (article.body or "")


def test_long_comments_behind_the_article_are_not_body() -> None:
    box = f'<div class="comments"><h3>تعليقات القراء</h3><p>{BARE[0]}</p><p>{BARE[1]}</p><form><input></form></div>'
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD) + box))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize("name", ["comentarios", "kommentare", "yorumlar", "reacties", "komentarze"])
def test_comments_are_no_body_in_whatever_language_their_box_is_named(name: str) -> None:
    box = f'<div class="{name}"><h4>Comentarios</h4><p>{BARE[0]}</p><p>{BARE[1]} {BARE[0]}.</p></div>'
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD) + box))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize("tail", ["اقرأ أيضاً: {}", "(اقرأ أيضاً: {})", "[طالع أيضا {}]", "<b>شاهد أيضا</b> {}"])
def test_invitation_at_a_paragraph_s_end_is_cut_alone(tail: str) -> None:
    article = read(whole_page(f"<p>{LEAD} {tail.format(LINKS[0])}</p>{paragraphs(SECOND, THIRD)}"))
    assert [link.url for link in article.related_links] == ["https://news.example/r/0"]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_links_within_a_sentence_are_no_invitation() -> None:
    prose = f"طلب المعلم من التلاميذ في الدرس الأول أن يقولوا: اقرأ أيضا {LINKS[0]} وهو كتاب قديم عن تاريخ المدينة."
    article = read(whole_page(f"<p>{LEAD}</p><p>{prose}</p><p>{THIRD}</p>"))
    assert article.related_links == []
    assert RELATED[0] in (article.body or "")


def test_heading_within_the_line_of_its_links() -> None:
    first, second = (f'<a href="/r/{number}"><span>{RELATED[number]}</span></a>' for number in (0, 1))
    box = f"<aside><span>اقرأ أيضاً</span>{first}{second}</aside>"
    article = read(whole_page(f"<p>{LEAD}</p>{box}{paragraphs(SECOND, THIRD)}"))
    assert [(link.headline, link.label) for link in article.related_links] == [
        (RELATED[0], "اقرأ أيضاً"),
        (RELATED[1], "اقرأ أيضاً"),
    ]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize("item", ["<p>- {}</p>", "<li>{}</li>"])
def test_list_with_some_links(item: str) -> None:
    block = "".join(item.format(text) for text in (LINKS[0], RELATED[1], LINKS[2]))
    block = f"<ul>{block}</ul>" if "li" in item else block
    article = read(whole_page(f"<p>{LEAD}</p><p>اقرأ أيضاً</p>{block}{paragraphs(SECOND, THIRD)}"))
    assert [link.headline for link in article.related_links] == list(RELATED)
    assert [link.url for link in article.related_links][1] is None
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize(
    "prose",
    [
        '<a href="/m">وزارة النقل</a> أعلنت أن الجسر مجاني',
        'أعلنت <a href="/m">وزارة النقل والمواصلات العامة</a> أن الجسر مجاني',
    ],
)
def test_prose_with_a_link_ends_a_block(prose: str) -> None:
    block = f"<h3>اقرأ أيضاً</h3><p>{LINKS[0]}</p><p>{prose}</p>"
    article = read(whole_page(f"<p>{LEAD}</p>{block}{paragraphs(SECOND, THIRD)}"))
    assert [link.headline for link in article.related_links] == [RELATED[0]]
    assert "الجسر مجاني" in (article.body or "")


@pytest.mark.parametrize("words", ["شاهد الفيديو", "لا يفوتك", "مواضيع أخرى", "BUNA DA BAKIN", "לכתבות נוספות", "شاهد"])
def test_more_words_that_invite(words: str) -> None:
    article = read(whole_page(f"<p>{LEAD}</p><p>{words}: {LINKS[0]}</p>{paragraphs(SECOND, THIRD)}"))
    assert [link.headline for link in article.related_links] == [RELATED[0]]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_item_of_a_list_with_a_link_in_its_text() -> None:
    items = [LINKS[0], f'{RELATED[1]} <a href="/r/1">هنا</a>', "<p>نص</p>" + LINKS[2]]
    block = "<h3>اقرأ أيضاً</h3><ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
    article = read(whole_page(f"<p>{LEAD}</p>{block}{paragraphs(SECOND, THIRD)}"))
    assert RELATED[0] in [link.headline for link in article.related_links]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_a_number_or_a_mark_before_the_words_of_a_heading() -> None:
    for mark in ("1. ", "- ", "• "):
        article = read(whole_page(f"<p>{LEAD}</p><p>{mark}اقرأ أيضا: {LINKS[0]}</p>{paragraphs(SECOND, THIRD)}"))
        assert [link.headline for link in article.related_links] == [RELATED[0]], mark


def test_a_headline_cut_short_is_whole_on_another_link_of_its_card() -> None:
    cards = "".join(
        f'<div><a href="/r/{number}" title="{headline}"><img src=/i.jpg alt=""></a>'
        f'<div><h4><a href="/r/{number}">{headline[:20]}...</a></h4></div></div>'
        for number, headline in enumerate(RELATED)
    )
    article = read(whole_page(f"{paragraphs(LEAD, SECOND, THIRD)}<section><h3>موضوعات ذات صلة</h3>{cards}</section>"))
    assert [link.headline for link in article.related_links] == list(RELATED)


def test_of_a_link_around_a_teaser_the_heading_is_the_headline() -> None:
    teasers = "".join(
        f'<div><a href="/r/{number}"><p>محليات</p><h3>{headline}</h3><p>{SECOND}</p></a></div>'
        for number, headline in enumerate(RELATED)
    )
    article = read(whole_page(f"{paragraphs(LEAD, SECOND, THIRD)}<section><h3>موضوعات ذات صلة</h3>{teasers}</section>"))
    assert [link.headline for link in article.related_links] == list(RELATED)


@pytest.mark.parametrize(
    "words", ["यह भी पढ़ें", "Читайте по теме", "Confira também", "Leggi pure", "ಇದನ್ನೂ ಓದಿ", "اقرأ/ي أيضاً"]
)
def test_a_set_phrase_before_its_link(words: str) -> None:
    article = read(whole_page(f"<p>{LEAD}</p><p>{words}: {LINKS[0]}</p>{paragraphs(SECOND, THIRD)}"))
    assert [(link.headline, link.label) for link in article.related_links] == [(RELATED[0], words)]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_a_sentence_that_begins_like_a_topical_heading_stays() -> None:
    prose = 'More about the <a href="/m">history of the northern reservoirs</a> can be read in the museum by the river.'
    article = read(whole_page(paragraphs(LEAD, SECOND, prose, THIRD)))
    assert article.related_links == []
    assert "More about the history" in (article.body or "")


def test_a_label_that_style_alone_parts_from_the_headline() -> None:
    card = f'<div class="c"><a href="/r/0"><span class="l">اقرأ أيضا</span><span>{RELATED[0]}</span></a></div>'
    article = read(whole_page(f"<p>{LEAD}</p>{card}{paragraphs(SECOND, THIRD)}"))
    assert [(link.headline, link.label) for link in article.related_links] == [(RELATED[0], "اقرأ أيضا")]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_section_and_time_within_a_link_are_not_its_headline() -> None:
    cards = "".join(
        f'<a href="/r/{number}"><span>محليات</span><span>{headline}</span><time>قبل يومين</time></a>'
        for number, headline in enumerate(RELATED)
    )
    article = read(
        whole_page(f"<p>{LEAD}</p><div><div>المزيد عن حديقة المدينة</div>{cards}</div>{paragraphs(SECOND, THIRD)}")
    )
    assert [link.headline for link in article.related_links] == list(RELATED)
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


TABS = {
    "links": '<h4><a href="#a">مقالات ذات صلة</a><a href="#b">المزيد عن المؤلف</a></h4>',
    "spans": "<h3><span>أخبار متعلقة</span> <span>من نفس القسم</span></h3>",
}


@pytest.mark.parametrize("tabs", TABS.values(), ids=TABS)
def test_the_open_tab_heads_the_links(tabs: str) -> None:
    article = read(whole_page(paragraphs(LEAD, SECOND, THIRD) + f"<div>{tabs}<div>{LIST}</div></div>"))
    assert [link.headline for link in article.related_links] == list(RELATED)
    assert {link.label for link in article.related_links} < {"مقالات ذات صلة", "أخبار متعلقة"}
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_a_card_that_is_one_link_with_a_label_in_it() -> None:
    card = f'<div><a href="/r/0"><div class="badge">اقرأ أيضا</div><div>{RELATED[0]}</div></a></div>'
    article = read(whole_page(f"<p>{LEAD}</p>{card}{paragraphs(SECOND, THIRD)}"))
    found = [(link.headline, link.label, link.placement) for link in article.related_links]
    assert found == [(RELATED[0], "اقرأ أيضا", "inline")]


@pytest.mark.parametrize(
    ("heading", "label", "headlines"),
    [
        ("【関連記事】", "関連記事", ["能登の朝市、仮設で再開", "棚田オーナー制度に応募二百件"]),
        ("相关阅读", "相关阅读", ["老粮仓改造方案公示", "滨江步道全线贯通"]),
        ("ข่าวที่เกี่ยวข้อง", "ข่าวที่เกี่ยวข้อง", ["เปิดสะพานใหม่ข้ามแม่น้ำ", "ตลาดริมน้ำกลับมาเปิด"]),
    ],
)
def test_headlines_in_scripts_that_part_no_words(heading: str, label: str, headlines: list[str]) -> None:
    items = "".join(f'<li><a href="/r/{number}">{text}</a></li>' for number, text in enumerate(headlines))
    article = read(whole_page(f"{paragraphs(LEAD, SECOND, THIRD)}<h3>{heading}</h3><ul>{items}</ul>"))
    assert [(link.headline, link.label) for link in article.related_links] == [(text, label) for text in headlines]


def test_topics_in_a_script_that_parts_no_words_are_no_headlines() -> None:
    topics = '<h3>関連記事</h3><ul><li><a href="/t/1">能登</a></li><li><a href="/t/2">棚田</a></li></ul>'
    assert read(whole_page(paragraphs(LEAD, SECOND, THIRD) + topics)).related_links == []


LONE = {
    "paragraph": f"<p><strong>{LINKS[0]}</strong></p>",
    "embedded": f'<blockquote class="wp-embedded-content"><p>{LINKS[0]}</p></blockquote>',
    "block of WordPress": f'<figure class="wp-block-embed"><div><blockquote>{LINKS[0]}</blockquote></div></figure>',
}


@pytest.mark.parametrize("lone", LONE.values(), ids=LONE)
def test_a_link_between_paragraphs_is_related_without_a_heading(lone: str) -> None:
    article = read(whole_page(f"<p>{LEAD}</p>{lone}{paragraphs(SECOND, THIRD)}"))
    assert [(link.headline, link.label, link.placement) for link in article.related_links] == [
        (RELATED[0], None, "inline")
    ]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://ministry.example/law">نص القانون الكامل كما نشرته الوزارة</a>',
        '<a href="/app">Click to get the River Voice app</a>',
        '<a href="/topics/parks">حدائق المدينة</a>',
    ],
)
def test_a_link_that_is_no_other_story_is_not_related(link: str) -> None:
    article = read(whole_page(f"<p>{LEAD}</p><p>{link}</p>{paragraphs(SECOND, THIRD)}"))
    assert article.related_links == []


@pytest.mark.parametrize("words", ["اقرأ أيضا", "إقرأ أيضاً", "شاهد أيضًا"])
def test_an_invitation_that_runs_into_its_headline(words: str) -> None:
    headline = "البلدية تفتتح أطول جسر للمشاة في المدينة"
    article = read(whole_page(f"<p>{LEAD}</p><p>{words}{headline}</p>{paragraphs(SECOND, THIRD)}"))
    assert [(link.headline, link.label) for link in article.related_links] == [(headline, words)]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_words_of_buttons_head_the_link_behind_them_and_no_list() -> None:
    after = f"<div><a href='/ad'><span>Learn More</span></a><span>Learn More</span>{LIST}</div>"
    article = read(whole_page(paragraphs(LEAD, SECOND) + f"<p>Saiba mais: {LINKS[0]}</p><p>{THIRD}</p>{after}"))
    assert [link.headline for link in article.related_links] == [RELATED[0]]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize(
    "line", [f"<h3>Related post: {LINKS[0]}</h3>", f"<p><strong>MUST READ | </strong><strong>{RELATED[0]}</strong></p>"]
)
def test_label_and_headline_in_elements_of_their_own_are_no_tabs(line: str) -> None:
    article = read(whole_page(f"<p>{LEAD}</p>{line}{paragraphs(SECOND, THIRD)}"))
    assert [link.headline for link in article.related_links] == [RELATED[0]]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


MORE_SHAPES = {
    "cards with section, date and author": "<div><h3>مواضيع متعلقة</h3><div>"
    + "".join(
        f'<article><a href="/s/1">محليات</a><h3>{link}</h3><span>12 مايو 2024</span> <span>بقلم هدى</span></article>'
        for link in LINKS
    )
    + "</div></div>",
    "advertisements between": "<div>اقرأ أيضا</div>"
    + "<div class=a>إعلان</div>".join(f"<div>{x}</div>" for x in LINKS),
    "a heading that names the site": f"<h3>اقرأ أيضا على صوت النهر</h3>{LIST}",
    "a heading that names the topic": f"<p>اقرأ أيضا عن الموضوع نفسه:</p>{LIST}",
}


@pytest.mark.parametrize("shape", MORE_SHAPES.values(), ids=MORE_SHAPES)
def test_linked_block_of_more_shapes(shape: str) -> None:
    for body in (f"<p>{LEAD}</p>{shape}{paragraphs(SECOND, THIRD)}", paragraphs(LEAD, SECOND, THIRD) + shape):
        article = read(whole_page(body))
        assert [link.headline for link in article.related_links] == list(RELATED)
        assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_a_headline_that_goes_on_like_a_topic_stays_whole() -> None:
    line = '<p><a href="/r/0">اقرأ أيضا في مصر تفتتح أطول جسر للمشاة</a></p>'
    article = read(whole_page(f"<p>{LEAD}</p>{line}{paragraphs(SECOND, THIRD)}"))
    assert len(article.related_links) == 1
    assert (article.related_links[0].headline or "").endswith("مصر تفتتح أطول جسر للمشاة")
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_a_dash_between_label_and_headline_in_a_link_is_neither_s() -> None:
    line = f'<p><a href="/r/0">اقرأ أيضاً - {RELATED[0]}</a></p>'
    article = read(whole_page(f"<p>{LEAD}</p>{line}{paragraphs(SECOND, THIRD)}"))
    assert [(link.headline, link.label) for link in article.related_links] == [(RELATED[0], "اقرأ أيضاً")]


def test_a_date_under_each_headline_of_a_list_is_no_headline() -> None:
    items = "".join(f"<li><h4>{link}</h4><p>الأحد 12 مايو 2024</p></li>" for link in LINKS)
    article = read(whole_page(f"<p>{LEAD}</p><h3>اقرأ أيضاً</h3><ul>{items}</ul>{paragraphs(SECOND, THIRD)}"))
    assert [link.headline for link in article.related_links] == list(RELATED)
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize("leads", ['data-href="/r/{}"', "onclick=\"location.href='/r/{}'\""])
def test_where_a_script_leads_is_the_link_s_address(leads: str) -> None:
    cards = "".join(
        f"<div class=c {leads.format(number)}><h4>{headline}</h4></div>" for number, headline in enumerate(RELATED)
    )
    block = f"<div class=r><h3>اقرأ أيضاً</h3>{cards}</div>"
    article = read(whole_page(f"<p>{LEAD}</p>{block}{paragraphs(SECOND, THIRD)}"))
    assert [link.headline for link in article.related_links] == list(RELATED)
    assert [link.url for link in article.related_links] == [f"https://news.example/r/{number}" for number in range(3)]


COVERED = {
    "stretched over the card": '<div class="card"><a href="/r/{n}" class="stretched-link"></a><img src="/i.jpg" alt="">'
    '<div><span>مجتمع</span><h3 class="card-title">{text}</h3><small>الخميس 4 أبريل 2024 - 11:22</small></div></div>',
    "for screen readers": '<div class="card"><a class="full" href="/r/{n}"><span class="sr-only">المزيد</span></a>'
    "<h5>{text}</h5><p>سطر قصير تحت العنوان يشرح الخبر للقارئ.</p></div>",
    "around the picture": '<article><a href="/r/{n}"><img src="/i.jpg" alt=""></a><p>{text}</p></article>',
    "a button": '<div><h4>{text}</h4><a class="btn" href="/r/{n}">اقرأ المزيد</a></div>',
}


@pytest.mark.parametrize("heading", ["اقرأ أيضاً", "مقالات ذات صلة", "الأكثر قراءة"])
@pytest.mark.parametrize("card", COVERED.values(), ids=COVERED)
def test_card_whose_link_says_no_headline(card: str, heading: str) -> None:
    cards = "".join(card.format(n=number, text=headline) for number, headline in enumerate(RELATED))
    box = f'<div class="box"><div><h3>{heading}</h3></div><div class="row">{cards}</div></div>'
    article = read(whole_page(f"<p>{LEAD}</p>{box}{paragraphs(SECOND, THIRD)}"))
    expected = [] if heading == "الأكثر قراءة" else [(RELATED[n], f"https://news.example/r/{n}") for n in range(3)]
    assert [(link.headline, link.url) for link in article.related_links] == expected
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("زیاتر بخوێنەوە", Heading.READ_ALSO),
        ("هەروەها بخوێنەرەوە:", Heading.READ_ALSO),
        ("هەواڵی پەیوەندیدار", Heading.RELATED),
        ("بابەتە پەیوەندیدارەکان", Heading.RELATED),
        ("زۆرترین خوێنراوە", Heading.FURNITURE),
        ("کۆمێنتەکان", Heading.REPLIES),
        ("همچنان بخوانید", Heading.READ_ALSO),
        ("این گزارش را هم بخوانید", Heading.READ_ALSO),
        ("حول هذه القصة", Heading.RELATED),
        ("حول القضية", None),
        ("ڕێگای نوێ", None),
    ],
)
def test_headings_in_kurdish_persian_and_arabic(words: str, kind: Heading | None) -> None:
    assert heading_of(words) is kind


def _list(item: str) -> str:
    return "<ul>" + "".join(f"<li>{item.format(n=n, text=text)}</li>" for n, text in enumerate(RELATED)) + "</ul>"


_POSITIONED = '<span>list {n} of 3</span><h3><a href="/r/{n}">{text}</a></h3>'
_TEASED = '<h3><a href="/r/{n}">{text}</a></h3><p>أعلن القائمون على المعرض مواعيد الزيارة...</p><i>18/5/2024</i>'
STYLED = {
    "heading parted by style": (f"<h3><span>اقرأ<strong>أيضاً</strong></span></h3>{LIST}", "اقرأ أيضاً"),
    "positions for screen readers": (f"<h2>اقرأ أيضا</h2>{_list(_POSITIONED)}", "اقرأ أيضا"),
    "teaser and day under each link": (f"<div>حول هذه القصة</div>{_list(_TEASED)}", "حول هذه القصة"),
}


@pytest.mark.parametrize(("shape", "label"), STYLED.values(), ids=STYLED)
def test_what_style_sets_apart_around_headlines(shape: str, label: str) -> None:
    article = read(whole_page(f"<p>{LEAD}</p>{shape}{paragraphs(SECOND, THIRD)}"))
    assert [(link.headline, link.label) for link in article.related_links] == [(text, label) for text in RELATED]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize("linked", [{0, 2}, {0}])
def test_lines_of_a_list_without_items(linked: set[int]) -> None:
    lines = "<br>".join(f"- {LINKS[n] if n in linked else text}" for n, text in enumerate(RELATED))
    article = read(whole_page(f"<p>{LEAD}</p><h2>اقرأ أيضا</h2><ul>{lines}</ul>{paragraphs(SECOND, THIRD)}"))
    assert [(link.headline, link.url is not None) for link in article.related_links] == [
        (text, n in linked) for n, text in enumerate(RELATED)
    ]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_label_within_the_link_that_it_heads() -> None:
    card = f'<div><a href="/r/0"><div><span>بیشتر در این باره:</span><h4>{RELATED[0]}</h4></div></a></div>'
    article = read(whole_page(f"<p>{LEAD}</p>{card}{paragraphs(SECOND, THIRD)}"))
    assert [(link.headline, link.label) for link in article.related_links] == [(RELATED[0], "بیشتر در این باره")]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]
