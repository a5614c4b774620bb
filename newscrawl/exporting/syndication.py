"""Articles as a feed that readers subscribe to: Atom (RFC 4287) or RSS 2.0, of new articles or of changed ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import BinaryIO
from uuid import NAMESPACE_URL, UUID, uuid5

from lxml import etree
from lxml.builder import ElementMaker

from newscrawl import __version__
from newscrawl.exporting.markup import legal
from newscrawl.items import Article, Block

_ATOM = "http://www.w3.org/2005/Atom"
_XHTML = "http://www.w3.org/1999/xhtml"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_REVISIONS = "urn:newscrawl:revision"

_atom = ElementMaker(namespace=_ATOM, nsmap={None: _ATOM})
_html = ElementMaker(namespace=_XHTML, nsmap={None: _XHTML})
_plain_html = ElementMaker()
_rss = ElementMaker(nsmap={"atom": _ATOM, "dc": _DUBLIN_CORE, "content": _CONTENT})
_TAGS = {"paragraph": "p", "heading": "h2", "quote": "blockquote", "list_item": "li"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a feed is of."""

    title: str
    name: str
    """Tells the feed from others: two of one name are one feed at different times."""
    changes: bool = False
    """Whether its entries are revisions, and not articles."""
    url: str | None = None
    """Where the feed will be found."""
    with_body: bool = False
    """Whether entries hold the whole body, and not the description alone."""
    now: datetime
    """The time of a feed without entries."""

    @property
    def id(self) -> str:
        """The feed's own identifier, a URN."""
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'newscrawl:feed:{self.url or self.name}')}"

    def updated(self, articles: Sequence[Article]) -> datetime:
        """When the newest of the entries changed."""
        return max((updated_at(article, changes=self.changes) for article in articles), default=self.now)


def write_atom(file: BinaryIO, channel: Channel, articles: Sequence[Article]) -> int:
    """Write an Atom feed, and say how many entries it has."""
    feed = _atom.feed(
        _atom.id(channel.id),
        _atom.title(legal(channel.title)),
        _atom.updated(_rfc3339(channel.updated(articles))),
        _atom.author(_atom.name("newscrawl")),
        _atom.generator("newscrawl", version=__version__),
    )
    if channel.url:
        feed.append(_atom.link(rel="self", type="application/atom+xml", href=channel.url))
    feed.extend(_entry(channel, article) for article in articles)
    return _written(file, feed, len(articles))


def write_rss(file: BinaryIO, channel: Channel, articles: Sequence[Article]) -> int:
    """Write an RSS feed, and say how many items it has."""
    told = _rss.channel(
        _rss.title(legal(channel.title)),
        # Of a website, says RSS; an archive has none.
        _rss.link(channel.url or channel.id),
        _rss.description(legal(channel.title)),
        _rss.lastBuildDate(_rfc822(channel.updated(articles))),
        _rss.generator(f"newscrawl {__version__}"),
    )
    languages = {article.language for article in articles}
    if len(languages) == 1 and (language := languages.pop()):
        told.append(_rss.language(language))
    if channel.url:
        own = {"rel": "self", "type": "application/rss+xml", "href": channel.url}
        told.append(etree.Element(f"{{{_ATOM}}}link", own))
    told.extend(_item(channel, article) for article in articles)
    return _written(file, _rss.rss(told, version="2.0"), len(articles))


def entry_id(article: Article, *, changes: bool) -> str:
    """The entry's identifier, the same in every feed: the article's, or one made from that and the revision's
    number."""
    return f"urn:uuid:{uuid5(UUID(article.id), f'revision {article.revision}') if changes else article.id}"


def updated_at(article: Article, *, changes: bool) -> datetime:
    """When the entry changed: a revision when it was fetched; an article when its page says that it was modified (if
    that is an instant), else when it was fetched."""
    assert article.fetched_at is not None
    return article.fetched_at if changes else _instant(article.modified_at) or article.fetched_at


def _entry(channel: Channel, article: Article) -> etree._Element:
    entry = _atom.entry(
        _atom.id(entry_id(article, changes=channel.changes)),
        _atom.title(legal(_title(channel, article))),
        _atom.updated(_rfc3339(updated_at(article, changes=channel.changes))),
        _atom.link(rel="alternate", type="text/html", href=legal(article.url)),
    )
    if article.language:
        entry.set(_LANGUAGE, article.language)
    if published := _instant(article.published_at):
        entry.append(_atom.published(_rfc3339(published)))
    # An entry without author would have the feed's.
    for name in article.authors or [article.outlet or article.source or "unknown"]:
        entry.append(_atom.author(_atom.name(legal(name))))
    for category in _categories(article):
        entry.append(_atom.category(term=legal(category)))
    if channel.changes:
        number = str(article.revision)
        entry.append(_atom.category(term=number, scheme=_REVISIONS, label=f"revision {number}"))
    if summary := _summary(article):
        entry.append(_atom.summary(legal(summary), type="text"))
    if channel.with_body and article.blocks:
        entry.append(_atom.content(_body(_html, article.blocks), type="xhtml"))
    return entry


def _item(channel: Channel, article: Article) -> etree._Element:
    item = _rss.item(
        _rss.title(legal(_title(channel, article))),
        _rss.link(legal(article.url)),
        _rss.guid(entry_id(article, changes=channel.changes), isPermaLink="false"),
    )
    published = updated_at(article, changes=True) if channel.changes else _instant(article.published_at)
    if published:
        item.append(_rss.pubDate(_rfc822(published)))
    _append(item, _ATOM, "updated", _rfc3339(updated_at(article, changes=channel.changes)))
    for name in article.authors or [name for name in (article.outlet,) if name]:
        _append(item, _DUBLIN_CORE, "creator", name)
    if article.language:
        _append(item, _DUBLIN_CORE, "language", article.language)
    item.extend(_rss.category(legal(category)) for category in _categories(article))
    if channel.changes:
        item.append(_rss.category(str(article.revision), domain=_REVISIONS))
    if summary := _summary(article):
        # Readers take it for HTML, in which a text's own signs would be markup.
        item.append(_rss.description(_as_html([Block("paragraph", summary)])))
    if channel.with_body and article.blocks:
        _append(item, _CONTENT, "encoded", _as_html(article.blocks))
    return item


def _title(channel: Channel, article: Article) -> str:
    headline = article.headline or article.page_title or article.url
    return f"{headline} (revision {article.revision})" if channel.changes else headline


def _summary(article: Article) -> str | None:
    """The page's description, else the body's first paragraph."""
    return article.description or next((block.text for block in article.blocks if block.type == "paragraph"), None)


def _categories(article: Article) -> list[str]:
    return list(dict.fromkeys(([article.section] if article.section else []) + article.keywords))


def _body(make: ElementMaker, blocks: Sequence[Block]) -> etree._Element:
    """A `div` of the blocks; each tells its direction by its first letter."""
    body = make.div()
    for block in blocks:
        element = make(_TAGS[block.type], legal(block.text), dir="auto")
        if block.type != "list_item":
            body.append(element)
            continue
        if len(body) == 0 or etree.QName(body[-1]).localname != "ul":
            body.append(make.ul())
        body[-1].append(element)
    return body


def _as_html(blocks: Sequence[Block]) -> str:
    return etree.tostring(_body(_plain_html, blocks), encoding="unicode", method="html")


def _append(parent: etree._Element, namespace: str, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{namespace}}}{name}").text = legal(text)


def _instant(value: object) -> datetime | None:
    return value if isinstance(value, datetime) and value.tzinfo is not None else None


def _rfc3339(value: datetime) -> str:
    """At its own offset, but for one with seconds, which the format cannot tell."""
    offset = value.utcoffset()
    return (value if offset is not None and offset.seconds % 60 == 0 else value.astimezone(UTC)).isoformat()


def _rfc822(value: datetime) -> str:
    return format_datetime(value.astimezone(UTC))


def _written(file: BinaryIO, root: etree._Element, entries: int) -> int:
    etree.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return entries
