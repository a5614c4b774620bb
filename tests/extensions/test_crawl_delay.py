"""Manners, measured at the servers: one crawl of six hosts, each on a loopback address of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise

import pytest

from tests.crawling import HASTE, Crawl, scrapy, write_source
from tests.server import Answer, Server, page, robots, rss

_PAGES = 3
# The server notes a request after it was sent, which may be a while at the start on a busy machine.
_TOLERANCE = 0.4
Crawled = tuple[Crawl, dict[str, Server]]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("manners")
    names = ("robots", "source", "both", "free", "slow", "rate")
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(Server(address=f"127.0.1.{number}")) for number, name in enumerate(names, 1)
        }
        for name, server in servers.items():
            delay = {"source": "[manners]\ndelay = 0.8", "both": "[manners]\ndelay = 0.9"}.get(name, "")
            write_source(folder / "sources", name, server.home, delay)
            seconds = 0.2 if name == "slow" else 0.0
            paths = [f"/{number}" for number in range(_PAGES)]
            server.routes.update(
                {path: Answer(body=page(f"{name} {path[1:]}"), seconds=seconds) for path in (*paths, "/private")}
            )
            server.routes["/feed"] = rss(*(server.home + path for path in (*paths, "/private")))
        servers["robots"].routes["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 0.8\nDisallow: /private")
        servers["both"].routes["/robots.txt"] = robots("User-agent: newscrawl\nCrawl-delay: 0.2\n\nUser-agent: *")
        servers["rate"].routes["/robots.txt"] = robots("User-agent: *\nRequest-rate: 5/4s 0600-0845\nCrawl-delay: 0.1")
        crawl = scrapy(
            "crawl", "news", "-a", f"sources={','.join(names)}", output=folder, NEWSCRAWL_SOURCES=folder / "sources",
            NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, NEWSCRAWL_CONTACT="desk@newscrawl.example",
            **{**HASTE, "AUTOTHROTTLE_ENABLED": 1, "AUTOTHROTTLE_START_DELAY": 0.01, "DOWNLOAD_DELAY": 0.01},
        )  # fmt: skip
        assert crawl.code == 0, crawl.stderr
        yield crawl, servers


def gaps(server: Server) -> list[float]:
    return [later.began - earlier.began for earlier, later in pairwise(server.asked)]


@pytest.mark.parametrize(("name", "delay"), [("robots", 0.8), ("source", 0.8), ("both", 0.9), ("rate", 0.8)])
def test_the_delay_that_host_or_source_asks_for_is_kept(crawled: Crawled, name: str, delay: float) -> None:
    server = crawled[1][name]
    assert len(server.asked) >= _PAGES + 2
    assert min(gaps(server)) >= delay - _TOLERANCE, gaps(server)


def test_the_source_s_delay_stands_from_the_second_request_on(crawled: Crawled) -> None:
    assert min(gaps(crawled[1]["source"])) >= 0.8 - _TOLERANCE


def test_without_such_a_delay_autothrottle_decides(crawled: Crawled) -> None:
    # A delay would hold between any two; a machine that has much to do makes some of them longer.
    assert sorted(gaps(crawled[1]["free"]))[_PAGES - 1] < 0.8 - _TOLERANCE


def test_one_request_at_a_time_per_host(crawled: Crawled) -> None:
    for server in crawled[1].values():
        assert all(later.began >= earlier.ended for earlier, later in pairwise(server.asked))


def test_robots_txt_is_asked_first_and_obeyed(crawled: Crawled) -> None:
    crawl, servers = crawled
    assert {server.asked[0].path for server in servers.values()} == {"/robots.txt"}
    assert "/private" not in servers["robots"].paths()
    assert "/private" in servers["free"].paths()
    assert crawl.ends()[servers["robots"].home + "/private"] == ("blocked", "robots")


def test_the_user_agent_is_ours_and_tells_whom_to_write_to(crawled: Crawled) -> None:
    agents = {one.headers["User-Agent"] for server in crawled[1].values() for one in server.asked}
    (agent,) = agents
    assert agent.startswith("newscrawl/")
    assert "+desk@newscrawl.example" in agent
