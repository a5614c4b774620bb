from __future__ import annotations

from tests.verifying.case import Case


def test_what_crawls_leave_agrees(case: Case) -> None:
    findings, looked = case.verified()
    assert findings == []
    records = [one for warc in case.archive.glob("*.warc.gz") for one in case.records(warc)]
    assert (looked.warcs, looked.live, looked.records) == (2, 0, len(records))
    assert looked.captures == len([one for one in records if one.is_answer]) == 17
    # A copy and a packed page are traced through the answer that they repeat.
    assert (looked.articles, looked.revisions, looked.traced) == (4, 5, 5)
    assert (looked.feeds, looked.lines) == (2, 5)
