"""Reads the source files, and names everything that is wrong with them at once."""

from __future__ import annotations

import difflib
import json
import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import lru_cache
from importlib.resources import files
from itertools import chain, pairwise, starmap
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from w3lib.encoding import resolve_encoding

from newscrawl.exceptions import ConfigurationError
from newscrawl.sources.rules import rule_problems, validity_problems, with_lists
from newscrawl.sources.source import ArticlePatterns, Expect, Manners, Revisits, Rule, Source
from newscrawl.text.encodings import ENCODINGS
from newscrawl.text.language import primary_language
from newscrawl.urls import host_of, is_http

BUNDLED = Path(__file__).parent
"""The folder of the source files that come with the package."""

_SOURCE = TypeAdapter(Source)
_NO_COUNTRY = "xx"
_MOST_HOURS = 24 * 365 * 10
_MOST_DAYS = 365_000
_ID = re.compile(r"[a-z0-9_]+")
_NO_URL = re.compile(r"[\s\x00-\x1f\x7f]")
_HOST = re.compile(r"[^\s/:@?#]+\.[^\s/:@?#]+")
_DISCOVERY = ("feeds", "sitemaps", "sections")
_KEYS = {
    "": {field.name for field in fields(Source)},
    "articles": {field.name for field in fields(ArticlePatterns)},
    "manners": {field.name for field in fields(Manners)},
    "revisits": {field.name for field in fields(Revisits)},
    "expect": {field.name for field in fields(Expect)},
    "rules": {field.name for field in fields(Rule)},
    "rules.articles": {field.name for field in fields(ArticlePatterns)},
}
_SHARES = ("authors", "published_at", "related_links")
_REMEDIES = {"tried_live": "write a day such as 2026-11-22, or false"}
_OF_TYPES = {
    "string": "write a text in quotation marks",
    "int": "write a whole number, without quotation marks",
    "float": "write a number, without quotation marks",
    "bool": "write true or false, without quotation marks",
    "date": "write a day such as 2026-11-22",
}
"""What to write, by the first word of the type of pydantic's finding."""


class _Problem(NamedTuple):
    key: str
    wrong: str
    remedy: str


def load_sources(*folders: Path) -> dict[str, Source]:
    """The sources of all `<country>/<source_id>.toml` below the folders, by source_id, in its order.

    Raises ConfigurationError with one line for each problem of each file: file, key, what is wrong, remedy.
    """
    lines = [f"{folder}: is no folder; create it or name another" for folder in folders if not folder.is_dir()]
    paths = {path.resolve(): path for folder in folders for path in folder.rglob("*.[tT][oO][mM][lL]")}
    loaded: dict[str, Source] = {}
    seen: dict[str, Path] = {}
    for path in sorted(paths.values()):
        source, problems = _read(path)
        if path.stem in seen:
            twice = f"{path.stem!r} is also the id of {seen[path.stem]}"
            problems.append(_Problem("source_id", twice, "rename or remove one of the two files"))
        seen.setdefault(path.stem, path)
        lines += [f"{path}: {problem.key}: {problem.wrong}; {problem.remedy}" for problem in problems]
        if source is not None:
            loaded[source.source_id] = source
    if lines:
        raise ConfigurationError("\n".join(lines))
    return dict(sorted(loaded.items()))


def select(sources: Mapping[str, Source], ids: str) -> list[Source]:
    """The sources named in "id,id", in that order, each once.

    Raises ConfigurationError when an id is unknown, or when none is named.
    """
    wanted = list(dict.fromkeys(part.strip() for part in ids.split(",") if part.strip()))
    if not wanted:
        raise ConfigurationError("no source is named; write their ids with commas between: sources=id,id")
    unknown = [f"unknown source {name!r}; {_did_you_mean(name, sources)}" for name in wanted if name not in sources]
    if unknown:
        raise ConfigurationError("\n".join(unknown) + "\n`scrapy sources` lists the sources there are")
    return [sources[name] for name in wanted]


def owner(sources: Mapping[str, Source], url: str) -> Source | None:
    """The source whose site a URL stands on; of several, the one with the longest homepage host (a subdomain's)."""
    owners = [source for source in sources.values() if source.owns(url)]
    return max(owners, key=lambda source: len(host_of(source.homepage)), default=None)


def is_country(name: str) -> bool:
    """Whether a folder of that name holds sources of a country (ISO 3166 alpha-2 in lower case), or of none (`xx`)."""
    return name == _NO_COUNTRY or name in _countries()


def _read(path: Path) -> tuple[Source | None, list[_Problem]]:
    try:
        # Editors of Windows begin a file with a byte-order mark.
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    # Beside what is no TOML and no UTF-8: numbers of thousands of digits, lists in lists without end.
    except (OSError, ValueError, RecursionError) as error:
        return None, [_Problem("(file)", f"cannot be read as TOML: {error}", "mend it; it must be TOML in UTF-8")]
    table = with_lists(table)
    problems = [*_name_problems(path, table), *_value_problems(table), *_rule_problems(table)]
    # As JSON, because pydantic's strict mode takes only there a list for a tuple, and nowhere "no" for false.
    document = json.dumps({**table, "source_id": path.stem, "country": path.parent.name}, default=str)
    try:
        source = _SOURCE.validate_json(document, strict=True)
    except ValidationError as error:
        return None, _type_problems(error.errors(include_url=False)) + problems
    return source, problems


def _name_problems(path: Path, table: Mapping[str, Any]) -> Iterator[_Problem]:
    """What is wrong with the file's own name and place, which say its identifier and country."""
    source_id, country = path.stem, path.parent.name
    if path.suffix != ".toml":
        yield _Problem("(file)", f"{path.name!r} does not end with .toml", "rename the file")
    if not _ID.fullmatch(source_id):
        yield _Problem("source_id", f"{source_id!r} has other characters than a-z, 0-9 and _", "rename the file")
    if not is_country(country):
        wrong = f"the folder {country!r} is no ISO 3166 code in lower case"
        yield _Problem("country", wrong, f"move the file to a folder such as eg/, or {_NO_COUNTRY}/ for no country")
    for key, name, place in (("source_id", source_id, "file"), ("country", country, "folder")):
        if key in table and table[key] != name:
            remedy = f"write {name!r}, or leave the key out"
            yield _Problem(key, f"{table[key]!r} is not the {place}'s name {name!r}", remedy)


def _value_problems(table: Mapping[str, Any]) -> Iterator[_Problem]:
    """What is wrong with values of the right type; the other types are pydantic's to report."""
    for key in ("homepage", *_DISCOVERY):
        for url in _texts(table, key):
            if not is_http(url):
                remedy = "write the whole of it, https://host/path"
                yield _Problem(key, f"{url!r} is no absolute http(s) URL", remedy)
            elif _NO_URL.search(url):
                remedy = "write it as browsers show it when copied, a space as %20"
                yield _Problem(key, f"{url!r} has white space or control characters", remedy)
    if not any(table.get(key) for key in _DISCOVERY):
        yield _Problem("feeds", "the file names no way of discovery", "add feeds, sitemaps or sections")
    if any(not outlet.strip() for outlet in _texts(table, "outlet")):
        yield _Problem("outlet", "is empty", "write the name of the outlet as it calls itself")
    for host in _texts(table, "hosts"):
        if not _HOST.fullmatch(host):
            yield _Problem("hosts", f"{host!r} is no host name", "write it without scheme and path: news.example.org")
    for tag in _texts(table, "languages"):
        if primary_language(tag) != tag:
            remedy = f"write {primary_language(tag) or 'a code such as ar or en'}"
            yield _Problem("languages", f"{tag!r} is no primary language tag", remedy)
    if table.get("tried_live") is True:
        yield _Problem("tried_live", "is true", _REMEDIES["tried_live"])
    if table.get("utc_is_local") is True and "timezone" not in table:
        yield _Problem("utc_is_local", "is true where no timezone is named", "add timezone = 'Area/City'")
    yield from _reading_problems(table)
    yield from _number_problems(table)
    yield from _revisit_problems(_table(table, "revisits"))
    yield from _promise_problems(_table(table, "expect"))


def _reading_problems(table: Mapping[str, Any]) -> Iterator[_Problem]:
    """What is wrong with what the file and each of its rules may say of pages."""
    for zone in _texts(table, "timezone"):
        if not _is_timezone(zone):
            yield _Problem("timezone", f"{zone!r} is no IANA time zone", _did_you_mean(zone, available_timezones()))
    for encoding in _texts(table, "encoding"):
        if not _is_encoding(encoding):
            remedy = "write a name of the web's, such as windows-1256"
            yield _Problem("encoding", f"{encoding!r} is no known text encoding", remedy)
    yield from _pattern_problems(table)


def _rule_problems(table: Mapping[str, Any]) -> Iterator[_Problem]:
    """What is wrong with the rules; they are counted from 1."""
    listed = table.get("rules")
    rules = [rule for rule in listed if isinstance(rule, dict)] if isinstance(listed, list) else []
    for number, rule in enumerate(rules, 1):
        for problem in chain(_reading_problems(rule), starmap(_Problem, rule_problems(rule))):
            yield problem._replace(key=f"rules.{number}.{problem.key}")
    yield from (_Problem(f"rules.{key}", wrong, remedy) for key, wrong, remedy in validity_problems(rules))


def _pattern_problems(table: Mapping[str, Any]) -> Iterator[_Problem]:
    for key in ("allow", "deny"):
        for pattern in _texts(_table(table, "articles"), key):
            if not pattern:
                yield _Problem(f"articles.{key}", "'' matches every URL", "leave it out, or write '.' for all of them")
            try:
                re.compile(pattern)
            except (re.error, OverflowError, RecursionError) as error:
                remedy = "mend it; a backslash needs a 'literal string' in TOML"
                yield _Problem(f"articles.{key}", f"{pattern!r} is no regular expression ({error})", remedy)


def _number_problems(table: Mapping[str, Any]) -> Iterator[_Problem]:
    days = table.get("max_age_days")
    if isinstance(days, int) and not isinstance(days, bool):
        if days < 1:
            yield _Problem("max_age_days", f"{days} is less than a day", "write 1 or more, or leave the key out")
        elif days > _MOST_DAYS:
            yield _Problem("max_age_days", f"{days} is more than a thousand years", "leave the key out for no limit")
    delay = _table(table, "manners").get("delay")
    if isinstance(delay, (int, float)) and not 0 <= delay <= 3600 * _MOST_HOURS:
        yield _Problem("manners.delay", f"{delay} is no time to wait", "write seconds, 0 or more")


def _revisit_problems(table: Mapping[str, Any]) -> Iterator[_Problem]:
    hours = table.get("after_hours")
    if isinstance(hours, list) and all(map(_is_number, hours)):
        grow = all(before < after for before, after in pairwise([0, *hours, _MOST_HOURS]))
        if not grow:
            yield _Problem("revisits.after_hours", f"{hours} is no row of growing ages", "write hours: [1, 6, 24]")
    least, most = (table.get(f"poll_{name}_minutes") for name in ("least", "most"))
    for name, minutes in (("least", least), ("most", most)):
        if _is_number(minutes) and not 1 <= minutes < 60 * _MOST_HOURS:
            wrong = f"{minutes} is no time between two polls"
            yield _Problem(f"revisits.poll_{name}_minutes", wrong, "write minutes, 1 or more")
    if _is_number(least) and _is_number(most) and most < least:
        remedy = "write as much or more"
        yield _Problem("revisits.poll_most_minutes", f"{most} is less than poll_least_minutes", remedy)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _promise_problems(promises: Mapping[str, Any]) -> Iterator[_Problem]:
    for key, value in promises.items():
        if key not in _KEYS["expect"] or isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        if key in _SHARES and not 0 <= value <= 1:
            remedy = f"write {value / 100:g}" if 1 < value <= 100 else "write a number from 0 to 1, such as 0.9"
            yield _Problem(f"expect.{key}", f"{value} is no share of articles", remedy)
        elif key not in _SHARES and not 0 < value < math.inf:
            yield _Problem(f"expect.{key}", f"{value} is nothing to expect", "write more than 0, or leave the key out")


def _type_problems(errors: Iterable[ErrorDetails]) -> list[_Problem]:
    """Pydantic's findings in our words; one for each key, however many types it might have had."""
    known = set().union(*_KEYS.values())
    problems: dict[str, _Problem] = {}
    for error in errors:
        place = [str(part) for part in error["loc"]]
        if error["type"] != "unexpected_keyword_argument":
            place = [part for part in place if part.isdecimal() or part in known]
        key = ".".join(str(int(part) + 1) if part.isdecimal() else part for part in place)
        problems.setdefault(key, _Problem(key or "(file)", *_explained(error, place)))
    return list(problems.values())


def _explained(error: ErrorDetails, place: list[str]) -> tuple[str, str]:
    match error["type"]:
        case "json_invalid":
            return "has lists or tables in each other without end", "mend it; docs/sources.md says what it may hold"
        case "missing":
            return "is missing", f"add {place[-1]} = ..."
        case "unexpected_keyword_argument":
            known = _KEYS.get(".".join(part for part in place[:-1] if not part.isdecimal()), set())
            return "unknown key", _did_you_mean(place[-1], known)
        case "tuple_type" | "dataclass_type" if place[0] == "rules" and len(place) <= 2:
            return f"is {error['input']!r}, no list of tables", "write each rule below a line [[rules]]"
        case "tuple_type":
            return f"is {error['input']!r}, no list", 'write a list: ["..."]'
        case "dataclass_type":
            return f"is {error['input']!r}, no table", f"write a table: [{place[-1]}]"
    message = error["msg"][0].lower() + error["msg"][1:]
    remedy = _REMEDIES.get(place[0]) or _OF_TYPES.get(error["type"].partition("_")[0], "see docs/sources.md")
    return f"is {error['input']!r}: {message}", remedy


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    """The strings that stand under a key, alone or in a list."""
    value = table.get(key)
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    folded = {candidate.casefold(): candidate for candidate in names}
    close = difflib.get_close_matches(name.casefold(), folded, n=1)
    if close:
        return f"did you mean {folded[close[0]]!r}?"
    return f"known are {', '.join(names)}" if len(names) <= 30 else "see docs/sources.md"


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_encoding(name: str) -> bool:
    try:
        return resolve_encoding(name) in ENCODINGS
    except ValueError:
        return False


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    """The ISO 3166 alpha-2 codes, in lower case, as the time zone database lists them."""
    table = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line[:2].lower() for line in table.splitlines() if line and not line.startswith("#"))
