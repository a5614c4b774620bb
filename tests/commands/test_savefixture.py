"""`scrapy savefixture` on what a crawl of a server of ours archived."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from newscrawl.items import Article
from tests.crawling import HASTE, Crawl, scrapy, scrapy_here, write_source
from tests.golden.figures import measure
from tests.server import Answer, Server, page, redirect

ARABIC = (
    "<html lang=ar><head><title>عودة السوق القديم</title></head><body><h1>عودة السوق القديم إلى الميناء</h1><article>"
    "<p>قال المجلس يوم الاثنين إن السوق القديم عند الميناء سيفتح أبوابه من جديد بعد أعمال دامت سنة كاملة.</p>"
    "<p>وأضاف أن كلفة الأعمال جاءت أقل مما كان متوقعا وأن أحدا لم يطلب إغلاق السوق خلال الأشهر الماضية.</p>"
    "<p>اقرأ أيضا: <a href=/museum>المتحف يفتح أبوابه للزوار</a></p>"
    "<p>وينتظر أن يصدر تقرير جديد عن السوق في الربيع المقبل وأن يعرض على السكان في قاعة البلدية.</p>"
    "</article></body></html>"
).encode("windows-1256")
CODED = (("Content-Encoding", "gzip"), ("Set-Cookie", "visitor=1"), ("X-Served-By", "a"), ("X-Served-By", "b"))
MARKET = "/2026/05/market.html"


def settings(output: Path) -> dict[str, Any]:
    own = {"NEWSCRAWL_SOURCES": output / "sources", "NEWSCRAWL_BUNDLED_SOURCES": 0}
    return {**HASTE, **own, "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        server.routes |= {
            MARKET: Answer(body=gzip.compress(ARABIC), headers=CODED, content_type="text/html; charset=windows-1256"),
            "/museum": Answer(body=page("museum")),
            "/moved": redirect("/museum"),
            "/gone": Answer(status=410, body=b"<p>Gone</p>"),
        }
        yield server


@pytest.fixture(scope="module")
def crawled(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """Two crawls: in the second the museum's page is another, and the market's a revisit."""
    output = tmp_path_factory.mktemp("crawled")
    write_source(output / "sources", "local", server.home)
    urls = " ".join(server.home + path for path in (MARKET, "/museum", "/moved", "/gone"))
    arguments = ("crawl", "news", "-a", f"urls={urls}")
    assert scrapy(*arguments, output=output, **settings(output)).code == 0
    server.routes["/museum"] = Answer(body=page("museum of ships"))
    crawl = scrapy(*arguments, output=output, **settings(output))
    assert crawl.code == 0, crawl.stderr
    assert ("stored_revision", None) in crawl.ends().values()
    return crawl


def save(crawled: Crawl, fixtures: Path, *arguments: str) -> Crawl:
    output = crawled.output
    return scrapy_here("savefixture", *arguments, "--to", str(fixtures), output=output, **settings(output))


def read(case: Path, name: str) -> Any:
    return json.loads((case / name).read_text(encoding="utf-8"))


@pytest.mark.slow
def test_a_case_gives_the_stored_article_to_tests_extract_and_replay(
    crawled: Crawl, server: Server, tmp_path: Path
) -> None:
    done = save(crawled, tmp_path / "cut", server.home + MARKET)
    assert done.code == 0, done.stderr
    case = tmp_path / "cut" / "local" / "market"
    assert done.stdout == f"{case}: article.json, page.html, response.json\n"
    assert list(case.parent.iterdir()) == [case]
    # The bytes without their coding, charset untouched; the headers without what told of the transfer.
    assert (case / "page.html").read_bytes() == ARABIC
    answer = read(case, "response.json")
    assert (answer["url"], answer["status"], answer["body"]) == (server.home + MARKET, 200, "page.html")
    names = [name for name, _ in answer["headers"]]
    assert {"Content-Type", "Date"} < set(names)
    assert names.count("X-Served-By") == 2
    assert not {name.lower() for name in names} & {"content-encoding", "set-cookie", "content-length"}
    # The golden tests' loader reads it to the article that stands beside it, which is the stored one.
    article = read(case, "article.json")
    figures = measure(tmp_path / "cut", crawled.output / "sources")
    assert {"headline", "body", "blocks", "authors", "related_links", "language", "outlet"} < set(figures)
    assert {figure for pages in figures.values() for figure in pages.values()} == {1.0}
    assert set(article) <= {field.name for field in fields(Article)}
    (line,) = [line for line in crawled.lines() if line["url"] == server.home + MARKET]
    assert {name: line[name] for name in article} == article
    assert article["headline"] == "عودة السوق القديم إلى الميناء"
    assert [link["headline"] for link in article["related_links"]] == ["المتحف يفتح أبوابه للزوار"]
    # So do `scrapy extract` and a crawl that is answered from it.
    shown = scrapy("extract", str(case / "page.html"), output=tmp_path / "none", **settings(crawled.output))
    assert {name: json.loads(shown.stdout)[name] for name in article} == article
    replayed = scrapy(
        *("crawl", "news", "-a", f"urls={server.home}{MARKET}"),
        output=tmp_path / "replayed",
        NEWSCRAWL_REPLAY=tmp_path / "cut",
        **settings(crawled.output),
    )
    (again,) = replayed.lines()
    assert {name: again[name] for name in article} == article
    assert again["content_hash"] == line["content_hash"]


@pytest.mark.slow
def test_which_capture_is_cut_and_under_which_name(crawled: Crawl, server: Server, tmp_path: Path) -> None:
    url = f"{server.home}/museum"
    (first, second) = crawled.rows("SELECT started_at FROM runs ORDER BY started_at")
    for arguments, headline in (
        ((), "The harbour keeps its museum of ships another year"),
        (("--revision", "1", "--case", "first"), "The harbour keeps its museum another year"),
        (("--at", second[0].replace(" ", "T"), "--case", "before"), "The harbour keeps its museum another year"),
    ):
        done = save(crawled, tmp_path, url, *arguments)
        assert done.code == 0, done.stderr
        assert read(Path(done.stdout.partition(":")[0]), "article.json")["headline"] == headline
    assert {case.name for case in (tmp_path / "local").iterdir()} == {"museum", "first", "before"}
    # A case that stands is left alone, unless that is asked for.
    (tmp_path / "local" / "museum" / "response.json").write_text("{}")
    again = save(crawled, tmp_path, url)
    assert again.code == 1
    assert "stands already; name another with --case, or overwrite it with --force" in again.stderr
    assert read(tmp_path / "local" / "museum", "response.json") == {}
    assert save(crawled, tmp_path, url, "--force").code == 0
    assert read(tmp_path / "local" / "museum", "response.json")["url"] == url
    assert {case.name for case in (tmp_path / "local").iterdir()} == {"museum", "first", "before"}
    too_early = save(crawled, tmp_path, url, "--at", first[0].replace(" ", "T"), "--case", "x")
    assert too_early.code == 1
    assert "name a later --at" in too_early.stderr
    no_such = save(crawled, tmp_path, url, "--revision", "3", "--case", "x")
    assert no_such.code == 1
    assert "has no archived revision 3" in no_such.stderr


@pytest.mark.slow
def test_a_redirect_and_an_error_are_cut_without_article(crawled: Crawl, server: Server, tmp_path: Path) -> None:
    assert save(crawled, tmp_path, f"{server.home}/moved").code == 0
    moved = read(tmp_path / "local" / "moved", "response.json")
    assert (moved["status"], moved["body"]) == (302, None)
    assert ["Location", f"{server.home}/museum"] in moved["headers"]
    done = save(crawled, tmp_path, f"{server.home}/gone")
    assert done.code == 0
    assert "It is no page of an article: no article.json." in done.stderr
    assert {path.name for path in (tmp_path / "local" / "gone").iterdir()} == {"response.json", "page.html"}
    save(crawled, tmp_path, f"{server.home}/museum")
    replayed = scrapy(
        *("crawl", "news", "-a", f"urls={server.home}/moved {server.home}/gone"),
        output=tmp_path / "replayed",
        NEWSCRAWL_REPLAY=tmp_path,
        **settings(crawled.output),
    )
    assert {url.rpartition("/")[2]: end for url, (end, _) in replayed.ends().items()} == {
        "moved": "redirected",
        "museum": "stored_new",
        "gone": "gone",
    }


@pytest.mark.slow
def test_other_documents_are_cut_by_their_type(crawled: Crawl, server: Server, tmp_path: Path) -> None:
    done = save(crawled, tmp_path, f"{server.home}/robots.txt")
    assert done.code == 0, done.stderr
    assert read(tmp_path / "local" / "robots", "response.json")["status"] == 404


@pytest.mark.slow
def test_a_url_without_capture_is_told(crawled: Crawl, tmp_path: Path) -> None:
    done = save(crawled, tmp_path, "https://news.example/1")
    assert done.code == 1
    assert "holds no capture of https://news.example/1; crawl it first" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_what_was_retracted_is_not_cut(crawled: Crawl, server: Server, tmp_path: Path) -> None:
    url, output = server.home + "/gone", crawled.output
    assert scrapy_here("retract", url, "--reason", "why", output=output, **settings(output)).code == 0
    done = save(crawled, tmp_path, url)
    assert scrapy_here("retract", "--undo", url, output=output, **settings(output)).code == 0
    assert done.code == 1
    assert "was retracted" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("nonsense",), 2, "name one absolute http(s) URL"),
        (("https://news.example/1", "--case", "../x"), 2, "is no name of letters"),
        (("https://news.example/1", "--at", "noon"), 2, "--at noon is no time"),
        (("https://news.example/1",), 1, "crawl first"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, arguments: tuple[str, ...], code: int, told: str) -> None:
    done = scrapy_here("savefixture", *arguments, output=tmp_path)
    assert done.code == code
    assert told in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
