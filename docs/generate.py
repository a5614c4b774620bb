"""`make docs`: write docs/fields.md and docs/article.schema.json from newscrawl/items.py.

pydantic makes the schema of the feed line out of the dataclasses and their attribute docstrings; the tables of
fields.md are read from that schema. A field and what it means are written once, in items.py.
"""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import fields
from pathlib import Path
from textwrap import fill
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from newscrawl.items import FEED_FIELDS, Article, RelatedLink, ResolvedLink
from newscrawl.urls import URL_KEY_VERSION, url_key

FOLDER = Path(__file__).parent

Schema = dict[str, Any]

# RFC 3339, and so JSON Schema's date-time, knows no time without offset.
_LOCAL_TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$"}

_FIELDS = """\
# The fields of an article

Written by `make docs` from newscrawl/items.py; edit that. As JSON Schema: [article.schema.json](article.schema.json).

A feed is a file of JSON objects in UTF-8, one a line, one for each revision that the run stored: a new article, or a
new state of a known one. A line has every field, in this order. It is the state at writing, and is not written again.

{tables}

## Identity

An article's identity is its `url_key`, made from the URL of the final response:

{url_key}

The rule has a version, now {version}. `id` is made from the `url_key` alone, and so is the same wherever the page is
crawled.

A URL that redirects leads to the article under the final URL. `canonical_url` is the page's claim: recorded, not
believed. The same text under a second URL is an article of its own, with a line of its own; its `duplicate_of` names
the earliest. Texts are the same when the words of `body` are: case, punctuation, vowel signs and spelling variants of
letters do not count, and of a text under 16 words nothing is told.

A revision is a new state of the page. A page whose bytes are those of the last revision, or whose `content_hash` is
the one known, is unchanged and gives no line. So is one that differs trivially; the article counts these, and the
archive holds their bytes:

| differs trivially | is a revision |
| --- | --- |
| spaces, where paragraphs begin, and of which type they are | a word more, less, or at another place |
| commas, full stops, exclamation marks, dashes, brackets, which quotation marks | question marks, new quotation marks |
| vowel signs, tatweel, joiners; أ إ آ for ا, ى for ي, ة for ه, ؤ for ئ, ک for ك | any other letter, accents, capitals |
| the script of digits (١٢٠ for 120) | a digit; what stands in or before a number (1.5, 1,500, -5, 50%) |
| lines that give the time of an update ("آخر تحديث: ..."), an age, a counter ("1,234 views") | what else they say |

## Times

All times are ISO 8601. `fetched_at` is in UTC. `published_at` and `modified_at` are as exact as the page:

| the page states | the field holds |
| --- | --- |
| a time with its offset, or one without in a source whose file gives a `timezone` | `2021-08-27T17:30:00+02:00` |
| a time without offset, in a source of unknown zone | `2021-08-27T17:30:00` |
| a day | `2021-08-27` |

A time after `fetched_at` is not believed, and neither are years before 1900 and from 2100 and 1 January 1970. An
instant that the page states in UTC is written at the offset at which the page prints it. `published_at_raw` and
`modified_at_raw` keep the text that was read, or the one that nothing could read.

## Export

A line of `scrapy export` has the same fields, as they are known at the export: what is learnt later (`duplicate_of`,
the articles that related links name) is not in the feed. Each of its related links has two fields more:

{export}

With `--without-body` it has neither `body` nor `blocks`. In Parquet `published_at` and `modified_at` are instants, each
with two columns beside it: `*_text` holds what other formats hold, `*_precision` is instant, local or day.

## Null

What is not known is null, or an empty list: never an empty string, never a guess. Text is NFC without control
characters, its white space single and trimmed; letters, digits, punctuation and zero-width non-joiners stay as printed.

`capture` is null where nothing was archived.

## Near-duplicates

`near_duplicates` names the articles whose texts are copies of this one's, of any source, those that share the most
first. They are those of the article's current text, as known when the line was written; what is stored later is told by
`scrapy copies`. Shares are of shingles, runs of five words each; texts under 12 of them have no relation. Copies are
texts that are alike, and no advice to drop one: articles on a running story share much too. Where very many articles
have a text, some of them are named. Texts that merely share passages (`overlap`) are left out; `scrapy copies` tells
them.
"""
_DEFINITION = re.compile(r'"#/\$defs/(\w+)"')
_NONE = re.compile(r"\bNone\b")


def article_schema() -> Schema:
    """The JSON Schema (2020-12) of one feed line."""
    definitions = _Feed.model_json_schema(mode="serialization", schema_generator=_FeedLineSchema)["$defs"]
    properties = definitions.pop("Article")["properties"]
    schema = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": "Article",
        "description": "One line of a feed: an article as read from one page.",
        "type": "object",
        "properties": {name: _with_local_time(properties[name]) for name in FEED_FIELDS},
        "required": FEED_FIELDS,
        "additionalProperties": False,
        "$defs": {name: definitions[name] for name in _named(definitions, [properties[name] for name in FEED_FIELDS])},
    }
    described: Schema = _described_in_json(schema)
    return described


def _named(definitions: Schema, part: Any) -> dict[str, None]:
    """The definitions that a part of the schema leads to, in the order in which it names them."""
    names: dict[str, None] = {}
    for name in _DEFINITION.findall(json.dumps(part)):
        names |= _named(definitions, definitions[name]) | {name: None}
    return names


def fields_page() -> str:
    """The text of docs/fields.md."""
    schema = article_schema()
    definitions = schema["$defs"]
    tables = [_table(schema, definitions)]
    for name, definition in definitions.items():
        if definition["type"] == "object":
            tables.append(f"### {name}\n\n{definition['description']}\n\n{_table(definition, definitions)}")
    export = _table({"properties": _further(ResolvedLink, RelatedLink)}, {})
    rule, _, _ = (inspect.getdoc(url_key) or "").partition("\n\n")
    quoted = fill(rule, 120, initial_indent="> ", subsequent_indent="> ")
    return _FIELDS.format(tables="\n\n".join(tables), export=export, url_key=quoted, version=URL_KEY_VERSION)


def pages() -> dict[Path, str]:
    """The generated files and their texts."""
    schema = json.dumps(article_schema(), ensure_ascii=False, indent=2) + "\n"
    return {FOLDER / "fields.md": fields_page(), FOLDER / "article.schema.json": schema}


class _Feed(BaseModel):
    """Hands its configuration down to the dataclasses, which know nothing of pydantic."""

    model_config = ConfigDict(
        use_attribute_docstrings=True, extra="forbid", json_schema_serialization_defaults_required=True
    )

    line: Article


class _Export(BaseModel):
    """The same of what only exports have."""

    model_config = _Feed.model_config

    link: ResolvedLink


class _FeedLineSchema(GenerateJsonSchema):
    """Without titles and defaults: the names say what titles would, and every field stands in every line."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        return self.generate_inner(schema["schema"])

    def sort(self, value: Schema, parent_key: str | None = None) -> Schema:
        return value


def _further(kind: type, base: type) -> Schema:
    """The fields that a dataclass of an export has beside those of its base."""
    definitions = _Export.model_json_schema(mode="serialization", schema_generator=_FeedLineSchema)["$defs"]
    known = {field.name for field in fields(base)}
    further: Schema = _described_in_json(definitions[kind.__name__]["properties"])
    return {name: field for name, field in further.items() if name not in known}


def _with_local_time(field: Schema) -> Schema:
    """A field that may be an instant or a day may be a time without offset too."""
    forms = field.get("anyOf", [])
    if {"date-time", "date"} <= {form.get("format") for form in forms}:
        return {**field, "anyOf": [forms[0], _LOCAL_TIME, *forms[1:]]}
    return field


def _table(schema: Schema, definitions: Schema) -> str:
    rows = (
        f"| `{name}` | {_type(field, definitions)} | {_cell(field['description'])} |"
        for name, field in schema["properties"].items()
    )
    return "\n".join(("| field | type | what it holds |", "| --- | --- | --- |", *rows))


def _type(field: Schema, definitions: Schema) -> str:
    """A field's type in words."""
    if "anyOf" in field:
        return " or ".join(_type(form, definitions) for form in field["anyOf"])
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        target = definitions[name]
        return f"[{name}](#{name.lower()})" if target["type"] == "object" else _type(target, definitions)
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if field["type"] == "array":
        return f"list of {_type(field['items'], definitions)}"
    if field == _LOCAL_TIME:
        return "local time"
    return {"date-time": "time", "date": "day"}.get(field.get("format", ""), str(field["type"]))


def _described_in_json(schema: Any) -> Any:
    """The schema with its descriptions in the words of JSON: None is null."""
    if isinstance(schema, list):
        return [_described_in_json(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _NONE.sub("null", part) if name == "description" and isinstance(part, str) else _described_in_json(part)
        for name, part in schema.items()
    }


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(FOLDER.parent)}")
