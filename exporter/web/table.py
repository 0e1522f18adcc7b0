"""The HTML of the status page: its style, and the rows of its table. All texts from miners are escaped here."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

# The classes of each column: "w" is left out on a phone, "n" is aligned as a number.
COLUMNS: Final = {
    "miner": "t a",
    "address": "w t a",
    "state": "",
    "place": "w t",
    "model": "w t",
    "family": "w",
    "boards": "n",
    "hashrate": "n",
    "of nominal": "w n",
    "temperature": "w n",
    "last read": "w n",
    "trouble": "e",
}
STYLE: Final = """
:root{color-scheme:light dark;--bad:#b3261e;--short:#b35900;--good:#1a7f5a;--rest:#667}
@media(prefers-color-scheme:dark){:root{--bad:#ff8a80;--short:#ffb74d;--good:#4cc38a;--rest:#99a}}
body{font:14px/1.45 system-ui,sans-serif;margin:1.5rem auto;max-width:110rem;padding:0 1rem}
h1{font-size:1.4rem;margin:0}p{margin:.4rem 0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .45rem;border-bottom:1px solid #8884;white-space:nowrap;vertical-align:top}
th a{color:inherit}td a{color:inherit;text-decoration-color:#8888}
td.t{white-space:normal;overflow-wrap:anywhere;min-width:4.5rem;max-width:14rem}td.a{min-width:7.5rem}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}
th{font-size:.9em}td.e{white-space:normal;overflow-wrap:anywhere;min-width:11rem;color:var(--bad)}
.up::before,.down::before,.bad::before,.new::before,.rest::before,.short::before{content:"● ";color:var(--rest)}
.up::before{color:var(--good)}.short::before{color:var(--short)}.down::before,.bad::before{color:var(--bad)}
b.short{color:var(--short)}b.short::before{content:""}
form{margin:0 0 1rem}input{font:inherit;padding:.2rem .5rem;max-width:100%;box-sizing:border-box}
@media(max-width:700px){body{margin:.7rem auto;padding:0 .5rem}.w,th.e{display:none}
tr{display:grid;grid-template-columns:1fr 6.5rem 3.5rem 6.5rem;border-bottom:1px solid #8884}
th,td{padding:.25rem .2rem;border:0}td.t{max-width:none;min-width:0}.e{grid-column:1/-1}td.e:empty{display:none}}
"""
PREFIXES: Final = ("", "k", "M", "G", "T", "P")
AGES: Final = ((86400, "d"), (3600, "h"), (60, "min"))
DEFAULT_PORT: Final = "4028"


def heading(name: str, sort: str, find: str) -> str:
    """Return the head of a column: a link that sorts by the column, or reverses the order if the page is so sorted."""
    turned = f"-{name}" if sort == name else name
    mark = {name: " ▾", f"-{name}": " ▴"}.get(sort, "")
    link = f'<a href="?sort={quote(turned)}&amp;find={quote(find)}">{name}{mark}</a>'
    return f'<th class="{COLUMNS[name]}">{link}</th>'


def tr(row: Mapping[str, Any], mark: str, trouble: str, now: float) -> str:
    """Return a row of the table; `mark` is the class of its state, `now` the unix time."""
    age = ago(now - row["last_success"]) if "last_success" in row else ""
    since = f" for {age}" if row["up"] == "down" and age else ""
    cells = {
        "miner": html.escape(row["miner"]),
        "address": link(row["address"]),
        "state": f"<span class={mark}>{html.escape(row['state'])}{since}</span>",
        "place": html.escape(", ".join(row["labels"].values())),
        "model": html.escape(row.get("model", "")),
        "family": html.escape(row.get("family", "")),
        "boards": boards(row),
        "hashrate": hashrate(row["hashrate"]) if "hashrate" in row else "",
        "of nominal": f"{100 * row['of_nominal']:.0f} %" if "of_nominal" in row else "",
        "temperature": f"{row['temperature']:.0f} °C" if "temperature" in row else "",
        "last read": f"{age} ago" if age else "",
        "trouble": html.escape(trouble),
    }
    return "".join(["<tr>", *[f'<td class="{COLUMNS[name]}">{cell}</td>' for name, cell in cells.items()], "</tr>"])


def boards(row: Mapping[str, Any]) -> str:
    """Return the number of working boards, and of expected boards if known; "" if both are unknown."""
    if "boards" not in row or "boards_expected" not in row:
        return str(row.get("boards", ""))
    count = f"{row['boards']} of {row['boards_expected']}"
    return f"<b class=short>{count}</b>" if row.get("boards_missing") else count


def link(address: str) -> str:
    """Return a link to the miner's own page, with the address as its text; the default port of the API is left out."""
    host, _, port = address.rpartition(":")
    host = f"[{host}]" if ":" in host else host
    shown = host if port == DEFAULT_PORT else f"{host}:{port}"
    return f'<a href="http://{quote(host, safe=":[]")}/" rel="noreferrer">{html.escape(shown)}</a>'


def hashrate(value: float) -> str:
    """Return a hashrate with the metric prefix that leaves at most three digits before the decimal point."""
    for prefix in PREFIXES:
        if abs(value) < 1000:
            return f"{value:.4g} {prefix}H/s"
        value /= 1000
    return f"{value:.4g} EH/s"


def ago(seconds: float) -> str:
    """Return a time span as text, in the largest unit that gives a number of at least two."""
    for size, unit in AGES:
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0, seconds):.0f} s"
