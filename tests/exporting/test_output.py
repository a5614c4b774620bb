from __future__ import annotations

import os
from pathlib import Path

import pytest

from newscrawl.exceptions import ConfigurationError
from newscrawl.exporting.output import replacing, require_writable


def test_the_file_is_there_once_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "export.jsonl"
    with replacing(target) as file:
        file.write(b"one")
        file.flush()
        assert not target.exists()
        (partial,) = tmp_path.iterdir()
        assert partial.name.startswith("export.jsonl.")
    assert [path.name for path in tmp_path.iterdir()] == ["export.jsonl"]
    assert target.read_bytes() == b"one"


def test_what_was_there_stays_until_then_and_after_a_failure(tmp_path: Path) -> None:
    target = tmp_path / "export.jsonl"
    target.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt), replacing(target) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["export.jsonl"]
    assert target.read_bytes() == b"before"
    with replacing(target) as file:
        file.write(b"after")
        assert target.read_bytes() == b"before"
    assert target.read_bytes() == b"after"


def test_who_may_read_it_stays(tmp_path: Path) -> None:
    target = tmp_path / "export.jsonl"
    target.touch()
    target.chmod(0o600)
    with replacing(target) as file:
        file.write(b"secret")
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    behind, link = tmp_path / "kept" / "real.csv", tmp_path / "link.csv"
    link.symlink_to(behind)
    with replacing(link) as file:
        file.write(b"x")
    assert link.is_symlink()
    assert behind.read_bytes() == b"x"


@pytest.mark.parametrize(
    ("name", "says"),
    [("", "is a folder; name a file in it"), ("no/such/export.csv", "there is no folder"), ("pipe", "--output -")],
)
def test_what_takes_no_file_is_refused(tmp_path: Path, name: str, says: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match=says):
        require_writable(tmp_path / name)
    with pytest.raises(ConfigurationError, match=says), replacing(tmp_path / name):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
