from __future__ import annotations

import pytest
from scrapy import Request

from newscrawl.items import Validators
from newscrawl.middlewares.conditional import ANSWERED_BY, VALIDATORS, ConditionalMiddleware, condition_of

URL = "https://a.example/1"


def asked(request: Request) -> dict[str, str]:
    """The conditions of a request after the middleware."""
    ConditionalMiddleware().process_request(request)
    names = ("If-None-Match", "If-Modified-Since")
    return {name: value.decode() for name in names if (value := request.headers.get(name)) is not None}


@pytest.mark.parametrize(
    ("validators", "conditions"),
    [
        (Validators('W/"1"', None), {"If-None-Match": 'W/"1"'}),
        (Validators(None, "then"), {"If-Modified-Since": "then"}),
        (Validators('"1"', "then"), {"If-None-Match": '"1"', "If-Modified-Since": "then"}),
    ],
)
def test_what_the_last_answer_gave_is_the_condition(validators: Validators, conditions: dict[str, str]) -> None:
    request = Request(URL, meta={VALIDATORS: validators})
    assert asked(request) == conditions
    assert request.meta["handle_httpstatus_list"] == [304]
    assert condition_of(request) == validators


def test_a_request_without_validators_is_left_alone() -> None:
    request = Request(URL, headers={"If-None-Match": '"own"'}, meta={VALIDATORS: None})
    assert asked(request) == {"If-None-Match": '"own"'}
    assert "handle_httpstatus_list" not in request.meta


@pytest.mark.parametrize(("answered_by", "is_kept"), [(None, False), ("https://a.example/2", True), (URL, False)])
def test_a_redirect_keeps_the_condition_only_where_it_was_given(answered_by: str | None, is_kept: bool) -> None:
    request = Request(URL, meta={VALIDATORS: Validators('"1"'), ANSWERED_BY: answered_by})
    asked(request)
    meta = {**request.meta, "redirect_urls": [URL]}
    led = request.replace(url="https://a.example/2", meta=meta)
    assert bool(asked(led)) is is_kept
    assert ("handle_httpstatus_list" in led.meta) is is_kept
    assert (condition_of(led) is not None) is is_kept
