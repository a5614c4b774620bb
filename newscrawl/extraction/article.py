"""One page, one article: the order in which the evidence is read.

1. Bytes become text (charset), text becomes a tree and its lines (tree): once.
2. What the source's rule for that day points to is read (rules), then metadata, times and byline, while the page is
   whole but for what the rule drops.
3. Related blocks, byline and headline are cut out of the tree.
4. What is left is read by trafilatura (body).

What a page says of a field is believed in this order: what the source's rule points to, JSON-LD, OpenGraph and meta
elements, microdata, the page's text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence, Set
from importlib.metadata import version
from typing import NamedTuple, TypeVar

from lxml import html

from newscrawl import __version__
from newscrawl.extraction.body import (
    Placed,
    Story,
    complete,
    cut_boxes,
    cut_skipped,
    own_blocks,
    part,
    read_blocks,
    script_story,
)
from newscrawl.extraction.byline import Byline, byline_in_script, byline_lines, cut_byline, read_byline
from newscrawl.extraction.charset import decode
from newscrawl.extraction.dates import TimeReader, Times, read_times, times_in_script, zone_of
from newscrawl.extraction.evidence import Told
from newscrawl.extraction.metadata import Metadata
from newscrawl.extraction.passing import lasting
from newscrawl.extraction.phrases import with_headings
from newscrawl.extraction.related import RelatedBlock, cut_related, related_links
from newscrawl.extraction.rules import Ruled, blocks_of, keep_only, lines_in, read_rule
from newscrawl.extraction.tree import Line, drop_emptied, lines_by_text, lines_of, parse
from newscrawl.items import Article, Block, Evidence, Furniture, Page
from newscrawl.sources.source import Source
from newscrawl.text.fold import fold_key
from newscrawl.text.substance import substance_hash
from newscrawl.urls import article_id, url_key

T = TypeVar("T")

EXTRACTOR = f"newscrawl/{__version__} trafilatura/{version('trafilatura')}"
"""What reads pages, and with which version; stands in every article."""

_HASH_VERSION = "v1"
# Characters under which a body may be the teaser of one that only a script shows.
_SHORT_BODY = 600


class _Own(NamedTuple):
    """The blocks of a body, the story that they were read from where only a script holds it, and what stood in it."""

    blocks: list[Block]
    story: Story | None = None
    related: Sequence[RelatedBlock] = ()


def extract(page: Page, source: Source | None = None, furniture: Furniture | None = None) -> Article:
    """The article that a page holds. Any bytes give an article: what cannot be read is None or empty.

    The same input gives the same article, whatever was read before and in any process. Raises ValueError when the
    page's URL is not absolute http(s), for then the article has no identity.
    """
    rules = source.rules_version if source else None
    if source and rules:
        source = source.on(page.fetched_at)
    key = url_key(page.url)
    article = Article(
        id=str(article_id(key)),
        url=page.url,
        url_key=key,
        source=source.source_id if source else None,
        outlet=source.outlet if source else None,
        fetched_at=page.fetched_at,
        capture=page.capture,
        extractor=EXTRACTOR
        + (f" rules/{rules}" if rules else "")
        + (f" furniture/{furniture.version}" if furniture else ""),
    )
    text = decode(page, source)
    tree = parse(text, page.url)
    if tree is None:
        return article
    ruled = read_rule(tree, source, page)
    article.rule_misses = ruled.misses
    if not ruled.rule.related_labels:
        return _read(article, page, text, tree, source, ruled, furniture)
    with with_headings(ruled.rule.related_labels):
        return _read(article, page, text, tree, source, ruled, furniture)


def _read(
    article: Article,
    page: Page,
    text: str,
    tree: html.HtmlElement,
    source: Source | None,
    ruled: Ruled,
    furniture: Furniture | None,
) -> Article:
    """The article with what its page says, `text` parsed as `tree`."""
    metadata = Metadata.read(tree, page.url, source, page.header("Content-Language"), ruled)
    lines = lines_of(tree)
    printed = [line.text for line in lines]
    headline = metadata.headline
    headline_line = _line_of(headline, metadata.shown_headline, lines)
    language = metadata.language(" ".join((headline or "", *(text for text in printed if len(text) > 80))))
    reader = TimeReader(_value(language), zone_of(source.timezone if source else None), page.fetched_at)
    times = read_times(metadata, reader, lines, headline_line, text)
    byline = read_byline(metadata, lines, headline_line)

    article.canonical_url = metadata.canonical_url
    article.headline = headline
    article.page_title = metadata.page_title
    article.description = _value(metadata.description)
    article.modified_at, article.modified_at_raw = times.modified_at, times.modified_at_raw
    article.language = _value(language)
    article.section = _value(metadata.section)
    article.keywords = _value(metadata.keywords) or []
    article.main_image = _value(metadata.main_image)

    # From here on the tree is cut: nothing but the body is read from it any more.
    related = cut_related(lines, metadata.base, page.url, headline_line)
    byline = cut_byline(lines, byline, metadata.outlet_names, headline_line)
    if not ruled.body:
        cut_skipped(lines)
        cut_boxes(lines, headline_line)
    loosened = drop_emptied(lines)
    within, title = _kept(tree, ruled, lines, headline_line)
    not_body = {fold_key(text) for block in related for text, _ in block.items}
    not_body |= byline_lines(lines, byline, metadata.outlet_names, headline_line)
    not_body |= {fold_key(text) for text in (byline.raw or "", *byline.authors, times.published_at_raw or "")}
    not_body |= times.lines
    shown = lines_by_text(within)
    as_ruled = blocks_of([lines[number] for number in lines_in(ruled.body, lines) if number != headline_line])
    if ruled.body and not as_ruled:
        ruled.miss("body", "its elements hold no text")
    placed: Sequence[Placed] = ()
    if not as_ruled:
        found = part(read_blocks(tree, page.url, loosened), within, title)
        if not found and ruled.kept:
            found = blocks_of(within)
        placed = complete(found, within, shown, title, article.description)

    def own(not_body: Set[str]) -> _Own:
        if as_ruled:
            return _Own([block for block in as_ruled if fold_key(block.text) not in not_body])
        blocks = own_blocks(placed, within, shown, title, headline, not_body, metadata.base)
        if _length(blocks) < _SHORT_BODY and not ruled.kept:
            story = script_story(text, headline)
            in_story = cut_related(story.lines, metadata.base, page.url)
            in_script = [(block, None) for block in story.blocks]
            own_in_script = own_blocks(in_script, (), {}, None, headline, not_body, metadata.base)
            if _length(own_in_script) > 2 * _length(blocks):
                return _Own(own_in_script, story, in_story)
        return _Own(blocks)

    told = own(not_body)
    whole = told.blocks
    if furniture and not furniture.lines.isdisjoint(fold_key(block.text) for block in whole):
        told = own(not_body | furniture.lines)
    blocks, story = told.blocks, told.story
    if story is not None:
        byline = byline if byline.raw else byline_in_script(story.authors, metadata.outlet_names)
        times = times_in_script(times, story.published, reader)

    article.outlet = _value(metadata.outlet) or byline.outlet
    article.published_at, article.published_at_raw = times.published_at, times.published_at_raw
    article.byline, article.authors = byline.raw, byline.authors
    article.blocks = blocks
    article.body = "\n".join(block.text for block in blocks) or None
    article.related_links = related_links(related, _body_lines(lines, blocks))
    if story is not None:
        article.related_links = related_links(told.related, _body_lines(story.lines, blocks), article.related_links)
    article.content_hash = content_hash(headline, blocks)
    article.substance_hash = substance_hash(headline, (lasting(block.text, reader) for block in blocks))
    article.whole_hash, article.whole_substance_hash = article.content_hash, article.substance_hash
    if whole is not blocks:
        article.whole_hash = content_hash(headline, whole)
        article.whole_substance_hash = substance_hash(headline, (lasting(block.text, reader) for block in whole))
    body = Evidence.RULE if as_ruled or ruled.kept else Evidence.TEXT if story is None else Evidence.SCRIPT
    links = Evidence.SCRIPT if told.related else Evidence.TEXT
    article.evidence = _evidence(article, metadata, language, times, byline, body, links)
    return article


def content_hash(headline: str | None, blocks: Sequence[Block]) -> str | None:
    """`v1:` and the SHA-256 of the headline and the typed block texts as a JSON array, which frames them without
    ambiguity; None when there is no block."""
    if not blocks:
        return None
    content = [_HASH_VERSION, headline, [[block.type, block.text] for block in blocks]]
    framed = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"{_HASH_VERSION}:{hashlib.sha256(framed.encode('utf-8')).hexdigest()}"


def _value(told: Told[T] | None) -> T | None:
    return told.value if told else None


def _evidence(
    article: Article,
    metadata: Metadata,
    language: Told[str] | None,
    times: Times,
    byline: Byline,
    body: Evidence,
    related: Evidence,
) -> dict[str, Evidence]:
    """What each field that holds something was read from."""
    told = {
        "outlet": metadata.outlet,
        "description": metadata.description,
        "language": language,
        "section": metadata.section,
        "keywords": metadata.keywords,
        "main_image": metadata.main_image,
    }
    evidence: dict[str, Evidence | None] = {
        "canonical_url": Evidence.META,
        "outlet": Evidence.TEXT,
        "headline": metadata.headline_evidence,
        "page_title": Evidence.META,
        "byline": byline.evidence,
        "authors": byline.evidence,
        "published_at": times.published_at_evidence,
        "modified_at": times.modified_at_evidence,
        "body": body,
        "blocks": body,
        "related_links": related,
        **{name: one.evidence for name, one in told.items() if one is not None},
    }
    return {name: one for name, one in evidence.items() if one is not None and getattr(article, name)}


def _kept(
    tree: html.HtmlElement, ruled: Ruled, lines: Sequence[Line], headline_line: int | None
) -> tuple[Sequence[Line], int | None]:
    """The lines among which the body is looked for, and which of them shows the headline; where a rule tells the
    article's container, the tree is left with nothing else."""
    if not ruled.kept:
        return lines, headline_line
    inside = lines_in(ruled.kept, lines)
    if not any(lines[number].left for number in inside):
        ruled.miss("keep", "the container holds no text")
        ruled.kept.clear()
        return lines, headline_line
    keep_only(tree, ruled.kept)
    return [lines[number] for number in inside], inside.index(headline_line) if headline_line in inside else None


def _length(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _line_of(headline: str | None, shown: str | None, lines: Sequence[Line]) -> int | None:
    """The number of the line that shows the headline, as it is or as its heading has it, with a roof line perhaps: in
    an h1 before other headings, in these before other lines."""
    keys = {key for text in (headline, shown) if (key := fold_key(text or ""))}
    found = [number for number, line in enumerate(lines) if line.key in keys]
    ranked = sorted(found, key=lambda number: (lines[number].block.tag != "h1", not lines[number].is_heading, number))
    return next(iter(ranked), None)


def _body_lines(lines: Sequence[Line], blocks: Sequence[Block]) -> list[int]:
    """The numbers of the page's lines that stand in the body; a lead counts though a byline was cut off it."""
    keys = [fold_key(block.text) for block in blocks]
    known, lead = set(keys), keys[0] if keys else ""
    return [
        number
        for number, line in enumerate(lines)
        if line.plain_length > 20 and (line.key in known or (lead and line.key.endswith(lead)))
    ]
