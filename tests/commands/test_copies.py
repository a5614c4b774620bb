from __future__ import annotations

import json
from pathlib import Path

import pytest

from newscrawl.items import plain
from newscrawl.storage import retractions
from newscrawl.storage.database import Database
from newscrawl.storage.syndication import syndication_of
from newscrawl.urls import url_key
from tests.crawling import scrapy
from tests.storage.test_articles import NOW, article, store
from tests.storage.test_relations import EDITED, HALF, OTHER, QUARTER, STORY, url


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copies")
    database = Database(f"sqlite:///{folder / 'newscrawl.db'}")
    store(database, article(url(0), text=STORY, source="first", published_at=NOW))
    store(database, article(url(1), text=EDITED, source="second", byline="رويترز"))
    store(database, article(url(2), text=HALF, source="third"))
    store(database, article(url(3), text=QUARTER, source="fourth"))
    store(database, article(url(4), text=OTHER, source="fifth"))
    store(database, article(url(5), text=STORY + " تصحيح", source="sixth"))
    with database.session() as session:
        retractions.retract(session, url(5), reason="a court's order", now=NOW)
    database.close()
    return folder


@pytest.mark.slow
def test_the_copies_are_told_in_words(output: Path) -> None:
    told = scrapy("copies", url(0) + "?utm_source=mail", output=output)
    assert (told.code, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        "news.example/0",
        "  3 copies of one story, the earliest first; credited: Reuters",
        "  1. first: عنوان الخبر",
        "     https://news.example/0",
        "     published 2026-01-02T03:04:05+00:00, first seen 2026-01-02T03:04:05+00:00",
        "     the article that was asked for",
        "  2. second: عنوان الخبر",
        "     https://news.example/1",
        "     no time of publication, first seen 2026-01-02T03:04:05+00:00",
        "     the same text, edited (near): 58% of the article stands in it, 58% of it in the article",
        "     credits Reuters",
        "  3. third: عنوان الخبر",
        "     https://news.example/2",
        "     no time of publication, first seen 2026-01-02T03:04:05+00:00",
        "     a part of the article (contains): 49% of the article stands in it, 100% of it in the article",
        "Shares passages with",
        "  fourth: عنوان الخبر",
        "  https://news.example/3",
        "  no time of publication, first seen 2026-01-02T03:04:05+00:00",
        "  shares passages (overlap): 27% of the article stands in it, 27% of it in the article",
    ]


@pytest.mark.slow
def test_the_copies_as_json(output: Path) -> None:
    told = scrapy("copies", "--json", url(1), output=output)
    assert (told.code, told.stderr) == (0, "")
    database = Database.existing(f"sqlite:///{output / 'newscrawl.db'}")
    with database.reading() as session:
        assert json.loads(told.stdout) == plain(syndication_of(session, url_key(url(1))))
    database.close()


@pytest.mark.slow
def test_an_article_without_copies(output: Path) -> None:
    told = scrapy("copies", url(4), output=output)
    assert (told.code, told.stderr) == (0, "")
    assert told.stdout.splitlines() == ["news.example/4", "  no copy of it is stored"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "what", "remedy"),
    [(5, "was taken down", "scrapy retract --undo"), (9, "no article of", "scrapy crawl news -a urls=")],
    ids=["retracted", "unknown"],
)
def test_what_is_not_stored_is_an_error(output: Path, number: int, what: str, remedy: str) -> None:
    told = scrapy("copies", url(number), output=output)
    assert (told.code, told.stdout) == (1, "")
    assert what in told.stderr
    assert remedy in told.stderr


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [[], ["no-url"], ["http://a.example/", "http://b.example/"]])
def test_a_wrong_command_line_is_refused(output: Path, arguments: list[str]) -> None:
    assert scrapy("copies", *arguments, output=output).code == 2
