"""pywb, which serves what is archived."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Replay:
    """A server of pywb's."""

    port: int

    def get(self, url: str, moment: str) -> tuple[http.client.HTTPResponse, bytes]:
        """What is replayed of a URL at a 14-digit time, as it was archived; redirects to the time followed."""
        path = f"/news/{moment}id_/{quote(url, safe=':/%')}"
        while True:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
                connection.request("GET", path, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
                answer = connection.getresponse()
                body = answer.read()
            leads_to = answer.getheader("Location") or ""
            if not re.search(r"/news/\d{14}id_/", leads_to) or leads_to.endswith(path):
                return answer, body
            path = leads_to[leads_to.index("/news/") :]


@contextmanager
def served(validators: Path, folder: Path, index: Path, archive: Path) -> Iterator[Replay]:
    """An index and the folder of its WARCs, while they are served; pywb's own files lie in another folder."""
    collection = {"index_paths": str(index), "archive_paths": f"{archive}/"}
    (folder / "config.yaml").write_text(json.dumps({"collections": {"news": collection}}), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [validators / "wayback", "-p", str(port), "-b", "127.0.0.1"], cwd=folder, stdout=log, stderr=log
        )
    try:
        for _ in range(300):
            assert server.poll() is None, (folder / "log").read_text(encoding="utf-8")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield Replay(port)
    finally:
        server.terminate()
        server.wait()
