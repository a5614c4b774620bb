"""The walk over a WARC, for its own sake: nothing is passed over, whatever the bytes."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import pytest

from newscrawl.archive.walking import Damaged, Walked, walk
from tests.archive.exchanges import pages, writer


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    """A WARC of twenty pages."""
    with writer(tmp_path) as archive:
        for one in pages(20):
            archive.write(one)
    (path,) = tmp_path.glob("*.warc.gz")
    return path.read_bytes()


def walked(content: bytes, end: int | None = None) -> list[Walked | Damaged]:
    found = list(walk(BytesIO(content), len(content) if end is None else end))
    at = 0
    for one in found:
        assert one.offset == at
        at += one.length
    assert at == (len(content) if end is None else end)
    return found


def test_a_whole_file(content: bytes) -> None:
    found = walked(content)
    assert {type(one) for one in found} == {Walked}
    kinds = [one.kind for one in found if isinstance(one, Walked)]
    assert (kinds[0], kinds.count("response"), kinds.count("request")) == ("warcinfo", 20, 20)


def test_as_far_as_it_is_told_to(content: bytes) -> None:
    whole = walked(content)
    assert walked(content, whole[10].offset) == whole[:10]


def test_wherever_it_is_cut_what_stands_before_is_whole(content: bytes) -> None:
    whole = walked(content)
    ends = {one.offset + one.length for one in whole}
    for end in random.Random(5).sample(range(1, len(content)), 60):
        found = walked(content[:end])
        before = [one for one in whole if one.offset + one.length <= end]
        assert found[: len(before)] == before
        assert (found[len(before) :] == []) == (end in ends)


def test_whatever_byte_is_changed_one_record_is_damaged(content: bytes) -> None:
    whole = walked(content)
    for at in random.Random(6).sample(range(len(content)), 100):
        hit = next(one for one in whole if one.offset <= at < one.offset + one.length)
        # What a gzip member says of its writer and of its time is no part of what it holds; nor are the bits that fill
        # up the last byte before its checksum and length, of eight bytes.
        if 4 <= at - hit.offset <= 9 or at == hit.offset + hit.length - 9:
            continue
        changed = content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]
        damaged = [one for one in walked(changed) if isinstance(one, Damaged)]
        assert [(one.offset, one.length) for one in damaged] == [(hit.offset, hit.length)], at


def test_a_file_shorter_than_it_should_be(content: bytes) -> None:
    found = walked(content, len(content) + 100)
    assert found[-1] == Damaged(len(content), 100, "the file ends within it")


def test_a_long_stretch_of_nothing_is_not_held_in_memory(content: bytes) -> None:
    nothing = bytes(40 << 20)
    found = walked(nothing + content)
    assert [one for one in found if isinstance(one, Walked)] != []
    assert all(one.length <= (1 << 24) + (1 << 17) for one in found)
