"""The body of a page that shows none and keeps it in the data of a script: Next.js (`__NEXT_DATA__` and the chunks that
its later versions push), Nuxt's flat data, states assigned to a variable, JSON of other makes.

The data are read as what they are, objects with a body and perhaps the page's headline; no key of one make is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from itertools import groupby

from newscrawl.extraction.body.boxes import cut_boxes
from newscrawl.extraction.body.skipped import cut_skipped
from newscrawl.extraction.tree import Line, lines_of, parse
from newscrawl.items import Block, BlockType
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key

_SCRIPT = re.compile(r"<script(?=[\s>])([^>]{0,2000})>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_JSON_TYPE = re.compile(r"type\s*=\s*[\"']?application/(?!ld\+)(?:[\w.]+\+)?json", re.IGNORECASE)
_PUSHED = re.compile(r"__next_f\.push\(")
_ROW = re.compile(r"^[0-9a-f]+:(?:[A-Z]{0,2}(?=[\[{\"])|T[0-9a-f]+,)", re.MULTILINE)
_ASSIGNED = re.compile(r"(?:=|\bpush\(|\bparse\()\s*(?=[{\[])")
_MOST_ASSIGNMENTS = 20
_MOST_DATA = 3_000_000
_MOST_NODES = 100_000
_DEEPEST = 40
_BODY_KEYS = frozenset(
    (
        "body", "articlebody", "content", "contents", "contenthtml", "bodyhtml", "html", "text", "story", "paragraphs",
        "blocks", "components", "elements", "articletext", "maintext", "fulltext", "bodytext", "richtext", "document",
        "markup", "contentelements", "bodyelements", "sections", "children", "model", "value", "json", "nodes", "data",
        "textcontent", "articlecontent", "storybody", "storycontent", "contentbody", "root", "newscontent", "main",
        "rendered", "detail", "description",
    )
)  # fmt: skip
# Of these no text is the article's own.
_ASIDE_KINDS = re.compile(
    r"image|photo|picture|caption|figure|video|audio|embed|advert|\bads?\b|promo|newsletter|related|gallery|byline|credit"
    r"|comment|author|teaser|recommend|latest|popular|most|tags|topics|seo|breadcrumb|meta|navigation|menu|footer|header\b"
)
_HEADINGS = re.compile(r"head|^h[1-6]$|subtitle|crosshead")
_QUOTES = re.compile(r"quote")
_ITEMS = re.compile(r"list_?-?item|^li$")
_INLINE = re.compile(r"^(?:text|span|leaf|link|hyperlink|a|b|i|em|strong|bold|italic|fragment|urllink|inline\w*)$")
_UNREAD = ("script", "style", "noscript", "template", "button", "nav", "footer", "header", "aside", "form")
# Programs, data, addresses and what Next.js refers to by a number.
_CODE = re.compile(r"^\s*(?:\{\W*\"|\$\w|https?://\S+\s*$)|\bfunction\s*\(|=>|\bconst \w+\s*=|@media\b|\bvar \w+\s*=")
_AUTHORS = ("authors", "author", "byline", "bylines", "writers", "writer", "creator")
_PUBLISHED = (
    "publishedat", "datepublished", "publishedtime", "publisheddate", "publishdate", "publicationdate", "publishedon",
    "firstpublished", "firstpublishedat", "published", "pubdate", "publishtime", "displaydate",
)  # fmt: skip
_REFERENCES = ("href", "url")
_LONGEST_FACT = 100
_PROSE = 60
_LEAST_TEXT = 200
_STRIPPED = re.compile(r"[_\-]")


@dataclass(frozen=True)
class _Part:
    """A part of a body."""

    html: str
    kind: BlockType
    said: int
    """Characters that it shows."""
    prose: int
    """Characters that it shows in paragraphs of prose."""


@dataclass
class Story:
    """What the scripts of a page hold of its article; no byline and no time where nothing shows that it is this one."""

    parts: Sequence[_Part] = ()
    authors: list[str] = field(default_factory=list)
    """What its object says of its authors, as it stands there."""
    published: list[str] = field(default_factory=list)
    """What its object says of its publication, as it stands there."""

    @cached_property
    def lines(self) -> list[Line]:
        """The body's lines, in one tree of their own: what is not the article's may be cut from them."""
        tree = parse(_joined(self.parts)) if self.parts else None
        return [] if tree is None else lines_of(tree)

    @property
    def blocks(self) -> list[Block]:
        """The blocks of what was not cut of the lines, without captions and boxes of promotion."""
        cut_skipped(self.lines)
        cut_boxes(self.lines, None)
        return [
            Block(_line_kind(line), clean("".join([piece.text for piece in line.pieces])))
            for line in self.lines
            if line.left and not _is_aside(line)
        ]


_IN_HTML: Mapping[BlockType, str] = {"heading": "h2", "quote": "blockquote", "list_item": "li", "paragraph": "p"}


def _joined(parts: Sequence[_Part]) -> str:
    """One page of the parts; items side by side stand in one list."""
    joined: list[str] = []
    for kind, group in groupby(parts, key=lambda part: part.kind):
        tag = _IN_HTML[kind]
        items = "".join(f"<{tag}>{part.html}</{tag}>" for part in group)
        joined.append(f"<ul>{items}</ul>" if kind == "list_item" else items)
    return f"<html><body>{''.join(joined)}</body></html>"


def script_story(text: str, headline: str | None) -> Story:
    """The object in the scripts of a page's text that holds the most prose under a body's name; one that also holds the
    headline comes before all others. An empty one where that is less than 200 characters."""
    best: tuple[bool, int, list[_Part]] = (False, 0, [])
    story: Mapping[str, object] = {}
    title = fold_key(headline or "")
    for value in _values(text):
        for node in _objects(value):
            named = bool(title) and any(isinstance(held, str) and fold_key(held) == title for held in node.values())
            if best[0] and not named:
                continue
            parts = _read(node, named)
            prose = sum(part.prose for part in parts)
            if (named, prose) > best[:2] and prose >= _LEAST_TEXT:
                best, story = (named, prose, parts), node if named else {}
    return Story(best[2], _said(story, _AUTHORS), _said(story, _PUBLISHED))


def _said(node: Mapping[str, object], keys: Sequence[str]) -> list[str]:
    """The texts, or names of objects, that an object holds under the first of these keys that has any."""
    held = {_STRIPPED.sub("", key).lower(): value for key, value in node.items()}
    for key in keys:
        value = held.get(key)
        items = value if isinstance(value, list) else [value]
        named = [item.get("name") if isinstance(item, dict) else item for item in items]
        if texts := [item for item in named if isinstance(item, str) and 0 < len(item) <= _LONGEST_FACT]:
            return texts
    return []


def _values(text: str) -> Iterator[object]:
    """The JSON values of the page's scripts, in order, of at most 3 million characters together."""
    pushed: list[str] = []
    read = place = 0
    while (opening := _SCRIPT.search(text, place)) and (closing := _SCRIPT_END.search(text, opening.end())):
        place = closing.end()
        script = text[opening.end() : closing.start()]
        read += len(script)
        if read > _MOST_DATA:
            break
        if _JSON_TYPE.search(opening[1]):
            yield from map(_unflattened, _decoded(script.strip(), 0))
        elif push := _PUSHED.search(script):
            for chunk in _decoded(script, push.end()):
                pushed += [part for part in chunk if isinstance(part, str)] if isinstance(chunk, list) else []
        else:
            for _, found in zip(range(_MOST_ASSIGNMENTS), _ASSIGNED.finditer(script), strict=False):
                yield from _decoded(script, found.end())
    yield from _rows("".join(pushed))


def _rows(stream: str) -> Iterator[object]:
    """The rows of Next.js' own format: a number, a colon, and JSON, or `T`, a length and text."""
    starts = list(_ROW.finditer(stream))
    texts: dict[str, str] = {}
    values: list[object] = []
    for row, following in zip(starts, [*starts[1:], None], strict=False):
        said = stream[row.end() : following.start() if following else len(stream)]
        number, _, kind = row[0].partition(":")
        if kind.startswith("T"):
            texts["$" + number] = said
        else:
            values.extend(_decoded(said, 0))
    for value in values:
        yield _filled(value, texts, 0)


def _filled(value: object, texts: Mapping[str, str], depth: int) -> object:
    """A value with the texts that it refers to."""
    if isinstance(value, str):
        return texts.get(value, value)
    if depth > _DEEPEST or not texts:
        return value
    if isinstance(value, list):
        return [_filled(item, texts, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, texts, depth + 1) for key, item in value.items()}
    return value


def _unflattened(value: object) -> object:
    """What Nuxt writes as one flat list, in which a number stands for the item at its place and a pair that begins with
    a name for a wrapped one (`["Reactive", 1]`), as the value that it is; any other value as it stands."""
    if not isinstance(value, list) or len(value) < 2 or not _is_wrapped(value[0]) or not isinstance(value[0][1], int):
        return value
    known: dict[int, object] = {}

    def item(number: object, depth: int) -> object:
        if not isinstance(number, int) or not 0 <= number < len(value) or depth > _DEEPEST:
            return None
        if number not in known:
            known[number] = None
            held = value[number]
            if isinstance(held, dict):
                held = {key: item(inner, depth + 1) for key, inner in held.items()}
            elif _is_wrapped(held):
                held = item(held[1], depth + 1) if isinstance(held[1], int) else held[1]
            elif isinstance(held, list):
                held = [item(inner, depth + 1) for inner in held]
            known[number] = held
        return known[number]

    return item(0, 0)


def _is_wrapped(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)


def _decoded(text: str, start: int) -> Iterator[object]:
    """The JSON value that begins at a place; none where it is no JSON."""
    try:
        yield json.JSONDecoder(strict=False).raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    """The objects in a value, the outer before the inner."""
    waiting: list[object] = [value]
    seen = 0
    while waiting and seen < _MOST_NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, dict):
            yield node
            waiting.extend(reversed([item for item in node.values() if isinstance(item, dict | list)]))
        elif isinstance(node, list):
            waiting.extend(reversed([item for item in node if isinstance(item, dict | list)]))


def _is_body(key: str) -> bool:
    plain = _STRIPPED.sub("", key).lower()
    return plain in _BODY_KEYS or plain.endswith(("text", "html"))


def _holds_parts(key: str, value: object) -> bool:
    """Whether a field of any name may hold the parts of a text."""
    return isinstance(value, list | dict) and not _ASIDE_KINDS.search(key.lower())


def _read(node: Mapping[str, object], named: bool) -> list[_Part]:
    """The parts of the field of an object that says the most; of one `named` by the headline any field may."""
    fields = [item for key, item in node.items() if _is_body(key) or (named and _holds_parts(key, item))]
    return _longest([_parts(item, "paragraph", 0) for item in fields])


def _longest(found: Sequence[list[_Part]]) -> list[_Part]:
    return max(found, key=lambda parts: sum(part.said for part in parts), default=[])


def _parts(value: object, kind: BlockType, depth: int) -> list[_Part]:
    """The parts of a text, a list of parts or a part of a structured text."""
    if depth > _DEEPEST:
        return []
    if isinstance(value, str):
        return _of_text(value, kind)
    if isinstance(value, list):
        if (element := _element(value)) is not None:
            return _parts(element, kind, depth + 1)
        if inline := _inline(value, depth):
            said = sum(part.said for part in inline)
            html = " ".join(part.html for part in inline)
            return [_Part(html, kind, said, said if said >= _PROSE else 0)]
        return [part for item in value if isinstance(item, dict | list | str) for part in _parts(item, kind, depth + 1)]
    if not isinstance(value, dict):
        return []
    name = _name(value)
    if _ASIDE_KINDS.search(name):
        return []
    inner = _kind(name) or kind
    return _longest(
        [_parts(item, inner, depth + 1) for key, item in value.items() if _is_body(key) or _holds_parts(key, item)]
    )


def _element(value: Sequence[object]) -> dict[str, object] | None:
    """What Next.js writes for an element (`["$", tag, key, properties]`) as an object; None for any other list."""
    if len(value) < 4 or value[0] != "$" or not isinstance(value[1], str) or not isinstance(value[3], dict):
        return None
    return {"children": value[3].get("children"), "type": "advert" if value[1] in _UNREAD else value[1]}


def _inline(parts: Sequence[object], depth: int) -> list[_Part]:
    """The parts that stand on one line, their links in place; none where they do not."""
    inline: list[_Part] = []
    for item in parts:
        part = _element(item) if isinstance(item, list) else item
        if isinstance(part, str) and len(parts) > 1 and "<" not in part:
            inline.append(_plain(part, "paragraph"))
        elif isinstance(part, dict) and _INLINE.match(_name(part)):
            within = _parts({**part, "type": ""}, "paragraph", depth + 1)
            href = next((part[key] for key in _REFERENCES if isinstance(part.get(key), str)), None)
            if href is not None:
                within = [replace(one, html=f'<a href="{escape(href)}">{one.html}</a>') for one in within]
            inline.extend(within)
        else:
            return []
    return inline


def _name(node: Mapping[str, object]) -> str:
    """What kind of part an object calls itself."""
    names = (node.get(key) for key in ("type", "nodeType", "_type", "kind", "tag", "tagName", "name", "__typename"))
    return next((name.lower() for name in names if isinstance(name, str) and len(name) < 60), "")


def _kind(name: str) -> BlockType | None:
    if _QUOTES.search(name):
        return "quote"
    if _ITEMS.search(name):
        return "list_item"
    return "heading" if _HEADINGS.search(name) else None


def _plain(text: str, kind: BlockType) -> _Part:
    said = len(clean(text))
    return _Part(escape(text), kind, said, said if said >= _PROSE else 0)


def _of_text(text: str, kind: BlockType) -> list[_Part]:
    """The parts of a text that may be HTML."""
    if "<" not in text:
        return [] if _CODE.search(text) else [_plain(line, kind) for line in text.splitlines() if clean(line)]
    tree = parse(text)
    if tree is None:
        return []
    lines = lines_of(tree)
    cut_boxes(lines, None)
    shown = [len(line.text) for line in lines if line.key and line.stands and not _is_aside(line)]
    return [_Part(text, kind, sum(shown), sum(said for said in shown if said >= _PROSE))]


def _line_kind(line: Line) -> BlockType:
    if line.is_heading:
        return "heading"
    outer = [element.tag for element in (line.block, *line.block.iterancestors())]
    return "quote" if "blockquote" in outer else "list_item" if "li" in outer[:2] else "paragraph"


def _is_aside(line: Line) -> bool:
    return any(
        element.tag in ("figure", "figcaption", "aside") for element in (line.block, *line.block.iterancestors())
    )
