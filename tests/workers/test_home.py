from __future__ import annotations

from newscrawl.items import Page
from newscrawl.workers.home import read_home

HTML = """<html lang="ar"><head><title>الصفحة الأولى</title><meta property="og:site_name" content="بريد الحي">
<link rel=alternate type="application/rss+xml" href="/rss"></head><body><nav><a href="/city">المدينة</a></nav>
<p>أهلا بكم في بريد الحي، صحيفة تكتب عن الحي وأهله كل يوم منذ سنين طويلة.</p></body></html>"""


def test_a_front_page_tells_outlet_language_feeds_and_sections() -> None:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    home = read_home(Page(url="https://post.example/", body=HTML.encode(), headers=headers))
    assert (home.outlet, home.language) == ("بريد الحي", "ar")
    assert home.named.feeds == ("https://post.example/rss",)
    assert home.named.sections == ("https://post.example/city",)


def test_what_is_no_page_tells_nothing() -> None:
    home = read_home(Page(url="https://post.example/", body=b"\x89PNG\x00"))
    assert (home.outlet, home.named.feeds, home.named.sections) == (None, (), ())
