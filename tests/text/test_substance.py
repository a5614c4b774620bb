from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.text.substance import substance, substance_hash

TRIVIAL = [
    ("قال  الوزير\u00a0إن", "قال الوزير إن"),
    ("أعلن الوزير، أمس، ذلك.", "أعلن الوزير أمس ذلك"),
    ("إسرائيل", "اسرائيل"),
    ("مدينة", "مدينه"),
    ("مستشفى", "مستشفي"),
    ("مسؤول", "مسئول"),
    ("مُحَمَّدٌ", "محمد"),
    ("محـــمد", "محمد"),
    ("ﻻ", "لا"),
    ("١٬٥٠٠ رجل و١٫٥ مليون", "1,500 رجل و1.5 مليون"),
    ("۲۰۲۶", "2026"),
    ("می‌خواهم", "میخواهم"),
    ("שָׁלוֹם", "שלום"),
    ("«نعم» قال", '"نعم" قال'),
    ("“Yes”, he said.", "'Yes' he said"),
    ("<<yes>>", "„yes“"),
    ("l’homme", "l'homme"),
    ("Cairo – the harbour", "Cairo: the harbour"),
    ("2010–2015", "2010 - 2015"),
    ("What?!", "What ??"),
    ("هل؟", "هل?"),
    ("a (b) c", "a, b; c"),
    ("• one ● two", "one two"),
    ("50 %", "50٪"),
    ("5km", "5 km"),
    ("e\u0301", "\u00e9"),
]
MATTERS = [
    ("1.5", "15"),
    ("1,500", "1500"),
    ("1,500", "1.500"),
    ("1.5", "1 5"),
    (".5", "5"),
    ("-5", "5"),
    ("−5", "5"),
    ("- 5", "5"),
    ("(-5)", "(5)"),
    ("+5", "5"),
    ("50%", "50"),
    ("$50", "€50"),
    ("10²", "102"),
    ("2-1", "21"),
    ("2-1", "1-2"),
    ("10:30", "1030"),
    ("120", "121"),
    ("١٢٠", "121"),
    ("he did it", "he did not do it"),
    ("لم يقل", "يقل"),
    ("حسن", "حسين"),
    ("ماء", "ما"),
    ("dog bites man", "man bites dog"),
    ("publie", "publié"),
    ("año", "ano"),
    ("US", "us"),
    ("can't", "cant"),
    ("He resigned?", "He resigned."),
    ("the ‘reform’", "the reform"),
    ("كی‌بورد", "كيبرد"),
    ("का", "की"),
    ("now here", "nowhere"),
    ("㎡", "m"),
]


@pytest.mark.parametrize(("one", "other"), TRIVIAL)
def test_trifles(one: str, other: str) -> None:
    assert substance(one) == substance(other)


@pytest.mark.parametrize(("one", "other"), MATTERS)
def test_what_matters(one: str, other: str) -> None:
    assert substance(one) != substance(other)


def test_headline_and_body_are_told_apart_and_paragraphs_are_not() -> None:
    assert substance_hash("a", ["b c"]) == substance_hash("a.", ["b", "", "c"])
    assert substance_hash("a b", ["c"]) != substance_hash("a", ["b c"])
    assert substance_hash(None, ["b"]) == substance_hash("", ["b"])
    assert substance_hash("a", ["...", ""]) is None
    assert (substance_hash("a", ["b"]) or "").startswith("s1:")


def test_a_lone_surrogate_is_no_error() -> None:
    assert substance_hash("a", ["b \ud800"]) is not None


WORDS = st.sampled_from(
    [
        "قال", "الوزير", "إن", "مدينة", "أحمد", "مسؤول", "شؤون", "على", "الأخرى", "لا", "میخواهم", "שלום", "120", "1.5",
        "-7", "1,500", "50%", "10²", "the", "harbour", "isn't", "Über",
    ]
)  # fmt: skip
TEXTS = st.lists(WORDS, min_size=1, max_size=30)
GAPS = st.sampled_from([" ", "  ", "\u00a0", " ، ", ", ", ". ", " … ", "; ", "\n", " \u200f", " • ", ": "])


@given(words=TEXTS, data=st.data())
def test_spacing_and_punctuation_between_words_never_matter(words: list[str], data: st.DataObject) -> None:
    varied = words[0] + "".join(data.draw(GAPS) + word for word in words[1:])
    assert substance(varied) == substance(" ".join(words))


@given(words=TEXTS, data=st.data())
def test_signs_of_reading_never_matter(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    marked = "".join(
        letter + data.draw(st.sampled_from(["", "", "\u064e", "\u0651\u064f", "\u0640", "\u200c"]))
        if "\u0628" <= letter <= "\u0648"
        else letter
        for letter in text
    )
    assert substance(marked) == substance(text)


@given(words=TEXTS, digits=st.sampled_from(["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९"]))
def test_the_script_of_digits_never_matters(words: list[str], digits: str) -> None:
    text = " ".join(words)
    assert substance(text.translate(str.maketrans("0123456789", digits))) == substance(text)


@given(words=TEXTS, data=st.data())
def test_a_word_more_or_less_or_two_that_change_places_always_matter(words: list[str], data: st.DataObject) -> None:
    text = substance(" ".join(words))
    at = data.draw(st.integers(0, len(words)))
    more = [*words[:at], "ليس", *words[at:]]
    assert substance(" ".join(more)) != text
    if at < len(words):
        assert substance(" ".join(words[:at] + words[at + 1 :])) != text
    if at + 1 < len(words) and substance(words[at]) != substance(words[at + 1]):
        swapped = [*words[:at], words[at + 1], words[at], *words[at + 2 :]]
        assert substance(" ".join(swapped)) != text


@given(words=TEXTS, data=st.data())
def test_one_digit_always_matters(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    places = [at for at, letter in enumerate(text) if letter.isdecimal()]
    if places:
        at = data.draw(st.sampled_from(places))
        other = "1" if text[at] != "1" else "2"
        assert substance(text[:at] + other + text[at + 1 :]) != substance(text)


@given(st.text())
def test_any_text_has_a_substance_that_does_not_depend_on_its_normal_form(text: str) -> None:
    parts = substance(text)
    assert all(part and not any(letter.isspace() for letter in part) for part in parts)
    assert substance(unicodedata.normalize("NFD", text)) == substance(unicodedata.normalize("NFC", text))
