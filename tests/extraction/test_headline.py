"""The headline among a page's headings and claims."""

from __future__ import annotations

import json

import pytest

from tests.extraction.newspaper import read

PROSE = "<p>The engineers checked each pillar of the bridge twice before the first lorry was let over it that day.</p>"


def page(head: str, body: str) -> str:
    return f"<html><head>{head}</head><body>{body}{PROSE * 3}</body></html>"


def titles(*, data: str = "", og: str = "", title: str = "") -> str:
    ld = f'<script type="application/ld+json">{json.dumps({"@type": "Article", "headline": data})}</script>'
    return (
        f"<title>{title}</title>" + (ld if data else "") + (f'<meta property="og:title" content="{og}">' if og else "")
    )


def test_a_lone_heading_stands_against_a_title_of_the_site_alone() -> None:
    head = titles(og="River Shop: lamps and flags", title="River Shop: lamps and flags")
    assert read(page(head, "<h1>How we count the lorries</h1>")).headline == "How we count the lorries"


def test_a_claim_of_its_own_goes_before_a_lone_heading_unlike_it() -> None:
    head = titles(og="The bridge is open to lorries", title="The bridge is open to lorries | River Voice")
    assert read(page(head, "<h1>Local news</h1>")).headline == "The bridge is open to lorries"


@pytest.mark.parametrize("href", ["/", "https://news.example", "https://news.example/en/"])
def test_a_heading_that_leads_home_is_the_site_s_name(href: str) -> None:
    head = titles(title="Slow Water » Blog Archive » The bridge is open")
    assert read(page(head, f'<h1><a href="{href}">Slow Water</a></h1><h2>News</h2>')).headline == "The bridge is open"


def test_of_two_headings_the_one_that_open_graph_names() -> None:
    head = titles(og="The bridge is open to lorries", title="News - River Voice")
    assert read(page(head, "<h1>News</h1><h1>The bridge is open to lorries</h1>")).headline == (
        "The bridge is open to lorries"
    )


def test_a_roof_line_that_data_and_open_graph_agree_on_is_kept() -> None:
    whole = "After the flood: the bridge is open to lorries"
    head = titles(data=whole, og=whole, title=f"{whole} - River Voice")
    assert read(page(head, "<p>After the flood</p><h1>The bridge is open to lorries</h1>")).headline == whole


def test_a_subtitle_in_the_heading_that_neither_of_both_claims_is_left_out() -> None:
    head = titles(data="The bridge is open", og="The bridge is open", title="The bridge is open")
    shown = "<h1>The bridge is open <span>A walk along both banks</span></h1>"
    assert read(page(head, shown)).headline == "The bridge is open"


@pytest.mark.parametrize(
    "cut", ["The bridge over the river is open to lorries …", "The bridge over the river is open..."]
)
def test_claims_that_are_cut_short_do_not_cut_the_headline(cut: str) -> None:
    head = titles(data=cut, og=cut, title=cut)
    shown = "The bridge over the river is open to lorries and to all who walk"
    assert read(page(head, f"<h1>{shown}</h1>")).headline == shown


def test_claims_of_another_wording_do_not_replace_what_readers_see() -> None:
    head = titles(
        data="Bridge row over at last", og="Bridge row over at last", title="Lorries may use the bridge after all"
    )
    assert read(page(head, "<h1>Lorries may use the bridge after all</h1>")).headline == (
        "Lorries may use the bridge after all"
    )


def test_readings_above_signs_are_no_part_of_the_headline() -> None:
    shown = "<h1><ruby>橋<rp>(</rp><rt>はし</rt><rp>)</rp></ruby>が開いた</h1>"
    assert read(page(titles(title="橋が開いた"), shown)).headline == "橋が開いた"


def test_an_outlet_whose_name_holds_a_separator_is_taken_off() -> None:
    head = '<meta property="og:site_name" content="Slow Water - notes of 2024">' + titles(
        title="The bridge is open | Slow Water - notes of 2024"
    )
    assert read(page(head, "")).headline == "The bridge is open"


@pytest.mark.parametrize("element", ["h2", "b", "p", "span", "div"])
@pytest.mark.parametrize("title", ["The bridge is open to lorries - Voice", "Voice - The bridge is open to lorries"])
def test_without_h1_and_outlet_the_printed_side_of_the_title_is_the_headline(element: str, title: str) -> None:
    body = f"<p>Voice</p><{element}>The bridge is open to lorries</{element}>"
    assert read(page(titles(title=title), body)).headline == "The bridge is open to lorries"
