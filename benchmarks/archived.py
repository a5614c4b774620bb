"""What is wrong with the archive of crawls, and with what the database says of it. Files are walked with zlib alone."""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crawling import Project


@dataclass(frozen=True, slots=True)
class Walked:
    """A record of a WARC."""

    warc: str
    offset: int
    length: int
    fields: dict[str, str]
    block: bytes

    @property
    def record_id(self) -> str:
        """Its WARC-Record-ID."""
        return self.fields["warc-record-id"]

    @property
    def payload(self) -> bytes:
        """The body of an answer."""
        return self.block.partition(b"\r\n\r\n")[2]


def walk(path: Path) -> Iterator[Walked]:
    """The records of a WARC. Raises ValueError where it does not hold whole records, each a gzip member, to its end."""
    content, offset = path.read_bytes(), 0
    while offset < len(content):
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        record = unpacker.decompress(memoryview(content)[offset:])
        if not unpacker.eof:
            raise ValueError(f"{path.name} ends within a record")
        length = len(content) - offset - len(unpacker.unused_data)
        head, _, rest = record.partition(b"\r\n\r\n")
        version, *lines = head.decode("utf-8").split("\r\n")
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        block = rest[: int(fields["content-length"])]
        if version != "WARC/1.1" or rest != block + b"\r\n\r\n":
            raise ValueError(f"{path.name} holds no whole record at byte {offset}")
        if fields["warc-block-digest"] != "sha256:" + hashlib.sha256(block).hexdigest():
            raise ValueError(f"{path.name} holds a changed record at byte {offset}")
        yield Walked(path.name, offset, length, fields, block)
        offset += length


def archive_faults(project: Project, *, payloads_once: bool = True) -> list[str]:
    """What is wrong after the last run: nothing when every file is closed and whole, the table of captures holds just
    what the files hold, every revision has its capture, and every revisit its original.

    `payloads_once`: no payload stands twice, as of crawls that shared the folder one after the other.
    """
    folder = project.output / "archive"
    wrong = [f"{path.name} is left" for path in folder.iterdir() if not path.name.endswith((".gz", ".cdxj", ".tail"))]
    answers: dict[str, Walked] = {}
    requests: Counter[str] = Counter()
    for path in sorted(folder.glob("*.warc.gz")):
        if not path.with_name(path.name.replace(".warc.gz", ".cdxj")).exists():
            wrong.append(f"{path.name} has no index")
        try:
            records = list(walk(path))
        except ValueError as error:
            wrong.append(str(error))
            continue
        if records[0].fields["warc-type"] != "warcinfo":
            wrong.append(f"{path.name} does not begin with its warcinfo")
        answers |= {one.record_id: one for one in records if one.fields["warc-type"] in ("response", "revisit")}
        requests.update(
            one.fields["warc-concurrent-to"]
            for one in records
            if one.fields["warc-type"] == "request" and "warc-concurrent-to" in one.fields
        )
    wrong += [f"the request of {record_id} stands {count} times" for record_id, count in requests.items() if count > 1]
    wrong += _against_the_table(project, answers)
    originals = {key for key, one in answers.items() if one.fields["warc-type"] == "response"}
    for one in answers.values():
        if one.fields["warc-type"] == "revisit" and one.fields["warc-refers-to"] not in originals:
            wrong.append(f"{one.warc}: the original of {one.record_id} is missing")
    digests = Counter(
        answers[key].fields["warc-payload-digest"]
        for key in originals
        if answers[key].payload and "warc-truncated" not in answers[key].fields
    )
    if payloads_once:
        wrong += [f"the payload {digest} stands {count} times" for digest, count in digests.items() if count > 1]
    return wrong


def _against_the_table(project: Project, answers: dict[str, Walked]) -> list[str]:
    held = {
        (key, one.warc, one.offset, one.length, one.fields["warc-payload-digest"], one.fields.get("warc-refers-to"))
        for key, one in answers.items()
    }
    rows = project.rows('SELECT record_id, warc, "offset", length, payload_digest, refers_to FROM captures')
    wrong = [f"captures: {row} is in no file" for row in set(rows) - held]
    wrong += [f"captures: {row} is not in the table" for row in held - set(rows)]
    if len(rows) != len(set(rows)):
        wrong.append("captures: rows stand twice")
    without = project.rows("SELECT url FROM revisions WHERE capture_id IS NULL")
    wrong += [f"{url}: its revision has no capture" for (url,) in without]
    elsewhere = project.rows(
        "SELECT r.url, c.url FROM revisions r JOIN captures c ON c.capture_id = r.capture_id WHERE c.url <> r.url"
    )
    return wrong + [f"{url}: its revision points to the capture of {other}" for url, other in elsewhere]
