"""Pages of the fixtures, broken on purpose: each made from a number, so that a fault can be made again.

python -m tests.extraction.mutations 1234            the page of this number, to standard output
python -m tests.extraction.mutations 10000 15000     reads the pages of these numbers, and tells of each one's fault
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from newscrawl.extraction import extract
from newscrawl.items import Page, feed_line

FIXTURES = Path(__file__).parents[2] / "fixtures"
LONGEST = 10
"""Seconds of processor time that one page may take."""
MOST_MEMORY = 500
"""Megabytes of memory that a process which reads pages may take."""
_LARGEST = 150_000
_MOST_STEPS = 5

_TAG = re.compile(rb"<[^<>]{1,400}>")
_OPENING = re.compile(rb"<(\w+)((?:\s[^<>]{0,400})?)>")
_ATTRIBUTE = re.compile(rb"\s[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_TEXT = re.compile(rb">([^<>]{3,})<")
_DATA = re.compile(rb"(<script[^<>]*ld\+json[^<>]*>)(.*?)(</script>)", re.DOTALL)
_NAMES = b"div p span a table tr td ul li h1 h2 h3 article aside section script style template noscript form b".split()
_CHARSETS = (
    b"utf-8 windows-1256 windows-1252 iso-8859-6 utf-16 utf-16le utf-7 koi8-r shift_jis gb18030 iso-2022-jp big5"
    b" base64 idna punycode undefined rot13 x-nonsense"
).split()
_ENTITIES = b"""
&amp; &lt; &gt; &quot; &nbsp; &zwnj; &#0; &#x0; &#8; &#x1F; &#xD800; &#1114112; &#99999999999; &bogus; & &# &amp;amp;lt;
&ZeroWidthSpace; &shy; &rlm; &lt;p&gt; &#8204;
""".split()
_RUNS = [
    *" \u00a0\n\t\x00\x0b\u2028\u200b\u200c\u200f\ufffd7.(-|:a،",
    *["اا", "\u064e", "ـ", "\ufdfa", "😀", "((", " - ", " | ", "Ab ", "و ", " و", "2024-01-01T", "12:", "1/", "by "],
]
_HEADINGS = [
    *["اقرأ أيضا", "موضوعات متعلقة", "بیشتر بخوانید", "קראו גם", "İLGİLİ HABERLER", "Read also", "Lire aussi"],
    *["Lesen Sie auch", "Lea también", "Most read", "الأكثر قراءة", "Comments", "كتب: محمد علي", "By Jane Doe"],
    *["12 رمضان 1444", "منذ ساعتين", "2 hours ago", "12.03.2024, 14:30"],
]
_JSON = [
    "null",
    "[]",
    "{}",
    "[[]]",
    '""',
    "0",
    "-1e999",
    '{"@value":[{}]}',
    '{"name":{"name":[null]}}',
    '"\\ud800"',
    "true",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the reading of one page."""

    number: int
    told: str


def originals() -> list[Page]:
    """The pages of the fixtures, in the order of their names."""
    pages = []
    for file in sorted(FIXTURES.rglob("response.json")):
        answer = json.loads(file.read_text(encoding="utf-8"))
        if answer["body"] and answer["body"].endswith(".html"):
            body = (file.parent / answer["body"]).read_bytes()
            pages.append(Page(url=answer["url"], body=body, headers=dict(answer["headers"])))
    return pages


def mutated(pages: Sequence[Page], number: int, steps: int = _MOST_STEPS) -> Page:
    """The page of a number: one of the pages after up to so many mutations."""
    chance = random.Random(number)
    page = chance.choice(pages)
    if chance.random() < 0.5:
        page = replace(page, fetched_at=datetime(2024, 6, 1, 12, tzinfo=UTC))
    for _ in range(min(steps, chance.randint(1, _MOST_STEPS))):
        page = chance.choice(_MUTATIONS)(page, chance, pages)
        page = replace(page, body=page.body[:_LARGEST])
    return page


def line_of(page: Page) -> bytes:
    """The feed line of a page's article."""
    return json.dumps(feed_line(extract(page)), ensure_ascii=False).encode()


def read_all(numbers: Sequence[int]) -> Iterator[tuple[int, str] | Fault]:
    """Reads the pages of these numbers: number and digest of each one's line, or its fault.

    A page that takes longer than `LONGEST` ends the process (SIGPROF).
    """
    pages = originals()
    for number in numbers:
        page = mutated(pages, number)
        signal.setitimer(signal.ITIMER_PROF, LONGEST)
        try:
            line = line_of(page)
        except Exception as error:
            signal.setitimer(signal.ITIMER_PROF, 0)
            yield Fault(number, f"{type(error).__name__}: {error} (after {_fewest(pages, number)} mutations)")
            continue
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if b'""' in line and (empty := [name for name, value in json.loads(line).items() if value == ""]):
            yield Fault(number, f"empty texts: {empty}")
        if (memory := _peak()) > MOST_MEMORY:
            yield Fault(number, f"the process takes {memory} MB")
            return
        yield number, hashlib.sha256(line).hexdigest()


def _peak() -> int:
    """The most memory that this process ever had, in MB. What getrusage tells begins with the parent's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _fewest(pages: Sequence[Page], number: int) -> int:
    """The fewest of a page's mutations with which its reading still fails."""
    for steps in range(_MOST_STEPS):
        try:
            extract(mutated(pages, number, steps))
        except Exception:
            return steps
    return _MOST_STEPS


def _span(body: bytes, chance: random.Random, longest: int = 2000) -> tuple[int, int]:
    start = chance.randint(0, len(body))
    return start, min(len(body), start + chance.randint(0, longest))


def _cut(page: Page, chance: random.Random, pages: Sequence[Page]) -> Page:
    start, end = _span(page.body, chance)
    if chance.random() < 0.3:
        end = len(page.body)
    return replace(page, body=page.body[:start] + page.body[end:])


def _nest(page: Page, chance: random.Random, pages: Sequence[Page]) -> Page:
    start, end = _span(page.body, chance, 8000)
    name, times = chance.choice(_NAMES), chance.choice((1, 2, 20, 160, 1500))
    closing = b"</%s>" % name * times if chance.random() < 0.6 else b""
    body = page.body[:start] + b"<%s>" % name * times + page.body[start:end] + closing + page.body[end:]
    return replace(page, body=body)


def _repeat(page: Page, chance: random.Random, pages: Sequence[Page]) -> Page:
    start, end = _span(page.body, chance)
    times = chance.choice((2, 3, 10, 60))
    return replace(page, body=page.body[:start] + page.body[start:end] * times + page.body[end:])


def _break_charset(page: Page, chance: random.Random, pages: Sequence[Page]) -> Page:
    body, headers = page.body, dict(page.headers)
    kind = chance.randrange(5)
    if kind == 0:
        body = body.decode("utf-8", "replace").encode(
            chance.choice(("cp1256", "utf-16", "utf-16-be", "iso8859-6", "koi8-r", "cp1255")), "replace"
        )
    elif kind == 1:
        headers["Content-Type"] = f"text/html; charset={chance.choice(_CHARSETS).decode()}"
    elif kind == 2:
        body = re.sub(rb"charset=(\"?)[\w-]+", rb"charset=\1" + chance.choice(_CHARSETS), body, count=2)
    elif kind == 3:
        body = chance.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"\x00")) + body
    else:
        bytes_ = bytearray(body)
        for _ in range(chance.choice((1, 30, 2000))):
            if bytes_:
                bytes_[chance.randrange(len(bytes_))] = chance.randrange(256)
        body = bytes(bytes_)
    return replace(page, body=body, headers=headers)


def _put_entities(page: Page, chance: random.Random, pages: Sequence[Page]) -> Page:
    body = page.body
    for _ in range(chance.choice((1, 5, 40))):
        start, end = _span(body, chance, 3)
        body = body[:start] + chance.choice(_ENTITIES) * chance.choice((1, 1, 1, 200)) + body[end:]
    return replace(page, body=body)


def _double_attributes(page: Page, chance: random.Random, pages: Sequence[Page]) -> Page:
    found = list(_OPENING.finditer(page.body))
    if not found:
        return page
    for match in sorted(chance.sample(found, min(len(found), chance.choice((1, 4, 30)))), key=lambda one: -one.start()):
        attributes = _ATTRIBUTE.findall(match[2]) or [b' class="x"', b" href=/x"]
        more = chance.choice(attributes) * chance.choice((1, 2, 400))
        more = more.replace(b'"', chance.choice((b'"', b"'", b"", b'""')))
        page = replace(page, body=page.body[: match.end(2)] + more + page.body[match.end(2) :])
    return page


def _swap_tags(page: Page, chance: random.Random, pages: Sequence[Page]) -> Page:
    body = page.body
    for _ in range(chance.choice((1, 3, 15))):
        found = list(_TAG.finditer(body))
        if len(found) < 2:
            break
        first, second = sorted(chance.sample(found, 2), key=lambda one: one.start())
        body = body[: first.start()] + second[0] + body[first.end() : second.start()] + first[0] + body[second.end() :]
    return replace(page, body=body)


def _rename_tags(page: Page, chance: random.Random, pages: Sequence[Page]) -> Page:
    old, new = chance.choice(_NAMES), chance.choice(_NAMES)
    count = chance.choice((0, 1, 3))
    return replace(page, body=re.sub(rb"(</?)" + old + rb"\b", rb"\1" + new, page.body, count=count))


def _put_text(page: Page, chance: random.Random, pages: Sequence[Page]) -> Page:
    found = list(_TEXT.finditer(page.body))
    if not found:
        return page
    place = chance.choice(found)
    if chance.random() < 0.5:
        text = chance.choice(_RUNS) * chance.choice((1, 30, 3000))
    else:
        text = (
            chance.choice(_HEADINGS) + chance.choice(("", ":", " : ", "...")) + chance.choice(("", "<br>", "</p><p>"))
        )
    end = place.end(1) if chance.random() < 0.5 else place.start(1)
    return replace(page, body=page.body[: place.start(1)] + text.encode() + page.body[end:])


def _break_data(page: Page, chance: random.Random, pages: Sequence[Page]) -> Page:
    match = _DATA.search(page.body)
    if match is None:
        return replace(page, body=b'<script type="application/ld+json">' + chance.choice(_JSON).encode() + page.body)
    data = match[2]
    kind = chance.randrange(3)
    if kind == 0:
        start, end = _span(data, chance, 60)
        data = data[:start] + chance.choice((b"", b'"', b"[", b"}", b",", b"\\", b"\n")) + data[end:]
    elif kind == 1 and (values := list(re.finditer(rb":\s*(\"[^\"]*\"|\d+|\[[^\[\]]*\]|\{[^{}]*\})", data))):
        value = chance.choice(values)
        data = data[: value.start(1)] + chance.choice(_JSON).encode() + data[value.end(1) :]
    else:
        data = data * 2
    return replace(page, body=page.body[: match.start(2)] + data + page.body[match.end(2) :])


def _splice(page: Page, chance: random.Random, pages: Sequence[Page]) -> Page:
    other = chance.choice(pages).body
    body = page.body
    return replace(page, body=body[: chance.randint(0, len(body))] + other[chance.randint(0, len(other)) :])


Mutation = Callable[[Page, random.Random, Sequence[Page]], Page]
_MUTATIONS: tuple[Mutation, ...] = (
    _cut,
    _nest,
    _repeat,
    _break_charset,
    _put_entities,
    _double_attributes,
    _swap_tags,
    _rename_tags,
    _put_text,
    _break_data,
    _splice,
)


def main(arguments: Sequence[str]) -> int:
    """Exit code 1 where a page has a fault. Each digest is told before the next page is begun."""
    numbers = [int(argument) for argument in arguments]
    if len(numbers) == 1:
        sys.stdout.buffer.write(mutated(originals(), numbers[0]).body)
        return 0
    ranges = [range(*numbers[at : at + 2]) for at in range(0, len(numbers), 2)]
    faults = 0
    for end in read_all([number for one in ranges for number in one]):
        faults += isinstance(end, Fault)
        print(*((end.number, "fault", end.told) if isinstance(end, Fault) else end), sep="\t", flush=True)
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
