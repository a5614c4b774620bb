"""Credits under a story: the agency, the initials or the reporters that its last line gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from lxml import etree

from newscrawl.extraction.byline.names import is_initials
from newscrawl.extraction.byline.places import LEAD, credits_agency
from newscrawl.extraction.byline.text import PREFIX, parse_authors
from newscrawl.extraction.tree import Line
from newscrawl.text.fold import fold

# What begins the credit of those who reported, folded; in most languages an editor's credit has to follow.
_REPORTED = re.compile(
    r"(?:additional )?reporting\b.{0,20}?\bby\b"
    r"|(?:تغطيه صحفيه|شارك\w* في التغطيه|اعداد|reportage|bericht von|report(?:e|agem) de)\b.*"
    r"\W(?:تحرير|مراجعه|تدقيق|edit\w*|edicao|redigiert|bearbeitet)\b"
)
_BRACKETS = " ()[]."
_LONGEST_CREDIT = 200
# Lines between the last prose and the credit: a tag, a date, another credit.
_FARTHEST = 4


def reporters_in(text: str, outlets: Iterable[str]) -> list[str]:
    """Those who reported a story, of a credit like "(Reporting by A; Editing by B)"; empty for any other text."""
    credit = text.strip(_BRACKETS)
    return parse_authors(credit, outlets) if _REPORTED.match(fold(credit).strip()) else []


def credits_source(text: str, outlets: Iterable[str]) -> bool:
    """Whether a text is the name of the agency that a story is from, or its writer's initials."""
    credit = PREFIX.sub("", text.strip(_BRACKETS))
    return is_initials(credit) or credits_agency(credit, outlets)


def closing_lines(lines: Sequence[Line], headline_line: int | None, outlets: Sequence[str]) -> Iterator[str]:
    """The short lines right behind the last prose of the element that holds most of the story, that element's own."""
    start = 0 if headline_line is None else headline_line + 1
    prose: dict[etree._Element | None, list[int]] = {}
    for number, line in enumerate(lines[start:], start):
        if line.plain_length >= LEAD and not line.is_heading and not reporters_in(line.text, outlets):
            prose.setdefault(line.container, []).append(number)
    story = max(prose, key=lambda element: sum(lines[number].plain_length for number in prose[element]), default=None)
    if story is None:
        return
    last = prose[story][-1]
    for line in lines[last + 1 : last + 1 + _FARTHEST]:
        if line.container is not story and line.block.getparent() is not story:
            return
        if not line.is_heading and len(line.text) <= _LONGEST_CREDIT:
            yield line.text
