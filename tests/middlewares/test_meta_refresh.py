from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from newscrawl.middlewares.meta_refresh import MetaRefreshMiddleware

_TAG = '<html><head><META HTTP-EQUIV="Refresh" CONTENT="0; URL=/there"></head>'


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256"])
def test_a_page_that_sends_on_is_followed(encoding: str) -> None:
    request = Request("https://a.example/here")
    page = HtmlResponse(request.url, body=_TAG.encode(encoding), encoding=encoding, request=request)
    answer = MetaRefreshMiddleware.from_crawler(get_crawler()).process_response(request, page)
    assert isinstance(answer, Request)
    assert answer.url == "https://a.example/there"


@pytest.mark.parametrize("html", ["<html><p>a refreshing drink", "<html><p>text", "", " " * 20_000 + _TAG])
def test_any_other_page_stays(html: str) -> None:
    request = Request("https://a.example/here")
    page = HtmlResponse(request.url, body=html.encode(), encoding="utf-8", request=request)
    assert MetaRefreshMiddleware.from_crawler(get_crawler()).process_response(request, page) is page
