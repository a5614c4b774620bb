"""What a worker does with an outlet's front page, and what it tells of a page beside its article."""

from __future__ import annotations

from dataclasses import dataclass

from newscrawl.discovery.front_page import FrontPage
from newscrawl.items import Page


@dataclass(frozen=True, slots=True)
class Home:
    """An outlet by its front page."""

    outlet: str | None
    """Its name; None where the page tells none."""
    language: str | None
    """BCP 47 primary language of the page."""
    named: FrontPage
    """Feeds and sections."""


def read_home(page: Page) -> Home:
    """What the front page tells of its outlet."""
    # Here, and not above: the process that only asks for a reading must not load the libraries that read.
    from newscrawl.discovery.front_page import read_front_page
    from newscrawl.extraction import extract

    article = extract(page)
    return Home(article.outlet, article.language, read_front_page(page.body, page.url, page.headers))


def says_not_free(page: Page) -> bool:
    """Whether the page says that its article is not free to read."""
    from newscrawl.extraction.walls import stated_wall

    return stated_wall(page)
