"""`scrapy` as processes of their own, forked by one that has loaded the modules: of a short command that is most.

Such a process differs from `python -m scrapy` in nothing but that: it has its own arguments, folder, environment,
output and exit code, reads the settings itself, and starts reactor, threads and workers itself. What Python reads of
the environment when it starts (PYTHONHASHSEED and its like) it has from the process that forks it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

# What a crawl and the commands load in any case. Not the settings, which read the environment, and nothing of what
# only workers load.
_ROOMS = (
    "newscrawl.commands", "newscrawl.spiders", "newscrawl.pipelines", "newscrawl.middlewares", "newscrawl.downloaders",
    "newscrawl.extensions", "newscrawl.storage", "newscrawl.archive",
    "scrapy.downloadermiddlewares", "scrapy.spidermiddlewares", "alembic",
)  # fmt: skip
_NEVER = ("newscrawl.settings", "twisted.internet.reactor", "trafilatura")


class Started:
    """A process that was started, and of subprocess.Popen what tells its end."""

    def __init__(self, arguments: list[str], told: int) -> None:
        self._arguments = arguments
        self._told = os.fdopen(told, "rb", buffering=0)
        self.pid = int(self._told.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """The same, once it has ended. Raises subprocess.TimeoutExpired when that takes more than so many seconds."""
        code = self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(self._arguments, timeout or 0)
        return code

    def send_signal(self, sent: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, sent)

    def _look(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = int(self._told.readline())
            self._told.close()
        return self.returncode


class Starter:
    """The process that has the modules, and forks one that runs `scrapy` whenever it is asked."""

    def __init__(self, folder: Path) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.starting", str(theirs.fileno())],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(folder)},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def start(
        self,
        module: str,
        arguments: list[str],
        *,
        cwd: Path,
        environment: dict[str, str],
        stdout: IO[Any],
        stderr: IO[Any],
    ) -> Started:
        """Start `python -m <module> <arguments>`, the leader of a session of its own, its output into the two files."""
        asked = {"module": module, "arguments": arguments, "cwd": str(cwd), "environment": environment}
        told, tells = os.pipe()
        try:
            socket.send_fds(self._ours, [json.dumps(asked).encode()], [stdout.fileno(), stderr.fileno(), tells])
        finally:
            os.close(tells)
        return Started(arguments, told)

    def end(self) -> None:
        """End it. What it has started goes on."""
        self._ours.close()
        self._process.wait(20)


def _load() -> None:
    for room in _ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.iter_modules(package.__path__, room + "."):
            importlib.import_module(module.name)
    for name in _NEVER:
        assert name not in sys.modules, f"{name} is loaded, which each command loads itself or not at all"
    assert threading.active_count() == 1
    gc.collect()
    gc.freeze()


def _asked(requests: socket.socket) -> dict[str, Any]:
    """What to run, in the process that is to run it; each is forked by one that waits for it and tells its end."""
    waiting: set[int] = set()
    while True:
        message, files, _, _ = socket.recv_fds(requests, 2**20, 3)
        if not message:
            sys.exit()
        waiting -= {process for process in waiting if os.waitpid(process, os.WNOHANG)[0]}
        process = os.fork()
        if process == 0:
            break
        waiting.add(process)
        for file in files:
            os.close(file)
    requests.close()
    stdout, stderr, tells = files
    if process := os.fork():
        _, status = os.waitpid(process, 0)
        os.write(tells, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)
    os.setsid()
    os.write(tells, f"{os.getpid()}\n".encode())
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    for file in files:
        os.close(file)
    asked: dict[str, Any] = json.loads(message)
    return asked


def _main() -> None:
    _load()
    asked = _asked(socket.socket(fileno=int(sys.argv[1])))
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    os.chdir(asked["cwd"])
    sys.path[0] = asked["cwd"]
    sys.argv = [asked["module"], *asked["arguments"]]
    runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
