from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newscrawl.archive.answers import Answers, warcs_below
from newscrawl.archive.exchange import Exchange, Original
from newscrawl.exceptions import ArchiveError
from newscrawl.items import Capture
from tests.archive.exchanges import NOON, exchange, original, writer
from tests.archive.foreign import ARTICLE, common_crawl, http, record, sha1, wget
from tests.crawling import ROOT, environment

HTML = b"Content-Type: text/html\r\n"
PAGE = exchange("page", HTML, b"<p>one</p>")
DAY = timedelta(days=1)


def write(folder: Path, *written: tuple[Exchange, Original | None]) -> list[Capture]:
    folder.mkdir(exist_ok=True)
    with writer(folder) as archive:
        captures = [archive.write(one, known) for one, known in written]
    return [capture for capture in captures if capture]


def at(answers: Answers, url: str, moment: datetime, followed: Sequence[str] = ()) -> tuple[bytes, Capture] | None:
    """Body and place of the answer."""
    found = answers.at(url, moment, followed)
    if found is None:
        return None
    stored, places = answers.read(found)
    return stored.body, places[0].capture


def test_the_latest_answer_up_to_a_moment(tmp_path: Path) -> None:
    later = replace(PAGE, body=b"<p>two</p>", started_at=NOON + DAY)
    first, second = write(tmp_path, (PAGE, None), (later, None))
    with closing(Answers(warcs_below(tmp_path), tmp_path)) as answers:
        for url in (PAGE.url, "https://www.news.example/page?utm_source=x"):
            assert at(answers, url, NOON - DAY) is None
            assert at(answers, url, NOON) == at(answers, url, NOON + DAY / 2) == (b"<p>one</p>", first)
            assert at(answers, url, NOON + DAY) == (b"<p>two</p>", second)
        assert answers.at("http://news.example/pag", NOON) is None
        assert answers.at("http://news.example/page2", NOON) is None


def test_one_that_is_cut_short_answers_only_where_none_is_whole(tmp_path: Path) -> None:
    cut = replace(PAGE, body=b"<p>tw", started_at=NOON + DAY, truncated="disconnect")
    alone = exchange("alone", HTML, b"<p", truncated="length")
    whole, _, _ = write(tmp_path, (PAGE, None), (cut, None), (alone, None))
    with closing(Answers(warcs_below(tmp_path), tmp_path)) as answers:
        assert at(answers, PAGE.url, NOON + 2 * DAY) == (b"<p>one</p>", whole)
        found = answers.at(alone.url, NOON)
        assert found is not None
        assert (found.whole, answers.read(found)[0].truncated) == (False, "length")


def test_a_revisit_has_the_body_that_it_repeats_from_whatever_folder(tmp_path: Path) -> None:
    (first,) = write(tmp_path / "a", (PAGE, None))
    again = replace(PAGE, started_at=NOON + DAY)
    (second,) = write(tmp_path / "b", (again, original(first, PAGE)))
    with closing(Answers(warcs_below(tmp_path), tmp_path)) as answers:
        found = answers.at(PAGE.url, NOON + DAY)
        assert found is not None
        stored, (place, repeated) = answers.read(found)
        assert stored.body == PAGE.body
        assert (place.capture, place.captured_at, place.refers_to) == (second, NOON + DAY, first.record_id)
        assert (repeated.capture, repeated.captured_at, repeated.refers_to) == (first, NOON, None)
    with closing(Answers(warcs_below(tmp_path / "b"), tmp_path)) as answers:
        found = answers.at(PAGE.url, NOON + DAY)
        assert found is not None
        with pytest.raises(ArchiveError, match=r"repeats an answer of http://news\.example/page that is not here"):
            answers.read(found)


def test_a_revisit_that_names_no_record(tmp_path: Path) -> None:
    """WARC/1.0: the same URL at an earlier time is meant."""
    url, head = "http://news.example/old", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    digest = ("WARC-Payload-Digest", sha1(ARTICLE))
    first = http(
        "response", url, head + ARTICLE, ("WARC-Record-ID", "<a>"), ("WARC-Date", "2024-05-01T10:00:00Z"), digest
    )
    again = http("revisit", url, head, ("WARC-Record-ID", "<b>"), ("WARC-Date", "2024-05-02T10:00:00Z"), digest)
    (tmp_path / "old.warc").write_bytes(first + again)
    with closing(Answers(warcs_below(tmp_path), tmp_path)) as answers:
        found = answers.at(url, NOON)
        assert found is not None
        stored, (place, repeated) = answers.read(found)
        assert stored.body == ARTICLE
        assert (place.capture.record_id, place.refers_to, repeated.capture.record_id) == ("<b>", "<a>", "<a>")


def test_a_redirect_to_another_spelling_of_the_same(tmp_path: Path) -> None:
    spelled = "http://news.example/page?utm_source=feed"
    led = exchange("page?utm_source=feed", b"HTTP/1.1 301 Moved\r\nLocation: /page\r\n")
    back = replace(
        exchange("page", b"HTTP/1.1 301 Moved\r\nLocation: /page?utm_source=feed\r\n"), started_at=NOON - DAY
    )
    redirected, _, page = write(tmp_path, (led, None), (back, None), (PAGE, None))
    with closing(Answers(warcs_below(tmp_path), tmp_path)) as answers:
        assert at(answers, spelled, NOON) == (b"", redirected)
        assert at(answers, PAGE.url, NOON) == at(answers, spelled, NOON, [PAGE.url]) == (b"<p>one</p>", page)
        assert at(answers, "https://news.example/page", NOON) == (b"<p>one</p>", page)


def test_ours_are_as_the_server_sent_them_and_others_may_not_be(tmp_path: Path) -> None:
    with writer(tmp_path, info={"software": "newscrawl/0.2.0 Scrapy/2.19.0"}) as ours:
        ours.write(PAGE)
    (tmp_path / "cc.warc.gz").write_bytes(common_crawl({"http://cc.example/a": ARTICLE}))
    (tmp_path / "wget.warc.gz").write_bytes(wget("http://wget.example/a", gzip.compress(ARTICLE)))
    with closing(Answers(warcs_below(tmp_path), tmp_path)) as answers:
        for url, as_sent in ((PAGE.url, True), ("http://cc.example/a", False), ("http://wget.example/a", False)):
            found = answers.at(url, NOON)
            assert found is not None
            assert found.as_sent is as_sent
            assert answers.read(found)[0].decoded().body == (PAGE.body if as_sent else ARTICLE)


def test_what_is_no_answer_to_a_get_is_passed_over(tmp_path: Path) -> None:
    url, date = "http://news.example/form", ("WARC-Date", "2024-05-01T10:00:00Z")
    post = http("request", url, b"POST / HTTP/1.1\r\n\r\n", ("WARC-Record-ID", "<q>"), date)
    posted = http("response", url, b"HTTP/1.1 200 OK\r\n\r\nsent", ("WARC-Record-ID", "<r>"), date)
    same = http("response", url, b"HTTP/1.1 304 Not Modified\r\n\r\n", ("WARC-Record-ID", "<s>"), date)
    undated = http("response", PAGE.url, b"HTTP/1.1 200 OK\r\n\r\nundated", ("WARC-Record-ID", "<t>"))
    text = record("1.0", [("WARC-Type", "resource"), ("WARC-Target-URI", url), ("Content-Type", "text/plain")], b"text")
    (tmp_path / "a.warc").write_bytes(post + posted + same + undated + text)
    with pytest.raises(ArchiveError, match="hold no answer that can be read"):
        Answers(warcs_below(tmp_path), tmp_path)


def test_of_a_broken_file_the_whole_answers_are_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, _ = write(tmp_path, (PAGE, None), (exchange("cut", HTML, b"<p>cut</p>" * 99), None))
    (warc,) = tmp_path.glob("*.warc.gz")
    warc.write_bytes(warc.read_bytes()[:-700])
    with closing(Answers([warc], tmp_path)) as answers:
        assert at(answers, PAGE.url, NOON) == (b"<p>one</p>", first)
    assert f"{warc.name} is" in caplog.text
    assert "what follows is left out" in caplog.text


def test_files_that_cannot_be_told_apart_or_read_alone_are_told(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.warc.gz").write_bytes(common_crawl({PAGE.url: ARTICLE}))
    with pytest.raises(ArchiveError, match=r"two WARCs are called same\.warc\.gz.*rename or remove one"):
        Answers(warcs_below(tmp_path), tmp_path)
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(gzip.compress(gzip.decompress(common_crawl({PAGE.url: ARTICLE}))))
    with pytest.raises(ArchiveError, match=r"compressed as a whole.*warcio recompress"):
        Answers([whole], tmp_path)


MEASURE = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from newscrawl.archive.answers import Answers
answers = Answers([Path(sys.argv[1])], Path(sys.argv[2]))
for number in range(0, int(sys.argv[3]), 7):
    assert answers.at(f"https://news.example/2024/{number}/{'x' * 100}", datetime.now(UTC)) is not None
answers.close()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_the_index_takes_no_memory(tmp_path: Path) -> None:
    def kilobytes(count: int) -> int:
        warc = tmp_path / f"{count}.warc"
        date = ("WARC-Date", "2024-05-01T10:00:00Z")
        digest = ("WARC-Payload-Digest", sha1(b""))
        with warc.open("wb") as file:
            for number in range(count):
                url = f"https://news.example/2024/{number}/{'x' * 100}"
                name = ("WARC-Record-ID", f"<urn:uuid:{number}>")
                file.write(http("response", url, b"HTTP/1.1 200 OK\r\n\r\n", name, date, digest))
        line = [sys.executable, "-c", MEASURE, str(warc), str(tmp_path), str(count)]
        done = subprocess.run(line, cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8", check=True)
        return int(done.stdout)

    # 8 MB of lines wait for the disk at once; these are some 10 and 40 MB of them.
    few, many = kilobytes(10_000), kilobytes(40_000)
    assert many - few < 6_000, (few, many)
