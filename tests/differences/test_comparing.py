from __future__ import annotations

import random
import re
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.differences import FieldChange, Operation, differences, words_between
from newscrawl.differences.comparing import BREAK
from newscrawl.items import Article, Block


def article(*texts: str, headline: str | None = "Port opens", types: str = "", **fields: Any) -> Article:
    kinds = {"p": "paragraph", "h": "heading"}
    blocks = [
        Block(kinds[kind], text)  # type: ignore[arg-type]
        for text, kind in zip(texts, types or "p" * len(texts), strict=True)
    ]
    return Article(id="1", url="https://a.example/1", url_key="a.example/1", headline=headline, blocks=blocks, **fields)


def marked(operations: tuple[Operation, ...]) -> str:
    forms = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return " ".join(forms[one.kind].format(one.text.strip()) for one in operations)


def body(before: Article, after: Article) -> list[str]:
    return [marked(passage.operations) for passage in differences(before, after).passages]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("The port opens today", "The port does not open today", "The port [-opens-] {+does not open+} today"),
        ("قال الوزير إن 120 سفينة دخلت", "قال الوزير إن 121 سفينة دخلت", "قال الوزير إن [-120-] {+121+} سفينة دخلت"),
        ("It rose to 1.5, he said.", "It rose to 1,5, he said.", "It rose to [-1.5-] {+1,5+} , he said."),
        ("a b", "a b", "a b"),
        ("", "a", "{+a+}"),
        ("a", "", "[-a-]"),
        ("نص آخر", "نصّ آخر", "[-نص-] {+نصّ+} آخر"),
        # Scripts without spaces: by the character, by the consonant with its signs.
        ("耗资三亿元，两年内完成", "耗资五亿元，两年内完成", "耗资 [-三-] {+五+} 亿元，两年内完成"),
        ("2025年に再建する", "2026年に再建する", "[-2025-] {+2026+} 年に再建する"),
        ("ลงมติเมื่อวันอังคารให้สร้าง", "ลงมติเมื่อวันพุธให้สร้าง", "ลงมติเมื่อวัน [-อังคาร-] {+พุธ+} ให้สร้าง"),
        ("ในปี ๒๕๖๙ มี", "ในปี ๒๕๗๐ มี", "ในปี [-๒๕๖๙-] {+๒๕๗๐+} มี"),
        ("ປີ ໒໐໒໕ ມີ", "ປີ ໒໐໒໖ ມີ", "ປີ [-໒໐໒໕-] {+໒໐໒໖+} ມີ"),
        ("น้ำท่วม", "น้าท่วม", "[-น้ำ-] {+น้า+} ท่วม"),
        # What stayed by chance between longer changes does not tear them.
        (
            "one two of three four nine", "five six of seven eight nine",
            "[-one two of three four-] {+five six of seven eight+} nine",
        ),
    ],
)  # fmt: skip
def test_words(before: str, after: str, shown: str) -> None:
    assert marked(words_between(before, after)) == shown


def test_paragraphs_that_stay_hold_the_comparison() -> None:
    before = article("First it was so.", "It has 120 berths now.", "The end.")
    after = article("First it was so.", "It has 121 berths now.", "The end.", "And more.", "And yet more.")
    assert body(before, after) == [
        "First it was so.",
        "It has [-120-] {+121+} berths now.",
        "The end.",
        "{+And more.+}",
        "{+And yet more.+}",
    ]
    assert body(after, before)[-2:] == ["[-And more.-]", "[-And yet more.-]"]


def test_sentences_that_move_between_paragraphs_show_as_such() -> None:
    before = article("The port opened on Monday.", "It has many berths in the old basin.")
    after = article("The port opened on Monday. It has many berths in the old basin.")
    assert body(before, after) == [f"The port opened on Monday. [-{BREAK}-] It has many berths in the old basin."]


def test_fields_are_named() -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    before = article("a", authors=["Nour"], section="City", modified_at=None, main_image="https://a.example/1.jpg")
    after = article("a", authors=["Nour", "Sami"], section="City", modified_at=at, main_image=None)
    found = differences(before, after)
    assert found.fields == (
        FieldChange("authors", ["Nour"], ["Nour", "Sami"]),
        FieldChange("modified_at", None, "2026-01-02T00:00:00+00:00"),
        FieldChange("main_image", "https://a.example/1.jpg", None),
    )
    assert (found.headline, found.body_differs, found.retyped) == (None, False, 0)


def test_a_headline_is_compared_by_words_and_types_of_paragraphs_are_counted() -> None:
    found = differences(article("a", "b"), article("a", "b", headline="Port closes", types="hp"))
    assert found.headline is not None
    assert marked(found.headline.operations) == "Port [-opens-] {+closes+}"
    assert (found.retyped, found.body_differs) == (1, False)
    assert differences(article("a"), article("a", headline=None)).headline is not None


PARAGRAPHS = st.lists(st.text(st.sampled_from("ab ,.1 ن\u064b\u200c-'¶"), max_size=30), max_size=5)


@given(before=PARAGRAPHS, after=PARAGRAPHS)
def test_the_operations_give_both_texts_back(before: list[str], after: list[str]) -> None:
    def letters(kinds: set[str]) -> str:
        text = "".join(
            operation.text for passage in found.passages for operation in passage.operations if operation.kind in kinds
        )
        return re.sub(rf"[\s{BREAK}]+", "", text)

    found = differences(article(*before), article(*after))
    # Of what is the same the later text's spaces are told.
    assert letters({"same", "removed"}) == re.sub(rf"[\s{BREAK}]+", "", "".join(before))
    assert letters({"same", "added"}) == re.sub(rf"[\s{BREAK}]+", "", "".join(after))
    for passage in found.passages:
        for operation in passage.operations:
            assert "".join(operation.words) == re.sub(r"\s+", "", operation.text)


@pytest.mark.slow
@pytest.mark.parametrize("vocabulary", [1, 2, 10, 50, 1000, 5000])
def test_long_bodies_take_seconds_at_most(vocabulary: int) -> None:
    pick = random.Random(vocabulary)
    one, other = (" ".join(str(pick.randrange(vocabulary)) for _ in range(5000)) for _ in range(2))
    edited = one.split()
    for _ in range(50):
        edited[pick.randrange(5000)] = "edited"
    for text in (other, " ".join(edited)):
        began = time.process_time()
        differences(article(one), article(text))
        assert time.process_time() - began < 5
