from __future__ import annotations

from newscrawl.differences import FieldChange, differences, words_between
from newscrawl.differences.marking import Marks
from newscrawl.items import Article, Block

RLI, PDI = "\u2067", "\u2069"
PLAIN, COLOURED = Marks(colour=False), Marks(colour=True)


def test_colour_in_place_of_marks_and_direction_by_language() -> None:
    operations = words_between("The port opens", "The port closes")
    shown = COLOURED.line(operations, "en")
    assert shown.plain == "The port opens closes"
    assert [(shown.plain[span.start : span.end], span.style) for span in shown.spans] == [
        ("opens", "red strike"),
        ("closes", "green"),
    ]
    assert PLAIN.line(operations, "en").plain == "The port [-opens-] {+closes+}"
    arabic = words_between("BBC تقول نعم", "BBC تقول لا")
    assert PLAIN.line(arabic, "ar").plain == f"{RLI}BBC تقول [-نعم-] {{+لا+}}{PDI}"
    assert PLAIN.line(arabic, "en").plain == "BBC تقول [-نعم-] {+لا+}"
    assert PLAIN.line(words_between("نعم", "لا"), None).plain == f"{RLI}[-نعم-] {{+لا+}}{PDI}"


def article(*texts: str) -> Article:
    blocks = [Block("paragraph", text) for text in texts]
    return Article(id="1", url="https://a.example/1", url_key="a.example/1", headline="a", blocks=blocks)


def test_what_is_the_same_is_shortened_to_what_stands_beside_a_change() -> None:
    long = " ".join(f"w{number}" for number in range(30))
    found = differences(
        article("one", "two", "three", "four", long, f"{long} old {long}"),
        article("one", "two", "three", "four", long, f"{long} new {long}"),
    )
    assert [line.plain for line in PLAIN.body(found.passages, "en")] == [
        "one",
        "… 3 paragraph(s) as before …",
        "w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 …",
        "… w25 w26 w27 w28 w29 [-old-] {+new+} w0 w1 w2 w3 w4 …",
    ]
    assert [line.plain for line in Marks(colour=False, whole=True).body(found.passages, "en")] == [
        "one", "two", "three", "four", long, f"{long} [-old-] {{+new+}} {long}",
    ]  # fmt: skip


def test_scripts_without_spaces_are_shortened_by_the_character() -> None:
    long = "港口工程将在两年内完成期间摊位迁往火车站附近的广场并设有冷藏仓库"
    before, after = f"{long}耗资三亿元，{long}", f"{long}耗资五亿元，{long}"
    found = differences(article(long, before), article(long, after))
    assert [line.plain for line in PLAIN.body(found.passages, "zh")] == [
        f"{long[:20]}…",
        f"…{long[-8:]}耗资[-三-] {{+五+}}亿元，{long[:8]}…",
    ]
    assert Marks(colour=False, whole=True).line(found.passages[1].operations, "zh").plain == (
        f"{long}耗资[-三-] {{+五+}}亿元，{long}"
    )


def test_fields_are_shown_as_they_were_and_are() -> None:
    def shown(name: str, before: object, after: object) -> str:
        return PLAIN.values(FieldChange(name, before, after), "ar").plain

    assert shown("authors", ["Nour"], ["Nour", "Sami"]) == "[-Nour-] {+Nour, Sami+}"
    assert shown("authors", [], ["إيمان فهيم"]) == f"{RLI}{{+إيمان فهيم+}}{PDI}"
    assert shown("modified_at", None, "2026-01-02") == "{+2026-01-02+}"
    assert shown("description", "وصف قديم للخبر", "وصف جديد للخبر") == f"{RLI}وصف [-قديم-] {{+جديد+}} للخبر{PDI}"
