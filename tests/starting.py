"""`scrapy` as processes of their own, forked by one that has loaded the modules: of a short command that is most.

Such a process differs from `python -m scrapy` in nothing but that: it has its own arguments, folder, environment,
output and exit code, reads the settings itself, and starts reactor, threads and workers itself.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
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
            )

    def run(
        self,
        arguments: list[str],
        *,
        cwd: Path,
        environment: dict[str, str],
        stdout: IO[Any],
        stderr: IO[Any],
        timeout: float,
    ) -> int:
        """Run `scrapy <arguments>` to its end, its output into the two files; its exit code, negative for a signal.

        Raises subprocess.TimeoutExpired, with the process killed, when it takes more than `timeout` seconds.
        """
        told, tells = os.pipe()
        try:
            asked = json.dumps({"arguments": arguments, "cwd": str(cwd), "environment": environment}).encode()
            socket.send_fds(self._ours, [asked], [stdout.fileno(), stderr.fileno(), tells])
        finally:
            os.close(tells)
        with os.fdopen(told, encoding="ascii") as answers:
            process = int(answers.readline())
            watch = threading.Timer(timeout, os.kill, (process, signal.SIGKILL))
            watch.start()
            code = answers.readline()
            began_in_time = watch.is_alive()
            watch.cancel()
        if not began_in_time:
            raise subprocess.TimeoutExpired(arguments, timeout)
        return int(code)

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
        os.write(tells, f"{process}\n".encode())
        _, status = os.waitpid(process, 0)
        os.write(tells, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)
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
    sys.argv = ["scrapy", *asked["arguments"]]
    runpy.run_module("scrapy", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
