"""Relations of texts, scored on labelled pairs: `python -m benchmarks.duplicates --pairs FOLDER`.

FOLDER holds docs.jsonl ({id, text, ...}) and pairs.jsonl ({a, b, label, kind}). Labels exact, near, contained and
contains are copies; template, different and background are none; others are left out of the count.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from newscrawl.duplicates import relation, shingles, sketch
from newscrawl.text.fold import words

_COPIES = frozenset({"exact", "near", "contained", "contains"})
_OTHERS = frozenset({"template", "different", "background"})
# Candidates share so many sampled shingles.
_HITS = 2


def main() -> None:
    """Print the scores of the pairs, and what sketching costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, required=True)
    folder: Path = parser.parse_args().pairs
    texts = {document["id"]: document["text"] for document in _lines(folder / "docs.jsonl")}
    began = time.process_time()
    sketches = {key: set(sketch(shingles(words(text)))) for key, text in texts.items()}
    seconds = time.process_time() - began
    found: Counter[tuple[str, str]] = Counter()
    right = wrong = missed = through_index = 0
    for pair in _lines(folder / "pairs.jsonl"):
        kind = str(relation(texts[pair["a"]], texts[pair["b"]]).kind)
        found[pair["label"], kind] += 1
        said = kind in _COPIES
        right += said and pair["label"] in _COPIES
        wrong += said and pair["label"] in _OTHERS
        missed += not said and pair["label"] in _COPIES
        shared = len(sketches[pair["a"]] & sketches[pair["b"]])
        through_index += said and pair["label"] in _COPIES and shared >= _HITS
    print("| label | relation | pairs |\n| --- | --- | --- |")
    for (label, kind), count in sorted(found.items()):
        print(f"| {label} | {kind} | {count} |")
    copies = right + missed
    print(f"\nprecision {right / (right + wrong):.3f}, recall {right / copies:.3f}", end=", ")
    print(
        f"F1 {2 * right / (2 * right + wrong + missed):.3f}; recall through the sketches {through_index / copies:.3f}"
    )
    sampled = sum(map(len, sketches.values())) / len(sketches)
    print(f"{len(texts)} texts: {1000 * seconds / len(texts):.2f} ms and {sampled:.1f} hashes a text")


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
