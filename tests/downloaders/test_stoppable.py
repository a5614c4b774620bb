"""No host stands in the others' way: crawls of a host that would, and of an honest one beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from threading import Lock
from time import monotonic, sleep, time

import pytest

from newscrawl.downloaders.stoppable import DEAR_FACTOR, DEAR_SECONDS, FRUITLESS, UNREAD_OF_HOST
from tests.crawling import HASTE, Crawl, scrapy, write_source
from tests.hostile_server import Act, Conversation, HostileServer, chunks, endless, head, reset_after, whole
from tests.server import page

pytestmark = pytest.mark.slow

_PAGES = 10
_DELAY = 0.1


def feed(*paths: str) -> Act:
    """A feed of the server's paths."""

    def act(conversation: Conversation) -> None:
        items = "".join(f"<item><title>Story</title><link>{conversation.home}{path}</link></item>" for path in paths)
        whole(f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode())(conversation)

    return act


def serving(address: str, pages: dict[str, Act]) -> HostileServer:
    """A server with a feed of its pages."""
    return HostileServer({**pages, "/feed": feed(*pages)}, address=address)


def honest() -> HostileServer:
    """A server of honest pages."""
    return serving("127.0.8.1", {f"/{number}": whole(page(f"honest {number}")) for number in range(_PAGES)})


def crawl_of(
    folder: Path, *lines: str, other: HostileServer, beside: HostileServer | None = None, **settings: object
) -> Crawl:
    """Crawl the other host, whose source has further lines, and one beside it."""
    write_source(folder / "sources", "other", other.home, *(line.format(home=other.home) for line in lines))
    if beside is not None:
        write_source(folder / "sources", "honest", beside.home)
    crawl = scrapy(
        "crawl", "news", output=folder / "output", NEWSCRAWL_SOURCES=folder / "sources", NEWSCRAWL_BUNDLED_SOURCES=0,
        NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, **{**HASTE, **settings},
    )  # fmt: skip
    assert crawl.code == 0, crawl.stderr
    return crawl


def asked_meanwhile(other: HostileServer, beside: HostileServer) -> int:
    """What the one was asked until the other was asked for its last page."""
    last = beside.asked[-1][1]
    return sum(at <= last for _, at in other.asked)


def test_what_waits_for_its_turn_with_its_host_takes_no_place_from_others(tmp_path: Path) -> None:
    def index(conversation: Conversation) -> None:
        children = "".join(f"<sitemap><loc>{conversation.home}/child-{one}</loc></sitemap>" for one in range(60))
        whole(f"<sitemapindex>{children}</sitemapindex>".encode(), content_type="application/xml")(conversation)

    child = whole(b"<urlset></urlset>", content_type="application/xml")
    with HostileServer({"/index": index}, anything=child, address="127.0.8.2") as other, honest() as beside:
        crawl_of(
            tmp_path, 'sitemaps = ["{home}/index"]', other=other, beside=beside,
            CONCURRENT_REQUESTS=8, CONCURRENT_REQUESTS_PER_DOMAIN=1, DOWNLOAD_DELAY=_DELAY, DOWNLOAD_DELAY_JITTER=0,
        )  # fmt: skip
    assert len(other.asked) > 60
    assert len(beside.paths()) == _PAGES + 2
    assert asked_meanwhile(other, beside) < 40


def test_a_host_is_asked_for_no_more_at_once_than_is_allowed(tmp_path: Path) -> None:
    under_way, most, lock = 0, 0, Lock()

    def slow(conversation: Conversation) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        sleep(0.05)
        with lock:
            under_way -= 1
        whole(page("slow"))(conversation)

    with serving("127.0.8.6", {f"/{number}": slow for number in range(2 * _PAGES)}) as other:
        crawl_of(tmp_path, other=other, CONCURRENT_REQUESTS_PER_DOMAIN=2)
    assert most == 2


def test_large_pages_that_wait_to_be_read_hold_up_their_own_host_alone(tmp_path: Path) -> None:
    # Two that wait are more than the bound; to read one takes longer than the delay between two requests.
    text, rest = b"<p>A ship <b>came</b> in.</p>" * 5_000, b"<!-- Ships come in, and go out. -->"
    large = page("large").replace(b"</article>", text + rest * (UNREAD_OF_HOST // 2 // len(rest)) + b"</article>")
    pages = {f"/{number}": whole(large + b"<p>%d" % number) for number in range(8)}
    with serving("127.0.8.3", pages) as other, honest() as beside:
        crawl = crawl_of(
            tmp_path, other=other, beside=beside, NEWSCRAWL_WORKERS=2,
            CONCURRENT_REQUESTS_PER_DOMAIN=1, DOWNLOAD_DELAY=_DELAY, DOWNLOAD_DELAY_JITTER=0,
        )  # fmt: skip
    asked = [at + time() - monotonic() for path, at in other.asked if path in pages]
    assert len(asked) == len(pages)
    ends = crawl.rows("SELECT at FROM dispositions WHERE source_id = 'other'")
    ended = [datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() for (at,) in ends]
    # What waits when a page is asked for, and one that was just read and is not yet entered.
    waiting = [number - sum(end <= at for end in ended) for number, at in enumerate(asked)]
    assert max(waiting) <= 1 + 1, "it is not asked for what could not be read"
    # Were the honest host let in only after a page of the other was read, it would not come to its end before.
    assert len(pages) < _PAGES
    assert asked_meanwhile(other, beside) < len(other.asked)
    assert crawl.rows("SELECT count(*) FROM dispositions WHERE disposition = 'stored_new'")[0][0] > _PAGES


def test_a_host_of_which_nothing_comes_is_asked_less_often(tmp_path: Path) -> None:
    beyond = 5
    pages = {f"/{number}": reset_after() for number in range(FRUITLESS + beyond)}
    with serving("127.0.8.4", pages) as other, honest() as beside:
        crawl_of(tmp_path, other=other, beside=beside, CONCURRENT_REQUESTS_PER_DOMAIN=2)
    times = [at for path, at in other.asked if path in pages]
    assert len(times) == FRUITLESS + beyond
    # From 1/16 s on doubled, by chance the half of each at least; as many as were under way do not know of it yet.
    assert times[-1] - times[FRUITLESS] > 0.5 * sum(2.0**number / 16 for number in range(beyond - 2))
    honest_times = [at for _, at in beside.asked]
    assert honest_times[-1] - honest_times[0] < 5


def test_a_host_whose_answers_are_dear_to_take_in_is_asked_less_often(tmp_path: Path) -> None:
    tiny = endless(head("Transfer-Encoding: chunked"), chunks([b"<p>a"]))
    pages = {f"/{number}": tiny for number in range(3)}
    with serving("127.0.8.5", pages) as other, honest() as beside:
        crawl_of(tmp_path, other=other, beside=beside, CONCURRENT_REQUESTS_PER_DOMAIN=1)
    times = [at for path, at in other.asked if path in pages]
    # By chance the half of it at least.
    assert [second - first > DEAR_FACTOR * DEAR_SECONDS / 2 for first, second in pairwise(times)] == [True, True]
