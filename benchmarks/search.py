"""What searching costs: `python -m benchmarks.search --texts FILE --articles 10000 [--postgresql]`.

FILE has a JSON object a line, with `lang` and `text`. Articles of 400 words are made from the Arabic ones: sentences
in which every third word is another's, so that no two are alike, and each with two words that no other has. They are
stored in groups of 20 as a crawl stores them, every other group without the index, so that the difference is what it
costs; the words of those are then entered too.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.crawling import empty_database
from newscrawl.duplicates import fingerprint
from newscrawl.items import Article, Block, Visit
from newscrawl.storage import articles, index_checks, runs, search, search_index, sketches
from newscrawl.storage.database import Database
from newscrawl.storage.search import Filters
from newscrawl.text.search_query import parse
from newscrawl.text.search_words import forms_of, keys, search_words, stored_words
from newscrawl.urls import article_id

_WORDS, _GROUP, _ROUNDS = 400, 20, 11
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Texts:
    """Made articles, always the same."""

    def __init__(self, file: Path) -> None:
        documents = map(json.loads, file.read_text(encoding="utf-8").splitlines())
        lines = [line for one in documents if one["lang"] == "ar" for line in one["text"].splitlines()]
        self._sentences = [words for line in lines if len(words := line.split()) > 5]
        self._vocabulary = [word for words in self._sentences for word in words]
        self._chance = random.Random(1)

    def article(self, number: int) -> Article:
        words = [f"مفردة{number}", f"فريدة{number}"]
        while len(words) < _WORDS:
            words += [
                word if self._chance.random() < 2 / 3 else self._chance.choice(self._vocabulary)
                for word in self._chance.choice(self._sentences)
            ]
        body = " ".join(words[:_WORDS])
        headline = " ".join(self._chance.choices(self._vocabulary, k=9))
        url, key = f"https://news.example/{number}", f"news.example/{number}"
        told = fingerprint(body)
        return Article(
            id=str(article_id(key)),
            url=url,
            url_key=key,
            source=f"source_{number % 20}",
            outlet="صحيفة",
            headline=headline,
            body=body,
            blocks=[Block("paragraph", body)],
            language="ar",
            published_at=date.fromordinal(730_000 + number % 9_000),
            fetched_at=_NOW,
            content_hash=f"v1:{number}",
            extractor="benchmark/1",
            visit=Visit(
                candidate_key=key,
                final_url=url,
                payload_digest=told.digest,
                fingerprint=told,
                search_words=search_words(headline, body),
            ),
        )


def main() -> None:
    """Print what words, storing, bytes and searches come to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    texts = Texts(options.texts)
    with empty_database(on_postgresql=options.postgresql) as database:
        with database.session() as session:
            runs.begin(session, "run", spider="news", arguments={}, sources=[], now=_NOW)
        found = _store(database, texts, options.articles)
        _tell_bytes(database, options.articles)
        _tell_searches(database, found)
        _tell_checks(database, options.articles)


def _store(database: Database, texts: Texts, number: int) -> Counter[str]:
    """Store the articles, print what it costs, and give the number of articles of each word."""
    seconds: dict[bool, list[float]] = {True: [], False: []}
    words_seconds = 0.0
    counted: Counter[str] = Counter()
    for group in range(0, number, _GROUP):
        several = [texts.article(one) for one in range(group, group + _GROUP)]
        is_indexed = bool(group // _GROUP % 2)
        began = time.process_time()
        if is_indexed:
            stored = _stored(database, several)
        else:
            with patch.object(search_index, "add"):
                stored = _stored(database, several)
        seconds[is_indexed].append(time.process_time() - began)
        if not is_indexed:
            with database.session() as session:
                search_index.add_current(session.connection(), stored)
        began = time.process_time()
        words = [stored_words(one.headline, one.body) for one in several]
        words_seconds += time.process_time() - began
        if group < 100 * _GROUP:
            counted.update(word for one in words for word in one)
    without, with_index = (1000 * statistics.fmean(seconds[one]) / _GROUP for one in (False, True))
    print(f"{number} articles of {_WORDS} words, {len(words[0])} forms each; ms of processor time an article:")
    print(f"storing {without:.2f} without index, {with_index:.2f} with it: {with_index - without:.2f} more;", end=" ")
    print(f"making the words, in a worker, {1000 * words_seconds / number:.2f}")
    return counted


def _stored(database: Database, several: Sequence[Article]) -> list[int]:
    with database.session() as session:
        return [one.article_id for one in articles.store(session, several, run_id="run") if one.article_id]


def _tell_bytes(database: Database, number: int) -> None:
    with database.reading() as session:
        if database.path is None:
            session.execute(text("ANALYZE"))
            of_index, of_all = session.execute(
                text("SELECT pg_total_relation_size('article_search'), pg_database_size(current_database())")
            ).one()
        else:
            of_index = session.execute(
                text("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'article_search%'")
            ).scalar_one()
            of_all = session.execute(text("SELECT sum(pgsize) FROM dbstat")).scalar_one()
    print(f"bytes an article: {of_index / number:.0f} of the index, {of_all / number:.0f} of the database")


def _tell_searches(database: Database, counted: Counter[str]) -> None:
    common = [word for word, _ in counted.most_common() if len(word) > 3 and word.isalpha()]
    often, seldom = common[5], common[len(common) // 3]
    first = Filters(since=date.fromordinal(730_000), until=date.fromordinal(730_030))
    print("| asked for | ranked | ms of our processor time, first of a process | later | ms, later |")
    print("| --- | --- | --- | --- | --- |")
    with database.reading() as session:
        for name, asked, filters in (
            ("a frequent word", often, Filters()),
            ("a rare word", seldom, Filters()),
            ("a word of one article", keys("فريدة77")[0], Filters()),
            ("two frequent words", f"{often} {common[9]}", Filters()),
            ("one of two frequent words", f"{often} OR {common[9]}", Filters()),
            ("a phrase of frequent words", f'"{often} {common[9]}"', Filters()),
            ("a phrase of one article", '"مفردة77 فريدة77"', Filters()),
            ("a frequent word, one source", often, Filters(sources=["source_3"])),
            ("a frequent word, a month of 25 years", often, first),
        ):
            _, of_first, _ = _timed(session, asked, filters, is_first=True)
            ranked, of_ours, in_all = _timed(session, asked, filters)
            print(f"| {name} | {ranked} | {1000 * of_first:.0f} | {1000 * of_ours:.0f} | {1000 * in_all:.0f} |")


def _tell_checks(database: Database, number: int) -> None:
    """What `scrapy verify` takes for the indexes, and what it takes to make them anew, an article."""
    spent = []
    for check in (index_checks.wrong_words, index_checks.wrong_postings):
        began, began_ours = time.perf_counter(), time.process_time()
        assert not list(check(database))
        of_ours, in_all = time.process_time() - began_ours, time.perf_counter() - began
        spent.append(f"{1000 * of_ours / number:.2f} ms of our processor time, {1000 * in_all / number:.2f} ms")
    print(f"verified, an article: words {spent[0]}; postings {spent[1]}")
    with database.session() as session:
        began = time.perf_counter()
        search_index.remake(session.connection())
        sketches.remake(session.connection())
        print(f"both made anew: {1000 * (time.perf_counter() - began) / number:.2f} ms an article")


def _timed(session: Session, asked: str, filters: Filters, *, is_first: bool = False) -> tuple[str, float, float]:
    """How many answers were ranked; seconds of this process's processor time, and in all: the medians.

    `is_first`: as if the process had met none of the words.
    """
    of_ours, in_all = [], []
    for _ in range(_ROUNDS):
        if is_first:
            forms_of.cache_clear()
        began, began_ours = time.perf_counter(), time.process_time()
        answer = search.search(session, parse(asked), filters, limit=10)
        in_all.append(time.perf_counter() - began)
        of_ours.append(time.process_time() - began_ours)
    ranked = f"{answer.ranked}{' of more' if answer.is_cut else ''}"
    return ranked, statistics.median(of_ours), statistics.median(in_all)


if __name__ == "__main__":
    main()
