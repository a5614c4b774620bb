"""Dates whose form a source's file states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache

from dateparser.data.languages_info import language_order
from dateparser.date import DateDataParser

from newscrawl.extraction.dates.calendars import in_english, with_months_in_one_word
from newscrawl.items import PublicationTime
from newscrawl.text.fold import fold

_DIRECTIVE = re.compile(r"(%.)")
_TIME_OF_DAY = re.compile(r"%[HIMSXc]")
_WORD = re.compile(r"[^\W\d]+")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def in_form(text: str, form: str, language: str | None) -> PublicationTime | None:
    """The time that a text states in a form of `strptime`: a day where the form has no time of day; None where the text
    is not written so.

    Months and days of the week may bear their names in English, in the page's language as dateparser knows it, months
    also those that the Arab countries, Iran, Turkey and Europe give them.
    """
    text = text.translate(_DIGITS)
    folded = "".join(part if part.startswith("%") else fold(part) for part in _DIRECTIVE.split(form))
    english = _WORD.sub(lambda word: in_english(word[0]) or word[0], with_months_in_one_word(fold(text)))
    for written, as_form in ((text, form), (english, folded)):
        for moment in _readings(written, as_form, language):
            return moment if _TIME_OF_DAY.search(form) else moment.date()
    return None


def _readings(text: str, form: str, language: str | None) -> Iterator[datetime]:
    with suppress(ValueError):
        yield datetime.strptime(text, form)  # noqa: DTZ007
    if language in language_order:
        found = _dateparser(language).get_date_data(text, [form]).date_obj
        if found is not None:
            yield found


@lru_cache(maxsize=64)
def _dateparser(language: str) -> DateDataParser:
    """dateparser for a stated form in one language; it never asks the machine's clock, since a form tells the day."""
    return DateDataParser(languages=[language], settings={"PARSERS": ["custom-formats"]})
