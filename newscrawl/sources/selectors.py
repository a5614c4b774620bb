"""Selectors of source files: CSS, or XPath behind `xpath:`."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

_XPATH = "xpath:"
_NAMESPACES = {"re": "http://exslt.org/regular-expressions"}
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALLED = re.compile(r"(?<![\w.-])(?:[\w.-]+:)?[\w.-]+(?=\s*\()")
# What may stand before a bracket and is no function.
_NO_FUNCTIONS = frozenset(("node", "text", "comment", "processing-instruction", "and", "or", "div", "mod"))
_OF_ATTRIBUTE = re.compile(r"::attr\(|(?:@|attribute::)[\w:.*-]+\s*$|\btext\(\)\s*$")


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
    for name in _CALLED.findall(_LITERAL.sub("''", expression)):
        if name not in _NO_FUNCTIONS and not _is_function(name):
            raise ValueError(f"is no XPath (there is no function {name}())")
    return found


def finds_elements(selector: str) -> bool:
    """Whether a good selector points to elements, not to attributes, texts or what an XPath computes."""
    return not _OF_ATTRIBUTE.search(selector) and isinstance(compiled(selector)(etree.Element("html")), list)


@lru_cache(maxsize=256)
def _is_function(name: str) -> bool:
    """Whether XPath has the function: within a predicate that shows only where a page has what the predicate is of."""
    try:
        etree.XPath(f"{name}()", namespaces=_NAMESPACES)(etree.Element("html"))
    except etree.XPathError as error:
        return not re.search("Unregistered function|Undefined namespace prefix", str(error))
    except TypeError:
        # One of Python's, asked without its arguments.
        return True
    return True


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
