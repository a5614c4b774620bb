from __future__ import annotations

from newscrawl.discovery.front_page import read_front_page

HOME = "https://post.example/"


def read(html: str, url: str = HOME) -> tuple[tuple[str, ...], tuple[str, ...]]:
    page = read_front_page(html.encode(), url, {"Content-Type": "text/html; charset=utf-8"})
    return page.feeds, page.sections


def test_feeds_are_those_that_the_page_calls_alternate() -> None:
    feeds, _ = read(
        """<link rel="alternate" type="application/rss+xml" href="/rss">
        <link rel="ALTERNATE home" type="application/atom+xml; charset=utf-8" href="https://feeds.example/atom">
        <link rel="alternate" type="application/feed+json" href="feed.json">
        <link rel=alternate type="application/rss+xml">
        <link rel="alternate" type="application/rss+xml" href="/comments/feed">
        <link rel="alternate" hreflang="fa" href="/fa"><link rel="stylesheet" type="application/rss+xml" href="/no">"""
    )
    assert feeds == ("https://post.example/rss", "https://feeds.example/atom", "https://post.example/feed.json")


def test_sections_are_what_the_navigation_links_to() -> None:
    _, sections = read(
        """<header><a href="/">Home</a><a href="/city">City</a><a href="/news/20001">Opened</a></header>
        <div class="main-menu"><a href="/category/culture/">Culture</a><a href="/city#top">City</a>
        <a href="/about">About</a><a href="/login">Login</a><a href="https://other.example/x">Other</a>
        <a href="/city?page=2">More</a><a href="/a/b/c">Deep</a></div><main><a href="/sport">Sport</a></main>"""
    )
    assert sections == ("https://post.example/city", "https://post.example/category/culture/")


def test_what_is_no_page_names_nothing() -> None:
    assert read("") == ((), ())
    assert read("\x00\x01 no markup") == ((), ())


def test_references_count_from_the_base() -> None:
    html = '<base href="https://post.example/ar/"><link rel=alternate type="application/rss+xml" href="rss">'
    assert read(html)[0] == ("https://post.example/ar/rss",)
