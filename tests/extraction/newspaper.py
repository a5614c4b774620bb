"""A small newspaper of our own: pages put together from parts, for the tests of extraction."""

from __future__ import annotations

from datetime import UTC, datetime

from newscrawl.extraction import extract
from newscrawl.items import Article, Page
from newscrawl.sources.source import Source

URL = "https://news.example/story/17"
FETCHED = datetime(2024, 5, 20, 12, 0, tzinfo=UTC)
HEADLINE = "افتتاح حديقة عامة جديدة على ضفة النهر"
LEAD = "افتتح محافظ المدينة صباح اليوم حديقة عامة جديدة على ضفة النهر تضم ملاعب للأطفال ومكتبة صغيرة ومسارات للمشي."
SECOND = "وقال المحافظ إن العمل في الحديقة استغرق عامين كاملين وشارك فيه متطوعون من أهالي الأحياء القريبة من النهر."
THIRD = "ويتوقع القائمون على المشروع أن يزور الحديقة أكثر من ألف شخص كل يوم خلال أشهر الصيف المقبلة من هذا العام."
RELATED = (
    "انطلاق معرض الكتاب السنوي بمشاركة مئة دار نشر",
    "«المياه» تعلن مواعيد صيانة الشبكة.. التفاصيل الكاملة",
    "شاهد.. أول قطار سياحي يصل إلى المدينة القديمة",
)


def source(**fields: object) -> Source:
    """A source of the newspaper's pages."""
    known: dict[str, object] = {
        "source_id": "news_example",
        "outlet": "صوت النهر",
        "homepage": "https://news.example",
        "country": "xx",
    }
    return Source(**{**known, **fields})  # type: ignore[arg-type]


def whole_page(body: str, *, head: str = "", headline: str = HEADLINE, lang: str = "ar", above: str = "") -> str:
    """A page with menu, headline, the article's body and what a site puts around it."""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">'
        f"<title>{headline} - صوت النهر</title>{head}</head>"
        '<body><header><ul class="menu"><li><a href="/">الرئيسية</a></li>'
        '<li><a href="/sport">رياضة</a></li></ul></header>'
        f'<main><article><h1>{headline}</h1>{above}<div class="text">{body}</div></article></main>'
        '<div class="side"><h3>الأكثر قراءة</h3><ul><li><a href="/1">خبر عن أسعار الخضر في السوق</a></li>'
        '<li><a href="/2">خبر عن موعد مباراة القمة المقبلة</a></li></ul></div>'
        "<footer><p>جميع الحقوق محفوظة لصحيفة صوت النهر</p></footer></body></html>"
    )


def read(html: str, of: Source | None = None, *, url: str = URL, fetched_at: datetime | None = FETCHED) -> Article:
    """The article in a page's text."""
    return extract(Page(url=url, body=html.encode("utf-8", "surrogatepass"), fetched_at=fetched_at), of)


def paragraphs(*texts: str) -> str:
    """The texts as HTML paragraphs."""
    return "".join(f"<p>{text}</p>" for text in texts)
