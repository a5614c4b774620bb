from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.text.fold import fold, words
from newscrawl.text.search_words import (
    as_ending,
    endings,
    forms,
    forms_of,
    in_headline,
    keys,
    places,
    printed_words,
    stored_words,
)

_OF_CAIRO = (
    "القاهرة", "قاهرة", "والقاهرة", "بالقاهرة", "للقاهرة", "كالقاهرة", "فالقاهرة", "وبالقاهرة", "وللقاهرة",
)  # fmt: skip
_SHORT = (
    "الله", "والد", "والدة", "بلال", "ولد", "كلام", "والي", "بالغ", "الف", "الان", "لله", "وال", "بال", "كال", "للل",
    "ال", "لل",
)  # fmt: skip
_ARABIC = st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآةىءؤئپچژگکیٱـًٌٍَُِّْ", min_size=1, max_size=12)


def is_found_by(printed: str, asked: str) -> bool:
    """Whether a text of one printed word is found by one asked for."""
    (key,) = keys(asked)
    (word,) = printed_words(printed)
    return key in forms_of(word)[0]


@pytest.mark.parametrize(
    ("printed", "asked"),
    [
        *((printed, asked) for printed in _OF_CAIRO for asked in ("القاهرة", "قاهره")),
        ("للجنة", "اللجنة"),
        ("للجنة", "الجنة"),
        ("للغة", "اللغة"),
        ("لليل", "ليل"),
        ("للألعاب", "ألعاب"),
        ("الألعاب", "العاب"),
        ("والله", "الله"),
        ("بالله", "الله"),
        ("ومحمد", "محمد"),
        ("وبمصر", "مصر"),
        ("وبمصر", "بمصر"),
        ("ولبنان", "لبنان"),
        ("لبنان", "اللبنان"),
        ("مسؤولية", "المسئوليه"),
        ("مَدْرَسَـــة", "مدرسة"),
        ("موسى", "موسي"),
        ("٢٠٢٦", "۲۰۲۶"),
        ("کتاب‌خانه", "كتابخانه"),
        ("שׁוּק", "שוק"),
        ("مسئولية", "المسؤوليه"),
        ("شئون", "الشؤون"),
        ("بالمسئول", "مسوول"),
        ("مسو\u0654ول", "مسئول"),
        ("Diyarbakır", "DIYARBAKIR"),
        ("İzmir", "izmir"),
        ("Łódź", "lodz"),
        ("Straße", "STRASSE"),
        ("œuvre", "oeuvre"),
        ("दिल्ली", "दिल्ली"),
    ],
)  # fmt: skip
def test_a_printed_word_is_found(printed: str, asked: str) -> None:
    assert is_found_by(printed, asked)


@pytest.mark.parametrize(
    ("printed", "asked"),
    [
        ("كمال", "مال"),
        ("فريق", "ريق"),
        ("مصر", "ومصر"),
        ("دم", "الدم"),
        ("الله", "له"),
        ("والد", "ولد"),
        ("اللجنة", "الجنة"),
        ("आग", "आगे"),
    ],
)
def test_a_printed_word_is_not_found(printed: str, asked: str) -> None:
    assert not is_found_by(printed, asked)


@pytest.mark.parametrize("word", _SHORT)
def test_no_word_is_cut_to_less_than_three_letters(word: str) -> None:
    assert forms(fold(word))[0] == fold(word)


@given(_ARABIC)
def test_a_word_is_found_by_itself_and_with_the_article(word: str) -> None:
    if not words(word):
        return
    assert is_found_by(word, word)
    if len(fold(word)) >= 3:
        assert is_found_by("ال" + word, word)
        assert is_found_by("وال" + word, word)


@given(st.text(max_size=60))
def test_words_have_their_places_and_the_same_forms_everywhere(text: str) -> None:
    printed = printed_words(text)
    assert [text[start:end] for start, end in places(text)] == printed
    # Each by itself is the same word: what stands beside it does not matter.
    assert all(printed_words(word) == [word] for word in printed)
    assert set(stored_words(None, text)) == {form for word in printed for forms in forms_of(word) for form in forms}


@given(
    st.lists(st.one_of(st.text(max_size=12), _ARABIC, st.from_regex("[،«(]?(ال)?[مصرؤئ]{1,5}[.؟»]?", fullmatch=True)))
)
def test_a_piece_with_an_ending_is_one_word_whose_forms_are_ends_of_it(texts: list[str]) -> None:
    pieces = " ".join(texts).split()
    for piece, ending in zip(pieces, endings(pieces), strict=True):
        if ending:
            (word,) = [one for printed in printed_words(piece) for one in forms_of(printed)]
            assert all(ending.endswith(as_ending(form)) for form in word)


@pytest.mark.parametrize(
    ("piece", "ending"),
    [
        ("«القاهرة»،", "القاهره"),
        ("مسؤول", "مسييل"),
        ("بالمسئول", "بالمسييل"),
        ("Łódź.", "lodz"),
        ("दिल्ली", "दिलली"),
        ("covid-19", ""),
        ("صلىﷺ", ""),
        ("x™", ""),
        ("—", ""),
        ("ـ", ""),
        ("東京", ""),
        ("x" * 65, ""),
    ],
)
def test_the_ending_of_a_piece(piece: str, ending: str) -> None:
    assert endings([piece]) == [ending]
    assert endings(["كلمة", piece]) == ["كلمه", ending]


@given(st.text(max_size=60))
def test_what_is_stored_can_be_written_as_one_line_of_words(text: str) -> None:
    stored = stored_words(text, text)
    assert " ".join(stored).split() == stored
    assert not any(set(form) & set("\"'\\&|!():*\0") for form in stored)
    assert all(len(form) <= 65 for form in stored)


def test_headline_words_are_stored_twice_and_each_form_once() -> None:
    assert stored_words("المدينة القديمة", "مدينة ومدينة") == [
        in_headline("مدينه"), in_headline("قديمه"), "مدينه", "قديمه", "ومدينه",
    ]  # fmt: skip
    assert stored_words(None, None) == []


def test_no_more_words_are_stored_than_postgresql_takes() -> None:
    stored = stored_words("عنوان", " ".join(f"{number:060d}" for number in range(30_000)))
    assert 800_000 < sum(map(len, stored)) <= 900_000
    assert stored[:2] == [in_headline("عنوان"), "عنوان"]


def test_chinese_and_japanese_are_read_by_the_character() -> None:
    assert keys("東京都で2026年") == ["東", "京", "都", "て", "2026", "年"]
    assert keys("2026年 Tokyo") == ["2026", "年", "tokyo"]


def test_a_sign_of_several_words() -> None:
    assert keys("قال ﷺ") == ["قال", "صلي", "الله", "عليه", "وسلم"]
