"""Fetching alone, with this project's settings: the bound of what a crawl on one machine can reach.

`scrapy runspider benchmarks/fetch_spider.py -a home=URL`, in this project's folder.
"""

from __future__ import annotations

from scrapy.http import Response
from scrapy.spiders import SitemapSpider


class FetchSpider(SitemapSpider):
    """The pages of a site's sitemap, each dropped as it arrives."""

    name = "fetch"

    def __init__(self, *, home: str) -> None:
        super().__init__()
        self.sitemap_urls = [f"{home}/sitemap.xml"]

    def parse(self, response: Response) -> None:
        """Nothing."""
