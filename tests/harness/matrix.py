"""The tables of docs/commands.md, from the families' own questions and from what is never asked, with the reason."""

from __future__ import annotations

from collections.abc import Iterator

from exporter import decode
from exporter.decode import Family
from exporter.polling import discovery
from exporter.questions.grammar import Question, questions
from exporter.questions.readonly import POSTED, QUERIES

# The fifty commands of the founding reference (../shared/seeds), and what each is there.
READS = """
    version summary stats pools devs devdetails config edevs estats coin lcd check asc asccount notify privileged pga
    debug lockstats session fans temps tempctrl power profiles
""".split()  # noqa: SIM905
CONTROLS = """
    switchpool enablepool disablepool addpool removepool poolpriority poolquota save restart quit ascenable ascdisable
    ascset pgaenable pgadisable pgaidentify setconfig zero hotplug failover-only logon logoff kill profileset curtail
""".split()  # noqa: SIM905
REFERENCE = {"Stock Antminer": "antminer", "BraiinsOS": "braiins", "LuxOS": "luxos", "DCENT_OS": "dcentos"}

ACTS = "it acts"
UNKNOWN = "its firmware is not known to have it"
# Why a read is not asked, of any family that does not ask it.
WHY = {
    "debug": "it changes what the miner logs",
    "lockstats": "it writes to the miner's log",
    "edevs": "the same as devs",
    "estats": "the same as stats",
    "lcd": "a digest of summary",
    "asc": "a row of devs",
    "pga": "there is no FPGA in it",
    "logs": "it may tell private data",
    "minerstatus": "it may tell private data",
    "systemaudit": "it may tell private data",
    "updatecheck": "it makes the miner call out",
    "metrics": "a history, which Prometheus has",
    "profileget": "a row of profiles",
    "get_token": "it takes one of few tokens, which are for writing",
    "download_logs": "it may tell private data",
}
WHY_HERE = {
    ("whatsminer", "version"): "get_version has it",
    ("whatsminer", "asccount"): "edevs has a row for each",
    ("luxos", "notify"): "LUXminer does not have it; events has what it would say",
    ("braiins", "notify"): "BOSminer does not have it",
    ("antminer", "fans"): "stats has them",
    ("antminer", "temps"): "stats has them",
    ("antminer", "power"): "stats_new_api has it, where the firmware tells it",
    ("blackminer", "fans"): "stats has them",
    ("blackminer", "temps"): "stats has them",
    ("vnish", "fans"): "stats has them",
    ("vnish", "temps"): "stats has them",
    ("whatsminer", "fans"): "summary has them",
    ("whatsminer", "temps"): "edevs has them",
    ("whatsminer", "power"): "summary has it",
    ("braiins", "power"): "it is in tunerstatus",
}
# Reads beyond the fifty, by the firmware that has them.
FURTHER = {
    "luxos": "metrics profileget minerstatus logs systemaudit updatecheck",
    "whatsminer": "get_token download_logs",
}

POLLED, SLOWLY, OPT_IN, BY_HAND = "polled", "polled slowly", "opt-in", "`query --ask`"


def asked(family: Family) -> dict[str, list[Question]]:
    """What is asked at each level. A question for one board is opt-in where the family has sections for its answer."""
    polled = {*family.fast, *family.instead.values(), *family.slow}
    named = {question.name: question for question in questions()}
    sections = [named[name] for name, _ in family.sections if name in named]
    levels = {
        POLLED: (*family.fast, *family.instead.values()),
        SLOWLY: family.slow,
        OPT_IN: [question for question in sections if question not in polled and family.boards is not None],
        BY_HAND: family.reads().values(),
    }
    return {name: list(members) for name, members in levels.items()}


def level(family: Family, command: str) -> tuple[str, str]:
    """(when it is asked, "") or ("never", why)."""
    for name, members in asked(family).items():
        if any(question.command == command for question in members):
            return name, ""
    if command in CONTROLS:
        return "never", ACTS
    if speechless(family):
        return "never", "it does not have this API"
    return "never", WHY_HERE.get((family.name, command)) or WHY.get(command) or UNKNOWN


def speechless(family: Family) -> bool:
    return all(question.path or question.call for question in (*family.fast, *family.slow))


def reference() -> str:
    """The fifty commands over the four firmwares of the reference."""
    rows = []
    for command in (*READS, *CONTROLS):
        cells = [level(decode.by_name(name), command) for name in REFERENCE.values()]
        words = [f"never: {why}" if why else when for when, why in cells]
        rows.append(f"| `{command}` | {'read' if command in READS else 'control'} | {' | '.join(words)} |")
    head = [
        "| command | in the reference | " + " | ".join(REFERENCE) + " |",
        "|---|---" + "|---" * len(REFERENCE) + "|",
    ]
    return "\n".join([*head, *rows])


def shown(question: Question) -> str:
    if question.path:
        posted, path = question.posted, question.path
        method, query = ("POST", POSTED[path][0]) if posted else ("GET", QUERIES.get(path, ""))
        return f"`{method} :{question.port}{question.path}{query}`"
    if question.call:
        return f"`{question.call}`"
    return f"`{question.name}`"


def of(family: Family) -> Iterator[str]:
    """One family's table: every command of the fifty, and every further read, in one of its rows."""
    yield f"### {family.name}\n"
    yield "| | |\n|---|---|"
    for name, members in asked(family).items():
        if members:
            yield f"| {name} | {' '.join(map(shown, members))} |"
    reasons: dict[str, list[str]] = {}
    for command in (*READS, *FURTHER.get(family.name, "").split(), *CONTROLS):
        when, why = level(family, command)
        if when == "never":
            reasons.setdefault(why, []).append(f"`{command}`")
    for why, commands in reasons.items():
        yield f"| never: {why} | {' '.join(commands)} |"
    yield ""


def by_family() -> str:
    return "\n".join(line for family in sorted(decode.families(), key=lambda f: f.name) for line in of(family))


def discovered() -> str:
    return " ".join(f"`{question.name}`" for question in discovery.DISCOVERY)
