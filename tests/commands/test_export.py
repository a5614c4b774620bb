from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import feedparser
import pytest
from lxml import etree
from pyarrow import parquet

from newscrawl.storage import exports
from newscrawl.storage.database import Database
from tests.crawling import Crawl, command, environment, scrapy_here
from tests.exporting.stored import FIRST, SECOND, fill
from tests.storage.test_articles import article, store


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, folder / 'newscrawl.db')}")
    fill(database)
    database.close()
    return folder


@pytest.fixture(scope="module")
def long_headline(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    folder = tmp_path_factory.mktemp("long")
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, folder / 'newscrawl.db')}")
    # Such as no compression makes short.
    store(database, article(headline=Random(1).randbytes(200_000).hex()))
    database.close()
    return folder


def export(output: Path, *arguments: Any, **settings: Any) -> Crawl:
    return scrapy_here("export", *map(str, arguments), output=output, **settings)


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet", "a.atom", "a.rss"])
def test_the_ending_tells_the_format(output: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    told = export(output, "--output", file)
    assert (told.code, told.stderr) == (0, "")
    assert told.stdout == f"{file}: 5 {'entries' if name in ('a.atom', 'a.rss') else 'articles'}\n"
    match file.suffix:
        case ".jsonl":
            assert len(lines(file)) == 5
        case ".csv":
            with file.open(encoding="utf-8", newline="") as text:
                assert len(list(csv.DictReader(text))) == 5
        case ".parquet":
            assert parquet.read_metadata(file).num_rows == 5
        case _:
            assert len(feedparser.parse(file.read_bytes()).entries) == 5
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--source", "other", "news", "--language", "AR_eg"], ["target", "naming"]),
        (["--run", SECOND, FIRST, "--since", "2026-01-02"], ["naming", "change", "late"]),
        (["--until", "2025-12-31"], ["target"]),
        (["--since-run", SECOND], ["change", "late"]),
        (["--revisions", "all", "--run", FIRST, "--source", "news"], ["target", "naming", "change"]),
        (["--since", "2030-01-01"], []),
    ],
)
def test_the_choices(output: Path, tmp_path: Path, arguments: list[str], expected: list[str]) -> None:
    assert export(output, "-o", tmp_path / "a.jsonl", *arguments).code == 0
    assert [line["url"].rpartition("/")[2] for line in lines(tmp_path / "a.jsonl")] == expected


def test_without_body_and_for_excel(output: Path, tmp_path: Path) -> None:
    assert export(output, "-o", tmp_path / "a.csv", "--without-body", "--excel").code == 0
    told = (tmp_path / "a.csv").read_bytes()
    assert told.startswith(b"\xef\xbb\xbfid,url,")
    assert b",body," not in told.partition(b"\r\n")[0]


def test_a_feed_of_changes(output: Path, tmp_path: Path) -> None:
    address = "https://archive.example/changes"
    arguments = ("--changes", "--source", "news", "--feed-url", address, "--limit", "3")
    assert export(output, "-o", tmp_path / "a.atom", *arguments).code == 0
    feed = feedparser.parse((tmp_path / "a.atom").read_bytes())
    assert feed.feed.title == "Changed articles: news"
    assert [entry.title for entry in feed.entries] == ["بعد (revision 2)"]
    assert [link.href for link in feed.feed.links] == [address]


def test_a_feed_is_limited_and_may_have_the_body(output: Path, tmp_path: Path) -> None:
    assert export(output, "-o", tmp_path / "a.rss", "--limit", "2", "--with-body").code == 0
    entries = feedparser.parse((tmp_path / "a.rss").read_bytes()).entries
    assert [entry.title for entry in entries] == ["المتأخر", "بعد"]
    assert all("content" in entry for entry in entries)


def test_the_graph(output: Path, tmp_path: Path) -> None:
    told = export(output, "--graph", tmp_path / "g.graphml")
    assert (told.code, told.stdout) == (0, f"{tmp_path / 'g.graphml'}: 7 node(s), 7 edge(s)\n")
    etree.parse(tmp_path / "g.graphml")
    told = export(output, "--graph", tmp_path / "g.parquet", "--source", "other")
    assert told.code == 0
    assert told.stdout == f"{tmp_path / 'g.nodes.parquet'} and {tmp_path / 'g.edges.parquet'}: 2 node(s), 1 edge(s)\n"
    assert parquet.read_metadata(tmp_path / "g.nodes.parquet").num_rows == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--source", "nope"], "of a source 'nope'; name one of news, other"),
        (["--run", "nope"], "no run 'nope'"),
        (["--since-run", "nope"], "no run 'nope'"),
        (["--format", "xlsx"], "'xlsx' is no format; name one of jsonl, csv, parquet, atom, rss"),
        (["--since", "yesterday"], "yesterday is no day such as 2026-01-31"),
        (["--until", "2026-13-01"], "2026-13-01 is no day"),
        (["--since", "2026-02-01", "--until", "2026-01-01"], "is before"),
        (["--without-opt-outs", "noia"], "'noia' is no signal; name some of ai_crawlers, noarchive,"),
        (["--language", "?"], "'?' is no language; write a tag such as ar"),
        (["--format", "atom", "--limit", "0"], "one entry or more"),
        (["--graph", "g.gexf"], ".graphml"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    output: Path, tmp_path: Path, arguments: list[str], says: str
) -> None:
    kept = tmp_path / "a.jsonl"
    kept.write_text("kept", encoding="utf-8")
    place = [] if "--graph" in arguments else ["-o", kept]
    told = export(output, *arguments, *place)
    assert (told.code, told.stdout) == (1, "")
    assert says in told.stderr
    assert told.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
    assert kept.read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("name", ["", "no/folder/a.csv", "a.what"])
def test_a_place_that_takes_no_export(output: Path, tmp_path: Path, name: str) -> None:
    told = export(output, "-o", tmp_path / name)
    assert told.code == 1
    assert told.stderr.startswith("newscrawl: ")
    assert list(tmp_path.iterdir()) == []


def test_no_database_is_made_to_be_exported(tmp_path: Path) -> None:
    told = export(tmp_path / "nothing", "-o", tmp_path / "a.csv")
    assert told.code == 1
    assert "there is no database at" in told.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["file.jsonl"],
        ["--excel"],
        ["--limit", "5"],
        ["--changes", "--format", "csv"],
        ["--format", "rss", "--without-body"],
        ["--format", "atom", "--revisions", "all"],
        ["--graph", "g.graphml", "-o", "a.jsonl"],
        ["--graph", "g.graphml", "--revisions", "all"],
        ["--revisions", "first"],
    ],
)
def test_what_does_not_go_together(output: Path, arguments: list[str]) -> None:
    assert export(output, *arguments).code == 2


def test_a_database_that_is_damaged_leaves_the_old_file(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(output, folder)
    database = Database(f"sqlite:///{folder / 'newscrawl.db'}")
    store(database, article("https://news.example/long", text="طويل " * 200_000), SECOND)
    database.close()
    # In the midst of the pages of the last article's text.
    with (folder / "newscrawl.db").open("r+b") as file:
        file.seek(-3_000_000, os.SEEK_END)
        file.write(bytes(1_000_000))
    kept = tmp_path / "a.jsonl"
    kept.write_text("kept", encoding="utf-8")
    # So that something was written before.
    monkeypatch.setattr(exports, "_READ_AT_ONCE", 1)
    told = export(folder, "-o", kept)
    assert told.code == 1
    assert "malformed; the file is damaged: restore a backup" in told.stderr
    assert kept.read_text(encoding="utf-8") == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "damaged"]


@pytest.mark.slow
def test_standard_output_holds_the_export_alone(output: Path, tmp_path: Path) -> None:
    export(output, "-o", tmp_path / "a.parquet")
    for arguments in (["--output", "-", "--format", "parquet"], ["--format", "parquet"]):
        told = subprocess.run(command("export", *arguments, output=output), env=environment(), capture_output=True)
        assert (told.returncode, told.stderr) == (0, b"")
        assert told.stdout == (tmp_path / "a.parquet").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet", "g.graphml"])
def test_a_full_disk_leaves_what_was_there(long_headline: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text("kept", encoding="utf-8")
    place = ["--graph" if name == "g.graphml" else "-o", str(file)]
    told = subprocess.run(
        command("export", *place, output=long_headline),
        env=environment(),
        capture_output=True,
        text=True,
        # As a disk that takes so much and no more; SQLite needs some itself.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.endswith("cannot be written: File too large; make room, or name another place\n")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert file.read_text(encoding="utf-8") == "kept"


@pytest.mark.slow
def test_a_standard_output_that_takes_nothing(output: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        told = subprocess.run(command("export", output=output), env=environment(), stdout=full, stderr=subprocess.PIPE)
    assert told.returncode == 1
    assert told.stderr.startswith(b"newscrawl: standard output cannot be written: No space left on device; ")
    assert told.stderr.count(b"\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "atom"])
def test_a_closed_pipe_ends_quietly(output: Path, form: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    told = subprocess.run(
        command("export", "--format", form, output=output), env=environment(), stdout=writing, stderr=subprocess.PIPE
    )
    os.close(writing)
    assert (told.returncode, told.stderr) == (141, b"")
