"""`kickback analyze`: recordings as tables, or as the JSON lines that would be published."""

import argparse
from pathlib import Path

from firmware.commands.options import add_setup, command


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "analyze",
        run,
        "show a table of each set in one or more recordings",
        "Every rep with its phases, direction, range, velocity, force and quality, a summary of the set, "
        "and every movement that was not counted, with the reason.",
        "kickback analyze monday.mcap --target 3-1-2-1",
    )
    parser.add_argument(
        "recordings",
        metavar="RECORDING",
        type=Path,
        nargs="+",
        help="an .mcap file, or a folder with CSV files",
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object per line for each event, exactly as published"
    )
    parser.add_argument(
        "--device", metavar="ID", default="replay", help="device id in the JSON lines (default replay)"
    )
    add_setup(parser)


def run(options: argparse.Namespace) -> int:
    """Analyse each recording; one that cannot be read does not keep the others from it."""
    import sys

    from firmware.commands.say import say
    from firmware.commands.source import opened, results_of
    from firmware.commands.tables import print_session
    from firmware.errors import BadInputError
    from firmware.mqtt.topics import device_id
    from firmware.numbering import Numbering

    numbering = Numbering(device_id(options.device), replay=True)
    code = 0
    for path in options.recordings:
        try:
            recording = opened(path, options)
            results = results_of(recording, path.name)
        except BadInputError as error:
            if len(options.recordings) == 1:
                raise
            say(str(error))
            code = 2
            continue
        if options.json:
            for result in results:
                numbered = numbering.number(result, recording.started_at)
                sys.stdout.buffer.write(numbered.payload + b"\n")
            sys.stdout.buffer.flush()
            if not results:
                say(f"no rep was found in {path}")
        else:
            print_session(str(path), results)
    return code
