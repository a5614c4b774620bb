from pathlib import Path

import pytest

from newscrawl.exceptions import ConfigurationError
from newscrawl.sources import Source
from newscrawl.sources.registry import load_sources


def test_site_is_homepage_hosts_and_their_subdomains() -> None:
    outlet = Source(
        source_id="outlet",
        outlet="Outlet",
        homepage="https://www.example.com/news",
        country="xx",
        hosts=("example-news.org",),
    )
    assert outlet.owns("https://m.example.com/1")
    assert outlet.owns("http://example.com:8080/1")
    assert outlet.owns("https://www.example-news.org/1")
    assert outlet.owns("https://ar.example-news.org/1")
    assert not outlet.owns("https://example.com.evil.net/1")
    assert not outlet.owns("https://news.org/1")


def test_a_file_says_that_the_mark_of_utc_is_false(tmp_path: Path) -> None:
    file = tmp_path / "xx" / "outlet.toml"
    file.parent.mkdir()
    text = 'outlet = "Outlet"\nhomepage = "https://example.com"\nfeeds = ["https://example.com/feed"]\n'
    file.write_text(text, encoding="utf-8")
    assert load_sources(tmp_path)["outlet"].utc_is_local is False
    file.write_text(text + 'timezone = "Africa/Cairo"\nutc_is_local = true\n', encoding="utf-8")
    assert load_sources(tmp_path)["outlet"].utc_is_local is True
    file.write_text(text + 'utc_is_local = "yes"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="utc_is_local"):
        load_sources(tmp_path)
