"""`kickback report`: a picture of a session."""

import argparse
from pathlib import Path

from firmware.commands.options import add_recording, add_setup, command


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "report",
        run,
        "draw a picture of a session",
        "Traces with coloured phases, tempo against target, the directions, and how the set drifted.",
        "kickback report monday.mcap -o monday.png",
    )
    add_recording(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, required=True, help="the picture: .png, .svg or .pdf"
    )
    add_setup(parser)


def run(options: argparse.Namespace) -> int:
    """Track the recording and draw it."""
    from importlib.util import find_spec

    from firmware.commands.source import events_of, opened
    from firmware.errors import FaultError

    if find_spec("matplotlib") is None:
        raise FaultError(
            "reports need matplotlib, which is not installed: pip install 'kickback-tracker[report]'"
        )
    from firmware.report import draw_report
    from firmware.report.output import require_drawable

    require_drawable(options.output)
    recording = opened(options.recording, options)
    events = list(events_of(recording, options.recording.name))
    draw_report(recording, events, options.output)
    print(f"{options.output} written")
    return 0
