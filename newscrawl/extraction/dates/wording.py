"""The words around a date on a page: whether they give the publication, the last change, or something else."""

from __future__ import annotations

import re

from lxml import etree

from newscrawl.extraction.dates.text import Stated, TimeReader, folded_date
from newscrawl.extraction.tree import Line, text_of
from newscrawl.text.fold import fold

# All words are folded, which takes Hangul apart into its letters.
_KOREAN_CHANGED, _KOREAN_PUBLISHED = fold("수정"), "|".join(map(fold, ("등록", "입력")))
# Words of languages whose letters folding changes, or that have no other form.
_OTHER_CHANGED = (
    "ενημέρωση|ενημερώθηκε|τροποποιήθηκε|আপডেট|হালনাগাদ|अपडेट|संशोधित|अद्यतन|اپ ڈیٹ|اپڈیٹ|diperbarui|cập nhật|อัปเดต|อัพเดท"
    "|ปรับปรุง|frissítve|módosítva|ažurirano|ажурирано|posodobljeno|обновена|актуализиран|uuendatud|atjaunināts|atnaujinta"
    "|përditësuar|yenilənib|абноўлена"
)
_OTHER_PUBLISHED = (
    "δημοσίευση|δημοσιεύθηκε|δημοσιεύτηκε|αναρτήθηκε|প্রকাশ|প্রকাশিত|प्रकाशित|प्रकाशन तिथि|شائع|dipublikasikan|diterbitkan"
    "|xuất bản|đăng lúc|เผยแพร่|julkaistu|avaldatud|megjelent|közzétéve|vydáno|vydané|objavljeno|објављено|публикувана"
    "|опубліковано|апублікавана|publicēts|paskelbta|paskelbtas|publikuar|公開|配信|掲載"
)
_CHANGED, _PUBLISHED = (
    "|".join(re.escape(fold(word)) for word in words.split("|")) for words in (_OTHER_CHANGED, _OTHER_PUBLISHED)
)
_MODIFIED_WORDS = re.compile(
    r"تحديث|تعديل|به ?روز ?رساني|update|modifi|mis a jour|mise a jour|aktualisi|geandert|actualiz|guncelle|עודכן|עדכון"
    r"|aggiornat|atualizad|edited|(?<!\w)akt\.|bijgewerkt|gewijzigd|uppdaterad|oppdatert|opdateret|paivitetty"
    rf"|aktualizac|обновлен|оновлен|изменен|更新|修改|{_KOREAN_CHANGED}|{_CHANGED}"
)
_PUBLISHED_LABEL = re.compile(
    r"(?<!\w)(?:publi[skce]\w*|posted|pubblicat\w*|gepubliceerd|veroffentlicht|erstellt|eingestellt|gespeichert"
    r"|geschrieben|submitted|pressemitteilung|press release|mitteilung|yayin\w*|eklenme|опубл\w*|opublik\w*|dodano"
    rf"|نشر\w*|النشر|انتشار|פורסם|发布|發布|{_KOREAN_PUBLISHED}|{_PUBLISHED}"
    # A date of birth has its own word between these and its day.
    r"|(?:datum|date|fecha|data|stand|tarih\w*|дата|تاريخ|تاريخ الخبر|تاريخ المقال|תאריך|日期)(?=[\s\W]*\d|\s*:))(?!\w)"
)
# It begins with a digit, which is searched for faster than two forms that do.
MAY_BE_DATED = re.compile(r"\d(?:(?<![+\d]\d)\d{3}|\d?\s?[./|-]\s?\d{1,2}\s?[./|-]\s?\d{2})")
"""What every text with a whole date matches, and few others do."""
# What divides a line of many facts, and what ends the date before a lead.
_SEPARATORS = re.compile(r"\s*[|•·–—]\s*|\s+-\s+|\s{2,}|,\s+(?=[^\W\d]+:)")
_DATELINE_END = re.compile(r"\s*(?:\d{1,2}[:.]\d{2}\s*(?:uhr)?)?\s*[)\].]?\s*[-–—:|/„“\"«(،]")
_LABEL_GAP = 5
# Characters around a date in which words for it are looked for.
_WORDS_BESIDE = 200
MOST_LETTERS_BESIDE = 40
"""Letters that a line may hold beside its date and still be about it."""
LONGEST_CLOCK = 12
"""Characters of a time of day, its words included."""


def gives_update(line: Line, element: etree._Element) -> bool:
    """Whether a `time` element gives the last change: its property says so, the words in it or before it on its
    line."""
    named = (element.get("itemprop") or "").lower()
    if "datemodified" in named or "datepublished" in named:
        return "datepublished" not in named
    before = []
    for piece in line.pieces:
        if piece.parent is element or element in piece.parent.iterancestors():
            break
        before.append(piece.text)
    own = folded_date(text_of(element)[:_WORDS_BESIDE])
    if _MODIFIED_WORDS.search(own) or _PUBLISHED_LABEL.search(own):
        return _MODIFIED_WORDS.search(own) is not None
    words = folded_date(" ".join(before)[-_WORDS_BESIDE:])
    changed, published = (
        max((match.start() for match in words_of.finditer(words)), default=-1)
        for words_of in (_MODIFIED_WORDS, _PUBLISHED_LABEL)
    )
    return changed > published


def parted_at_update(text: str) -> tuple[str, str]:
    """A line in two: what it says before it speaks of an update, and from there on."""
    if _MODIFIED_WORDS.search(folded_date(text)):
        words = text.split(" ")
        for number in range(len(words)):
            if _MODIFIED_WORDS.search(folded_date(" ".join(words[: number + 1]))):
                return " ".join(words[:number]), " ".join(words[number:])
    return text, ""


def before_update(text: str) -> str | None:
    """The part of a line that speaks of the publication; None where all of it speaks of an update. A single date is the
    publication's when it stands before the word, with the time behind it; behind the update's date it has a word of its
    own."""
    before, behind = parted_at_update(text)
    if behind and not MAY_BE_DATED.search(before):
        return _published_behind(behind)
    return before if MAY_BE_DATED.search(behind) else text


def _published_behind(text: str) -> str | None:
    """The part of a line of updates, from the word on that announces the publication behind the update's date."""
    words = text.split(" ")
    for number in range(2, len(words)):
        begun, rest = " ".join(words[:number]), " ".join(words[number:])
        if MAY_BE_DATED.search(begun) and MAY_BE_DATED.search(rest) and _PUBLISHED_LABEL.match(folded_date(rest)):
            return rest
    return None


def letters_beside(folded: str, stated: Stated) -> int:
    """Letters in the part of a line that holds the date, the date left out."""
    begin = max((match.end() for match in _SEPARATORS.finditer(folded) if match.end() <= stated.start), default=0)
    end = next((match.start() for match in _SEPARATORS.finditer(folded) if match.start() >= stated.end), len(folded))
    return sum(map(str.isalpha, folded[begin : stated.start])) + sum(map(str.isalpha, folded[stated.end : end]))


def is_labelled(text: str, reader: TimeReader) -> bool:
    folded = folded_date(text)
    label = _PUBLISHED_LABEL.search(folded)
    stated = reader.find(text) if label else None
    return bool(
        label and stated and label.end() <= stated.start + 1 and stated.start - label.end() <= MOST_LETTERS_BESIDE
    )


def dateline(text: str, reader: TimeReader) -> str | None:
    """The date with which a paragraph begins, set off from its text."""
    head = text[:60]
    stated = reader.find(head) if MAY_BE_DATED.search(head) else None
    if stated is None:
        return None
    folded = folded_date(text[:_WORDS_BESIDE])
    label = _PUBLISHED_LABEL.match(folded)
    begins = stated.start == 0 or (label is not None and stated.start - label.end() <= _LABEL_GAP)
    if not begins or not _DATELINE_END.match(folded, stated.end):
        return None
    words = head.split(" ")
    lengths = (len(folded_date(" ".join(words[:number]))) for number in range(1, len(words) + 1))
    enough = sum(length < stated.end + LONGEST_CLOCK for length in lengths)
    return " ".join(words[: enough + 1])
