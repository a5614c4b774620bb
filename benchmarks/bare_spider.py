"""What most people would write: Scrapy as it comes, trafilatura called in the callback, Scrapy's own feed.

`scrapy runspider benchmarks/bare_spider.py -a home=URL -o articles.jsonl`, outside this project's folder, so that its
settings do not apply.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import trafilatura
from scrapy.http import Response
from scrapy.spiders import SitemapSpider


class BareSpider(SitemapSpider):
    """The pages of a site's sitemap, each read where it arrives."""

    name = "bare"

    def __init__(self, *, home: str) -> None:
        super().__init__()
        self.sitemap_urls = [f"{home}/sitemap.xml"]

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """trafilatura's article of a page; nothing where it finds none."""
        found = trafilatura.extract(response.text, url=response.url, output_format="json", with_metadata=True)
        if found:
            yield json.loads(found)
