"""What crawls have left, as if an older extractor had read it."""

from __future__ import annotations

from typing import Any

from newscrawl import settings
from newscrawl.configuration import Configuration
from newscrawl.extensions.feed import write_feed
from newscrawl.rereading.everything import reextract
from newscrawl.rereading.report import Change, Report
from newscrawl.storage import search_index
from newscrawl.storage.rereading import Chosen
from tests.verifying.case import Case

OLD = "newscrawl/0.0.1 trafilatura/1.0.0"


class Archived(Case):
    """A case whose readings are changed behind its back, feeds and all."""

    def feeds(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.output / "feeds").iterdir()}

    def read_by(self, extractor: str | None, headline: str = "An old headline", where: str = "1") -> None:
        """Let the readings have this headline, and be this extractor's (None: whose they are); feeds and index too."""
        self.execute(
            f"UPDATE extractions SET headline = ?, content_hash = 'v1:old', extractor = coalesce(?, extractor)"
            f" WHERE {where}",
            headline,
            extractor,
        )
        self.execute(
            "UPDATE articles SET headline_key = 'old' WHERE article_id IN"
            f" (SELECT article_id FROM extractions WHERE is_current AND ({where}))"
        )
        runs = self.rows("SELECT run_id, feed FROM runs WHERE feed IS NOT NULL")
        self.execute("UPDATE runs SET feed = NULL")
        database = self.database()
        with database.session() as session:
            search_index.remake(session.connection())
        for run_id, feed in runs:
            with database.session() as session:
                write_feed(session, run_id, self.output / "feeds" / feed, wait=True)
        database.close()

    def configuration(self, **more: Any) -> Configuration:
        ours = {name: getattr(settings, name) for name in dir(settings) if name.startswith("NEWSCRAWL_")}
        own = {
            "NEWSCRAWL_OUTPUT": self.output, "NEWSCRAWL_SOURCES": self.sources, "NEWSCRAWL_BUNDLED_SOURCES": 0,
            "NEWSCRAWL_WORKERS": 1,
        }  # fmt: skip
        return Configuration.read({**ours, **own, **more})

    def reread(self, *, apply: bool = False, report: Report | None = None, **more: Any) -> Report:
        """Read again; arguments in capitals are settings, the others choose revisions."""
        chosen = Chosen(**{name: value for name, value in more.items() if name.islower()})
        configuration = self.configuration(**{name: value for name, value in more.items() if name.isupper()})
        database = self.database()
        try:
            return reextract(database, configuration, chosen, apply=apply, report=report)
        finally:
            database.close()

    def readings(self) -> list[tuple[Any, ...]]:
        """Path, revision, whether current, extractor and headline of every reading."""
        found = self.rows(
            "SELECT revisions.url, number, is_current, extractor, headline FROM extractions"
            " JOIN revisions USING (revision_id) ORDER BY revisions.url, number, extraction_id"
        )
        return [(url.removeprefix(self.home), *rest) for url, *rest in found]


def differing(report: Report) -> dict[str, dict[str, int]]:
    """The fields of the only source that are others than before, with the pages of each change."""
    (source,) = report.sources.values()
    return {
        name: {str(change): one.counts[change] for change in Change if one.counts[change]}
        for name, one in source.fields.items()
        if one.differs
    }


def paths(report: Report, archived: Archived) -> dict[str, str]:
    """Why there is no new reading, by the page's path."""
    return {one.url.removeprefix(archived.home): one.reason for one in report.failures}
