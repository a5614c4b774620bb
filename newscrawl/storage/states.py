"""How the state of a page that was fetched differs from the newest one that is stored of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from newscrawl.items import Article, Visit
from newscrawl.storage import readings


@dataclass(slots=True)
class State:
    """A fetched state, beside what is known of its article."""

    article: Article
    visit: Visit
    known: Any
    """The article's row with its newest revision and current reading; None for an article that is new."""

    @property
    def same_page(self) -> bool:
        return self.known is not None and self.visit.payload_digest == self.known.payload_digest

    @property
    def same_content(self) -> bool:
        """Whether the text is the stored one, or was it when less was known of the source's furniture."""
        return self._same("content_hash", "whole_hash")

    @property
    def differs_trivially(self) -> bool:
        """Whether the text is another, and the same in all that matters."""
        if self.known is None or self.same_page or self.same_content:
            return False
        return self._same("substance_hash", "whole_substance_hash")

    @property
    def is_revision(self) -> bool:
        """Whether the page has a state that was not stored before, its first included."""
        return self.known is None or not (self.same_page or self.same_content or self.differs_trivially)

    @property
    def is_read_anew(self) -> bool:
        """Whether another extractor read the page that is stored, or its text on a page that differs elsewhere."""
        if self.known is None or self.article.extractor == readings.base(self.known.extractor):
            return False
        return self.same_page or (self.same_content and self.article.content_hash != self.known.content_hash)

    @property
    def outdated(self) -> int | None:
        """The revision_id of the stored state, where this one may differ because another version read it."""
        if self.known is None or self.visit.is_compared or not self.is_revision:
            return None
        assert self.article.extractor is not None
        same = readings.is_of_same_version(self.article.extractor, self.known.extractor)
        revision_id: int | None = None if same else self.known.revision_id
        return revision_id

    @property
    def state_hash(self) -> str | None:
        """What tells this state from others, whatever is known of furniture."""
        return self.article.whole_hash or self.article.content_hash

    def _same(self, *names: str) -> bool:
        """Whether one of these hashes is known and equal."""
        return any(
            getattr(self.known, name) is not None and getattr(self.article, name) == getattr(self.known, name)
            for name in names
        )
