from __future__ import annotations

import gzip
import zlib

import pytest

from newscrawl.codings import DECODERS, CodingBroken, CodingCutShort
from tests.archive.exchanges import CODINGS

BODY = b"news " * 40_000


def decoded(name: str, body: bytes) -> bytes:
    return b"".join(DECODERS[name.removeprefix("bare-").encode()](body))


@pytest.mark.parametrize("name", CODINGS)
def test_pieces_join_to_the_body(name: str) -> None:
    assert decoded(name, CODINGS[name](BODY)) == BODY


@pytest.mark.parametrize("name", CODINGS)
def test_a_cut_body_is_told_after_what_could_be_read(name: str) -> None:
    pieces: list[bytes] = []
    with pytest.raises(CodingCutShort, match="cut short"):
        pieces.extend(DECODERS[name.removeprefix("bare-").encode()](CODINGS[name](BODY)[:-1]))
    assert BODY.startswith(b"".join(pieces))


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_another_codings_body_is_broken(name: str) -> None:
    with pytest.raises(CodingBroken):
        decoded(name, b"\xff\xfe" * 500)


def test_bytes_after_the_end_are_left_out() -> None:
    assert decoded("gzip", gzip.compress(BODY) + b"rubbish") == BODY
    assert decoded("deflate", zlib.compress(BODY) + b"rubbish") == BODY
