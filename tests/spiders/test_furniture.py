"""What the articles of a source share is learnt from one run, left out in the next, and makes no revision."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawling import HASTE, scrapy, write_source
from tests.server import Answer, Server, page, rss

PROMO = "The harbour letter brings you the tides and the talk of the town every Friday at seven."
HOMES = [f"/{number}" for number in range(12)]


def with_promo(name: str, note: str = "") -> Answer:
    return Answer(body=page(name).replace(b"</article>", f"<p>{PROMO}</p></article>{note}".encode()))


@pytest.mark.slow
def test_what_many_articles_share_is_left_out_from_the_next_run_on(tmp_path: Path) -> None:
    with Server({path: with_promo(f"lamp{path[1:]}") for path in HOMES}) as server:
        write_source(tmp_path / "sources", "local", server.home)
        server.routes["/feed"] = rss(*(server.home + path for path in HOMES))

        def crawl() -> tuple[list[str | None], set[str]]:
            done = scrapy(
                "crawl", "news", "-a", "sources=local", output=tmp_path, NEWSCRAWL_SOURCES=tmp_path / "sources",
                NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, **HASTE,
            )  # fmt: skip
            assert done.code == 0, done.stderr
            bodies = done.rows("SELECT body FROM extractions WHERE is_current")
            ends = {disposition for disposition, _ in done.ends(done.run_ids()[-1]).values()}
            return [body for (body,) in bodies], ends

        bodies, ends = crawl()
        assert ends == {"stored_new"}
        assert all(body is not None and PROMO in body for body in bodies)
        # The pages differ in what is no text; one is new.
        server.routes.update({path: with_promo(f"lamp{path[1:]}", "<i>2</i>") for path in HOMES})
        server.routes["/new"] = with_promo("weather vane")
        server.routes["/feed"] = rss(*(server.home + path for path in (*HOMES, "/new")))
        bodies, ends = crawl()
        assert ends == {"unchanged", "stored_new"}
        assert not [body for body in bodies if body is None or PROMO in body]
        assert len(bodies) == len(HOMES) + 1
