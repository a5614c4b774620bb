"""What trafilatura takes for the body and is not: the headline, menus, links to other articles, quotes pulled out of
the text, and what outlets close a story with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from newscrawl.extraction.body.closing_phrases import closes_story, is_promotion
from newscrawl.extraction.body.gaps import Placed
from newscrawl.extraction.body.said import said_elsewhere
from newscrawl.extraction.phrases import Heading, heading_of
from newscrawl.extraction.tree import Line, absolute_url
from newscrawl.items import Block
from newscrawl.text.fold import fold, fold_key
from newscrawl.urls import host_of

# What agencies close a story with, folded: "end of message" or their initials in brackets, and a time, an editor's
# initials and number; a number alone, initials parted by dots, slashes or blanks, initials alone.
_SIGN_OFF = re.compile(
    r"\W*(?:(?:انتهاي (?:پيام|خبر)|پايان(?: (?:پيام|خبر))?|و?انتهي|النهايه|ends?(?=\s?[/*#])|fin(?=\s?[/*#])"
    r"|\(\w{2,12}(?:\s?/\s?\w{2,12}){0,3}\)|\(\w(?: \w){1,3}\))\W*(?:\d{1,6}|\w{1,3}(?!\w))?"
    r"(?:\s*[./\\|:*]+\s*\w{1,4}|(?:\s|(?<=\d))[^\W\d](?!\w)|\s\d{1,6}){0,8}"
    r"|\d{1,7}|\w{1,2}(?:\s\w{1,2})?(?:\s*[./\\|]\s*\w{1,2}(?:\s\w{1,2})?){1,4}|[^\W\d](?:\s[^\W\d]){1,3})\W*"
    r"|[a-z]{2,4}"
)
# Before the colon of a credit that ends a caption, folded.
_PICTURE_WORDS = (
    "foto fotos photo photos photograph picture image bild bilder zdj fot fotó fotografie grafik illustration kuva"
    " фото фота снимка φωτό φωτογραφία תמונה צילום صورة تصوير عکس تصویر फोटो ছবি gambar ảnh 写真 사진"
)
_PICTURES = frozenset(fold(word) for word in _PICTURE_WORDS.split())
# Who took a picture stands before the word in Chinese and Japanese.
_TAKEN_BY = re.compile(r"(?:^|[\s。,，、])[^\s。,，、]{1,6}[\s/]?[摄攝]\W*$|[=＝]\S{1,12}撮影\W*$")
_LONGEST_CAPTION, _LONGEST_CREDIT = 240, 60
_HEADLINE_WITHIN = 400
_PROSE = 100
_TIME = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|\b\d{4}[/-]\d{1,2}[/-]\d{1,2}\b|\b1[34]\d\d\b")
# How long a story takes to read, as it stands above the story.
_MINUTES = (
    "دقائق دقيقة دقایق دقیقه خولەک דקות דקה min mins minutes minute minuten minutos minuti minuter minut dk dakika мин"
    " минут минуты минута хв λεπτά menit phút"
)
_TO_READ = (
    "قراءة القراءة للقراءة مطالعه خواندن קריאה read reading lecture lectura leitura lettura lesezeit lesedauer okuma"
    " чтения leestijd lästid čtení czytania"
)
_UNIT, _READ = ("|".join(map(re.escape, map(fold, words.split()))) for words in (_MINUTES, _TO_READ))
_READING_TIME = re.compile(
    rf"\W*(?:(?:\w+ ){{0,2}}(?:{_READ})\W+)?\d{{1,2}}\s?(?:{_UNIT})(?:\W+(?:\w+ )?(?:{_READ})(?: \w+)?)?\W*"
)
_CLOCK = re.compile(r"\W*\d{1,2}:\d\d(?::\d\d)?\W*")
_MOST_TIME_WORDS = 8
_FEW_TIME_WORDS = 4
_MENU_WORDS = 6
_HEADLINE_WORDS = 5
_HEADLINE_SHARE = 0.7
_ITEM_WORDS = 4
_STOPPED = re.compile(r"[.!?؟。:][\s\"'»”’)\]]*$")


def own_blocks(
    blocks: Sequence[Placed],
    lines: Sequence[Line],
    shown: Mapping[str, Sequence[int]],
    headline_line: int | None,
    headline: str | None,
    not_body: Set[str],
    base: str,
) -> list[Block]:
    """The blocks that are the article's own.

    `shown` is the page's `lines_by_text`, `headline_line` the number of the line that shows the headline; `not_body`
    holds the `fold_key` of texts that are known to be none of it (byline, time, related headlines); links count from
    `base`.
    """
    title = fold_key(headline or "")
    linked: dict[str, bool] = {}
    kept: list[Placed] = []
    length = prose = 0
    for block, place in blocks:
        key = fold_key(block.text)
        places = shown.get(key, ())
        if not any(map(str.isalnum, key)) or key in not_body:
            continue
        if is_promotion(block.text) or (key == title and length < _HEADLINE_WITHIN):
            continue
        if not prose and _is_headline(block, key, title):
            continue
        if heading_of(block.text) is Heading.READ_ALSO or _is_caption(block):
            continue
        if block.type != "list_item" and key not in linked:
            linked[key] = _is_link(block.text, [lines[number] for number in places], base)
        if _is_above(places, headline_line, block) or (block.type != "list_item" and linked[key]):
            continue
        if prose < 2 and (_tells_time(block) or (not prose and _READING_TIME.fullmatch(fold(block.text).strip()))):
            continue
        if _CLOCK.fullmatch(block.text):
            continue
        kept.append((block, place))
        length += len(block.text)
        prose += len(block.text) >= _PROSE
    own = list(_without_empty(_without_pulled(kept, lines)))
    _cut_close(own)
    _cut_last_list(own, shown, lines, base)
    return own


def _is_headline(block: Block, key: str, title: str) -> bool:
    """Whether a heading is made of most of the headline's words, and perhaps a roof line."""
    words, said = set(key.split()), set(title.split())
    shared = len(words & said)
    if len(words) > 2 * len(said):
        return False
    return (
        block.type == "heading" and shared >= _HEADLINE_WORDS and shared >= _HEADLINE_SHARE * min(len(words), len(said))
    )


def _is_caption(block: Block) -> bool:
    """Whether a short paragraph ends with who took the picture that it speaks of."""
    text = block.text
    if block.type != "paragraph" or len(text) > _LONGEST_CAPTION:
        return False
    told, colon, credit = text.rpartition(":")
    if not colon:
        return _TAKEN_BY.search(text) is not None
    word = re.search(r"[^\W_]+\W*$", told)
    named = word is not None and fold(word[0]).strip() in _PICTURES and 1 < len(credit) <= _LONGEST_CREDIT
    return named and not _STOPPED.search(credit)


def _tells_time(block: Block) -> bool:
    """Whether a short line says when something was published, and nothing else."""
    words = [word for word in fold_key(block.text).split() if not any(map(str.isdigit, word))]
    least = 1 if len(words) <= _FEW_TIME_WORDS else 2
    return (
        block.type == "paragraph"
        and len(words) <= _MOST_TIME_WORDS
        and not _STOPPED.search(block.text)
        and len(_TIME.findall(fold(block.text))) >= least
    )


def _is_above(places: Sequence[int], headline_line: int | None, block: Block) -> bool:
    """Whether a short text stands above the headline only: a menu, a path, a roof line."""
    if headline_line is None or not places:
        return False
    return places[-1] < headline_line and len(block.text.split()) <= 3 * _MENU_WORDS


def _is_link(text: str, places: Sequence[Line], base: str) -> bool:
    """Whether the page shows a text, wherever it stands, as nothing but a link to another page of the same site: an
    entry of a menu, or another article's headline."""
    if not places or any(line.plain_length for line in places):
        return False
    words = len(text.split())
    for line in places:
        for link in line.links:
            href = (link.get("href") or "").strip()
            url = absolute_url(base, href)
            if href.startswith("#") or url is None:
                return False
            if host_of(url) != host_of(base) and (words < _HEADLINE_WORDS or _STOPPED.search(text)):
                return False
    return True


def _cut_last_list(blocks: list[Block], shown: Mapping[str, Sequence[int]], lines: Sequence[Line], base: str) -> None:
    """Remove the list that ends the blocks where all its items are links to other pages of the site and nothing
    introduces it: neither a heading nor a colon."""
    start = len(blocks)
    while start and blocks[start - 1].type == "list_item":
        item = blocks[start - 1]
        places = [lines[number] for number in shown.get(fold_key(item.text), ())]
        if len(item.text.split()) < _ITEM_WORDS or not _is_link(item.text, places, base):
            return
        start -= 1
    if 0 < start < len(blocks) and blocks[start - 1].type != "heading" and not blocks[start - 1].text.endswith(":"):
        del blocks[start:]
        _cut_close(blocks)


def _without_pulled(blocks: Sequence[Placed], lines: Sequence[Line]) -> Iterator[Block]:
    """The blocks without quotes that are pulled out of the text: what another container says as well. A heading may
    quote the text below it, and one list or recipe may say a thing twice."""
    containers = [None if place is None else lines[place].container for _, place in blocks]
    elsewhere = said_elsewhere([block.text for block, _ in blocks])
    for number, (block, _) in enumerate(blocks):
        others = {containers[other] for other in elsewhere[number]}
        pulled = bool(others) and (block.type == "quote" or containers[number] not in others)
        if not pulled or block.type not in ("paragraph", "quote"):
            yield block


def _without_empty(blocks: Iterator[Block]) -> Iterator[Block]:
    """The blocks without words that head related links or replies where these are gone: a heading over prose is the
    article's own, whatever it says."""
    waiting: Block | None = None
    for block in blocks:
        if waiting is not None and block.type == "paragraph" and len(block.text) >= _PROSE:
            yield waiting
        waiting = None
        if heading_of(block.text) not in (Heading.RELATED, Heading.REPLIES):
            yield block
        elif block.type == "heading":
            waiting = block


def _cut_close(blocks: list[Block]) -> None:
    """Remove from the end of the blocks what closes a story without being part of it, one sign-off at most, and
    headings of what is gone."""
    signed_off = False
    while blocks:
        last = blocks[-1]
        introduced = len(blocks) > 1 and blocks[-2].text.endswith(":")
        alone = len(blocks) == 1 or introduced
        if heading_of(last.text) is None and (alone or not closes_story(last.text)):
            if last.type != "paragraph" or signed_off or introduced or not _SIGN_OFF.fullmatch(fold(last.text)):
                return
            signed_off = True
        blocks.pop()
