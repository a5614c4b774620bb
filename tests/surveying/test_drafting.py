from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path

import pytest

from newscrawl.discovery.front_page import FrontPage
from newscrawl.exceptions import ConfigurationError
from newscrawl.items import Article, Candidate, RelatedLink
from newscrawl.sources import Source
from newscrawl.surveying.adding import asked_again, destination_of, write_source
from newscrawl.surveying.drafting import draft
from newscrawl.surveying.survey import Polled, Sample, Survey
from newscrawl.workers.home import Home
from tests.surveying.test_survey import candidates

HOME = "https://post.example/"


def article(number: int, **fields: object) -> Sample:
    url = f"https://post.example/news/{number}"
    known = {"language": "ar", "body": "x" * 900, "headline": "A", "authors": ["Mina Harb"]}
    made = Article(id="1", url=url, url_key=url[8:], **{**known, **fields})  # type: ignore[arg-type]
    return Sample(url=url, article=made)


def survey(*documents: Polled, samples: tuple[Sample, ...] = (), sections: tuple[str, ...] = ()) -> Survey:
    named = Home('بريد "الحي"', "ar", FrontPage((), sections))
    source = Source(source_id="post", outlet='بريد "الحي"', homepage=HOME, country="eg")
    return Survey(
        homepage=HOME, source=source, is_new=True, home=named, documents=list(documents), samples=list(samples),
        robots="https://post.example/robots.txt",
    )  # fmt: skip


def polled(path: str, kind: str = "sitemap", **fields: object) -> Polled:
    known: dict[str, object] = {"kind": kind, "url": f"https://post.example{path}", "status": 200}
    return Polled(**{**known, **fields})  # type: ignore[arg-type]


FEED = polled("/rss", "feed", candidates=candidates(0, 6, 12, 18, 24))
PAST = polled("/sitemap.xml", candidates=(Candidate(url="https://post.example/news/1"),))
INDEX = polled("/index.xml", children=("https://post.example/news.xml", "https://post.example/2019.xml"))


def news(path: str) -> Polled:
    return polled(path, candidates=candidates(1, title="A title"), via=INDEX.url)


@pytest.mark.parametrize(
    ("documents", "keys"),
    [
        ((FEED,), {"feeds": [FEED.url]}),
        ((FEED, PAST), {"feeds": [FEED.url]}),
        ((PAST,), {"sitemaps": [PAST.url]}),
        ((INDEX, news("/news.xml")), {"sitemaps": ["https://post.example/news.xml"]}),
        ((INDEX, news("/news-2026-11.xml")), {"sitemaps": [INDEX.url]}),
        ((polled("/broken", "feed", error="http 404"), polled("/city", "section", candidates=candidates(1))),
         {"sections": ["https://post.example/city"]}),
    ],
)  # fmt: skip
def test_what_lists_the_latest_is_written_down(documents: tuple[Polled, ...], keys: dict[str, list[str]]) -> None:
    written = tomllib.loads(draft(survey(*documents), "eg", None))
    assert {key: value for key, value in written.items() if key in ("feeds", "sitemaps", "sections")} == keys
    assert written["tried_live"] is False


def test_the_file_says_what_was_measured(tmp_path: Path) -> None:
    times = [datetime.fromisoformat(f"2026-12-0{day}T10:00+02:00") for day in (1, 2, 3)]
    samples = tuple(article(number, published_at=time) for number, time in enumerate(times))
    linked = article(
        9, published_at=date(2026, 12, 1), authors=[], related_links=[RelatedLink(position=1, headline="B")]
    )
    text = draft(survey(FEED, PAST, samples=(*samples, linked), sections=(f"{HOME}city",)), "eg", date(2026, 12, 3))
    to = destination_of(HOME, {}, folder="new", base=tmp_path, source_id="post", country="eg")
    source = write_source(to, text)
    assert source.outlet == 'بريد "الحي"'
    assert (source.languages, source.timezone, source.tried_live) == (("ar",), "Africa/Cairo", date(2026, 12, 3))
    promised = source.expect
    assert (promised.articles_per_day, promised.authors, promised.published_at) == (4.0, 0.6, 0.8)
    assert (promised.related_links, promised.body_characters) == (0.2, 450)
    assert f'#     "{PAST.url}",' in text
    assert f'#     "{HOME}city",' in text
    assert to.file.read_text(encoding="utf-8") == text
    with pytest.raises(FileExistsError):
        write_source(to, text)


def test_a_broken_draft_is_never_written(tmp_path: Path) -> None:
    to = destination_of(HOME, {}, folder="new", base=tmp_path, source_id="post", country="eg")
    with pytest.raises(ConfigurationError, match="no way of discovery"):
        write_source(to, draft(survey(), "eg", None))
    assert not to.file.exists()


@pytest.mark.parametrize(
    ("homepage", "options", "said"),
    [
        ("post.example", {}, "no absolute"),
        (HOME, {"folder": None}, "name a folder"),
        (HOME, {"source_id": "The Post"}, "other characters"),
        (HOME, {"source_id": "known"}, "there is a source known already"),
        ("https://m.known.example/", {}, "on the site of known"),
    ],
)
def test_a_source_that_cannot_be_added_is_told_at_once(
    tmp_path: Path, homepage: str, options: dict[str, str], said: str
) -> None:
    known = Source(source_id="known", outlet="K", homepage="https://known.example", country="xx")
    with pytest.raises(ConfigurationError, match=said):
        destination_of(homepage, {"known": known}, **{"folder": "new", "base": tmp_path, **options})  # type: ignore[arg-type]


def test_fixtures_are_what_a_crawl_will_ask_for() -> None:
    looked = survey(FEED, INDEX, news("/news-1.xml"), PAST, samples=(article(1), Sample(url="x", reason="http 404")))
    assert [url.removeprefix("https://post.example") for url in asked_again(looked)] == [
        "/robots.txt", "/rss", "/index.xml", "/news-1.xml", "/news/1",
    ]  # fmt: skip
