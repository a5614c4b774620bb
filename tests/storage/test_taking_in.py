from __future__ import annotations

from datetime import UTC, datetime, timedelta

from newscrawl.discovery.revisits import DEFAULT
from newscrawl.items import Candidate, Disposition, Visit
from newscrawl.storage import runs, taking_in
from newscrawl.storage.database import Database
from newscrawl.storage.schema import FrontierRow
from newscrawl.storage.taking_in import Taken

NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = "https://news.example/a"


def test_a_page_that_could_not_be_read_is_due_again(database: Database) -> None:
    timed_out = Taken(
        candidate=Candidate(url=URL, source=None, kind="sitemap"),
        visit=Visit(candidate_key="news.example/a", final_url=URL, source=None),
        article=None,
        disposition=Disposition.TIMED_OUT,
        reason="over 60 s",
        due_at=NOW + timedelta(hours=1),
    )
    with database.session() as session:
        runs.begin(session, "run", spider="reextract", arguments={}, sources=[], now=NOW)
    with database.session() as session:
        came_to = taking_in.take_in(session, [timed_out], run_id="run", now=NOW, policy_of=lambda _: DEFAULT)
        assert came_to == [Disposition.TIMED_OUT]
    with database.session() as session:
        row = session.get_one(FrontierRow, "news.example/a")
        assert (row.state, row.due_at) == ("waiting", NOW + timedelta(hours=1))
