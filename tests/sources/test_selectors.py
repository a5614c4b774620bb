from __future__ import annotations

import pytest
from lxml import html

from newscrawl.sources.selectors import compiled

TREE = html.document_fromstring('<div class="a b"><p id=x data-at=1>One</p><p>Two</p></div>')


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("div.a > p", ["One", "Two"]),
        ("#x::attr(data-at), p:nth-child(2)", ["1", "Two"]),
        ("xpath://p[re:test(., '^T')]", ["Two"]),
        ("xpath: //p/@id", ["x"]),
        ("xpath://p[not (contains(., 'T(')) and (position() = 1 or (@id))]", ["One"]),
        ("xpath://p[1]/following-sibling::node()", ["Two"]),
    ],
)
def test_css_and_xpath_find_elements_and_attributes(selector: str, found: list[str]) -> None:
    assert [one if isinstance(one, str) else one.text for one in compiled(selector)(TREE)] == found


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("div >", "is no CSS selector"),
        ("p:nonsense", "is no CSS selector"),
        ("", "is no CSS selector"),
        ("h1::text", "::attr(name) is the only one known"),
        ("h1::first-line", "::attr(name) is the only one known"),
        ("xpath://p[", "is no XPath"),
        ("xpath:nosuch(//p)", "is no XPath"),
        ("xpath://p[nosuch(.)]", "no function nosuch()"),
        ("xpath://p[x:test(., 'a')]", "no function x:test()"),
        ("xpath:", "is no XPath"),
    ],
)
def test_a_bad_selector_is_told(selector: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"^(is no|has ::)") as caught:
        compiled(selector)
    assert said in str(caught.value)
