from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl.middlewares.private_addresses import is_public
from tests.crawling import HASTE, Crawl, scrapy, write_source
from tests.server import Answer, Server, page, redirect, robots, rss

# Written so, each of these hosts is the loopback address, or one that leads to it.
LOOPBACK_HOSTS = (
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost", "inside.example",
)  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1",
        "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fec0::1", "ff02::1", "2001:db8::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::10.0.0.1", "64:ff9b::a00:1",
        "64:ff9b:1::1", "2002:a00:1::", "::ffff:0:10.0.0.1",
    ],
)  # fmt: skip
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"],
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["news.example", "127.1", "", "[::1]"])
def test_what_is_no_address_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        is_public(text)


@pytest.fixture(scope="module")
def inside() -> Server:
    return Server({"/robots.txt": robots(""), **{f"/{number}": Answer(body=page("inside")) for number in range(20)}})


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory, inside: Server) -> tuple[Crawl, dict[str, str], Server]:
    """A crawl of pages on loopback hosts, and of a public host that redirects to one.

    Names resolve, and the public address leads, to where tests/network.py says.
    """
    folder = tmp_path_factory.mktemp("private")
    with inside, Server(address="127.0.0.3") as public:
        urls = {host: f"http://{host}:{inside.port}/{number}" for number, host in enumerate(LOOPBACK_HOSTS)}
        public.routes["/feed"] = rss(f"http://public.example:{public.port}/away")
        public.routes["/away"] = redirect(urls["127.0.0.1"])
        urls["redirect"] = f"http://public.example:{public.port}/away"
        crawl = scrapy(
            "crawl", "news", "-a", "urls=" + " ".join(urls.values()), output=folder, **HASTE,
            module="tests.network",
            variables={
                "TEST_NAMES": "public.example=1.1.1.1 inside.example=127.0.0.1", "TEST_ROUTE": "1.1.1.1=127.0.0.3",
            },
        )  # fmt: skip
    return crawl, urls, public


def test_every_way_to_write_a_private_address_is_refused(refused: tuple[Crawl, dict[str, str], Server]) -> None:
    crawl, urls, _ = refused
    ends = crawl.ends()
    for host in LOOPBACK_HOSTS:
        disposition, reason = ends[urls[host]]
        assert (host, disposition) == (host, "blocked")
        assert str(reason).startswith("private address: ")


def test_a_redirect_to_a_private_address_is_refused(refused: tuple[Crawl, dict[str, str], Server]) -> None:
    crawl, urls, public = refused
    assert public.paths() == ["/away"], "the public host itself is asked"
    assert crawl.ends()[urls["redirect"]] == ("redirected", f"to {urls['127.0.0.1']}")


def test_no_connection_is_made(refused: tuple[Crawl, dict[str, str], Server], inside: Server) -> None:
    assert (inside.connections, inside.asked) == (0, [])


@pytest.mark.slow
def test_the_setting_allows_them(tmp_path: Path) -> None:
    with Server({"/1": Answer(body=page("museum"))}) as server:
        write_source(tmp_path / "sources", "local", server.home)
        urls = f"{server.home}/1 http://localhost:{server.port}/1 http://127.1:{server.port}/1"
        crawl = scrapy(
            "crawl", "news", "-a", f"urls={urls}", output=tmp_path, NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, **HASTE
        )
        assert sorted(end for end, _ in crawl.ends().values()) == ["duplicate", "duplicate", "stored_new"]
        assert len(server.paths()) == 3
