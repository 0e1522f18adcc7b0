"""Write the derived parts of the documents, or name the parts that are stale."""

from __future__ import annotations

import argparse

from tools.documents import DERIVED, current, write


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.documents", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the parts; without it, only compare them")
    if parser.parse_args().write:
        write()
        return 0
    stale = [name for name, (file, _) in DERIVED.items() if file.read_text() != current(name)]
    print("\n".join(f"{DERIVED[name][0].name}: {name} is stale" for name in stale) or "all parts are current")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
