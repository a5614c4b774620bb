from __future__ import annotations

import json
from pathlib import Path

import pytest

from newscrawl.items import FEED_FIELDS, Evidence
from tests.crawling import FIXTURES, HASTE, scrapy, write_source
from tests.server import Answer, Server, page

CASE = FIXTURES / "mahttmsr" / "bicycle_lane"


def test_a_fixture_s_page_comes_out_as_its_article(tmp_path: Path) -> None:
    done = scrapy("extract", str(CASE / "page.html"), output=tmp_path)
    assert (done.code, done.stderr) == (0, "")
    line = json.loads(done.stdout)
    assert list(line) == FEED_FIELDS
    expected = json.loads((CASE / "article.json").read_text(encoding="utf-8"))
    assert {name: line[name] for name in expected} == expected
    assert line["source"] == "mahttmsr"
    assert "محطة مصر" in done.stdout
    assert not list(tmp_path.iterdir()), "it stores nothing"


@pytest.mark.slow
def test_a_file_of_one_s_own_needs_its_url(tmp_path: Path) -> None:
    file = tmp_path / "saved.html"
    file.write_bytes(page("museum"))
    without = scrapy("extract", str(file), output=tmp_path)
    assert without.code == 2
    assert "add --url URL" in without.stderr + without.stdout
    done = scrapy("extract", str(file), "--url", "https://news.example/museum", output=tmp_path)
    assert done.code == 0
    assert json.loads(done.stdout)["url_key"] == "news.example/museum"


@pytest.mark.slow
def test_a_page_of_the_web_is_fetched(tmp_path: Path) -> None:
    with Server({"/a": Answer(body=page("museum"))}) as server:
        done = scrapy("extract", f"{server.home}/a", output=tmp_path, NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, **HASTE)
        assert server.paths() == ["/a"]
        assert server.asked[0].path == "/robots.txt"
    assert done.code == 0, done.stderr
    line = json.loads(done.stdout)
    assert line["headline"] == "The harbour keeps its museum another year"
    assert line["fetched_at"] is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "allowed", "told"),
    [
        ("/gone", 1, "gone (http 410)"),
        ("/empty", 1, "holds no article: no headline"),
        ("/a", 0, "blocked (private address"),
    ],
)
def test_what_brings_no_article_is_told(tmp_path: Path, path: str, allowed: int, told: str) -> None:
    routes: dict[str, object] = {"/gone": Answer(status=410), "/empty": Answer(), "/a": Answer(body=page("museum"))}
    with Server(routes) as server:  # type: ignore[arg-type]
        settings = {**HASTE, "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": allowed}
        done = scrapy("extract", server.home + path, output=tmp_path, **settings)
    assert done.code == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("no-such-file.html",), "cannot be read"),
        ((), "name one file or URL"),
        ((str(CASE / "page.html"), "--url", "nonsense"), "nonsense is no absolute http(s) URL"),
    ],
)
def test_a_mistake_of_the_user_is_told(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    done = scrapy("extract", *arguments, output=tmp_path)
    assert done.code == 2
    assert told in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_what_each_field_was_read_from_is_told(tmp_path: Path) -> None:
    done = scrapy("extract", "--explain", str(CASE / "page.html"), output=tmp_path)
    assert done.code == 0
    told = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()}
    assert told["headline"] == told["body"] == "text"
    assert told["page_title"] == "meta"
    assert set(told.values()) <= {*Evidence, "nothing"}


def test_what_a_rule_did_not_find_is_told(tmp_path: Path) -> None:
    rules = ["[[rules]]", "headline = '.nosuch'", "section = 'h1'"]
    write_source(tmp_path / "sources", "local", "https://local.example")
    file = tmp_path / "sources" / "xx" / "local.toml"
    file.write_text("\n".join([file.read_text(encoding="utf-8"), *rules, ""]), encoding="utf-8")
    (tmp_path / "saved.html").write_bytes(page("museum"))
    arguments = (str(tmp_path / "saved.html"), "--url", "https://local.example/museum")
    done = scrapy("extract", "--explain", *arguments, output=tmp_path, NEWSCRAWL_SOURCES=tmp_path / "sources")
    assert (done.code, done.stderr) == (0, "")
    told = done.stdout.splitlines()
    assert told[-1] == "rule missed   headline: '.nosuch' found nothing; read as without the rule"
    assert any(line.startswith("section       source_rule") for line in told)
    assert any(line.startswith("headline      text") for line in told)
