"""What others' programs say of what we wrote."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from newscrawl.archive.index import merge_archive
from newscrawl.archive.location import Location
from newscrawl.archive.parsing import records
from newscrawl.archive.reader import iterate
from tests.archive.conftest import Run
from tests.archive.exchanges import ARABIC, CASES, NOON, original, writer
from tests.archive.pywb import Replay, served
from tests.server import Answer, Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

REPEATED = CASES["gzip"].exchange
ELSEWHERE = REPEATED.url + "-elsewhere"
DAY, NEXT_DAY = NOON + timedelta(days=1), NOON + timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Archive:
    folder: Path
    warcs: list[Path]
    revisits: set[str]
    """Their record ids."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Every case, and all kinds of revisits, in several files."""
    folder = tmp_path_factory.mktemp("archive")
    with writer(folder, max_bytes=8000) as archive:
        captures = {name: archive.write(case.exchange) for name, case in CASES.items()}
        first = captures["gzip"]
        assert first
        known = original(first, REPEATED)
        revisits = [
            archive.write(replace(REPEATED, started_at=DAY, via="http://news.example/", discovery="feed"), known),
            archive.write(replace(REPEATED, started_at=DAY, url=ELSEWHERE), known),
            archive.write(replace(CASES["304"].exchange, started_at=NEXT_DAY, url=REPEATED.url), known),
        ]
    warcs = sorted(folder.glob("*.warc.gz"))
    merge_archive(Location(folder), [warc.name for warc in warcs], folder / "index.cdxj")
    assert len(warcs) > 3
    return Archive(folder, warcs, {capture.record_id for capture in revisits if capture})


@pytest.fixture
def changed(archive: Archive, tmp_path: Path) -> Path:
    """A file of which one byte of one page was changed: who does not see it checks nothing."""
    content = bytearray(gzip.decompress(archive.warcs[0].read_bytes()))
    content[content.index(b"\r\n\r\n\x1f\x8b") + 40] ^= 1
    path = tmp_path / "changed.warc"
    path.write_bytes(content)
    return path


def test_warcio_checks_every_digest(archive: Archive, changed: Path, run: Run) -> None:
    for warc in archive.warcs:
        said = run("warcio", "check", "-v", warc)
        assert said.returncode == 0, said.stdout + said.stderr
        kinds = [record.kind for record in records(warc)]
        assert said.stdout.count("digest pass") == len(kinds) - kinds.count("revisit")
    assert run("warcio", "check", changed).returncode == 1


def test_fastwarc_checks_every_block_and_flags_only_revisits(archive: Archive, changed: Path, run: Run) -> None:
    flagged = set()
    for warc in archive.warcs:
        said = run("fastwarc", "check", "-q", warc)
        assert said.returncode == 0, said.stdout + said.stderr
        with_payloads = run("fastwarc", "check", "-p", warc)
        flagged |= set(re.findall(r"<urn:uuid:[^>]+>", with_payloads.stdout + with_payloads.stderr))
    # It holds a revisit's payload digest against the revisit's own, empty payload.
    assert flagged == archive.revisits
    assert run("fastwarc", "check", "-q", changed).returncode == 1


def test_pywb_makes_the_same_index_but_for_304s(archive: Archive, run: Run) -> None:
    for warc in archive.warcs:
        theirs = run("cdx-indexer", "-j", "-s", warc)
        assert theirs.returncode == 0, theirs.stderr
        numbers_304 = {
            str(one.capture.offset) for one in iterate(warc) if one.status == 304 and one.capture is not None
        }
        expected = [
            line
            for line in theirs.stdout.splitlines()
            if json.loads(line.split(" ", 2)[2])["offset"] not in numbers_304
        ]
        ours = warc.with_name(warc.name.replace(".warc.gz", ".cdxj")).read_text(encoding="utf-8")
        assert ours.splitlines() == expected


@pytest.fixture(scope="module")
def replay(archive: Archive, validators: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    folder = tmp_path_factory.mktemp("pywb")
    with served(validators, folder, archive.folder / "index.cdxj", archive.folder) as replay:
        yield replay


@pytest.mark.parametrize("name", [name for name in CASES if name != "304"])
def test_pywb_replays_every_body_byte_for_byte(name: str, replay: Replay) -> None:
    case = CASES[name]
    answer, body = replay.get(case.exchange.url, "20260131120000")
    assert (answer.status, body) == (case.status, case.exchange.body)
    assert answer.getheader("Memento-Datetime") == "Sat, 31 Jan 2026 12:00:00 GMT"


def test_pywb_replays_headers_as_they_came(replay: Replay) -> None:
    twice, _ = replay.get(CASES["duplicate headers"].exchange.url, "20260131120000")
    assert [value for name, value in twice.getheaders() if name.lower() == "set-cookie"] == ["a=1", "b=2"]
    latin, _ = replay.get(CASES["latin-1 header"].exchange.url, "20260131120000")
    assert latin.getheader("X-Author") == "André"
    assert replay.get(CASES["odd reason"].exchange.url, "20260131120000")[0].reason == "Très  bien (Ø§)"


@pytest.mark.parametrize("url", [REPEATED.url, ELSEWHERE])
def test_pywb_replays_a_revisit_with_the_payload_of_its_original(url: str, replay: Replay) -> None:
    answer, body = replay.get(url, DAY.strftime("%Y%m%d%H%M%S"))
    assert (answer.status, body) == (200, REPEATED.body)
    assert answer.getheader("Memento-Datetime") == "Sun, 01 Feb 2026 12:00:00 GMT"


def test_pywb_replays_the_page_at_the_time_of_a_304(replay: Replay) -> None:
    answer, body = replay.get(REPEATED.url, NEXT_DAY.strftime("%Y%m%d%H%M%S"))
    assert (answer.status, body) == (200, REPEATED.body)


def test_what_warcio_records_is_read(validators: Path, tmp_path: Path) -> None:
    path = tmp_path / "warcio.warc.gz"
    record = (
        "import sys\nfrom warcio.capture_http import capture_http\nimport requests\n"
        "with capture_http(sys.argv[1]):\n    [requests.get(url) for url in sys.argv[2:]]\n"
    )
    with Server({"/one": Answer(body=ARABIC), "/two": Answer(body=b"<p>Two")}) as server:
        urls = [server.home + "/one", server.home + "/two", server.home + "/one"]
        subprocess.run([validators / "python", "-c", record, path, *urls], check=True)
    found = list(iterate(path))
    assert [one.url for one in found] == urls
    assert [one.decoded().body for one in found] == [ARABIC, b"<p>Two", ARABIC]
    assert all(one.request and one.request.startswith(b"GET /") for one in found)
