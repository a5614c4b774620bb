"""What a page, its answer and its host's robots.txt say against its use for training, mining and archiving.

Read are X-Robots-Tag and `<meta name="robots">` (Google Search Central: noarchive, none; DeviantArt, 2022: noai,
noimageai), tdm-reservation as header, as `<meta>` and of the host (TDM Reservation Protocol, W3C community group;
`tdmrep.py`), and whether robots.txt forbids the page to crawlers that gather for AI (`ai_crawlers.py`). Nothing else is
guessed: a licence in words or an `ai.txt` is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from lxml import etree

from newscrawl.items import OptOut, OptOutSignal
from newscrawl.manners.ai_crawlers import AI_CRAWLERS
from newscrawl.manners.tdmrep import Rule

READ_OF_PAGE = 256 * 1024
"""Bytes of a page in which `<meta>` is looked for; it stands in the head."""

_OWN_NAME = "newscrawl"
_NAMES = {name.lower(): name for name in (_OWN_NAME, *AI_CRAWLERS)}
_DIRECTIVES = {
    str(signal): signal
    for signal in (OptOutSignal.NOARCHIVE, OptOutSignal.NOAI, OptOutSignal.NOIMAGEAI, OptOutSignal.NONE)
}
# Few pages state any of this in a `<meta>`: the others need not be parsed for it.
_WORTH_PARSING = re.compile(rb"<[mM][eE][tT][aA]\b[^>]*?(?i:noarchive|noai|noimageai|none|tdm-)")
# These are followed by a colon, as a crawler's name is.
_WITH_VALUES = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_FED_AT_ONCE = 16 * 1024
_LONGEST_TEXT = 300


def stated(
    headers: Iterable[tuple[str, str]], page: bytes, forbidden_to: Collection[str] = (), of_host: Rule | None = None
) -> tuple[OptOut, ...]:
    """What is stated, each signal once for each place.

    `headers` are the answer's, repeated ones too; `page` its body or the beginning of it, in any encoding that holds
    ASCII; `forbidden_to` the AI crawlers to which robots.txt forbids the page; `of_host` the rule of tdmrep.json for
    it, which counts where neither header nor `<meta>` says anything of mining, be it that nothing is reserved.
    """
    headers, meta = list(headers), list(_meta(page[:READ_OF_PAGE]))
    found: dict[tuple[OptOutSignal, str], OptOut] = {}
    for one in (*_in_robots(forbidden_to), *_in_headers(headers), *_in_meta(meta)):
        found.setdefault((one.signal, one.stated_in), one)
    if of_host is not None and of_host.is_reserved and not any(map(_is_reservation, (*headers, *meta))):
        one = _tdm("tdmrep.json", of_host.policy)
        found[one.signal, one.stated_in] = one
    return tuple(found.values())


def forbidden_to(allowed: Callable[[str], bool]) -> list[str]:
    """The AI crawlers to which robots.txt forbids a page, by what it allows to a crawler of a name."""
    return [name for name in AI_CRAWLERS if not allowed(name)]


def _in_robots(names: Collection[str]) -> Iterator[OptOut]:
    if names:
        yield _opt_out(OptOutSignal.AI_CRAWLERS, "robots.txt", ", ".join(names))


def _in_headers(headers: Collection[tuple[str, str]]) -> Iterator[OptOut]:
    for name, value in headers:
        if name.lower() == "x-robots-tag":
            yield from _directives(value, "header")
    yield from _reserved(headers, "header")


def _is_reservation(stated: tuple[str, str]) -> bool:
    return stated[0].lower() == "tdm-reservation" and stated[1].strip() in ("0", "1")


def _in_meta(meta: Collection[tuple[str, str]]) -> Iterator[OptOut]:
    for name, content in meta:
        if name == "robots":
            yield from _directives(content, "meta")
        elif name in _NAMES:
            yield from _directives(f"{_NAMES[name]}: {content}", "meta")
    yield from _reserved(meta, "meta")


def _reserved(stated: Collection[tuple[str, str]], where: str) -> Iterator[OptOut]:
    """The reservation that is stated, with the last policy."""
    said = [(name.lower(), value.strip()) for name, value in stated]
    if ("tdm-reservation", "1") in said:
        yield _tdm(where, dict(said).get("tdm-policy", ""))


def _directives(value: str, where: str) -> Iterator[OptOut]:
    """The signals of a list of directives, each group of which may be for a crawler of a name."""
    agent = ""
    for part in value.split(","):
        before, colon, after = part.partition(":")
        directive = part
        if colon and before.strip().lower() not in _WITH_VALUES:
            agent, directive = before.strip(), after
        signal = _DIRECTIVES.get(directive.strip().lower())
        if signal is not None and (not agent or agent.lower() in _NAMES):
            yield _opt_out(signal, where, f"{agent}: {signal}" if agent else str(signal))


def _meta(page: bytes) -> Iterator[tuple[str, str]]:
    """Name, in lower case, and content of each `<meta>` before the body, of a page where one may state something."""
    if not _WORTH_PARSING.search(page):
        return
    # Any encoding of the web that holds ASCII; the names and directives are ASCII.
    parser = etree.HTMLPullParser(events=("start",), tag=("meta", "body"), encoding="iso-8859-1")
    for start in range(0, len(page), _FED_AT_ONCE):
        try:
            parser.feed(page[start : start + _FED_AT_ONCE])
        except etree.LxmlError:
            return
        for _, element in parser.read_events():
            if element.tag == "body":
                return
            name, content = element.get("name"), element.get("content")
            if name and content:
                yield name.strip().lower(), content


def _tdm(where: str, policy: str) -> OptOut:
    reserved = "tdm-reservation: 1"
    return _opt_out(OptOutSignal.TDM, where, f"{reserved}; tdm-policy: {policy}" if policy else reserved)


def _opt_out(signal: OptOutSignal, where: str, text: str) -> OptOut:
    return OptOut(signal=signal, stated_in=where, text=text[:_LONGEST_TEXT])
