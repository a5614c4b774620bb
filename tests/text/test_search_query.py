from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.exceptions import ConfigurationError
from newscrawl.text.search_query import Query, parse


def terms(query: Query) -> tuple[list[list[str]], list[str]]:
    return [[" ".join(term.keys) for term in group] for group in query.wanted], [
        " ".join(t.keys) for t in query.unwanted
    ]


@pytest.mark.parametrize(
    ("asked", "wanted", "unwanted"),
    [
        ("Harbour market", [["harbour"], ["market"]], []),
        ('"harbour market" ferry', [["harbour market"], ["ferry"]], []),
        ("«سوق السمك» ميناء", [["سوق سمك"], ["ميناء".replace("ء", "")]], []),
        ("“a b” „c d“ »e f«", [["a b"], ["c d"], ["e f"]], []),
        ('ferry "old quay', [["ferry"], ["old quay"]], []),
        ('one"two three"four', [["one"], ["two three"], ["four"]], []),
        ("ferry -market −quay", [["ferry"]], ["market", "quay"]),
        ('ferry -"old quay"', [["ferry"]], ["old quay"]),
        ("covid-19", [["covid 19"]], []),
        ("a - b", [["a"], ["b"]], []),
        ("a OR b c", [["a", "b"], ["c"]], []),
        ("a b OR c OR d", [["a"], ["b", "c", "d"]], []),
        ("a|b", [["a", "b"]], []),
        ('"a b" | c', [["a b", "c"]], []),
        ("OR a", [["a"]], []),
        ("a OR", [["a"]], []),
        ("a OR -b", [["a"]], ["b"]),
        ("a OR ? b", [["a", "b"]], []),
        ('a "OR" b', [["a"], ["or"], ["b"]], []),
        ("a or b", [["a"], ["or"], ["b"]], []),
        ("AND NOT NEAR(a)", [["and"], ["not"], ["near a"]], []),
        ("\u200f-b \u2067a\u2069", [["a"]], ["b"]),
        ("l'école", [["l ecole"]], []),
        ('"" a', [["a"]], []),
    ],
)
def test_what_is_asked_for(asked: str, wanted: list[list[str]], unwanted: list[str]) -> None:
    assert terms(parse(asked)) == (wanted, unwanted)


@pytest.mark.parametrize("asked", ["", "  ", "?!", '""', "« »", "OR", "| |", "- -", "…", "\u200f", "\udcff"])
def test_nothing_but_punctuation_is_told(asked: str) -> None:
    with pytest.raises(ConfigurationError, match="no word to search for"):
        parse(asked)


def test_something_must_be_wanted() -> None:
    with pytest.raises(ConfigurationError, match="must occur"):
        parse("-a -b")


def test_too_many_words_are_told() -> None:
    assert len(parse(" ".join(["a"] * 64)).wanted) == 64
    with pytest.raises(ConfigurationError, match="more than 64"):
        parse(f'"{" ".join(["a"] * 65)}"')


@given(st.text(alphabet=st.characters() | st.sampled_from('"«»“”-| ORab'), max_size=60))
def test_whatever_is_asked_is_a_query_or_is_told(asked: str) -> None:
    try:
        query = parse(asked)
    except ConfigurationError:
        return
    every = [term for group in (*query.wanted, query.unwanted) for term in group]
    assert all(query.wanted)
    assert all(term.keys and all(term.keys) for term in every)
