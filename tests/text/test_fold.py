from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.text.fold import fold, fold_key, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"),
        ("إيمان", "ايمان"),
        ("آخر", "اخر"),
        ("مستشفى", "مستشفي"),
        ("مدينة", "مدينه"),
        ("مُحَمَّد", "محمد"),
        ("محـــمد", "محمد"),
        ("مسؤول", "مسوول"),
        ("کتاب", "كتاب"),
        ("ایران", "إيران"),
        ("می‌خواهم", "میخواهم"),
        ("٢٠٢٦", "2026"),
        ("۲۰۲۶", "2026"),
        ("ﻻ", "لا"),
        ("Éire", "eire"),
        ("STRASSE", "straße"),
    ],
)
def test_spellings_that_readers_take_for_the_same_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_composed_and_decomposed_texts_fold_to_one(text: str) -> None:
    one = unicodedata.normalize("NFC", text)
    assert fold(one) == fold(unicodedata.normalize("NFD", one))
    assert fold_key(one) == fold_key(unicodedata.normalize("NFD", one)) == " ".join(re.findall(r"\w+", fold(one)))


@pytest.mark.parametrize(("one", "other"), [("قلب", "كلب"), ("علم", "عالم"), ("ship", "shop"), ("1", "2")])
def test_other_words_stay_others(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_words_without_punctuation() -> None:
    assert words("«داعش»، تفجّر... دولةَ ”طالبان“؟") == ["داعش", "تفجر", "دوله", "طالبان"]
    assert fold_key(" Two — words! ") == "two words"
    assert fold_key("…؟") == ""


@given(st.text())
def test_key_is_a_fixed_point(text: str) -> None:
    key = fold_key(text)
    assert fold_key(key) == key
