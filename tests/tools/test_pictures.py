"""Pictures of the dashboards: made small without a change of a pixel, by any program that renders."""

from __future__ import annotations

import json
import struct
import sys
import zlib
from pathlib import Path

import pytest

from tools.pictures import DASHBOARDS, draw, smaller

WIDTH, HEIGHT = 300, 200


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def picture() -> tuple[bytes, bytes]:
    """(a PNG badly compressed in two chunks, with a comment; its pixels)."""
    pixels = b"".join(b"\0" + bytes((row // 20 * 10) % 256 for _ in range(WIDTH)) for row in range(HEIGHT))
    data = zlib.compress(pixels, 0)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    chunks = [
        (b"IHDR", head),
        (b"tEXt", b"Comment\0drawn"),
        (b"IDAT", data[:999]),
        (b"IDAT", data[999:]),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks), pixels


def test_a_picture_gets_smaller_and_stays_the_same() -> None:
    before, pixels = picture()
    after = smaller(before)
    assert len(after) < len(before) / 20
    assert after.count(b"IDAT") == 1
    assert b"tEXt" not in after
    at = after.index(b"IDAT")
    (length,) = struct.unpack_from(">I", after, at - 4)
    assert zlib.decompress(after[at + 4 : at + 4 + length]) == pixels
    assert after[8 : at - 4] == before[8:33]
    assert smaller(after) == after


@pytest.mark.program("prometheus")
def test_each_dashboard_is_drawn(tmp_path: Path) -> None:
    """The program gets dashboard, Prometheus, picture and values; one that fails is told with its words."""
    history = tmp_path / "history"
    history.mkdir()
    troubles = [{"kind": "sag", "miners": ["m50-1"]}, {"kind": "dead_board", "miners": ["s19-09"]}]
    (history / "troubles.json").write_text(json.dumps({"now": 0, "troubles": troubles}))
    (tmp_path / "source.png").write_bytes(picture()[0])
    program = tmp_path / "render"
    program.write_text(
        f"#!{sys.executable}\nimport pathlib, shutil, sys\n"
        f"if 'pools' in sys.argv[1]: sys.exit('no such panel')\n"
        f"shutil.copy({str(tmp_path / 'source.png')!r}, sys.argv[3])\n"
        f"told = pathlib.Path({str(tmp_path)!r}, pathlib.Path(sys.argv[3]).name + '.txt')\n"
        f"told.write_text(' '.join(sys.argv[4:]))\n"
    )
    program.chmod(0o755)
    out = tmp_path / "docs"
    out.mkdir()
    wrong = draw(str(program), history, out, [], ["theme=light"])
    assert wrong == ["pools: no such panel"]
    names = {dashboard.stem for dashboard in DASHBOARDS.glob("*.json")} - {"pools"}
    assert {file.name for file in out.iterdir()} == {f"{name}.png" for name in names}
    assert (tmp_path / "miner.png.txt").read_text() == "miner=s19-09 theme=light"
    assert (tmp_path / "fleet.png.txt").read_text() == "theme=light"
    assert (out / "fleet.png").stat().st_size < 2000
