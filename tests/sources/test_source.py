from newscrawl.sources import Source


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
