"""What packing a page costs by library and level: `python -m benchmarks.packing --pages FOLDER`."""

from __future__ import annotations

import argparse
import time
import zlib
from collections.abc import Callable
from pathlib import Path

from isal import igzip_lib

from benchmarks.site import read_pages

_ROUNDS = 4


def main() -> None:
    """Print milliseconds and bytes a page, sent unpacked: the best of four rounds over the folder's pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path, required=True)
    bodies = read_pages(parser.parse_args().pages)
    print(f"{len(bodies)} pages, {sum(map(len, bodies)) / len(bodies) / 1000:.0f} KB each")
    print("| library, level | ms | KB |\n| --- | --- | --- |")
    for level in (3, 6):
        _measure(f"zlib {level}", bodies, lambda body, level=level: _zlib(body, level))  # type: ignore[misc]
    for level in (1, 3):
        _measure(
            f"isal {level}",
            bodies,
            lambda body, level=level: igzip_lib.compress(body, level, igzip_lib.COMP_GZIP),  # type: ignore[misc]
        )


def _measure(name: str, bodies: list[bytes], pack: Callable[[bytes], bytes]) -> None:
    seconds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        size = sum(len(pack(body)) for body in bodies)
        seconds.append(time.process_time() - began)
    print(f"| {name} | {1000 * min(seconds) / len(bodies):.2f} | {size / len(bodies) / 1000:.1f} |")


def _zlib(body: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(body) + packer.flush()


if __name__ == "__main__":
    main()
