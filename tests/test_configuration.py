from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.configuration import Configuration
from newscrawl.discovery.revisits import Policy
from newscrawl.exceptions import ConfigurationError
from newscrawl.sources.registry import BUNDLED

NAMES = (
    "OUTPUT", "DATABASE_URL", "SOURCES", "REPLAY", "WORKERS", "PAGE_TIMEOUT", "STOP_TIMEOUT", "PATIENCE",
    "REST_AFTER_FAILURES", "ALLOW_PRIVATE_ADDRESSES",
    "CANDIDATES_PER_SOURCE", "RELATED_DEPTH", "CONTACT", "ARCHIVE_MAX_BYTES", "ARCHIVE_MAX_HOURS", "ARCHIVE_STORE",
    "NOW", "REVISIT_HOURS", "POLL_MINUTES",
    "OBEY_OPT_OUTS", "NOW",
    "NOW", "NOTIFY", "HEALTH_EXIT_CODE", "WHEN_BUSY",
)  # fmt: skip


def read(project: Path, **settings: Any) -> Configuration:
    unset: dict[str, Any] = {f"NEWSCRAWL_{name}": None for name in NAMES}
    return Configuration.read(
        {
            **unset,
            "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": "0",
            "NEWSCRAWL_ARCHIVE": "1",
            "NEWSCRAWL_BUNDLED_SOURCES": "1",
            "NEWSCRAWL_REVISITS": "1",
            "NEWSCRAWL_TDMREP": "1",
            "NEWSCRAWL_PROJECT": str(project),
            **{f"NEWSCRAWL_{name}": value for name, value in settings.items()},
        }
    )


def test_defaults(tmp_path: Path) -> None:
    configuration = read(tmp_path)
    assert configuration.output == tmp_path / "output"
    assert configuration.database_url == f"sqlite:///{tmp_path}/output/newscrawl.db"
    assert configuration.source_folders == (BUNDLED,)
    assert (configuration.replay, configuration.contact) == (None, None)
    assert configuration.workers == os.cpu_count()
    assert (configuration.page_timeout, configuration.stop_timeout) == (60, 30)
    assert (configuration.patience, configuration.rest_after_failures) == (300, 5)
    assert configuration.candidates_per_source == 50_000
    assert configuration.related_depth == 0
    assert configuration.allow_private_addresses is False
    assert configuration.archive is True
    assert (configuration.archive_max_bytes, configuration.archive_max_hours) == (1_000_000_000, 24)
    assert configuration.archive_folder == tmp_path / "output" / "archive"
    assert configuration.archive_store is None
    assert configuration.revisits == Policy()
    assert configuration.tdmrep is True
    assert (configuration.notify, configuration.health_exit_code) == (None, 0)


def test_revisits(tmp_path: Path) -> None:
    own = read(tmp_path, REVISITS="0", REVISIT_HOURS="0.5,48", POLL_MINUTES="5, 90").revisits
    assert own == Policy(
        articles=False,
        steps=(timedelta(minutes=30), timedelta(days=2)),
        least=timedelta(minutes=5),
        most=timedelta(minutes=90),
    )


def test_a_store_takes_no_more_than_s3_does(tmp_path: Path) -> None:
    assert read(tmp_path, ARCHIVE_MAX_BYTES="6e9").archive_max_bytes == 6_000_000_000
    with pytest.raises(ConfigurationError, match=r"NEWSCRAWL_ARCHIVE_MAX_BYTES=6000000000 .* at most 5000000000"):
        read(tmp_path, ARCHIVE_MAX_BYTES="6e9", ARCHIVE_STORE="s3://bucket")


def test_the_bundled_sources_can_be_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, BUNDLED_SOURCES="0", SOURCES=str(tmp_path)).source_folders == (tmp_path,)
    assert read(tmp_path, BUNDLED_SOURCES="0").source_folders == ()


def test_relative_paths_count_from_the_project(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    configuration = read(tmp_path, OUTPUT="out", SOURCES="mine", REPLAY="mine", DATABASE_URL="sqlite:///data/news.db")
    assert configuration.output == tmp_path / "out"
    assert configuration.source_folders == (BUNDLED, tmp_path / "mine")
    assert configuration.replay == tmp_path / "mine"
    assert configuration.database_url == f"sqlite:///{tmp_path}/data/news.db"


def test_absolute_paths_and_other_databases_stay(tmp_path: Path) -> None:
    assert read(tmp_path, OUTPUT="/elsewhere").output == Path("/elsewhere")
    for url in ("sqlite:////elsewhere/news.db", "postgresql://reader@db.example/news"):
        assert read(tmp_path, DATABASE_URL=url).database_url == url


def test_settings_of_the_command_line_are_texts(tmp_path: Path) -> None:
    configuration = read(
        tmp_path, WORKERS="3", PAGE_TIMEOUT="0.5", ALLOW_PRIVATE_ADDRESSES="yes", RELATED_DEPTH="2",
        CANDIDATES_PER_SOURCE="10", CONTACT="desk@news.example", NOW="2026-01-31T12:00:00+00:00", ARCHIVE="0",
        ARCHIVE_MAX_BYTES="5000000", ARCHIVE_MAX_HOURS="0.5",
    )  # fmt: skip
    assert (configuration.workers, configuration.page_timeout, configuration.related_depth) == (3, 0.5, 2)
    assert configuration.candidates_per_source == 10
    assert configuration.allow_private_addresses is True
    assert configuration.archive is False
    assert (configuration.archive_max_bytes, configuration.archive_max_hours) == (5_000_000, 0.5)
    assert configuration.contact == "desk@news.example"
    assert configuration.clock() == datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_runs_meet_on_postgresql_and_make_way_on_sqlite(tmp_path: Path) -> None:
    assert (read(tmp_path).when_busy, read(tmp_path).shares) == ("end", False)
    assert read(tmp_path, DATABASE_URL="postgresql://localhost/news").shares
    assert read(tmp_path, DATABASE_URL="postgresql://localhost/news", WHEN_BUSY="end").when_busy == "end"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKERS", "many"),
        ("WORKERS", "0"),
        ("WORKERS", "2.5"),
        ("PAGE_TIMEOUT", "-1"),
        ("PAGE_TIMEOUT", "nan"),
        ("STOP_TIMEOUT", "-1"),
        ("PAGE_TIMEOUT", "inf"),
        ("WORKERS", "inf"),
        ("CANDIDATES_PER_SOURCE", "0"),
        ("RELATED_DEPTH", "deep"),
        ("ALLOW_PRIVATE_ADDRESSES", "perhaps"),
        ("ARCHIVE", "somewhere"),
        ("REVISITS", "often"),
        ("REVISIT_HOURS", "24,6"),
        ("REVISIT_HOURS", "daily"),
        ("REVISIT_HOURS", "0,6"),
        ("POLL_MINUTES", "15"),
        ("POLL_MINUTES", "nan,nan"),
        ("ARCHIVE_MAX_BYTES", "0"),
        ("ARCHIVE_MAX_HOURS", "0"),
        ("SOURCES", "no/such/folder"),
        ("REPLAY", "no/such/folder"),
        ("NOW", "noon"),
        ("HEALTH_EXIT_CODE", "1"),
        ("HEALTH_EXIT_CODE", "200"),
        ("HEALTH_EXIT_CODE", "bad"),
        ("WHEN_BUSY", "stop"),
    ],
)
def test_a_bad_setting_is_named_with_its_remedy(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"NEWSCRAWL_{name}={value!r}".replace("'", "'?") + ".+"):
        read(tmp_path, **{name: value})


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"NEWSCRAWL_SOURCES=file is no folder"):
        read(tmp_path, SOURCES="file")
