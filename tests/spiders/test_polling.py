"""Which documents are polled, and what is learnt of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy.http import Response

from newscrawl.discovery.documents import ChildSitemap, Findings
from newscrawl.discovery.revisits import DEFAULT
from newscrawl.exceptions import DiscoveryError
from newscrawl.items import Candidate, Validators
from newscrawl.sources import Source
from newscrawl.sources.source import ArticlePatterns
from newscrawl.spiders.polling import Polling, read_by
from newscrawl.storage.documents import Document

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOME = "https://a.example"
SOURCE = Source(
    source_id="a", outlet="A", homepage=HOME, country="xx", feeds=(f"{HOME}/feed",), sitemaps=(f"{HOME}/index",)
)
TAGGED = Validators('"1"', None, "<urn:1>")


def known(path: str, **fields: Any) -> Document:
    values = {"kind": "sitemap", "polled_at": NOW - HOUR, "due_at": NOW + HOUR, "read_by": read_by(SOURCE), **fields}
    return Document(source_id="a", url=HOME + path, **values)


def polling(*documents: Document, everything: bool = False) -> Polling:
    return Polling({(one.source_id, one.url): one for one in documents}, lambda _: DEFAULT, everything=everything)


def paths(documents: Iterable[Document]) -> list[str]:
    return [one.url.removeprefix(HOME) for one in documents]


def due(polling: Polling, now: datetime = NOW) -> list[str]:
    return paths(one for one, _ in polling.due(SOURCE, now))


def test_what_was_never_polled_and_what_is_due_is_polled() -> None:
    assert due(polling()) == ["/feed", "/index"]
    waits = known("/feed", kind="feed")
    assert due(polling(waits)) == ["/index"]
    assert due(polling(waits), NOW + HOUR) == ["/feed", "/index"]
    assert due(polling(waits, everything=True)) == ["/feed", "/index"]


def test_sitemaps_that_an_index_named_are_due_by_themselves_while_it_is_named() -> None:
    index = known("/index")
    tree = [
        index,
        known("/month", via=f"{HOME}/index", due_at=NOW),
        known("/inner", via=f"{HOME}/index", due_at=None, stated_at=NOW),
        known("/deep", via=f"{HOME}/inner", due_at=NOW - HOUR),
        known("/later", via=f"{HOME}/index"),
        known("/orphan", via=f"{HOME}/no-more", due_at=NOW - HOUR),
        replace(known("/other", via=f"{HOME}/index", due_at=NOW), source_id="b"),
        known("/feed", kind="feed"),
    ]
    assert due(polling(*tree)) == ["/month", "/deep"]
    assert due(polling(*tree, everything=True)) == ["/feed", "/index", "/month", "/later", "/deep"]


def test_sitemaps_are_told_apart_by_the_indexes_above_them_and_circles_lead_nowhere() -> None:
    tree = [
        known("/one", via=f"{HOME}/index", due_at=NOW),
        known("/two", via=f"{HOME}/one", due_at=NOW),
        known("/three", via=f"{HOME}/two", due_at=NOW),
        known("/round", via=f"{HOME}/about", due_at=NOW),
        known("/about", via=f"{HOME}/round", due_at=NOW),
        known("/self", via=f"{HOME}/self", due_at=NOW),
    ]
    found = [(one.url.removeprefix(HOME), depth) for one, depth in polling(*tree).due(SOURCE, NOW)]
    assert found == [("/feed", 0), ("/index", 0), ("/one", 1), ("/two", 2), ("/three", 3)]


def test_of_an_index_what_is_new_or_changed_is_polled_the_newest_first() -> None:
    documents = [
        known("/same", due_at=None, stated_at=NOW - 9 * HOUR),
        known("/changed", due_at=None, stated_at=NOW - 9 * HOUR),
        known("/silent"),
        known("/other-rules", stated_at=NOW, due_at=None, read_by="before"),
        known("/never-read", polled_at=None, failures=2),
    ]
    times = {"/same": -9, "/changed": -1, "/new": -3, "/other-rules": 0}
    named = [ChildSitemap(HOME + path, NOW + hours * HOUR) for path, hours in times.items()]
    named += [ChildSitemap(f"{HOME}/silent"), ChildSitemap(f"{HOME}/never-read")]
    children = polling(*documents).children(SOURCE, named, f"{HOME}/index")
    assert paths(one for one, _ in children.changed) == ["/other-rules", "/changed", "/new", "/never-read"]
    assert paths(children.unchanged) == ["/same"]
    assert {one.via for one, _ in children.changed} == {f"{HOME}/index"}


def test_a_document_is_asked_for_whole_where_its_rules_are_others_now() -> None:
    feed = known("/feed", etag='"1"', record_id="<urn:1>")
    assert polling().condition(feed, SOURCE, NOW) == TAGGED
    other = replace(SOURCE, articles=ArticlePatterns(allow=("/story/",)))
    assert polling().condition(feed, other, NOW) is None


def test_a_document_is_asked_for_whole_once_a_week() -> None:
    feed = known("/feed", etag='"1"', record_id="<urn:1>", interval=HOUR.total_seconds())
    asked = [
        polling().condition(replace(feed, polled_at=at - HOUR), SOURCE, at)
        for at in (NOW + n * HOUR for n in range(168))
    ]
    assert asked.count(None) == 1
    assert asked.count(TAGGED) == 167


def response(status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(f"{HOME}/new-feed", status=status, headers=headers or {})


FOUND = Findings([Candidate(url=f"{HOME}/{number}") for number in range(9)])


def test_what_is_learnt_of_a_document_that_was_read() -> None:
    after = polling().after(known("/feed"), SOURCE, response(), FOUND, now=NOW, news=2, validators=TAGGED)
    assert after.due_at is not None
    assert after.due_at > NOW
    assert (after.polled_at, after.answered_by, after.validators) == (NOW, f"{HOME}/new-feed", TAGGED)
    assert after.names == tuple(f"a.example/{number}" for number in range(9))
    stated = polling().after(known("/m"), SOURCE, response(), FOUND, now=NOW, stated_at=NOW - HOUR)
    assert (stated.due_at, stated.stated_at, stated.validators) == (None, NOW - HOUR, None)


def test_what_is_learnt_of_a_document_that_has_not_changed() -> None:
    before = known("/feed", interval=3600.0, etag='"1"', record_id="<urn:1>", answered_by=f"{HOME}/feed")
    after = polling().after(before, SOURCE, response(304), None, now=NOW)
    assert (after.polled_at, after.failures) == (NOW, 0)
    assert after.interval is not None
    assert after.interval > 3600
    assert replace(after, polled_at=before.polled_at, interval=before.interval, due_at=before.due_at) == before


def test_what_was_read_in_part_is_kept_without_condition() -> None:
    broken = Findings(FOUND.candidates, error=DiscoveryError("cut"))
    after = polling().after(known("/feed"), SOURCE, response(), broken, now=NOW, validators=TAGGED)
    assert (after.failures, after.validators) == (0, None)
    nothing = Findings(error=DiscoveryError("no feed"))
    after = polling().after(known("/feed", etag='"0"'), SOURCE, response(), nothing, now=NOW, validators=TAGGED)
    assert (after.failures, after.etag, after.polled_at) == (1, '"0"', NOW - HOUR)


def test_a_document_that_fails_waits_as_its_server_asks() -> None:
    after = polling().after(known("/feed"), SOURCE, response(503, {"Retry-After": "7200"}), None, now=NOW)
    assert (after.due_at, after.failures) == (NOW + 2 * HOUR, 1)
    assert polling().after(known("/feed"), SOURCE, None, None, now=NOW).failures == 1


def test_a_pause_that_the_answer_or_the_feed_states_is_kept() -> None:
    pace: dict[str, Any] = {"interval": 900.0, "polled_at": NOW - HOUR / 4}
    asks: list[tuple[dict[str, str], timedelta | None]] = [({"Cache-Control": "max-age=3600"}, None), ({}, HOUR)]
    for headers, stated in asks:
        findings = replace(FOUND, pause=stated)
        after = polling().after(known("/feed", **pace), SOURCE, response(200, headers), findings, now=NOW, news=1)
        assert after.due_at == NOW + 0.9 * HOUR
