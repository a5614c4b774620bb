from __future__ import annotations

from collections.abc import Callable

import pytest

from newscrawl.verifying import Finding
from tests.verifying.case import Case
from tests.verifying.test_warc import mend


def only(case: Case) -> Finding:
    (finding,) = case.verified()[0]
    assert (finding.kind, finding.where) == ("index", case.index.name)
    return finding


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    return lambda content: b"".join(change(content.splitlines(keepends=True)))


@pytest.mark.slow
def test_an_index_that_is_missing_is_made_anew_as_the_finding_says(case: Case) -> None:
    before = case.index.read_bytes()
    case.index.unlink()
    finding = only(case)
    assert finding.what == "it is missing"
    index = case.index
    mend(case, finding)
    assert index.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda found: [found[1], found[0], *found[2:]], "line 2 is not in the order of its bytes"),
        (lambda found: found[1:], "1 answer(s) of {warc} have no line"),
        (lambda found: [found[0], *found], "lines stand in it twice"),
    ],
)
def test_an_index_that_is_not_the_files(case: Case, change: Callable[[list[bytes]], list[bytes]], what: str) -> None:
    case.rewrite(case.index, lines(change))
    assert only(case).what.startswith(what.format(warc=case.warc.name))


def test_a_line_that_says_what_the_file_does_not_hold(case: Case) -> None:
    case.rewrite(case.index, lambda content: content.replace(b'"status": "404"', b'"status": "200"', 1))
    strange, lacking = case.verified()[0]
    assert strange.what.startswith(f"1 line(s) say what {case.warc.name} does not hold, the first is line ")
    assert lacking.what == f"1 answer(s) of {case.warc.name} have no line"
