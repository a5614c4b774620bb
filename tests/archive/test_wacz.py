from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from newscrawl.archive.exchange import Exchange
from newscrawl.archive.location import Location
from newscrawl.archive.wacz import ListedPage, package
from newscrawl.exceptions import ArchiveError
from tests.archive.conftest import Run
from tests.archive.exchanges import NOON, pages, writer

PAGES = pages(700, most=50)


def listed(page: Exchange) -> ListedPage:
    return ListedPage(url=page.url, date=page.started_at, title=f"خبر {page.url}", text="نص\nالخبر")


@pytest.fixture(scope="module")
def wacz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wacz")
    with writer(folder, max_bytes=200_000) as archive:
        for page in PAGES:
            archive.write(page)
    target = folder / "news.wacz"
    warcs = list(folder.glob("*.warc.gz"))
    assert len(warcs) > 1
    location = Location(folder)
    package(target, location, location.closed(), map(listed, PAGES), created=NOON, software="newscrawl", title="News")
    assert sorted(path.suffix for path in folder.iterdir()) == [*[".cdxj"] * len(warcs), *[".gz"] * len(warcs), ".wacz"]
    return target


def test_every_file_is_listed_with_its_digest_and_stored_as_it_is(wacz: Path) -> None:
    with zipfile.ZipFile(wacz) as zipped:
        described = json.loads(zipped.read("datapackage.json"))
        for resource in described["resources"]:
            content = zipped.read(resource["path"])
            assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
            assert resource["bytes"] == len(content)
        named = {resource["path"] for resource in described["resources"]}
        assert {info.filename for info in zipped.infolist()} == named | {"datapackage.json", "datapackage-digest.json"}
        assert {info.compress_type for info in zipped.infolist()} == {zipfile.ZIP_STORED}
        signed = json.loads(zipped.read("datapackage-digest.json"))
        assert signed["hash"] == "sha256:" + hashlib.sha256(zipped.read("datapackage.json")).hexdigest()
        for warc in wacz.parent.glob("*.gz"):
            assert zipped.read(f"archive/{warc.name}") == warc.read_bytes()


def test_the_index_is_found_through_its_blocks(wacz: Path) -> None:
    with zipfile.ZipFile(wacz) as zipped:
        packed = zipped.read("indexes/index.cdx.gz")
        meta, *blocks = zipped.read("indexes/index.idx").decode().splitlines()
    assert meta.startswith("!meta 0 ")
    assert len(blocks) == 3
    found = []
    for block in blocks:
        key, time, said = block.split(" ", 2)
        place = json.loads(said)
        member = packed[place["offset"] : place["offset"] + place["length"]]
        assert place["digest"] == "sha256:" + hashlib.sha256(member).hexdigest()
        lines = gzip.decompress(member).splitlines()
        assert lines[0].decode().split(" ", 2)[:2] == [key, time]
        found += lines
    assert found == sorted(line for index in wacz.parent.glob("*.cdxj") for line in index.read_bytes().splitlines())


def test_the_pages_are_listed(wacz: Path) -> None:
    with zipfile.ZipFile(wacz) as zipped:
        head, *lines = map(json.loads, zipped.read("pages/pages.jsonl").decode().splitlines())
    assert head["format"] == "json-pages-1.0"
    assert len(lines) == len(PAGES)
    url = PAGES[0].url
    assert lines[0] == {"id": "1", "url": url, "ts": "2026-01-31T12:00:00Z", "title": f"خبر {url}", "text": "نص\nالخبر"}


def test_a_warc_that_is_still_written_is_refused(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        archive.write(PAGES[0])
        with pytest.raises(ArchiveError, match="not closed"):
            still_open = [path.name for path in tmp_path.glob("*.gz.open")]
            package(tmp_path / "a.wacz", Location(tmp_path), still_open, [], created=NOON, software="newscrawl")
    assert not (tmp_path / "a.wacz").exists()


def test_urls_that_are_left_out_are_not_in_the_index(wacz: Path, tmp_path: Path) -> None:
    location = Location(wacz.parent)
    target = tmp_path / "some.wacz"
    written: list[int] = []
    package(
        target, location, location.closed(), [], created=NOON, software="newscrawl",
        left_out={"news.example/page/3"}, progress=written.append,
    )  # fmt: skip
    with zipfile.ZipFile(target) as zipped:
        lines = gzip.decompress(zipped.read("indexes/index.cdx.gz")).splitlines()
    assert len(lines) == len(PAGES) - 1
    assert not any(b'/page/3"' in line for line in lines)
    assert sum(written) == sum(path.stat().st_size for path in wacz.parent.glob("*.gz"))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_wacz_finds_it_valid(wacz: Path, run: Run, tmp_path: Path) -> None:
    said = run("wacz", "validate", "-f", wacz)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "Validation succeeded" in said.stdout
    changed = tmp_path / "changed.wacz"
    with zipfile.ZipFile(wacz) as old, zipfile.ZipFile(changed, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info, content + b"\n" if info.filename == "pages/pages.jsonl" else content)
    assert "Validation succeeded" not in run("wacz", "validate", "-f", changed).stdout
