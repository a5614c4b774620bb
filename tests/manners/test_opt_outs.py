from __future__ import annotations

import time

import pytest

from newscrawl.items import OptOut, OptOutSignal
from newscrawl.manners.ai_crawlers import AI_CRAWLERS
from newscrawl.manners.opt_outs import forbidden_to, stated


def told(headers: list[tuple[str, str]] | None = None, page: bytes = b"") -> set[tuple[str, str, str]]:
    return {(str(one.signal), one.stated_in, one.text) for one in stated(headers or [], page)}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("noarchive", {"noarchive"}),
        ("NoAI, NoImageAI", {"noai", "noimageai"}),
        ("none", {"none"}),
        ("noindex, nofollow", set()),
        ("googlebot: noarchive", set()),
        ("googlebot: noarchive, noai", set()),
        ("GPTBot: noarchive", {"GPTBot: noarchive"}),
        ("newscrawl: none", {"newscrawl: none"}),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST, noai", {"noai"}),
        ("max-snippet: 20, noarchive", {"noarchive"}),
        ("", set()),
        (",:,::,", set()),
    ],
)
def test_x_robots_tag(value: str, expected: set[str]) -> None:
    assert {text for _, _, text in told([("x-robots-TAG", value)])} == expected


def test_headers_that_are_repeated_count_together() -> None:
    headers = [("X-Robots-Tag", "noai"), ("X-Robots-Tag", "otherbot: none"), ("X-Robots-Tag", "noarchive")]
    assert told(headers) == {("noai", "header", "noai"), ("noarchive", "header", "noarchive")}


@pytest.mark.parametrize("value", ["0", "", "yes", "10"])
def test_a_tdm_reservation_is_1_and_nothing_else(value: str) -> None:
    assert told([("tdm-reservation", value)]) == set()


def test_tdm_reservation_with_its_policy() -> None:
    policy = "https://quay.example/policy.json"
    headers = [("TDM-Policy", policy), ("TDM-Reservation", " 1 ")]
    page = b'<meta name="tdm-reservation" content="1">'
    text = "tdm-reservation: 1"
    assert told(headers, page) == {("tdm", "header", f"{text}; tdm-policy: {policy}"), ("tdm", "meta", text)}


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b'<html><head><META NAME=Robots CONTENT="index, NOAI">', {("noai", "meta", "noai")}),
        (b'<meta content="noarchive" name="robots"/>', {("noarchive", "meta", "noarchive")}),
        (b'<meta name="CCBot" content="none">', {("none", "meta", "CCBot: none")}),
        (b'<meta name="googlebot" content="noarchive">', set()),
        (b'<!-- <meta name="robots" content="noai"> -->', set()),
        (b'<script>\'<meta name="robots" content="noai">\'</script>', set()),
        (b'<head></head><body><meta name="robots" content="noai">', set()),
        (b'<meta name="robots"><meta content="noai">', set()),
        ("<title>ميناء</title><meta name='robots' content='noai'>".encode("windows-1256"), {("noai", "meta", "noai")}),
        (b"\x00\xff<<<meta name=robots", set()),
        (b"", set()),
    ],
)
def test_meta_elements_of_the_head(page: bytes, expected: set[tuple[str, str, str]]) -> None:
    assert told(page=page) == expected


def test_a_page_made_to_be_dear_is_read_in_no_time() -> None:
    began = time.monotonic()
    told(page=b"<head>" + b"<meta name=robots content='" + b"a," * 4_000_000)
    told(page=b"<div>" * 3_000_000)
    told([("X-Robots-Tag", "noai:" * 10_000)])
    assert time.monotonic() - began < 1.0


def test_robots_txt_names_the_crawlers_that_it_shuts_out() -> None:
    shut_out = forbidden_to(lambda name: name not in ("GPTBot", "CCBot", "somebody"))
    assert shut_out == ["CCBot", "GPTBot"]
    assert stated([], b"", shut_out) == (
        OptOut(signal=OptOutSignal.AI_CRAWLERS, stated_in="robots.txt", text="CCBot, GPTBot"),
    )
    assert forbidden_to(lambda name: True) == []


def test_the_crawlers_stand_in_the_order_of_their_names_each_once() -> None:
    assert list(AI_CRAWLERS) == sorted({*AI_CRAWLERS})
