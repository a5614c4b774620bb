"""Relations of texts, scored on labelled pairs: `python -m benchmarks.duplicates --pairs FOLDER`.

FOLDER holds docs.jsonl ({id, text, ...}) and pairs.jsonl ({a, b, label, kind}). Labels exact, near, contained and
contains are copies; template, different and background are none; others are left out of the count. The pairs are
scored twice: by comparing them, and by the links that are in a database once all texts are stored there.
`--articles N` measures what the index costs with so many articles of 400 words, every tenth of them an edited copy;
with `--crawlers M` how fast M processes store so many each, at once. `--fill N` measures how long a database of so many
articles takes that has no index yet; `--sketches N` how the cost of the index alone grows, with sketches of 39 hashes
that nobody shares. All use SQLite, with `--postgresql` the PostgreSQL of the development tools.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from threading import Barrier
from typing import Any

from sqlalchemy import func, insert, select, text

from benchmarks.crawling import empty_database
from newscrawl.duplicates import fingerprint, packed, relation, shingles, sketch
from newscrawl.items import Article, Block, Fingerprint, Visit
from newscrawl.storage import articles, relations, runs, sketches
from newscrawl.storage.database import Database
from newscrawl.storage.schema import ArticleRow, RelationRow
from newscrawl.text.fold import words

_COPIES = frozenset({"exact", "near", "contained", "contains"})
_OTHERS = frozenset({"template", "different", "background"})
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_AT_ONCE = 100
_WORDS = 400
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"


def main() -> None:
    """Print the scores of the pairs, or what the index costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--pairs", type=Path)
    what.add_argument("--articles", type=int)
    what.add_argument("--fill", type=int)
    what.add_argument("--sketches", type=int)
    parser.add_argument("--crawlers", type=int)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    with empty_database(on_postgresql=options.postgresql) as database:
        if options.pairs:
            _score(options.pairs, database)
        elif options.fill:
            _fill(options.fill, database)
        elif options.sketches:
            _grow(options.sketches, database)
        elif options.crawlers:
            _store_at_once(options.articles, options.crawlers, database)
        else:
            _measure(options.articles, database)


def _score(folder: Path, database: Database) -> None:
    texts: dict[str, str] = {document["id"]: document["text"] for document in _lines(folder / "docs.jsonl")}
    pairs = _lines(folder / "pairs.jsonl")
    began = time.process_time()
    hashes = sum(len(sketch(shingles(words(text)))) for text in texts.values())
    seconds = time.process_time() - began
    found = Counter((pair["label"], str(relation(texts[pair["a"]], texts[pair["b"]]).kind)) for pair in pairs)
    print("| label | relation | pairs |\n| --- | --- | --- |")
    for (label, kind), count in sorted(found.items()):
        print(f"| {label} | {kind} | {count} |")
    linked = _linked(texts, database)
    through_index = Counter((pair["label"], linked.get(frozenset({pair["a"], pair["b"]}), "none")) for pair in pairs)
    print(f"\ncompared: {_scores(found)}\nthrough the index: {_scores(through_index)}")
    print(f"{len(texts)} texts: {1000 * seconds / len(texts):.2f} ms and {hashes / len(texts):.1f} hashes a text")


def _linked(texts: dict[str, str], database: Database) -> dict[frozenset[str], str]:
    """Store the texts; by pair of their ids the relation that is stored."""
    keys = list(texts)
    _begin(database)
    several = [_article(number, texts[key], fingerprint(texts[key])) for number, key in enumerate(keys)]
    for start in range(0, len(several), _AT_ONCE):
        with database.session() as session:
            articles.store(session, several[start : start + _AT_ONCE], run_id="run")
    with database.session() as session:
        names = {
            article_id: keys[int(key.rpartition("/")[2])]
            for article_id, key in session.execute(select(ArticleRow.article_id, ArticleRow.url_key))
        }
        rows = session.execute(select(RelationRow.article_id, RelationRow.other_id, RelationRow.kind))
        return {frozenset({names[one], names[other]}): kind for one, other, kind in rows}


def _scores(found: Counter[tuple[str, str]]) -> str:
    right = sum(count for (label, kind), count in found.items() if label in _COPIES and kind in _COPIES)
    missed = sum(count for (label, kind), count in found.items() if label in _COPIES and kind not in _COPIES)
    wrong = sum(count for (label, kind), count in found.items() if label in _OTHERS and kind in _COPIES)
    f1 = 2 * right / (2 * right + wrong + missed)
    return f"precision {right / (right + wrong):.3f}, recall {right / (right + missed):.3f}, F1 {f1:.3f}"


def _begin(database: Database) -> None:
    with database.session() as session:
        runs.begin(session, "run", spider="news", arguments={}, sources=[], now=_NOW)


def _measure(count: int, database: Database) -> None:
    """Store articles without their sketches, and enter these after that, which a crawl does in one transaction."""
    _begin(database)
    before, size, batches = _size(database), 0, []
    texts = _texts(count)
    for start in range(0, count, _AT_ONCE):
        bodies = [next(texts) for _ in range(min(_AT_ONCE, count - start))]
        prints = [fingerprint(body) for body in bodies]
        several = [_article(start + number, body, Fingerprint(None)) for number, body in enumerate(bodies)]
        with database.session() as session:
            stored = articles.store(session, several, run_id="run")
        rows = {one.article_id or 0: known for one, known in zip(stored, prints, strict=True)}
        size -= _size(database)
        began, clock = time.process_time(), time.perf_counter()
        with database.session() as session:
            relations.relate(session.connection(), rows)
        batches.append((time.process_time() - began, time.perf_counter() - clock))
        size += _size(database)
    with database.session() as session:
        links = session.scalar(select(func.count()).select_from(RelationRow))
    print(f"{count} articles of {_WORDS} words, {links} links; database of {(_size(database) - before) >> 20} MiB")
    last = batches[-max(len(batches) // 10, 1) :]
    for name, some in (("all", batches), ("the last tenth", last)):
        cpu, wall = (1000 * median(batch[at] for batch in some) / _AT_ONCE for at in (0, 1))
        print(f"{name}: {cpu:.2f} ms of this process and {wall:.2f} ms of time an article, in batches of {_AT_ONCE}")
    print(f"{size / count:.0f} bytes an article")


def _fill(count: int, database: Database) -> None:
    _begin(database)
    texts = _texts(count)
    for start in range(0, count, _AT_ONCE):
        several = [_article(start + number, next(texts), Fingerprint(None)) for number in range(_AT_ONCE)]
        with database.session() as session:
            articles.store(session, several, run_id="run")
    began = time.perf_counter()
    with database.session() as session:
        relations.fill(session.connection())
    seconds, peak = time.perf_counter() - began, getrusage(RUSAGE_SELF).ru_maxrss >> 10
    print(f"{count} articles filled in {seconds:.0f} s, {1000 * seconds / count:.2f} ms an article; peak {peak} MiB")


def _grow(count: int, database: Database) -> None:
    chance = random.Random(1)
    row = {"first_fetched_at": _NOW, "last_fetched_at": _NOW}
    batches: list[float] = []
    for start in range(1, count + 1, _AT_ONCE):
        ids = range(start, start + _AT_ONCE)
        texts = {}
        for article_id in ids:
            hashes = sorted(chance.getrandbits(60) - (1 << 63) for _ in range(39))
            texts[article_id] = Fingerprint(None, tuple(hashes), packed(chance.getrandbits(32) for _ in range(_WORDS)))
        with database.session() as session:
            rows = [{"article_id": one, "public_id": f"{one}", "url_key": f"{one}", **row} for one in ids]
            session.execute(insert(ArticleRow), rows)
        began = time.process_time()
        with database.session() as session:
            sketches.enter(session.connection(), texts)
        batches.append(1000 * (time.process_time() - began) / _AT_ONCE)
        if len(batches) % max(count // (10 * _AT_ONCE), 1) == 0:
            recent = batches[-max(count // (10 * _AT_ONCE), 1) :]
            print(f"{start + _AT_ONCE - 1} articles: {median(recent):.2f} ms of this process an article")


def _store_at_once(count: int, crawlers: int, database: Database) -> None:
    _begin(database)
    context = get_context("spawn")
    ready = context.Barrier(crawlers + 1)
    url = database.url.render_as_string(hide_password=False)
    several = [context.Process(target=_crawl, args=(url, number, count, ready)) for number in range(crawlers)]
    for one in several:
        one.start()
    ready.wait()
    began = time.perf_counter()
    for one in several:
        one.join()
    seconds = time.perf_counter() - began
    assert all(one.exitcode == 0 for one in several)
    with database.session() as session:
        links = session.scalar(select(func.count()).select_from(RelationRow))
    print(f"{crawlers} crawler(s): {count * crawlers / seconds:.0f} articles a second, {links} links")


def _crawl(url: str, number: int, count: int, ready: Barrier) -> None:
    database = Database(url)
    several = [
        _article(number * count + at, body, fingerprint(body)) for at, body in enumerate(_texts(count, seed=number + 1))
    ]
    ready.wait()
    for start in range(0, count, _AT_ONCE):
        with database.session() as session:
            articles.store(session, several[start : start + _AT_ONCE], run_id="run")
    database.close()


def _texts(count: int, *, seed: int = 1) -> Iterator[str]:
    chance = random.Random(seed)
    vocabulary = ["".join(chance.choices(_LETTERS, k=chance.randint(2, 8))) for _ in range(20_000)]
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    last: list[str] = []
    for number in range(count):
        if number % 10 == 9:
            yield " ".join(word if at % 25 else chance.choice(vocabulary) for at, word in enumerate(last))
        else:
            last = chance.choices(vocabulary, weights, k=_WORDS)
            yield " ".join(last)


def _article(number: int, body: str, known: Fingerprint) -> Article:
    url = f"https://a.example/{number}"
    visit = Visit(candidate_key=str(number), final_url=url, payload_digest=f"sha256:{number}", fingerprint=known)
    return Article(
        id=str(number), url=url, url_key=f"a.example/{number}", headline=f"{number}", body=body,
        blocks=[Block("paragraph", body)], fetched_at=_NOW, content_hash=f"v1:{number}", extractor="benchmark",
        visit=visit,
    )  # fmt: skip


def _size(database: Database) -> int:
    """Bytes of the database's pages, free ones left out."""
    with database.session() as session:
        if database.path is None:
            return session.scalar(text("SELECT pg_database_size(current_database())")) or 0
        pages, free, each = (
            session.scalar(text(f"PRAGMA {name}")) for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * each)


def _lines(file: Path) -> Sequence[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
