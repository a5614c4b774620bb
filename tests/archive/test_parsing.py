from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl.archive.parsing import Record, date, record_of, records, url
from newscrawl.archive.reader import iterate
from newscrawl.exceptions import ArchiveError
from tests.archive.exchanges import pages, writer
from tests.archive.foreign import ARTICLE, common_crawl, http, record, wget

BLOCKS = [b"HTTP/1.1 200 OK\r\n\r\n" + bytes([65 + number]) * number * 1000 for number in range(6)]
RECORDS = [
    http("response", f"http://n.example/{number}", block, ("WARC-Record-ID", f"<urn:uuid:{number}>"))
    for number, block in enumerate(BLOCKS)
]
FORMS = {
    "a member a record": b"".join(map(gzip.compress, RECORDS)),
    "not compressed": b"".join(RECORDS),
    "one member": gzip.compress(b"".join(RECORDS)),
}


@pytest.mark.parametrize("form", FORMS)
def test_records_are_read_from_every_form(form: str, tmp_path: Path) -> None:
    path = tmp_path / "foreign.warc"
    path.write_bytes(FORMS[form])
    assert [found.block for found in records(path)] == BLOCKS


@pytest.mark.parametrize("form", FORMS)
def test_a_place_that_is_given_can_be_read_alone(form: str, tmp_path: Path) -> None:
    path = tmp_path / "foreign.warc"
    path.write_bytes(FORMS[form])
    places = [found.place for found in records(path)]
    for place, block in zip(places, BLOCKS, strict=True):
        if place is not None:
            offset, length = place
            assert record_of(path.read_bytes()[offset : offset + length], "foreign").block == block
    assert (None in places) == (form == "one member")


def test_a_file_that_is_cut_is_told_after_its_whole_records(tmp_path: Path) -> None:
    # Bytes that do not compress: only the last few of the member are not the block's.
    last = gzip.compress(http("response", "http://n.example/", random.Random(1).randbytes(300)))
    path = tmp_path / "cut.warc.gz"
    for end in range(13, len(last) - 16):
        path.write_bytes(b"".join(map(gzip.compress, RECORDS)) + last[:end])
        found: list[Record] = []
        with pytest.raises(ArchiveError, match=r"cut\.warc\.gz"):
            found.extend(records(path))
        assert [one.block for one in found] == BLOCKS


@pytest.mark.parametrize(
    "content", [b"<html>no WARC</html>" * 100, gzip.compress(b"<html>" * 100), b"\x1f\x8b\x08rest"]
)
def test_what_is_no_warc_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "page.warc.gz"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"page\.warc\.gz"):
        list(records(path))


def test_a_broken_member_is_told(tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        captures = [archive.write(page) for page in pages(3)]
    (path,) = tmp_path.glob("*.gz")
    content = bytearray(path.read_bytes())
    assert captures[1]
    content[captures[1].offset + 300] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="broken"):
        list(records(path))


def test_whatever_is_changed_is_read_or_told(tmp_path: Path) -> None:
    chance = random.Random(5)
    path = tmp_path / "changed.warc"
    whole = [common_crawl({"http://n.example/": ARTICLE}), wget("http://n.example/", ARTICLE), FORMS["not compressed"]]
    told = 0
    for _ in range(300):
        content = bytearray(chance.choice([*whole, *map(gzip.decompress, whole[:2])]))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(content))
            content[at : at + chance.choice([0, 1, 100])] = chance.choice(
                [b"", chance.randbytes(2), b"\r\n\r\n", b"Content-Length: -1\r\n", b"Content-Length: %d\r\n" % 10**30]
            )
        path.write_bytes(content)
        try:
            for found in iterate(path):
                found.decoded()
        except ArchiveError:
            told += 1
    assert 100 < told < 300


def test_an_empty_place_holds_no_record() -> None:
    with pytest.raises(ArchiveError, match="holds no WARC record"):
        record_of(b"", "a.warc.gz")


def test_fields_that_are_no_utf_8_are_read_as_latin_1(tmp_path: Path) -> None:
    made = record("1.0", [("WARC-Type", "response"), ("X-Name", "André خبر")], b"x")
    assert record_of(made, "a").fields["x-name"] == "André خبر"
    assert record_of(made.replace("André خبر".encode(), b"Andr\xe9"), "a").fields["x-name"] == "André"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2024-05-01T10:00:00Z", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01T10:00:00.123456Z", datetime(2024, 5, 1, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2024-05-01T10:00:00.123456789Z", datetime(2024, 5, 1, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2024-05-01T12:00:00+02:00", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01T10:00Z", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024-05", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_dates(stated: str | None, expected: datetime | None) -> None:
    assert date(stated) == expected


def test_urls_in_angle_brackets() -> None:
    assert url("<http://n.example/>") == url("http://n.example/") == "http://n.example/"
    assert url(None) is None
