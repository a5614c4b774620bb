"""WARCs taken into a database: one that was lost, one that was restored from a backup, and others' WARCs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newscrawl.exceptions import ArchiveError, StoreBusy
from newscrawl.rereading.foreign import Held
from newscrawl.rereading.taking_in import OLDER, TOLD, take_in
from newscrawl.storage.database import Database
from newscrawl.storage.rereading import Chosen
from tests.archive.foreign import common_crawl
from tests.rereading.again import Archived
from tests.server import page
from tests.verifying.case import COPY, STORIES, alive

# Of copies that were fetched together the one that is called first may be another.
ARTICLES = """
    SELECT articles.url_key, articles.source_id, articles.text_digest, articles.headline_key,
    number, revisions.payload_digest, record_id, content_hash, body
    FROM articles JOIN revisions USING (article_id) LEFT JOIN captures USING (capture_id)
    JOIN extractions USING (revision_id) ORDER BY articles.url_key, number
"""
ALIASES = """
    SELECT url_aliases.url_key, kind, articles.url_key FROM url_aliases JOIN articles USING (article_id)
    WHERE kind = 'redirect' ORDER BY 1
"""
CAPTURES = (
    "SELECT warc, offset, length, record_id, payload_digest, url, captured_at, refers_to FROM captures ORDER BY 1, 2"
)


def taken_in(archived: Archived, *files: Path, held: Held | None = None, **chosen: Any) -> dict[str, dict[str, int]]:
    """What the files' answers came to, by source."""
    held = held if held is not None else Held()
    database = Database(f"sqlite:///{archived.output / 'newscrawl.db'}")
    try:
        warcs = files or sorted(archived.archive.glob("*.warc.gz"))
        take_in(warcs, database, archived.configuration(), Chosen(**chosen), held=held)
    finally:
        database.close()
    return {name: dict(counts) for name, counts in held.answers.items()}


def lose_database(archived: Archived) -> None:
    for file in archived.output.glob("newscrawl.db*"):
        file.unlink()


def test_a_lost_database_is_made_again_from_the_archive(archived: Archived) -> None:
    before = [archived.rows(query) for query in (ARTICLES, ALIASES, CAPTURES)]
    assert [len(rows) for rows in before[:2]] == [5, 1]
    lose_database(archived)
    came_to = taken_in(archived)
    assert {name: came_to["local"][name] for name in ("stored_new", "duplicate", "stored_revision")} == {
        "stored_new": 3, "duplicate": 1, "stored_revision": 1,
    }  # fmt: skip
    assert [archived.rows(query) for query in (ARTICLES, ALIASES, CAPTURES)] == before
    assert archived.rows("SELECT state, spider FROM runs") == [("finished", "reextract")]
    states = archived.rows(
        "SELECT state, tries, due_at IS NULL, anchor_at IS NULL, count(*) FROM frontier GROUP BY state"
    )
    assert states == [("done", 0, 1, 1, 1), ("waiting", 0, 0, 0, 4)], "a redirect; articles until their next look"


def test_a_second_time_finds_everything_told(archived: Archived) -> None:
    lose_database(archived)
    taken_in(archived)
    stored = archived.rows(ARTICLES)
    again = taken_in(archived)
    assert again["local"][TOLD] == 10
    assert not {"stored_new", "stored_revision", "unchanged", "duplicate"} & set(again["local"])
    assert archived.rows(ARTICLES) == stored


def test_after_an_older_backup_only_what_it_lacks_is_stored(archived: Archived) -> None:
    everything = archived.rows(ARTICLES)
    # As the first crawl had left it.
    (second,) = archived.rows("SELECT max(run_id) FROM runs")[0]
    for statement in (
        "DELETE FROM extractions WHERE revision_id IN (SELECT revision_id FROM revisions WHERE run_id = ?)",
        "DELETE FROM revisions WHERE run_id = ?",
        "DELETE FROM dispositions WHERE run_id = ?",
    ):
        archived.execute(statement, second)
    archived.execute(
        "UPDATE extractions SET is_current = 1 WHERE extraction_id IN"
        " (SELECT max(extraction_id) FROM extractions GROUP BY article_id)"
    )
    archived.execute("UPDATE articles SET last_fetched_at = first_fetched_at")
    assert len(archived.rows(ARTICLES)) == 4
    came_to = taken_in(archived)
    assert (came_to["local"].get("stored_new"), came_to["local"]["stored_revision"]) == (None, 1)
    assert archived.rows(ARTICLES) == everything


def test_what_is_older_than_what_is_stored_is_left(archived: Archived) -> None:
    archived.execute("DELETE FROM dispositions")
    before = archived.rows(ARTICLES)
    archived.execute("UPDATE articles SET last_fetched_at = '2100-01-01 00:00:00.000000'")
    assert taken_in(archived)["local"][OLDER] == 10
    assert archived.rows(ARTICLES) == before


def test_one_page_alone(archived: Archived) -> None:
    lose_database(archived)
    came_to = taken_in(archived, url_key=archived.key(STORIES[2]))
    assert came_to == {"local": {"stored_new": 1, "stored_revision": 1}}


def test_pages_of_others(archived: Archived, tmp_path: Path) -> None:
    lose_database(archived)
    toml = tmp_path / "sources" / "xx" / "local.toml"
    toml.parent.mkdir(parents=True)
    toml.write_text(f'outlet = "Local"\nhomepage = "{archived.home}"\nfeeds = ["{archived.home}/feed"]\n')
    archived = replace(archived, sources=tmp_path / "sources")
    file = tmp_path / "foreign.warc.gz"
    file.write_bytes(
        common_crawl(
            {
                archived.home + "/2026/05/12/harbour-light-stays-on-until-spring.html": page("theirs"),
                archived.home + "/2026/05/12/harbour-page-without-any-text-left.html": page("empty", body=False),
                archived.home + "/about": page("about"),
                "https://nobody.example/2026/a-story-of-nobodys.html": page("nobody"),
            }
        )
    )
    assert taken_in(archived, file) == {
        "local": {"stored_new": 1, "invalid": 1, "no candidate: no article by its URL": 1},
        "": {"no candidate: its host is no source's": 1},
    }
    ((url, outlet),) = archived.rows("SELECT url, outlet FROM extractions JOIN revisions USING (revision_id)")
    assert url == archived.home + "/2026/05/12/harbour-light-stays-on-until-spring.html"
    assert outlet


def test_a_page_that_cannot_be_read_costs_no_other(archived: Archived) -> None:
    lose_database(archived)
    of_story = {archived.home + STORIES[0], archived.home + COPY}
    (record,) = [one for one in archived.records() if one.kind == "response" and one.url in of_story]
    content = bytearray(archived.warc.read_bytes())
    del content[record.offset : record.offset + record.length]
    archived.warc.write_bytes(content)
    held = Held()
    came_to = taken_in(archived, held=held)
    # The second crawl's answer repeats the one that is gone.
    assert (came_to["local"]["failed"], came_to["local"]["stored_new"]) == (3, 2)
    assert all("that is not here; bring the WARC that holds it" in failure.reason for failure in held.report.failures)


def test_nothing_that_can_be_read(archived: Archived, tmp_path: Path) -> None:
    (tmp_path / "none.warc.gz").write_bytes(b"")
    with pytest.raises(ArchiveError, match="no answer that can be read"):
        taken_in(archived, tmp_path / "none.warc.gz")


def test_while_a_crawl_runs_nothing_is_taken_in(archived: Archived) -> None:
    with alive(archived), pytest.raises(StoreBusy):
        taken_in(archived)
