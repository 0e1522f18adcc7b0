"""Read the command line and run one command: `asic-exporter`, or `python -m exporter`."""

from __future__ import annotations

import os
import signal
import sys

if __name__ == "__main__" or sys.argv[0].endswith("asic-exporter"):
    # The imports below take a second. A signal must end the process with status 0 meanwhile, and the first process of a
    # container ignores SIGTERM without a handler.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))

import argparse
import platform
from collections.abc import Sequence
from pathlib import Path

from exporter import __version__, decode
from exporter.commands import flags, serve
from exporter.commands.flags import PORT, load, options
from exporter.config import ConfigError
from exporter.daemon import loop
from exporter.daemon.telemetry import REVISION

COMMANDS = ("serve", "demo", "simulate", "query", "healthcheck")


def version() -> str:
    """Return the text for --version, in the format of Prometheus programs."""
    return (
        f"asic-exporter, version {__version__} (revision: {REVISION})\n"
        f"  python:   {platform.python_version()}\n  platform: {platform.system().lower()}/{platform.machine()}"
    )


def parser() -> argparse.ArgumentParser:
    """Build the parser of all commands; the names of flags follow those of Prometheus programs."""
    top = argparse.ArgumentParser(
        prog="asic-exporter",
        description="Prometheus exporter for bitcoin ASIC miners. It only reads.",
        formatter_class=argparse.RawDescriptionHelpFormatter,  # keeps the lines of the version as they are
    )
    top.add_argument("--version", action="version", version=version())
    commands = top.add_subparsers(dest="command", required=True, metavar="|".join(COMMANDS))

    daemon = commands.add_parser("serve", help="the daemon; the word may be left out")
    daemon.set_defaults(run=_serve)
    daemon.add_argument("--config.file", dest="config_file", required=True, metavar="FILE", help="configuration")
    daemon.add_argument(
        "--config.check", dest="config_check", action="store_true", help="read the configuration and end: 0 or 2"
    )
    flags.add_web_flags(daemon)

    demo = commands.add_parser("demo", help="a simulated fleet and the daemon over it")
    demo.add_argument("--miners", type=flags.positive, metavar="N", help="how many (default: one of each kind)")
    demo.add_argument("--faults", action="store_true", help="some of the miners misbehave")
    demo.add_argument("--seed", type=int, default=1, help="another number, another fleet")
    flags.add_web_flags(demo)
    demo.set_defaults(run=_demo, log_level="warn")  # the address of the status page stays on the screen

    simulate = commands.add_parser("simulate", help="the fleet alone; prints a configuration for it")
    simulate.set_defaults(run=_simulate)
    simulate.add_argument("--miners", type=flags.positive, required=True, metavar="N", help="how many")
    simulate.add_argument(
        "--listen",
        default="127.28.0.0/16",
        metavar="CIDR",
        help="a loopback network, an address for each miner (%(default)s)",
    )
    simulate.add_argument("--family", action="append", help="only this family (repeatable)")
    simulate.add_argument("--faults", action="store_true", help="some of the miners misbehave")
    simulate.add_argument("--seed", type=int, default=1, help="another number, another fleet")

    query = commands.add_parser("query", help="ask one miner once and show what comes of it")
    query.set_defaults(run=_query)
    query.add_argument("host", metavar="HOST[:PORT]", help="the miner, and the port of its API")
    query.add_argument(
        "--family",
        choices=sorted(family.name for family in decode.families()),
        help="read the miner as this family instead of recognising it",
    )
    query.add_argument(
        "--timeout", type=flags.seconds, default=10.0, metavar="SECONDS", help="for everything (%(default)g)"
    )
    query.add_argument(
        "--pages-port", type=flags.port, metavar="PORT", help="ask the pages of port 80 there, to try a decoder"
    )
    query.add_argument("--raw", action="store_true", help="print the answers too, secrets masked")
    query.add_argument(
        "--save",
        type=Path,
        metavar="FOLDER",
        help="write the answers there, all that is private replaced, for a report",
    )
    query.add_argument("--ask", metavar="READ", help="ask this too and print its answer: a read of docs/commands.md")

    health = commands.add_parser("healthcheck", help="exit 0 if an exporter on this machine is healthy")
    health.set_defaults(run=_healthcheck)
    health.add_argument("--port", type=flags.positive, default=PORT, help="the exporter's port (%(default)s)")
    health.add_argument("--path", default="/-/healthy", help="where a route prefix moves it")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status: 0 for success, 1 for a failure, 2 for wrong usage or configuration."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and not {"-h", "--help", "--version"} & set(given)):
        given.insert(0, "serve")
    parsed = parser().parse_args(given)
    decode.families()
    try:
        return int(parsed.run(parsed))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"asic-exporter: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:  # the program that read the output has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _serve(arguments: argparse.Namespace) -> int:
    chosen, read = options(arguments), load(arguments.config_file)
    if not arguments.config_check:
        return loop.run(serve.serve(read, chosen))
    for warning in read.warnings:
        print(warning, file=sys.stderr)
    print(
        f"{arguments.config_file}: good, {len(read.targets)} targets, {sum(map(len, read.ranges))} addresses in ranges"
    )
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    from exporter.commands import demo  # noqa: PLC0415 - the daemon does not pay for the simulator

    chosen = options(arguments, "127.0.0.1")
    return demo.demo(arguments.miners, chosen, faults=arguments.faults, seed=arguments.seed, load=load)


def _simulate(arguments: argparse.Namespace) -> int:
    from exporter.commands import demo  # noqa: PLC0415

    return demo.simulate(
        arguments.miners, arguments.listen, families=arguments.family, faults=arguments.faults, seed=arguments.seed
    )


def _query(arguments: argparse.Namespace) -> int:
    from exporter.commands import query  # noqa: PLC0415

    text, status = query.query(
        arguments.host,
        arguments.family,
        arguments.timeout,
        raw=arguments.raw,
        wanted=arguments.ask,
        pages_port=arguments.pages_port,
        folder=arguments.save,
    )
    print(text)
    return status


def _healthcheck(arguments: argparse.Namespace) -> int:
    from exporter.commands.healthcheck import healthcheck  # noqa: PLC0415

    return healthcheck(arguments.port, arguments.path)


if __name__ == "__main__":
    sys.exit(main())
