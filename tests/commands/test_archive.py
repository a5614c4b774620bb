"""`scrapy archive` on what real crawls left, in the folder and in a real store."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scrapy.cmdline import execute

from tests.archive.exchanges import exchange
from tests.archive.exchanges import writer as open_writer
from tests.crawling import HASTE, ROOT, Crawl, scrapy, write_source
from tests.object_store import ObjectStore
from tests.server import Answer, Server, page, rss

# The first run sets the server's environment up.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ORCHARD = [f"/orchard/story-{number}.html" for number in range(3)]
HARBOUR = [f"/harbour/story-{number}.html" for number in range(2)]
CHANGED = (
    b"<!doctype html><html lang=en><title>Anew</title><h1>Anew</h1>"
    + b"<p>What was told is told in other words.</p>" * 5
)


@dataclass(frozen=True)
class Project:
    """A project with two sources, of one server."""

    folder: Path
    server: Server

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def archive(self) -> Path:
        return self.output / "archive"

    def crawl(self, *arguments: str, **settings: Any) -> Crawl:
        given = {"NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_BUNDLED_SOURCES": 0, **HASTE}
        given |= {"NEWSCRAWL_SOURCES": self.folder / "sources", "ROBOTSTXT_OBEY": 0, **settings}
        done = scrapy("crawl", "news", *arguments, output=self.output, **given)
        assert done.code == 0, done.stderr
        return done

    def ask(self, *arguments: str, variables: dict[str, str] | None = None, **settings: Any) -> Crawl:
        """`scrapy archive`."""
        return scrapy("archive", *arguments, output=self.output, variables=variables, **settings)

    def warcs(self) -> list[str]:
        return sorted(path.name for path in self.archive.glob("*.warc.gz"))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Three crawls on three days: all of one source, of the other, and of the first again, one page of it changed."""
    folder = tmp_path_factory.mktemp("project")
    with Server() as server:
        project = Project(folder, server)
        for name, paths in (("orchard", ORCHARD), ("harbour", HARBOUR)):
            server.routes.update({path: Answer(body=page(path)) for path in paths})
            home = f"{server.home}/{name}"
            server.routes[f"/{name}/feed"] = rss(*(server.home + path for path in paths))
            write_source(folder / "sources", name, home)
        project.crawl("-a", "sources=orchard", NEWSCRAWL_NOW="2026-01-31T10:00:00+00:00")
        project.crawl("-a", "sources=harbour", NEWSCRAWL_NOW="2026-02-01T10:00:00+00:00")
        server.routes[ORCHARD[0]] = Answer(body=CHANGED)
        project.crawl("-a", "sources=orchard", NEWSCRAWL_NOW="2026-02-02T10:00:00+00:00")
        assert len(project.warcs()) == 3
        yield project


@pytest.fixture
def project(crawled: Project, tmp_path: Path) -> Project:
    """A copy of it, to be changed."""
    shutil.copytree(crawled.output, tmp_path / "output")
    return Project(tmp_path, crawled.server)


def packaged(wacz: Path) -> tuple[list[str], list[dict[str, str]]]:
    """The names of the WARCs and the pages."""
    with zipfile.ZipFile(wacz) as zipped:
        names = [name.removeprefix("archive/") for name in zipped.namelist() if name.startswith("archive/")]
        _, *pages = map(json.loads, zipped.read("pages/pages.jsonl").decode().splitlines())
        return names, pages


def test_the_list_tells_the_state_of_every_warc(project: Project, object_server: ObjectStore) -> None:
    first, second, third = project.warcs()
    dead = project.archive / (third + ".open")
    (project.archive / third).rename(dead)
    with open_writer(project.archive) as living:
        living.write(exchange("first", b"", b"first"))
        said = project.ask("--json")
        assert said.code == 0, said.stderr
        lines = {line.pop("warc"): line for line in map(json.loads, said.stdout.splitlines())}
        table = project.ask()
    assert table.code == 0, table.stderr
    (written,) = set(lines) - {first, second, third}
    assert [lines[name]["state"] for name in (first, second, third, written)] == [
        "closed", "closed", "left open", "written"
    ]  # fmt: skip
    assert lines[second] == {
        "state": "closed",
        "bytes": (project.archive / second).stat().st_size,
        "captures": 3,
        "first": "2026-02-01T10:00:00+00:00",
        "last": "2026-02-01T10:00:00+00:00",
    }
    assert lines[third]["bytes"] == dead.stat().st_size
    assert (lines[third]["captures"], lines[written]["captures"]) == (4, None)
    assert all(name in table.stdout for name in lines)
    assert "4 WARCs, " in table.stdout
    assert "11 captures" in table.stdout
    assert "closed by the next crawl" in table.stdout


def test_closed_files_move_on_demand_and_are_listed_where_they_are(
    project: Project, object_server: ObjectStore
) -> None:
    url = object_server.bucket()
    store: dict[str, Any] = {"variables": object_server.variables, "NEWSCRAWL_ARCHIVE_STORE": url}
    names = project.warcs()
    moved = project.ask("--move", **store)
    assert (moved.code, moved.stdout) == (0, f"3 WARCs moved to {url}\n"), moved.stderr
    assert list(project.archive.iterdir()) == []
    listed = [json.loads(line) for line in project.ask("--json", **store).stdout.splitlines()]
    assert [(line["warc"], line["state"]) for line in listed] == [(name, "stored") for name in names]
    assert [line["captures"] for line in listed] == [4, 3, 4]
    assert project.ask("--move", **store).stdout == f"0 WARCs moved to {url}\n"
    for arguments, settings, said in (
        (["--move"], {}, "name one in NEWSCRAWL_ARCHIVE_STORE"),
        (["--move"], {**store, "NEWSCRAWL_ARCHIVE_STORE": "s3://no-such-bucket/x"}, "NoSuchBucket"),
        (["--json"], {**store, "NEWSCRAWL_ARCHIVE_STORE": "s3://no-such-bucket/x"}, "NoSuchBucket"),
    ):
        refused = project.ask(*arguments, **settings)
        assert refused.code == 1
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr


def test_index_and_package_hold_what_is_in_the_folder_and_in_the_store(
    project: Project, object_server: ObjectStore, tmp_path: Path
) -> None:
    store: dict[str, Any] = {
        "variables": object_server.variables, "NEWSCRAWL_ARCHIVE_STORE": object_server.bucket(),
    }  # fmt: skip
    local, there = tmp_path / "local.wacz", tmp_path / "there.wacz"
    now: dict[str, Any] = {"NEWSCRAWL_NOW": "2026-03-01T12:00:00+00:00"}
    assert project.ask("--wacz", str(local), **now).code == 0
    assert project.ask("--index").code == 0
    index = (project.archive / "index.cdxj").read_bytes()
    names = project.warcs()
    last = {name: (project.archive / name).read_bytes() for name in (names[2], names[2].replace(".warc.gz", ".cdxj"))}
    assert project.ask("--move", **store).code == 0
    assert [path.name for path in project.archive.iterdir()] == ["index.cdxj"]
    # One of them in both places, as a mover leaves it that is killed.
    for name, content in last.items():
        (project.archive / name).write_bytes(content)
    said = project.ask("--index", **store)
    assert (said.code, said.stdout) == (0, f"{project.archive}/index.cdxj: the index of 3 WARCs\n"), said.stderr
    assert (project.archive / "index.cdxj").read_bytes() == index
    assert project.ask("--wacz", str(there), **store, **now).code == 0
    assert there.read_bytes() == local.read_bytes()
    assert sorted(path.name for path in project.archive.iterdir()) == sorted(["index.cdxj", *last])


def test_the_merged_index_is_sorted_and_whole_and_made_again(project: Project) -> None:
    for _ in range(2):
        said = project.ask("--index")
        assert said.code == 0, said.stderr
    lines = (project.archive / "index.cdxj").read_bytes().splitlines()
    own = list(project.archive.glob("newscrawl-*.cdxj"))
    assert len(own) == 3
    assert lines == sorted(line for path in own for line in path.read_bytes().splitlines())
    assert len(lines) == 11
    (project.folder / "elsewhere.cdxj").write_bytes(b"old")
    assert project.ask("--index", str(project.folder / "elsewhere.cdxj")).code == 0
    assert (project.folder / "elsewhere.cdxj").read_bytes().splitlines() == lines
    # The index of a WARC that lost its own is made from its records.
    own[0].unlink()
    said = project.ask("--index")
    assert said.code == 0, said.stderr
    assert (project.archive / "index.cdxj").read_bytes().splitlines() == lines
    # It is taken for nobody's own: a crawl leaves it alone, and the list does not know it.
    assert len(project.ask("--json").stdout.splitlines()) == 3


def test_a_package_of_everything(crawled: Project, tmp_path: Path) -> None:
    target = tmp_path / "all.wacz"
    target.write_bytes(b"old")
    said = crawled.ask("--wacz", str(target))
    assert said.code == 0, said.stderr
    names, pages = packaged(target)
    assert names == crawled.warcs()
    assert f"{target}: 3 WARCs, 6 pages, " in said.stdout
    home = crawled.server.home
    assert [(one["url"].removeprefix(home), one["ts"], one.get("text")) for one in pages] == [
        *((path, "2026-01-31T10:00:00Z", None) for path in ORCHARD),
        *((path, "2026-02-01T10:00:00Z", None) for path in HARBOUR),
        (ORCHARD[0], "2026-02-02T10:00:00Z", None),
    ]
    assert pages[-1]["title"] == "Anew"


def test_a_package_of_some_pages_holds_their_warcs_and_no_other(crawled: Project, tmp_path: Path) -> None:
    first, second, third = crawled.warcs()
    target = tmp_path / "some.wacz"

    def package(*arguments: str) -> tuple[list[str], list[str]]:
        said = crawled.ask("--wacz", str(target), *arguments)
        assert said.code == 0, said.stderr
        names, pages = packaged(target)
        return names, [one["url"].removeprefix(crawled.server.home) for one in pages]

    assert package("--source", "harbour") == ([second], HARBOUR)
    assert package("--source", "orchard") == ([first, third], [*ORCHARD, ORCHARD[0]])
    assert package("--until", "2026-01-31") == ([first], ORCHARD)
    assert package("--since", "2026-02-02") == ([third], [ORCHARD[0]])
    assert package("--since", "2026-02-01", "--until", "2026-02-02T10:00:00+00:00") == ([second], HARBOUR)
    crawled.ask("--wacz", str(target), "--source", "harbour", "--text")
    assert all("text" in one and one["text"] for one in packaged(target)[1])


def test_a_page_that_repeats_another_answer_brings_the_warc_of_that(crawled: Project, tmp_path: Path) -> None:
    project = Project(tmp_path, crawled.server)
    shutil.copytree(crawled.output, project.output)
    shutil.copytree(crawled.folder / "sources", tmp_path / "sources")
    copy = "/harbour/copy.html"
    crawled.server.routes[copy] = crawled.server.routes[ORCHARD[1]]
    project.crawl("-a", f"urls={crawled.server.home}{copy}", NEWSCRAWL_NOW="2026-02-05T10:00:00+00:00")
    first, _, _, last = project.warcs()
    target = tmp_path / "copy.wacz"
    assert project.ask("--wacz", str(target), "--since", "2026-02-05").code == 0
    assert packaged(target)[0] == [first, last]
    # Without it the page could not be shown.
    (project.archive / first).unlink()
    said = project.ask("--wacz", str(target), "--since", "2026-02-05")
    assert said.code == 0
    assert packaged(target) == ([last], [])
    assert f"left out: 1 page whose WARC is still written, or not here: {first}" in said.stderr
    (project.archive / last).unlink()
    none = project.ask("--wacz", str(target), "--since", "2026-02-05")
    assert none.code == 1
    assert "no WARC of those pages is closed and here" in none.stderr
    assert packaged(target) == ([last], [])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--wacz", "x.zip"], 2, "does not end in .wacz"),
        (["--wacz", "no/such/folder/x.wacz"], 2, "name a file in a folder that exists"),
        (["--index", "x.json"], 2, "does not end in .cdxj"),
        (["--wacz", "x.wacz", "--index"], 2, "name one of"),
        (["--source", "orchard"], 2, "belong to --wacz"),
        (["--wacz", "x.wacz", "--since", "yesterday"], 2, "no day such as"),
        (["--wacz", "x.wacz", "--since", "2026-01-31T10:00"], 2, "states no offset"),
        (["surplus"], 2, "unknown argument surplus"),
        (["--wacz", "x.wacz", "--source", "nobody"], 1, "no stored page is of that source and time"),
        (["--wacz", "/proc/x.wacz"], 1, "/proc/x.wacz"),
    ],
)
def test_what_cannot_be_done_is_refused(
    crawled: Project,
    arguments: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "newscrawl.settings")
    with pytest.raises(SystemExit) as ended:
        execute(["scrapy", "archive", "-s", f"NEWSCRAWL_OUTPUT={crawled.output}", *arguments])
    assert ended.value.code == code
    told = capsys.readouterr()
    assert said in told.err + told.out


def test_the_index_of_a_warc_is_never_replaced(crawled: Project) -> None:
    own = sorted(crawled.archive.glob("newscrawl-*.cdxj"))[0]
    before = own.read_bytes()
    done = crawled.ask("--index", str(own))
    assert done.code == 2
    assert "is the index of one WARC" in done.stderr + done.stdout
    assert own.read_bytes() == before


def test_where_nothing_is_archived_it_is_said(tmp_path: Path) -> None:
    for arguments, code, said in (
        ([], 0, "nothing is archived in"),
        (["--index"], 1, "no closed WARC is in"),
        (["--wacz", str(tmp_path / "x.wacz")], 1, "no closed WARC is in"),
    ):
        done = scrapy("archive", *arguments, output=tmp_path / "output")
        assert (done.code, done.stdout) == (code, "")
        assert said in done.stderr
    assert list(tmp_path.iterdir()) == []
