from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.text.search_match import Matcher
from newscrawl.text.search_query import parse

_FILLING = "كلمات أخرى لا تعني شيئا هنا " * 30


def found(asked: str, headline: str = "", body: str = "") -> float | None:
    return Matcher(parse(asked)).score(headline, body)


def shown(asked: str, text: str) -> str:
    passage = Matcher(parse(asked)).marked(text)
    for start, end in reversed(passage.marks):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


def better(asked: str, first: tuple[str, str], second: tuple[str, str]) -> bool:
    one, other = found(asked, *first), found(asked, *second)
    assert one is not None
    assert other is not None
    assert 0 < other <= one < 1
    return one > other


def test_the_headline_counts_more_than_the_body() -> None:
    assert better("سوق", ("سوق قديم", "نص بلا كلمة"), ("خبر قديم", "نص عن سوق"))


def test_what_says_it_more_often_is_better_and_what_says_it_among_more_words_is_worse() -> None:
    assert better("سوق", ("", "سوق وسوق أخرى"), ("", "سوق وأخرى هنا"))
    assert better("سوق", ("", "سوق"), ("", "سوق " + _FILLING))


def test_the_word_itself_counts_more_than_what_is_joined_to_something() -> None:
    assert better("مصر", ("", "في مصر"), ("", "في ومصر"))
    assert not better("القاهرة", ("", "في القاهرة"), ("", "في والقاهرة"))


def test_one_group_that_is_missing_or_one_unwanted_word_is_no_answer() -> None:
    assert found("سوق سمك", "سوق", "خضر") is None
    assert found("سوق سمك", "سوق", "سمك") is not None
    assert found("سوق -سمك", "سوق", "للسمك") is None
    assert found("سوق OR سمك", "", "السمك") is not None


def test_the_words_of_a_phrase_stand_one_after_the_other() -> None:
    assert found('"سوق السمك"', "", "في سوق السمك") is not None
    assert found('"سوق السمك"', "", "في سُوق، سمك") is not None
    assert found('"سوق السمك"', "", "السمك في سوق") is None
    assert found('"سوق السمك"', "سوق", "السمك") is None
    assert found('"سوق السمك"', "", "بسوق السمك") is not None
    assert found('"سوق السمك"', "", "سوق وسمك") is None
    assert found('سوق -"سوق السمك"', "", "سوق وسمك. سمك سوق") is not None


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        ("القاهره", "وصل للقاهـِرة، ثم غادر (والقاهرةُ) ليلا", "وصل [للقاهـِرة]، ثم غادر ([والقاهرةُ]) ليلا"),
        ("2027", "في ٢٠٢٧ وفي 2027م", "في [٢٠٢٧] وفي 2027م"),
        ("cafe", "Café, café-bar, cafés", "[Café], [café]-bar, cafés"),
        ('"old quay" quay', "the old quay, a quay and the old", "the [old] [quay], a [quay] and the old"),
        ("a b -c", "a, b, c", "[a], [b], c"),
        ("كتابخانه", "به کتاب‌خانه رفت", "به [کتاب‌خانه] رفت"),
        ("京都", "東京都と京都", "東[京][都]と[京][都]"),
        ("nothing", "here", "here"),
    ],
)
def test_words_are_marked_as_they_are_printed(asked: str, text: str, expected: str) -> None:
    assert shown(asked, text) == expected


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        ('"وسلم في السوق"', "قال ﷺ في السوق", "قال [ﷺ] [في] [السوق]"),
        ('"سوق السمك"', "اليوم — في - سوق - «السمك» (مفتوح)", "اليوم — في - [سوق] - «[السمك]» (مفتوح)"),
        ('"19 سوق"', "covid-19 - سوق", "covid-[19] - [سوق]"),
        ('"市 سوق"', "東京都市 سوق", "東京都[市] [سوق]"),
    ],
)
def test_what_stands_between_two_spaces_may_be_several_words_or_none(asked: str, text: str, expected: str) -> None:
    assert found(asked, body=text) is not None
    assert shown(asked, text) == expected


def test_what_is_no_word_makes_no_text_longer_and_several_in_one_do() -> None:
    assert found("سوق", body="سوق — - … السمك") == found("سوق", body="سوق السمك")
    assert found("سوق", body="سوق covid-19") == found("سوق", body="سوق covid 19")
    assert better("سوق", ("", "سوق covid"), ("", "سوق covid-19-sars-2-2019-2020"))


def test_texts_that_were_met_before_change_no_answer() -> None:
    texts = ["سوق السمك covid-19", "السوق، وسمك", "東京 سوق", "قال ﷺ", "x" * 200 + " سوق"] * 2
    matcher = Matcher(parse("سوق OR covid"))
    assert [matcher.score("", text) for text in texts] == [found("سوق OR covid", body=text) for text in texts]


def test_a_snippet_is_the_passage_that_answers_most() -> None:
    text = f"سوق في البداية. {_FILLING} سوق السمك والخضر {_FILLING}"
    passage = Matcher(parse("سوق سمك")).snippet(text)
    assert [passage.text[start:end] for start, end in passage.marks] == ["سوق", "السمك"]
    assert passage.text[0] == passage.text[-1] == "…"
    assert passage.text[1:-1] in text
    assert 120 < len(passage.text) <= 242


def test_a_text_that_does_not_answer_is_shown_from_its_beginning() -> None:
    passage = Matcher(parse("غائب")).snippet(f"بداية النص.\n{_FILLING}")
    assert passage.text.startswith("بداية النص. كلمات")
    assert passage.text.endswith("…")
    assert passage.marks == ()
    assert Matcher(parse("غائب")).snippet("").text == ""


@given(st.text(alphabet="ab \n،…\u064eت", max_size=700), st.integers(1, 3))
def test_a_snippet_is_cut_from_the_text_with_its_marks(text: str, times: int) -> None:
    text *= times
    passage = Matcher(parse("ab")).snippet(text)
    # What is cut off at either end is told by a sign that may stand in the text too.
    cut = {passage.text, passage.text[1:], passage.text[:-1], passage.text[1:-1]}
    assert any(one in text.replace("\n", " ") for one in cut)
    assert len(passage.text) <= 242
    for start, end in passage.marks:
        assert passage.text[start:end].replace("\u064e", "") == "ab"
    assert bool(passage.marks) == bool(Matcher(parse("ab")).marked(text).marks)
