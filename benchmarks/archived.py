"""What only a proof can ask of an archive: whether crawls that it has watched archived all, and nothing twice."""

from __future__ import annotations

from collections import Counter

from benchmarks.crawling import Project
from newscrawl.archive.walking import Walked, walk


def archive_faults(project: Project, *, payloads_once: bool = True) -> list[str]:
    """What is wrong beside what `scrapy verify` finds: revisions without capture, and payloads that stand twice.

    `payloads_once`: as of crawls that shared the folder one after the other.
    """
    without = project.rows("SELECT url FROM revisions WHERE capture_id IS NULL")
    wrong = [f"{url}: its revision has no capture" for (url,) in without]
    if payloads_once:
        digests = Counter(one.payload_digest for one in _answers(project) if _must_stand_once(one))
        wrong += [f"the payload {digest} stands {count} times" for digest, count in digests.items() if count > 1]
    return wrong


def _answers(project: Project) -> list[Walked]:
    found: list[Walked] = []
    for path in sorted((project.output / "archive").glob("*.warc.gz")):
        with path.open("rb") as file:
            found += [one for one in walk(file, path.stat().st_size) if isinstance(one, Walked) and one.is_answer]
    return found


def _must_stand_once(one: Walked) -> bool:
    return one.kind == "response" and bool(one.message[1]) and "warc-truncated" not in one.fields
