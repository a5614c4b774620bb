"""Pages that change between runs: which changes are revisions, which are counted, which are events."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from newscrawl.storage.ends import TRIVIAL
from tests.crawling import HASTE, Crawl, scrapy
from tests.server import Answer, Server, redirect, rss

ARABIC = """<!doctype html><html lang=ar><head><meta charset=utf-8><title>{headline}</title></head><body>
<header><nav><a href="/">الرئيسية</a></nav></header><main><article><h1>{headline}</h1>
<p>قال مدير الميناء إن {figure} سفينة دخلت الحوض الجديد خلال الأسبوع الماضي، وهو أكبر عدد منذ افتتاحه قبل سنتين.</p>
<p>وأضاف المدير أن أعمال التوسعة ستستمر حتى نهاية الصيف، وأن المسؤول عن المشروع سيعلن تفاصيلها في مؤتمر قريب{mark}</p>
<div class=related><h3>اقرأ أيضاً</h3><ul><li><a href="/a/{box}-1">خبر آخر رقمه {box} من أخبار المدينة</a></li>
<li><a href="/a/{box}-2">خبر ثان رقمه {box} من أخبار المدينة</a></li></ul></div>
<p>ويعمل في الميناء اليوم أكثر من ألف عامل، ويأمل المجلس البلدي أن تضيف الأرصفة الجديدة مئات الوظائف إلى المدينة.</p>
{last}</article></main></body></html>"""
STORY = {"headline": "ميناء المدينة يستقبل سفنا جديدة", "figure": "120", "mark": ".", "box": "7", "last": ""}


def story(**changed: str) -> Answer:
    return Answer(body=ARABIC.format(**{**STORY, **changed}).encode())


class Site:
    """A site that is crawled again and again, and what each crawl left."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder
        source = folder / "sources" / "xx" / "local.toml"
        source.parent.mkdir(parents=True)
        source.write_text(
            f'outlet = "local"\nhomepage = "{server.home}"\nfeeds = ["{server.home}/feed"]\n'
            "[articles]\nallow = ['/city/\\d+']\n",
            encoding="utf-8",
        )

    def crawl(self, **settings: Any) -> Crawl:
        pages = [path for path in self.server.routes if path.startswith("/city/2")]
        self.server.routes["/feed"] = rss(*(self.server.home + path for path in pages))
        done = scrapy(
            "crawl", "news", "-a", "sources=local", output=self.folder / "output",
            NEWSCRAWL_SOURCES=self.folder / "sources", NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1,
            NEWSCRAWL_BUNDLED_SOURCES=0, **{**HASTE, **settings},
        )  # fmt: skip
        assert done.code == 0, done.stderr
        return done

    def ends(self, done: Crawl) -> dict[str, tuple[str, str | None]]:
        return {url.removeprefix(self.server.home): end for url, end in done.ends().items()}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Server({"/": Answer(body=b"<html><h1>Home</h1><p>All of the news.</p></html>")}) as server:
        yield Site(server, tmp_path)


CHANGES: dict[str, dict[str, str]] = {
    "/city/21": {"mark": "!", "headline": "ميناءُ المدينه  يستقبل سفناً جديدة"},
    "/city/22": {"figure": "١٢٠"},
    "/city/23": {"last": "<p>آخر تحديث: السبت 3 يناير 2026 10:30 مساءً</p><p>1234 مشاهدة</p>"},
    "/city/24": {"box": "8"},
    "/city/25": {"figure": "121"},
    "/city/26": {"headline": "ميناء المدينة لا يستقبل سفنا جديدة"},
}


@pytest.mark.slow
def test_what_is_a_revision_and_what_is_counted(site: Site) -> None:
    site.server.routes.update({path: story(last="<p>عدد المشاهدات: 3</p>") for path in CHANGES})
    site.crawl()
    site.server.routes.update(
        {path: story(**{"last": "<p>عدد المشاهدات: 9</p>", **one}) for path, one in CHANGES.items()}
    )
    done = site.crawl()
    ends = site.ends(done)
    assert {ends[f"/city/2{number}"] for number in (1, 2, 3)} == {("unchanged", TRIVIAL)}
    assert ends["/city/24"][0] == "unchanged", "a rotated read-also box"
    assert {ends[f"/city/2{number}"][0] for number in (5, 6)} == {"stored_revision"}
    counted = {
        key.rsplit("/", 1)[1]: number for key, number in done.rows("SELECT url_key, trivial_changes FROM articles")
    }
    assert [counted[f"2{number}"] for number in (1, 2, 3, 5, 6)] == [1, 1, 1, 0, 0]
    assert done.rows("SELECT count(*) FROM revisions") == [(8,)]
    assert len(done.lines()) == 8, "the feeds hold the revisions"
    # The state that is no revision is archived all the same.
    assert done.rows("SELECT count(*) FROM captures WHERE url LIKE '%/city/21' AND refers_to IS NULL") == [(2,)]

    again = site.crawl()
    assert site.ends(again)["/city/21"] == ("unchanged", TRIVIAL)
    assert again.rows("SELECT sum(trivial_changes) FROM articles")[0][0] == sum(counted.values()), "the same state"
    site.server.routes["/city/21"] = story()
    site.crawl()
    site.server.routes["/city/21"] = story(mark="...")
    last = site.crawl()
    assert last.rows("SELECT count(*) FROM revisions WHERE url LIKE '%/city/21'") == [(1,)]


@pytest.mark.slow
def test_pages_that_go_away_and_come_back(site: Site) -> None:
    routes = site.server.routes
    paths = [f"/city/2{number}" for number in range(6)]
    routes.update({path: story(figure=str(number)) for number, path in enumerate(paths)})
    first = site.crawl()
    routes[paths[0]] = Answer(status=410)
    routes[paths[1]] = redirect("/")
    routes[paths[2]] = redirect("/city/", 301)
    routes["/city/"] = Answer(
        body=b"<html><h1>City</h1><p>All of the city's stories are listed on this page.</p></html>"
    )
    routes[paths[3]] = Answer(status=503)
    routes[paths[4]] = redirect("/city/99")
    routes["/city/99"] = story(figure="4", mark="؟", headline="عنوان آخر")

    def events(done: Crawl) -> list[tuple[Any, ...]]:
        rows = done.rows("SELECT url, kind, status, target FROM events ORDER BY url, event_id")
        home = site.server.home
        return [
            (url.removeprefix(home), kind, status, target and target.removeprefix(home))
            for url, kind, status, target in rows
        ]

    away = [
        (paths[0], "gone", 410, None),
        (paths[1], "redirected_home", 200, "/"),
        (paths[2], "redirected_to_section", 200, "/city/"),
        (paths[4], "moved", 200, "/city/99"),
    ]
    assert events(site.crawl()) == away
    second = site.crawl()
    assert events(second) == away, "told once"
    ends = site.ends(second)
    assert (ends["/"], ends["/city/"]) == (
        ("not_article", "redirected to the home page"),
        ("not_article", "redirected to a section page"),
    )
    assert second.rows("SELECT count(*) FROM articles") == [(len(paths) + 1,)]
    assert second.rows("SELECT count(*) FROM revisions") == [(len(paths) + 1,)]
    aliases = {(key.partition("/")[2], kind) for key, kind in second.rows("SELECT url_key, kind FROM url_aliases")}
    assert aliases == {("city/24", "redirect")}
    routes[paths[0]] = story(figure="0")
    routes[paths[1]] = story(figure="1000")
    third = site.crawl()
    assert site.ends(third)[paths[0]][0] == "unchanged"
    assert site.ends(third)[paths[1]][0] == "stored_revision"
    assert [one for one in events(third) if one not in away] == [
        (paths[0], "returned", 200, None),
        (paths[1], "returned", 200, None),
    ]
    routes[paths[0]] = Answer(status=404)
    assert [one[1] for one in events(site.crawl()) if one[0] == paths[0]] == ["gone", "returned", "gone"]
    assert first.rows("SELECT count(*) FROM articles WHERE away = 'gone'") == [(1,)]


def as_if_read_by_an_old_extractor(done: Crawl) -> None:
    with closing(sqlite3.connect(done.output / "newscrawl.db")) as connection, connection:
        connection.execute(
            "UPDATE extractions SET extractor = 'newscrawl/0.0.1', headline = 'old', content_hash = 'v1:old',"
            " whole_hash = 'v1:old', substance_hash = 's1:old', whole_substance_hash = 's1:old'"
        )


@pytest.mark.slow
def test_what_cannot_be_read_again_is_compared_as_it_was_read(site: Site) -> None:
    routes = site.server.routes
    routes.update({"/city/20": story(figure="0"), "/city/21": story(figure="1")})
    done = site.crawl()
    as_if_read_by_an_old_extractor(done)
    with closing(sqlite3.connect(done.output / "newscrawl.db")) as connection, connection:
        connection.execute("UPDATE revisions SET capture_id = NULL WHERE url LIKE '%/city/21'")
    for warc in (done.output / "archive").glob("*.warc.gz"):
        warc.unlink()
    routes.update({"/city/20": story(figure="0", box="11"), "/city/21": story(figure="1", box="12")})
    again = site.crawl()
    ends = site.ends(again)
    assert {ends[path] for path in ("/city/20", "/city/21")} == {("stored_revision", None)}
    assert "/city/20: its revision 1 cannot be read again" in again.stderr
    assert "Traceback" not in again.stderr


@pytest.mark.slow
def test_what_only_a_newer_extractor_sees_is_no_revision(site: Site) -> None:
    routes = site.server.routes
    paths = [f"/city/2{number}" for number in range(3)]
    routes.update({path: story(figure=str(number)) for number, path in enumerate(paths)})
    done = site.crawl()
    ((extractor,),) = done.rows("SELECT DISTINCT extractor FROM extractions")
    as_if_read_by_an_old_extractor(done)
    # Read otherwise, and the first two on pages that differ in what is no text; the third has another figure.
    routes[paths[0]] = story(figure="0", box="11")
    routes[paths[1]] = story(figure="1", box="12", mark="!")
    routes[paths[2]] = story(figure="77")
    done = site.crawl()
    ends = site.ends(done)
    assert [ends[path] for path in paths] == [("unchanged", None), ("unchanged", TRIVIAL), ("stored_revision", None)]
    readings = done.rows(
        "SELECT substr(url, -2), number, extractor = ?, is_current FROM extractions JOIN revisions USING (revision_id)"
        " ORDER BY 1, 2, extraction_id", extractor,
    )  # fmt: skip
    assert readings == [
        ("20", 1, 0, 0), ("20", 1, 1, 1), ("21", 1, 0, 0), ("21", 1, 1, 1),
        ("22", 1, 0, 0), ("22", 1, 1, 0), ("22", 2, 1, 1),
    ]  # fmt: skip
