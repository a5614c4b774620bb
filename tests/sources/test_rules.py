"""Mistakes in `[[rules]]` are named by file, key and remedy."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from newscrawl.sources import Source
from newscrawl.sources.registry import load_sources
from newscrawl.sources.source import ArticlePatterns, Rule
from tests.sources.test_registry import LEAST, problems, write


def test_reads_every_key_of_a_rule(tmp_path: Path) -> None:
    write(
        tmp_path,
        LEAST
        + """
        [[rules]]
        valid_until = 2025-12-31
        headline = "h1"
        [[rules]]
        valid_from = 2026-01-01
        keep = "div.story"
        drop = [".promo", "xpath://aside"]
        published_at = "time::attr(datetime)"
        date_format = "%d/%m/%Y %H:%M"
        timezone = "Asia/Baghdad"
        encoding = "windows-1256"
        language = "ar"
        related_labels = ["زاوية الدار"]
        articles.allow = ['/n/']
        """,
    )
    assert load_sources(tmp_path)["post"].rules == (
        Rule(valid_until=date(2025, 12, 31), headline=("h1",)),
        Rule(
            valid_from=date(2026, 1, 1),
            keep=("div.story",),
            drop=(".promo", "xpath://aside"),
            published_at=("time::attr(datetime)",),
            date_format=("%d/%m/%Y %H:%M",),
            timezone="Asia/Baghdad",
            encoding="windows-1256",
            language="ar",
            related_labels=("زاوية الدار",),
            articles=ArticlePatterns(allow=("/n/",)),
        ),
    )


@pytest.mark.parametrize(
    ("rules", "key", "said"),
    [
        ('[[rules]]\nheadlin = "h1"', "rules.1.headlin", "did you mean 'headline'?"),
        ("[[rules]]\nkeep = 'p'\n[rules.articles]\nalow = []", "rules.1.articles.alow", "did you mean 'allow'?"),
        ("[[rules]]\nkeep = 'div >'", "rules.1.keep", "no CSS selector"),
        ("[[rules]]\nkeep = 'p'\nvalid_until = 2025-01-01\n[[rules]]\nvalid_from = 2025-02-01\nheadline = 'xpath:['",
         "rules.2.headline", "no XPath"),
        ("[[rules]]\nkeep = 3", "rules.1.keep", "no list"),
        ("[[rules]]\nkeep = [3]", "rules.1.keep.1", "is 3"),
        ("[rules]\nkeep = 'p'", "rules", "below a line [[rules]]"),
        ("rules = [1]", "rules.1", "below a line [[rules]]"),
        ("[[rules]]\nkeep = 'xpath://div[nosuch(.)]'", "rules.1.keep", "no function nosuch()"),
        ("[[rules]]\nkeep = 'div::attr(class)'", "rules.1.keep", "finds no elements"),
        ("[[rules]]\ndrop = 'xpath:count(//p)'", "rules.1.drop", "finds no elements"),
        ("[[rules]]\nbody = 'xpath://p/text()'", "rules.1.body", "finds no elements"),
        ("[[rules]]\nkeep = 'p'\nvalid_from = '2026-02-01'\n[[rules]]\nkeep = 'b'", "rules.valid_until",
         "rules 1 and 2 are both valid on 2026-02-01"),
        ("[[rules]]\nlanguage = 'arabic'", "rules.1.language", "a code such as ar"),
        ("[[rules]]\ntimezone = 'Africa/Kairo'", "rules.1.timezone", "did you mean 'Africa/Cairo'?"),
        ("[[rules]]\nencoding = 'windows-12566'", "rules.1.encoding", "no known text encoding"),
        ("[[rules]]\n[rules.articles]\nallow = ['(']", "rules.1.articles.allow", "no regular expression"),
        ("[[rules]]\npublished_at = 'p'\ndate_format = '%d/%q'", "rules.1.date_format", "no date format"),
        ("[[rules]]\npublished_at = 'p'\ndate_format = '%d %B'", "rules.1.date_format", "year, month and day"),
        ("[[rules]]\ndate_format = '%d/%m/%Y'", "rules.1.date_format", "no selector reads"),
        ("[[rules]]\nkeep = 'p'\nvalid_from = 2026-02-01\nvalid_until = 2026-01-01", "rules.1.valid_until", "before"),
        ("[[rules]]\nkeep = 'p'\nvalid_from = 'May'", "rules.1.valid_from", "is 'May'"),
        ("[[rules]]\nvalid_from = 2026-02-01", "rules.1.(rule)", "says nothing"),
        ("[[rules]]\nrelated_labels = ' '", "rules.1.related_labels", "no heading"),
        ("[[rules]]\nkeep = 'p'\n[[rules]]\nkeep = 'b'", "rules.valid_until", "rules 1 and 2 are both valid on every"),
        ("[[rules]]\nkeep = 'p'\nvalid_from = 2026-02-01\n[[rules]]\nkeep = 'b'\nvalid_until = 2026-02-01",
         "rules.valid_until", "rules 1 and 2 are both valid on 2026-02-01"),
    ],
)  # fmt: skip
def test_names_file_key_and_remedy(tmp_path: Path, rules: str, key: str, said: str) -> None:
    path = write(tmp_path, f"{LEAST}{rules}\n")
    found = [line for line in problems(tmp_path) if line.startswith(f"{path}: {key}: ")]
    assert len(found) == 1, problems(tmp_path)
    assert said in found[0]
    assert "; " in found[0], "a problem without a remedy"


def test_rules_that_follow_each_other_do_not_overlap(tmp_path: Path) -> None:
    text = "[[rules]]\nkeep = 'p'\nvalid_from = 2026-02-01\n[[rules]]\nkeep = 'b'\nvalid_until = 2026-01-31\n"
    write(tmp_path, LEAST + text)
    assert len(load_sources(tmp_path)["post"].rules) == 2


def test_a_source_without_rules_is_itself_on_every_day(tmp_path: Path) -> None:
    write(tmp_path, LEAST)
    post = load_sources(tmp_path)["post"]
    assert post.on(None) is post
    assert post.rules_version is None


def test_the_version_of_rules_is_the_same_in_every_process() -> None:
    rule = Rule(headline=("h1",), valid_from=date(2026, 1, 1))
    made = Source(source_id="a", outlet="A", homepage="https://a.example", country="xx", rules=(rule,))
    stated = "[[('valid_from', 'datetime.date(2026, 1, 1)'), ('headline', \"('h1',)\")]]"
    assert made.rules_version == sha256(stated.encode()).hexdigest()[:10]
