from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from newscrawl.exceptions import ConfigurationError
from newscrawl.middlewares.fixtures import Fixtures
from newscrawl.middlewares.replay import NotInReplay, ReplayMiddleware


def write_case(folder: Path, name: str, payload: bytes | None = None, **answer: Any) -> None:
    case = folder / name
    case.mkdir(parents=True)
    if payload is not None:
        (case / "page.html").write_bytes(payload)
    whole = {
        "url": f"https://news.example/{name}",
        "status": 200,
        "headers": [],
        "body": None if payload is None else "page.html",
    }
    (case / "response.json").write_text(json.dumps({**whole, **answer}))


def answered(folder: Path, url: str) -> Response:
    return asyncio.run(ReplayMiddleware(Fixtures(folder)).process_request(Request(url)))


def test_an_answer_comes_back_as_it_is_stored(tmp_path: Path) -> None:
    headers = [["Content-Type", "text/html; charset=windows-1256"], ["Link", "<a>"], ["Link", "<b>"]]
    write_case(tmp_path, "a", "خبر".encode("windows-1256"), headers=headers)
    response = answered(tmp_path, "https://news.example/a")
    assert isinstance(response, HtmlResponse)
    assert (response.status, response.text) == (200, "خبر")
    assert response.headers.getlist("Link") == [b"<a>", b"<b>"]


def test_it_answers_every_way_to_write_the_url(tmp_path: Path) -> None:
    write_case(tmp_path, "a", b"<p>a</p>")
    assert answered(tmp_path, "http://www.news.example/a?utm_source=x").body == b"<p>a</p>"


def test_an_answer_may_have_no_body(tmp_path: Path) -> None:
    write_case(tmp_path, "a", status=301, headers=[["Location", "https://news.example/b"]])
    response = answered(tmp_path, "https://news.example/a")
    assert (response.status, response.body) == (301, b"")


def test_what_is_not_stored_is_refused(tmp_path: Path) -> None:
    write_case(tmp_path, "a", b"")
    with pytest.raises(NotInReplay):
        answered(tmp_path, "https://news.example/b")


@pytest.mark.parametrize(
    "answer", [{"url": "no url"}, {"status": "ok"}, {"headers": 5}, {"body": "missing.html"}, {"headers": [["X"]]}]
)
def test_a_broken_answer_is_named(tmp_path: Path, answer: dict[str, Any]) -> None:
    write_case(tmp_path, "a", b"", **answer)
    with pytest.raises(ConfigurationError, match=r"a.response\.json is no stored response.*fixtures/README\.md"):
        Fixtures(tmp_path)


def test_what_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "response.json").write_text("{")
    with pytest.raises(ConfigurationError, match=r"response\.json is no stored response"):
        Fixtures(tmp_path)
