"""The archive's folder: each WARC with what the table says of it, and what else lies there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from newscrawl.archive.files import INDEX, MERGED, OPEN, PRUNED, WARC, Names
from newscrawl.archive.location import Location
from newscrawl.storage import checks, pruning
from newscrawl.storage.database import Database
from newscrawl.verifying.findings import Finding, Looked, Progress
from newscrawl.verifying.warc import warc_findings

# Each before those with which it ends.
_SUFFIXES = (WARC + PRUNED, WARC + OPEN, WARC + ".tail", WARC, INDEX + OPEN, INDEX)


def archive_findings(database: Database, location: Location, looked: Looked, progress: Progress) -> Iterator[Finding]:
    """What is wrong with the archive, file by file, wherever each is. Raises ArchiveError when a store fails."""
    folder = location.folder
    # Before the folder is looked at: what the table names was in it by then.
    with checks.looking(database) as session:
        named = set(checks.warcs(session)) - pruning.every(session)
    beside = _by_stem(folder)
    # After the folder: a file moves from there to the store.
    closed = {warc.removesuffix(WARC) for warc in location.closed()}
    stems = closed | {stem for stem, suffixes in beside.items() if suffixes & {WARC, WARC + OPEN}}
    for stem in sorted(stems):
        yield from warc_findings(database, location, Names(folder, stem), looked, progress)
    for warc in sorted(named):
        if warc.removesuffix(WARC) not in stems and not location.holds(warc):
            yield _missing(database, location, warc)
    for stem in sorted(beside.keys() - stems):
        for suffix in sorted(beside[stem]):
            yield from _stray(folder / (stem + suffix), Names(folder, stem))


def _by_stem(folder: Path) -> dict[str, set[str]]:
    """The names in the folder by what they have in common, as the suffixes that follow it."""
    beside: dict[str, set[str]] = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        # Half written, by a living run or by one whose open WARC is told of.
        if path.name.endswith(".part") or path.name.startswith(MERGED):
            continue
        suffix = next((suffix for suffix in _SUFFIXES if path.name.endswith(suffix)), "")
        beside.setdefault(path.name.removesuffix(suffix), set()).add(suffix)
    return beside


def _missing(database: Database, location: Location, warc: str) -> Finding:
    with checks.looking(database) as session:
        captures, _ = checks.extent(session, warc)
        revisions, revisits = checks.relying_on(session, warc)
    what = (
        f"it is missing, and with it {captures} capture(s), the bytes of {revisions} revision(s), and what {revisits} "
        "revisit(s) in other files repeat"
    )
    return Finding("warc", warc, what, f"bring it back into {location.folder}")


def _stray(path: Path, names: Names) -> Iterator[Finding]:
    if path.name.endswith((".tail", PRUNED)):
        # What recovery kept of a file in which no record was whole; the note of a file that was removed for its age.
        return
    # Its WARC may have been begun, closed or removed meanwhile.
    if not path.exists() or names.warc.exists() or names.open.exists():
        return
    if path.name.endswith((INDEX, INDEX + OPEN)):
        yield Finding("index", path.name, f"there is no {names.warc.name}", "bring that back, or take this away")
    else:
        remedy = "take it away: only WARCs and what belongs to them are kept in this folder"
        yield Finding("archive", path.name, "it is none of the archive's files", remedy)
