from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.text.clean import clean, clean_or_none


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  two \t\n words\u00a0here ", "two words here"),
        ("cafe\u0301", "café"),
        ("a\x00b\x07c", "abc"),
        ("line\x0bbreak\x0chere", "line break here"),
        ("soft\u00adhyphen and\u200bspace\ufeff", "softhyphen andspace"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("\x00 \u200b", ""),
    ],
)
def test_repairs(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize("text", ["می‌خواهم", "٢٠٢٦", "۲۰۲۶", "أكّد ”داعش“ لـ«محطة»", "\u200fמבחן", "👩‍👩‍👧", "ﷺ", "①"])
def test_what_a_reader_sees_stays(text: str) -> None:
    assert clean(text) == text


@given(st.text())
def test_cleaned_text_is_nfc_storable_and_cleans_to_itself(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned.strip()
    assert not any(unicodedata.category(character) == "Cc" for character in cleaned)


def test_nothing_is_none() -> None:
    assert clean_or_none(None) is clean_or_none("") is clean_or_none(" \u200b ") is None
    assert clean_or_none(" a ") == "a"
