from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.discovery.feeds import read_feed
from newscrawl.discovery.pace import fresh_for, pause_of_feed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({"Cache-Control": "public, max-age=600"}, HOUR / 6),
        ({"cache-control": "s-maxage=60, max-age=3600, must-revalidate"}, HOUR),
        ({"Cache-Control": "s-maxage=600"}, None),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Cache-Control": "max-age=ten"}, None),
        ({"Cache-Control": "max-age=0"}, timedelta(0)),
        ({"Cache-Control": "max-age=99999999999999999999"}, None),
        ({"Expires": "Sun, 22 Nov 2026 13:00:00 GMT"}, HOUR),
        ({"Expires": "Sun, 22 Nov 2026 13:00:00 GMT", "Date": "Sun, 22 Nov 2026 12:30:00 GMT"}, HOUR / 2),
        ({"Expires": "Sun, 22 Nov 2026 11:00:00 GMT"}, None),
        ({"Expires": "0"}, None),
        ({}, None),
    ],
)
def test_how_long_an_answer_is_fresh(headers: dict[str, str], fresh: timedelta | None) -> None:
    assert fresh_for(headers, NOW) == fresh


@pytest.mark.parametrize(
    ("stated", "pause"),
    [
        ({"ttl": "15"}, HOUR / 4),
        ({"ttl": "often", "updateperiod": "hourly"}, HOUR),
        ({"updateperiod": " Daily ", "updatefrequency": "4"}, 6 * HOUR),
        ({"updateperiod": "hourly", "updatefrequency": "0"}, HOUR),
        ({"updatefrequency": "4"}, None),
        ({"updateperiod": "whenever"}, None),
        ({}, None),
    ],
)
def test_what_a_feed_says(stated: dict[str, str], pause: timedelta | None) -> None:
    assert pause_of_feed(stated) == pause


def test_a_feeds_own_words_are_read_and_its_entries_are_not() -> None:
    item = "<item><title>T</title><link>https://a.example/1</link><ttl>9</ttl></item>"
    declared = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    rss = "<rss version='2.0' {}><channel><title>N</title>{}{}</channel></rss>"

    def pause(text: str) -> timedelta | None:
        findings = read_feed(text.encode(), "https://a.example/feed")
        assert [one.url for one in findings.candidates] == ["https://a.example/1"]
        assert findings.error is None
        return findings.pause

    assert pause(rss.format("", "<ttl> 20 </ttl>", item)) == HOUR / 3
    assert pause(rss.format("", "", item)) is None
    period = "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
    assert pause(rss.format(declared, period, item)) == HOUR / 2
