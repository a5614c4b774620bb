"""A 304 in the archive stands for the answer that it refers to: verified with it, and read again from its payload."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawling import Crawl, scrapy_here, write_source
from tests.server import Answer, Server, page, rss
from tests.verifying.case import Case

pytestmark = pytest.mark.slow

STORY = "/2026/museum.html"
RULE = "\n[[rules]]\nheadline = \"xpath:concat(//h1, ' (ruled)')\"\n"


@pytest.fixture(scope="module")
def _crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Two crawls of a story; asked again under its condition, the server says 304."""
    folder = tmp_path_factory.mktemp("not_modified")
    tag = '"1"'

    def story() -> Answer:
        if server.asking[-1].get("If-None-Match") == tag:
            return Answer(status=304, headers=(("ETag", tag),))
        return Answer(body=page("museum"), headers=(("ETag", tag),))

    with Server() as server:
        server.routes |= {STORY: story, "/feed": rss(server.home + STORY)}
        write_source(folder / "sources", "local", server.home)
        case = Case(folder / "output", folder / "sources", server.home)
        assert case.crawl().code == 0
        again = case.crawl("-a", "sources=local")
        assert again.code == 0, again.stderr
        assert again.ends() == {server.home + STORY: ("not_modified", None)}
        yield case


@pytest.fixture
def crawled(_crawled: Case, tmp_path: Path) -> Case:
    """A copy of what they left: the revision has the first answer for its capture."""
    shutil.copytree(_crawled.output, tmp_path / "output")
    shutil.copytree(_crawled.sources, tmp_path / "sources")
    return Case(tmp_path / "output", tmp_path / "sources", _crawled.home)


@pytest.fixture
def replayed(crawled: Case, tmp_path: Path) -> Case:
    """A crawl answered from that archive, in an output of its own: the revision has the 304 for its capture."""
    replayed = Case(tmp_path / "replayed", crawled.sources, crawled.home)
    shutil.copytree(crawled.archive, replayed.archive)
    done = replayed.crawl("-a", "sources=local", NEWSCRAWL_REPLAY=replayed.archive)
    assert done.ends() == {crawled.home + STORY: ("stored_new", None)}, done.stderr
    capture = "SELECT record_id FROM revisions JOIN captures USING (capture_id)"
    assert replayed.rows(capture) == [(not_modified(replayed)["warc-record-id"],)]
    return replayed


@pytest.fixture(params=["crawled", "replayed"])
def case(request: pytest.FixtureRequest) -> Case:
    case: Case = request.getfixturevalue(request.param)
    return case


def run(case: Case, *arguments: str) -> Crawl:
    own = {"NEWSCRAWL_SOURCES": case.sources, "NEWSCRAWL_BUNDLED_SOURCES": 0, "NEWSCRAWL_WORKERS": 1}
    return scrapy_here(*arguments, output=case.output, **own)


def not_modified(case: Case) -> dict[str, str]:
    """The fields of the 304's record, in the later WARC."""
    _, later = sorted(case.archive.glob("*.warc.gz"))
    return case.answer(STORY, later).fields


def test_it_is_verified_with_the_answer_that_it_refers_to(case: Case) -> None:
    stated = not_modified(case)
    assert stated["warc-profile"].endswith("/server-not-modified")
    assert stated["warc-refers-to"] == case.answer(STORY).record_id
    done = run(case, "verify")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.startswith("verified: 1 article(s) with 1 revision(s), 1 traced to their bytes; 2 WARC(s) with ")
    assert done.stdout.endswith("; all agrees\n")


def test_verification_tells_when_that_answer_is_unknown(crawled: Case) -> None:
    stated = not_modified(crawled)
    crawled.execute("UPDATE captures SET record_id = '<urn:uuid:0>' WHERE record_id = ?", stated["warc-refers-to"])
    findings = crawled.findings("capture")
    assert any(
        one.endswith(f"it repeats {stated['warc-refers-to']}, which table captures does not know") for one in findings
    )


def test_verification_tells_what_was_read_by_it_when_that_answer_is_damaged(replayed: Case) -> None:
    original = replayed.answer(STORY)
    middle = original.offset + original.length // 2
    replayed.rewrite(replayed.warc, lambda file: file[:middle] + bytes([file[middle] ^ 8]) + file[middle + 1 :])
    (finding,) = replayed.findings("revision")
    assert finding == f"revision 1 of {replayed.key(STORY)}: its bytes cannot be read"


def test_it_is_read_again_from_the_payload_of_that_answer(case: Case) -> None:
    (file,) = case.sources.rglob("*.toml")
    file.write_text(file.read_text(encoding="utf-8") + RULE, encoding="utf-8")
    done = run(case, "reextract", "--apply")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.endswith("1 revision(s) read again, 0 failed; 1 new reading(s) stored\n")
    current = "SELECT number, headline, body FROM revisions JOIN extractions USING (revision_id) WHERE is_current"
    ((number, headline, body),) = case.rows(current)
    assert (number, headline) == (1, "The harbour keeps its museum another year (ruled)")
    assert body.startswith("The museum by the old harbour will stay open")
    assert case.findings() == []


def test_a_lost_database_is_made_again_with_the_answer_and_without_the_304(crawled: Case) -> None:
    (crawled.output / "newscrawl.db").unlink()
    shutil.rmtree(crawled.output / "feeds")
    warcs = sorted(map(str, crawled.archive.glob("*.warc.gz")))
    done = run(crawled, "reextract", "--apply", "--warc", *warcs)
    assert done.code == 0, done.stderr
    assert {"    1 stored_new", "    1 no page: status 304"} <= set(done.stdout.splitlines())
    capture = "SELECT record_id FROM revisions JOIN captures USING (capture_id)"
    assert crawled.rows(capture) == [(crawled.answer(STORY).record_id,)]
    assert crawled.findings() == []
