"""Draw each dashboard from a history into `docs/`, with a program that renders dashboards."""

from __future__ import annotations

import argparse
import json
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Final

from tools.history.make import free_address
from tools.history.recorded import prometheus

ROOT: Final = Path(__file__).resolve().parents[1]
DASHBOARDS: Final = ROOT / "grafana" / "dashboards"
MOST: Final = 200_000
"""Bytes of a picture in the repository."""
SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
KEPT: Final = {b"IHDR", b"PLTE", b"tRNS", b"IEND"}


def smaller(picture: bytes) -> bytes:
    """Return the picture with its data compressed anew, and without chunks that only tell about the picture."""
    chunks, at = [], len(SIGNATURE)
    data = b""
    while at < len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        kind, body = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"IDAT":
            data += body
        elif kind == b"IEND":
            chunks += [(b"IDAT", zlib.compress(zlib.decompress(data), 9)), (kind, body)]
        elif kind in KEPT:
            chunks.append((kind, body))
    found = SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return min(found, picture, key=len)


def optimise(path: Path) -> None:
    """Make the picture's file small, by the programs that are installed, else by itself."""
    if shutil.which("pngquant"):
        whole = path.read_bytes()
        for colours in ("64", "32", "16"):
            path.write_bytes(whole)
            subprocess.run(["pngquant", "--force", "--strip", "--output", str(path), colours, str(path)], check=False)
            if path.stat().st_size <= MOST:
                break
    if shutil.which("optipng"):
        subprocess.run(["optipng", "-quiet", "-o2", str(path)], check=False)
    path.write_bytes(smaller(path.read_bytes()))


def subject(history: Path) -> str:
    """Return the miner whose page is drawn: with the dead board, or the first with any trouble."""
    troubles = json.loads((history / "troubles.json").read_text())["troubles"]
    order = sorted(troubles, key=lambda trouble: trouble["kind"] != "dead_board")
    return str(order[0]["miners"][0]) if order else ""


def draw(program: str, history: Path, out: Path, only: list[str], options: list[str]) -> list[str]:
    """Draw the dashboards, and return what is wrong with the pictures."""
    wrong = []
    with prometheus(history, free_address(), step=60) as url, tempfile.TemporaryDirectory() as folder:
        for dashboard in sorted(DASHBOARDS.glob("*.json")):
            if only and dashboard.stem not in only:
                continue
            path = Path(folder) / f"{dashboard.stem}.png"
            own = [f"miner={subject(history)}"] if dashboard.stem == "miner" else []
            command = [program, str(dashboard), url, str(path), *own, *options]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode or not path.exists():
                wrong.append(f"{dashboard.stem}: {(done.stderr or done.stdout).strip()[-500:]}")
                continue
            optimise(path)
            size = path.stat().st_size
            if size > MOST:
                wrong.append(f"{dashboard.stem}: {size} bytes are more than {MOST}")
                continue
            print(f"{shutil.copyfile(path, out / path.name)}: {size} bytes", flush=True)
    return wrong


def main() -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.pictures", description=__doc__)
    parser.add_argument("render", help="program, called as RENDER DASHBOARD.json PROMETHEUS_URL OUT.png NAME=VALUE...")
    parser.add_argument("history", type=Path, help="folder that `python -m tools.history` made")
    parser.add_argument("options", nargs="*", help="more NAME=VALUE for the program, such as theme=light")
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    parser.add_argument("--only", action="append", default=[], help="name of a dashboard; may be repeated")
    given = parser.parse_args()
    try:
        wrong = draw(given.render, given.history, given.out, given.only, given.options)
    except (OSError, ValueError) as error:
        wrong = [str(error)]
    print(*(f"error: {each}" for each in wrong), sep="\n", end="", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
