"""The section that a page prints for its article: the last step of its breadcrumbs before the headline, else the
category that it is filed under."""

from __future__ import annotations

from collections.abc import Iterator, Set

from lxml import etree, html

from newscrawl.extraction.tree import text_of
from newscrawl.text.fold import fold_key

# Elements whose class, id, label or type holds this are breadcrumbs, whatever the capitals.
_NAMED = "readcrumb"
_PATHS = ("nav", "ol", "ul", "div", "section", "p", "span")
# WordPress and what is made after it: `rel="category tag"`.
_CATEGORIES = etree.XPath("//a[contains(concat(' ', @rel, ' '), ' category ')]")
_HOME = frozenset(
    map(
        fold_key,
        (
            "Home", "Homepage", "Home Page", "Startseite", "Start", "Accueil", "Inicio", "Início", "Portada",
            "Página inicial", "Ana Sayfa", "Anasayfa", "الرئيسية", "الصفحة الرئيسية", "ראשי", "עמוד הבית", "דף הבית",
            "خانه", "صفحه اصلی", "صفحه نخست", "سەرەکی", "سەرەتا", "دەستپێک", "Destpêk", "Главная", "Головна", "Beranda",
            "Hem", "Hjem", "Forside", "Etusivu", "Strona główna", "Domů", "Úvod", "Acasă", "Αρχική", "Trang chủ",
            "首页", "首頁", "ホーム", "トップ", "홈",
        ),
    )
)  # fmt: skip
_LONGEST_PATH = 400
_LONGEST_SECTION = 60


def is_home(text: str) -> bool:
    """Whether a text is what links to a site's home page say."""
    return fold_key(text) in _HOME


def printed_section(tree: html.HtmlElement, headline: str | None, outlets: Set[str]) -> str | None:
    """The section of the first breadcrumbs that name one, else of the first category link of the article's own element.
    `outlets` holds the folded names of the outlet, which are no section."""
    title = fold_key(headline or "")
    for step in _steps(tree, title):
        key = fold_key(step)
        if key and not is_home(step) and len(step) <= _LONGEST_SECTION and key not in outlets:
            return step
    return None


def _steps(tree: html.HtmlElement, title: str) -> Iterator[str]:
    """What may be the section, the likeliest first: the steps of each path from the last one back, then categories."""
    # XPath takes ten times as long for this.
    paths = [path for path in tree.iter(*_PATHS) if _NAMED in "".join(path.values()).replace("C", "c")]
    for element in paths:
        if len(text_of(element)) <= _LONGEST_PATH and not _is_apart(element):
            links = [text_of(link) for link in element.iter("a")]
            steps = links or [text_of(item) for item in element.iter("li")][:-1]
            yield from (step for step in reversed(steps) if not _is_title(fold_key(step), title))
    for link in _CATEGORIES(tree):
        if not _is_apart(link) and _is_of_article(link, title):
            yield text_of(link)


def _is_title(key: str, title: str) -> bool:
    """Whether a step is the headline, which paths cut short."""
    return bool(title) and (key == title or (len(key.split()) > 2 and title.startswith(key)))


def _is_apart(element: etree._Element) -> bool:
    """Whether an element stands in the foot or at the side of the page."""
    return any(outer.tag == "aside" or (outer.tag == "footer" and _around(outer) is None) for outer in _outers(element))


def _is_of_article(link: etree._Element, title: str) -> bool:
    """Whether a category link stands in the element that shows the headline, not in another article's."""
    article = _around(link)
    return article is None or any(fold_key(text_of(heading)) == title for heading in article.iter("h1", "h2"))


def _around(element: etree._Element) -> etree._Element | None:
    return next(element.iterancestors("article"), None)


def _outers(element: etree._Element) -> list[etree._Element]:
    return [element, *element.iterancestors()]
