from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from newscrawl.storage import host_files
from newscrawl.storage.database import Database
from newscrawl.storage.host_files import HostFile

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_the_last_answer_of_a_host_is_kept(database: Database) -> None:
    first = HostFile(
        url="https://quay.example/robots.txt", fetched_at=NOW, fresh_until=NOW + timedelta(days=1), status=200,
        content=b"User-agent: *\nDisallow: /\xff", etag='"a"', last_modified="Mon, 23 Nov 2026 08:00:00 GMT",
    )  # fmt: skip
    other = replace(
        first, url="http://quay.example:8080/robots.txt", status=404, content=b"", etag=None, last_modified=None
    )
    with database.session() as session:
        assert host_files.kept(session, first.url) is None
        host_files.keep(session, first)
        host_files.keep(session, other)
    second = replace(first, content=b"", fresh_until=NOW + timedelta(days=2))
    with database.session() as session:
        assert host_files.kept(session, first.url) == first
        host_files.keep(session, second)
    with database.session() as session:
        assert host_files.kept(session, first.url) == second
        assert host_files.kept(session, other.url) == other
