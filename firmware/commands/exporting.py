"""`kickback export`: a recording, or what this machine keeps, made into plain files."""

import argparse
from pathlib import Path

from firmware.commands.options import command
from firmware.commands.run import add_config


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "export",
        run,
        "make a folder with CSV files of a recording, or take along what this machine keeps",
        "One CSV file per sensor, in SI units, for a spreadsheet or your own programs. With --session or "
        "--all a folder of them for each recording, and the results as they were published, one JSON object "
        "to a line.",
        "kickback export monday.mcap -o monday/",
    )
    parser.usage = (
        "kickback export [-h] [-v] (RECORDING | --session NAME | --all)\n"
        "                       -o FOLDER [--force] [--config FILE]"
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "recording",
        metavar="RECORDING",
        type=Path,
        nargs="?",
        help="an .mcap file, or a folder with CSV files",
    )
    which.add_argument(
        "--session",
        metavar="NAME",
        help="one session of this machine, by the name that its results have, as 20260501-173000",
    )
    which.add_argument("--all", action="store_true", help="every session that this machine keeps")
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, required=True, help="the folder to make"
    )
    parser.add_argument("--force", action="store_true", help="overwrite the files when FOLDER exists")
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Write the folder."""
    if options.recording is None:
        return _take_along(options)
    from firmware.commands.progress import progress_of
    from firmware.recording import export_folder

    with progress_of(options.recording.name, 0.0, 1.0) as reached:
        export_folder(options.recording, options.output, overwrite=options.force, progress=reached)
    print(f"{options.output} written")
    return 0


def _take_along(options: argparse.Namespace) -> int:
    import os

    from firmware.commands.progress import progress_of
    from firmware.commands.say import say
    from firmware.config import load_config, places_of
    from firmware.panel.words import counted
    from firmware.taking_along import take_along

    places = places_of(load_config(options.config), os.environ, Path.home())
    with progress_of(str(options.output), 0.0, 1.0) as reached:
        taken = take_along(places, options.output, options.session, overwrite=options.force, progress=reached)
    for line in taken.left:
        say(f"note: {line}")
    what = f"{counted(taken.results, 'result')} and {counted(len(taken.recordings), 'recording')}"
    print(f"{options.output} written: {what} from {places.state}")
    return 0
