"""`scrapy prune` on what real crawls left, in the folder and in a real store; killed between any two steps."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.archive import pruning as files
from newscrawl.commands import prune
from newscrawl.storage import pruning, runs
from newscrawl.storage.database import Database
from newscrawl.storage.runs import RunLock
from tests.crawling import HASTE, Crawl, scrapy, scrapy_here, write_source
from tests.object_store import ObjectStore
from tests.server import Answer, Server, page, rss

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

OLD, NEW = [f"/2026/old-{number}.html" for number in range(3)], "/2026/new.html"
TODAY = "2026-03-01T10:00:00+00:00"


class Project:
    """Two crawls, two months apart: three pages, then a new one; the later asks for an old page again if it is to."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.output, self.sources, self.server = folder / "output", folder / "sources", server
        write_source(self.sources, "local", server.home)
        server.routes.update({path: Answer(body=page(path)) for path in (*OLD, NEW)})
        self.publish(*OLD)

    def publish(self, *paths: str) -> None:
        self.server.routes["/feed"] = rss(*(self.server.home + path for path in paths))

    def crawl(self, now: str, *arguments: str, **settings: Any) -> Crawl:
        given = {**HASTE, "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_BUNDLED_SOURCES": 0, "ROBOTSTXT_OBEY": 0}
        given |= {"NEWSCRAWL_SOURCES": self.sources, "NEWSCRAWL_NOW": now, "NEWSCRAWL_REVISITS": 0, **settings}
        done = scrapy("crawl", "news", *arguments, output=self.output, **given)
        assert done.code == 0, done.stderr
        return done

    def prune(self, *arguments: str, **settings: Any) -> Crawl:
        return scrapy_here(
            "prune", "--older-than", "30", *arguments, output=self.output, NEWSCRAWL_NOW=TODAY, **settings
        )

    def ask(self, *arguments: str, **settings: Any) -> Crawl:
        return scrapy_here(*arguments, output=self.output, NEWSCRAWL_SOURCES=self.sources, **settings)

    def files(self) -> set[str]:
        return {path.name for path in (self.output / "archive").iterdir()}


@pytest.fixture
def project(tmp_path: Path) -> Any:
    with Server() as server:
        project = Project(tmp_path, server)
        project.crawl("2026-01-01T10:00:00+00:00")
        project.publish(NEW)
        yield project


def test_what_is_old_goes_and_everything_knows_it(project: Project) -> None:
    (old,) = [name for name in project.files() if name.endswith(".warc.gz")]
    project.crawl("2026-02-28T10:00:00+00:00")
    before = project.files()
    said = project.prune()
    assert said.code == 0, said.stderr
    assert "1 WARC(s) go" in said.stdout
    assert "the bytes of 3 revision(s)" in said.stdout
    assert project.files() == before

    done = project.prune("--apply")
    assert (done.code, "1 WARC(s) removed" in done.stdout) == (0, True), done.stderr
    stem = old.removesuffix(".warc.gz")
    assert project.files() == before - {old, f"{stem}.cdxj"} | {f"{old}.pruned"}
    verified = project.ask("verify")
    assert verified.code == 0, verified.stdout + verified.stderr
    explained = project.ask("explain", project.server.home + OLD[0])
    assert f"{old} at byte" in explained.stdout
    assert f"pruned {TODAY}, the bytes are gone" in explained.stdout
    assert "pruned" not in project.ask("explain", project.server.home + NEW).stdout
    again = project.ask("savefixture", project.server.home + OLD[0])
    assert again.code == 1
    assert f"{old} was pruned at {TODAY}: its bytes are gone" in again.stderr
    again = project.ask("reextract")
    assert f"{old} was pruned at {TODAY}: its bytes are gone" in again.stdout + again.stderr
    assert "0 WARC(s) removed" in project.prune("--apply").stdout
    # What is met again is archived whole, and not as a revisit of what is gone.
    project.crawl(TODAY, "-a", f"urls={project.server.home + OLD[0]}")
    assert done.rows("SELECT count(*) FROM captures WHERE captured_at > '2026-03-01' AND refers_to IS NOT NULL") == [
        (0,)
    ]
    assert project.ask("verify").code == 0


def test_what_later_files_repeat_is_kept_unless_told(project: Project) -> None:
    project.crawl("2026-02-28T10:00:00+00:00", "-a", f"urls={project.server.home + OLD[0]}")
    before = project.files()
    said = project.prune("--apply")
    assert "kept: repeated" in said.stdout
    assert "0 WARC(s) removed" in said.stdout
    assert project.files() == before
    told = project.prune("--apply", "--repeated-too")
    assert "with them goes what 1 answer(s) of WARCs that stay repeat" in told.stdout
    assert "1 WARC(s) removed" in told.stdout
    verified = project.ask("verify")
    assert verified.code == 0, verified.stdout
    explained = json.loads(project.ask("explain", "--json", project.server.home + OLD[0]).stdout)
    assert all(one["pruned_at"] for one in explained["captures"])
    assert explained["article"]["revisions"][0]["pruned_at"] is not None


@pytest.mark.parametrize("step", ["decided", "noted", "without file", "removed"])
def test_killed_between_two_steps_the_next_finishes_it(
    project: Project, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    def unlink_then_die(names: Any) -> None:
        names.warc.unlink()
        raise Killed

    patched: tuple[Any, str, Any] = {
        "decided": (prune, "remove", die),
        "noted": (files, "_remove_here", die),
        "without file": (files, "_remove_here", unlink_then_die),
        "removed": (pruning, "finish", die),
    }[step]
    with monkeypatch.context() as patch:
        patch.setattr(*patched)
        with pytest.raises(Killed):
            project.prune("--apply")
    done = project.prune("--apply")
    assert "1 WARC(s) removed" in done.stdout, done.stderr
    assert {name.rpartition(".")[2] for name in project.files()} == {"pruned"}
    assert project.ask("verify").code == 0
    assert "0 WARC(s) removed" in project.prune("--apply").stdout


def test_in_the_store_it_goes_too(project: Project, object_server: ObjectStore) -> None:
    url = object_server.bucket()
    store: dict[str, Any] = {"variables": object_server.variables, "NEWSCRAWL_ARCHIVE_STORE": url}
    (old,) = [name for name in project.files() if name.endswith(".warc.gz")]
    assert scrapy("archive", "--move", output=project.output, **store).code == 0
    assert object_server.object(url, old) is not None
    arguments = ("prune", "--older-than", "30", "--apply")
    done = scrapy(*arguments, output=project.output, NEWSCRAWL_NOW=TODAY, **store)
    assert "1 WARC(s) removed" in done.stdout, done.stderr
    assert object_server.object(url, old) is None
    assert object_server.object(url, old.replace(".warc.gz", ".cdxj")) is None
    assert scrapy("verify", output=project.output, **store).code == 0


def test_it_waits_for_no_run_and_disturbs_none(project: Project) -> None:
    database = Database(f"sqlite:///{project.output / 'newscrawl.db'}")
    before = project.files()
    with RunLock(database, "20260131T120000Z-00000000"):
        refused = project.prune("--apply")
    database.close()
    assert refused.code == 1
    assert "another run (20260131T120000Z-00000000, process " in refused.stderr
    assert project.files() == before
    assert project.ask("prune").code == 2


def test_on_postgresql_it_is_refused_while_a_run_lives_and_not_for_one_that_died(
    tmp_path: Path, postgresql_url: str
) -> None:
    database, run_id = Database(postgresql_url), "20260131T120000Z-00000000"
    with database.session() as session:
        runs.begin(session, run_id, spider="news", arguments={}, sources=[], now=datetime(2026, 1, 31, 12, tzinfo=UTC))
    arguments = ("prune", "--older-than", "30", "--apply")
    with RunLock(database, run_id):
        refused = scrapy_here(*arguments, output=tmp_path, NEWSCRAWL_DATABASE_URL=postgresql_url)
    done = scrapy_here(*arguments, output=tmp_path, NEWSCRAWL_DATABASE_URL=postgresql_url)
    database.close()
    assert refused.code == 1
    assert f"a run ({run_id}) is crawling into" in refused.stderr
    assert "wait until it ends" in refused.stderr
    assert (done.code, "No WARC is so old." in done.stdout) == (0, True), done.stderr
