"""Selectors of source files: CSS, or XPath behind `xpath:`."""

from __future__ import annotations

from functools import lru_cache

from lxml import etree

_XPATH = "xpath:"
_NAMESPACES = {"re": "http://exslt.org/regular-expressions"}


@lru_cache(maxsize=1024)
def compiled(selector: str) -> etree.XPath:
    """What finds the elements, or with `::attr(name)` behind CSS their attributes, in a tree.

    Raises ValueError that says what is wrong with the selector.
    """
    expression = selector.removeprefix(_XPATH).strip() if selector.startswith(_XPATH) else _from_css(selector)
    try:
        found = etree.XPath(expression, namespaces=_NAMESPACES, smart_strings=False)
        # Unknown functions and prefixes show only when it is asked.
        found(etree.Element("html"))
    except etree.XPathError as error:
        raise ValueError(f"is no XPath ({error})") from error
    return found


def _from_css(selector: str) -> str:
    # Loaded where a source has rules: most processes that read pages do without.
    import cssselect

    translator = cssselect.HTMLTranslator()
    paths = []
    try:
        for one in cssselect.parse(selector):
            element, attribute = one.pseudo_element, ""
            if isinstance(element, cssselect.FunctionalPseudoElement) and element.name == "attr":
                attribute = "/@" + "".join(token.value or "" for token in element.arguments).lower()
            elif element is not None:
                raise ValueError(f"has ::{getattr(element, 'name', element)}, and ::attr(name) is the only one known")
            paths.append(translator.selector_to_xpath(one) + attribute)
    except cssselect.SelectorError as error:
        raise ValueError(f"is no CSS selector ({error})") from error
    return " | ".join(paths)
