"""Each kind of damage to a WARC, and to what the table says of it, is told in words of its own."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable

import pytest

from newscrawl.verifying import Finding
from tests.verifying.case import COPY, STORIES, Case

# What stands at two addresses is archived at the one that is asked for first, in the order of their keys.
FIRST, REVISIT, PACKED, SECOND = COPY, *STORIES


def packed(content: bytes) -> bytes:
    """One gzip member whose bytes no clock changes."""
    return gzip.compress(content, mtime=0)


def test_a_file_that_lacks_its_last_byte(case: Case) -> None:
    last = case.records()[-1]
    case.rewrite(case.warc, lambda content: content[:-1])
    assert case.findings() == [
        f"{case.warc.name} at byte {last.offset}: no whole record stands in {last.length - 1} bytes: the file ends "
        "within it"
    ]


def test_a_file_of_which_the_second_half_is_gone(case: Case) -> None:
    one = case.answer(SECOND)
    behind = [other for other in case.records() if other.is_answer and other.offset >= one.offset]
    case.rewrite(case.warc, lambda content: content[: one.offset])
    findings = case.findings()
    assert (
        f"{case.warc.name} at byte {one.offset}: the file ends here, and {len(behind)} capture(s) of the table "
        "stand behind"
    ) in findings
    assert f"revision 1 of {case.key(SECOND)}: {case.warc.name} ends before its bytes, at {one.offset}" in findings
    assert any(finding.startswith(f"{case.index.name}: {len(behind)} line(s) say what") for finding in findings)


def test_a_changed_byte_costs_one_record_and_names_what_was_read_from_it(case: Case) -> None:
    one = case.answer(SECOND)
    middle = one.offset + one.length - 6
    case.rewrite(case.warc, lambda content: content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    warc, revision, index = case.findings()
    assert warc.startswith(
        f"{case.warc.name} at byte {one.offset}: no whole record stands in {one.length} bytes: its gzip checksum or "
        "length does not hold"
    )
    assert revision == (
        f"revision 1 of {case.key(SECOND)}: its bytes stand in what is damaged of {case.warc.name}, at byte "
        f"{one.offset}"
    )
    assert index.startswith(f"{case.index.name}: 1 line(s) say what {case.warc.name} does not hold")
    assert len(case.records()) == len(case.records(case.warc))


def test_bytes_between_records_are_told_and_the_walk_goes_on(case: Case) -> None:
    case.rewrite(case.warc, lambda content: content + b"\0" * 77)
    end = case.records()[-1].offset + case.records()[-1].length
    (told,) = case.findings()
    assert told.startswith(f"{case.warc.name} at byte {end}: no whole record stands in 77 bytes: its packing")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda text: text.replace(b"GET /", b"PUT /"), "its block does not have its WARC-Block-Digest"),
        (lambda text: text + b"more", "its block has not the"),
        (lambda text: b"X" + text, "it holds no WARC record"),
    ],
)
def test_a_record_that_is_not_what_it_states(case: Case, change: Callable[[bytes], bytes], what: str) -> None:
    *_, one = [one for one in case.records() if one.kind == "request"]
    changed = packed(change(gzip.decompress(case.member(one))))
    case.rewrite(case.warc, lambda file: file[: one.offset] + changed + file[one.offset + one.length :])
    told = case.findings()[0]
    assert told.startswith(f"{case.warc.name} at byte {one.offset}: no whole record stands in {len(changed)} bytes: ")
    assert what in told


def test_a_payload_that_is_not_the_stated_one(case: Case) -> None:
    one = case.answer(SECOND)
    assert one.payload_digest is not None
    wrong = gzip.decompress(case.member(one)).replace(one.payload_digest.encode(), b"sha256:" + b"0" * 64)
    end = one.offset + one.length
    case.rewrite(case.warc, lambda file: file[: one.offset] + packed(wrong) + file[end:])
    assert "its payload does not have its WARC-Payload-Digest" in case.findings()[0]


def test_a_file_without_its_warcinfo(case: Case) -> None:
    first = case.records()[0]
    case.rewrite(case.warc, lambda file: file[first.length :])
    findings = case.findings()
    assert f"{case.warc.name} at byte 0: it does not begin with its warcinfo record" in findings


@pytest.mark.parametrize("kind", ["request", "metadata"])
@pytest.mark.parametrize("where", ["behind itself", "at the end"])
def test_a_record_beside_an_answer_that_stands_twice(case: Case, kind: str, where: str) -> None:
    # The last exchange, so that the index holds either way.
    *_, one = [one for one in case.records() if one.kind == kind]
    end = case.warc.stat().st_size if where == "at the end" else one.offset + one.length
    case.rewrite(case.warc, lambda file: file[:end] + case.member(one) + file[end:])
    told = f"a {kind} record stands here that belongs to {one.fields['warc-concurrent-to']}: alone, or a second time"
    assert case.findings() == [f"{case.warc.name} at byte {end}: {told}"]


def test_a_request_without_answer_that_stands_twice(case: Case) -> None:
    request = next(one for one in case.records() if one.kind == "request")
    lines = gzip.decompress(case.member(request)).split(b"\r\n")
    alone = packed(b"\r\n".join(line for line in lines if not line.startswith(b"WARC-Concurrent-To")))
    end = case.warc.stat().st_size
    case.rewrite(case.warc, lambda file: file + alone)
    assert case.findings() == []
    case.rewrite(case.warc, lambda file: file + alone)
    told = f"the request {request.record_id} stands a second time"
    assert case.findings() == [f"{case.warc.name} at byte {end + len(alone)}: {told}"]


def test_an_empty_file(case: Case) -> None:
    case.rewrite(case.warc, lambda file: b"")
    assert f"{case.warc.name}: it is empty" in case.findings()


def test_an_answer_that_stands_twice(case: Case) -> None:
    one = case.answer(SECOND)
    end = case.warc.stat().st_size
    case.rewrite(case.warc, lambda file: file + case.member(one))
    twice, lacking = case.findings()
    assert twice == (
        f"{case.warc.name} at byte {end}: the answer {one.record_id} stands twice: here, and in {case.warc.name} at "
        f"byte {one.offset}"
    )
    assert lacking == f"{case.index.name}: 1 answer(s) of {case.warc.name} have no line"


def test_a_capture_without_record(case: Case) -> None:
    one = case.answer("/robots.txt")
    case.execute('UPDATE captures SET "offset" = "offset" + 1 WHERE record_id = ?', one.record_id)
    assert case.findings() == [
        f"{case.warc.name} at byte {one.offset}: the answer {one.record_id} stands twice: here, and in "
        f"{case.warc.name} at byte {one.offset + 1}",
        f"{case.warc.name} at byte {one.offset + 1}: table captures has the answer {one.record_id} of {one.url} "
        "here, where none begins",
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("length", 7), ("payload_digest", "sha256:00"), ("refers_to", "<urn:uuid:0>"), ("record_id", "<urn:uuid:1>"),
        ("url", "http://elsewhere.example/"),
    ],
)  # fmt: skip
def test_a_capture_that_says_otherwise_than_its_record(case: Case, column: str, value: str | int) -> None:
    # That no revisit repeats.
    one = case.answer("/2026/moved.html")
    case.execute(f"UPDATE captures SET {column} = ? WHERE record_id = ?", value, one.record_id)
    told = case.findings()
    assert told[0].startswith(f"{case.warc.name} at byte {one.offset}: table captures has the {column} {value}, ")
    assert len(told) == (2 if column == "refers_to" else 1)


@pytest.mark.slow
def test_an_answer_that_the_table_does_not_know(case: Case) -> None:
    one = case.answer("/2026/moved.html")
    case.execute("DELETE FROM captures WHERE record_id = ?", one.record_id)
    findings, _ = case.verified()
    what = f"table captures does not know the answer {one.record_id} of {one.url}"
    assert [(finding.where, finding.what) for finding in findings] == [(f"{case.warc.name} at byte {one.offset}", what)]
    mend(case, findings[0])


def mend(case: Case, finding: Finding) -> None:
    """Do what the finding says: the next crawl sets things right."""
    assert f"rename {'it' if finding.kind == 'warc' else case.warc.name} to {case.warc.name}.open" in finding.remedy
    case.warc.rename(case.archive / (case.warc.name + ".open"))
    assert case.crawl().code == 0
    assert case.findings() == []


def test_a_revisit_whose_original_the_table_does_not_know(case: Case) -> None:
    one = case.answer(FIRST)
    copy = case.answer(REVISIT)
    assert copy.fields["warc-refers-to"] == one.record_id
    case.execute("UPDATE revisions SET capture_id = NULL WHERE url = ?", one.url)
    case.execute("DELETE FROM captures WHERE record_id = ?", one.record_id)
    told = f"it repeats {one.record_id}, which table captures does not know"
    assert f"{case.warc.name} at byte {copy.offset}: {told}" in case.findings()


def test_a_revisit_that_repeats_a_revisit(case: Case) -> None:
    one = case.answer(FIRST)
    case.execute("UPDATE captures SET refers_to = '<urn:uuid:0>' WHERE record_id = ?", one.record_id)
    told = f"it repeats {one.record_id}, which is a revisit itself"
    assert f"{case.warc.name} at byte {case.answer(REVISIT).offset}: {told}" in case.findings()


def test_a_revision_whose_capture_is_of_another_page(case: Case) -> None:
    url = case.home + SECOND
    case.execute(
        "UPDATE revisions SET capture_id = (SELECT capture_id FROM captures WHERE record_id = ?)"
        " WHERE url = ? AND number = 1",
        case.answer(FIRST).record_id, url,
    )  # fmt: skip
    told = f"it was read from {url}, but its capture is of {case.home}{FIRST}"
    assert case.findings("revision") == [f"revision 1 of {case.key(SECOND)}: {told}"]


@pytest.mark.parametrize("path", [FIRST, PACKED, REVISIT])
def test_a_revision_whose_capture_holds_other_bytes(case: Case, path: str) -> None:
    (digest,) = case.rows("SELECT payload_digest FROM revisions WHERE url = ?", case.home + path)[0]
    case.execute("UPDATE revisions SET payload_digest = 'sha256:00' WHERE url = ?", case.home + path)
    told = f"it was read from bytes of sha256:00, but its capture holds {digest}"
    assert case.findings() == [f"revision 1 of {case.key(path)}: {told}"]


def test_a_revision_that_is_read_through_an_original_in_a_file_that_is_gone(case: Case) -> None:
    # As if the second crawl had stored it.
    later = sorted(case.archive.glob("*.warc.gz"))[1]
    revisit = case.answer(FIRST, later)
    case.execute(
        "UPDATE revisions SET capture_id = (SELECT capture_id FROM captures WHERE record_id = ?) WHERE url = ?",
        revisit.record_id, case.home + FIRST,
    )  # fmt: skip
    assert case.findings("revision") == []
    name = case.warc.name
    case.warc.unlink()
    findings, _ = case.verified()
    (revision,) = [one for one in findings if one.kind == "revision"]
    assert (revision.where, revision.what) == (f"revision 1 of {case.key(FIRST)}", "its bytes cannot be read")
    assert f"holds no {name}; bring it back there" in revision.remedy


def test_a_file_that_cannot_be_read(case: Case) -> None:
    name = case.warc.name
    case.warc.unlink()
    (case.archive / name).mkdir()
    path = case.archive / name
    assert f"{name}: it cannot be read (cannot read {path}: [Errno 21] Is a directory: '{path}')" in case.findings()


def test_a_copy_of_a_file(case: Case) -> None:
    copy = case.archive / "newscrawl-20250101000000-00001ffffffff.warc.gz"
    shutil.copy(case.warc, copy)
    (told,) = case.findings("warc")
    assert told == f"{copy.name}: the database knows none of its 9 answer(s) here, and 9 of them in other files"


def test_a_file_of_another_database(case: Case) -> None:
    case.execute("UPDATE revisions SET capture_id = NULL")
    case.execute("DELETE FROM captures WHERE warc <> ?", case.warc.name)
    (finding,) = [one for one in case.verified()[0] if one.kind == "warc"]
    assert finding.where == sorted(case.archive.glob("*.warc.gz"))[1].name
    assert finding.what == "the database knows none of its 8 answer(s)"
    assert finding.remedy.startswith("take it away if it is a copy or of another database; else rename it to")
