"""The tables of docs/commands.md: what each family is asked, and what is never asked, with the reason."""

from __future__ import annotations

from collections.abc import Iterator

from exporter import decode
from exporter.decode import Family
from exporter.polling.discovery import DISCOVERY
from exporter.questions import REGISTRY, Call, Line, Page, Question
from tools.documents.markdown import code, table

# The fifty commands of cgminer's API and of the firmwares that extend the API: 25 that only read, 25 that act.
READS = """
    version summary stats pools devs devdetails config edevs estats coin lcd check asc asccount notify privileged pga
    debug lockstats session fans temps tempctrl power profiles
""".split()  # noqa: SIM905
CONTROLS = """
    switchpool enablepool disablepool addpool removepool poolpriority poolquota save restart quit ascenable ascdisable
    ascset pgaenable pgadisable pgaidentify setconfig zero hotplug failover-only logon logoff kill profileset curtail
""".split()  # noqa: SIM905
CLASSIC = {"Stock Antminer": "antminer", "BraiinsOS": "braiins", "LuxOS": "luxos", "DCENT_OS": "dcentos"}

ACTS = "acts on the miner"
UNKNOWN = "not known of this firmware"
# The reasons not to ask a read, for all families.
WHY = {
    "debug": "changes the miner's log",
    "lockstats": "writes to the miner's log",
    "edevs": "the same as devs",
    "estats": "the same as stats",
    "lcd": "a digest of summary",
    "asc": "a row of devs",
    "pga": "for FPGAs alone",
    "logs": "may hold private data",
    "minerstatus": "may hold private data",
    "systemaudit": "may hold private data",
    "updatecheck": "makes the miner call out",
    "metrics": "a history; Prometheus keeps one",
    "profileget": "a row of profiles",
    "get_token": "takes one of few tokens for writing",
    "download_logs": "may hold private data",
}
# The reasons that hold for one family.
WHY_HERE = {
    ("whatsminer", "version"): "in get_version",
    ("whatsminer", "asccount"): "rows of edevs",
    ("luxos", "notify"): "not in LUXminer, whose events have the same",
    ("braiins", "notify"): "not in BOSminer",
    ("antminer", "fans"): "in stats",
    ("antminer", "temps"): "in stats",
    ("antminer", "power"): "in stats_new_api, where the firmware has it",
    ("blackminer", "fans"): "in stats",
    ("blackminer", "temps"): "in stats",
    ("vnish", "fans"): "in stats",
    ("vnish", "temps"): "in stats",
    ("whatsminer", "fans"): "in summary",
    ("whatsminer", "temps"): "in edevs",
    ("whatsminer", "power"): "in summary",
    ("braiins", "power"): "in tunerstatus",
}
# Reads beyond the fifty, by family.
FURTHER = {
    "luxos": "metrics profileget minerstatus logs systemaudit updatecheck",
    "whatsminer": "get_token download_logs",
}

POLLED, SLOWLY, OPT_IN, BY_HAND = "polled", "polled slowly", "opt-in", "`query --ask`"


def asked(family: Family) -> dict[str, list[Question]]:
    """Return the family's questions by level.

    A question for one board is opt-in where the family has sections for the answer."""
    polled = {*family.fast, *family.instead.values(), *family.slow}
    named = {question.name: question for question in REGISTRY}
    sections = [named[name] for name, _ in family.sections if name in named]
    levels = {
        POLLED: (*family.fast, *family.instead.values()),
        SLOWLY: family.slow,
        OPT_IN: [question for question in sections if question not in polled and family.boards is not None],
        BY_HAND: family.reads().values(),
    }
    return {name: list(members) for name, members in levels.items()}


def level(family: Family, command: str) -> tuple[str, str]:
    """Return (the level, "") of an asked command, ("never", the reason) of another."""
    for name, members in asked(family).items():
        if any(isinstance(question, Line) and question.command == command for question in members):
            return name, ""
    if command in CONTROLS:
        return "never", ACTS
    if off_api_port(family):
        return "never", "no such API"
    return "never", WHY_HERE.get((family.name, command)) or WHY.get(command) or UNKNOWN


def off_api_port(family: Family) -> bool:
    """Tell whether the family is read by pages or gRPC alone."""
    return all(isinstance(question, Page | Call) for question in (*family.fast, *family.slow))


def classic() -> str:
    """Return the table of the fifty commands over the four most common firmwares."""
    return table(("command", "kind", *CLASSIC), _classic())


def _classic() -> Iterator[list[str]]:
    for command in (*READS, *CONTROLS):
        cells = [level(decode.by_name(name), command) for name in CLASSIC.values()]
        words = [f"never: {why}" if why else when for when, why in cells]
        yield [f"`{command}`", "read" if command in READS else "control", *words]


def described(question: Question) -> str:
    """Return the question as a reader knows it: the page with its method and port, the RPC, or the command."""
    if isinstance(question, Page):
        return f"{'POST' if question.posted else 'GET'} :{question.port}{question.target}"
    return question.method if isinstance(question, Call) else question.name


def of(family: Family) -> Iterator[str]:
    """Yield the lines of one family: every one of the fifty commands and every further read is in one row."""
    yield f"### {family.name}\n"
    yield "| | |\n|---|---|"
    for name, members in asked(family).items():
        if members:
            yield f"| {name} | {code(map(described, members))} |"
    reasons: dict[str, list[str]] = {}
    for command in (*READS, *FURTHER.get(family.name, "").split(), *CONTROLS):
        when, why = level(family, command)
        if when == "never":
            reasons.setdefault(why, []).append(command)
    for why, commands in reasons.items():
        yield f"| never: {why} | {code(commands)} |"
    yield ""


def by_family() -> str:
    """Return a table for each family."""
    return "\n".join(line for family in sorted(decode.families(), key=lambda f: f.name) for line in of(family))


def discovery() -> str:
    """Return the questions that an unknown miner is asked, in order."""
    return code(question.name for question in DISCOVERY)
