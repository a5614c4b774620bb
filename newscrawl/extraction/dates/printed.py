"""Where a page prints the date of its article: beside the headline, in a line that is named for it, before the lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import time
from difflib import SequenceMatcher
from functools import cached_property
from html import unescape
from itertools import islice

from lxml import etree

from newscrawl.extraction.dates.clock import clocks
from newscrawl.extraction.dates.text import TimeReader, folded_date
from newscrawl.extraction.dates.wording import (
    LONGEST_CLOCK,
    MAY_BE_DATED,
    MOST_LETTERS_BESIDE,
    before_update,
    dateline,
    gives_update,
    is_labelled,
    letters_beside,
    parted_at_update,
)
from newscrawl.extraction.phrases import heading_of
from newscrawl.extraction.tree import Line, text_of
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key

# A word of another date before it: born, begins, valid until.
_OTHER_LABEL = re.compile(r"[^\W\d]\s*:\s*[\d\W]*\d|(?<!\w)(?:au|bis|until|til|till|hasta|ate|fino|حتي|تا|ab)(?!\w)")
# Words in the names of elements that hold a publication's date, and of those that hold nothing of the article.
_DATE_NAMES = frozenset(
    (
        "date", "datum", "fecha", "publish", "published", "pubdate", "publication", "posted", "timestamp", "datetime",
        "dateline", "submitted", "authored", "postmetadata", "postdate", "tarih", "byline",
    )
)  # fmt: skip
_CAPTION_NAMES = frozenset(("caption", "captions", "credit", "credits"))
_COMMENT_NAMES = frozenset(("comment", "comments"))
_ELSEWHERE_NAMES = _COMMENT_NAMES | {"teaser", "teasers", "related", "recommended"}
_WORD_OF_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_MENUS = frozenset(("footer", "nav"))
_FRAMES = _MENUS | {"figure", "figcaption"}
# Of a footer that holds when and by whom an article was submitted, as Drupal and WordPress call it.
_META_NAMES = frozenset(("meta", "submitted", "postmetadata", "byline"))
_BESIDES = _FRAMES | {"aside", "header"}
# How many elements above a line tell where it is; broken pages nest the rest at random.
_HIGHEST = 3
_DIGIT = re.compile(r"\d")
_SENTENCE_ENDS = (".", "!", "؟", "?", "…")
# Characters: of a line beside the headline, of one farther down, of one without a date, of prose.
_LONGEST_LINE, _LONGEST_BEHIND, _LONGEST_AGE, _PROSE = 120, 90, 60, 120
# Lines: before the headline, behind it as beside it, behind it at all, before the first prose, with the lead.
_BEFORE, _BESIDE, _BEHIND, _BEFORE_PROSE, _WITH_LEAD = 4, 50, 400, 8, 14
# Lines that stand with the headline above it: section, date, author. A page's header holds more.
_LARGEST_GROUP = 5
# Dated lines of one kind that make a list, and how near they stand.
_LIST, _NEAR_IN_LIST = 3, 8
_SAME_HEADLINE = 0.8
# Characters of the word before that of an update: "last", "sist".
_LONGEST_ADVERB = 12


def headline_place(lines: Sequence[Line], headline: str | None) -> int | None:
    """The number of the line that shows the headline, though not letter by letter; None where no line is like it."""
    key = fold_key(unescape(headline or ""))
    if not key:
        return None
    words = set(key.split())
    best, place = _SAME_HEADLINE, None
    for number, line in enumerate(lines):
        if len(line.key) > 2 * len(key) or 2 * len(words.intersection(line.key.split())) < len(words):
            continue
        ratio = SequenceMatcher(None, line.key[:300], key[:300], autojunk=False).ratio()
        if ratio > best:
            best, place = ratio, number
    return place


class PrintedDates:
    """The lines of a page that may print when its article was published or modified."""

    def __init__(self, reader: TimeReader, lines: Sequence[Line], headline_line: int | None) -> None:
        self._reader = reader
        self._lines = lines
        self._headline_line = headline_line

    @cached_property
    def beside_headline(self) -> list[str]:
        """The texts that give the publication beside the headline: `time` elements, then lines that say little more
        than a date."""
        found = []
        for line, element in self._time_elements:
            if not gives_update(line, element):
                found += [element.get("datetime") or "", text_of(element)]
        for line in self._near:
            text = _of_publication(line)
            if text and self._says_little_more(text):
                found += [f"{text} {_clock_below(line, self._beside)}", text]
                if len(line.pieces) > 1 and self._reader.find(text) is None:
                    # An age stands in an element of its own beside other short facts.
                    found += [clean(piece.text) for piece in line.pieces]
        return list(dict.fromkeys(map(str.strip, filter(None, found))))

    def nothing_else(self) -> set[str]:
        """The keys of the lines beside the headline that say nothing but when the story was published or updated, and
        of their parts: a line may lose its `time` element before it is read as text."""
        times = [line for line in self._beside if not line.is_heading and self._says_when(line)]
        return {line.key for line in times} | {fold_key(piece.text) for line in times for piece in line.pieces}

    def _says_when(self, line: Line) -> bool:
        before, update = parted_at_update(_shown(line))
        if update and len(before) <= _LONGEST_ADVERB and before.isalpha():
            before = ""
        return all(map(self._is_time, filter(None, (before, update))))

    def updates(self) -> Iterator[str]:
        """The texts that give the last change beside the headline."""
        for line, element in self._time_elements:
            if gives_update(line, element):
                yield element.get("datetime") or text_of(element)
        for line in self._near:
            yield parted_at_update(_shown(line))[1]

    def clocks_beside_headline(self) -> Iterator[time]:
        """The times of day on the short lines beside the headline, with a date or without."""
        for line in self._near:
            for _, _, clock in clocks(folded_date(_shown(line))):
                yield clock

    def labelled(self) -> Iterator[str]:
        """The texts farther down that give the publication with a word for it."""
        for _, line in self._dated_behind:
            text = _of_publication(line)
            if text and is_labelled(text, self._reader):
                yield text

    def unlabelled(self) -> Iterator[str]:
        """The texts farther down that give a date: before the lead, then in an element that is named for dates, then on
        a line of its own; and last what stands above the headline, in the page's main part, in an element that is named
        for dates. What stands above that is the page's clock."""
        for line in self._behind[:_WITH_LEAD]:
            if text := dateline(line.text, self._reader):
                yield text
        own_lines = []
        for number, line in self._dated_behind:
            text = _of_publication(line)
            if text and self._says_little_more(text):
                if _is_named_for_date(line):
                    yield text
                elif (
                    number < self._end and text[-1] not in _SENTENCE_ENDS and not _OTHER_LABEL.search(folded_date(text))
                ):
                    own_lines.append(text)
        yield from own_lines
        for number, line in self._dated(range(self._begin)):
            text = _of_publication(line)
            alone = self._kinds.get(_kind(line)) == [number]
            if text and alone and _is_named_for_date(line) and _is_in_article(line) and self._says_little_more(text):
                yield text

    @cached_property
    def _near(self) -> list[Line]:
        """The lines beside the headline that may give a time."""
        ages = self._reader.fetched_at is not None
        return [
            line
            for number, line in self._numbered_beside
            if (_DIGIT.search(line.text) or (ages and len(line.text) <= _LONGEST_AGE))
            and not self._is_elsewhere(number, _FRAMES)
        ]

    @cached_property
    def _beside(self) -> list[Line]:
        return [line for _, line in self._numbered_beside]

    @cached_property
    def _numbered_beside(self) -> list[tuple[int, Line]]:
        return _near(self._lines, self._headline_line)

    @cached_property
    def _time_elements(self) -> list[tuple[Line, etree._Element]]:
        return [
            (line, element)
            for number, line, element in _time_elements(self._numbered_beside)
            if not self._is_elsewhere(number, _MENUS)
        ]

    @cached_property
    def _begin(self) -> int:
        """The number of the first line behind the headline, or where none shows it, of a line shortly before the first
        prose."""
        if self._headline_line is not None:
            return self._headline_line + 1
        prose = (number for number, line in enumerate(self._lines) if line.plain_length >= _PROSE)
        return max(next(prose, len(self._lines)) - _BEFORE_PROSE, 0)

    @property
    def _behind(self) -> Sequence[Line]:
        return self._lines[self._begin : self._begin + _BEHIND]

    @cached_property
    def _end(self) -> int:
        """The number of the line at which the article has ended, as far as headings of other matter tell."""
        for number in range(self._begin + _WITH_LEAD, min(len(self._lines), self._begin + _BEHIND)):
            if self._lines[number].is_heading and heading_of(self._lines[number].text) is not None:
                return number
        return len(self._lines)

    @cached_property
    def _dated_behind(self) -> list[tuple[int, Line]]:
        return self._dated(range(self._begin, min(len(self._lines), self._begin + _BEHIND)))

    def _dated(self, numbers: Iterable[int]) -> list[tuple[int, Line]]:
        return [
            (number, line)
            for number in numbers
            if len((line := self._lines[number]).text) <= _LONGEST_BEHIND
            and MAY_BE_DATED.search(line.text)
            and not self._is_elsewhere(number, _BESIDES)
        ]

    @cached_property
    def _kinds(self) -> dict[tuple[str, str], list[int]]:
        """The numbers of the dated lines by the kind of element that they stand in."""
        kinds: dict[tuple[str, str], list[int]] = {}
        for number in range(max(self._begin - _BEHIND, 0), min(self._begin + _BEHIND, len(self._lines))):
            line = self._lines[number]
            if len(line.text) <= _LONGEST_LINE and MAY_BE_DATED.search(line.text):
                kinds.setdefault(_kind(line), []).append(number)
        return kinds

    @cached_property
    def _around_headline(self) -> set[etree._Element]:
        if self._headline_line is None:
            return set()
        return set(self._lines[self._headline_line].block.iterancestors())

    def _is_time(self, text: str) -> bool:
        """Whether a text gives a time, and beside it no more than a label."""
        stated = self._reader.find(text)
        if stated is None:
            return len(text) <= _LONGEST_AGE and self._reader.read(text) is not None
        folded = folded_date(text)
        return sum(map(str.isalpha, folded[: stated.start] + folded[stated.end :])) <= MOST_LETTERS_BESIDE

    def _says_little_more(self, text: str) -> bool:
        """Whether a line says little more than a date or an age."""
        stated = self._reader.find(text)
        if stated is None:
            return len(text) <= _LONGEST_AGE
        return letters_beside(folded_date(text), stated) <= MOST_LETTERS_BESIDE

    def _is_elsewhere(self, number: int, tags: frozenset[str]) -> bool:
        """Whether a line belongs to one of these elements, a caption, a comment, or a list with dated entries."""
        line = self._lines[number]
        if self._is_in_list(number) or _names(line.block) & _CAPTION_NAMES:
            return True
        for element in (line.block, *islice(line.block.iterancestors(), _HIGHEST)):
            if element in self._around_headline:
                return False
            if element.tag in tags and not _is_of_article(element):
                return True
            if _names(element) & (_ELSEWHERE_NAMES if tags is _BESIDES else _COMMENT_NAMES):
                return True
        return False

    def _is_in_list(self, number: int) -> bool:
        """Whether other dated lines of the same kind stand near: the article's own date may look like those of other
        articles, but stands apart from them."""
        kind = _kind(self._lines[number])
        numbers = self._kinds.get(kind, []) if kind[1] else []
        return len(numbers) >= _LIST and any(
            0 < abs(other - number) <= _NEAR_IN_LIST and (other < self._begin) == (number < self._begin)
            for other in numbers
        )


def _shown(line: Line) -> str:
    """The text of a line with its elements set apart, as a page's style sets them."""
    return line.text if len(line.pieces) == 1 else clean(" ".join(piece.text for piece in line.pieces))


def _of_publication(line: Line) -> str | None:
    """What a line says of the publication; None where its words or its elements' properties say that it is a change."""
    properties = {(piece.parent.get("itemprop") or "").lower() for piece in line.pieces}
    return None if properties == {"datemodified"} else before_update(_shown(line))


def _clock_below(line: Line, beside: Sequence[Line]) -> str:
    """The line under a line, where it is nothing but a time of day."""
    place = beside.index(line) + 1
    below = beside[place].text if place < len(beside) else ""
    return below if len(below) <= LONGEST_CLOCK and any(clocks(folded_date(below))) else ""


def _is_named_for_date(line: Line) -> bool:
    elements: list[etree._Element] = [line.block, *islice(line.block.iterancestors(), 1)]
    elements += [piece.parent for piece in line.pieces]
    return any(element.tag == "time" or _names(element) & _DATE_NAMES for element in elements)


def _is_in_article(line: Line) -> bool:
    return any(element.tag in ("article", "main") for element in line.block.iterancestors())


def _names(element: etree._Element) -> set[str]:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return {word.lower() for word in _WORD_OF_NAME.findall(names)} if names != " " else set()


def _is_of_article(element: etree._Element) -> bool:
    """Whether a header or footer is the article's rather than the page's: it holds the headline, or its name says that
    it holds the article's metadata."""
    if element.tag == "header":
        return element.find(".//h1") is not None
    return element.tag == "footer" and not _META_NAMES.isdisjoint(_names(element))


def _kind(line: Line) -> tuple[str, str]:
    return str(line.block.tag), line.block.get("class") or ""


def _time_elements(near: Iterable[tuple[int, Line]]) -> Iterator[tuple[int, Line, etree._Element]]:
    seen: set[etree._Element] = set()
    for number, line in near:
        for piece in line.pieces:
            for element in (piece.parent, *islice(piece.parent.iterancestors(), 3)):
                if element.tag == "time" and element not in seen:
                    seen.add(element)
                    yield number, line, element


def _near(lines: Sequence[Line], headline_line: int | None) -> list[tuple[int, Line]]:
    """The short lines where a page prints its date, with their numbers: those before the headline in its own small
    group of lines, then those behind it down to the second line of prose."""
    if headline_line is None:
        return []
    first = max(headline_line - _BEFORE, 0)
    found = [number for number in range(first, headline_line) if _in_one_group(number, headline_line, lines)]
    prose = 0
    for number in range(headline_line + 1, min(len(lines), headline_line + _BESIDE)):
        line = lines[number]
        prose += line.plain_length >= _PROSE and not line.is_heading and line.block.tag != "figcaption"
        if prose == 2 or (line.is_heading and heading_of(line.text) is not None):
            break
        found.append(number)
    numbered = [(number, lines[number]) for number in found]
    return [
        (number, line)
        for number, line in numbered
        if len(line.text) <= _LONGEST_LINE and line.text[-1:] not in _SENTENCE_ENDS
    ]


def _in_one_group(number: int, headline_line: int, lines: Sequence[Line]) -> bool:
    """Whether a line before the headline belongs to it, and not to the page's header with its clock."""
    line, headline = lines[number], lines[headline_line]
    above = {line.block, *line.block.iterancestors()}
    group = next((element for element in (headline.block, *headline.block.iterancestors()) if element in above), None)
    if group is None or group.tag in ("body", "html", "main"):
        return False
    nearest = lines[max(headline_line - _LARGEST_GROUP - 1, 0) : headline_line]
    return sum(group in (other.block, *other.block.iterancestors()) for other in nearest) <= _LARGEST_GROUP
