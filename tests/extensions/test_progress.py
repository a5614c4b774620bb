from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from tests.crawling import FIXTURES, ROOT, Crawl, command, environment


def test_the_table_counts_the_dispositions_of_each_source(demonstration: Crawl) -> None:
    titles = next(line for line in demonstration.stderr.splitlines() if line.startswith("┃ source"))
    columns = [title.strip().replace(" ", "_") for title in titles.strip("┃").split("┃")]
    counts = demonstration.rows("SELECT source_id, disposition, count(*) FROM dispositions GROUP BY 1, 2")
    for source_id in ("mahttmsr", "harbour_ledger", "kooche_news"):
        row = next(line for line in demonstration.stderr.splitlines() if line.startswith(f"│ {source_id} "))
        cells = dict(zip(columns, (cell.strip() for cell in row.strip("│").split("│")), strict=True))
        expected = {end: str(count) for source, end, count in counts if source == source_id}
        assert {name: cell for name, cell in cells.items() if cell != "·"} == {
            "source": source_id,
            "discovery": {"mahttmsr": "3 read"}.get(source_id, "2 read"),
            **expected,
        }


def test_the_last_lines_say_what_came_where_it_lies_and_what_to_do_next(demonstration: Crawl) -> None:
    (feed,) = demonstration.feeds()
    stored = len(demonstration.lines())
    assert demonstration.stderr.splitlines()[-4:] == [
        f"{stored} revision(s) stored.",
        f"Database: {demonstration.output / 'newscrawl.db'}",
        f"Feed:     {feed}",
        f"Next:     head -n 1 {feed} | python3 -m json.tool --no-ensure-ascii",
    ]


def test_a_second_run_says_that_nothing_is_new(demonstration_again: Crawl) -> None:
    unchanged = sum(end == "unchanged" for end, _ in demonstration_again.ends().values())
    assert f"Nothing new: {unchanged} page(s) unchanged, nothing stored twice." in demonstration_again.stderr
    assert re.search(r"Feed: +\S+\.jsonl$", demonstration_again.stderr.strip().splitlines()[-1])


@pytest.mark.slow
def test_a_terminal_shows_a_bar_in_place_of_log_lines(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    line = command("crawl", "news", "-a", "sources=kooche_news", output=tmp_path, NEWSCRAWL_REPLAY=FIXTURES)
    with subprocess.Popen(line, cwd=ROOT, env=environment(TERM="xterm", COLUMNS="120"), stderr=theirs) as process:
        os.close(theirs)
        shown = b"".join(iter(lambda: read(ours), b"")).decode("utf-8")
    os.close(ours)
    assert process.returncode == 0
    assert "crawling" in shown
    assert re.search(r"pages · \d+ articles · [\d.]+ pages/s", shown)
    assert "INFO" not in shown
    assert "3 revision(s) stored." in shown


def read(terminal: int) -> bytes:
    """What the terminal shows next; nothing when its other side is closed."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
