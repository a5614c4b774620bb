"""A real S3 server, reached through a gate that a test may shut."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import obstore
import pytest

from newscrawl.archive.location import Location
from newscrawl.archive.reader import iterate_closed
from newscrawl.archive.store import Store
from newscrawl.exceptions import ArchiveError, ConfigurationError
from tests.archive.exchanges import pages, writer
from tests.object_store import ObjectStore
from tests.server import Answer, Server

# The first run sets the server's environment up.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def file_of(folder: Path, size: int) -> Path:
    path = folder / "some.warc.gz"
    path.write_bytes(random.Random(1).randbytes(size))
    return path


@pytest.mark.parametrize("size", [0, 1, 20_000_000])
def test_a_file_is_put_once_and_read_in_ranges(s3: ObjectStore, tmp_path: Path, size: int) -> None:
    path = file_of(tmp_path, size)
    content = path.read_bytes()
    url = s3.bucket()
    store = Store(url)
    assert not store.holds(path.name)
    assert [store.put(path), store.put(path)] == [True, True]
    assert store.holds(path.name)
    assert store.sizes() == {path.name: size}
    assert s3.object(url, path.name) == content
    length, pieces = store.stream(path.name)
    assert (length, b"".join(pieces)) == (size, content)
    if size > 1:
        ranges = [(0, 10), (size - 5, 5), (4_000_000, 70_000), (size - 5, 99)]
        assert store.read(path.name, ranges) == [content[at : at + length] for at, length in ranges]
    path.write_bytes(content + b"x")
    assert not store.put(path)
    assert s3.object(url, path.name) == content


def test_who_asks_often_is_answered_from_a_listing(s3: ObjectStore, tmp_path: Path) -> None:
    url = s3.bucket()
    mine, other = Store(url), Store(url)
    assert not mine.holds("some.warc.gz")
    asked = s3.gate.requests
    assert not any(mine.holds(f"{number}.warc.gz") for number in range(1000))
    assert s3.gate.requests == asked
    other.put(file_of(tmp_path, 10))
    assert not mine.holds("some.warc.gz")
    mine._listed_at = None
    assert mine.holds("some.warc.gz")


def test_an_object_of_another_kind_of_tag_is_compared_byte_by_byte(s3: ObjectStore, tmp_path: Path) -> None:
    path = file_of(tmp_path, 100_000)
    store = Store(s3.bucket())
    # In parts, as other tools upload: its tag is no digest of the whole.
    told = obstore.put(store._writing, path.name, iter([path.read_bytes()]), use_multipart=True)
    assert "-" in (told["e_tag"] or "")
    assert store.has_same(path)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert not store.has_same(path)


def test_a_store_that_goes_while_a_file_is_read_is_told(s3: ObjectStore, tmp_path: Path) -> None:
    with writer(tmp_path) as archive:
        for page in pages(300, most=30_000):
            archive.write(page)
    (path,) = tmp_path.glob("*.warc.gz")
    store = Store(s3.bucket())
    assert store.put(path)
    path.unlink()
    location = Location(tmp_path, store)
    # Else all of it may wait in buffers of the system.
    s3.gate.most = 1_000_000
    reading = iterate_closed(location, path.name)
    next(reading)
    s3.gate.most = None
    s3.gate.shut()
    try:
        with pytest.raises(ArchiveError):
            list(reading)
        with pytest.raises(ArchiveError, match="cannot read"):
            location.read(path.name, [(0, 10)])
    finally:
        s3.gate.open()


def test_a_usable_store_is_told_from_others(s3: ObjectStore) -> None:
    url = s3.bucket()
    for _ in range(2):
        Store(url).require_usable()
    assert s3.object(url, "newscrawl.txt")
    with pytest.raises(ConfigurationError, match=r"s3://no-such-bucket/x.*NoSuchBucket.*NEWSCRAWL_ARCHIVE_STORE"):
        Store("s3://no-such-bucket/x").require_usable()
    s3.gate.shut()
    try:
        with pytest.raises(ConfigurationError, match=r"cannot list.*AWS_ENDPOINT_URL"):
            Store(url).require_usable()
    finally:
        s3.gate.open()


def test_a_store_that_would_overwrite_is_refused(s3: ObjectStore) -> None:
    s3.gate.deaf_to = b"if-none-match"
    try:
        with pytest.raises(ConfigurationError, match="lets one object overwrite another"):
            Store(s3.bucket()).require_usable()
    finally:
        s3.gate.deaf_to = b""


@pytest.mark.parametrize("url", ["bucket", "s3://", "s3:///x", "gs://bucket/x", "http://bucket"])
def test_what_names_no_store_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="write s3://BUCKET/PREFIX"):
        Store(url)


def test_who_is_refused_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>", content_type="application/xml")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.setenv(name, "x")
    with Server({"/bucket?delimiter=%2F&list-type=2&prefix=x%2F": denied}) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.home)
        with pytest.raises(ConfigurationError, match=r"cannot list the store.*AccessDenied.*AWS_SECRET_ACCESS_KEY"):
            Store("s3://bucket/x").require_usable()


@pytest.mark.parametrize("endpoint", ["", "127.0.0.1:9000", "s3.example.org"])
def test_an_endpoint_that_is_no_url_is_refused(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(ConfigurationError, match=r"AWS_ENDPOINT_URL=.* is no URL; write https://HOST, or unset it"):
        Store("s3://bucket/x")


def test_without_obstore_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(ConfigurationError, match="pip install obstore"):
        Store("s3://bucket/x")


def test_what_lies_deeper_is_not_of_the_archive(s3: ObjectStore, tmp_path: Path) -> None:
    url = s3.bucket()
    outer, inner = Store(url), Store(url + "/inner")
    assert inner.put(file_of(tmp_path, 10))
    assert (outer.sizes(), inner.sizes()) == ({}, {"some.warc.gz": 10})
