"""What a source file may say, and how each mistake in it is named."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from newscrawl.exceptions import ConfigurationError
from newscrawl.sources.registry import BUNDLED, load_sources, select
from newscrawl.sources.source import ArticlePatterns, Expect, Manners, Revisits, Rule, Source

LEAST = 'outlet = "بريد الحي"\nhomepage = "https://post.example"\nfeeds = ["https://post.example/rss"]\n'
REFERENCE = Path(__file__).parents[2] / "docs" / "sources.md"


def write(folder: Path, text: str, country: str = "eg", source_id: str = "post") -> Path:
    path = folder / country / f"{source_id}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def problems(*folders: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_sources(*folders)
    return str(caught.value).splitlines()


def test_reads_the_least_file(tmp_path: Path) -> None:
    write(tmp_path, LEAST)
    assert load_sources(tmp_path) == {
        "post": Source(
            source_id="post",
            outlet="بريد الحي",
            homepage="https://post.example",
            country="eg",
            feeds=("https://post.example/rss",),
        )
    }


def test_reads_every_key(tmp_path: Path) -> None:
    write(
        tmp_path,
        """
        source_id = "post"
        country = "eg"
        outlet = "بريد الحي"
        homepage = "http://post.example"
        languages = ["ar", "fa"]
        timezone = "Africa/Cairo"
        encoding = "windows-1256"
        feeds = ["https://post.example/rss"]
        sitemaps = ["https://post.example/sitemap.xml"]
        sections = ["https://post.example/news"]
        hosts = ["cdn.example"]
        max_age_days = 30
        tried_live = 2026-11-22
        [articles]
        allow = ['/\\d+$']
        deny = ['/video/']
        [manners]
        delay = 5
        [expect]
        articles_per_day = 12
        authors = 0.6
        published_at = 1
        related_links = 0
        body_characters = 700
        """,
    )
    assert load_sources(tmp_path)["post"] == Source(
        source_id="post",
        outlet="بريد الحي",
        homepage="http://post.example",
        country="eg",
        languages=("ar", "fa"),
        timezone="Africa/Cairo",
        encoding="windows-1256",
        feeds=("https://post.example/rss",),
        sitemaps=("https://post.example/sitemap.xml",),
        sections=("https://post.example/news",),
        hosts=("cdn.example",),
        articles=ArticlePatterns(allow=(r"/\d+$",), deny=("/video/",)),
        max_age_days=30,
        manners=Manners(delay=5.0),
        expect=Expect(articles_per_day=12.0, authors=0.6, published_at=1.0, related_links=0.0, body_characters=700),
        tried_live=date(2026, 11, 22),
    )


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ('outlat = "x"\n' + LEAST, "outlat", "did you mean 'outlet'?"),
        (LEAST + "[articles]\nalow = []\n", "articles.alow", "did you mean 'allow'?"),
        (LEAST + "[manners]\nzzz = 1\n", "manners.zzz", "known are delay"),
        ('homepage = "https://post.example"\nfeeds = ["https://post.example/rss"]', "outlet", "is missing; add outlet"),
        ('outlet = "x"\nfeeds = ["https://post.example/rss"]', "homepage", "is missing; add homepage"),
        (LEAST.replace("بريد الحي", ""), "outlet", "is empty"),
        (LEAST + "utc_is_local = true\n", "utc_is_local", "no timezone"),
        (LEAST.replace('"بريد الحي"', "7"), "outlet", "is 7"),
        ('outlet = "x"\nhomepage = "https://post.example"\n', "feeds", "add feeds, sitemaps or sections"),
        (LEAST.replace('["https://post.example/rss"]', "[]"), "feeds", "no way of discovery"),
        (LEAST.replace('["https://post.example/rss"]', '"https://post.example/rss"'), "feeds", "no list"),
        (LEAST.replace('["https://post.example/rss"]', '["/rss"]'), "feeds", "no absolute http(s) URL"),
        (LEAST.replace('"https://post.example"', '"post.example"'), "homepage", "no absolute http(s) URL"),
        (LEAST + 'sitemaps = ["ftp://post.example/s.xml"]', "sitemaps", "no absolute http(s) URL"),
        (LEAST + 'sections = ["https:///news"]', "sections", "no absolute http(s) URL"),
        (LEAST + 'hosts = ["https://cdn.example/"]', "hosts", "without scheme"),
        (LEAST + 'languages = ["ar-EG"]', "languages", "write ar"),
        (LEAST + 'languages = ["arabic"]', "languages", "a code such as ar"),
        (LEAST + 'languages = ["iw"]', "languages", "write he"),
        (LEAST + 'timezone = "Africa/Kairo"', "timezone", "did you mean 'Africa/Cairo'?"),
        (LEAST + 'timezone = "Africa"', "timezone", "no IANA time zone"),
        (LEAST + 'timezone = "../etc/passwd"', "timezone", "no IANA time zone"),
        (LEAST + 'encoding = "windows-12566"', "encoding", "no known text encoding"),
        (LEAST + 'encoding = "base64"', "encoding", "no known text encoding"),
        (LEAST + 'encoding = "a\\u0000b"', "encoding", "no known text encoding"),
        (LEAST + "[articles]\nallow = ['(']", "articles.allow", "no regular expression"),
        (LEAST + "[articles]\ndeny = ['*']", "articles.deny", "no regular expression"),
        (LEAST + "articles = 3", "articles", "no table"),
        (LEAST + "max_age_days = 0", "max_age_days", "less than a day"),
        (LEAST + 'max_age_days = "ten"', "max_age_days", "is 'ten'"),
        (LEAST + "max_age_days = 1.5", "max_age_days", "is 1.5"),
        (LEAST + "[manners]\ndelay = -1", "manners.delay", "0 or more"),
        (LEAST + "[expect]\nauthor = 0.5", "expect.author", "did you mean 'authors'?"),
        (LEAST + "[expect]\nauthors = 90", "expect.authors", "write 0.9"),
        (LEAST + "[expect]\npublished_at = -0.5", "expect.published_at", "0 to 1"),
        (LEAST + "[expect]\nrelated_links = nan", "expect.related_links", "0 to 1"),
        (LEAST + "[expect]\narticles_per_day = 0", "expect.articles_per_day", "more than 0"),
        (LEAST + "[expect]\narticles_per_day = inf", "expect.articles_per_day", "more than 0"),
        (LEAST + '[expect]\narticles_per_day = "ten"', "expect.articles_per_day", "is 'ten'"),
        (LEAST + "[expect]\narticles_per_day = true", "expect.articles_per_day", "is True"),
        (LEAST + "[expect]\nbody_characters = 700.5", "expect.body_characters", "is 700.5"),
        (LEAST + "expect = 3", "expect", "no table"),
        (LEAST + "max_age_days = false", "max_age_days", "is False"),
        (LEAST + "[manners]\ndelay = nan", "manners.delay", "0 or more"),
        (LEAST + "[manners]\ndelay = inf", "manners.delay", "0 or more"),
        (LEAST + 'tried_live = "no"', "tried_live", "a day such as"),
        (LEAST + 'country = "sa"', "country", "write 'eg'"),
        (LEAST + 'source_id = "other"', "source_id", "write 'post'"),
        ("outlet = ", "(file)", "cannot be read as TOML"),
        (LEAST + f"max_age_days = {'9' * 5000}", "(file)", "cannot be read as TOML"),
        (LEAST + f"x = {'[' * 5000}{']' * 5000}", "(file)", "cannot be read as TOML"),
        (LEAST + f"hosts = {'[' * 300}{']' * 300}", "(file)", "in each other without end"),
        (LEAST + f"[manners]\ndelay = {'9' * 400}", "manners.delay", "0 or more"),
        (LEAST + "max_age_days = 99999999999", "max_age_days", "leave the key out"),
        (LEAST + "tried_live = true", "tried_live", "a day such as"),
        (LEAST.replace("بريد الحي", " "), "outlet", "is empty"),
        (LEAST.replace("/rss", "/all news"), "feeds", "%20"),
        (LEAST.replace('"https://post.example"', '" https://post.example"'), "homepage", "white space"),
        (LEAST + "[articles]\nallow = ['a{99999999999}']", "articles.allow", "no regular expression"),
        (LEAST + "[articles]\ndeny = ['']", "articles.deny", "matches every URL"),
        (LEAST + "sections = [1]", "sections.1", "in quotation marks"),
        (LEAST + 'max_age_days = "30"', "max_age_days", "without quotation marks"),
        (LEAST + 'encoding = "idna"', "encoding", "no known text encoding"),
    ],
)
def test_names_file_key_and_remedy(tmp_path: Path, text: str, key: str, said: str) -> None:
    path = write(tmp_path, text)
    found = [line for line in problems(tmp_path) if line.startswith(f"{path}: {key}: ")]
    assert len(found) == 1
    assert said in found[0]
    assert "; " in found[0], "a problem without a remedy"


@pytest.mark.parametrize("key", ["max_age_days", "tried_live", "outlet"])
def test_one_line_for_a_key_of_a_wrong_type(tmp_path: Path, key: str) -> None:
    text = re.sub(r"^outlet.*\n", "", LEAST) if key == "outlet" else LEAST
    write(tmp_path, text + f"{key} = [1]\n")
    assert len(problems(tmp_path)) == 1


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    path = write(tmp_path, LEAST)
    path.write_bytes(LEAST.encode("windows-1256"))
    assert problems(tmp_path)[0].startswith(f"{path}: (file): cannot be read as TOML")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = write(tmp_path, LEAST)
    path.write_bytes(LEAST.encode("utf-8-sig"))
    assert load_sources(tmp_path)["post"].outlet == "بريد الحي"


@pytest.mark.parametrize("country", ["egypt", "EG", "zz", "e"])
def test_folder_that_is_no_country(tmp_path: Path, country: str) -> None:
    path = write(tmp_path, LEAST, country=country)
    (line,) = problems(tmp_path)
    assert line.startswith(f"{path}: country: ")


@pytest.mark.parametrize("source_id", ["Post", "the-post", "بريد"])
def test_file_name_that_is_no_id(tmp_path: Path, source_id: str) -> None:
    path = write(tmp_path, LEAST, source_id=source_id)
    (line,) = problems(tmp_path)
    assert line.startswith(f"{path}: source_id: ")


def test_all_problems_of_all_files_at_once(tmp_path: Path) -> None:
    first = write(tmp_path, 'outlat = "x"\nfeeds = ["/rss"]\nlanguages = ["arabic"]\n', source_id="a")
    second = write(tmp_path, LEAST + 'timezone = "Mars"\n', source_id="b")
    write(tmp_path, LEAST, source_id="c")
    lines = problems(tmp_path)
    assert {tuple(line.split(": ")[:2]) for line in lines} == {
        (str(first), "outlat"),
        (str(first), "outlet"),
        (str(first), "homepage"),
        (str(first), "feeds"),
        (str(first), "languages"),
        (str(second), "timezone"),
    }


def test_two_files_of_one_id(tmp_path: Path) -> None:
    one = write(tmp_path / "bundled", LEAST, country="eg")
    other = write(tmp_path / "own", LEAST, country="xx")
    (line,) = problems(tmp_path / "bundled", tmp_path / "own")
    assert str(one) in line
    assert str(other) in line


def test_file_whose_name_ends_otherwise(tmp_path: Path) -> None:
    path = write(tmp_path, LEAST)
    other = path.rename(path.with_suffix(".TOML"))
    assert problems(tmp_path) == [f"{other}: (file): 'post.TOML' does not end with .toml; rename the file"]


def test_a_folder_named_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, LEAST)
    assert list(load_sources(tmp_path, tmp_path / ".." / tmp_path.name)) == ["post"]


def test_a_missing_folder(tmp_path: Path) -> None:
    (line,) = problems(tmp_path / "none")
    assert str(tmp_path / "none") in line


def test_sources_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    for country, source_id in (("sa", "b"), ("eg", "c"), ("xx", "a")):
        write(tmp_path, LEAST, country=country, source_id=source_id)
    assert list(load_sources(tmp_path)) == ["a", "b", "c"]


def test_select_keeps_the_order_given(tmp_path: Path) -> None:
    for source_id in ("a", "b", "c"):
        write(tmp_path, LEAST, source_id=source_id)
    sources = load_sources(tmp_path)
    assert [source.source_id for source in select(sources, " c, a,c,")] == ["c", "a"]


def test_select_names_every_unknown_id() -> None:
    sources = load_sources(BUNDLED)
    with pytest.raises(ConfigurationError, match=r"'mahtmsr'; did you mean 'mahttmsr'\?\n.*'gardian'") as caught:
        select(sources, "mahtmsr,youm7,gardian")
    assert "did you mean 'guardian'?" in str(caught.value)


@pytest.mark.parametrize("ids", ["", " , "])
def test_select_of_nothing(ids: str) -> None:
    with pytest.raises(ConfigurationError, match="no source is named"):
        select({}, ids)


def test_bundled_sources_are_sound() -> None:
    sources = load_sources(BUNDLED)
    assert {"mahttmsr", "harbour_ledger", "kooche_news"} <= set(sources)
    assert sum("ar" in source.languages for source in sources.values()) >= 10
    for path in BUNDLED.rglob("*.toml"):
        source = sources[path.stem]
        assert source.paused == source.homepage.endswith(".example"), path
        if not source.paused:
            marked = "never tried live" in path.read_text(encoding="utf-8")
            assert marked == (source.tried_live is False), path


@pytest.mark.parametrize(
    ("source_id", "url", "allowed", "denied"),
    [
        ("mahttmsr", "https://mahttmsr.com/43643", True, False),
        ("mahttmsr", "https://mahttmsr.com/section/2", False, False),
        ("mahttmsr", "https://mahttmsr.com/tag/301", False, True),
        ("youm7", "https://www.youm7.com/story/2021/8/27/عنوان/5432109", True, False),
        ("bbc_arabic", "https://www.bbc.com/arabic/articles/c8g5yzz3pgvo", True, False),
        ("bbc_arabic", "https://www.bbc.com/arabic/middleeast-58323411", True, False),
        ("dw_arabic", "https://www.dw.com/ar/عنوان/a-58993013", True, False),
        ("dw_arabic", "https://www.dw.com/ar/عنوان/av-39095317", False, True),
        ("guardian", "https://www.theguardian.com/world/2021/aug/27/a-story", True, False),
        ("guardian", "https://www.theguardian.com/world/live/2021/aug/27/a-story", True, True),
        ("hespress", "https://www.hespress.com/%d8%ac%d8%af%d9%84-1283197.html", True, False),
    ],
)
def test_article_patterns_of_bundled_sources(source_id: str, url: str, allowed: bool, denied: bool) -> None:
    patterns = load_sources(BUNDLED)[source_id].articles
    assert (patterns.allows(url), patterns.denies(url)) == (allowed, denied)


def test_reference_names_every_key() -> None:
    rows = re.findall(r"^\| (`[^|]+`) \|", REFERENCE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    named = {key for row in rows for key in re.findall(r"`([\w.]+)`", row)}
    keys = {field.name for field in fields(Source)} - {"articles", "manners", "revisits", "expect", "rules"}
    keys |= {f"articles.{field.name}" for field in fields(ArticlePatterns)}
    keys |= {f"manners.{field.name}" for field in fields(Manners)}
    keys |= {f"revisits.{field.name}" for field in fields(Revisits)}
    keys |= {f"expect.{field.name}" for field in fields(Expect)}
    keys |= {f"rules.{field.name}" for field in fields(Rule)}
    assert named == keys


def test_example_of_the_reference_is_a_sound_file(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", REFERENCE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert example
    write(tmp_path, example[1])
    assert load_sources(tmp_path)["post"].outlet == tomllib.loads(example[1])["outlet"]


@pytest.mark.parametrize(
    ("line", "key", "remedy"),
    [
        ("after_hours = [6, 1]", "revisits.after_hours", "write hours: [1, 6, 24]"),
        ("after_hours = [0]", "revisits.after_hours", "write hours: [1, 6, 24]"),
        ("poll_least_minutes = 0.5", "revisits.poll_least_minutes", "write minutes, 1 or more"),
        ("poll_least_minutes = 60\npoll_most_minutes = 30", "revisits.poll_most_minutes", "write as much or more"),
        ("article = false", "revisits.article", "did you mean 'articles'?"),
    ],
)
def test_mistakes_in_revisits_are_named(tmp_path: Path, line: str, key: str, remedy: str) -> None:
    write(tmp_path, f"{LEAST}\n[revisits]\n{line}\n")
    with pytest.raises(ConfigurationError) as refused:
        load_sources(tmp_path)
    assert f": {key}: " in str(refused.value)
    assert remedy in str(refused.value)
