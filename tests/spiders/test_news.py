from __future__ import annotations

import json
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from newscrawl.urls import url_key
from tests.crawling import FIXTURES, HASTE, Crawl, scrapy, write_source
from tests.server import Answer, Server, page, rss

SHAPES = ("43643", "43644", "43645", "43646", "43647", "43648")
EXPECTED = {
    expected["url"]: expected
    for source_id in ("mahttmsr", "harbour_ledger", "kooche_news")
    for file in sorted((FIXTURES / source_id).glob("*/article.json"))
    for expected in [json.loads(file.read_text(encoding="utf-8"))]
}


def test_run_succeeds(demonstration: Crawl) -> None:
    assert demonstration.code == 0
    assert "Traceback" not in demonstration.stderr
    assert demonstration.rows("SELECT state, count(*) FROM runs GROUP BY state") == [("finished", 1)]


def test_every_article_of_the_fixtures_is_stored(demonstration: Crawl) -> None:
    assert {url for (url,) in demonstration.rows("SELECT url FROM revisions")} == set(EXPECTED)


@pytest.mark.parametrize("url", sorted(EXPECTED))
def test_stored_article_is_the_one_that_the_fixture_expects(demonstration: Crawl, url: str) -> None:
    (line,) = [line for line in demonstration.lines() if line["url"] == url]
    expected = EXPECTED[url]
    assert {name: line[name] for name in expected} == expected


def test_the_shapes_of_one_article_are_five_copies_of_the_first(demonstration: Crawl) -> None:
    copies = demonstration.rows(
        "SELECT url_key, duplicate_of FROM articles WHERE url_key IN (?, ?, ?, ?, ?, ?) ORDER BY article_id",
        *(f"mahttmsr.com/{number}" for number in SHAPES),
    )
    assert len(copies) == 6
    first, *later = copies
    assert first[1] is None
    assert [duplicate_of for _, duplicate_of in later] == [first[0]] * 5


def test_no_other_article_is_a_copy(demonstration: Crawl) -> None:
    others = [line for line in demonstration.lines() if line["url_key"].rpartition("/")[2] not in SHAPES]
    assert {line["url_key"]: line["duplicate_of"] for line in others if line["duplicate_of"]} == {}


def test_related_links_to_stored_articles_are_resolved(demonstration: Crawl) -> None:
    stored = {key: article_id for article_id, key in demonstration.rows("SELECT article_id, url_key FROM articles")}
    links = demonstration.rows("SELECT url_key, target_id FROM related_links WHERE url_key IS NOT NULL")
    to_stored = [(key, target) for key, target in links if key in stored]
    assert to_stored
    assert all(target == stored[key] for key, target in to_stored)


def test_every_url_that_was_fetched_or_refused_has_one_disposition(demonstration: Crawl) -> None:
    log = demonstration.stderr
    fetched = re.findall(r"Crawled \(\d+\) <GET (\S+)>", log)
    refused = re.findall(r"Forbidden by robots.txt: <GET (\S+)>", log)
    moved = re.findall(r"Redirecting \(\d+\) to <GET \S+> from <GET (\S+)>", log)
    polled = {url for (url,) in demonstration.rows("SELECT url FROM polls")}
    asked = {url_key(url) for url in (*fetched, *refused, *moved) if url not in polled and "robots.txt" not in url}
    ended = [key for (key,) in demonstration.rows("SELECT url_key FROM dispositions")]
    assert len(ended) == len(set(ended))
    assert set(ended) == asked


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ("print/43652", ("blocked", "robots")),
        ("43600", ("gone", "http 404")),
        ("43599", ("gone", "http 410")),
        ("news/43651", ("redirected", "to https://mahttmsr.com/43651")),
        ("43640", ("invalid", "no_body")),
    ],
)
def test_what_brings_no_article_ends_with_its_reason(demonstration: Crawl, path: str, end: tuple[str, str]) -> None:
    assert demonstration.ends()[f"https://mahttmsr.com/{path}"] == end


def test_a_redirect_leaves_an_alias(demonstration: Crawl) -> None:
    assert demonstration.rows(
        "SELECT u.url_key, u.kind, a.url_key FROM url_aliases u JOIN articles a USING (article_id)"
    ) == [("mahttmsr.com/news/43651", "redirect", "mahttmsr.com/43651")]


def test_every_discovery_document_has_a_row(demonstration: Crawl) -> None:
    polls = demonstration.rows("SELECT source_id, kind, status, error FROM polls ORDER BY source_id, kind, url")
    assert polls == [
        ("harbour_ledger", "feed", 200, None),
        ("harbour_ledger", "feed", 200, None),
        ("kooche_news", "sitemap", 200, None),
        ("kooche_news", "sitemap", 200, None),
        ("mahttmsr", "feed", 200, None),
        ("mahttmsr", "section", 200, None),
        ("mahttmsr", "sitemap", 200, None),
    ]
    assert all(found > 0 for (found,) in demonstration.rows("SELECT found FROM polls"))


def test_the_clock_is_the_one_that_was_given(demonstration: Crawl) -> None:
    instant = "2026-01-31 12:00:00.000000"
    (run,) = demonstration.rows("SELECT run_id, started_at, finished_at FROM runs")
    assert re.fullmatch(r"20260131T120000Z-[0-9a-f]{8}", run[0])
    assert run[1:] == (instant, instant)
    for column in ("revisions.fetched_at", "polls.at", "dispositions.at", "frontier.discovered_at"):
        table, _, name = column.partition(".")
        assert demonstration.rows(f"SELECT DISTINCT {name} FROM {table}") == [(instant,)], column
    assert {line["fetched_at"] for line in demonstration.lines()} == {"2026-01-31T12:00:00+00:00"}


def test_second_run_finds_all_unchanged(demonstration: Crawl, demonstration_again: Crawl) -> None:
    assert demonstration_again.code == 0
    ends = demonstration_again.ends()
    assert {ends[url][0] for url in EXPECTED} == {"unchanged"}
    assert set(ends) == set(demonstration.ends())
    for table in ("articles", "revisions", "extractions", "related_links", "url_aliases", "frontier"):
        count = f"SELECT count(*) FROM {table}"
        assert demonstration_again.rows(count) == demonstration.rows(count), table


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """Pages named by hand in a file: one of a bundled source, one whose host no source names.

    Run from a folder inside a project of its own, with relative paths, settings by environment and by -s.
    """
    project = tmp_path_factory.mktemp("project")
    (project / "scrapy.cfg").write_text("[settings]\ndefault = newscrawl.settings\n")
    (project / "inner" / "most").mkdir(parents=True)
    shutil.copytree(FIXTURES / "mahttmsr" / "bicycle_lane", project / "stored" / "one")
    other = project / "stored" / "other"
    other.mkdir()
    (other / "page.html").write_bytes(page("museum"))
    answer = {"url": "https://unknown.example/m", "status": 200, "headers": [], "body": "page.html"}
    (other / "response.json").write_text(json.dumps(answer))
    (project / "list.txt").write_text("https://mahttmsr.com/43652\n\nhttps://unknown.example/m?utm_source=x\n")
    crawl = scrapy(
        "crawl", "news", "-a", "urls=@list.txt", output=Path("out"), cwd=project / "inner" / "most",
        NEWSCRAWL_REPLAY="stored", NEWSCRAWL_NOW="2026-01-31T12:00:00Z",
        variables={
            "NEWSCRAWL_NOW": "2001-01-01T00:00:00Z", "NEWSCRAWL_OUTPUT": "not-this",
            "NEWSCRAWL_DATABASE_URL": "sqlite:///data/news.db", "NEWSCRAWL_WORKERS": "1",
        },
    )  # fmt: skip
    assert crawl.code == 0, crawl.stderr
    assert not (project / "not-this").exists()
    assert (project / "data" / "news.db").exists()
    (project / "out" / "newscrawl.db").symlink_to(project / "data" / "news.db")
    return Crawl(crawl.code, crawl.stdout, crawl.stderr, project / "out")


def test_given_pages_are_stored_with_the_source_that_owns_them(given: Crawl) -> None:
    assert {line["url"]: line["source"] for line in given.lines()} == {
        "https://mahttmsr.com/43652": "mahttmsr",
        "https://unknown.example/m?utm_source=x": None,
    }
    assert given.rows("SELECT count(*) FROM polls") == [(0,)]


def test_a_setting_by_s_stands_above_the_environment_which_stands_above_the_default(given: Crawl) -> None:
    assert given.run_ids()[0].startswith("20260131T120000Z-")
    assert given.rows("SELECT count(*) FROM articles") == [(2,)]


@pytest.fixture(scope="module")
def new_and_changed(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """Two crawls of one source; before the second, one page's text changes, another's only its markup."""
    folder = tmp_path_factory.mktemp("changed")
    with Server({"/a": Answer(body=page("museum")), "/b": Answer(body=page("library"))}) as server:
        write_source(folder / "sources", "local", server.home)
        server.routes["/feed"] = rss(f"{server.home}/a", f"{server.home}/b")
        settings = {**HASTE, "NEWSCRAWL_SOURCES": folder / "sources", "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1}
        first = scrapy("crawl", "news", "-a", "sources=local", output=folder, **settings)
        assert first.code == 0, first.stderr
        server.routes["/a"] = Answer(body=page("museum").replace(b"another year", b"another ten years"))
        server.routes["/b"] = Answer(body=page("library").replace(b"<body>", b"<body><!-- served by 2 -->"))
        return scrapy("crawl", "news", "-a", "sources=local", output=folder, **settings)


@pytest.mark.slow
def test_a_changed_text_is_a_revision_and_changed_markup_is_none(new_and_changed: Crawl) -> None:
    ends = {url[-2:]: end for url, (end, _) in new_and_changed.ends().items()}
    assert ends == {"/a": "stored_revision", "/b": "unchanged"}
    last = json.loads(new_and_changed.feeds()[-1].read_text(encoding="utf-8"))
    assert (last["revision"], last["url"][-2:]) == (2, "/a")
    assert "another ten years" in last["body"]


@pytest.mark.slow
def test_what_exceeds_the_bound_of_a_source_stays_due(tmp_path: Path) -> None:
    paths = ["/a", "/b", "/c", "/d", "/e"]
    with Server({path: Answer(body=page(f"house {path}")) for path in paths}) as server:
        write_source(tmp_path / "sources", "local", server.home)
        server.routes["/feed"] = rss(*(server.home + path for path in paths))
        settings = {
            **HASTE,
            "NEWSCRAWL_SOURCES": tmp_path / "sources",
            "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1,
            "NEWSCRAWL_CANDIDATES_PER_SOURCE": 3,
        }
        first = scrapy("crawl", "news", "-a", "sources=local", output=tmp_path, **settings)
        assert (first.code, len(first.ends())) == (0, 3), first.stderr
        assert first.rows("SELECT count(*) FROM frontier WHERE state = 'due'") == [(2,)]
        server.routes["/feed"] = rss()
        second = scrapy("crawl", "news", "-a", "sources=local", output=tmp_path, **settings)
    assert (second.code, len(second.ends())) == (0, 2), second.stderr
    assert second.rows("SELECT count(*) FROM articles") == [(5,)]


def read_also(target: str) -> bytes:
    link = f"<a href='{target}'>What came after the {target[1:]} of the harbour</a>"
    return f"<div class='related-posts'><h3>Read also</h3><ul><li>{link}</li></ul></div></article>".encode()


@pytest.mark.slow
def test_related_links_are_followed_as_deep_as_the_setting_says(tmp_path: Path) -> None:
    chain = ("/1001", "/1002", "/1003", "/1004")
    routes = {
        path: Answer(body=page(f"house {path[1:]}").replace(b"</article>", read_also(after)))
        for path, after in pairwise(chain)
    }
    with Server({**routes, chain[-1]: Answer(body=page("last"))}) as server:
        write_source(tmp_path / "sources", "local", server.home)
        server.routes["/feed"] = rss(server.home + chain[0])
        crawl = scrapy(
            "crawl", "news", "-a", "sources=local", output=tmp_path, NEWSCRAWL_RELATED_DEPTH=2,
            NEWSCRAWL_SOURCES=tmp_path / "sources", NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, **HASTE,
        )  # fmt: skip
    assert crawl.code == 0, crawl.stderr
    assert crawl.rows("SELECT substr(url, -5), kind, depth FROM frontier ORDER BY depth") == [
        ("/1001", "feed", 0),
        ("/1002", "related", 1),
        ("/1003", "related", 2),
    ]
    assert {end for end, _ in crawl.ends().values()} == {"stored_new"}
