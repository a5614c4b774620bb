"""What `scrapy archive` makes of a crawl, before the judges and servers of others."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.archive.conftest import Run
from tests.archive.pywb import served
from tests.crawling import HASTE, scrapy
from tests.server import Answer, Server, page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PATHS = [f"/2026/story-{number}.html" for number in range(4)]


@dataclass(frozen=True, slots=True)
class Packaged:
    home: str
    archive: Path
    wacz: Path


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Packaged]:
    """Two crawls, the second of which meets the same payloads, in several WARCs; their index, and their package."""
    output = tmp_path_factory.mktemp("output")
    with Server({path: Answer(body=page(path)) for path in PATHS}) as server:
        for day in (1, 2):
            crawl = scrapy(
                "crawl", "news", "-a", "urls=" + " ".join(server.home + path for path in PATHS), output=output,
                NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, NEWSCRAWL_ARCHIVE_MAX_BYTES=2000, ROBOTSTXT_OBEY=0,
                NEWSCRAWL_NOW=f"2026-03-0{day}T12:00:00+00:00", **HASTE,
            )  # fmt: skip
            assert crawl.code == 0, crawl.stderr
        wacz = output / "news.wacz"
        for arguments in (["--index"], ["--wacz", str(wacz), "--text"]):
            done = scrapy("archive", *arguments, output=output)
            assert done.code == 0, done.stderr
        assert len(list((output / "archive").glob("*.warc.gz"))) > 2
        yield Packaged(server.home, output / "archive", wacz)


def test_wacz_finds_the_package_valid(packaged: Packaged, run: Run) -> None:
    said = run("wacz", "validate", "-f", packaged.wacz)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "Validation succeeded" in said.stdout


@pytest.mark.parametrize("of_package", [False, True])
def test_pywb_serves_every_page(packaged: Packaged, validators: Path, tmp_path: Path, of_package: bool) -> None:
    archive, index = packaged.archive, packaged.archive / "index.cdxj"
    if of_package:
        with zipfile.ZipFile(packaged.wacz) as zipped:
            zipped.extractall(tmp_path / "package")
        archive, index = tmp_path / "package" / "archive", tmp_path / "package.cdxj"
        index.write_bytes(gzip.decompress((tmp_path / "package" / "indexes" / "index.cdx.gz").read_bytes()))
    (tmp_path / "pywb").mkdir()
    with served(validators, tmp_path / "pywb", index, archive) as replay:
        for path in PATHS:
            for day in ("01", "02"):
                answer, body = replay.get(packaged.home + path, f"202603{day}120000")
                assert (answer.status, body) == (200, page(path))
                assert answer.getheader("Memento-Datetime", "").endswith(f"{day} Mar 2026 12:00:00 GMT")
