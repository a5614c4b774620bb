from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl.sources.registry import BUNDLED
from tests.crawling import scrapy_here, write_source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_source(tmp_path / "sources", "local_news", "https://local.example")
    return tmp_path / "sources"


def test_the_sources_are_listed(folder: Path) -> None:
    listed = scrapy_here("sources", output=folder, NEWSCRAWL_SOURCES=folder)
    assert (listed.code, listed.stderr) == (0, "")
    rows = {line.split("│")[1].strip(): line for line in listed.stdout.splitlines() if line.startswith("│")}
    assert set(rows) == {"local_news", *(path.stem for path in BUNDLED.rglob("*.toml"))}
    assert "1 feeds" in rows["local_news"]
    assert "محطة مصر" in rows["mahttmsr"]


def test_right_files_are_told_to_be_right(folder: Path) -> None:
    checked = scrapy_here("sources", "--check", output=folder, NEWSCRAWL_SOURCES=folder)
    count = len(list(BUNDLED.rglob("*.toml"))) + 1
    assert (checked.code, checked.stdout, checked.stderr) == (0, f"{count} source files are right\n", "")


def test_a_wrong_file_is_told_with_key_and_remedy(folder: Path) -> None:
    wrong = folder / "xx" / "wrong.toml"
    wrong.write_text('outlet = "Wrong"\nhomepage = "wrong.example"\nfeed = ["https://wrong.example/feed"]\n')
    checked = scrapy_here("sources", "--check", output=folder, NEWSCRAWL_SOURCES=folder)
    assert (checked.code, checked.stdout) == (1, "")
    assert f"{wrong}: feed: unknown key; did you mean 'feeds'?" in checked.stderr
    assert f"{wrong}: homepage: 'wrong.example' is no absolute http(s) URL" in checked.stderr
    assert "Traceback" not in checked.stderr


def test_an_unknown_option_is_refused(tmp_path: Path) -> None:
    checked = scrapy_here("sources", "--chek", output=tmp_path)
    assert checked.code == 2
    assert "--chek" in checked.stderr + checked.stdout
