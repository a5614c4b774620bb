"""An outlet on loopback, with all that a look at it can find."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.server import Answer, Server

ARTICLES = 12
_TOPICS = (
    "سوق الحي", "مكتبة النهر", "جسر المشاة", "حديقة البلدية", "مدرسة الموسيقى", "معرض الكتاب", "مرفأ الصيادين",
    "متحف الخزف", "ملعب الضاحية", "محطة القطار", "مسرح المدينة", "بستان الزيتون",
)  # fmt: skip
_ROBOTS = """User-agent: *
Disallow: /members/
Sitemap: {home}/sitemaps/index.xml
"""
_HOME = """<html lang="ar"><head><title>بريد الحي - الصفحة الأولى</title>
<meta property="og:site_name" content="بريد الحي">
<link rel="alternate" type="application/rss+xml" title="آخر الأخبار" href="/rss/latest">
<link rel="alternate" type="application/rss+xml" title="comments" href="/comments/feed">
</head><body><nav><a href="/city">المدينة</a> <a href="/culture">الثقافة</a> <a href="/login">دخول</a></nav>
<main><h1>بريد الحي</h1>{links}</main></body></html>"""
_PAGE = """<html lang="ar"><head><title>{headline} | بريد الحي</title><meta property="og:site_name" content="بريد الحي">
<script type="application/ld+json">{data}</script></head>
<body><header><nav><a href="/city">المدينة</a></nav></header><main><article><h1>{headline}</h1>
<p>قال القائمون على {topic} إن العمل فيه انتهى هذا الأسبوع، وإن أبوابه ستفتح لأهل الحي جميعا من غير رسوم.</p>
<p>وأضافوا أن {topic} كلف أقل مما كان يُخشى، وأن المتطوعين أنجزوا معظم ما فيه في عطل نهاية الأسبوع.</p>
{related}<p>ومن المنتظر أن يصدر تقرير جديد عن {topic} في الربيع، وأن يزوره تلاميذ المدارس القريبة كل أسبوع.</p>
</article></main><footer>بريد الحي</footer></body></html>"""


def path(number: int) -> str:
    """Where an article stands."""
    return f"/news/{20_000 + number}"


def headline(number: int) -> str:
    """An article's headline."""
    return f"افتتاح {_TOPICS[number]} بعد عام من الترميم"


def outlet(server: Server, *, now: datetime, related: bool = True, feed: bool = True) -> None:
    """Give the server an outlet that has published an article every six hours up to `now`."""
    home = server.home
    server.routes["/robots.txt"] = Answer(body=_ROBOTS.format(home=home).encode(), content_type="text/plain")
    links = "".join(f'<p><a href="{path(number)}">{headline(number)}</a></p>' for number in range(ARTICLES))
    page = _HOME if feed else _HOME.replace("alternate", "none")
    server.routes["/"] = Answer(body=page.format(links=links).encode())
    times = [(now - timedelta(hours=6 * number + 1)).astimezone(UTC) for number in range(ARTICLES)]
    for number, time in enumerate(times):
        server.routes[path(number)] = Answer(body=_article(number, time, related).encode())
    if not feed:
        return
    items = "".join(
        f"<item><title>{headline(number)}</title><link>{home}{path(number)}</link>"
        f"<pubDate>{format_datetime(time)}</pubDate></item>"
        for number, time in enumerate(times)
    )
    rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>بريد</title>{items}</channel></rss>'
    server.routes["/rss/latest"] = Answer(body=rss.encode(), content_type="application/rss+xml")
    names = ("/sitemaps/2019.xml", "/sitemaps/news.xml")
    index = "".join(f"<sitemap><loc>{home}{name}</loc></sitemap>" for name in names)
    _xml(server, "/sitemaps/index.xml", f"<sitemapindex>{index}</sitemapindex>")
    news = "".join(
        f"<url><loc>{home}{path(number)}</loc><news:news><news:title>{headline(number)}</news:title>"
        f"<news:publication_date>{time.isoformat()}</news:publication_date></news:news></url>"
        for number, time in enumerate(times)
    )
    space = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    _xml(server, "/sitemaps/news.xml", f"<urlset {space}>{news}</urlset>")
    past = "".join(f"<url><loc>{home}/news/{10_000 + number}</loc></url>" for number in range(50))
    _xml(server, "/sitemaps/2019.xml", f"<urlset>{past}</urlset>")


def _article(number: int, time: datetime, related: bool) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": headline(number),
        "datePublished": time.isoformat(),
        "inLanguage": "ar",
    }
    if number % 3:
        data["author"] = {"@type": "Person", "name": "سلمى الخطيب"}  # type: ignore[assignment]
    other = (number + 1) % ARTICLES
    block = f'<p>اقرأ أيضا: <a href="{path(other)}">{headline(other)}</a></p>' if related else ""
    text = json.dumps(data, ensure_ascii=False)
    return _PAGE.format(headline=headline(number), topic=_TOPICS[number], data=text, related=block)


def _xml(server: Server, name: str, text: str) -> None:
    server.routes[name] = Answer(body=f'<?xml version="1.0"?>{text}'.encode(), content_type="application/xml")
