"""`scrapy reextract` as a user runs it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawl.archive.location import Location
from newscrawl.archive.moving import move_closed
from newscrawl.archive.store import Store
from newscrawl.extraction.article import EXTRACTOR
from newscrawl.storage.database import Database
from newscrawl.storage.runs import RunLock
from tests.archive.foreign import common_crawl
from tests.crawling import HASTE, Crawl, command, environment, scrapy, scrapy_here, write_source
from tests.damage import damage
from tests.durability.site import wait_until
from tests.object_store import ObjectStore
from tests.rereading.again import OLD, Archived
from tests.server import Answer, Server, page, rss
from tests.verifying.case import STORIES, crawled


@pytest.fixture(scope="module")
def _crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archived]:
    with crawled(tmp_path_factory.mktemp("reextracted")) as case:
        yield Archived(case.output, case.sources, case.home)


@pytest.fixture
def archived(_crawled: Archived, tmp_path: Path) -> Archived:
    """A copy of what crawls have left, read by an older extractor."""
    shutil.copytree(_crawled.output, tmp_path / "output")
    copy = Archived(tmp_path / "output", _crawled.sources, _crawled.home)
    copy.read_by(OLD)
    return copy


def settings(archived: Archived) -> dict[str, Any]:
    return {"NEWSCRAWL_SOURCES": archived.sources, "NEWSCRAWL_BUNDLED_SOURCES": 0, "NEWSCRAWL_WORKERS": 1}


def reextract(archived: Archived, *arguments: str, **more: Any) -> Crawl:
    return scrapy_here("reextract", *arguments, output=archived.output, **{**settings(archived), **more})


def test_the_report_is_shown_and_nothing_stored_without_apply(archived: Archived) -> None:
    before = archived.readings()
    told = reextract(archived)
    assert (told.code, told.stderr) == (0, "")
    lines = told.stdout.splitlines()
    assert lines[0] == "local: 5 revision(s), 1 of 18 fields differ"
    (row,) = [line for line in lines if line.startswith("│ headline")]
    assert row.replace("│", " ").split() == ["headline", "0", "0", "5", "0"]
    assert lines.count('    - "An old headline"') == 3
    assert f'    + "The harbour keeps its {STORIES[0]} another year"' in lines
    assert lines[-2:] == [
        f"5 read by {EXTRACTOR}",
        "5 revision(s) read again, 0 failed; nothing stored; --apply does that",
    ]
    assert archived.readings() == before


def test_apply_stores_and_says_how_much(archived: Archived) -> None:
    done = reextract(archived, "--apply")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.endswith("5 revision(s) read again, 0 failed; 5 new reading(s) stored\n")
    again = reextract(archived, "--apply")
    assert again.stdout.splitlines()[0] == "local: 5 revision(s), no field differs"
    assert again.stdout.endswith("5 revision(s) read again, 0 failed; 0 new reading(s) stored\n")
    assert archived.findings() == []


def test_pages_are_read_again_with_the_rules_of_their_day(archived: Archived, tmp_path: Path) -> None:
    assert reextract(archived, "--apply").code == 0
    shutil.copytree(archived.sources, tmp_path / "sources")
    (file,) = (tmp_path / "sources").rglob("*.toml")
    before = "[[rules]]\nvalid_until = 2020-12-31\nheadline = \"xpath:'Long ago'\"\n"
    now = "[[rules]]\nvalid_from = 2021-01-01\nheadline = \"xpath:concat(//h1, ' (ruled)')\"\n"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{before}{now}", encoding="utf-8")
    done = reextract(archived, "--apply", "--source", "local", NEWSCRAWL_SOURCES=tmp_path / "sources")
    assert (done.code, done.stderr) == (0, "")
    assert f'    + "The harbour keeps its {STORIES[0]} another year (ruled)"' in done.stdout.splitlines()
    assert f"5 read by {EXTRACTOR} rules/" in done.stdout
    assert done.stdout.endswith("5 revision(s) read again, 0 failed; 5 new reading(s) stored\n")
    again = reextract(archived, "--apply", NEWSCRAWL_SOURCES=tmp_path / "sources")
    assert again.stdout.endswith("5 revision(s) read again, 0 failed; 0 new reading(s) stored\n")
    assert archived.findings() == []


def test_one_article_in_any_spelling_as_json(archived: Archived) -> None:
    url = f"{archived.home.replace('http', 'https')}{STORIES[2]}?utm_source=x#top"
    told = reextract(archived, "--json", "--url", url, "--source", "local", "--since", "2020-01-01")
    assert (told.code, told.stderr) == (0, "")
    report = json.loads(told.stdout)
    assert {name: report[name] for name in ("applied", "pages", "stored", "unarchived", "failures")} == {
        "applied": False, "pages": 2, "stored": 0, "unarchived": 0, "failures": [],
    }  # fmt: skip
    assert report["extractors"] == {EXTRACTOR: 2}
    fields = report["sources"]["local"]["fields"]
    assert fields["body"] == {"gained": 0, "lost": 0, "changed": 0, "same": 2, "examples": []}
    assert {name: fields["headline"][name] for name in ("gained", "lost", "changed", "same")} == {
        "gained": 0, "lost": 0, "changed": 2, "same": 0,
    }  # fmt: skip
    # Which of the two was read first is up to the workers.
    assert sorted(fields["headline"]["examples"], key=lambda example: example["new"]) == [
        {
            "url": archived.home + STORIES[2],
            "change": "changed",
            "old": '"An old headline"',
            "new": f'"The harbour keeps its {name} another year"',
        }
        for name in (STORIES[2], "another story")
    ]


def test_pages_that_failed_are_named_and_the_others_stored(archived: Archived) -> None:
    archived.execute("UPDATE revisions SET payload_digest = 'sha256:0' WHERE number = 2")
    done = reextract(archived, "--apply")
    assert done.code == 1
    assert done.stdout.endswith("4 revision(s) read again, 1 failed; 4 new reading(s) stored\n")
    assert done.stderr.startswith(
        f"not read: {archived.home}{STORIES[2]} (revision 2): it was read from bytes of sha256:0, but "
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("more",), 2, "unknown argument more"),
        (("--jsn",), 2, "unknown argument --jsn"),
        (("--url", "news.example/1"), 2, "is no absolute http(s) URL"),
        (("--since", "yesterday"), 2, "yesterday is no day"),
        (("--source", "other"), 1, "no archived page of an article is of that source, time and URL"),
    ],
)
def test_a_mistake_is_told(archived: Archived, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = reextract(archived, *arguments)
    assert done.code == code
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_folder_without_database_is_not_made_one(archived: Archived, tmp_path: Path) -> None:
    done = scrapy_here("reextract", output=tmp_path / "nothing", **settings(archived))
    assert done.code == 1
    assert "there is no database at" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_it_waits_for_no_crawl_on_sqlite_and_looks_beside_one(archived: Archived) -> None:
    database = Database(f"sqlite:///{archived.output / 'newscrawl.db'}")
    with RunLock(database, "20260131T120000Z-00000000"):
        refused, looked = reextract(archived, "--apply"), reextract(archived)
    database.close()
    assert refused.code == 1
    assert "another run (20260131T120000Z-00000000, process " in refused.stderr
    assert refused.stdout == ""
    assert (looked.code, looked.stderr) == (0, "")
    assert {reading[3] for reading in archived.readings()} == {OLD}


@pytest.mark.slow
def test_what_moved_to_the_store_is_read(archived: Archived, s3: ObjectStore) -> None:
    url = s3.bucket()
    assert len(list(move_closed(Location(archived.archive, Store(url))))) == 2
    assert list(archived.archive.iterdir()) == []
    more = {**settings(archived), "NEWSCRAWL_ARCHIVE_STORE": url}
    done = scrapy("reextract", "--apply", output=archived.output, variables=s3.variables, **more)
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.endswith("5 revision(s) read again, 0 failed; 5 new reading(s) stored\n")


@pytest.mark.slow
def test_beside_a_crawl_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    """Articles are read again while a crawl stores revisions of the very same."""
    with Server() as server:
        held = [f"/page-{number}" for number in range(8)]
        server.routes |= {path: Answer(body=page(path.strip("/"))) for path in held}
        server.routes["/feed"] = rss(*(server.home + path for path in held))
        write_source(tmp_path / "sources", "local", server.home)
        output = tmp_path / "output"
        own: dict[str, Any] = {
            "NEWSCRAWL_SOURCES": tmp_path / "sources", "NEWSCRAWL_BUNDLED_SOURCES": 0,
            "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_DATABASE_URL": postgresql_url, **HASTE,
        }  # fmt: skip
        assert scrapy("crawl", "news", output=output, **own).code == 0
        for path in held[:4]:
            server.routes[path] = Answer(body=page("another " + path.strip("/")), seconds=0.5)
        for path in held[4:]:
            server.routes[path] = Answer(body=page(path.strip("/")), seconds=0.5)
        database = Database(postgresql_url)
        try:
            with database.session() as session:
                session.connection().exec_driver_sql(f"UPDATE extractions SET extractor = '{OLD}', section = 'old'")
                session.connection().exec_driver_sql("UPDATE runs SET feed_is_stale = true")
            arguments = command("crawl", "news", "-a", "sources=local", output=output, **own)
            server.asked.clear()
            with subprocess.Popen(arguments, env=environment(), stderr=subprocess.PIPE) as crawling:
                wait_until(lambda: len(server.paths()) >= 2)
                done = scrapy_here("reextract", "--apply", output=output, **own)
                assert (done.code, done.stderr) == (0, "")
                assert crawling.poll() is None, "the crawl ended before"
                _, errors = crawling.communicate(timeout=60)
            assert crawling.returncode == 0, errors.decode()
            assert scrapy_here("reextract", "--apply", output=output, **own).code == 0
            with database.reading() as session:
                ask = session.connection().exec_driver_sql
                assert ask("SELECT count(*) FROM revisions").scalar() == 12
                current = ask("SELECT extractor, section, count(*) FROM extractions WHERE is_current GROUP BY 1, 2")
                assert current.all() == [(EXTRACTOR, None, 8)]
                newest = ask(
                    "SELECT count(*) FROM extractions JOIN revisions USING (revision_id) WHERE is_current AND number ="
                    " (SELECT max(number) FROM revisions AS r WHERE r.article_id = extractions.article_id)"
                )
                assert newest.scalar() == 8
        finally:
            database.close()
        verified = scrapy_here("verify", output=output, **own)
        assert verified.code == 0, verified.stdout


@pytest.mark.slow
def test_warcs_of_others_are_told_and_not_stored(archived: Archived, tmp_path: Path) -> None:
    file = tmp_path / "CC-NEWS.warc.gz"
    file.write_bytes(common_crawl({archived.home + STORIES[0]: page(STORIES[0])}))
    before = archived.readings()
    told = reextract(archived, "--warc", str(file))
    assert (told.code, told.stderr) == (0, "")
    assert told.stdout.splitlines()[:3] == [
        "local: 1 answer(s)",
        "    1 article, stored already",
        "local: 1 revision(s), 1 of 18 fields differ",
    ]
    as_json = json.loads(reextract(archived, "--json", "--warc", str(file)).stdout)
    assert as_json["answers"] == {"local": {"article, stored already": 1}}
    assert as_json["sources"]["local"]["fields"]["headline"]["changed"] == 1
    assert archived.readings() == before
    missing = reextract(archived, "--warc", str(tmp_path / "nothing.warc.gz"))
    assert missing.code == 1
    assert "nothing.warc.gz" in missing.stderr
    # A folder without database compares with nothing.
    nowhere = scrapy_here("reextract", "--warc", str(file), output=tmp_path / "nowhere", **settings(archived))
    assert (nowhere.code, nowhere.stdout) == (0, "local: 1 answer(s)\n    1 article, not stored\n")
    assert not (tmp_path / "nowhere").exists()


def test_a_damaged_database_ends_a_crawl_and_the_archive_makes_it_again(archived: Archived, tmp_path: Path) -> None:
    file = archived.output / "newscrawl.db"
    damage(file, "extractions")
    crawl = archived.crawl("-a", "sources=local", NEWSCRAWL_REPLAY=archived.archive)
    assert crawl.code == 1
    assert "the file is damaged: restore a backup, or move it away" in crawl.stderr
    assert "Traceback" not in crawl.stderr
    file.rename(tmp_path / "damaged.db")
    shutil.rmtree(archived.output / "feeds")
    made = reextract(archived, "--apply", "--warc", str(archived.archive))
    (feed,) = (archived.output / "feeds").iterdir()
    assert (made.code, made.stderr) == (0, f"5 revision(s) stored; feed {feed}\n")
    assert {"    3 stored_new", "    1 stored_revision", "    1 duplicate"} <= set(made.stdout.splitlines())
    assert len(feed.read_text(encoding="utf-8").splitlines()) == 5
    assert archived.findings() == []


def test_what_a_run_that_failed_left_open_is_taken_in_with_its_folder(archived: Archived, tmp_path: Path) -> None:
    (archived.output / "newscrawl.db").rename(tmp_path / "damaged.db")
    warcs = sorted(archived.archive.glob("*.warc.gz"))
    for warc in warcs:
        warc.rename(warc.with_name(f"{warc.name}.open"))
        warc.with_suffix("").with_suffix(".cdxj").unlink()
    made = reextract(archived, "--apply", "--warc", str(archived.archive))
    assert made.code == 0, made.stderr
    assert "5 revision(s) stored" in made.stderr
    (archived.archive / "none").mkdir()
    none = reextract(archived, "--apply", "--warc", str(archived.archive / "none"))
    assert (none.code, none.stdout) == (1, "")
    assert "there is no WARC in" in none.stderr
