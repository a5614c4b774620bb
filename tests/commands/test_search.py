from __future__ import annotations

import json
import os
import pty
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.crawling import ROOT, Crawl, command, environment, scrapy

LIBRARY = "https://mahttmsr.com/43651"


@pytest.fixture(scope="module")
def output(demonstration: Crawl, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database alone."""
    output = tmp_path_factory.mktemp("searched")
    shutil.copy(demonstration.output / "newscrawl.db", output)
    return output


def test_words_are_marked_as_they_are_printed(output: Path) -> None:
    done = scrapy("search", "المكتبه المتنقلة", output=output)
    assert done.code == 0, done.stderr
    number, outlet, url, snippet, *_ = done.stdout.splitlines()
    assert number == "1. *مكتبة* *متنقلة* تجوب قرى الفيوم خلال العطلة الصيفية"
    assert (outlet, url) == ("   محطة مصر, 2021-08-28", f"   {LIBRARY}")
    assert "بمدينة الفيوم *مكتبة* *متنقلة* تحمل نحو ألفي كتاب" in snippet
    assert done.stderr == "1 of 1\n"
    assert not set(done.stdout) & set("\x1b\u2068\u2069")


def test_json_has_a_line_for_each_article(output: Path) -> None:
    done = scrapy("search", "library", "--json", "--language", "en-GB", "--source", "harbour_ledger", output=output)
    assert done.code == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines
    first = lines[0]
    assert (first["source"], first["language"]) == ("harbour_ledger", "en")
    assert first["headline"].startswith("Library lends")
    assert [first["headline"][start:end] for start, end in first["marks"]["headline"]] == ["Library"]
    assert {first["snippet"][start:end].lower() for start, end in first["marks"]["snippet"]} == {"library"}
    assert [line["score"] for line in lines] == sorted((line["score"] for line in lines), reverse=True)


def test_no_hit_is_no_failure(output: Path) -> None:
    done = scrapy("search", "مكتبة", "--until", "2021-08-27", "--source", "mahttmsr,harbour_ledger", output=output)
    assert (done.code, done.stdout) == (0, "")
    assert "no article answers" in done.stderr
    assert "first fetch" in done.stderr


def test_a_terminal_gets_colour_and_isolated_arabic(output: Path) -> None:
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        command("search", "مكتبة", output=output),
        cwd=ROOT,
        env=environment(TERM="xterm-256color", COLUMNS="80"),
        stdout=follower,
        stderr=subprocess.DEVNULL,
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            read = os.read(leader, 65536)
        except OSError:
            break
        if not read:
            break
        shown += read
    os.close(leader)
    assert process.wait(timeout=60) == 0
    headline, outlet, url, snippet, *_ = shown.decode().splitlines()
    assert "\x1b[" in headline
    assert "*" not in headline
    for line in (headline, outlet, snippet):
        assert (line.count("\u2068"), line.count("\u2069")) == (1, 1)
    assert url == f"   {LIBRARY}"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["?!"], "no word to search for"),
        (["library", "--source", "harbor_ledger"], "did you mean 'harbour_ledger'?"),
        (["library", "--since", "yesterday"], "--since yesterday is no day"),
        (["library", "--since", "2026-02-01", "--until", "2026-01-01"], "nothing can lie between"),
        (["library", "--language", "klingon!"], "is no language tag"),
        (["library", "--limit", "0"], "--limit 0"),
    ],
)
def test_what_cannot_be_searched_is_told(output: Path, arguments: list[str], told: str) -> None:
    done = scrapy("search", *arguments, output=output)
    assert (done.code, done.stdout) == (1, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_source_without_articles_is_no_unknown_source(output: Path) -> None:
    done = scrapy("search", "library", "--source", "guardian", output=output)
    assert (done.code, done.stdout) == (0, "")


def test_no_database_is_told(tmp_path: Path) -> None:
    done = scrapy("search", "library", output=tmp_path)
    assert (done.code, done.stdout) == (1, "")
    assert "there is no database" in done.stderr


def test_an_empty_file_is_no_archive_without_hits(tmp_path: Path) -> None:
    (tmp_path / "newscrawl.db").touch()
    done = scrapy("search", "library", output=tmp_path)
    assert (done.code, done.stdout) == (1, "")
    assert "an empty file; if articles were stored in it, restore a backup" in done.stderr


@pytest.mark.parametrize("part", ["extractions", "article_search_data"])
def test_a_damaged_database_is_told(output: Path, tmp_path: Path, part: str) -> None:
    file = Path(shutil.copy(output / "newscrawl.db", tmp_path))
    with closing(sqlite3.connect(file)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [part]).fetchone()
    with file.open("r+b") as database:
        database.seek((page - 1) * size)
        database.write(b"\xff" * size)
    done = scrapy("search", "library", output=tmp_path)
    assert (done.code, done.stdout) == (1, "")
    assert "the file is damaged: restore a backup, or move it away and make it again" in done.stderr
    assert "Traceback" not in done.stderr


def test_indexes_are_made_anew(output: Path, tmp_path: Path) -> None:
    shutil.copy(output / "newscrawl.db", tmp_path)
    with closing(sqlite3.connect(tmp_path / "newscrawl.db")) as connection, connection:
        connection.execute("INSERT INTO article_search (article_search) VALUES ('delete-all')")
        (articles,) = connection.execute("SELECT count(*) FROM articles").fetchone()
    assert scrapy("search", "مكتبة متنقلة", output=tmp_path).stdout == ""
    done = scrapy("search", "--reindex", output=tmp_path)
    assert (done.code, done.stdout, done.stderr) == (0, f"indexed: {articles} article(s)\n", "")
    assert LIBRARY in scrapy("search", "مكتبة متنقلة", output=tmp_path).stdout


def test_words_and_reindex_are_not_given_together(tmp_path: Path) -> None:
    done = scrapy("search", "--reindex", "مكتبة", output=tmp_path)
    assert done.code == 2
    assert "name the words to search for, or --reindex without words" in done.stderr
