"""Answering a crawl from stored responses, with no network."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from newscrawl.configuration import Configuration
from newscrawl.exceptions import ConfigurationError
from newscrawl.middlewares.retracted import Retracted
from newscrawl.storage import retractions
from newscrawl.urls import url_key


class NotInReplay(IgnoreRequest):
    """The replayed folder holds no answer for the URL."""


class ReplayMiddleware:
    """Answers each request from the fixtures below a folder: each a `response.json` beside its body's file."""

    def __init__(self, folder: Path, left_out: Collection[str] = ()) -> None:
        """`left_out`: url_keys of what was retracted, which has no answer any more."""
        self._cases = _read_cases(folder)
        self._left_out = left_out

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        configuration = Configuration.read(crawler.settings)
        if configuration.replay is None:
            raise NotConfigured
        return cls(configuration.replay, retractions.of_database(configuration.database_url))

    async def process_request(self, request: Request) -> Response:
        """The stored response. Raises NotInReplay for a URL that has none, Retracted for one that was taken down."""
        key = url_key(request.url)
        if key in self._left_out:
            raise Retracted(request.url)
        case = self._cases.get(key)
        if case is None:
            raise NotInReplay("not in replay")
        body = case.body.read_bytes() if case.body else b""
        headers = Headers()
        for name, value in case.headers:
            headers.appendlist(name, value)
        response_type = responsetypes.from_args(headers=headers, url=request.url, body=body)
        return response_type(url=request.url, status=case.status, headers=headers, body=body, request=request)


@dataclass(frozen=True, slots=True)
class _Case:
    status: int
    headers: list[tuple[str, str]]
    body: Path | None


def _read_cases(folder: Path) -> dict[str, _Case]:
    cases: dict[str, _Case] = {}
    for file in sorted(folder.rglob("response.json")):
        try:
            answer = json.loads(file.read_text(encoding="utf-8"))
            key = url_key(answer["url"])
            body = file.parent / answer["body"] if answer["body"] else None
            if body is not None and not body.is_file():
                raise ValueError(f"its body {body.name} is missing")
            case = _Case(int(answer["status"]), [(name, value) for name, value in answer["headers"]], body)
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(
                f"{file} is no stored response ({error!r}); it needs url, status, headers and body, "
                "as fixtures/README.md shows"
            ) from error
        cases.setdefault(key, case)
    if not cases:
        raise ConfigurationError(f"NEWSCRAWL_REPLAY={folder} holds no response.json; name a folder of fixtures")
    return cases
