"""Options that several commands share. Nothing heavy is imported here, so that help comes at once."""

import argparse
from collections.abc import Callable
from pathlib import Path

from tracker.profiles import PROFILES


def command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
    more: str,
    example: str,
) -> argparse.ArgumentParser:
    """Add a subcommand: a summary for the list, an explanation and an example for its own help."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}. {more}",
        epilog=f"example: {example}",
        allow_abbrev=False,
    )
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        default=argparse.SUPPRESS,
        help="say more on the way, and show where in the program an error arose",
    )
    parser.set_defaults(run=run)
    return parser


def add_recording(parser: argparse.ArgumentParser) -> None:
    """Add the one RECORDING argument."""
    parser.add_argument(
        "recording", metavar="RECORDING", type=Path, help="an .mcap file, or a folder with CSV files"
    )


def add_setup(parser: argparse.ArgumentParser) -> None:
    """Add what a recording may not say, or says wrongly."""
    group = parser.add_argument_group("about the session (instead of what the recording says)")
    group.add_argument("--exercise", choices=tuple(PROFILES), help="the exercise that was done")
    group.add_argument("--leg", choices=("left", "right"), help="the working leg")
    group.add_argument(
        "--target",
        metavar="TEMPO",
        help="tempo to compare with, in seconds, in the order eccentric - pause stretched - concentric - "
        "pause contracted: 3-1-2-1 is a return of 3 s, 1 s at the start, a kick of 2 s, 1 s held at the "
        "peak; X means as fast as possible",
    )


def speed(text: str) -> float | None:
    """Read a speed: times real time, or `max` (None)."""
    if text == "max":
        return None
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.01 <= value <= 1000.0:
        raise argparse.ArgumentTypeError(f"{text!r} is no speed; give a number from 0.01 to 1000, or max")
    return value


def port(text: str) -> int:
    """Read a TCP port that any user may listen on."""
    value = int(text) if text.isascii() and text.isdigit() else 0
    if not 1024 <= value <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 1024 to 65535")
    return value


def seconds(text: str) -> float:
    """Read a waiting time."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 3600.0:
        raise argparse.ArgumentTypeError(f"{text!r} is no waiting time; give seconds from 0 to 3600")
    return value
