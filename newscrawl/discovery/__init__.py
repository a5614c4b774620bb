"""Which pages a source offers: readers of feeds, sitemaps and section pages, and the choice among their URLs.

A reader never raises for what a document contains. It returns `Findings`: everything that could be read and,
where the document is broken, hostile or too large, the error to tell beside it.
"""

from newscrawl.discovery.candidates import accepts, is_article_url, within_age
from newscrawl.discovery.documents import ChildSitemap, Findings
from newscrawl.discovery.feeds import read_feed
from newscrawl.discovery.revisits import next_due
from newscrawl.discovery.sections import read_section
from newscrawl.discovery.sitemaps import read_sitemap, sitemaps_in_robots

__all__ = [
    "ChildSitemap",
    "Findings",
    "accepts",
    "is_article_url",
    "next_due",
    "read_feed",
    "read_section",
    "read_sitemap",
    "sitemaps_in_robots",
    "within_age",
]
