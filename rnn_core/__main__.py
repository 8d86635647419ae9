"""The command line, `python -m rnn_core`: one command of `commands` is run."""

from __future__ import annotations

import argparse
import sys

from .commands import COMMANDS
from .commands.options import add_output


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0, 1 if a check failed, 2 if the arguments make no run."""
    parser = command_parser()
    arguments = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(arguments, argparse.Namespace(arguments=arguments))
    try:
        return int(options.run(options))
    except ValueError as error:
        parser.exit(2, f"{parser.prog} {options.name}: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, "stopped\n")


def command_parser() -> argparse.ArgumentParser:
    """The parser of all commands; what it parses has `name` and `run`."""
    parser = argparse.ArgumentParser(prog="python -m rnn_core", description=_DESCRIPTION)
    commands = parser.add_subparsers(dest="name", required=True, metavar="command")
    for command in COMMANDS:
        sub = commands.add_parser(
            command.NAME,
            help=command.HELP,
            description=command.HELP,
            formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        )
        sub.set_defaults(run=command.run)
        add_output(sub)
        command.add_options(sub)
    return parser


_DESCRIPTION = f"""The command line: `python -m rnn_core {" | ".join(command.NAME for command in COMMANDS)}`.

Each command has an option for each field of `Config` that it does not vary itself.
"""


if __name__ == "__main__":
    sys.exit(main())
