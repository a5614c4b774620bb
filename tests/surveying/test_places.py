from __future__ import annotations

from datetime import datetime

import pytest

from newscrawl.surveying.places import country_of, identifier_of, zone_of_country


@pytest.mark.parametrize(
    ("homepage", "country", "identifier"),
    [
        ("https://www.akhbar-alhay.com.eg/", "eg", "akhbar_alhay"),
        ("https://alquds.example.co.uk/", "gb", "alquds_example"),
        ("https://arabic.harbour.com/", "xx", "arabic_harbour"),
        ("https://start.io/", "xx", "start"),
        ("http://127.0.0.1:8080/", "xx", "127_0_0_1"),
        ("https://news.com/", "xx", "news_com"),
    ],
)
def test_country_and_identifier_by_the_host(homepage: str, country: str, identifier: str) -> None:
    assert (country_of(homepage), identifier_of(homepage)) == (country, identifier)


@pytest.mark.parametrize(
    ("country", "times", "zone"),
    [
        # Summer and winter time, in a country of one zone.
        ("eg", ("2026-07-01T10:00+03:00", "2026-12-01T10:00+02:00"), "Africa/Cairo"),
        ("iq", ("2026-07-01T10:00+03:00", "2026-12-01T10:00+03:00", "2026-12-02T10:00+00:00"), "Asia/Baghdad"),
        # Summer's offset in winter; one page only; nothing but UTC; a country of many zones; no country.
        ("eg", ("2026-07-01T10:00+03:00", "2026-12-01T10:00+03:00"), None),
        ("iq", ("2026-07-01T10:00+03:00",), None),
        ("iq", ("2026-07-01T10:00+00:00", "2026-07-02T10:00+00:00"), None),
        ("us", ("2026-07-01T10:00-04:00", "2026-07-02T10:00-04:00"), None),
        ("xx", ("2026-07-01T10:00+03:00", "2026-07-02T10:00+03:00"), None),
    ],
)
def test_a_time_zone_needs_firm_evidence(country: str, times: tuple[str, ...], zone: str | None) -> None:
    assert zone_of_country(country, map(datetime.fromisoformat, times)) == zone
