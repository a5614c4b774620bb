"""Shows the figures of the fixtures beside their floors; `--pin` raises the floors to them, `--lower` lowers them too.

python -m tests.golden [--pin [--lower]]
"""

from __future__ import annotations

import argparse
import json
import sys

from tests.golden.figures import measure
from tests.golden.floors import FLOORS, falls, floors_of, pinned


def main() -> int:
    """Exit code 1 where a floor would have to be lowered and nobody asked for it."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("--pin", action="store_true", help="write today's figures as the floors")
    parser.add_argument("--lower", action="store_true", help="with --pin: also where they are lower")
    options = parser.parse_args()
    figures = measure()
    reached, known = floors_of(figures), pinned() if FLOORS.exists() else {}
    print(f"{'field':18} {'pages':>5} {'figure':>7} {'floor':>7}")
    for name, found in reached.items():
        print(f"{name:18} {found['pages']:5} {found['floor']:7.4f} {known.get(name, {}).get('floor', 0):7.4f}")
        for page, figure in found["short"].items():
            print(f"    {figure:.4f}  {page}")
    fallen = falls(known, figures)
    for told in fallen.values():
        print(told, file=sys.stderr)
    if fallen and not (options.pin and options.lower):
        print("below the floors; `--pin --lower` lowers them, and says so in the commit", file=sys.stderr)
        return 1
    if options.pin:
        FLOORS.write_text(json.dumps(reached, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
