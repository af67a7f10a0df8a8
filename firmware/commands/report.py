"""`kickback report`: a session on one page."""

import argparse
from pathlib import Path

from firmware.commands.options import add_recording, add_setup, command


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "report",
        run,
        "draw a session on one page",
        "Traces with coloured phases, tempo against target, the directions, how each set drifted, left "
        "against right, the faults, and every number as a table. An .html file needs nothing else and reads "
        "well on a phone.",
        "kickback report monday.mcap -o monday.html",
    )
    add_recording(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help="the page: .html, or a picture: .png, .svg or .pdf",
    )
    add_setup(parser)


def run(options: argparse.Namespace) -> int:
    """Track the recording and draw it."""
    from importlib.util import find_spec

    from firmware.commands.source import events_of, opened
    from firmware.errors import FaultError
    from firmware.report.output import require_drawable

    kind = require_drawable(options.output)
    if kind != "html" and find_spec("matplotlib") is None:
        raise FaultError(
            f"a .{kind} report needs matplotlib, which is not installed: pip install "
            "'kickback-tracker[report]'; an .html report needs nothing"
        )
    from firmware.report import draw_report

    recording = opened(options.recording, options)
    events = list(events_of(recording, options.recording.name))
    draw_report(recording, events, options.output)
    print(f"{options.output} written")
    return 0
