from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl.archive.listing import Listed, State, listing
from newscrawl.archive.location import Location
from newscrawl.archive.moving import move_closed
from newscrawl.archive.store import Store
from tests.archive.exchanges import pages, writer
from tests.object_store import ObjectStore


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_warc_is_listed_once_in_the_state_it_is_in(s3: ObjectStore, tmp_path: Path) -> None:
    location = Location(tmp_path, Store(s3.bucket()))
    assert listing(location) == []
    with writer(tmp_path, max_bytes=1) as archive:
        for page in pages(3):
            archive.write(page)
        (living,) = tmp_path.glob("*.gz.open")
        warcs = [*location.closed(), living.name.removesuffix(".open")]
        assert [(one.warc, one.state) for one in listing(location)] == [
            (warcs[0], State.CLOSED), (warcs[1], State.CLOSED), (warcs[2], State.WRITTEN)
        ]  # fmt: skip
        size = (tmp_path / warcs[0]).stat().st_size
        next(move_closed(location))
        assert listing(location)[0] == Listed(warcs[0], State.STORED, size)
    (tmp_path / warcs[2]).rename(living)
    assert [one.state for one in listing(location)] == [State.STORED, State.CLOSED, State.LEFT_OPEN]


def test_a_file_that_its_writer_has_only_just_made_is_not_taken_for_a_dead_one(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz.open").touch()
    assert [one.state for one in listing(Location(tmp_path))] == [State.WRITTEN]
