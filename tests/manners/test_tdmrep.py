from __future__ import annotations

import json
import time
from typing import Any

import pytest

from newscrawl.manners.opt_outs import stated
from newscrawl.manners.tdmrep import parse, rule_for

HOME = "https://quay.example"


def rule(location: Any, reservation: Any = 1, **further: Any) -> dict[str, Any]:
    return {"location": location, "tdm-reservation": reservation, **further}


def content(*rules: Any) -> bytes:
    return json.dumps(rules).encode()


@pytest.mark.parametrize(
    ("location", "path", "matches"),
    [
        ("/", "", True),
        ("/", "/a/b?page=2", True),
        ("/news/", "/news/1", True),
        ("/news/", "/news", False),
        ("/news", "/newsletter", True),
        ("/News/", "/news/1", False),
        ("/news$", "/news", True),
        ("/news$", "/news/", False),
        ("/a/*/c", "/a/b/b/c/d", True),
        ("/a/*/c$", "/a/b/c/d", False),
        ("/a/*/c$", "/a/c/d/c", True),
        ("/a*a$", "/a", False),
        ("/*.jpg", "/images/x.jpg?w=2", True),
        ("/*.jpg$", "/images/x.jpg?w=2", False),
        ("*.jpg$", "/images/x.jpg", True),
        ("/*?print=1", "/news/1?print=1", True),
        ("/*?print=1", "/news/1", False),
        ("/foo-%24", "/foo-$", True),
        ("/foo-%24", "/foo-%24", True),
        ("/foo-%2A", "/foo-*", True),
        ("/foo-$x", "/foo-$x", True),
        ("/a%7Eb", "/a~b", True),
        ("/a~b", "/a%7eb", True),
        ("/a%2fb", "/a%2Fb", True),
        ("/a%2Fb", "/a/b", False),
        ("/أخبار/", "/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1", True),
        ("/%d8%a3%d8%ae%d8%a8%d8%a7%d8%b1/", "/أخبار/1", True),
    ],
)
def test_a_pattern_matches_as_in_robots_txt(location: str, path: str, matches: bool) -> None:
    assert (rule_for(parse(content(rule(location))), HOME + path) is not None) is matches


def test_the_first_rule_that_matches_counts() -> None:
    policy = f"{HOME}/policy.json"
    rules = parse(
        content(rule("/free/", 0), rule("/paid/", "1", **{"tdm-policy": f" {policy} "}), rule("/paid/", 0), rule("/"))
    )

    def told(path: str) -> list[str]:
        return [one.text for one in stated([], b"", of_host=rule_for(rules, HOME + path))]

    assert told("/free/1") == []
    assert told("/paid/1") == [f"tdm-reservation: 1; tdm-policy: {policy}"]
    assert told("/1") == ["tdm-reservation: 1"]
    assert rule_for(rules[:3], f"{HOME}/1") is None


@pytest.mark.parametrize(
    ("headers", "page", "places"),
    [
        ([], b"", {"tdmrep.json"}),
        ([("TDM-Reservation", "0")], b"", set()),
        ([("TDM-Reservation", "1")], b"", {"header"}),
        ([("TDM-Reservation", "perhaps")], b"", {"tdmrep.json"}),
        ([], b'<meta name="TDM-Reservation" content="0">', set()),
        ([], b'<meta name="tdm-reservation" content="1">', {"meta"}),
    ],
)
def test_what_the_page_says_stands_above_what_its_host_says(
    headers: list[tuple[str, str]], page: bytes, places: set[str]
) -> None:
    (of_host,) = parse(content(rule("/")))
    assert {one.stated_in for one in stated(headers, page, of_host=of_host)} == places


@pytest.mark.parametrize("nothing", [b"", b" \n", b"[]"])
def test_an_empty_file_states_nothing(nothing: bytes) -> None:
    assert parse(nothing) == ()


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert len(parse(b"\xef\xbb\xbf" + content(rule("/")))) == 1


@pytest.mark.parametrize(
    ("malformed", "why"),
    [
        (b"<!doctype html>", "no JSON"),
        (b'[{"location": "/", "tdm-res', "no JSON"),
        (b"\xff\xfe\x00[", "no JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (json.dumps(rule("/")).encode(), "no list of rules"),
        (content("/"), "rule 1 is no object"),
        (content(rule("/"), rule("news/")), "rule 2: its location 'news/' is no path"),
        (content(rule(None)), "rule 1: its location None"),
        (content(rule("/", 2)), "rule 1: its tdm-reservation 2 is neither 0 nor 1"),
        (content(rule("/", True)), "rule 1: its tdm-reservation True"),
        (content({"location": "/"}), "rule 1: its tdm-reservation None"),
        (content(rule("/", **{"tdm-policy": 3})), "rule 1: its tdm-policy 3"),
    ],
)
def test_what_is_not_as_the_protocol_has_it_is_named(malformed: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(malformed)


def test_patterns_made_to_be_dear_are_matched_in_no_time() -> None:
    rules = parse(content(rule("/" + "*a" * 200_000), *(rule("/*a*a*a*a*b$") for _ in range(5000))))
    began = time.monotonic()
    assert rule_for(rules, f"{HOME}/{'a' * 2000}") is None
    assert time.monotonic() - began < 1.0
