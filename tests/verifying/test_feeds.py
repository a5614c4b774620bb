"""Each damage to a feed is told with the file and the line."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.verifying.case import Case, alive


def revision(line: bytes) -> str:
    said = json.loads(line)
    return f"revision {said['revision']} of {said['url_key']}"


def lines_of(case: Case) -> list[bytes]:
    return case.feed.read_bytes().splitlines(keepends=True)


def damage(case: Case, change: Callable[[list[bytes]], list[bytes]]) -> list[str]:
    """Change the lines of the first feed, and see what is found."""
    case.feed.write_bytes(b"".join(change(lines_of(case))))
    return case.findings()


def test_a_feed_that_is_missing(case: Case) -> None:
    feed = case.feed
    feed.unlink()
    assert case.findings() == [f"{feed.name}: it cannot be read (No such file or directory)"]


@pytest.mark.slow
def test_a_feed_is_written_anew_as_the_finding_says(case: Case) -> None:
    feed, before = case.feed, case.feed.read_bytes()
    feed.unlink()
    (finding,) = case.verified()[0]
    run_id = feed.stem.removeprefix("news-")
    assert f"set `feed` of run {run_id} to NULL in table runs" in finding.remedy
    case.execute("UPDATE runs SET feed = NULL WHERE run_id = ?", run_id)
    assert case.findings() == [f"feed of run {run_id}: it was never written"]
    assert case.crawl().code == 0
    assert feed.read_bytes() == before
    assert case.findings() == []


def test_a_feed_that_is_about_to_be_written_is_not_missed(case: Case) -> None:
    run_id = case.feed.stem.removeprefix("news-")
    case.execute("UPDATE runs SET feed = NULL WHERE run_id = ?", run_id)
    with alive(case) as living:
        (case.output / "feeds" / f"news-{living}.jsonl").touch()
        (case.output / "feeds" / f"news-{living}.jsonl.partial").touch()
        assert case.findings() == []


def test_a_line_that_is_cut(case: Case) -> None:
    last = lines_of(case)[-1]
    assert damage(case, lambda lines: [*lines[:-1], lines[-1][:-1]]) == [
        f"{case.feed.name} line 4: it is no whole line of a feed",
        f"{case.feed.name}: {revision(last)} is missing",
    ]


@pytest.mark.parametrize("line", [b"\n", b"[]\n", b'{"url_key": []}\n', b"\xff\n"])
def test_a_line_that_is_none(case: Case, line: bytes) -> None:
    assert damage(case, lambda lines: [line, *lines]) == [f"{case.feed.name} line 1: it is no whole line of a feed"]


def test_a_line_that_is_missing(case: Case) -> None:
    first = lines_of(case)[0]
    assert damage(case, lambda lines: lines[1:]) == [f"{case.feed.name}: {revision(first)} is missing"]


@pytest.mark.parametrize("again", [0, 3])
def test_a_line_that_stands_twice(case: Case, again: int) -> None:
    (told,) = damage(case, lambda lines: [*lines, lines[again]])
    assert told == f"{case.feed.name} line 5: {revision(lines_of(case)[again])} stands twice"


def test_a_line_of_another_run(case: Case) -> None:
    other = sorted((case.output / "feeds").glob("*.jsonl"))[1]
    (line,) = other.read_bytes().splitlines(keepends=True)
    run_id = other.stem.removeprefix("news-")
    assert damage(case, lambda lines: [*lines, line]) == [
        f"{case.feed.name} line 5: {revision(line)} is of run {run_id}"
    ]


def test_a_line_of_a_revision_that_is_not_stored(case: Case) -> None:
    line = lines_of(case)[0].replace(b'"revision": 1', b'"revision": 7')
    assert damage(case, lambda lines: [line, *lines]) == [f"{case.feed.name} line 1: {revision(line)} is not stored"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b'"headline": "The', b'"headline": "A', "headline"),
        (b'"language": "en", ', b"", "language"),
        (b'"language": ', b'"score": 1, "language": ', "score"),
    ],
)
def test_a_line_that_says_otherwise(case: Case, old: bytes, new: bytes, what: str) -> None:
    third = lines_of(case)[2]
    assert damage(case, lambda lines: [*lines[:2], third.replace(old, new), lines[3]]) == [
        f"{case.feed.name} line 3: of {revision(third)} it says otherwise than the database: {what}"
    ]


def test_lines_in_another_order_and_form_say_the_same(case: Case) -> None:
    assert damage(case, lambda lines: [json.dumps(json.loads(line)).encode() + b"\n" for line in lines[::-1]]) == []


def test_another_extraction_of_a_revision_changes_no_line(case: Case) -> None:
    names = [name for _, name, *_ in case.rows("PRAGMA table_info(extractions)") if name != "extraction_id"]
    changed = {"is_current": "0", "extractor": "'another/1'", "headline": "'Another headline'"}
    read = ", ".join(changed.get(name, name) for name in names)
    case.execute(f"INSERT INTO extractions ({', '.join(names)}) SELECT {read} FROM extractions")
    case.execute("UPDATE extractions SET is_current = 0")
    latest = "SELECT max(extraction_id) FROM extractions GROUP BY article_id"
    case.execute(f"UPDATE extractions SET is_current = 1 WHERE extraction_id IN ({latest})")
    assert case.findings("feed") == []


def test_near_duplicates_that_came_or_went_since_are_no_finding(case: Case) -> None:
    case.execute("UPDATE relations SET kind = iif(kind = 'exact', 'none', 'near')")
    assert case.findings() == []


def test_a_near_duplicate_that_never_was_one(case: Case) -> None:
    named = [line for line in lines_of(case) if json.loads(line)["near_duplicates"]]
    case.execute("DELETE FROM relations WHERE kind = 'exact'")
    assert case.findings() == [
        f"{case.feed.name} line {lines_of(case).index(line) + 1}: of {revision(line)} it says otherwise than the"
        " database: near_duplicates"
        for line in named
    ]
    assert len(named) == 2


def test_a_feed_of_no_run(case: Case) -> None:
    strange = case.output / "feeds" / "mine.jsonl"
    strange.write_text("{}\n")
    (finding,) = case.verified()[0]
    assert (finding.kind, finding.where, finding.what) == ("feed", "mine.jsonl", "it is of no run of the database")
    assert finding.remedy == f"take it away from {case.output / 'feeds'}"
