from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newscrawl.archive.location import Location
from newscrawl.archive.reader import StoredExchange, iterate, iterate_closed, read_captures
from newscrawl.exceptions import ArchiveError
from newscrawl.items import Capture
from tests.archive.exchanges import CASES, original, pages, writer

REPEATED = CASES["gzip"].exchange


def fill(folder: Path) -> tuple[list[Capture], Capture, Capture]:
    """Several closed files; the captures of their pages, then a response and, in another file, its revisit."""
    with writer(folder, max_bytes=20_000) as archive:
        first = archive.write(REPEATED)
        assert first is not None
        captures = [archive.write(page) for page in pages(60)]
        again = archive.write(replace(REPEATED, url=REPEATED.url + "-again"), original(first, REPEATED))
    assert again is not None
    assert len(list(folder.glob("*.warc.gz"))) > 2
    return [capture for capture in captures if capture], first, again


def test_many_captures_are_read_in_their_order_each_with_its_error(tmp_path: Path) -> None:
    captures, first, again = fill(tmp_path)
    lost = replace(captures[7], warc="lost.warc.gz")
    changed = replace(captures[8], payload_digest=first.payload_digest)
    asked = [*reversed(captures), again, lost, changed, first]
    found = list(read_captures(Location(tmp_path), iter(asked), lambda _: first))
    read = [one for one in found if isinstance(one, StoredExchange)]
    assert [one.record_id for one in read] == [one.record_id for one in asked if one not in (lost, changed)]
    assert [one.body for one in read[:60]] == [page.body for page in reversed(pages(60))]
    assert read[60].body == read[61].body == REPEATED.body
    assert [number for number, one in enumerate(found) if isinstance(one, ArchiveError)] == [61, 62]


def test_a_closed_file_is_streamed_with_the_places_of_its_records(tmp_path: Path) -> None:
    fill(tmp_path)
    location = Location(tmp_path)
    for warc in location.closed():
        assert list(iterate_closed(location, warc)) == list(iterate(tmp_path / warc))
    with pytest.raises(ArchiveError, match="holds no lost"):
        list(iterate_closed(location, "lost.warc.gz"))


def test_what_is_written_is_held_before_it_is_closed(tmp_path: Path) -> None:
    location = Location(tmp_path)
    with writer(tmp_path) as archive:
        capture = archive.write(REPEATED)
        assert capture is not None
        assert location.holds(capture.warc)
        assert location.closed() == []
    assert location.closed() == [capture.warc]
    assert not location.holds("lost.warc.gz")
