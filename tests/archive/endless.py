"""A program that archives without end, and says of each exchange when it was written: `endless.py <folder>`."""

from __future__ import annotations

import json
import os
import random
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from newscrawl.archive.exchange import Exchange
from newscrawl.archive.writer import ArchiveWriter
from newscrawl.items import Capture
from tests.archive.exchanges import exchange


def page(number: int) -> Exchange:
    """The exchange of that number; up to a quarter of a megabyte that does not compress."""
    chance = random.Random(number)
    body = b"%d " % number + chance.randbytes(chance.choice([100, 3_000, 30_000, 250_000]))
    return exchange(str(number), b"Content-Type: text/html\r\n", body, started_at=datetime.now(UTC), discovery="feed")


def said(line: str) -> Capture:
    """The capture of a line that the program wrote."""
    return Capture(**json.loads(line))


def main(folder: Path) -> None:
    """Archive exchanges 0, 1, 2, ... in small files until the process is killed."""
    number = 0
    with ArchiveWriter(folder, "news", lambda: datetime.now(UTC), max_bytes=1_000_000) as archive:
        while True:
            capture = archive.write(page(number))
            assert capture is not None
            os.write(1, json.dumps(asdict(capture)).encode() + b"\n")
            number += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
