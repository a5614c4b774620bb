from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.urls import MAX_LENGTH, _key, _plain, article_id, host_of, is_http, same_site, url_key


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/2026/story",
        "http://news.example/2026/story",
        "https://www.news.example/2026/story",
        "HTTPS://WWW.News.Example/2026/story",
        "https://news.example:443/2026/story",
        "http://news.example:80/2026/story",
        "https://news.example/2026/story#comments",
        "https://news.example/2026/story?utm_source=x&fbclid=y",
        "https://news.example/2026/story?at_medium=RSS&at_campaign=rss",
        "https://reader:secret@news.example/2026/story",
    ],
)
def test_ways_to_write_one_page_have_one_key(url: str) -> None:
    assert url_key(url) == "news.example/2026/story"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/a?id=1", "https://news.example/a?id=2"),
        ("https://news.example/a", "https://news.example/A"),
        ("https://news.example/a", "https://news.example/a/"),
        ("https://news.example:8080/a", "https://news.example/a"),
        ("https://m.news.example/a", "https://news.example/a"),
        ("https://news.example/a?page=1", "https://news.example/a"),
    ],
)
def test_pages_that_may_differ_have_keys_of_their_own(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


def test_key_of_a_page_whose_address_is_arabic() -> None:
    plain, quoted = "https://news.example/خبر?id=1", "https://news.example/%D8%AE%D8%A8%D8%B1?id=1"
    assert url_key(plain) == url_key(quoted) == "news.example/%D8%AE%D8%A8%D8%B1?id=1"


def test_order_of_parameters_does_not_count() -> None:
    assert url_key("https://news.example/?b=2&a=1") == url_key("https://news.example/?a=1&b=2&utm_medium=x")


@given(
    st.from_regex(r"https?://[a-z]{1,8}\.example(:8080)?", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_characters="?#\\", exclude_categories=("C", "Z"))),
    st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.from_regex(r"\w{0,5}", fullmatch=True)),
)
def test_key_is_a_fixed_point(origin: str, path: str, query: dict[str, str]) -> None:
    url = f"{origin}/{path}?" + "&".join(f"{name}={value}" for name, value in query.items())
    key = url_key(url)
    assert url_key(f"https://{key}") == key
    assert "#" not in key
    assert not key.startswith(("http", "www."))


@given(st.from_regex(r"https?://(www\.){0,2}[a-z0-9.-]{1,20}(:80)?(/[A-Za-z0-9_.~/-]{0,20}){0,3}", fullmatch=True))
def test_key_of_a_plain_address_is_w3lib_s_too(url: str) -> None:
    if _plain(url):
        assert is_http(url)
        assert url_key(url) == _key(url)


@pytest.mark.parametrize("url", ["", "/a", "news.example/a", "ftp://news.example/a", "https://", "mailto:a@b.example",
                                 "javascript:void(0)", "https://news.example:99999/", "https://[::1/a"])  # fmt: skip
def test_what_is_no_page_has_no_key(url: str) -> None:
    assert not is_http(url)
    with pytest.raises(ValueError, match=r"absolute http\(s\)"):
        url_key(url)


def test_host() -> None:
    assert host_of("https://WWW.News.Example:8080/a") == "news.example"
    assert host_of("no url") == host_of("https://[::1/a") == ""


def test_site_is_a_host_with_its_subdomains() -> None:
    home = "https://www.news.example"
    assert same_site("https://news.example/a", home)
    assert same_site("https://sport.news.example/a", home)
    assert not same_site("https://othernews.example/a", home)
    assert not same_site("https://example/a", home)
    assert not same_site("no url", "no url")


def test_article_id_is_stable_and_its_own() -> None:
    assert article_id("news.example/a") == UUID("cf207162-a6e4-5b01-abae-244a7c1cee38")
    assert article_id("news.example/a") != article_id("news.example/b")


@pytest.mark.parametrize("letter", ["a", "!", "ع", "😀"])
def test_a_url_whose_key_is_too_long_is_none(letter: str) -> None:
    lengths = []
    for count in range(100, MAX_LENGTH + 100, 50):
        url = f"https://news.example/?q={letter * count}"
        if is_http(url):
            lengths.append(len(url_key(url)))
        else:
            with pytest.raises(ValueError, match="too long"):
                url_key(url)
    assert lengths
    assert MAX_LENGTH - 700 < max(lengths) <= MAX_LENGTH
    assert not is_http("https://news.example/" + letter * 1_000_000)
