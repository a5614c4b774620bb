"""The tree without programs, and the lines that a reader sees."""

from __future__ import annotations

import time

import pytest

from newscrawl.extraction import extract
from newscrawl.extraction.tree import drop, lines_of, parse, text_of
from newscrawl.items import Page


def _lines(html: str) -> list[str]:
    tree = parse(html)
    assert tree is not None
    return [line.text for line in lines_of(tree)]


def test_programs_are_gone_and_what_stands_behind_them_and_json_ld_stay() -> None:
    tree = parse(
        "<p>one<script>f()</script> two<style>p{}</style> three<svg><text>x</text></svg> four</p>"
        '<script type="application/ld+json">{"a": 1}</script>'
    )
    assert tree is not None
    assert text_of(tree.find(".//p")) == "one two three four"
    assert [(script.get("type"), script.text) for script in tree.iter("script")] == [
        ("application/ld+json", '{"a": 1}')
    ]
    assert not list(tree.iter("style", "svg"))


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>one <b>two</b> three</p>four<div>five</div> six", ["one two three", "four", "five", "six"]),
        ("<div>one<br>two<br> <br>three</div>", ["one", "two", "three"]),
        ("<ul><li>one</li> <li> </li><li><a href=/>two</a></li></ul>", ["one", "two"]),
        ("<p>one<noscript>no</noscript> two</p>", ["one two"]),
        ("<html><head><title>no</title></head><body>one</body></html>", ["one"]),
        ("<frameset><noframes>no body</noframes></frameset>", ["no body"]),
    ],
)
def test_lines(html: str, lines: list[str]) -> None:
    assert _lines(html) == lines


def test_links_and_letters_of_a_line() -> None:
    tree = parse('<p>a_1 <a href="/x">two</a> <a href="/x"> </a><a>three</a> <a href="/y">fo<b>ur</b></a>.</p>')
    assert tree is not None
    (line,) = lines_of(tree)
    assert [link.get("href") for link in line.links] == ["/x", "/y"]
    assert line.plain_length == len("a1three")


@pytest.mark.parametrize("text", ["a\x00\x0bb", "a\ufffe\uffffb", "a\ud800b"])
def test_what_xml_cannot_hold_is_left_out(text: str) -> None:
    assert _lines(f"<!DOCTYPE html><p>{text}</p>") == ["ab"]


def test_many_scripts_with_text_behind_them_cost_little_time() -> None:
    begun = time.process_time()
    assert parse("<p>" + "<script>f()</script>some words behind it " * 19_000) is not None
    assert time.process_time() - begun < 3


def test_deep_nesting_is_flattened_and_keeps_its_text() -> None:
    assert _lines("<div>" * 400 + "deep" + "</div>" * 400) == ["deep"]


def test_what_is_left_unread_of_a_huge_page_is_said(caplog: pytest.LogCaptureFixture) -> None:
    parse("<p>words " * 31_000, "https://news.example/1")
    assert "https://news.example/1: only the first" in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize(
    "html",
    [
        "<p>a" * 100_000,
        "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">text",
        "<p><a href='/x'>some headline of words</a>" * 40_000,
        "<h3>Read also</h3><p>Some headline without link here" * 20_000,
        "<blockquote><p>words of a short quote</p></blockquote>" * 30_000,
        "<div>" + "a<br>" * 200_000,
        "<div>" * 50_000 + "text",
    ],
    ids=["paragraphs", "attributes", "links", "headings", "quotes", "breaks", "nesting"],
)
def test_time_stays_bounded(html: str) -> None:
    began = time.process_time()
    extract(
        Page(url="https://news.example/1", body=html.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
    )
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "reference",
    ["&#1;", "&#8", "&#x0;", "&#x1F;", "&#0031;", "&#55296;", "&#xdfff;", "&#xFFFE;", "&#65535;", "&#&#0;04;", "&#11a"],
)
def test_references_to_what_xml_cannot_hold_give_text_that_can_be_set_again(reference: str) -> None:
    tree = parse(f"<p>one{reference}two</p>")
    assert tree is not None
    paragraph = tree.find(".//p")
    assert paragraph is not None
    paragraph.text = paragraph.text
    assert text_of(paragraph).startswith("one")


@pytest.mark.parametrize(
    "reference", ["&#9;", "&#10;", "&#32;", "&#x20;", "&#1610;", "&#xFFFD;", "&#57344;", "&#12;3;"]
)
def test_references_to_characters_stay(reference: str) -> None:
    tree = parse(f"<p>one{reference}two</p>")
    assert tree is not None
    assert ("\u200b" in "".join(tree.itertext())) is (reference == "&#12;3;")


def test_what_is_dropped_leaves_the_text_behind_it() -> None:
    tree = parse("<div>a<i>x</i>b<h2>y<p<p>z</p></h2>c<p>d</p>e</div>")
    assert tree is not None
    dropped = [*tree.iter("i"), *tree.iter("h2"), *next(tree.iter("h2"))]
    drop(dropped)
    assert "".join(tree.itertext()).startswith("ab")
    assert "x" not in "".join(tree.itertext())
    assert dropped[1].tag == "h2"
