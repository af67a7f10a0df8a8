"""The `kickback` command: reads its arguments, runs a subcommand, and says in one line what went wrong."""

import argparse
import logging
import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn

from firmware.commands.say import say
from firmware.errors import BadInputError, FaultError
from firmware.interruption import unwinding

COMMANDS = (
    "run",
    "demo",
    "replay",
    "analyze",
    "report",
    "importing",
    "exporting",
    "dashboard",
    "calibrate",
    "doctor",
    "bench",
    "forget",
)
"""The modules of `firmware.commands` that are subcommands, in the order of the help."""

BAD_INPUT = 2
FAULT = 1
INTERRUPTED = 130
BROKEN_PIPE = 141

_ABOUT = "Counts reps of the glute medius kickback and measures each: its four phases, direction and range."
_EXAMPLES = """\
examples:
  kickback demo                              see it work, without any hardware
  kickback analyze monday.mcap               a table of each set
  kickback replay monday.mcap --speed 4      watch a session again, four times as fast

kickback COMMAND --help explains a command."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadInputError(f"{message} (see {self.prog} --help)")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"kickback {version('kickback-tracker')}")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command."""
    whole = _Parser(
        prog="kickback",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    whole.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    whole.add_argument("-v", "--verbose", action="store_true", help="say more on the way")
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    for name in COMMANDS:
        import_module(f"firmware.commands.{name}").add(commands)
    return whole


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit code: 0, 2 for bad input, 1 for a fault, 130 for Ctrl-C."""
    arguments = sys.argv[1:] if argv is None else argv
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file name or a degree sign must not end a command in a terminal without Unicode.
            stream.reconfigure(errors="replace")
    verbose = False
    try:
        whole = parser()
        options = whole.parse_args(arguments)
        if "run" not in options:
            whole.print_help()
            return 0
        verbose = options.verbose
        logging.basicConfig(
            level=logging.INFO if verbose else logging.WARNING,
            format="kickback: %(name)s: %(message)s" if verbose else "kickback: %(message)s",
        )
        with unwinding():
            code: int = options.run(options)
        sys.stdout.flush()
        return code
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return BROKEN_PIPE
    except Exception as error:
        if verbose:
            logging.getLogger("firmware.cli").error("where it arose:", exc_info=error)
        return _failed(error)


def _failed(error: Exception) -> int:
    if isinstance(error, BadInputError):
        say(_one_line(str(error)))
        return BAD_INPUT
    if isinstance(error, FaultError):
        say(_one_line(str(error)))
        return FAULT
    if isinstance(error, OSError) and error.strerror:
        if error.filename is None:
            _silence_stdout()
        say(_one_line(f"{error.filename or 'cannot write the output'}: {error.strerror}"))
        return FAULT
    kind = type(error).__name__
    say(_one_line(f"an error in the program itself, please report it with the output of -v: {kind}: {error}"))
    return FAULT


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _silence_stdout() -> None:
    """Let the interpreter's own flush at exit find somewhere to write, or it would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
