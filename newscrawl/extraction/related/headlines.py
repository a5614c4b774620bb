"""What reads like another article's headline, and what a headline cut short says whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, pairwise

from lxml import etree

from newscrawl.extraction.phrases import heading_of
from newscrawl.extraction.tree import Line, Piece
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold, fold_key

LONGEST_HEADLINE = 220
LONGEST_PLAIN = 150
_MOST_IN_CARD, _HIGHEST_CARD = 40, 5
_MOST_PLAIN_WORDS = 24
# Least words of a headline in a link that shows a section and a time as well.
_LEAST_SAID_WORDS = 4
_LONGEST_TIME, _MOST_TIME_WORDS = 40, 2
_TIME = re.compile(r"\b(?:19|20)\d\d\b|\b1[34]\d\d\b|\b\d{1,2}:\d{2}\b")
# What a screen reader is told of an item: "list 2 of 4".
_POSITION = re.compile(r"(?:list|item|slide|image|photo) \d+ (?:of|sur|von|de) \d+")
WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u064b-\u0652\u0670\u200c\u0640'’][^\W_]*)*")
# Letters of scripts that part no words.
_UNPARTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LETTERS_OF_WORD = 3
BULLET = re.compile(r"^\s*(?:[-–—•·●▪■◾◽*›>♦✔✓☑]|[»«](?=\s)|\d{1,2}[.)\-])\s*")
CUT_SHORT = re.compile(r"\s*(?:\.{2,}|…)\s*$")
SENTENCE_END = re.compile(r"(?<![.…])[.。؛،,;:]\s*$")
# Words with which Arabic and Persian prose goes on and headlines hardly begin, folded.
_GOING_ON = (
    "وقال وقالت واضاف واضافت وتابع وتابعت واكد واكدت واشار واشارت واوضح واوضحت "
    "ولفت ولفتت وكان وكانت وذكر وذكرت واعلن واعلنت "
    "وجاء وجاءت يذكر ويذكر كما فيما بينما وبحسب ومن وفي وعن وقد "
    "ويات وياتي وتاتي وكشف وكشفت ونقل ونقلت وشدد وشددت واستطرد "
    "واختتم ويشير وتشير ويري وتري ولم ولا "
    "ولكن لكن اذ حيث وبين وافاد وافادت وصرح وعلي والي ووفق ووفقا وحول وحسب وهو وهي وبعد "
    "وي گفت افزود همچنين به"
)
_CONNECTIVES = frozenset(_GOING_ON.split())


def headline_like(line: Line) -> bool:
    """Whether a line without links reads like a headline rather than prose or a label."""
    text = BULLET.sub("", line.text)
    words = WORD.findall(text)
    if not 3 <= len(words) <= _MOST_PLAIN_WORDS or len(text) > LONGEST_PLAIN:
        return False
    if SENTENCE_END.search(text) or fold_key(words[0]) in _CONNECTIVES or is_time(text):
        return False
    return heading_of(text) is None and not _POSITION.fullmatch(fold(text))


def are_topics(items: Sequence[tuple[str, str | None]]) -> bool:
    """Whether the items are names of topics (one or two words each) and not headlines."""
    lengths = sorted(count_words(text) for text, _ in items)
    return bool(lengths) and lengths[len(lengths) // 2] <= 2


def is_time(text: str) -> bool:
    """Whether a text is a date or a time of day and no more."""
    key = fold(text) if len(text) <= _LONGEST_TIME else ""
    return _TIME.search(key) is not None and sum(word.isalpha() for word in WORD.findall(key)) <= _MOST_TIME_WORDS


def says_something(text: str) -> bool:
    if is_time(text):
        return False
    return (count_words(text) >= 3 or len(text) >= 15) and len(text) <= LONGEST_HEADLINE and heading_of(text) is None


def count_words(text: str) -> int:
    """How many words a text has; of a script that parts none, a word for every three letters."""
    words = len(text.split())
    return words if text.isascii() else words + len(_UNPARTED.findall(text)) // _LETTERS_OF_WORD


def says_little(text: str) -> bool:
    return any(map(str.isalpha, text)) and len(text) <= LONGEST_HEADLINE and heading_of(text) is None


def says_enough(text: str) -> bool:
    return says_something(text) or (count_words(text) == 2 and says_little(text))


def says_no_word(line: Line) -> bool:
    """Whether a line is a number, a clock or a mark."""
    return not any(map(str.isalpha, line.text))


def made_whole(headline: str, link: etree._Element) -> str:
    """A headline that is cut with dots, made whole from the title or alt text of its link or its card's image."""
    if not CUT_SHORT.search(headline):
        return headline
    begin = fold_key(CUT_SHORT.sub("", headline))
    card = link.getparent()
    scope = [link, *link.iter("img"), *islice(_card_of(link).iter("a", "img"), _MOST_IN_CARD)]
    if card is not None:
        around = card.getparent()
        around = card if around is None or around.tag in ("body", "ul", "ol") else around
        scope.extend(islice(around.iter("a", "img"), _MOST_IN_CARD))
    for element in scope[: 2 * _MOST_IN_CARD]:
        for attribute in ("title", "alt", "aria-label"):
            text = clean(element.get(attribute) or "")
            if (
                begin
                and len(text) <= 2 * LONGEST_HEADLINE
                and fold_key(text).startswith(begin)
                and not CUT_SHORT.search(text)
            ):
                return text
    return headline


def _card_of(link: etree._Element) -> etree._Element:
    """The largest element around a link, a few levels up, that links to nothing else."""
    card = link
    for outer in islice(link.iterancestors(), _HIGHEST_CARD):
        if outer.tag in ("body", "html") or any(
            other.get("href") not in (None, link.get("href")) for other in outer.iter("a")
        ):
            break
        card = outer
    return card


def shown_by_links(line: Line) -> list[str]:
    """What each link of a line shows on it."""
    return [shown_by(line, link) for link in line.links]


def shown_by(line: Line, link: etree._Element) -> str:
    """What a link shows on a line: of texts that only their elements part, as a card's section, headline and time,
    those that say something, else the longest."""
    pieces = [piece for piece in line.pieces if piece.link is link and piece.text.strip()]
    if len(pieces) > 1 and _parted_by_style(pieces):
        said = [piece.text for piece in pieces if len(piece.text.split()) >= _LEAST_SAID_WORDS]
        return clean(" ".join(said) or max((piece.text for piece in pieces), key=len))
    return clean("".join(piece.text for piece in line.pieces if piece.link is link))


def _parted_by_style(pieces: Sequence[Piece]) -> bool:
    """Whether each piece fills an element of its own, side by side, with no space between them."""
    parents = [piece.element.getparent() for piece in pieces]
    return all(
        not piece.is_tail and len(piece.element) == 0 and parent is parents[0]
        for piece, parent in zip(pieces, parents, strict=True)
    ) and all(
        not (one.text[-1:].isspace() or two.text[:1].isspace()) and one.element.getnext() is two.element
        for one, two in pairwise(pieces)
    )
