from __future__ import annotations

import json
import random
import resource
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from newscrawl.archive.index import cdxj_line, line_of, merge_archive, surt_key
from newscrawl.archive.location import Location
from newscrawl.archive.reader import iterate
from newscrawl.exceptions import ArchiveError
from tests.archive.exchanges import ARABIC, CASES, NOON, exchange, original, pages, writer


def test_a_line_says_where_a_capture_stands(tmp_path: Path) -> None:
    page = exchange("b?x=1", b"Content-Type: text/html; charset=utf-8\r\n", ARABIC)
    with writer(tmp_path) as archive:
        capture = archive.write(page)
    assert capture
    (index,) = tmp_path.glob("*.cdxj")
    key, time, fields = index.read_text(encoding="utf-8").split(" ", 2)
    assert (key, time) == ("example,news)/b?x=1", "20260131120000")
    assert json.loads(fields) == {
        "url": page.url,
        "mime": "text/html",
        "mime-detected": "text/html",
        "status": "200",
        "digest": capture.payload_digest,
        "length": str(capture.length),
        "offset": str(capture.offset),
        "filename": capture.warc,
    }


def test_a_revisit_is_called_one_and_a_304_has_no_line(tmp_path: Path) -> None:
    page = exchange("page", b"Content-Type: text/html\r\n", ARABIC)
    with writer(tmp_path) as archive:
        capture = archive.write(page)
        assert capture
        later = replace(page, started_at=NOON + timedelta(days=1))
        archive.write(later, original(capture, page))
        archive.write(replace(later, head=CASES["304"].exchange.head, body=b""), original(capture, page))
    (index,) = tmp_path.glob("*.cdxj")
    mimes = [json.loads(line.split(" ", 2)[2])["mime"] for line in index.read_text(encoding="utf-8").splitlines()]
    assert mimes == ["text/html", "warc/revisit"]


def test_an_index_is_sorted_and_what_the_warc_says(tmp_path: Path) -> None:
    mixed = [*pages(50), *(case.exchange for case in CASES.values())]
    random.Random(4).shuffle(mixed)
    with writer(tmp_path) as archive:
        for one in mixed:
            archive.write(one)
    (index,), (warc,) = tmp_path.glob("*.cdxj"), tmp_path.glob("*.gz")
    lines = index.read_bytes().splitlines(keepends=True)
    assert lines == sorted(lines)
    assert lines == sorted(line for line in map(line_of, iterate(warc)) if line)
    assert len(lines) == len(mixed) - 1


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://WWW.News.example:443/A/../b?z=1&a=2#f", "example,news)/b?a=2&z=1"),
        ("http://news.example/%D8%AE", "example,news)/%d8%ae"),
        ("http://news.example/a b\nc", "example,news)/a%20bc"),
    ],
)
def test_keys(url: str, key: str) -> None:
    assert surt_key(url) == key


def test_a_key_is_one_word_whatever_the_url() -> None:
    line = cdxj_line(
        "http://news.example/a b\u2028c", NOON, b"", ("a", 0, 1), revisit=False, digest=None, payload_type=None
    )
    assert line.count(b"\n") == 1
    assert line.split(b" ")[1] == b"20260131120000"


def test_sorted_indexes_are_merged(tmp_path: Path) -> None:
    chance = random.Random(2)
    lines = sorted(f"example,n)/{chance.randrange(500)} {number:014} {{}}\n".encode() for number in range(5000))
    chance.shuffle(lines)
    location = Location(tmp_path)
    warcs = [f"{number}.warc.gz" for number in range(300)]
    for number in range(300):
        (tmp_path / f"{number}.cdxj").write_bytes(b"".join(sorted(lines[number::300])))
    target = tmp_path / "index.cdxj"
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    # The limit is on the numbers of open files, among which there may be gaps.
    highest = max(int(file.name) for file in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 160, before[1]))
    try:
        merge_archive(location, warcs, target)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert target.read_bytes() == b"".join(sorted(lines))
    assert {path.suffix for path in tmp_path.iterdir()} == {".cdxj"}
    merge_archive(location, ["index.warc.gz", warcs[0]], target)
    assert target.read_bytes() == b"".join(sorted([*lines, *lines[0::300]]))


def test_an_index_that_is_not_sorted_is_named_and_the_target_stays(tmp_path: Path) -> None:
    (tmp_path / "good.cdxj").write_bytes(b"a 1 {}\nb 1 {}\n")
    (tmp_path / "bad.cdxj").write_bytes(b"b 1 {}\na 1 {}\n")
    target = tmp_path / "index.cdxj"
    target.write_bytes(b"before")
    with pytest.raises(ArchiveError, match=r"the index of bad\.warc\.gz is not sorted"):
        merge_archive(Location(tmp_path), ["good.warc.gz", "bad.warc.gz"], target)
    assert target.read_bytes() == b"before"


def test_urls_that_are_left_out_are_in_no_merged_index(tmp_path: Path) -> None:
    with writer(tmp_path, max_bytes=5000) as archive:
        for page in pages(20):
            archive.write(page)
    location = Location(tmp_path)
    every, some = tmp_path / "every.cdxj", tmp_path / "some.cdxj"
    merge_archive(location, location.closed(), every)
    merge_archive(location, location.closed(), some, {"news.example/page/3", "news.example/page/11"})
    lines = every.read_bytes().splitlines()
    assert len(lines) == 20
    hidden = [line for line in lines if json.loads(line.split(b" ", 2)[2])["url"].endswith(("page/3", "page/11"))]
    assert len(hidden) == 2
    assert some.read_bytes().splitlines() == [line for line in lines if line not in hidden]


def test_many_indexes_of_an_archive_are_merged_by_turns(tmp_path: Path) -> None:
    with writer(tmp_path, max_bytes=1) as archive:
        for page in pages(300, most=10):
            archive.write(page)
    location = Location(tmp_path)
    assert len(location.closed()) == 300
    merge_archive(location, location.closed(), tmp_path / "merged.cdxj", {"news.example/page/7"})
    lines = (tmp_path / "merged.cdxj").read_bytes().splitlines()
    assert lines == sorted(lines)
    assert len(lines) == 299
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []
