from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from newscrawl.storage.database import Database
from newscrawl.storage.runs import RunLock
from tests.crawling import FIXTURES, HASTE, Crawl, scrapy, write_source
from tests.server import Answer, Server, page, rss

NEWS = ("crawl", "news")
ONE = (*NEWS, "-a", "urls=https://mahttmsr.com/43652")


def refused(crawl: Crawl, *told: str) -> None:
    """Exit code 1, the cause and its remedy on standard error, and no traceback for what the user can mend."""
    assert crawl.code == 1
    assert "Traceback" not in crawl.stderr
    for text in told:
        assert text in crawl.stderr


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("NEWSCRAWL_WORKERS", "many", "NEWSCRAWL_WORKERS=many is not a number of at least 1"),
        pytest.param("NEWSCRAWL_SOURCES", "no/such", "name an existing one", marks=pytest.mark.slow),
        pytest.param("NEWSCRAWL_NOW", "noon", "write it with its offset", marks=pytest.mark.slow),
        pytest.param("NEWSCRAWL_DATABASE_URL", "mysql://h/d", "NEWSCRAWL_DATABASE_URL=mysql", marks=pytest.mark.slow),
    ],
)
def test_a_bad_setting_is_refused(tmp_path: Path, setting: str, value: str, told: str) -> None:
    settings: dict[str, Any] = {setting: value}
    refused(scrapy(*ONE, output=tmp_path, **settings), told)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-a", "sources=mahttmsrr"), "unknown source 'mahttmsrr'; did you mean 'mahttmsr'?"),
        pytest.param(("-a", "sources="), "no source is named", marks=pytest.mark.slow),
        pytest.param(("-a", "urls="), "-a urls: nothing", marks=pytest.mark.slow),
        pytest.param(("-a", "urls=mahttmsr.com/43652"), "mahttmsr.com/43652 is no absolute http(s) URL",
                     marks=pytest.mark.slow),
        pytest.param(("-a", "urls=@no-such-file"), "cannot be read", marks=pytest.mark.slow),
        pytest.param(("-a", "source=mahttmsr"), "unknown argument source; -a takes sources and urls",
                     marks=pytest.mark.slow),
        pytest.param(("-a", "sources=mahttmsr", "-a", "urls=https://a.example/"), "not both", marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_a_bad_argument_is_refused(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    refused(scrapy(*NEWS, *arguments, output=tmp_path, NEWSCRAWL_REPLAY=FIXTURES), told)


@pytest.mark.slow
def test_an_unknown_spider_is_refused(tmp_path: Path) -> None:
    refused(scrapy("crawl", "news_", output=tmp_path), "news_", "scrapy list")


@pytest.mark.slow
def test_a_bad_source_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "local.toml").write_text('outlet = "Local"\n')
    refused(scrapy(*NEWS, output=tmp_path, NEWSCRAWL_SOURCES=tmp_path), "local.toml: homepage: is missing; add")


@pytest.mark.slow
def test_a_replay_of_nothing_is_refused(tmp_path: Path) -> None:
    refused(scrapy(*ONE, output=tmp_path, NEWSCRAWL_REPLAY=tmp_path), "holds no response.json and no WARC; name a WARC")


@pytest.mark.slow
def test_an_output_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    crawl = scrapy(*ONE, output=tmp_path / "file" / "output", NEWSCRAWL_REPLAY=FIXTURES)
    refused(crawl, "cannot be opened", "check NEWSCRAWL_DATABASE_URL and NEWSCRAWL_OUTPUT")


def test_a_database_that_a_live_run_holds_is_refused(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'newscrawl.db'}")
    with RunLock(database, "20260131T120000Z-00000000"):
        crawl = scrapy(*ONE, output=tmp_path, NEWSCRAWL_REPLAY=FIXTURES)
    database.close()
    refused(crawl, "another run (20260131T120000Z-00000000, process ", "wait until it ends, or give this one its own")
    assert crawl.rows("SELECT count(*) FROM runs") == [(0,)]


def test_a_run_in_which_every_source_failed_is_a_failure(tmp_path: Path) -> None:
    with Server({"/feed": Answer(status=503)}) as server:
        write_source(tmp_path / "sources", "down", server.home)
        settings = {**HASTE, "NEWSCRAWL_SOURCES": tmp_path / "sources", "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1}
        crawl = scrapy(*NEWS, "-a", "sources=down", output=tmp_path, **settings)
    refused(crawl, "Every source failed; the log says why.", "/feed brought no document (http 503)")
    assert crawl.rows("SELECT status, error IS NULL FROM polls") == [(503, 0)]
    assert crawl.rows("SELECT state FROM runs") == [("finished",)]


@pytest.mark.slow
def test_a_run_in_which_one_source_answers_is_work_done(tmp_path: Path) -> None:
    with Server({"/feed": Answer(status=503)}) as down, Server({"/a": Answer(body=page("museum"))}) as up:
        up.routes["/feed"] = rss(up.home + "/a")
        write_source(tmp_path / "sources", "down", down.home)
        write_source(tmp_path / "sources", "up", up.home)
        settings = {**HASTE, "NEWSCRAWL_SOURCES": tmp_path / "sources", "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1}
        crawl = scrapy(*NEWS, "-a", "sources=down,up", output=tmp_path, **settings)
    assert crawl.code == 0, crawl.stderr
    assert "1 revision(s) stored." in crawl.stderr


@pytest.mark.slow
def test_nothing_due_is_work_done(tmp_path: Path) -> None:
    with Server({"/a": Answer(body=page("museum"))}) as server:
        server.routes["/feed"] = rss(server.home + "/newsletter")
        write_source(tmp_path / "sources", "local", server.home, "[manners]\ndelay = 0")
        file = tmp_path / "sources" / "xx" / "local.toml"
        file.write_text(file.read_text().replace("allow = ['.']", "deny = ['.']"))
        settings = {**HASTE, "NEWSCRAWL_SOURCES": tmp_path / "sources", "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1}
        crawl = scrapy(*NEWS, "-a", "sources=local", output=tmp_path, **settings)
    assert crawl.code == 0, crawl.stderr
    assert "Nothing new: 0 page(s) unchanged" in crawl.stderr
    assert server.paths() == ["/feed"]


@pytest.mark.slow
def test_only_sources_of_ones_own_and_none_at_all(tmp_path: Path) -> None:
    with Server({"/a": Answer(body=page("museum"))}) as server:
        server.routes["/feed"] = rss(server.home + "/a")
        write_source(tmp_path / "sources", "local", server.home)
        settings = {**HASTE, "NEWSCRAWL_BUNDLED_SOURCES": 0, "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1}
        refused(scrapy(*NEWS, output=tmp_path, **settings), "there is no source; name a folder")
        crawl = scrapy(*NEWS, output=tmp_path, NEWSCRAWL_SOURCES=tmp_path / "sources", **settings)
    assert crawl.code == 0, crawl.stderr
    assert crawl.rows("SELECT source_id FROM sources") == [("local",)]
    assert len(crawl.lines()) == 1


@pytest.mark.slow
def test_a_paused_source_is_crawled_where_it_is_named(tmp_path: Path) -> None:
    with Server({"/a": Answer(body=page("museum"))}) as server:
        server.routes["/feed"] = rss(server.home + "/a")
        write_source(tmp_path / "sources", "local", server.home)
        file = tmp_path / "sources" / "xx" / "local.toml"
        file.write_text("paused = true\n" + file.read_text())
        settings = {
            **HASTE, "NEWSCRAWL_BUNDLED_SOURCES": 0, "NEWSCRAWL_SOURCES": tmp_path / "sources",
            "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1,
        }  # fmt: skip
        refused(scrapy(*NEWS, output=tmp_path, **settings), "every source is paused; name a folder")
        assert server.paths() == []
        crawl = scrapy(*NEWS, "-a", "sources=local", output=tmp_path, **settings)
    assert crawl.code == 0, crawl.stderr
    assert len(crawl.lines()) == 1
    assert "never, paused" in scrapy("sources", output=tmp_path, **settings).stdout


@pytest.mark.slow
def test_one_spider_is_to_be_named(tmp_path: Path) -> None:
    crawl = scrapy("crawl", output=tmp_path)
    assert crawl.code == 2
    assert "name one spider: scrapy crawl news" in crawl.stdout + crawl.stderr


def test_a_run_whose_feeds_answer_and_whose_pages_all_fail_is_a_failure(tmp_path: Path) -> None:
    for case in ("robots", "atom", "json_feed"):
        shutil.copytree(FIXTURES / "harbour_ledger" / case, tmp_path / "replay" / case)
    crawl = scrapy(
        *("crawl", "news", "-a", "sources=harbour_ledger"),
        output=tmp_path / "out",
        NEWSCRAWL_REPLAY=tmp_path / "replay",
    )
    assert crawl.code == 1
    assert "Every source failed" in crawl.stderr
    assert "4 URL(s) failed" in crawl.stderr
