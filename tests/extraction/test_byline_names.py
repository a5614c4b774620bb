"""Persons told from agencies, desks, places, sentences and buttons, by the text alone."""

from __future__ import annotations

import pytest

from newscrawl.extraction.byline.names import is_credited_organisation, is_person, is_pseudonym

OUTLETS = ("River Voice", "صوت النهر")


@pytest.mark.parametrize(
    "name",
    [
        "Ann Lee",
        "Jean-Marc d'Aubigny",
        "Ludwig van der Berg",
        "María del Carmen Ruiz",
        "T. V. Okello",
        "سلمى حداد",
        "عبد الرحمن بن علي",
        "נועה ברק",
        "渡辺洋介",
        "신현주",
    ],
)
def test_persons(name: str) -> None:
    assert is_person(name, OUTLETS)


@pytest.mark.parametrize(
    "name",
    [
        "River Voice",
        "صوت النهر",
        "News Agency",
        "Sports Desk",
        "Twitter Facebook",
        "Posted on",
        "Read more",
        "Report an error",
        "Fehler melden",
        "Das Magazin für Leser",
        "New York",
        "أبو ظبي",
        "تل أبيب",
        "وكالة الأنباء",
        "فريق التحرير",
        "Ann",
        "القاهرة",
        "12 May 2024",
        "ann@news.example",
        "news.example",
        "Edit with Live CSS",
    ],
)
def test_what_is_no_person(name: str) -> None:
    assert not is_person(name, OUTLETS)


@pytest.mark.parametrize("name", ["Konrad", "HansG", "Herr_Rein", "c1ph4", "gnarl", "新間"])
def test_pseudonyms(name: str) -> None:
    assert is_pseudonym(name, OUTLETS)


@pytest.mark.parametrize(
    "name",
    ["RiverVoice", "admin", "siteadmin", "user512", "Redaktion", "GNB", "red", "AFP", "القاهرة", "4711", "Monday"],
)
def test_what_is_no_pseudonym(name: str) -> None:
    assert not is_pseudonym(name, OUTLETS)


@pytest.mark.parametrize("name", ["AFP", "dpa", "Associated Press", "Agence France-Presse", "Harbour Staff"])
def test_credited_organisations(name: str) -> None:
    assert is_credited_organisation(name, OUTLETS)


@pytest.mark.parametrize(
    "name", ["River Voice", "Redaktion", "News Desk", "Staff", "وكالات", "فريق التحرير", "Ann Lee"]
)
def test_outlets_and_desks_without_a_name_are_not_credited(name: str) -> None:
    assert not is_credited_organisation(name, OUTLETS)
