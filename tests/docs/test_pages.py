"""What the pages written by hand say of the code is true of it."""

from __future__ import annotations

import json
import re
import runpy
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from newscrawl.items import FEED_FIELDS, Disposition
from newscrawl.sources.source import ArticlePatterns, Expect, Manners, Revisits, Rule, Source
from tests.crawling import FIXTURES, ROOT, Crawl

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(path for folder in (ROOT, ROOT / "docs", FIXTURES) for path in folder.glob("*.md"))
# What another run of the same crawl gives differently: the earliest of six copies may be another one.
OF_THE_RUN = {"fetched_at", "run", "duplicate_of"}


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table that has this first column, without its head."""
    table = text.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table]


def first_cells(text: str, heading: str) -> list[str]:
    return [row[0].strip("` ") for row in rows(text, heading)]


def test_the_readme_names_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in first_cells(README, "setting"):
        monkeypatch.delenv(name, raising=False)
    settings = runpy.run_path(str(ROOT / "newscrawl" / "settings.py"))
    ours = {name: value for name, value in settings.items() if name.startswith("NEWSCRAWL_")}
    # Where the project lies is no default that a page could state.
    ours["NEWSCRAWL_PROJECT"] = None
    stated = {row[0].strip("` "): row[1] for row in rows(README, "setting")}
    assert stated == {name: "–" if value is None else f"`{value}`" for name, value in ours.items()}


def test_the_readme_names_every_disposition() -> None:
    assert first_cells(README, "disposition") == [str(one) for one in Disposition]


def test_the_readme_names_every_command() -> None:
    commands = {path.stem for path in (ROOT / "newscrawl" / "commands").glob("[!_]*.py")}
    named = {cell.split()[1] for cell in first_cells(README, "command")}
    assert named == commands


def test_every_module_has_one_line_in_the_architecture() -> None:
    architecture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    package = ROOT / "newscrawl"
    modules = {
        path.relative_to(package).as_posix().removesuffix("__init__.py")
        for path in package.rglob("*.py")
        if path.parent.name != "versions" and path != package / "__init__.py"
    }
    lines = first_cells(architecture, "module")
    assert sorted(lines) == sorted(modules)


def test_the_page_on_sources_names_every_key() -> None:
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    named = [key for row in rows(page, "key") for key in re.findall(r"`([\w.]+)`", row[0])]
    tables = {"articles": ArticlePatterns, "manners": Manners, "revisits": Revisits, "expect": Expect, "rules": Rule}
    keys = [field.name for field in fields(Source) if field.name not in tables]
    keys += [f"{table}.{field.name}" for table, kind in tables.items() for field in fields(kind)]
    assert sorted(named) == sorted(keys)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{page.name} links to {link}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in anchors, f"{page.name} links to {link}"


def test_the_readmes_article_is_a_line_of_the_demonstrations_feed(demonstration: Crawl) -> None:
    block = re.search(r"```json\n(.+?)```", README, re.DOTALL)
    assert block is not None
    shown = json.loads(block[1])
    assert list(shown) == FEED_FIELDS
    line = next(line for line in demonstration.lines() if line["url"] == shown["url"])
    wrong = [name for name in FEED_FIELDS if name not in OF_THE_RUN and not _shows(shown[name], line[name])]
    assert wrong == []
    assert f"{len(line['blocks'])} blocks and {len(line['related_links'])} related links" in README


def test_the_readmes_table_is_what_the_demonstration_ends_with(demonstration: Crawl) -> None:
    table = re.search(r"```\n(┏.+?)```", README, re.DOTALL)
    assert table is not None
    assert table[1] in demonstration.stderr


def _shows(shown: Any, value: Any) -> bool:
    """Whether a value is shown as it is, but for what a `…` leaves out at the end of a string or a list."""
    if isinstance(shown, str) and isinstance(value, str) and shown.endswith("…"):
        return value.startswith(shown[:-1]) and len(value) > len(shown)
    if isinstance(shown, list) and isinstance(value, list):
        cut = shown[-1:] == ["…"]
        kept = shown[:-1] if cut else shown
        return (len(value) > len(kept) if cut else len(value) == len(kept)) and all(map(_shows, kept, value))
    if isinstance(shown, dict) and isinstance(value, dict):
        return shown.keys() == value.keys() and all(_shows(shown[key], value[key]) for key in shown)
    return bool(shown == value)
