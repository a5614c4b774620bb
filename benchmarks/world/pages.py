"""How outlets print a story: five markups, true to what portals, blogs and small papers serve."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from benchmarks.world.outlets import Outlet
from benchmarks.world.stories import Story, Words
from benchmarks.world.words import LANGUAGES

_MONTHS = {
    "ar": (
        "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ),
}  # fmt: skip
_BY = {"ar": "كتب", "en": "By", "fr": "Par", "fa": "نوشته"}
_NAVIGATION = {
    "ar": ("الرئيسية", "سياسة", "اقتصاد", "رياضة", "ثقافة"),
    "en": ("Home", "Politics", "Business", "Sport", "Culture"),
    "fr": ("Accueil", "Politique", "Économie", "Sport", "Culture"),
    "fa": ("خانه", "سیاست", "اقتصاد", "ورزش", "فرهنگ"),
}
_RIGHTS = {
    "ar": "جميع الحقوق محفوظة", "en": "All rights reserved", "fr": "Tous droits réservés", "fa": "همه حقوق محفوظ است",
}  # fmt: skip
_LINKS = 4


def page(story: Story, now: datetime, others: Sequence[Story]) -> str:
    """The page of a story as it is served at `now`; `others` are stories of the outlet that may be read also."""
    outlet, words = story.outlet, story.words(now)
    changed = outlet.suffers("template", now)
    article = _BARE if changed else MARKUPS[outlet.markup]
    head, body = article(story, words, now, _links(outlet, now, others))
    direction = ' dir="rtl"' if outlet.language in ("ar", "fa") else ""
    menu = "".join(f'<li><a href="/s/{number}">{name}</a></li>' for number, name in enumerate(_menu(outlet)))
    return (
        f'<!DOCTYPE html><html lang="{outlet.language}"{direction}><head><meta charset="utf-8">'
        f"<title>{escape(words.headline)} - {outlet.name}</title>{head}</head><body>"
        f'<header class="site-header"><a href="/">{outlet.name}</a><nav><ul class="menu">{menu}</ul></nav></header>'
        f"<main>{body}</main>"
        f'<footer class="site-footer"><p>{_RIGHTS[outlet.language]} © {outlet.name}</p></footer></body></html>'
    )


def section(outlet: Outlet, now: datetime, stories: Sequence[Story]) -> str:
    """A page that lists stories."""
    items = "".join(f'<article><h2><a href="{one.path}">{_title(one, now)}</a></h2></article>' for one in stories)
    return (
        f'<!DOCTYPE html><html lang="{outlet.language}"><title>{outlet.name}</title><body><main>{items}</main></html>'
    )


def _menu(outlet: Outlet) -> Sequence[str]:
    return _NAVIGATION[outlet.language]


def _title(story: Story, now: datetime) -> str:
    return escape(story.words(now).headline)


def _links(outlet: Outlet, now: datetime, others: Sequence[Story]) -> list[tuple[str, str]]:
    return [(one.path, _title(one, now)) for one in others[:_LINKS]]


def _local(story: Story, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(story.outlet.timezone))


def _printed(story: Story) -> str:
    local = _local(story, story.published)
    months = _MONTHS.get(story.outlet.language)
    if months is None:
        return f"{local:%Y-%m-%d %H:%M}"
    return f"{local.day} {months[local.month - 1]} {local.year} {local:%H:%M}"


def _read_also(outlet: Outlet, links: Sequence[tuple[str, str]], shape: str) -> str:
    """The block between the story's own paragraphs, in one of the shapes in the wild."""
    heading = LANGUAGES[outlet.language].read_also
    if not links:
        return ""
    if shape == "lines":
        lines = "<br>".join(f'<a href="{path}">{title}</a>' for path, title in links)
        return f"<p><strong>{heading}:</strong><br>{lines}</p>"
    items = "".join(f'<li><a href="{path}">{title}</a></li>' for path, title in links)
    if shape == "bare":
        return f"<h3>{heading}</h3><ul>{items}</ul>"
    return f'<div class="related-inline"><h4>{heading}</h4><ul>{items}</ul></div>'


def _paragraphs(words: Words, block: str) -> str:
    several = [f"<p>{escape(one)}</p>" for one in words.paragraphs]
    middle = len(several) // 2
    return "".join([*several[:middle], block, *several[middle:]])


Markup = Callable[[Story, Words, datetime, Sequence[tuple[str, str]]], tuple[str, str]]


def _portal(story: Story, words: Words, now: datetime, links: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """JSON-LD, a container of its own for the block."""
    outlet = story.outlet
    said = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": words.headline,
        "datePublished": _local(story, story.published).isoformat(),
        "dateModified": _local(story, story.changed(now)).isoformat(),
        "author": {"@type": "Person", "name": words.author},
        "publisher": {"@type": "Organization", "name": outlet.name},
    }  # fmt: skip
    head = f'<script type="application/ld+json">{json.dumps(said, ensure_ascii=False)}</script>'
    body = (
        f'<article class="news"><h1>{escape(words.headline)}</h1><div class="byline">{_BY[outlet.language]} '
        f'{words.author}</div><div class="article-body">{_paragraphs(words, _read_also(outlet, links, "box"))}</div>'
        "</article>"
    )
    return head, body


def _blog(story: Story, words: Words, now: datetime, links: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Open Graph, a time element, a link to the author."""
    outlet = story.outlet
    at = _local(story, story.published).isoformat()
    head = (
        f'<meta property="og:type" content="article"><meta property="og:title" content="{escape(words.headline)}">'
        f'<meta property="article:published_time" content="{at}">'
        f'<meta property="article:modified_time" content="{_local(story, story.changed(now)).isoformat()}">'
    )
    body = (
        f'<article class="post"><header class="entry-header"><h1 class="entry-title">{escape(words.headline)}</h1>'
        f'<div class="entry-meta"><time class="entry-date" datetime="{at}">{_printed(story)}</time> '
        f'<a rel="author" href="/author/{story.number}">{words.author}</a></div></header>'
        f'<div class="entry-content">{_paragraphs(words, _read_also(outlet, links, "bare"))}</div></article>'
    )
    return head, body


def _plain(story: Story, words: Words, now: datetime, links: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """A meta tag for the author, the time as text, the block as lines of a paragraph."""
    head = f'<meta name="author" content="{words.author}">'
    body = (
        f'<div id="content"><h1>{escape(words.headline)}</h1><p class="date">{_printed(story)}</p>'
        f'<div class="text">{_paragraphs(words, _read_also(story.outlet, links, "lines"))}</div></div>'
    )
    return head, body


def _cards(story: Story, words: Words, now: datetime, links: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Meta tags; what may be read also stands as cards below the story."""
    outlet = story.outlet
    head = (
        f'<meta property="article:published_time" content="{_local(story, story.published).isoformat()}">'
        f'<meta property="article:author" content="{words.author}">'
    )
    cards = "".join(
        f'<div class="card"><a href="{path}"><img src="/i/{number}.jpg" alt=""><h3>{title}</h3></a></div>'
        for number, (path, title) in enumerate(links)
    )
    body = (
        f'<article><h1>{escape(words.headline)}</h1><span class="author">{words.author}</span>'
        f'<section class="story">{_paragraphs(words, "")}</section></article>'
        f'<aside class="more"><h2>{LANGUAGES[outlet.language].read_also}</h2><div class="grid">{cards}</div></aside>'
    )
    return head, body


def _microdata(story: Story, words: Words, now: datetime, links: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """schema.org in attributes."""
    at = _local(story, story.published).isoformat()
    body = (
        '<div itemscope itemtype="https://schema.org/NewsArticle">'
        f'<h1 itemprop="headline">{escape(words.headline)}</h1>'
        f'<span itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">{words.author}'
        f'</span></span> <time itemprop="datePublished" datetime="{at}">{_printed(story)}</time>'
        f'<div itemprop="articleBody">{_paragraphs(words, _read_also(story.outlet, links, "box"))}</div></div>'
    )
    return "", body


def _bare(story: Story, words: Words, now: datetime, links: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """What a new template may look like that forgot its metadata: neither author nor time."""
    paragraphs = "".join(f"<p>{escape(one)}</p>" for one in words.paragraphs)
    return "", f'<div class="x1"><div class="x2">{escape(words.headline)}</div><div class="x3">{paragraphs}</div></div>'


_BARE: Markup = _bare
MARKUPS: dict[str, Markup] = {
    "portal": _portal,
    "blog": _blog,
    "plain": _plain,
    "cards": _cards,
    "microdata": _microdata,
}
