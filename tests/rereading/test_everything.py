"""Reading archives of real crawls again."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newscrawl.exceptions import ConfigurationError
from newscrawl.extraction.article import EXTRACTOR
from newscrawl.items import Furniture
from newscrawl.rereading import everything
from newscrawl.rereading.page import ArchivedPage, read_archived
from newscrawl.rereading.report import Report
from newscrawl.sources.source import Source
from newscrawl.workers.reading import Reading
from tests.crawling import ROOT, environment
from tests.durability.site import wait_until
from tests.rereading.again import OLD, Archived, differing, paths
from tests.rereading.unburdened import read_unburdened
from tests.verifying.case import COPY, STORIES

AGAIN = f"{EXTRACTOR} again"


def read_or_die(page: ArchivedPage, source: Source | None, furniture: Furniture | None) -> Reading:
    """Reading as it is, of pages one of which kills its worker, and one of which is never read to its end."""
    if page.url.endswith(STORIES[0]):
        os._exit(3)
    if page.url.endswith(STORIES[1]):
        time.sleep(60)
    return read_archived(page, source, furniture)


def test_nothing_differs_where_the_extractor_is_the_same(archived: Archived) -> None:
    before = archived.readings()
    report = archived.reread(apply=True)
    assert (report.pages, report.stored, report.failures, report.unarchived) == (5, 0, [], 0)
    assert report.extractors == {EXTRACTOR: 5}
    assert differing(report) == {}
    assert archived.readings() == before


def test_without_apply_nothing_is_written(archived: Archived) -> None:
    archived.read_by(OLD)
    before = archived.readings()
    report = archived.reread()
    assert (report.pages, report.stored) == (5, 0)
    assert differing(report) == {"headline": {"changed": 5}}
    assert archived.readings() == before


def test_a_newer_extractors_reading_becomes_current_and_feeds_and_revisions_stay(archived: Archived) -> None:
    archived.read_by(OLD)
    before, feeds = archived.readings(), archived.feeds()
    report = archived.reread(apply=True)
    assert (report.pages, report.stored, report.failures) == (5, 5, [])
    after = archived.readings()
    assert [one for one in after if one[3] == OLD] == [(*one[:2], 0, *one[3:]) for one in before]
    new = {
        (path, number): (bool(current), headline) for path, number, current, by, headline in after if by == EXTRACTOR
    }
    assert len(new) == 5
    assert {key for key, (current, _) in new.items() if not current} == {(STORIES[2], 1)}
    assert new[STORIES[2], 1] == (False, f"The harbour keeps its {STORIES[2]} another year")
    assert new[STORIES[2], 2] == (True, "The harbour keeps its another story another year")
    assert archived.rows("SELECT count(*) FROM revisions") == [(5,)]
    assert archived.rows("SELECT count(*) FROM articles WHERE headline_key = 'old'") == [(0,)]
    assert archived.feeds() == feeds
    assert archived.findings() == []
    assert archived.reread(apply=True).stored == 0
    assert archived.readings() == after


def test_what_the_same_extractor_reads_otherwise_stands_beside_its_first_reading(archived: Archived) -> None:
    archived.read_by(None)
    feeds = archived.feeds()
    assert archived.reread(apply=True).stored == 5
    by = sorted((extractor, bool(current)) for _, _, current, extractor, _ in archived.readings())
    assert by == [(EXTRACTOR, False)] * 5 + [(AGAIN, False)] + [(AGAIN, True)] * 4
    assert archived.feeds() == feeds
    assert archived.findings() == []
    assert archived.reread(apply=True).stored == 0
    # A later reading by the same extractor takes the place of the one beside the first.
    archived.execute("UPDATE extractions SET headline = 'not this either' WHERE extractor = ?", AGAIN)
    report = archived.reread(apply=True)
    assert (report.stored, differing(report)) == (5, {"headline": {"changed": 5}})
    assert sorted((extractor, bool(current)) for _, _, current, extractor, _ in archived.readings()) == by
    assert "not this either" not in {headline for *_, headline in archived.readings()}
    assert archived.findings() == []


@pytest.mark.slow
def test_the_next_crawl_finds_unchanged_what_was_read_again(archived: Archived) -> None:
    archived.read_by(None)
    archived.reread(apply=True)
    before = archived.readings()
    crawl = archived.crawl("-a", "sources=local")
    assert crawl.code == 0, crawl.stderr
    assert {crawl.ends()[archived.home + path][0] for path in (*STORIES, COPY)} == {"unchanged"}
    assert archived.readings() == before
    assert archived.findings() == []


def test_copies_follow_the_text_that_is_read_whichever_is_read_first(archived: Archived) -> None:
    right = archived.rows("SELECT url_key, text_digest, duplicate_of FROM articles ORDER BY article_id")
    assert sum(copy is not None for *_, copy in right) == 1
    archived.read_by(OLD)
    archived.execute("UPDATE articles SET text_digest = 'old ' || article_id, duplicate_of = NULL")
    copied = [key for key, digest, _ in right if sum(one[1] == digest for one in right) == 2]
    for key in reversed(copied):
        assert archived.reread(apply=True, url_key=key).stored == 1
    archived.reread(apply=True)
    assert archived.rows("SELECT url_key, text_digest, duplicate_of FROM articles ORDER BY article_id") == right
    # The other way: a text that was thought to be a copy's is another.
    archived.execute("DELETE FROM extractions WHERE extractor = ?", OLD)
    archived.read_by(OLD)
    archived.execute("UPDATE articles SET text_digest = 'one', duplicate_of = NULL")
    archived.execute("UPDATE articles SET duplicate_of = ? WHERE url_key != ?", right[0][0], right[0][0])
    archived.reread(apply=True)
    assert archived.rows("SELECT url_key, text_digest, duplicate_of FROM articles ORDER BY article_id") == right


def test_authors_and_related_links_follow(archived: Archived) -> None:
    archived.read_by(OLD)
    archived.execute("INSERT INTO authors (name, name_key) VALUES ('Nobody', 'nobody')")
    archived.execute("INSERT INTO article_authors SELECT extraction_id, 1, 1 FROM extractions")
    archived.execute(
        "INSERT INTO related_links (extraction_id, position, headline, headline_key, placement, source_id)"
        " SELECT extraction_id, 1, 'Elsewhere', 'elsewhere', 'inline', 'local' FROM extractions"
    )
    report = archived.reread(apply=True)
    assert differing(report).keys() == {"headline", "authors", "related_links"}
    assert differing(report)["authors"] == differing(report)["related_links"] == {"lost": 5}
    current = "extraction_id IN (SELECT extraction_id FROM extractions WHERE is_current)"
    assert archived.rows(f"SELECT count(*) FROM article_authors WHERE {current}") == [(0,)]
    assert archived.rows(f"SELECT count(*) FROM related_links WHERE {current}") == [(0,)]


def test_links_that_name_a_headline_are_tied_once_it_is_read(archived: Archived) -> None:
    (key,) = archived.rows("SELECT headline_key FROM articles WHERE url_key = ?", archived.key(STORIES[1]))[0]
    archived.read_by(OLD)
    archived.execute(
        "INSERT INTO related_links (extraction_id, position, headline, headline_key, placement, source_id)"
        " VALUES (1, 1, 'The headline', ?, 'inline', 'local')",
        key,
    )
    archived.reread(apply=True)
    assert archived.rows(
        "SELECT articles.url_key FROM related_links JOIN articles ON article_id = target_id WHERE extraction_id = 1"
    ) == [(archived.key(STORIES[1]),)]


def test_source_and_time_choose(archived: Archived) -> None:
    ((second,),) = archived.rows("SELECT fetched_at FROM revisions WHERE number = 2")
    moment = datetime.fromisoformat(second).replace(tzinfo=UTC)
    assert archived.reread(source_id="local").pages == 5
    assert archived.reread(since=moment).pages == 1
    assert archived.reread(until=moment).pages == 4
    assert archived.reread(source_id="local", since=moment, until=moment + timedelta(seconds=1)).pages == 1


def test_what_nobody_stored_is_an_error(archived: Archived) -> None:
    with pytest.raises(ConfigurationError, match="no archived page"):
        archived.reread(source_id="other")
    with pytest.raises(ConfigurationError, match="no archived page"):
        archived.reread(url_key="news.example/")


def test_an_articles_revisions_are_chosen_by_its_addresses(archived: Archived) -> None:
    assert archived.reread(url_key=archived.key(STORIES[2])).pages == 2
    assert archived.reread(url_key=archived.key("/2026/moved.html")).pages == 1


def test_revisions_without_capture_are_counted(archived: Archived) -> None:
    archived.execute("UPDATE revisions SET capture_id = NULL WHERE number = 2")
    report = archived.reread()
    assert (report.pages, report.unarchived) == (4, 1)
    archived.execute("UPDATE revisions SET capture_id = NULL")
    with pytest.raises(ConfigurationError, match=r"of 5 revision\(s\) nothing is archived"):
        archived.reread()


def test_revisits_are_read(archived: Archived) -> None:
    (found,) = archived.rows(
        "SELECT count(*) FROM revisions JOIN captures USING (capture_id) WHERE refers_to IS NOT NULL"
    )
    assert found[0] >= 1, "the copy repeats the payload of the first story"
    archived.read_by(OLD)
    assert archived.reread(apply=True).stored == 5


def test_other_bytes_than_those_that_were_read_are_told(archived: Archived) -> None:
    archived.read_by(OLD)
    archived.execute("UPDATE revisions SET payload_digest = 'sha256:0' WHERE number = 2")
    report = archived.reread(apply=True)
    assert (report.pages, report.stored) == (4, 4)
    assert "it was read from bytes of sha256:0, but" in paths(report, archived)[STORIES[2]]
    assert [one.revision for one in report.failures] == [2]


def test_a_missing_warc_costs_its_pages(archived: Archived) -> None:
    archived.read_by(OLD)
    last = sorted(archived.archive.glob("*.warc.gz"))[-1]
    last.unlink()
    report = archived.reread(apply=True)
    assert report.stored == 4
    assert list(paths(report, archived)) == [STORIES[2]]
    assert f"holds no {last.name}" in paths(report, archived)[STORIES[2]]


def test_a_page_from_which_no_article_is_read_keeps_its_reading(archived: Archived) -> None:
    archived.read_by(OLD)
    archived.execute(
        "UPDATE revisions SET payload_digest = ?, capture_id = (SELECT max(capture_id) FROM captures WHERE url = ?)"
        " WHERE number = 2",
        "sha256:" + hashlib.sha256(b"not here").hexdigest(),
        f"{archived.home}/2026/gone.html",
    )
    report = archived.reread(apply=True)
    assert report.stored == 4
    assert "reads no article from it (no_" in paths(report, archived)[STORIES[2]]
    assert [one for one in archived.readings() if one[:2] == (STORIES[2], 2)] == [
        (STORIES[2], 2, 1, OLD, "An old headline")
    ]


@pytest.mark.slow
def test_a_page_that_kills_its_worker_and_one_that_hangs_cost_only_themselves(
    archived: Archived, monkeypatch: pytest.MonkeyPatch
) -> None:
    archived.read_by(OLD)
    monkeypatch.setattr(everything, "read_archived", read_or_die)
    report = archived.reread(apply=True, NEWSCRAWL_WORKERS=2, NEWSCRAWL_PAGE_TIMEOUT=2)
    reasons = paths(report, archived)
    assert reasons.keys() == set(STORIES[:2])
    assert "the worker that read it died twice" in reasons[STORIES[0]]
    assert reasons[STORIES[1]] == "reading took more than 2 s"
    assert report.stored == 3


def test_workers_load_neither_scrapy_nor_sql(archived: Archived, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(everything, "read_archived", read_unburdened)
    report = archived.reread()
    assert (report.pages, report.failures) == (5, [])


PROGRAM = """
import sys, time
from newscrawl.rereading import everything
from newscrawl.rereading.page import read_archived
from scrapy.cmdline import execute

def read(page, source, furniture):
    if page.url.endswith({last!r}):
        time.sleep(60)
    return read_archived(page, source, furniture)

if __name__ == "__main__":
    everything._STORED_AT_ONCE = 1
    everything.read_archived = read
    execute(["scrapy", "reextract", "--apply", *sys.argv[1:]])
"""


@pytest.mark.slow
def test_killed_in_the_middle_it_keeps_what_was_committed_and_does_the_rest_again(
    archived: Archived, tmp_path: Path
) -> None:
    archived.read_by(OLD)
    feeds = archived.feeds()
    program = tmp_path / "killed.py"
    program.write_text(PROGRAM.format(last=STORIES[2]), encoding="utf-8")
    own = {
        "NEWSCRAWL_OUTPUT": archived.output, "NEWSCRAWL_SOURCES": archived.sources, "NEWSCRAWL_BUNDLED_SOURCES": 0,
        "NEWSCRAWL_WORKERS": 2,
    }  # fmt: skip
    options = [part for name, value in own.items() for part in ("-s", f"{name}={value}")]
    killed = subprocess.Popen([sys.executable, str(program), *options], cwd=ROOT, env=environment())
    wait_until(lambda: any(by == EXTRACTOR for _, _, _, by, _ in archived.readings()))
    killed.send_signal(signal.SIGKILL)
    assert killed.wait(20) == -signal.SIGKILL
    kept = sum(by == EXTRACTOR for _, _, _, by, _ in archived.readings())
    assert 0 < kept < 5
    assert archived.findings() == []
    assert archived.reread(apply=True).stored == 5 - kept
    assert archived.findings() == []
    assert archived.feeds() == feeds


def test_examples_show_where_values_begin_to_differ(archived: Archived) -> None:
    story = f"The harbour keeps its {STORIES[1]} another year"
    long = "x" * 500
    archived.read_by(OLD, headline=long)
    archived.execute("UPDATE extractions SET headline = ?, section = ?", story, long + "a")
    report = archived.reread()
    (source,) = report.sources.values()
    assert differing(report)["section"] == {"lost": 5}
    assert len(source.fields["section"].examples) == 3
    example = source.fields["section"].examples[0]
    assert (example.old, example.new) == ('"' + "x" * 119 + "...", None)


def test_a_report_grows_while_pages_are_read(archived: Archived) -> None:
    report = Report()
    assert archived.reread(report=report) is report
    assert report.pages == 5
